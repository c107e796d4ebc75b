// statfs(2), which Swift's Glibc module leaves out.
#include <sys/statfs.h>

// The magic number of the file system that a path lies on, or -1.
static inline long file_system_type(const char *path) {
    struct statfs status;
    return statfs(path, &status) == 0 ? (long)(unsigned int)status.f_type : -1;
}
