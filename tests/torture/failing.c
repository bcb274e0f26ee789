/* Preloaded into a process: the call number `fail_at` of those that write fails, with `fail_with`, or writes only half when
   that is 0; where it is less than 0, every later one fails as well, as on a disk that is full. Only files count, so that what the process says to its parent is left alone. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static long fail_at = 0, seen = 0;
static int fail_with = 0, lasting = 0;

void arm(long at, int with) { fail_at = at, lasting = with < 0, fail_with = lasting ? -with : with, seen = 0; }
long calls(void) { return seen; }

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static int due(void) { return ++seen, fail_at && (lasting ? seen >= fail_at : seen == fail_at); }

static int is_file(int fd) {
    struct stat found;
    return fstat(fd, &found) == 0 && (S_ISREG(found.st_mode) || S_ISDIR(found.st_mode));
}

#define FAIL return errno = fail_with ? fail_with : EIO, -1

ssize_t write(int fd, const void *data, size_t length) {
    REAL(write);
    if (is_file(fd) && due()) {
        if (fail_with || length < 2) FAIL;
        return real(fd, data, length / 2);
    }
    return real(fd, data, length);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t at) {
    REAL(pwrite64);
    if (is_file(fd) && due()) {
        if (fail_with || length < 2) FAIL;
        return real(fd, data, length / 2, at);
    }
    return real(fd, data, length, at);
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t at) { return pwrite64(fd, data, length, at); }

int fsync(int fd) {
    REAL(fsync);
    if (is_file(fd) && due()) FAIL;
    return real(fd);
}

int fdatasync(int fd) {
    REAL(fdatasync);
    if (is_file(fd) && due()) FAIL;
    return real(fd);
}

int ftruncate64(int fd, off64_t length) {
    REAL(ftruncate64);
    if (is_file(fd) && due()) FAIL;
    return real(fd, length);
}

int rename(const char *old, const char *new) {
    REAL(rename);
    if (due()) FAIL;
    return real(old, new);
}

int link(const char *old, const char *new) {
    REAL(link);
    if (due()) FAIL;
    return real(old, new);
}
