/* flood ADAPTER PORT PLAN MESSAGE_BYTES: reads the plan, then commands on standard input (phases.c). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "flood.h"

struct flood flood;

/* One line a connection: partner's index, own id or -, path, subprotocols or -; separated by tabs. */
static void read_plan(const char *path) {
  FILE *file = fopen(path, "r");
  char *line = NULL;
  size_t capacity = 0;
  int room = 0;
  if (file == NULL) perror(path), exit(2);
  while (getline(&line, &capacity, file) > 0) {
    if (flood.count == room) {
      room = room == 0 ? 1024 : room * 2;
      flood.connections = realloc(flood.connections, (size_t)room * sizeof *flood.connections);
    }
    struct connection *connection = &flood.connections[flood.count++];
    memset(connection, 0, sizeof *connection);
    connection->fd = -1;
    connection->partner = atoi(strtok(line, "\t\n"));
    const char *id = strtok(NULL, "\t\n");
    if (strcmp(id, "-") != 0) snprintf(connection->id, sizeof connection->id, "%s", id);
    connection->path = strdup(strtok(NULL, "\t\n"));
    const char *protocols = strtok(NULL, "\t\n");
    connection->protocols = strdup(strcmp(protocols, "-") == 0 ? "" : protocols);
  }
  free(line);
  fclose(file);
}

static void read_commands(void) {
  static char pending[4096];
  static size_t length;
  ssize_t got = read(0, pending + length, sizeof pending - length - 1);
  if (got <= 0) exit(0);
  length += (size_t)got;
  pending[length] = 0;
  for (char *end; (end = strchr(pending, '\n')) != NULL;) {
    *end = 0;
    command(pending);
    length -= (size_t)(end + 1 - pending);
    memmove(pending, end + 1, length + 1);
  }
}

int main(int argc, char **argv) {
  if (argc != 5 || (flood.adapter = find_adapter(argv[1])) == NULL) {
    fprintf(stderr, "flood ADAPTER PORT PLAN MESSAGE_BYTES\n");
    return 2;
  }
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  flood.port = atoi(argv[2]);
  read_plan(argv[3]);
  flood.message_bytes = atoi(argv[4]);
  flood.epoll = epoll_create1(0);
  struct epoll_event standard_input = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(flood.epoll, EPOLL_CTL_ADD, 0, &standard_input);
  static struct epoll_event events[1024];
  for (;;) {
    int count = epoll_wait(flood.epoll, events, 1024, wait_ms());
    for (int index = 0; index < count; index++) {
      if (events[index].data.ptr == NULL) read_commands();
      else on_event(events[index].data.ptr, events[index].events);
    }
    tick(now_ns());
  }
}
