/* What the bench asks for, a line each; each is answered by one line of JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flood.h"

#define SECOND 1000000000u
/* Time for what is on its way at the end of a phase. */
#define DRAIN_NS (3u * SECOND)
/* Between two tries to dial a server that is away. */
#define REDIAL_NS (SECOND / 10)

static void dial_more(void) {
  while (flood.phase == CONNECT && flood.dialling < flood.at_once && flood.next_to_dial < flood.end) {
    flood.dialling++;
    dial(&flood.connections[flood.next_to_dial++]);
  }
}

static void end_connect(uint64_t now) {
  if (flood.ready + flood.failed < flood.end - flood.first) return;
  flood.phase = IDLE;
  uint64_t cpu = process_cpu_ns(flood.pid) - flood.cpu_began;
  printf("{\"ready\":%d,\"failed\":%d,\"wallNs\":%llu,\"serverCpuNs\":%llu,\"clientCpuNs\":%llu}\n", flood.ready,
         flood.failed, (unsigned long long)(now - flood.began), (unsigned long long)cpu,
         (unsigned long long)(own_cpu_ns() - flood.own_cpu_began));
}

void became_ready(struct connection *connection) {
  if (connection->state == READY) return;
  connection->state = READY;
  flood.ready++;
  if (flood.phase == CONNECT) flood.dialling--;
}

void went_down(struct connection *connection) {
  if (flood.phase == CONNECT) {
    flood.failed++;
    flood.dialling--;
  } else if (flood.phase == RESUME) {
    connection->state = WAITING;
    uint64_t now = now_ns();
    if (connection->wants_resume) flood.failed_dials++;
    else {
      if (flood.first_closed == 0) flood.first_closed = now;
      flood.last_closed = now;
    }
    uint64_t pause = connection->wants_resume ? REDIAL_NS : connection->away_ms * 1000000u;
    if (!connection->wants_resume) flood.ready--;
    connection->wants_resume = 1;
    connection->dial_at = now + pause;
  } else flood.failed++;
}

static void start_measuring(uint64_t now) {
  histogram_reset(&flood.latency);
  histogram_reset(&flood.lag);
  flood.measuring = 1;
  flood.until = now + flood.seconds_ns; /* whole, even where the warm-up took longer than it should */
  flood.received = 0;
  flood.began = now;
  flood.cpu_began = process_cpu_ns(flood.pid);
  flood.own_cpu_began = own_cpu_ns();
}

static void stop_measuring(uint64_t now) {
  flood.measuring = 0;
  flood.wall = now - flood.began;
  flood.cpu_used = process_cpu_ns(flood.pid) - flood.cpu_began;
  flood.own_cpu_used = own_cpu_ns() - flood.own_cpu_began;
  flood.drain_until = now + DRAIN_NS;
}

static void report_flood(void) {
  printf("{\"messages\":%llu,\"wallNs\":%llu,\"serverCpuNs\":%llu,\"clientCpuNs\":%llu,\"lost\":%llu,\"duplicated\":%llu,"
         "\"refused\":%llu,\"closed\":%d",
         (unsigned long long)flood.received, (unsigned long long)flood.wall, (unsigned long long)flood.cpu_used,
         (unsigned long long)flood.own_cpu_used, (unsigned long long)(flood.lost + flood.outstanding),
         (unsigned long long)flood.duplicated, (unsigned long long)flood.refused, flood.failed);
  const double percentiles[] = {50, 90, 99, 99.9};
  const char *names[] = {"p50", "p90", "p99", "p999"};
  for (int index = 0; index < 4; index++)
    printf(",\"%sNs\":%llu", names[index], (unsigned long long)histogram_percentile(&flood.latency, percentiles[index]));
  printf(",\"maxNs\":%llu,\"lagP99Ns\":%llu}\n", (unsigned long long)flood.latency.max,
         (unsigned long long)histogram_percentile(&flood.lag, 99));
}

static void send_due(uint64_t now) {
  while (flood.next_due <= (double)now && flood.next_due < (double)flood.until) {
    struct connection *connection = &flood.connections[flood.turn];
    /* 7919 is prime: neighbours in time are no neighbours in memory, and every connection has its turn. */
    flood.turn = (flood.turn + 7919) % flood.count;
    send_message(connection, (uint64_t)flood.next_due);
    if (flood.measuring) histogram_record(&flood.lag, now_ns() - (uint64_t)flood.next_due);
    flood.next_due += (double)SECOND / flood.rate;
  }
}

static void tick_flood(uint64_t now) {
  if (flood.phase == RATE) send_due(now);
  if (flood.wall == 0 && !flood.measuring && now >= flood.warm_until) start_measuring(now);
  if (flood.measuring && now >= flood.until) stop_measuring(now);
  if (flood.wall == 0 || (flood.outstanding > 0 && now < flood.drain_until)) return;
  flood.phase = IDLE;
  report_flood();
}

static void tick_resume(uint64_t now) {
  int away = 0;
  for (int index = 0; index < flood.count; index++) {
    struct connection *connection = &flood.connections[index];
    if (connection->state == WAITING && connection->dial_at <= now) dial(connection);
    if (connection->state != READY || !connection->wants_resume || connection->acknowledged < connection->sent) away++;
  }
  if (away > 0 && now < flood.until) return;
  if (flood.outstanding > 0 && now < flood.until) return;
  flood.phase = IDLE;
  printf("{\"resumed\":%d,\"notResumed\":%d,\"away\":%d,\"wallNs\":%llu,\"lost\":%llu,\"duplicated\":%llu,\"messages\":%llu,"
         "\"failedDials\":%d,\"firstClosedNs\":%llu,\"lastClosedNs\":%llu,\"firstResumedNs\":%llu}\n",
         flood.resumed, flood.not_resumed, away, (unsigned long long)(now - flood.began),
         (unsigned long long)(flood.lost + flood.outstanding), (unsigned long long)flood.duplicated,
         (unsigned long long)flood.sent, flood.failed_dials, (unsigned long long)(flood.first_closed - flood.began),
         (unsigned long long)(flood.last_closed - flood.began), (unsigned long long)(flood.first_resumed - flood.began));
  for (int index = 0; index < flood.count; index++) flood.connections[index].wants_resume = 0;
}

/* All have their turn within a second, some at each tick: a tick is short. */
static void visit_idle(uint64_t now) {
  static int next;
  if (flood.adapter->idle == NULL) return;
  for (int visits = flood.phase == IDLE ? flood.count : 16; visits > 0; visits--) {
    next = (next + 1) % flood.count;
    if (flood.connections[next].state == READY) flood.adapter->idle(&flood.connections[next], now);
  }
}

void tick(uint64_t now) {
  visit_idle(now);
  if (flood.phase == CONNECT) {
    dial_more();
    end_connect(now);
  } else if (flood.phase == SATURATE || flood.phase == RATE) tick_flood(now);
  else if (flood.phase == RESUME) tick_resume(now);
  fflush(stdout);
}

/*
 * While something is measured it spins: a sleep would be a millisecond late, and to wake a sleeper on another core is
 * paid for by the server that sends, the more often the slower it is. A server's own clients are on other machines.
 */
int wait_ms(void) {
  if (flood.phase == IDLE) return 1000;
  return flood.phase == RESUME ? 2 : 0;
}

/* connect FIRST END AT_ONCE · saturate WARM SECONDS · rate WARM SECONDS RATE · resume SECONDS · pid PID · quit */
void command(char *line) {
  char name[16] = "";
  double a = 0, b = 0, c = 0;
  sscanf(line, "%15s %lf %lf %lf", name, &a, &b, &c);
  uint64_t now = now_ns();
  flood.cpu_began = process_cpu_ns(flood.pid);
  flood.own_cpu_began = own_cpu_ns();
  flood.began = now;
  if (strcmp(name, "connect") == 0) {
    flood.phase = CONNECT;
    flood.first = flood.next_to_dial = (int)a;
    flood.end = (int)b;
    flood.at_once = (int)c;
    flood.ready = flood.failed = flood.dialling = 0;
  } else if (strcmp(name, "saturate") == 0 || strcmp(name, "rate") == 0) {
    flood.warm_until = now + (uint64_t)(a * SECOND);
    flood.seconds_ns = (uint64_t)(b * SECOND);
    flood.until = flood.warm_until + flood.seconds_ns;
    flood.rate = c;
    flood.next_due = (double)now;
    flood.wall = 0;
    /* `outstanding` goes on: what came too late for the phase before may still come. */
    flood.lost = flood.duplicated = flood.refused = 0;
    flood.failed = 0;
    flood.phase = name[0] == 's' ? SATURATE : RATE;
    for (int index = 0; flood.phase == SATURATE && index < flood.count; index++)
      send_message(&flood.connections[index], now);
  } else if (strcmp(name, "resume") == 0) {
    flood.phase = RESUME;
    flood.until = now + (uint64_t)(a * SECOND);
    flood.resumed = flood.not_resumed = flood.failed_dials = 0;
    flood.first_closed = flood.last_closed = flood.first_resumed = 0;
    flood.sent = flood.lost = flood.duplicated = 0;
    flood.ready = flood.count;
    for (int index = 0; index < flood.count; index++) {
      flood.connections[index].wants_resume = 0;
      send_message(&flood.connections[index], now);
    }
    printf("{\"sent\":%llu}\n", (unsigned long long)flood.sent);
  } else if (strcmp(name, "pid") == 0) {
    flood.pid = (int)a;
    printf("{\"pid\":%d}\n", flood.pid);
  } else if (strcmp(name, "quit") == 0) exit(0);
  fflush(stdout);
}
