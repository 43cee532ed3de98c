/* What init's files share. */
#ifndef INIT_H
#define INIT_H

/* Runs the tests listed in `list` and reports each on the descriptor `results`; 0 or -1. */
int run_batch(const char *list, int results);

/* Reaps all children that have ended. If `pid` is among them, its wait status goes to *status and the
 * answer is 1, else 0. With `block` it waits until `pid` ends. -1 if `pid` is no child of ours. */
int reap(int pid, int *status, int block);

/* Writes all of it; 0 or -1. */
int write_fully(int fd, const void *bytes, unsigned long count);

/* Reads a whole file into memory of malloc, with a NUL behind it; its size goes to *size. */
char *read_file(const char *path, unsigned long *size);

#endif
