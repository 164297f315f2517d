/* Sockets, the upgrade, and frames (RFC 6455, section 5.2). */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "flood.h"

static char chunk[1 << 18];

static void watch(struct connection *connection, uint32_t events, int operation) {
  struct epoll_event event = {.events = events, .data.ptr = connection};
  epoll_ctl(flood.epoll, operation, connection->fd, &event);
}

void dial(struct connection *connection) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)flood.port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  connection->state = CONNECTING;
  connection->in_length = connection->out_length = 0;
  if (connection->fd < 0) {
    went_down(connection);
    return;
  }
  int yes = 1;
  setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (connect(connection->fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) {
    hang_up(connection);
    went_down(connection);
    return;
  }
  watch(connection, EPOLLOUT, EPOLL_CTL_ADD);
}

void hang_up(struct connection *connection) {
  if (connection->fd >= 0) close(connection->fd);
  connection->fd = -1;
  connection->state = CLOSED;
}

static void fail(struct connection *connection) {
  hang_up(connection);
  went_down(connection);
}

static void upgrade(struct connection *connection) {
  static char request[16384];
  char resume[128] = "";
  const char *path = connection->path;
  if (connection->resume_token[0] != 0) {
    path = "/ws"; /* the session is in its room already */
    snprintf(resume, sizeof resume, ", resume.%s.%llu", connection->resume_token, (unsigned long long)connection->seq);
  }
  int length = snprintf(request, sizeof request,
                        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s%s%s%s\r\n",
                        path, flood.port, connection->protocols[0] ? "Sec-WebSocket-Protocol: " : "",
                        connection->protocols, resume, connection->protocols[0] ? "\r\n" : "");
  connection->state = UPGRADING;
  watch(connection, EPOLLIN, EPOLL_CTL_MOD);
  write_bytes(connection, request, (size_t)length);
}

void write_bytes(struct connection *connection, const char *bytes, size_t length) {
  if (connection->fd < 0) return;
  ssize_t written = connection->out_length > 0 ? 0 : send(connection->fd, bytes, length, MSG_NOSIGNAL);
  if (written < 0) {
    if (errno != EAGAIN && errno != EWOULDBLOCK) return; /* the read side will tell */
    written = 0;
  }
  size_t rest = length - (size_t)written;
  if (rest == 0) return;
  if (connection->out_length + rest > connection->out_capacity) {
    connection->out_capacity = (connection->out_length + rest) * 2;
    connection->out = realloc(connection->out, connection->out_capacity);
  }
  memcpy(connection->out + connection->out_length, bytes + written, rest);
  connection->out_length += rest;
  watch(connection, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
}

static void flush(struct connection *connection) {
  ssize_t written = send(connection->fd, connection->out, connection->out_length, MSG_NOSIGNAL);
  if (written <= 0) return;
  connection->out_length -= (size_t)written;
  memmove(connection->out, connection->out + written, connection->out_length);
  if (connection->out_length == 0) watch(connection, EPOLLIN, EPOLL_CTL_MOD);
}

static void send_frame(struct connection *connection, int opcode, const char *payload, size_t length) {
  char frame[256] = {(char)(0x80 | opcode), (char)(0x80 | length)};
  if (length > 125) return; /* only control frames and short texts come here */
  memcpy(frame + 6, payload, length);
  write_bytes(connection, frame, 6 + length);
}

void send_text(struct connection *connection, const char *text, size_t length) {
  send_frame(connection, 1, text, length);
}

/* @returns bytes used; 0 where the frame is not whole yet */
static size_t take_frame(struct connection *connection, const char *bytes, size_t length, uint64_t now) {
  if (length < 2) return 0;
  const unsigned char *head = (const unsigned char *)bytes;
  size_t offset = 2, payload = head[1] & 0x7f;
  if (payload == 126) {
    if (length < 4) return 0;
    payload = (size_t)head[2] << 8 | head[3];
    offset = 4;
  } else if (payload == 127) {
    if (length < 10) return 0;
    payload = (size_t)head[6] << 24 | (size_t)head[7] << 16 | (size_t)head[8] << 8 | head[9];
    offset = 10;
  }
  if (length < offset + payload) return 0;
  switch (head[0] & 0x0f) {
  case 1:
    flood.adapter->received(connection, bytes + offset, payload, now);
    break;
  case 8:
    fail(connection);
    break;
  case 9:
    send_frame(connection, 10, bytes + offset, payload);
    break;
  }
  return offset + payload;
}

static size_t take_head(struct connection *connection, const char *bytes, size_t length) {
  const char *end = find(bytes, length, "\r\n\r\n");
  if (end == NULL) return 0;
  if (find(bytes, length < 16 ? length : 16, " 101 ") == NULL) {
    fail(connection);
    return 0;
  }
  connection->state = JOINING;
  if (flood.adapter->ready_at_upgrade) became_ready(connection);
  return (size_t)(end - bytes) + 4;
}

/* @returns bytes used */
static size_t take(struct connection *connection, const char *bytes, size_t length, uint64_t now) {
  size_t used = 0;
  while (connection->fd >= 0 && used < length) {
    size_t step = connection->state == UPGRADING ? take_head(connection, bytes + used, length - used)
                                                 : take_frame(connection, bytes + used, length - used, now);
    if (step == 0) break;
    used += step;
  }
  return used;
}

static void keep(struct connection *connection, const char *bytes, size_t length) {
  if (connection->in_length + length > connection->in_capacity) {
    connection->in_capacity = (connection->in_length + length) * 2;
    connection->in = realloc(connection->in, connection->in_capacity);
  }
  memcpy(connection->in + connection->in_length, bytes, length);
  connection->in_length += length;
}

static void on_readable(struct connection *connection) {
  ssize_t length = recv(connection->fd, chunk, sizeof chunk, 0);
  if (length < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
  if (length <= 0) {
    fail(connection);
    return;
  }
  uint64_t now = now_ns();
  if (connection->in_length > 0) {
    keep(connection, chunk, (size_t)length);
    size_t used = take(connection, connection->in, connection->in_length, now);
    if (connection->fd < 0) return;
    connection->in_length -= used;
    memmove(connection->in, connection->in + used, connection->in_length);
    return;
  }
  size_t used = take(connection, chunk, (size_t)length, now);
  if (connection->fd >= 0 && used < (size_t)length) keep(connection, chunk + used, (size_t)length - used);
}

void on_event(struct connection *connection, uint32_t events) {
  if (connection->fd < 0) return;
  if (connection->state == CONNECTING) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) fail(connection);
    else upgrade(connection);
    return;
  }
  if ((events & EPOLLOUT) && connection->out_length > 0) flush(connection);
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) on_readable(connection);
}
