#ifndef TOUCHMON_SPAWN_H
#define TOUCHMON_SPAWN_H
int tm_placeholder(void);
#endif
