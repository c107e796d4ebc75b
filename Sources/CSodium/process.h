// prctl takes variable arguments, which Swift can't call.
#include <sys/prctl.h>

static inline int process_set_dumpable(int dumpable) {
    return prctl(PR_SET_DUMPABLE, (long)dumpable, 0L, 0L, 0L);
}

static inline int process_get_dumpable(void) {
    return prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L);
}
