#define _GNU_SOURCE
#include "control.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int address(const char *path, struct sockaddr_un *address) {
    size_t length = strlen(path);
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (length >= sizeof address->sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address->sun_path, path, length);
    return 0;
}

static int give_up(int descriptor) {
    int error = errno;
    close(descriptor);
    errno = error;
    return -1;
}

int tm_listen(const char *path) {
    struct sockaddr_un name;
    if (address(path, &name) != 0) return -1;
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener < 0) return -1;
    // Who may do what is decided by who it is, not by who may connect: everybody may, as soon as the
    // name is there, for who waits for a daemon to come back connects at that moment.
    mode_t mask = umask(0111);
    int bound = bind(listener, (struct sockaddr *)&name, sizeof name);
    umask(mask);
    if (bound != 0 || listen(listener, SOMAXCONN) != 0) return give_up(listener);
    return listener;
}

int tm_connect(const char *path) {
    struct sockaddr_un name;
    if (address(path, &name) != 0) return -1;
    int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client < 0) return -1;
    if (connect(client, (struct sockaddr *)&name, sizeof name) != 0) return give_up(client);
    return client;
}

ssize_t tm_notify(const char *path, const void *bytes, size_t size) {
    struct sockaddr_un name;
    if (address(path, &name) != 0) return -1;
    socklen_t length = sizeof name;
    if (path[0] == '@') {
        // The length is part of an abstract name: nothing may follow it.
        name.sun_path[0] = 0;
        length = offsetof(struct sockaddr_un, sun_path) + strlen(path);
    }
    int client = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (client < 0) return -1;
    ssize_t sent = sendto(client, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT,
                          (struct sockaddr *)&name, length);
    if (sent < 0) return give_up(client);
    close(client);
    return sent;
}

int tm_accept(int listener, uint32_t *user, int32_t *process) {
    int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client < 0) return -1;
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return give_up(client);
    *user = peer.uid;
    *process = peer.pid;
    return client;
}

ssize_t tm_receive(int socket, void *bytes, size_t size, int *passed) {
    // As many as the kernel lets through at once: what had no room would be closed, and `passed` be lost.
    union { struct cmsghdr align; char bytes[CMSG_SPACE(sizeof(int) * 253)]; } control;
    struct iovec part = {.iov_base = bytes, .iov_len = size};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    *passed = -1;
    ssize_t count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (count < 0) return -1;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t descriptors = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t index = 0; index < descriptors; index++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(header) + index * sizeof(int), sizeof descriptor);
            if (*passed == -1) {
                *passed = descriptor;
            } else {
                close(descriptor);
            }
        }
    }
    return count;
}

ssize_t tm_send(int socket, const void *bytes, size_t size, int passed) {
    union { struct cmsghdr align; char bytes[CMSG_SPACE(sizeof(int))]; } control;
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (passed != -1) {
        memset(&control, 0, sizeof control);
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof passed);
        memcpy(CMSG_DATA(header), &passed, sizeof passed);
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}
