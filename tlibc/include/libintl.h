/* libintl.h: translations of messages. POSIX.1-2024. */
#ifndef _LIBINTL_H
#define _LIBINTL_H 1
#include <features.h>
/*@ types locale_t */
__BEGIN_DECLS
/*@ functions bind_textdomain_codeset bindtextdomain dcgettext dcngettext dgettext dngettext gettext ngettext textdomain */
#if __TL_POSIX >= 202405L || __TL_GNU
/*@ functions dcgettext_l dcngettext_l dgettext_l dngettext_l gettext_l ngettext_l */
#endif
__END_DECLS
#endif
