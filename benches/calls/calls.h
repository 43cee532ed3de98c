/* What the parts of the measured module share. */
#ifndef CALLS_H
#define CALLS_H

/* The kinds of work. Each returns a checksum over its results, which is the same on any machine. */
unsigned lists(void);
unsigned matrices(void);
unsigned state_machine(void);
unsigned checksums(void);

#endif
