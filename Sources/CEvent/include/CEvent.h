// libevent for Swift: its event loop and buffered streams, and the few socket calls whose C types or
// macros Swift cannot import.
//
// libevent's own HTTP parser (evhttp) stays unused: in 2.1 nothing can be decided between the head of a
// request and its body, so a limit per route, a total for all bodies and errors in JSON are out of its
// reach, and the body of a GET is taken for the next request. HTTPServer/RequestParser.swift reads HTTP.
#pragma once

#include <stdint.h>
#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

/// Opens a listening, non-blocking socket on a numeric address. With `port` 0 the system picks one; the
/// port in use is written to `bound_port`. Sockets opened with `share_port` accept on one port together.
/// Returns the descriptor, or -errno; -EINVAL when `host` is no numeric address.
int cevent_listen(const char *host, uint16_t port, int share_port, int backlog, uint16_t *bound_port);

/// Writes the peer's address as text, without its port; "?" when it has none.
void cevent_address_text(const struct sockaddr *address, int length, char *text, int capacity);

/// An event loop without locks: it belongs to one thread. NULL when descriptors or memory ran out.
struct event_base *cevent_loop_new(void);

/// A stream over an accepted socket, which it closes when it is freed. Sends small answers at once.
struct bufferevent *cevent_stream_new(struct event_base *loop, int socket);

/// Accepts from a socket of `cevent_listen`, which the listener closes when it is freed.
struct evconnlistener *cevent_listener_new(
    struct event_base *loop, int socket, evconnlistener_cb accepted, evconnlistener_errorcb failed,
    void *context);

/// Raises the process's soft limit of open files towards `count`, as far as its hard limit allows.
void cevent_allow_files(uint64_t count);

/// Sends without blocking and without SIGPIPE. Returns the count sent, 0 if the socket is full, or -errno.
long cevent_send(int socket, const void *bytes, unsigned long count);

/// Ends the sending direction, so that the peer reads the end of the stream while we still read from it.
void cevent_finish_sending(int socket);

/// A descriptor that wakes a loop from another thread; -errno on failure.
int cevent_wake_new(void);
void cevent_wake(int wake);
void cevent_wake_clear(int wake);

/// Names the calling thread and blocks every signal in it: signals are for the thread that started the
/// server.
void cevent_begin_thread(const char *name);

/// Nanoseconds of the monotonic clock.
uint64_t cevent_now(void);

/// The current time as an HTTP date: 29 characters and a zero byte.
void cevent_http_date(char text[30]);
