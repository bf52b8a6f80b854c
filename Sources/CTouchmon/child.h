// What the code between clone and exec is made of.

#ifndef TOUCHMON_CHILD_H
#define TOUCHMON_CHILD_H

#include "spawn.h"

#include <sys/syscall.h>

// The child runs in the memory of its parent, at the same time as its parent. It therefore calls no
// function of libc, not even syscall(3), which writes errno into the parent's thread; writes to
// nothing but its slot and its stack; and is not instrumented by sanitizers.
//
// The child's user can't reach that memory. When a credential changes, commit_creds() in the kernel
// marks the memory not dumpable before it publishes the new uid, and ptrace(2), /proc/PID/mem and
// process_vm_readv(2) refuse memory that is not dumpable. The mark stays on the daemon: it writes no
// core and only root can trace it, which suits a root daemon. exec gives the child fresh memory.
#define IN_CHILD __attribute__((disable_sanitizer_instrumentation, no_stack_protector))
#define CHILD static IN_CHILD

// A fifth argument is always 0: prctl(2) refuses some operations if what they don't take is anything
// else.
CHILD inline long call(long number, long a, long b, long c, long d) {
#if defined(__x86_64__)
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = 0;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = 0;
    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4)
                     : "memory");
    return x0;
#else
#error "the child's system calls are written for x86_64 and aarch64 only"
#endif
}

// Begins a step: what the report says if the child is killed during it.
CHILD inline void begin(struct tm_child *child, enum tm_step step) {
    __atomic_store_n(&child->step, step, __ATOMIC_RELEASE);
}

CHILD inline _Noreturn void fail(struct tm_child *child, long error) {
    child->error = (int32_t)error;
    for (;;) {
        call(SYS_exit_group, 127, 0, 0, 0);
    }
}

// Ends a step: `result` is what the kernel returned, a negated errno on failure.
CHILD inline void check(struct tm_child *child, long result) {
    if (result < 0) {
        fail(child, -result);
    }
}

// Scheduling and limits, as far as the slot asks for any. In settings.c, as what follows.
void tm_set_scheduling_and_limits(struct tm_child *child);

// No new privileges, and the sandbox. As the child's user.
void tm_confine(struct tm_child *child);

#endif
