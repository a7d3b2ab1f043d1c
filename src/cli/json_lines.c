/* SPDX-License-Identifier: MIT */
#include "json_lines.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "json_text.h"

/* A longer line is answered with an error and passed over: nobody means it. */
enum { LINE_MAX_BYTES = 64 << 20, FIRST_CAPACITY = 1 << 16 };

/* Answers are written out when there are so many bytes of them, or when no further line is ready.
 */
enum { OUTPUT_SIZE = 1 << 16 };

/*
 * The JSON of a line, read and written, stands in one piece of memory that is given back as a
 * whole: freeing thousands of small things one by one would take as long as reading them.
 */
enum { PIECE_SIZE = 1 << 18, ALIGNMENT = 16 };

struct piece {
    struct piece *next;
    size_t size;
    size_t used;
    _Alignas(ALIGNMENT) char data[];
};

static struct piece *pieces; /* jansson's allocator has no context */
static bool memory_failed;   /* for something of this line: jansson does not always say so */

static void *piece_allocate(size_t size) {
    size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (rounded < size) {
        memory_failed = true;
        return NULL;
    }
    if (pieces == NULL || rounded > pieces->size - pieces->used) {
        size_t room = rounded > PIECE_SIZE ? rounded : PIECE_SIZE;
        struct piece *piece = malloc(sizeof *piece + room);
        if (piece == NULL) {
            memory_failed = true;
            return NULL;
        }
        *piece = (struct piece){.next = pieces, .size = room};
        pieces = piece;
    }
    void *allocated = pieces->data + pieces->used;
    pieces->used += rounded;
    return allocated;
}

static void piece_free(void *memory) {
    (void)memory; /* with all the others, at the end of the line */
}

/* Gives back all that was allocated; one piece of the usual size is kept for the next line. */
static void release_pieces(bool keep_one) {
    while (pieces != NULL && (pieces->next != NULL || pieces->size > PIECE_SIZE || !keep_one)) {
        struct piece *next = pieces->next;
        free(pieces);
        pieces = next;
    }
    if (pieces != NULL) {
        pieces->used = 0;
    }
    memory_failed = false;
}

struct input {
    char *data;
    size_t capacity;
    size_t start; /* of what was not handed out */
    size_t end;
    size_t looked; /* up to here there is no line break */
    bool ended;
    bool failed;
};

/* The next line that is in memory already. */
static bool take_line(struct input *input, cors_slice *line) {
    char *from = input->data + input->looked;
    char *newline = memchr(from, '\n', input->end - input->looked);
    if (newline == NULL && !(input->ended && input->end > input->start)) {
        input->looked = input->end;
        return false;
    }
    size_t end = newline == NULL ? input->end : (size_t)(newline - input->data);
    *line = (cors_slice){input->data + input->start, end - input->start};
    input->start = newline == NULL ? end : end + 1;
    input->looked = input->start;
    return true;
}

/* Makes room behind what is there: by moving it to the front, else by growing. */
static bool make_room(struct input *input) {
    if (input->start > 0) {
        memmove(input->data, input->data + input->start, input->end - input->start);
        input->end -= input->start;
        input->looked -= input->start;
        input->start = 0;
    }
    if (input->end < input->capacity) {
        return true;
    }
    size_t capacity = input->capacity == 0 ? FIRST_CAPACITY : input->capacity * 2;
    char *data = realloc(input->data, capacity);
    if (data != NULL) {
        input->data = data;
        input->capacity = capacity;
    }
    return data != NULL;
}

static void read_more(struct input *input) {
    if (!make_room(input)) {
        input->failed = true;
        return;
    }
    ssize_t got = read(STDIN_FILENO, input->data + input->end, input->capacity - input->end);
    if (got > 0) {
        input->end += (size_t)got;
    } else if (got == 0) {
        input->ended = true;
    } else if (errno != EINTR) {
        input->failed = true;
    }
}

/* Whether reading would wait for somebody to write. */
static bool would_wait(void) {
    struct pollfd standard_input = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&standard_input, 1, 0) == 0;
}

/* Passes over the rest of a line that is too long. */
static void drop_line(struct input *input) {
    cors_slice rest;
    do {
        input->start = input->end;
        input->looked = input->end;
        read_more(input);
    } while (!input->failed && !take_line(input, &rest) && !input->ended);
}

/* Writes out all that was answered so far. */
static bool flush(struct json_writer *out) {
    size_t done = 0;
    while (done < out->size) {
        ssize_t wrote = write(STDOUT_FILENO, out->data + done, out->size - done);
        if (wrote < 0 && errno != EINTR) {
            return false;
        }
        done += wrote < 0 ? 0 : (size_t)wrote;
    }
    out->size = 0;
    return true;
}

/* A line begins with the id of the one that it answers. */
static void begin_line(struct json_writer *out, const json_t *id) {
    JSON_WRITE(out, "{\"id\":");
    if (id == NULL) {
        JSON_WRITE(out, "null");
    } else {
        json_write_value(out, id);
    }
    JSON_WRITE(out, ",");
}

static void write_error(struct json_writer *out, const json_t *id, const char *error) {
    begin_line(out, id);
    JSON_WRITE(out, "\"error\":");
    /* What jansson repeats of the line may end within a character. */
    json_write_value(out, json_text((cors_slice){error, strlen(error)}));
    JSON_WRITE(out, "}\n");
}

static void answer_object(struct json_writer *out, const json_t *line, json_lines_answer answer,
                          void *context) {
    const json_t *id = json_object_get(line, "id");
    const char *error = NULL;
    size_t start = out->size;
    begin_line(out, id);
    if (answer(context, line, out, &error)) {
        JSON_WRITE(out, "}\n");
    } else {
        out->size = start;
        write_error(out, id, error);
    }
}

static void refuse_long_line(struct json_writer *out) {
    write_error(out, NULL, "the line is longer than 64 MiB");
}

static void answer_line(struct json_writer *out, cors_slice text, json_lines_answer answer,
                        void *context) {
    json_error_t fault;
    if (text.size > LINE_MAX_BYTES) {
        refuse_long_line(out);
        return;
    }
    const json_t *line = json_loadb(text.data, text.size, JSON_ALLOW_NUL | JSON_DECODE_ANY, &fault);
    if (memory_failed) {
        write_error(out, NULL, "out of memory");
    } else if (line == NULL) {
        char words[JSON_ERROR_TEXT_LENGTH + 64];
        (void)snprintf(words, sizeof words, "the line is no JSON: %s, at byte %d", fault.text,
                       fault.position);
        write_error(out, NULL, words);
    } else if (!json_is_object(line)) {
        write_error(out, NULL, "the line is no JSON object");
    } else {
        answer_object(out, line, answer, context);
    }
}

/* Gets more lines; what is answered so far is written out before this could wait. */
static bool wait_for_more(struct input *input, struct json_writer *out) {
    if (input->end - input->start > LINE_MAX_BYTES) {
        drop_line(input);
        refuse_long_line(out);
        return !out->failed;
    }
    if (would_wait() && !flush(out)) {
        return false;
    }
    read_more(input);
    return !input->failed;
}

/* The lines one after the other; false where reading or writing failed. */
static bool run(struct input *input, struct json_writer *out, json_lines_answer answer,
                void *context) {
    cors_slice line;
    for (;;) {
        bool fine;
        if (take_line(input, &line)) {
            answer_line(out, line, answer, context);
            release_pieces(true);
            fine = !out->failed && (out->size < OUTPUT_SIZE || flush(out));
        } else if (input->ended) {
            return flush(out);
        } else {
            fine = wait_for_more(input, out);
        }
        if (!fine) {
            return false;
        }
    }
}

int json_lines_run(const char *command, json_lines_answer answer, void *context) {
    struct input input = {.data = NULL};
    struct json_writer out = {.data = NULL};
    json_malloc_t usual_malloc;
    json_free_t usual_free;
    json_get_alloc_funcs(&usual_malloc, &usual_free);
    json_set_alloc_funcs(piece_allocate, piece_free);
    bool fine = make_room(&input) && run(&input, &out, answer, context);
    release_pieces(false);
    json_set_alloc_funcs(usual_malloc, usual_free);
    free(input.data);
    free(out.data);
    if (!fine) {
        (void)fprintf(stderr, "%s: standard input or output failed: %s\n", command,
                      strerror(errno));
        return EXIT_FAILED;
    }
    return EXIT_FINE;
}
