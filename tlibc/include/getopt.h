/* getopt.h: GNU long options. */
#ifndef _GETOPT_H
#define _GETOPT_H 1
#include <features.h>
/*@ types option */
#define no_argument 0
#define required_argument 1
#define optional_argument 2
__BEGIN_DECLS
/*@ functions getopt optarg opterr optind optopt getopt_long getopt_long_only */
__END_DECLS
#endif
