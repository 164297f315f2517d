/* The one kind of message that is measured: a 1 KB offer to the partner, numbered and stamped. */
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

static void build(struct connection *connection) {
  char *text = malloc(8192 + (size_t)flood.message_bytes);
  int length = sprintf(text, flood.adapter->before, flood.connections[connection->partner].id);
  int content = length;
  length += sprintf(text + length, MARK "%016d:%010d:v=0\\r\\n", 0, 0);
  /* Whole lines, so that no escape is cut in two. */
  while (length - content + (int)sizeof sdp_line <= flood.message_bytes) length += sprintf(text + length, "%s", sdp_line);
  while (length - content < flood.message_bytes) text[length++] = '.';
  length += sprintf(text + length, "%s", flood.adapter->after);

  char *frame = malloc((size_t)length + 8);
  frame[0] = (char)0x81;
  frame[1] = (char)(0x80 | 126);
  frame[2] = (char)(length >> 8);
  frame[3] = (char)length;
  memset(frame + 4, 0, 4);
  memcpy(frame + 8, text, (size_t)length);
  connection->frame = frame;
  connection->frame_length = (size_t)length + 8;
  connection->stamp = frame + 8 + content + strlen(MARK);
  connection->number = connection->stamp + STAMP_DIGITS + 1;
  free(text);
}

static void send_numbered(struct connection *connection, uint64_t number, uint64_t due) {
  if (connection->frame == NULL) build(connection);
  write_digits(connection->stamp, STAMP_DIGITS, due % 10000000000000000u, '0');
  write_digits(connection->number, NUMBER_DIGITS, number, '0');
  if (flood.adapter->numbered)
    write_digits((char *)find(connection->frame, connection->frame_length, "\"id\":") + 5, NUMBER_DIGITS, FIRST_ID + number, '0');
  write_bytes(connection, connection->frame, connection->frame_length);
}

void send_message(struct connection *connection, uint64_t due) {
  send_numbered(connection, ++connection->sent, due);
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
