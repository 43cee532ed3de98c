/* libintl.h: translations of messages. POSIX.1-2024. */
#ifndef _LIBINTL_H
#define _LIBINTL_H 1
#include <features.h>
/*@ types locale_t */
/* What GNU gettext's probes look for: its interface, in the first revision of the format of catalogues. */
#define __USE_GNU_GETTEXT 1
#define __GNU_GETTEXT_SUPPORTED_REVISION(major) ((major) == 0 ? 1 : -1)
__BEGIN_DECLS
/*@ functions bind_textdomain_codeset bindtextdomain dcgettext dcngettext dgettext dngettext gettext ngettext textdomain */
#if __TL_POSIX >= 202405L || __TL_GNU
/*@ functions dcgettext_l dcngettext_l dgettext_l dngettext_l gettext_l ngettext_l */
#endif
__END_DECLS
#endif
