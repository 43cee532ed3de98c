/* fenv.h: ISO C 7.6. */
#ifndef _FENV_H
#define _FENV_H 1
#include <features.h>
/*@ types fenv_t fexcept_t */
#define FE_INVALID 1
#define __FE_DENORM 2
#define FE_DIVBYZERO 4
#define FE_OVERFLOW 8
#define FE_UNDERFLOW 16
#define FE_INEXACT 32
#define FE_ALL_EXCEPT 61
#define FE_TONEAREST 0
#define FE_DOWNWARD 0x400
#define FE_UPWARD 0x800
#define FE_TOWARDZERO 0xc00
#define FE_DFL_ENV ((const fenv_t *)-1)
#if __TL_GNU
#define FE_NOMASK_ENV ((const fenv_t *)-2)
#endif
#if __TL_C23 || defined __STDC_WANT_IEC_60559_BFP_EXT__ || defined __STDC_WANT_IEC_60559_EXT__
/*@ types femode_t */
#define FE_DFL_MODE ((const femode_t *)-1L)
#endif
__BEGIN_DECLS
/*@ functions feclearexcept fegetenv fegetexceptflag fegetround feholdexcept feraiseexcept fesetenv
fesetexceptflag fesetround fetestexcept feupdateenv */
#if __TL_C23 || defined __STDC_WANT_IEC_60559_BFP_EXT__ || defined __STDC_WANT_IEC_60559_EXT__
/*@ functions fegetmode fesetmode fesetexcept fetestexceptflag */
#endif
#if __TL_GNU
/*@ functions feenableexcept fedisableexcept fegetexcept */
#endif
__END_DECLS
#endif
