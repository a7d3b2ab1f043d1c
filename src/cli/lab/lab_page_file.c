/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "lab_page_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "text_slices.h"

enum { NAME_SIZE = 256 }; /* of a file, with a NUL */

static const struct {
    const char *ending;
    const char *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".wasm", "application/wasm"},
    {".svg", "image/svg+xml; charset=utf-8"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
    {".md", "text/markdown; charset=utf-8"},
    {".yaml", "application/yaml"},
    {".webmanifest", "application/manifest+json"},
    {".gz", "application/gzip"},
};

static const char *type_of(const char *name) {
    size_t size = strlen(name);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        size_t ending = strlen(types[i].ending);
        if (size > ending && strcmp(name + size - ending, types[i].ending) == 0) {
            return types[i].type;
        }
    }
    return "application/octet-stream";
}

static int digit_of(char byte) {
    static const char digits[] = "0123456789abcdef";
    const char *found =
        byte == '\0' ? NULL : strchr(digits, byte >= 'A' && byte <= 'F' ? byte + 32 : byte);
    return found == NULL ? -1 : (int)(found - digits);
}

/* Writes a segment of a path as the name of a file; false where none may be called so. */
static bool decode_name(cors_slice segment, char *name) {
    size_t size = 0;
    for (size_t i = 0; i < segment.size; i++) {
        int byte = (unsigned char)segment.data[i];
        if (byte == '%') {
            int high = i + 2 < segment.size ? digit_of(segment.data[i + 1]) : -1;
            int low = high < 0 ? -1 : digit_of(segment.data[i + 2]);
            byte = low < 0 ? -1 : high * 16 + low;
            i += 2;
        }
        if (byte < ' ' || byte == 0x7F || byte == '/' || size == NAME_SIZE - 1) {
            return false;
        }
        name[size++] = (char)byte;
    }
    name[size] = '\0';
    return size > 0 && name[0] != '.';
}

/* Opens the folder that the path's last segment is in; -1 where there is none. */
static int open_folder(const char *root, cors_slice *path) {
    enum { FLAGS = O_RDONLY | O_DIRECTORY | O_CLOEXEC };
    char name[NAME_SIZE];
    int folder = open(root, FLAGS);
    *path = text_skip(*path, 1);
    for (size_t end = text_find(*path, '/'); folder >= 0 && end < path->size;
         end = text_find(*path, '/')) {
        int parent = folder;
        bool named = decode_name((cors_slice){path->data, end}, name);
        folder = named ? openat(parent, name, FLAGS | O_NOFOLLOW) : -1;
        (void)close(parent);
        *path = text_skip(*path, end + 1);
    }
    return folder;
}

/* Opens a regular file; one of another kind is closed again. */
static bool open_file(int folder, const char *name, struct lab_page_file *file) {
    /* Nobody writes to a FIFO that somebody left there: opening it must not wait. */
    int descriptor = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) {
        return false;
    }
    if (fstat(descriptor, &file->status) != 0 || !S_ISREG(file->status.st_mode)) {
        (void)close(descriptor);
        return false;
    }
    file->descriptor = descriptor;
    return true;
}

/* Puts the compressed file in the place of the one that is open, where it may. */
static void take_smaller(int folder, const char *name, bool wanted, struct lab_page_file *file) {
    char smaller[NAME_SIZE + 3];
    struct lab_page_file other;
    (void)snprintf(smaller, sizeof smaller, "%s.gz", name);
    if (!open_file(folder, smaller, &other)) {
        return;
    }
    file->has_smaller = true;
    (void)close(wanted ? file->descriptor : other.descriptor);
    if (wanted) {
        file->descriptor = other.descriptor;
        file->status = other.status;
        file->is_compressed = true;
    }
}

bool lab_page_file_open(const char *root, cors_slice path, bool compressed,
                        struct lab_page_file *file) {
    char name[NAME_SIZE] = "index.html";
    if (path.size == 0 || path.data[0] != '/') {
        return false;
    }
    bool whole = path.size == 1; /* the folder itself, which is its first page */
    int folder = open_folder(root, &path);
    bool found = folder >= 0 && (whole || decode_name(path, name)) && open_file(folder, name, file);
    if (found) {
        file->type = type_of(name);
        file->has_smaller = false;
        file->is_compressed = false;
        take_smaller(folder, name, compressed, file);
    }
    if (folder >= 0) {
        (void)close(folder);
    }
    return found;
}
