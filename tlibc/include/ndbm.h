/* ndbm.h: databases of pairs. POSIX.1 XSI. */
#ifndef _NDBM_H
#define _NDBM_H 1
#include <features.h>
/*@ types size_t mode_t */
typedef struct {
    void *dptr;
    size_t dsize;
} datum;
typedef struct __tl_dbm DBM;
#define DBM_INSERT 0
#define DBM_REPLACE 1
__BEGIN_DECLS
int dbm_clearerr(DBM *);
void dbm_close(DBM *);
int dbm_delete(DBM *, datum);
int dbm_error(DBM *);
datum dbm_fetch(DBM *, datum);
datum dbm_firstkey(DBM *);
datum dbm_nextkey(DBM *);
DBM *dbm_open(const char *, int, mode_t);
int dbm_store(DBM *, datum, datum, int);
__END_DECLS
#endif
