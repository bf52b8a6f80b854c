#include "spawn.h"
int tm_placeholder(void) { return 0; }
