/*
 * A load client that costs less than any server it measures: one thread, epoll, frames built once and patched in
 * place. It speaks WebSocket (RFC 6455) with the mask key 0: the server unmasks as ever, the client has nothing to do.
 */
#ifndef FLOOD_H
#define FLOOD_H

#include <stddef.h>
#include <stdint.h>

#include "histogram.h"

enum state { CLOSED, CONNECTING, UPGRADING, JOINING, READY, WAITING /* to dial again */ };

/* Of each side in a call set-up. */
#define SETUP_CANDIDATES 3u

/* People of a chat at most, and messages of one of them that may be on their way at once. */
#define CHATTERS 8
#define CHAT_WINDOW 256

/* Ids of messages begin above it: with ten digits from the first on, they fit into a frame that is built once. */
#define FIRST_ID 1000000000u

/* A message that is built once, as a whole WebSocket frame; `id`, `number` and `stamp` point into it. */
struct frame {
  char *bytes, *id, *number, *stamp;
  size_t length;
};

struct connection {
  int fd;
  enum state state;
  int partner; /* index */
  char *path, *protocols;
  char id[64]; /* by which the partner names it: its own choice, or what the server gave */
  /* What it sends: an SDP, and a candidate if the adapter knows one. */
  struct frame sdp, candidate;
  uint64_t sent, acknowledged; /* numbers of its messages */
  uint64_t seen;               /* number of the last message from the partner */
  /* Chat only: numbers of the last messages from each in the room, itself first; who heard each of its own. */
  uint64_t seen_from[CHATTERS];
  unsigned char heard_by[CHAT_WINDOW];
  /* Parley only. */
  uint64_t seq, seq_acknowledged;
  uint64_t unacknowledged_since; /* time of the first message above seq_acknowledged */
  char resume_token[96];
  int wants_resume;
  uint64_t away_ms, dial_at;
  /* Bytes that could not be handled or written at once. */
  char *in, *out;
  size_t in_length, in_capacity, out_length, out_capacity;
};

/* Text around the content; %s in `before` is the partner's id. */
struct kind {
  const char *before, *after;
};

struct adapter {
  const char *name;
  /* What a connection with an even index sends, and what one with an odd index sends; the same unless calls are set up. */
  struct kind offer, answer;
  /* Sent SETUP_CANDIDATES times after each offer or answer; NULL: never. */
  struct kind candidate;
  /* Messages from the server after which a receipt is due. */
  unsigned acknowledge_every;
  /* Of a message's content; 0: what the bench asks for. */
  int content_bytes;
  /* Whether the frame has `"id":` and is answered with `ack`. */
  int numbered;
  /* The upgrade alone makes it ready. */
  int ready_at_upgrade;
  void (*received)(struct connection *connection, const char *text, size_t length, uint64_t now);
  /* Says what it would say after a while without much to say; NULL: nothing. */
  void (*idle)(struct connection *connection, uint64_t now);
};

enum phase { IDLE, CONNECT, SATURATE, RATE, RESUME };

struct flood {
  int epoll;
  int port;
  const struct adapter *adapter;
  struct connection *connections;
  int count;
  int message_bytes;

  enum phase phase;
  /* CONNECT */
  int first, end, next_to_dial, at_once, dialling;
  int ready, failed, resumed, not_resumed;
  /* RESUME: dials that failed; when the first and the last connection closed and the first session was back */
  int failed_dials;
  uint64_t first_closed, last_closed, first_resumed;
  /* SATURATE, RATE */
  int pid;
  double rate;
  uint64_t warm_until, until, seconds_ns, drain_until;
  double next_due;
  int measuring, turn;
  uint64_t began, cpu_began, own_cpu_began;
  uint64_t sent, received, outstanding, lost, duplicated, refused;
  uint64_t cpu_used, own_cpu_used, wall;
  struct histogram latency, lag;
};

extern struct flood flood;
extern const struct adapter *find_adapter(const char *name);

/* clock.c */
uint64_t now_ns(void);
uint64_t process_cpu_ns(int pid); /* all threads of a process */
uint64_t own_cpu_ns(void);

/* connection.c */
void dial(struct connection *connection);
void on_event(struct connection *connection, uint32_t events);
void send_text(struct connection *connection, const char *text, size_t length);
void write_bytes(struct connection *connection, const char *bytes, size_t length);
void hang_up(struct connection *connection);

/* messages.c */
void send_message(struct connection *connection, uint64_t due);
void send_again(struct connection *connection, uint64_t above);
void message_arrived(struct connection *receiver, const char *content, uint64_t now);
void chat_arrived(struct connection *receiver, const char *peer_id, const char *content, uint64_t now);
const char *find(const char *text, size_t length, const char *wanted);

/* phases.c */
void became_ready(struct connection *connection);
void went_down(struct connection *connection);
void command(char *line);
void tick(uint64_t now);
int wait_ms(void);

#endif
