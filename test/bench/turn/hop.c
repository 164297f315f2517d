/*
 * hop <port> <to>: passes each datagram on to another port of 127.0.0.1, with nothing between two calls of the kernel.
 * What a packet takes by way of this core, whoever passes it on: the floor of the delay in bench:turn.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define BATCH 32
#define BYTES 2048

static struct sockaddr_in local(int port) {
  return (struct sockaddr_in){
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

int main(int argc, char **argv) {
  if (argc != 3) return fprintf(stderr, "hop: 2 arguments\n"), 2;
  int front = socket(AF_INET, SOCK_DGRAM, 0), back = socket(AF_INET, SOCK_DGRAM, 0), size = 8 << 20;
  struct sockaddr_in at = local(atoi(argv[1])), to = local(atoi(argv[2]));
  setsockopt(front, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  setsockopt(back, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  if (bind(front, (struct sockaddr *)&at, sizeof at) < 0) return perror("bind"), 1;
  static unsigned char bytes[BATCH][BYTES];
  struct mmsghdr messages[BATCH] = {0};
  struct iovec parts[BATCH];
  for (int i = 0; i < BATCH; i++) messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
  puts("listens");
  fflush(stdout);
  for (;;) {
    for (int i = 0; i < BATCH; i++) {
      parts[i] = (struct iovec){bytes[i], BYTES};
      messages[i].msg_hdr.msg_name = NULL;
      messages[i].msg_hdr.msg_namelen = 0;
    }
    int got = recvmmsg(front, messages, BATCH, MSG_WAITFORONE, NULL);
    for (int i = 0; i < got; i++) {
      parts[i].iov_len = messages[i].msg_len;
      messages[i].msg_hdr.msg_name = &to;
      messages[i].msg_hdr.msg_namelen = sizeof to;
    }
    if (got > 0) sendmmsg(back, messages, got, 0);
  }
}
