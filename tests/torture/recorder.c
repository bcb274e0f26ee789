/* Preloaded into a process: every call that changes files below DREAMJOURNAL_RECORD is written to DREAMJOURNAL_RECORD_TO in
   the order it was made. A record: op, fd, a, b as 64-bit numbers, length of path, length of data, then both.
   What is written into mapped memory (the -shm file) is not seen, and is no data. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OPEN = 1, WRITE, TRUNCATE, SYNC, RENAME, UNLINK, LINK, MKDIR, RMDIR, CLOSE };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int out = -1, started = 0;
static char root[PATH_MAX];
static size_t root_length = 0;
static unsigned char watched[65536];

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static void start(void) {
    if (started) return;
    started = 1;
    const char *below = getenv("DREAMJOURNAL_RECORD"), *to = getenv("DREAMJOURNAL_RECORD_TO");
    if (!below || !to || !realpath(below, root)) return;
    root_length = strlen(root);
    int fd = (int)syscall(SYS_openat, AT_FDCWD, to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    out = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 900);
    if (fd >= 0) syscall(SYS_close, fd);
}

static int below_root(const char *path, char *whole) {
    start();
    if (out < 0 || !path) return 0;
    if (path[0] == '/') snprintf(whole, PATH_MAX, "%s", path);
    else {
        char here[PATH_MAX];
        if (!getcwd(here, sizeof here)) return 0;
        snprintf(whole, PATH_MAX, "%.2000s/%.2000s", here, path);
    }
    return strncmp(whole, root, root_length) == 0 && (whole[root_length] == '/' || whole[root_length] == 0);
}

static void put(int op, int fd, int64_t a, int64_t b, const char *path, const void *data, size_t length) {
    int64_t head[6] = {op, fd, a, b, path ? (int64_t)strlen(path) : 0, (int64_t)length};
    struct iovec parts[3] = {{head, sizeof head}, {(void *)(path ? path : ""), (size_t)head[4]}, {(void *)data, length}};
    syscall(SYS_writev, out, parts, 3);
}

static int seen(int fd) { return fd >= 0 && fd < 65536 && watched[fd]; }

static int after_open(int fd, const char *path, int flags) {
    char whole[PATH_MAX];
    int error = errno;
    if (fd >= 0 && fd < 65536) {
        watched[fd] = (unsigned char)below_root(path, whole);
        if (watched[fd]) {
            pthread_mutex_lock(&lock);
            put(OPEN, fd, flags & O_CREAT ? 1 : 0, flags & O_TRUNC ? 1 : 0, whole, NULL, 0);
            pthread_mutex_unlock(&lock);
        }
    }
    errno = error;
    return fd;
}

#define MODE(flags) \
    mode_t mode = 0; \
    if (flags & (O_CREAT | __O_TMPFILE)) { va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); }

int open(const char *path, int flags, ...) { MODE(flags) REAL(open); return after_open(real(path, flags, mode), path, flags); }
int open64(const char *path, int flags, ...) { MODE(flags) REAL(open64); return after_open(real(path, flags, mode), path, flags); }
int openat(int at, const char *path, int flags, ...) { MODE(flags) REAL(openat); int fd = real(at, path, flags, mode); return at == AT_FDCWD || path[0] == '/' ? after_open(fd, path, flags) : fd; }
int openat64(int at, const char *path, int flags, ...) { MODE(flags) REAL(openat64); int fd = real(at, path, flags, mode); return at == AT_FDCWD || path[0] == '/' ? after_open(fd, path, flags) : fd; }

int close(int fd) {
    REAL(close);
    if (fd == out && out >= 0) return 0;
    if (seen(fd)) {
        pthread_mutex_lock(&lock);
        put(CLOSE, fd, 0, 0, NULL, NULL, 0);
        watched[fd] = 0;
        pthread_mutex_unlock(&lock);
    }
    return real(fd);
}

#define WRITING(call, offset_of) \
    if (!seen(fd)) return call; \
    pthread_mutex_lock(&lock); \
    int64_t at = (int64_t)(offset_of); \
    ssize_t n = call; \
    int error = errno; \
    if (n > 0) put(WRITE, fd, at, 0, NULL, data, (size_t)n); \
    pthread_mutex_unlock(&lock); \
    errno = error; \
    return n;

static int64_t place(int fd) { int flags = fcntl(fd, F_GETFL); return flags >= 0 && (flags & O_APPEND) ? (int64_t)lseek(fd, 0, SEEK_END) : (int64_t)lseek(fd, 0, SEEK_CUR); }

ssize_t write(int fd, const void *data, size_t length) { REAL(write); WRITING(real(fd, data, length), place(fd)) }
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { REAL(pwrite); WRITING(real(fd, data, length, offset), offset) }
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) { REAL(pwrite64); WRITING(real(fd, data, length, offset), offset) }

#define RECORDED(call, op, watching, a) \
    pthread_mutex_lock(&lock); \
    int n = call, error = errno; \
    if (n == 0 && watching) put(op, fd, a, 0, NULL, NULL, 0); \
    pthread_mutex_unlock(&lock); \
    errno = error; \
    return n;

int ftruncate(int fd, off_t size) { REAL(ftruncate); RECORDED(real(fd, size), TRUNCATE, seen(fd), (int64_t)size) }
int ftruncate64(int fd, off64_t size) { REAL(ftruncate64); RECORDED(real(fd, size), TRUNCATE, seen(fd), (int64_t)size) }
int fsync(int fd) { REAL(fsync); RECORDED(real(fd), SYNC, seen(fd), 0) }
int fdatasync(int fd) { REAL(fdatasync); RECORDED(real(fd), SYNC, seen(fd), 0) }

#define NAMED(call, op, path, other) \
    char whole[PATH_MAX], second[PATH_MAX]; \
    const char *more = other; \
    int watching = below_root(path, whole) && (!more || below_root(more, second)); \
    pthread_mutex_lock(&lock); \
    int n = call, error = errno; \
    if (n == 0 && watching) put(op, -1, 0, 0, whole, more ? second : NULL, more ? strlen(second) : 0); \
    pthread_mutex_unlock(&lock); \
    errno = error; \
    return n;

int rename(const char *from, const char *to) { REAL(rename); NAMED(real(from, to), RENAME, from, to) }
int link(const char *from, const char *to) { REAL(link); NAMED(real(from, to), LINK, from, to) }
int linkat(int a, const char *from, int b, const char *to, int flags) { REAL(linkat); NAMED(real(a, from, b, to, flags), LINK, from, to) }
int unlink(const char *path) { REAL(unlink); NAMED(real(path), UNLINK, path, NULL) }
int mkdir(const char *path, mode_t mode) { REAL(mkdir); NAMED(real(path, mode), MKDIR, path, NULL) }
int rmdir(const char *path) { REAL(rmdir); NAMED(real(path), RMDIR, path, NULL) }

int unlinkat(int at, const char *name, int flags) {
    char link[64], folder[PATH_MAX], path[PATH_MAX];
    REAL(unlinkat);
    if (at == AT_FDCWD || name[0] == '/') { NAMED(real(at, name, flags), flags & AT_REMOVEDIR ? RMDIR : UNLINK, name, NULL) }
    snprintf(link, sizeof link, "/proc/self/fd/%d", at);
    ssize_t length = readlink(link, folder, sizeof folder - 1);
    folder[length > 0 ? length : 0] = 0;
    snprintf(path, sizeof path, "%.2000s/%.2000s", folder, name);
    NAMED(real(at, name, flags), flags & AT_REMOVEDIR ? RMDIR : UNLINK, path, NULL)
}

/* Copies inside the kernel would go unseen: callers fall back to reading and writing. */
ssize_t sendfile(int a, int b, off_t *offset, size_t n) { (void)a; (void)b; (void)offset; (void)n; errno = EINVAL; return -1; }
ssize_t sendfile64(int a, int b, off64_t *offset, size_t n) { (void)a; (void)b; (void)offset; (void)n; errno = EINVAL; return -1; }
ssize_t copy_file_range(int a, off64_t *b, int c, off64_t *d, size_t n, unsigned f) { (void)a; (void)b; (void)c; (void)d; (void)n; (void)f; errno = EXDEV; return -1; }
