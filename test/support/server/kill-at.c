/*
 * Preloaded into a process: SIGKILL at the KILL_AT-th change of a file below KILL_IN, before it is made. Of writes every
 * tenth counts. KILL_STEPS names a file that gets one byte for each change.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static int steps = 0, writes = 0;

static void step(const char *path) {
  const char *within = getenv("KILL_IN"), *at = getenv("KILL_AT"), *list = getenv("KILL_STEPS");
  if (within == NULL || strncmp(path, within, strlen(within)) != 0) return;
  if (++steps == (at == NULL ? 0 : atoi(at))) kill(getpid(), SIGKILL);
  if (list == NULL) return;
  int out = open(list, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  static ssize_t (*next)(int, const void *, size_t) = NULL;
  if (next == NULL) next = (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
  if (out < 0 || next(out, ".", 1) < 0) abort();
  close(out);
}

static void step_of(int descriptor) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return;
  path[length] = 0;
  step(path);
}

static void step_of_write(int descriptor) {
  if (writes++ % 10 == 0) step_of(descriptor);
}

#define NEXT(type, name) ((type)dlsym(RTLD_NEXT, name))

int fsync(int fd) { step_of(fd); return NEXT(int (*)(int), "fsync")(fd); }
int fdatasync(int fd) { step_of(fd); return NEXT(int (*)(int), "fdatasync")(fd); }
int ftruncate(int fd, off_t size) { step_of(fd); return NEXT(int (*)(int, off_t), "ftruncate")(fd, size); }
int ftruncate64(int fd, off64_t size) { step_of(fd); return NEXT(int (*)(int, off64_t), "ftruncate64")(fd, size); }
int rename(const char *from, const char *to) { step(to); return NEXT(int (*)(const char *, const char *), "rename")(from, to); }
int link(const char *from, const char *to) { step(to); return NEXT(int (*)(const char *, const char *), "link")(from, to); }
int unlink(const char *path) { step(path); return NEXT(int (*)(const char *), "unlink")(path); }
int chown(const char *path, uid_t uid, gid_t gid) { step(path); return NEXT(int (*)(const char *, uid_t, gid_t), "chown")(path, uid, gid); }
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
  step_of_write(fd);
  return NEXT(ssize_t (*)(int, const void *, size_t, off_t), "pwrite")(fd, bytes, size, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
  step_of_write(fd);
  return NEXT(ssize_t (*)(int, const void *, size_t, off64_t), "pwrite64")(fd, bytes, size, at);
}
