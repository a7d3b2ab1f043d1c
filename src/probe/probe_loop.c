/* SPDX-License-Identifier: MIT */
#include "probe_loop.h"

#include <limits.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "probe_clock.h"

enum { EVENTS_AT_ONCE = 64 };

/* libcurl says what to watch a socket for; what it keeps with the socket tells whether it is new.
 */
static int watch(CURL *handle, curl_socket_t socket, int what, void *context, void *known) {
    struct probe_loop *loop = context;
    struct epoll_event event = {.data.fd = socket};
    (void)handle;
    if (what == CURL_POLL_REMOVE) {
        /* It may be closed already: then it is not watched either. */
        (void)epoll_ctl(loop->events, EPOLL_CTL_DEL, socket, &event);
        return 0;
    }
    event.events = (what & CURL_POLL_IN ? EPOLLIN : 0U) | (what & CURL_POLL_OUT ? EPOLLOUT : 0U);
    int done =
        epoll_ctl(loop->events, known == NULL ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event);
    (void)curl_multi_assign(loop->multi, socket, loop);
    return done;
}

static int set_timer(CURLM *multi, long milliseconds, void *context) {
    struct probe_loop *loop = context;
    (void)multi;
    loop->timer_at = milliseconds < 0
                         ? PROBE_CLOCK_NEVER
                         : probe_clock() + (uint64_t)milliseconds * PROBE_CLOCK_MILLISECOND;
    return 0;
}

bool probe_loop_open(struct probe_loop *loop) {
    loop->timer_at = PROBE_CLOCK_NEVER;
    loop->multi = curl_multi_init();
    loop->events = epoll_create1(EPOLL_CLOEXEC);
    if (loop->multi == NULL || loop->events < 0) {
        return false;
    }
    (void)curl_multi_setopt(loop->multi, CURLMOPT_SOCKETFUNCTION, watch);
    (void)curl_multi_setopt(loop->multi, CURLMOPT_SOCKETDATA, loop);
    (void)curl_multi_setopt(loop->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    (void)curl_multi_setopt(loop->multi, CURLMOPT_TIMERDATA, loop);
    return true;
}

void probe_loop_close(struct probe_loop *loop) {
    (void)curl_multi_cleanup(loop->multi);
    if (loop->events >= 0) {
        (void)close(loop->events);
    }
}

static int milliseconds_until(uint64_t deadline) {
    uint64_t now = probe_clock();
    uint64_t left = deadline > now ? deadline - now : 0;
    uint64_t rounded = left / PROBE_CLOCK_MILLISECOND + (left % PROBE_CLOCK_MILLISECOND != 0);
    return rounded > INT_MAX ? INT_MAX : (int)rounded;
}

static void hand_over(struct probe_loop *loop, const struct epoll_event *event) {
    int running;
    unsigned what = event->events;
    int action = (what & EPOLLIN ? CURL_CSELECT_IN : 0) | (what & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                 (what & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
    (void)curl_multi_socket_action(loop->multi, event->data.fd, action, &running);
}

void probe_loop_settle(struct probe_loop *loop) {
    int running;
    if (loop->timer_at <= probe_clock()) {
        loop->timer_at = PROBE_CLOCK_NEVER;
        (void)curl_multi_socket_action(loop->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
}

void probe_loop_turn(struct probe_loop *loop, uint64_t deadline) {
    struct epoll_event events[EVENTS_AT_ONCE];
    uint64_t until = loop->timer_at < deadline ? loop->timer_at : deadline;
    int count = epoll_wait(loop->events, events, EVENTS_AT_ONCE, milliseconds_until(until));
    for (int i = 0; i < count; i++) {
        hand_over(loop, &events[i]);
    }
    probe_loop_settle(loop);
}
