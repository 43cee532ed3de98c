/* What the parts of the measured module share. */
#ifndef CALLS_H
#define CALLS_H

/* Works on a list, matrices, a state machine and checksums, and returns a checksum over all results. */
unsigned compute(void);

#endif
