/* search.h: POSIX.1 XSI. */
#ifndef _SEARCH_H
#define _SEARCH_H 1
#include <features.h>
/*@ types size_t ENTRY ACTION VISIT */
__BEGIN_DECLS
/*@ functions hcreate hdestroy hsearch insque lfind lsearch remque tdelete tfind tsearch twalk */
#if __TL_GNU
/*@ types hsearch_data */
/*@ functions hcreate_r hdestroy_r hsearch_r tdestroy twalk_r */
struct qelem {
  struct qelem *q_forw;
  struct qelem *q_back;
  char q_data[1];
};
#endif
__END_DECLS
#endif
