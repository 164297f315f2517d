/* What is measured: a 1 KB offer or answer to the partner, or a candidate, numbered and stamped. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flood.h"

/* `bench:`, the time it was due (16 digits, ns), `:`, its number (10 digits), `:`, then lines of an SDP. */
#define MARK "bench:"
#define STAMP_DIGITS 16
#define NUMBER_DIGITS 10

/* As it stands in a JSON string: the line ends are escaped, as in every real offer. */
static const char sdp_line[] = "a=rtpmap:111 opus/48000/2\\r\\na=rtcp-fb:111 transport-cc\\r\\n"
                               "a=fmtp:111 minptime=10;useinbandfec=1\\r\\na=rtpmap:96 VP8/90000\\r\\n";

const char *find(const char *text, size_t length, const char *wanted) {
  return memmem(text, length, wanted, strlen(wanted));
}

static void write_digits(char *at, int digits, uint64_t value, char pad) {
  for (int index = digits - 1; index >= 0; index--, value /= 10)
    at[index] = value > 0 || index == digits - 1 ? (char)('0' + value % 10) : pad;
}

static uint64_t read_digits(const char *at, int digits) {
  uint64_t value = 0;
  for (int index = 0; index < digits; index++) value = value * 10 + (uint64_t)(at[index] - '0');
  return value;
}

static struct frame build(struct connection *connection, const struct kind *kind, int content_bytes) {
  char *text = malloc(8192 + (size_t)content_bytes);
  int length = sprintf(text, kind->before, flood.connections[connection->partner].id);
  int content = length;
  length += sprintf(text + length, MARK "%016d:%010d", 0, 0);
  if (content_bytes > 0) length += sprintf(text + length, ":v=0\\r\\n");
  /* Whole lines, so that no escape is cut in two. */
  while (length - content + (int)sizeof sdp_line <= content_bytes) length += sprintf(text + length, "%s", sdp_line);
  while (length - content < content_bytes) text[length++] = '.';
  length += sprintf(text + length, "%s", kind->after);

  char *bytes = malloc((size_t)length + 8);
  bytes[0] = (char)0x81;
  bytes[1] = (char)(0x80 | 126);
  bytes[2] = (char)(length >> 8);
  bytes[3] = (char)length;
  memset(bytes + 4, 0, 4);
  memcpy(bytes + 8, text, (size_t)length);
  free(text);
  char *id = (char *)find(bytes, (size_t)length + 8, "\"id\":");
  char *stamp = bytes + 8 + content + strlen(MARK);
  return (struct frame){.bytes = bytes,
                        .length = (size_t)length + 8,
                        .id = id == NULL ? NULL : id + 5,
                        .stamp = stamp,
                        .number = stamp + STAMP_DIGITS + 1};
}

/* A call is set up with one SDP of each side, and candidates after it. */
static const struct frame *frame_of(struct connection *connection, uint64_t number) {
  const struct adapter *adapter = flood.adapter;
  int is_candidate = adapter->candidate.before != NULL && (number - 1) % (1 + SETUP_CANDIDATES) != 0;
  struct frame *frame = is_candidate ? &connection->candidate : &connection->sdp;
  if (frame->bytes == NULL) {
    int is_answerer = (connection - flood.connections) % 2 == 1;
    const struct kind *kind = is_candidate ? &adapter->candidate : is_answerer ? &adapter->answer : &adapter->offer;
    int bytes = adapter->content_bytes > 0 ? adapter->content_bytes : flood.message_bytes;
    *frame = build(connection, kind, is_candidate ? 0 : bytes);
  }
  return frame;
}

static void send_numbered(struct connection *connection, uint64_t number, uint64_t due) {
  const struct frame *frame = frame_of(connection, number);
  write_digits(frame->stamp, STAMP_DIGITS, due % 10000000000000000u, '0');
  write_digits(frame->number, NUMBER_DIGITS, number, '0');
  if (flood.adapter->numbered) write_digits(frame->id, NUMBER_DIGITS, FIRST_ID + number, '0');
  write_bytes(connection, frame->bytes, frame->length);
}

void send_message(struct connection *connection, uint64_t due) {
  send_numbered(connection, ++connection->sent, due);
  connection->heard_by[connection->sent % CHAT_WINDOW] = 0;
  flood.outstanding++;
  flood.sent++;
}

/* [SE3] What the server has not processed is sent again, with the same ids. */
void send_again(struct connection *connection, uint64_t above) {
  for (uint64_t number = above + 1; number <= connection->sent; number++) send_numbered(connection, number, now_ns());
}

void message_arrived(struct connection *receiver, const char *content, uint64_t now) {
  uint64_t due = read_digits(content + strlen(MARK), STAMP_DIGITS);
  uint64_t number = read_digits(content + strlen(MARK) + STAMP_DIGITS + 1, NUMBER_DIGITS);
  uint64_t current = now % 10000000000000000u;
  if (number <= receiver->seen) {
    flood.duplicated++;
    return;
  }
  flood.lost += number - receiver->seen - 1;
  flood.outstanding -= number - receiver->seen;
  receiver->seen = number;
  if (flood.measuring) {
    flood.received++;
    histogram_record(&flood.latency, current > due ? current - due : 0);
  }
  if (flood.phase == SATURATE && now < flood.until) send_message(&flood.connections[receiver->partner], now);
}

/*
 * A message that all in the room hear, its sender too. It has arrived once the last of them has heard it; one that somebody
 * didn't hear stays outstanding, and so counts as lost in the end.
 */
void chat_arrived(struct connection *receiver, const char *peer_id, const char *content, uint64_t now) {
  int place = 0, people = 1;
  struct connection *sender = receiver, *one = receiver;
  while ((one = &flood.connections[one->partner]) != receiver && people < CHATTERS) {
    if (strcmp(one->id, peer_id) == 0) sender = one, place = people;
    people++;
  }
  uint64_t due = read_digits(content + strlen(MARK), STAMP_DIGITS);
  uint64_t number = read_digits(content + strlen(MARK) + STAMP_DIGITS + 1, NUMBER_DIGITS);
  if (number <= receiver->seen_from[place]) {
    flood.duplicated++;
    return;
  }
  receiver->seen_from[place] = number;
  if (++sender->heard_by[number % CHAT_WINDOW] < people) return;
  uint64_t current = now % 10000000000000000u;
  flood.outstanding--;
  if (flood.measuring) {
    flood.received++;
    histogram_record(&flood.latency, current > due ? current - due : 0);
  }
  if (flood.phase == SATURATE && now < flood.until) send_message(sender, now);
}
