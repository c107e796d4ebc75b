#include <sodium.h>
#include "process.h"
