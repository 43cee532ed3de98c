/* sys/random.h: getrandom. */
#ifndef _SYS_RANDOM_H
#define _SYS_RANDOM_H 1
#include <features.h>
/*@ types size_t ssize_t */
#define GRND_NONBLOCK 1
#define GRND_RANDOM 2
#define GRND_INSECURE 4
__BEGIN_DECLS
/*@ functions getrandom getentropy */
__END_DECLS
#endif
