/*
 * Copies files as they lie at every sync: what anybody could have kept who copied, took a snapshot
 * or backed up at any moment.
 *
 *   gcc -shared -fPIC -O2 -o copy_at_sync.so copy_at_sync.c -ldl -lpthread
 *   LD_PRELOAD=…/copy_at_sync.so COPY_FROM=DIR:DIR… COPY_TO=DIR aittad serve …
 *
 * Before each fsync, fdatasync, rename, unlink and ftruncate, and after each rename, all files below
 * the directories are copied: the page cache's content, which is what a copying program reads. Never
 * copied are keyring and escrow, which are the only files whose old copies must not survive, with
 * their temporary names; nor the database's shared memory, a lock and the disk reserve, which hold no
 * data.
 *
 * A copy is written as its difference to the one before, in blocks of 4096 bytes, so that thousands
 * take little room; Tests/Independent/copies.py puts them together again. Each process writes a file
 * of its own, which begins with everything. Integers are little-endian.
 *
 *   'N' u32 file, u16 length, path      names a file
 *   'S' u32 file, u64 size              it is there, with this size
 *   'B' u32 file, u64 offset, u32 length, bytes
 *   'D' u32 file                        it is gone
 *   'C' u64 number                      the copy is whole
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define BLOCK 4096
#define FILES 4096

struct image {
    char *path;
    uint8_t *bytes;
    uint64_t size;
    int present, seen;
    /* Kept open: to close any descriptor of a file drops the locks that SQLite has on it. */
    int descriptor;
    dev_t device;
    ino_t inode;
};

static struct image files[FILES];
static int file_count;
static uint64_t copy_number;
static int output = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint8_t *pending;
static size_t pending_count, pending_room;

static void die(const char *what) {
    dprintf(2, "copy_at_sync: %s: %s\n", what, strerror(errno));
    _exit(99);
}

static void add(const void *bytes, size_t count) {
    if (pending_count + count > pending_room) {
        pending_room = 2 * (pending_count + count);
        pending = realloc(pending, pending_room);
        if (!pending) die("memory");
    }
    memcpy(pending + pending_count, bytes, count);
    pending_count += count;
}

static void add_entry(char kind, uint32_t file) {
    add(&kind, 1);
    add(&file, 4);
}

static int is_excluded(const char *name) {
    size_t count = strlen(name);
    return strstr(name, "keyring") || strstr(name, "escrow") || strstr(name, "root.key") ||
           strcmp(name, "lock") == 0 || strcmp(name, "reserve") == 0 ||
           (count >= 4 && strcmp(name + count - 4, "-shm") == 0);
}

static int find(const char *path) {
    for (int index = 0; index < file_count; index++)
        if (strcmp(files[index].path, path) == 0) return index;
    if (file_count == FILES) die("too many files");
    files[file_count].path = strdup(path);
    files[file_count].descriptor = -1;
    uint16_t length = strlen(path);
    add_entry('N', file_count);
    add(&length, 2);
    add(path, length);
    return file_count++;
}

static void copy_file(const char *path) {
    struct stat status;
    if (lstat(path, &status) != 0 || !S_ISREG(status.st_mode)) return;
    int index = find(path);
    struct image *image = &files[index];
    if (image->descriptor < 0 || image->device != status.st_dev || image->inode != status.st_ino) {
        int opened = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
        if (opened < 0) return;
        if (image->descriptor >= 0) syscall(SYS_close, image->descriptor);
        image->descriptor = opened;
        image->device = status.st_dev;
        image->inode = status.st_ino;
    }
    int descriptor = image->descriptor;
    uint64_t size = status.st_size;
    image->seen = 1;
    if (!image->present || size != image->size) {
        add_entry('S', index);
        add(&size, 8);
        image->bytes = realloc(image->bytes, size + 1);
        if (size > image->size)
            memset(image->bytes + image->size, 0, size - image->size);
        image->size = size;
        image->present = 1;
    }
    static uint8_t part[64 * BLOCK];
    for (uint64_t offset = 0; offset < size;) {
        ssize_t got = syscall(SYS_pread64, descriptor, part, sizeof part, offset);
        if (got <= 0) break;
        if ((uint64_t)got > size - offset) got = size - offset;
        for (ssize_t at = 0; at < got; at += BLOCK) {
            uint32_t count = got - at < BLOCK ? got - at : BLOCK;
            if (memcmp(image->bytes + offset + at, part + at, count) == 0) continue;
            memcpy(image->bytes + offset + at, part + at, count);
            uint64_t place = offset + at;
            add_entry('B', index);
            add(&place, 8);
            add(&count, 4);
            add(part + at, count);
        }
        offset += got;
    }
}

static void copy_directory(const char *path, int depth) {
    DIR *directory = opendir(path);
    if (!directory) return;
    struct dirent *entry;
    while ((entry = readdir(directory))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (is_excluded(entry->d_name)) continue;
        char below[4096];
        snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
        if (entry->d_type == DT_DIR && depth < 8) copy_directory(below, depth + 1);
        else if (entry->d_type == DT_REG) copy_file(below);
    }
    closedir(directory);
}

static void open_output(const char *to) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    char path[4096];
    snprintf(path, sizeof path, "%s/%012lld%09ld-%d.copies", to, (long long)now.tv_sec, now.tv_nsec,
             getpid());
    output = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (output < 0) die(path);
}

static void copy_all(void) {
    const char *from = getenv("COPY_FROM"), *to = getenv("COPY_TO");
    if (!from || !to) return;
    int error = errno;
    pthread_mutex_lock(&lock);
    for (int index = 0; index < file_count; index++) files[index].seen = 0;
    pending_count = 0;
    char *list = strdup(from), *rest = list, *path;
    while ((path = strsep(&rest, ":")))
        if (*path) copy_directory(path, 0);
    free(list);
    for (int index = 0; index < file_count; index++) {
        if (!files[index].present || files[index].seen) continue;
        add_entry('D', index);
        files[index].present = 0;
        files[index].size = 0;
    }
    if (pending_count) {
        if (output < 0) open_output(to);
        char kind = 'C';
        copy_number++;
        add(&kind, 1);
        add(&copy_number, 8);
        for (size_t at = 0; at < pending_count;) {
            ssize_t count = syscall(SYS_write, output, pending + at, pending_count - at);
            if (count <= 0) die("write");
            at += count;
        }
    }
    pthread_mutex_unlock(&lock);
    errno = error;
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

int fsync(int descriptor) {
    REAL(fsync);
    copy_all();
    return real(descriptor);
}

int fdatasync(int descriptor) {
    REAL(fdatasync);
    copy_all();
    return real(descriptor);
}

int ftruncate(int descriptor, off_t size) {
    REAL(ftruncate);
    copy_all();
    return real(descriptor, size);
}

int ftruncate64(int descriptor, off64_t size) {
    REAL(ftruncate64);
    copy_all();
    return real(descriptor, size);
}

int unlink(const char *path) {
    REAL(unlink);
    copy_all();
    return real(path);
}

int unlinkat(int directory, const char *path, int flags) {
    REAL(unlinkat);
    copy_all();
    return real(directory, path, flags);
}

int rename(const char *from, const char *to) {
    REAL(rename);
    copy_all();
    int result = real(from, to);
    copy_all();
    return result;
}

int renameat(int from_directory, const char *from, int to_directory, const char *to) {
    REAL(renameat);
    copy_all();
    int result = real(from_directory, from, to_directory, to);
    copy_all();
    return result;
}

int renameat2(int from_directory, const char *from, int to_directory, const char *to,
              unsigned int flags) {
    REAL(renameat2);
    copy_all();
    int result = real(from_directory, from, to_directory, to, flags);
    copy_all();
    return result;
}
