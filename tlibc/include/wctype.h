/* wctype.h: ISO C 7.30, POSIX.1. */
#ifndef _WCTYPE_H
#define _WCTYPE_H 1
#include <features.h>
/*@ types wint_t wctype_t wctrans_t */
#ifndef WEOF
#define WEOF (0xffffffffu)
#endif
__BEGIN_DECLS
/*@ functions iswalnum iswalpha iswblank iswcntrl iswdigit iswgraph iswlower iswprint iswpunct
iswspace iswupper iswxdigit iswctype towctrans towlower towupper wctrans wctype */
#if __TL_POSIX >= 200809L
/*@ functions iswalnum_l iswalpha_l iswblank_l iswcntrl_l iswdigit_l iswgraph_l iswlower_l iswprint_l
iswpunct_l iswspace_l iswupper_l iswxdigit_l iswctype_l towctrans_l towlower_l towupper_l wctrans_l
wctype_l */
#endif
__END_DECLS
#endif
