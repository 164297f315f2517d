/*
 * Sends UDP datagrams from one port as fast as the kernel takes them, or at a rate, and counts what arrives at
 * another: the load of bench:turn. One thread, batches of sendmmsg and recvmmsg, so that it isn't the bottleneck.
 *
 *   flood <from port> <to port> <counted port> <hex prefix> <payload bytes> <seconds> <packets a second, 0: all>
 *         <pause>
 *
 * All on 127.0.0.1. Where it shares its core, it sleeps for <pause> microseconds (0: never) after each batch, and hands
 * a batch to the kernel in one piece, which costs a fifth. Prints JSON: sent and received in all, received a second, and
 * delays in microseconds, taken from the time that each payload ends with.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 32
#define BYTES 2048
/* Delays up to 100 ms, in microseconds. */
#define SLOTS 100000

static uint32_t delays[SLOTS + 1];
static unsigned char out[BATCH][BYTES], in[BATCH][BYTES];

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int open_port(int port) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0), size = 8 << 20;
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  if (bind(fd, (struct sockaddr *)&at, sizeof at) < 0) {
    perror("bind");
    exit(1);
  }
  return fd;
}

/* One message that the kernel cuts into datagrams of `length` (UDP GSO). @returns datagrams */
static int send_in_one(int fd, struct iovec *parts, int count, int length) {
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = count};
  ssize_t done = sendmsg(fd, &message, MSG_DONTWAIT);
  return done > 0 ? (int)(done / length) : 0;
}

static double delay_at(uint64_t count, double share) {
  uint64_t seen = 0;
  for (int i = 0; i <= SLOTS; i++)
    if ((seen += delays[i]) >= count * share) return i;
  return SLOTS;
}

int main(int argc, char **argv) {
  if (argc != 9) return fprintf(stderr, "flood: 8 arguments\n"), 2;
  int from = open_port(atoi(argv[1])), counted = open_port(atoi(argv[3]));
  struct sockaddr_in to = {
      .sin_family = AF_INET, .sin_port = htons(atoi(argv[2])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct timespec pause = {.tv_nsec = atoi(argv[8]) * 1000};
  int prefix = strlen(argv[4]) / 2, payload = atoi(argv[5]), rate = atoi(argv[7]);
  int length = prefix + payload, stamp = length - 8;
  struct mmsghdr sends[BATCH] = {0}, receives[BATCH] = {0};
  struct iovec out_parts[BATCH], in_parts[BATCH];
  if (length > BYTES || payload < 8) return fprintf(stderr, "flood: payload of 8 bytes or more\n"), 2;
  if (connect(from, (struct sockaddr *)&to, sizeof to) < 0) return perror("connect"), 1;
  int shares = pause.tv_nsec > 0;
  if (shares && setsockopt(from, SOL_UDP, UDP_SEGMENT, &length, sizeof length) < 0) return perror("UDP_SEGMENT"), 1;
  for (int i = 0; i < BATCH; i++) {
    for (int b = 0; b < prefix; b++) sscanf(argv[4] + 2 * b, "%2hhx", &out[i][b]);
    /* Attributes of STUN are padded: the prefix says how long the data is, the payload is a multiple of 4. */
    out_parts[i] = (struct iovec){out[i], length};
    in_parts[i] = (struct iovec){in[i], BYTES};
    sends[i].msg_hdr = (struct msghdr){.msg_iov = &out_parts[i], .msg_iovlen = 1};
    receives[i].msg_hdr = (struct msghdr){.msg_iov = &in_parts[i], .msg_iovlen = 1};
  }
  uint64_t start = now(), end = start + atof(argv[6]) * 1e9, sent = 0, received = 0;
  for (uint64_t t = start; t < end; t = now()) {
    uint64_t due = rate ? (t - start) * rate / 1000000000u : UINT64_MAX;
    int batch = due > sent ? (due - sent < BATCH ? (int)(due - sent) : BATCH) : 0;
    for (int i = 0; i < batch; i++) memcpy(out[i] + stamp, &t, 8);
    int done = batch == 0 ? 0
               : shares   ? send_in_one(from, out_parts, batch, length)
                          : sendmmsg(from, sends, batch, MSG_DONTWAIT);
    if (done > 0) sent += done;
    for (int got; (got = recvmmsg(counted, receives, BATCH, MSG_DONTWAIT, NULL)) > 0;) {
      uint64_t at = now();
      received += got;
      for (int i = 0; rate && i < got; i++) {
        uint64_t then, us;
        /* What wraps the payload ends with it: channels and Data indications of a multiple of 4 bytes. */
        memcpy(&then, in[i] + receives[i].msg_len - 8, 8);
        us = at > then ? (at - then) / 1000 : 0;
        delays[us < SLOTS ? us : SLOTS]++;
      }
      if (got < BATCH) break;
    }
    if (shares) nanosleep(&pause, NULL);
  }
  double seconds = (now() - start) / 1e9;
  printf("{\"sent\":%lu,\"received\":%lu,\"perSecond\":%.0f,\"p50Us\":%.0f,\"p99Us\":%.0f}\n", sent, received,
         received / seconds, rate ? delay_at(received, 0.5) : 0, rate ? delay_at(received, 0.99) : 0);
  return 0;
}
