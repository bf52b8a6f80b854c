// make DIRECTORY DIRECTORIES FILES: makes a tree of so many directories and
// regular files, the files spread evenly, ten directories in each until there
// are enough. Names say nothing (d0 to d9, f0 and on); files are empty. The
// same arguments make the same tree.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FANOUT = 10 };

static void require(int ok, const char *what) {
    if (ok) return;
    fprintf(stderr, "make: unable to %s: %s\n", what, strerror(errno));
    exit(71);
}

static long directories, files;

/// Fills the directory that is the `number`th of all, level by level; `place` is
/// the descriptor of it. Its subdirectories are those from FANOUT * number + 1.
static void fill(int place, long number) {
    char name[32];
    // Those before it have their share: so the shares add up.
    long first = files * number / directories, end = files * (number + 1) / directories;
    for (long i = first; i < end; i++) {
        snprintf(name, sizeof name, "f%ld", i - first);
        int file = openat(place, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        require(file >= 0 && close(file) == 0, "make a file");
    }
    for (int i = 0; i < FANOUT && FANOUT * number + 1 + i < directories; i++) {
        snprintf(name, sizeof name, "d%d", i);
        require(mkdirat(place, name, 0755) == 0, "make a directory");
        int below = openat(place, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        require(below >= 0, "open a directory");
        fill(below, FANOUT * number + 1 + i);
        close(below);
    }
}

int main(int argc, char **argv) {
    if (argc != 4 || (directories = atol(argv[2])) < 1 || (files = atol(argv[3])) < 0) {
        fprintf(stderr, "usage: make DIRECTORY DIRECTORIES FILES\n");
        return 64;
    }
    require(mkdir(argv[1], 0755) == 0, "make the first directory");
    int place = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    require(place >= 0, "open the first directory");
    fill(place, 0);
}
