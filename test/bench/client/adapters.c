/* How each server is spoken to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flood.h"

/* Messages after which the SDK acknowledges, and the time after which it does if they are few. */
#define ACK_EVERY 8
#define ACK_IDLE_NS 2000000000u

static int starts(const char *text, size_t length, const char *wanted) {
  size_t size = strlen(wanted);
  return length >= size && memcmp(text, wanted, size) == 0;
}

/* The value of a JSON string after `name`, which ends with the opening quote. */
static void copy_string(char *to, size_t capacity, const char *text, size_t length, const char *name) {
  const char *value = find(text, length, name);
  if (value == NULL) return;
  value += strlen(name);
  const char *end = memchr(value, '"', length - (size_t)(value - text));
  if (end == NULL || (size_t)(end - value) >= capacity) return;
  memcpy(to, value, (size_t)(end - value));
  to[end - value] = 0;
}

static uint64_t number_after(const char *text, size_t length, const char *name) {
  const char *value = find(text, length, name);
  return value == NULL ? 0 : strtoull(value + strlen(name), NULL, 10);
}

static int take_message(struct connection *connection, const char *text, size_t length, uint64_t now) {
  const char *content = find(text, length, "bench:");
  if (content == NULL) return 0;
  message_arrived(connection, content, now);
  return 1;
}

/* --- bare uWebSockets.js and bare ws --- */

static void bare_received(struct connection *connection, const char *text, size_t length, uint64_t now) {
  take_message(connection, text, length, now);
}

/* --- PeerJS --- */

static void peerjs_received(struct connection *connection, const char *text, size_t length, uint64_t now) {
  if (find(text, length, "\"type\":\"OPEN\"") != NULL) became_ready(connection);
  else if (find(text, length, "\"type\":\"OFFER\"") != NULL) take_message(connection, text, length, now);
  else if (find(text, length, "\"type\":\"EXPIRE\"") != NULL) flood.refused++;
}

/* --- socket.io 4 over engine.io 4: `0` open, `2` ping, `3` pong, `40` connect, `42` event --- */

static void socketio_received(struct connection *connection, const char *text, size_t length, uint64_t now) {
  if (starts(text, length, "42")) take_message(connection, text, length, now);
  else if (starts(text, length, "40")) {
    copy_string(connection->id, sizeof connection->id, text, length, "\"sid\":\"");
    became_ready(connection);
  } else if (starts(text, length, "0")) send_text(connection, "40", 2);
  else if (starts(text, length, "2")) send_text(connection, "3", 1);
}

/* --- Parley: field order is fixed [WS3], so the beginning tells the event --- */

static uint64_t number_of(uint64_t id) {
  return id > FIRST_ID ? id - FIRST_ID : 0;
}

static void parley_welcome(struct connection *connection, const char *text, size_t length) {
  copy_string(connection->id, sizeof connection->id, text, length, "\"peerId\":\"");
  copy_string(connection->resume_token, sizeof connection->resume_token, text, length, "\"resumeToken\":\"");
  int resumed = find(text, length, "\"resumed\":true") != NULL;
  if (connection->wants_resume) {
    if (resumed) flood.resumed++;
    else flood.not_resumed++;
    send_again(connection, number_of(number_after(text, length, "\"lastId\":")));
    became_ready(connection);
  } else if (strstr(connection->path, "/rooms/") == NULL) became_ready(connection);
}

static void parley_acknowledge(struct connection *connection) {
  char receipt[96];
  int size = sprintf(receipt, "{\"event\":\"session:ack\",\"payload\":{\"seq\":%llu}}", (unsigned long long)connection->seq);
  send_text(connection, receipt, (size_t)size);
  connection->seq_acknowledged = connection->seq;
}

static void parley_idle(struct connection *connection, uint64_t now) {
  if (connection->seq > connection->seq_acknowledged && now - connection->unacknowledged_since >= ACK_IDLE_NS)
    parley_acknowledge(connection);
}

static void parley_received(struct connection *connection, const char *text, size_t length, uint64_t now) {
  size_t head = length < 96 ? length : 96;
  uint64_t seq = number_after(text, head, "\"seq\":");
  if (seq > 0) {
    if (seq <= connection->seq) flood.duplicated++;
    else {
      if (connection->seq == connection->seq_acknowledged) connection->unacknowledged_since = now;
      connection->seq = seq;
    }
  }
  if (starts(text, length, "{\"event\":\"call:offer\"")) take_message(connection, text, length, now);
  else if (starts(text, length, "{\"event\":\"ack\"")) connection->acknowledged = number_of(number_after(text, head, "\"re\":"));
  else if (starts(text, length, "{\"event\":\"welcome\"")) parley_welcome(connection, text, length);
  else if (starts(text, length, "{\"event\":\"room:joined\"")) became_ready(connection);
  else if (starts(text, length, "{\"event\":\"error\"")) {
    if (flood.refused++ == 0) fprintf(stderr, "refused: %.*s\n", (int)length, text);
    if (connection->state == JOINING) hang_up(connection), went_down(connection);
  } else if (starts(text, length, "{\"event\":\"server:draining\""))
    connection->away_ms = number_after(text, length, "\"reconnectAfterMs\":");
  if (connection->seq - connection->seq_acknowledged >= ACK_EVERY) parley_acknowledge(connection);
}

static const struct adapter adapters[] = {
    /* The partner is known by the connection: the id has no place in the message. */
    {"uws", "%.0s", "", 0, 1, bare_received, NULL},
    {"ws", "{\"event\":\"call:offer\",\"payload\":{\"to\":\"%s\",\"sdp\":\"", "\"}}", 0, 1, bare_received, NULL},
    {"socketio", "42[\"call:offer\",{\"to\":\"%s\",\"sdp\":\"", "\"}]", 0, 0, socketio_received, NULL},
    {"peerjs", "{\"type\":\"OFFER\",\"dst\":\"%s\",\"payload\":{\"sdp\":\"", "\"}}", 0, 0, peerjs_received, NULL},
    {"parley", "{\"event\":\"call:offer\",\"payload\":{\"to\":\"%s\",\"sdp\":\"", "\"}}", 0, 0, parley_received,
     parley_idle},
    {"parley-acked", "{\"event\":\"call:offer\",\"id\":          ,\"payload\":{\"to\":\"%s\",\"sdp\":\"", "\"}}", 1, 0,
     parley_received, parley_idle},
};

const struct adapter *find_adapter(const char *name) {
  for (size_t index = 0; index < sizeof adapters / sizeof *adapters; index++)
    if (strcmp(adapters[index].name, name) == 0) return &adapters[index];
  return NULL;
}
