/* Preloaded into a process: writes down which thread waits for the disk, and for which file. SYNC_LOG names the list. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static void note(int descriptor) {
  char link[64], path[4096], line[4200];
  const char *list = getenv("SYNC_LOG");
  if (list == NULL) return;
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return;
  path[length] = 0;
  const char *thread = syscall(SYS_gettid) == getpid() ? "main" : "other";
  int bytes = snprintf(line, sizeof line, "%s %s\n", thread, path);
  int out = open(list, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (out < 0) return;
  if (write(out, line, (size_t)bytes) < 0) abort();
  close(out);
}

int fsync(int descriptor) {
  int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  note(descriptor);
  return next(descriptor);
}

int fdatasync(int descriptor) {
  int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  note(descriptor);
  return next(descriptor);
}
