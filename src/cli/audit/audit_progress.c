/* SPDX-License-Identifier: MIT */
#include "audit_progress.h"

#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "terminal.h"

enum { REDRAW_MS = 100, BAR_CELLS = 24, LINE_MAX_BYTES = 256, WIDTH_DEFAULT = 80 };

static int64_t now_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void audit_progress_begin(struct audit_progress *progress, FILE *stream, bool colour,
                          size_t targets, size_t done_before) {
    bool seen = isatty(fileno(stream)) != 0;
    *progress = (struct audit_progress){.stream = seen ? stream : NULL,
                                        .colour = colour,
                                        .targets = targets,
                                        .done_before = done_before,
                                        .done = done_before,
                                        .began = now_ms()};
}

double audit_progress_seconds(const struct audit_progress *progress) {
    return (double)(now_ms() - progress->began) / 1000.0;
}

static size_t terminal_width(FILE *stream) {
    struct winsize size;
    bool known = ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : WIDTH_DEFAULT;
}

/* "1:02:03", or "2:03" below an hour. */
static void write_time(char text[32], double seconds) {
    unsigned long whole = seconds < 0.0     ? 0UL
                          : seconds > 3.6e6 ? 3600000UL
                                            : (unsigned long)seconds;
    if (whole >= 3600) {
        (void)snprintf(text, 32, "%lu:%02lu:%02lu", whole / 3600, whole / 60 % 60, whole % 60);
    } else {
        (void)snprintf(text, 32, "%lu:%02lu", whole / 60, whole % 60);
    }
}

/* At the pace of this run so far. */
static void write_time_left(const struct audit_progress *progress, double seconds, char text[64]) {
    char left[32];
    size_t done = progress->done - progress->done_before;
    text[0] = '\0';
    if (done > 0) {
        write_time(left, seconds * (double)(progress->targets - progress->done) / (double)done);
        (void)snprintf(text, 64, "   %s left", left);
    }
}

static void draw_bar(const struct audit_progress *progress) {
    size_t full = progress->targets == 0 ? 0 : progress->done * BAR_CELLS / progress->targets;
    style_begin(progress->stream, progress->colour, STYLE_GREEN);
    for (size_t i = 0; i < BAR_CELLS; i++) {
        (void)fputs(i < full ? "\u2588" : "\u2591", progress->stream);
    }
    style_end(progress->stream, progress->colour);
    (void)fputs(" ", progress->stream);
}

void audit_progress_draw(struct audit_progress *progress) {
    char line[LINE_MAX_BYTES];
    char left[64];
    int64_t now = now_ms();
    if (progress->stream == NULL || (progress->drawn != 0 && now - progress->drawn < REDRAW_MS)) {
        return;
    }
    double seconds = audit_progress_seconds(progress);
    size_t width = terminal_width(progress->stream);
    write_time_left(progress, seconds, left);
    int size = snprintf(line, sizeof line, "%zu/%zu targets   %.0f requests/s   %zu finding%s%s",
                        progress->done, progress->targets,
                        seconds > 0.0 ? (double)progress->requests / seconds : 0.0,
                        progress->findings, progress->findings == 1 ? "" : "s", left);
    (void)fputs("\r\033[2K", progress->stream);
    if (width > (size_t)size + BAR_CELLS + 1) {
        draw_bar(progress);
    }
    (void)fprintf(progress->stream, "%.*s", (int)(width > 1 ? width - 1 : width), line);
    (void)fflush(progress->stream);
    progress->drawn = now;
}

void audit_progress_clear(struct audit_progress *progress) {
    if (progress->stream != NULL && progress->drawn != 0) {
        (void)fputs("\r\033[2K", progress->stream);
        (void)fflush(progress->stream);
        progress->drawn = 0;
    }
}
