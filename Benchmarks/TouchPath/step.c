// step PID WAITS [CALL...]: executes a sleeping process instruction by instruction, until it has gone to wait for
// the WAITS-th time (epoll_pwait2), or until it makes a system call of one of these numbers, and writes the address of each instruction to standard output, as
// 8 bytes. A system call is followed by one more word: its number, with the highest bit set.
//
// The process must be of the running user, or the user root. It is left as it was found. ptrace(2).
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#if !defined(__x86_64__)
#error "the registers and the system call instruction are those of x86_64"
#endif

enum { SYSCALL = 0x050f, MOST = 10 * 1000 * 1000 };

static void require(long result, const char *what) {
    if (result >= 0) return;
    fprintf(stderr, "step: unable to %s: %s\n", what, strerror(errno));
    exit(71);
}

static void put(uint64_t word) { fwrite(&word, sizeof word, 1, stdout); }

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: step PID WAITS [CALL...]\n");
        return 64;
    }
    pid_t process = atoi(argv[1]);
    int waits = atoi(argv[2]), status;
    require(ptrace(PTRACE_SEIZE, process, 0, 0), "trace the process");
    require(ptrace(PTRACE_INTERRUPT, process, 0, 0), "stop the process");
    require(waitpid(process, &status, 0), "wait for the process");
    for (long steps = 0; waits > 0 && steps < MOST; steps++) {
        struct user_regs_struct registers;
        require(ptrace(PTRACE_SINGLESTEP, process, 0, 0), "step");
        require(waitpid(process, &status, 0), "wait for the process");
        if (!WIFSTOPPED(status)) break;
        require(ptrace(PTRACE_GETREGS, process, 0, &registers), "read the registers");
        put(registers.rip);
        uint64_t code = (uint64_t)ptrace(PTRACE_PEEKTEXT, process, registers.rip, 0);
        if ((code & 0xffff) == SYSCALL) {
            put(UINT64_C(1) << 63 | registers.rax);
            if (registers.rax == SYS_epoll_pwait2) waits--;
            for (int i = 3; i < argc; i++)
                if (registers.rax == (uint64_t)atol(argv[i])) waits = 0;
        }
    }
    ptrace(PTRACE_DETACH, process, 0, 0);
    return 0;
}
