// The control socket: what of unix(7) the Glibc module shows only as macros.
//
// Each function is some system calls. It returns what the last one returns, and -1 with errno on failure.

#ifndef TOUCHMON_CONTROL_H
#define TOUCHMON_CONTROL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// A stream socket that listens at `path`, of at most 107 bytes; everybody may connect. bind(2), listen(2).
int tm_listen(const char *path);

// A stream socket that is connected to the one that listens at `path`. connect(2).
int tm_connect(const char *path);

// The next who connected, and who that is: the process and the user as they were then. Does not wait.
// accept4(2), SO_PEERCRED of unix(7).
int tm_accept(int listener, uint32_t *user, int32_t *process);

// recvmsg(2): `*passed` is a descriptor that came along, close-on-exec, or -1. Of several the others are
// closed.
ssize_t tm_receive(int socket, void *bytes, size_t size, int *passed);

// sendmsg(2), with a descriptor where `passed` is not -1. No SIGPIPE.
ssize_t tm_send(int socket, const void *bytes, size_t size, int passed);

// A datagram to the socket at a path, or with `@` at the beginning of one of the abstract names. Does not
// wait, and takes at most 107 bytes of a name. sendto(2), unix(7).
ssize_t tm_notify(const char *path, const void *bytes, size_t size);

#endif
