// Socket calls and libevent set-up behind CEvent.h.
#define _GNU_SOURCE
#include "CEvent.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static int parse_address(
    const char *host, uint16_t port, struct sockaddr_storage *address, socklen_t *length) {
    memset(address, 0, sizeof *address);
    struct sockaddr_in *v4 = (struct sockaddr_in *)address;
    if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        *length = sizeof *v4;
        return 0;
    }
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)address;
    if (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(port);
        *length = sizeof *v6;
        return 0;
    }
    return -1;
}

int cevent_listen(const char *host, uint16_t port, int share_port, int backlog, uint16_t *bound_port) {
    struct sockaddr_storage address;
    socklen_t length;
    if (parse_address(host, port, &address, &length) != 0) return -EINVAL;
    int fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    int on = 1;
    int failed = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0
        || (share_port && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0)
        || bind(fd, (struct sockaddr *)&address, length) != 0 || listen(fd, backlog) != 0
        || getsockname(fd, (struct sockaddr *)&address, &length) != 0;
    if (failed) {
        int error = errno;
        close(fd);
        return -error;
    }
    *bound_port = ntohs(address.ss_family == AF_INET ? ((struct sockaddr_in *)&address)->sin_port
                                                     : ((struct sockaddr_in6 *)&address)->sin6_port);
    return fd;
}

void cevent_address_text(const struct sockaddr *address, int length, char *text, int capacity) {
    const void *bytes = NULL;
    if (address && address->sa_family == AF_INET && length >= (int)sizeof(struct sockaddr_in))
        bytes = &((const struct sockaddr_in *)address)->sin_addr;
    if (address && address->sa_family == AF_INET6 && length >= (int)sizeof(struct sockaddr_in6))
        bytes = &((const struct sockaddr_in6 *)address)->sin6_addr;
    if (!bytes || !inet_ntop(address->sa_family, bytes, text, (socklen_t)capacity))
        snprintf(text, capacity, "?");
}

struct event_base *cevent_loop_new(void) {
    struct event_config *config = event_config_new();
    if (!config) return NULL;
    event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
    struct event_base *loop = event_base_new_with_config(config);
    event_config_free(config);
    return loop;
}

struct bufferevent *cevent_stream_new(struct event_base *loop, int socket) {
    int on = 1;
    // Not fatal: answers are only sent a little later without it.
    (void)setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return bufferevent_socket_new(loop, socket, BEV_OPT_CLOSE_ON_FREE);
}

struct evconnlistener *cevent_listener_new(
    struct event_base *loop, int socket, evconnlistener_cb accepted, evconnlistener_errorcb failed,
    void *context) {
    unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC;
    struct evconnlistener *listener = evconnlistener_new(loop, accepted, context, flags, 0, socket);
    if (listener) evconnlistener_set_error_cb(listener, failed);
    return listener;
}

void cevent_allow_files(uint64_t count) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= count) return;
    limit.rlim_cur = limit.rlim_max < count ? limit.rlim_max : count;
    // Not fatal: with fewer files fewer connections are accepted at a time.
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

long cevent_send(int socket, const void *bytes, unsigned long count) {
    ssize_t sent = send(socket, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) return sent;
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : -errno;
}

void cevent_finish_sending(int socket) { (void)shutdown(socket, SHUT_WR); }

int cevent_wake_new(void) {
    int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

void cevent_wake(int wake) {
    // Fails only when the counter is full, and then the loop is about to wake anyway.
    eventfd_write(wake, 1);
}

void cevent_wake_clear(int wake) {
    eventfd_t count;
    eventfd_read(wake, &count);
}

void cevent_begin_thread(const char *name) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    pthread_setname_np(pthread_self(), name);
}

uint64_t cevent_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void cevent_http_date(char text[30]) {
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t now = time(NULL);
    struct tm t;
    gmtime_r(&now, &t);
    // Not strftime: the names of days and months must not follow the locale.
    snprintf(text, 30, "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT", days + 3 * t.tm_wday, t.tm_mday % 100u,
             months + 3 * t.tm_mon, (t.tm_year + 1900) % 10000u, t.tm_hour % 100u, t.tm_min % 100u,
             t.tm_sec % 100u);
}
