/*
 * A power loss: at a chosen moment, what was written but not synced is partly or wholly lost.
 *
 *   gcc -shared -fPIC -O2 -o lose_writes.so lose_writes.c -ldl -lpthread
 *   LD_PRELOAD=…/lose_writes.so LOSE_BELOW=DIR:DIR… LOSE_KEEP=DIR LOSE_AT=N
 *   LOSE_SEED=S LOSE_REPORT=FILE aittad serve …
 *
 * Of each file below the directories it keeps what was in a block when it was last synced, and of each
 * directory the names that were changed since it was (LOSE_KEEP, on the same file system, holds
 * files that lost their name). At the N-th write, truncation, sync or change of a name the process
 * ends with code 137, and before that, as the seed decides, any sectors of 512 bytes that were written
 * since the last sync go back to what they were, a file may lose its new length, and the newest
 * changes of names are undone, back to one of them. A name is safe once its directory is synced, not
 * before, which is stricter than most file systems are. The shared memory of SQLite's log index is
 * removed: it is never synced, and the next process makes it anew.
 *
 * What a process left unsynced that was killed before is taken for synced. With LOSE_DESPITE_SYNC=1
 * no sync makes anything safe, as if the program had forgotten them all: a control.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define BLOCK 4096
#define SECTOR 512
#define FILES 1024
#define NAMES 4096

struct block {
    uint64_t number;
    uint8_t bytes[BLOCK];
};

/* A file and what it was when it was last synced. */
struct file {
    dev_t device;
    ino_t inode;
    int descriptor; /* our own; -1: not below the directories */
    uint64_t synced_size;
    struct block *blocks;
    size_t block_count, block_room;
};

enum change { CREATED, RENAMED, REMOVED };

/* A change of names that its directory was not synced after. */
struct name {
    enum change change;
    ino_t directory, other_directory;
    char *path, *to;
    char *kept; /* where the file is that lost its name; NULL: there was none */
};

static struct file files[FILES];
static int file_count;
static struct name names[NAMES];
static int name_count, kept_count;
static long call_count, lose_at = -1;
static const char *below, *keep;
static uint64_t seed;
static int despite_sync;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void die(const char *what) {
    dprintf(2, "lose_writes: %s: %s\n", what, strerror(errno));
    _exit(99);
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
    below = getenv("LOSE_BELOW");
    keep = getenv("LOSE_KEEP");
    const char *at = getenv("LOSE_AT"), *seeded = getenv("LOSE_SEED");
    if (below && keep && at) lose_at = atol(at);
    despite_sync = getenv("LOSE_DESPITE_SYNC") != NULL;
    if (seeded) seed = strtoull(seeded, NULL, 10);
}

static uint64_t draw(void) { /* SplitMix64 */
    uint64_t word = seed += 0x9E3779B97F4A7C15;
    word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9;
    word = (word ^ word >> 27) * 0x94D049BB133111EB;
    return word ^ word >> 31;
}

static int is_below(const char *path) {
    size_t count = strlen(path);
    if (count >= 4 && strcmp(path + count - 4, "-shm") == 0) return 0;
    for (const char *part = below; *part;) {
        const char *end = strchrnul(part, ':');
        size_t length = end - part;
        if (length && strncmp(path, part, length) == 0 &&
            (path[length] == '/' || path[length] == 0))
            return 1;
        part = *end ? end + 1 : end;
    }
    return 0;
}

/* The file that a descriptor is of; NULL if it is none of ours. */
static struct file *tracked(int descriptor) {
    struct stat status;
    if (lose_at < 0 || fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return NULL;
    for (int index = 0; index < file_count; index++) {
        struct file *file = &files[index];
        if (file->device == status.st_dev && file->inode == status.st_ino)
            return file->descriptor < 0 ? NULL : file;
    }
    if (file_count == FILES) die("too many files");
    struct file *file = &files[file_count++];
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t count = readlink(link, path, sizeof path - 1);
    if (count < 0) count = 0;
    path[count] = 0;
    *file = (struct file){status.st_dev, status.st_ino, -1, status.st_size, NULL, 0, 0};
    if (!is_below(path)) return NULL;
    file->descriptor = syscall(SYS_openat, AT_FDCWD, link, O_RDWR | O_CLOEXEC, 0);
    if (file->descriptor < 0) die(path);
    return file;
}

/* Keeps what is in a range that is about to change. */
static void keep_range(struct file *file, uint64_t begin, uint64_t end) {
    for (uint64_t number = begin / BLOCK; number * BLOCK < end; number++) {
        size_t index = 0;
        while (index < file->block_count && file->blocks[index].number != number) index++;
        if (index < file->block_count) continue;
        if (file->block_count == file->block_room) {
            file->block_room = file->block_room ? 2 * file->block_room : 16;
            file->blocks = realloc(file->blocks, file->block_room * sizeof(struct block));
            if (!file->blocks) die("memory");
        }
        struct block *block = &file->blocks[file->block_count++];
        block->number = number;
        memset(block->bytes, 0, BLOCK);
        syscall(SYS_pread64, file->descriptor, block->bytes, BLOCK, number * BLOCK);
    }
}

static void put_back(struct file *file, int share, int *lost, int *written) {
    struct stat status;
    if (fstat(file->descriptor, &status) != 0) return;
    uint64_t size = status.st_size, synced = file->synced_size;
    int loses_size = share == 100 || draw() % 2;
    for (size_t index = 0; index < file->block_count; index++) {
        struct block *block = &file->blocks[index];
        for (int at = 0; at < BLOCK; at += SECTOR) {
            uint64_t place = block->number * BLOCK + at;
            uint64_t most = size > synced ? size : synced;
            if (place >= most) continue;
            ++*written;
            if ((int)(draw() % 100) >= share) continue;
            ++*lost;
            size_t count = most - place < SECTOR ? most - place : SECTOR;
            syscall(SYS_pwrite64, file->descriptor, block->bytes + at, count, place);
        }
    }
    syscall(SYS_ftruncate, file->descriptor, loses_size ? synced : size);
}

static void undo(struct name *name) {
    switch (name->change) {
    case CREATED: syscall(SYS_unlinkat, AT_FDCWD, name->path, 0); break;
    case RENAMED:
        syscall(SYS_renameat, AT_FDCWD, name->to, AT_FDCWD, name->path);
        if (name->kept) syscall(SYS_renameat, AT_FDCWD, name->kept, AT_FDCWD, name->to);
        break;
    case REMOVED:
        if (name->kept) syscall(SYS_renameat, AT_FDCWD, name->kept, AT_FDCWD, name->path);
        break;
    }
}

static void remove_shared_memory(void) {
    for (const char *part = below; *part;) {
        const char *end = strchrnul(part, ':');
        char path[4096];
        for (int which = 0; which < 2; which++) {
            snprintf(path, sizeof path, "%.*s/%s.db-shm", (int)(end - part), part,
                     which ? "vault" : "access");
            syscall(SYS_unlinkat, AT_FDCWD, path, 0);
        }
        part = *end ? end + 1 : end;
    }
}

static void lose(const char *call) {
    static const int shares[] = {100, 100, 90, 50, 10};
    int share = shares[draw() % 5], lost = 0, written = 0;
    for (int index = 0; index < file_count; index++)
        if (files[index].descriptor >= 0) put_back(&files[index], share, &lost, &written);
    int first = share == 100 ? 0 : (int)(draw() % (name_count + 1));
    for (int index = name_count - 1; index >= first; index--) undo(&names[index]);
    remove_shared_memory();
    const char *report = getenv("LOSE_REPORT");
    int output = report ? syscall(SYS_openat, AT_FDCWD, report, O_WRONLY | O_CREAT | O_APPEND, 0600)
                        : -1;
    if (output >= 0)
        dprintf(output, "%s: %d of %d unsynced sectors and %d of %d names lost\n", call, lost,
                written, name_count - first, name_count);
    _exit(137);
}

/* Each call that changes or syncs something is one moment. */
static void count(const char *call) {
    if (++call_count == lose_at) lose(call);
}

#define BEFORE_CHANGE(call, descriptor, begin, end) \
    struct file *file = NULL; \
    if (lose_at >= 0) { \
        pthread_mutex_lock(&lock); \
        file = tracked(descriptor); \
        if (file) { \
            count(call); \
            keep_range(file, begin, end); \
        } else \
            pthread_mutex_unlock(&lock); \
    }
#define AFTER_CHANGE \
    if (file) { \
        int error = errno; \
        pthread_mutex_unlock(&lock); \
        errno = error; \
    }

static uint64_t position(int descriptor) {
    struct stat status;
    if (fcntl(descriptor, F_GETFL) & O_APPEND)
        return fstat(descriptor, &status) == 0 ? status.st_size : 0;
    off_t offset = lseek(descriptor, 0, SEEK_CUR);
    return offset < 0 ? 0 : offset;
}

static uint64_t size_of(int descriptor) {
    struct stat status;
    return fstat(descriptor, &status) == 0 ? status.st_size : 0;
}

ssize_t write(int descriptor, const void *bytes, size_t length) {
    REAL(write);
    BEFORE_CHANGE("write", descriptor, position(descriptor), position(descriptor) + length)
    ssize_t result = real(descriptor, bytes, length);
    AFTER_CHANGE
    return result;
}

ssize_t writev(int descriptor, const struct iovec *parts, int part_count) {
    REAL(writev);
    size_t length = 0;
    for (int index = 0; index < part_count; index++) length += parts[index].iov_len;
    BEFORE_CHANGE("writev", descriptor, position(descriptor), position(descriptor) + length)
    ssize_t result = real(descriptor, parts, part_count);
    AFTER_CHANGE
    return result;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t offset) {
    REAL(pwrite);
    BEFORE_CHANGE("pwrite", descriptor, offset, offset + length)
    ssize_t result = real(descriptor, bytes, length, offset);
    AFTER_CHANGE
    return result;
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off64_t offset) {
    REAL(pwrite64);
    BEFORE_CHANGE("pwrite", descriptor, offset, offset + length)
    ssize_t result = real(descriptor, bytes, length, offset);
    AFTER_CHANGE
    return result;
}

int ftruncate(int descriptor, off_t size) {
    REAL(ftruncate);
    BEFORE_CHANGE("ftruncate", descriptor, size, size_of(descriptor))
    int result = real(descriptor, size);
    AFTER_CHANGE
    return result;
}

int ftruncate64(int descriptor, off64_t size) {
    REAL(ftruncate64);
    BEFORE_CHANGE("ftruncate", descriptor, size, size_of(descriptor))
    int result = real(descriptor, size);
    AFTER_CHANGE
    return result;
}

/* --- Syncs ------------------------------------------------------------------------------------ */

static void names_synced(ino_t directory) {
    int left = 0;
    for (int index = 0; index < name_count; index++) {
        struct name *name = &names[index];
        if (name->directory != directory && name->other_directory != directory) {
            names[left++] = *name;
            continue;
        }
        if (name->kept) syscall(SYS_unlinkat, AT_FDCWD, name->kept, 0);
        free(name->path);
        free(name->to);
        free(name->kept);
    }
    name_count = left;
}

static int sync_with(int (*real)(int), const char *call, int descriptor) {
    struct stat status;
    if (lose_at < 0 || fstat(descriptor, &status) != 0) return real(descriptor);
    pthread_mutex_lock(&lock);
    struct file *file = tracked(descriptor);
    int is_directory = S_ISDIR(status.st_mode);
    if (file || is_directory) count(call);
    int result = real(descriptor), error = errno;
    if (despite_sync) file = NULL, is_directory = 0;
    if (result == 0 && file) {
        file->block_count = 0;
        file->synced_size = size_of(descriptor);
    }
    if (result == 0 && is_directory) names_synced(status.st_ino);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

int fsync(int descriptor) {
    REAL(fsync);
    return sync_with(real, "fsync", descriptor);
}

int fdatasync(int descriptor) {
    REAL(fdatasync);
    return sync_with(real, "fdatasync", descriptor);
}

/* --- Names ------------------------------------------------------------------------------------ */

/* The path, absolute; NULL if it is none of ours. */
static char *ours(int directory, const char *path) {
    char whole[8192], link[64], base[4096];
    if (path[0] == '/') snprintf(whole, sizeof whole, "%s", path);
    else if (directory == AT_FDCWD) {
        if (!getcwd(base, sizeof base)) return NULL;
        snprintf(whole, sizeof whole, "%s/%s", base, path);
    } else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
        ssize_t count = readlink(link, base, sizeof base - 1);
        if (count < 0) return NULL;
        base[count] = 0;
        snprintf(whole, sizeof whole, "%s/%s", base, path);
    }
    return is_below(whole) ? strdup(whole) : NULL;
}

static ino_t directory_of(const char *path) {
    char *copy = strdup(path), *slash = strrchr(copy, '/');
    struct stat status = {0};
    if (slash) *slash = 0;
    stat(*copy ? copy : "/", &status);
    free(copy);
    return status.st_ino;
}

static char *keep_file(const char *path) {
    struct stat status;
    if (lstat(path, &status) != 0) return NULL;
    char kept[4096];
    snprintf(kept, sizeof kept, "%s/%d-%d", keep, getpid(), kept_count++);
    if (syscall(SYS_linkat, AT_FDCWD, path, AT_FDCWD, kept, 0) != 0) die(path);
    return strdup(kept);
}

static void changed(enum change change, char *path, char *to, char *kept) {
    if (name_count == NAMES) die("too many names");
    names[name_count++] = (struct name){
        change, directory_of(path), directory_of(to ? to : path), path, to, kept};
}

static int open_with(int directory, const char *path, int flags, mode_t mode) {
    char *whole = lose_at >= 0 && flags & O_CREAT ? ours(directory, path) : NULL;
    if (!whole) return syscall(SYS_openat, directory, path, flags, mode);
    struct stat status;
    pthread_mutex_lock(&lock);
    int is_new = lstat(whole, &status) != 0;
    if (is_new) count("open");
    int result = syscall(SYS_openat, directory, path, flags, mode), error = errno;
    if (is_new && result >= 0) changed(CREATED, whole, NULL, NULL);
    else free(whole);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

#define OPEN(name, directory_parameter, directory) \
    int name(directory_parameter const char *path, int flags, ...) { \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        return open_with(directory, path, flags, mode); \
    }
#define WITH_DIRECTORY int at,
#define NO_DIRECTORY
OPEN(open, NO_DIRECTORY, AT_FDCWD)
OPEN(open64, NO_DIRECTORY, AT_FDCWD)
OPEN(openat, WITH_DIRECTORY, at)
OPEN(openat64, WITH_DIRECTORY, at)

static int rename_with(int from_directory, const char *from, int to_directory, const char *to,
                       unsigned int flags) {
    char *path = lose_at >= 0 ? ours(from_directory, from) : NULL;
    char *target = path ? ours(to_directory, to) : NULL;
    if (!target) {
        free(path);
        return syscall(SYS_renameat2, from_directory, from, to_directory, to, flags);
    }
    pthread_mutex_lock(&lock);
    count("rename");
    char *kept = keep_file(target);
    int result = syscall(SYS_renameat2, from_directory, from, to_directory, to, flags);
    int error = errno;
    if (result == 0) changed(RENAMED, path, target, kept);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

int rename(const char *from, const char *to) {
    return rename_with(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int renameat(int from_directory, const char *from, int to_directory, const char *to) {
    return rename_with(from_directory, from, to_directory, to, 0);
}

int renameat2(int from_directory, const char *from, int to_directory, const char *to,
              unsigned int flags) {
    return rename_with(from_directory, from, to_directory, to, flags);
}

int linkat(int from_directory, const char *from, int to_directory, const char *to, int flags) {
    char *target = lose_at >= 0 ? ours(to_directory, to) : NULL;
    if (!target) return syscall(SYS_linkat, from_directory, from, to_directory, to, flags);
    pthread_mutex_lock(&lock);
    count("link");
    int result = syscall(SYS_linkat, from_directory, from, to_directory, to, flags);
    int error = errno;
    if (result == 0) changed(CREATED, target, NULL, NULL);
    else free(target);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }

int unlinkat(int directory, const char *path, int flags) {
    char *whole = lose_at >= 0 && !(flags & AT_REMOVEDIR) ? ours(directory, path) : NULL;
    struct stat status;
    if (!whole || lstat(whole, &status) != 0 || !S_ISREG(status.st_mode)) {
        free(whole);
        return syscall(SYS_unlinkat, directory, path, flags);
    }
    pthread_mutex_lock(&lock);
    count("unlink");
    char *kept = keep_file(whole);
    int result = syscall(SYS_unlinkat, directory, path, flags), error = errno;
    if (result == 0) changed(REMOVED, whole, NULL, kept);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
