/* How each server is spoken to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flood.h"

/* Messages after which the SDK acknowledges, what the contract asks for at least, and the time for fewer. */
#define ACK_EVERY 8
#define ACK_EVERY_AT_LEAST 32
#define ACK_IDLE_NS 2000000000u
/* Of what somebody says in a chat. */
#define CHAT_BYTES 120

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

static uint64_t number_of(uint64_t id) {
  return id > FIRST_ID ? id - FIRST_ID : 0;
}

static void take_chat(struct connection *connection, const char *text, size_t length, uint64_t now) {
  char peer_id[sizeof connection->id] = "";
  copy_string(peer_id, sizeof peer_id, text, length, "\"peerId\":\"");
  const char *content = find(text, length, "bench:");
  if (content != NULL) chat_arrived(connection, peer_id, content, now);
}

static void acknowledge(struct connection *connection) {
  char receipt[96];
  int size = sprintf(receipt, "{\"event\":\"session:ack\",\"payload\":{\"seq\":%llu}}", (unsigned long long)connection->seq);
  send_text(connection, receipt, (size_t)size);
  connection->seq_acknowledged = connection->seq;
}

/* --- bare uWebSockets.js and bare ws --- */

static void bare_received(struct connection *connection, const char *text, size_t length, uint64_t now) {
  take_message(connection, text, length, now);
}

/* The same with an answer to each message and receipts, as between two SDK clients. It numbers nothing itself. */
static void acknowledging_received(struct connection *connection, const char *text, size_t length, uint64_t now) {
  connection->seq++;
  if (!take_message(connection, text, length, now))
    connection->acknowledged = number_of(number_after(text, length, "\"re\":"));
  if (connection->seq - connection->seq_acknowledged >= flood.adapter->acknowledge_every) acknowledge(connection);
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

static void parley_welcome(struct connection *connection, const char *text, size_t length) {
  copy_string(connection->id, sizeof connection->id, text, length, "\"peerId\":\"");
  copy_string(connection->resume_token, sizeof connection->resume_token, text, length, "\"resumeToken\":\"");
  int resumed = find(text, length, "\"resumed\":true") != NULL;
  if (connection->wants_resume) {
    if (flood.first_resumed == 0) flood.first_resumed = now_ns();
    if (resumed) flood.resumed++;
    else flood.not_resumed++;
    send_again(connection, number_of(number_after(text, length, "\"lastId\":")));
    became_ready(connection);
  } else if (strstr(connection->path, "/rooms/") == NULL) became_ready(connection);
}

static void parley_idle(struct connection *connection, uint64_t now) {
  if (connection->seq > connection->seq_acknowledged && now - connection->unacknowledged_since >= ACK_IDLE_NS)
    acknowledge(connection);
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
  if (starts(text, length, "{\"event\":\"call:")) take_message(connection, text, length, now);
  else if (starts(text, length, "{\"event\":\"chat\"")) take_chat(connection, text, length, now);
  else if (starts(text, length, "{\"event\":\"ack\"")) connection->acknowledged = number_of(number_after(text, head, "\"re\":"));
  else if (starts(text, length, "{\"event\":\"welcome\"")) parley_welcome(connection, text, length);
  else if (starts(text, length, "{\"event\":\"room:joined\"")) became_ready(connection);
  else if (starts(text, length, "{\"event\":\"error\"")) {
    if (flood.refused++ == 0) fprintf(stderr, "refused: %.*s\n", (int)length, text);
    if (connection->state == JOINING) hang_up(connection), went_down(connection);
  } else if (starts(text, length, "{\"event\":\"server:draining\""))
    connection->away_ms = number_after(text, length, "\"reconnectAfterMs\":");
  if (connection->seq - connection->seq_acknowledged >= flood.adapter->acknowledge_every) acknowledge(connection);
}

#define NUMBERED "\"id\":          ,"
#define SDK_AFTER "\",\"connection\":{\"from\":\"q3nCzkPdWc\",\"offer\":1},\"tracks\":{\"0\":\"microphone\",\"1\":\"camera\"}}}"
#define SDK_SDP(event) {"{\"event\":\"" event "\"," NUMBERED "\"payload\":{\"to\":\"%s\",\"sdp\":\"", SDK_AFTER}
/* As Chromium writes one; the content stands in the place of its user name. */
#define SDK_CANDIDATE                                                                                                  \
  {"{\"event\":\"call:ice\"," NUMBERED "\"payload\":{\"to\":\"%s\",\"candidate\":{\"candidate\":"                               \
   "\"candidate:842163049 1 udp 1677729535 198.51.100.7 46154 typ srflx raddr 192.0.2.5 rport 46154 generation 0 ufrag ",  \
   " network-id 1 network-cost 10\",\"sdpMid\":\"0\",\"sdpMLineIndex\":0,\"usernameFragment\":\"Wm8Z\"}}}"}
#define SAME(before, after) .offer = {before, after}, .answer = {before, after}
#define SETUP .offer = SDK_SDP("call:offer"), .answer = SDK_SDP("call:answer"), .candidate = SDK_CANDIDATE

static const struct adapter adapters[] = {
    /* The partner is known by the connection: the id has no place in the message. */
    {.name = "uws", SAME("%.0s", ""), .ready_at_upgrade = 1, .received = bare_received},
    {.name = "ws",
     SAME("{\"event\":\"call:offer\",\"payload\":{\"to\":\"%s\",\"sdp\":\"", "\"}}"),
     .ready_at_upgrade = 1,
     .received = bare_received},
    {.name = "socketio", SAME("42[\"call:offer\",{\"to\":\"%s\",\"sdp\":\"", "\"}]"), .received = socketio_received},
    {.name = "peerjs",
     SAME("{\"type\":\"OFFER\",\"dst\":\"%s\",\"payload\":{\"sdp\":\"", "\"}}"),
     .received = peerjs_received},
    {.name = "parley",
     SAME("{\"event\":\"call:offer\",\"payload\":{\"to\":\"%s\",\"sdp\":\"", "\"}}"),
     .acknowledge_every = ACK_EVERY,
     .received = parley_received,
     .idle = parley_idle},
    {.name = "parley-acked",
     SAME("{\"event\":\"call:offer\"," NUMBERED "\"payload\":{\"to\":\"%s\",\"sdp\":\"", "\"}}"),
     .numbered = 1,
     .acknowledge_every = ACK_EVERY,
     .received = parley_received,
     .idle = parley_idle},
    {.name = "uws-setup",
     SETUP,
     .numbered = 1,
     .acknowledge_every = ACK_EVERY_AT_LEAST,
     .ready_at_upgrade = 1,
     .received = acknowledging_received},
    {.name = "parley-chat",
     SAME("{\"event\":\"chat\"," NUMBERED "\"payload\":{%.0s\"message\":\"", "\"}}"),
     .numbered = 1,
     .content_bytes = CHAT_BYTES,
     .acknowledge_every = ACK_EVERY,
     .received = parley_received,
     .idle = parley_idle},
    {.name = "parley-setup",
     SETUP,
     .numbered = 1,
     .acknowledge_every = ACK_EVERY_AT_LEAST,
     .received = parley_received,
     .idle = parley_idle},
};

const struct adapter *find_adapter(const char *name) {
  for (size_t index = 0; index < sizeof adapters / sizeof *adapters; index++)
    if (strcmp(adapters[index].name, name) == 0) return &adapters[index];
  return NULL;
}
