#ifndef CTOUCHMON_H
#define CTOUCHMON_H

#include "spawn.h"

#endif
