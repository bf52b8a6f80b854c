#ifndef CTOUCHMON_H
#define CTOUCHMON_H

#include "kernel.h"
#include "spawn.h"

#endif
