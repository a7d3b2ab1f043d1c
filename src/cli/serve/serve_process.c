/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "serve_process.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "serve_config.h"
#include "serve_output.h"

/* nginx's own backlog. */
enum { BACKLOG = 511 };

/* A worker's connections, the files that it serves, and what nginx needs besides. */
enum { FILES_WANTED = 2 * SERVE_CONNECTIONS_MAX };

/* "FOLDER/NAME" if it is an executable file, else NULL. */
static char *program_in(const char *folder, size_t folder_size, const char *name) {
    char *path = NULL;
    if (folder_size == 0 || asprintf(&path, "%.*s/%s", (int)folder_size, folder, name) < 0) {
        return NULL;
    }
    if (access(path, X_OK) == 0) {
        return path;
    }
    free(path);
    return NULL;
}

static char *find_in_path(const char *name) {
    const char *folders = getenv("PATH");
    char *found = NULL;
    while (folders != NULL && found == NULL) {
        size_t size = strcspn(folders, ":");
        found = program_in(folders, size, name);
        folders = folders[size] == ':' ? folders + size + 1 : NULL;
    }
    return found;
}

char *serve_nginx_find(void) {
    static const char system_folder[] = "/usr/sbin"; /* not in everyone's PATH */
    const char *given = getenv("CORS_NGINX");
    if (given != NULL && given[0] != '\0') {
        if (access(given, X_OK) == 0) {
            return realpath(given, NULL);
        }
        serve_say("$CORS_NGINX names %s, which cannot be run: %s", given, strerror(errno));
        return NULL;
    }
    char *found = find_in_path("nginx");
    if (found == NULL) {
        found = program_in(system_folder, sizeof system_folder - 1, "nginx");
    }
    if (found == NULL) {
        serve_say("nginx is neither in PATH nor in %s. Install it: apt-get install nginx-core",
                  system_folder);
    }
    return found;
}

/* The module in the folder of this command, or NULL. */
static char *module_beside_command(void) {
    static const char name[] = "ngx_http_cors_module.so";
    char command[4096];
    char *path = NULL;
    ssize_t size = readlink("/proc/self/exe", command, sizeof command);
    const char *slash = size <= 0 ? NULL : memrchr(command, '/', (size_t)size);
    if (slash == NULL || asprintf(&path, "%.*s/%s", (int)(slash - command), command, name) < 0) {
        return NULL;
    }
    if (access(path, R_OK) == 0) {
        return path;
    }
    free(path);
    return NULL;
}

char *serve_module_find(void) {
    const char *given = getenv("CORS_NGINX_MODULE");
    if (given != NULL && given[0] != '\0') {
        char *module = realpath(given, NULL);
        if (module == NULL || access(module, R_OK) != 0) {
            serve_say("$CORS_NGINX_MODULE names %s, which cannot be read: %s", given,
                      strerror(errno));
            free(module);
            return NULL;
        }
        return module;
    }
    char *module = module_beside_command();
    if (module == NULL && access(CORS_NGINX_MODULE_INSTALLED, R_OK) == 0) {
        module = strdup(CORS_NGINX_MODULE_INSTALLED);
    }
    if (module == NULL) {
        serve_say("ngx_http_cors_module.so is neither beside this command nor at %s. Build it "
                  "with make, or name it in $CORS_NGINX_MODULE",
                  CORS_NGINX_MODULE_INSTALLED);
    }
    return module;
}

static void say_why_not_listening(const struct serve_options *options) {
    char address[SERVE_ADDRESS_MAX];
    int fault = errno;
    serve_address_write(&options->listen, address);
    if (fault == EADDRINUSE) {
        serve_say("%s is in use by another program. Choose another with --listen ADDR:PORT; port "
                  "0 takes any that is free",
                  address);
    } else {
        serve_say("cannot listen on %s: %s", address, strerror(fault));
    }
}

int serve_listen(struct serve_options *options) {
    int on = 1;
    socklen_t size = sizeof options->listen;
    struct sockaddr *address = (struct sockaddr *)&options->listen;
    /* nginx leaves a socket that it inherits as it is: blocking, it would hold up a worker. */
    int listening = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool bound = listening >= 0 &&
                 setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                 (address->sa_family != AF_INET6 ||
                  setsockopt(listening, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0) &&
                 bind(listening, address, options->listen_size) == 0 &&
                 listen(listening, BACKLOG) == 0 && getsockname(listening, address, &size) == 0;
    if (!bound) {
        say_why_not_listening(options);
        if (listening >= 0) {
            (void)close(listening);
        }
        return -1;
    }
    return listening;
}

/*
 * What of this process's environment nginx is given, by how it begins. Everything else may be a
 * secret, and would be found in the memory of workers, who talk to clients.
 */
static const char *const inherited_variables[] = {
    "LD_",             /* what is loaded with it */
    "GLIBC_TUNABLES=", /* how memory is had */
    "MALLOC_",         /* likewise */
    "RES_OPTIONS=",    /* how names of upstreams are looked up */
    "LOCALDOMAIN=",    /* likewise */
    "OPENSSL_",        /* settings and modules of TLS */
    "TZ=",             /* of the times in what nginx says */
    "ASAN_OPTIONS=",   /* of a build with sanitizers */
    "LSAN_OPTIONS=",   /* likewise */
    "TSAN_OPTIONS=",   /* likewise */
    "UBSAN_OPTIONS=",  /* likewise */
};

static bool is_inherited(const char *variable) {
    for (size_t i = 0; i < sizeof inherited_variables / sizeof inherited_variables[0]; i++) {
        if (strncmp(variable, inherited_variables[i], strlen(inherited_variables[i])) == 0) {
            return true;
        }
    }
    return false;
}

/* What nginx inherits of this process's environment, and what it is given besides: to be freed. */
static char **nginx_environment(char *listening, char *serve) {
    size_t count = 0;
    size_t kept = 0;
    while (environ[count] != NULL) {
        count++;
    }
    char **environment = calloc(count + 3, sizeof *environment);
    if (environment == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        if (is_inherited(environ[i])) {
            environment[kept++] = environ[i];
        }
    }
    environment[kept++] = listening;
    environment[kept] = serve;
    return environment;
}

/* What the caller had open is not nginx's; what this process opens is closed by exec anyway. */
static bool close_at_exec(void) {
    return close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

static bool keep_open(const int *descriptors, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (descriptors[i] >= 0 && fcntl(descriptors[i], F_SETFD, 0) != 0) {
            return false;
        }
    }
    return true;
}

/* Everything here is safe between fork and exec. Never returns. */
_Noreturn static void become_nginx(const char *nginx, const char *prefix, char **environment,
                                   const int *inherited, size_t inherited_count, const int *outputs,
                                   pid_t parent) {
    char *const arguments[] = {(char *)(uintptr_t)nginx,
                               "-p",
                               (char *)(uintptr_t)prefix,
                               "-c",
                               SERVE_CONFIG_NAME,
                               "-e",
                               "stderr",
                               NULL};
    sigset_t none;
    struct rlimit files;
    (void)setpgid(0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) {
        _exit(1); /* it ended before the line above */
    }
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < FILES_WANTED) {
        files.rlim_cur = files.rlim_max < FILES_WANTED ? files.rlim_max : FILES_WANTED;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
        dup2(outputs[SERVE_STREAM_DECISIONS], STDOUT_FILENO) < 0 ||
        dup2(outputs[SERVE_STREAM_ERRORS], STDERR_FILENO) < 0 ||
        !keep_open(inherited, inherited_count) || chdir(prefix) != 0) {
        _exit(1);
    }
    (void)execve(nginx, arguments, environment);
    _exit(1);
}

/* Makes the pipes that nginx writes to: reading ends in `inputs`, writing ends in `outputs`. */
static bool make_pipes(int *inputs, int *outputs) {
    for (size_t i = 0; i < SERVE_STREAM_COUNT; i++) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) {
            return false;
        }
        inputs[i] = ends[0];
        outputs[i] = ends[1];
    }
    return true;
}

static void close_all(const int *descriptors) {
    for (size_t i = 0; i < SERVE_STREAM_COUNT; i++) {
        if (descriptors[i] >= 0) {
            (void)close(descriptors[i]);
        }
    }
}

bool serve_process_start(struct serve_process *process, const char *nginx, const char *prefix,
                         const int *inherited, size_t inherited_count) {
    char listening[32];
    static char serve[] = "CORS_SERVE=1";
    int inputs[SERVE_STREAM_COUNT] = {-1, -1};
    int outputs[SERVE_STREAM_COUNT] = {-1, -1};
    pid_t parent = getpid();
    (void)snprintf(listening, sizeof listening, "NGINX=%d;", inherited[0]);
    char **environment = nginx_environment(listening, serve);
    bool prepared = environment != NULL && make_pipes(inputs, outputs) && close_at_exec();
    pid_t pid = prepared ? fork() : -1;
    if (pid == 0) {
        become_nginx(nginx, prefix, environment, inherited, inherited_count, outputs, parent);
    }
    if (pid < 0) {
        serve_say("cannot start %s: %s", nginx, strerror(errno));
        close_all(inputs);
    } else {
        (void)setpgid(pid, pid);
        process->pid = pid;
        memcpy(process->pipes, inputs, sizeof inputs);
    }
    close_all(outputs);
    (void)close(inherited[0]);
    free(environment);
    return pid > 0;
}

void serve_process_signal(const struct serve_process *process, int number) {
    if (process->pid > 0) {
        (void)kill(process->pid, number);
    }
}

void serve_process_reap(struct serve_process *process, int *status) {
    pid_t group = process->pid;
    int one;
    pid_t pid;
    while (group > 0 && (pid = waitpid(-group, &one, WNOHANG)) > 0) {
        if (pid == process->pid) {
            process->pid = 0;
            *status = one;
        }
    }
}

void serve_process_kill(struct serve_process *process, pid_t group) {
    if (group <= 0) {
        return;
    }
    /* Workers become this process's children when the master is gone: it is a subreaper. */
    (void)kill(-group, SIGKILL);
    while (waitpid(-group, NULL, 0) > 0 || errno == EINTR) {
        errno = 0;
    }
    process->pid = 0;
}
