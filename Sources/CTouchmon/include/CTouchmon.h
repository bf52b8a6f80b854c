#ifndef CTOUCHMON_H
#define CTOUCHMON_H

#include "control.h"
#include "kernel.h"
#include "spawn.h"

#endif
