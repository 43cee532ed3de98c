/* expect: not-musl its header asks for one of the kernel's */
/* Requests of the console and what they pass. */
#include <stdio.h>
#include <sys/kd.h>
#include <sys/vt.h>

int main(void) {
  printf("%x %x %x %x %x\n", KIOCSOUND, KDSETMODE, KDSKBMODE, KDFONTOP, PIO_UNIMAP);
  printf("%x %x %x %x\n", VT_OPENQRY, VT_ACTIVATE, VT_RESIZEX, VT_LOCKSWITCH);
  printf("%zu %zu %zu %zu %zu\n", sizeof(struct kbentry), sizeof(struct kbsentry), sizeof(struct kbdiacrs), sizeof(struct console_font_op), sizeof(struct unimapdesc));
  printf("%zu %zu %zu %zu\n", sizeof(struct vt_mode), sizeof(struct vt_stat), sizeof(struct vt_sizes), sizeof(struct vt_consize));
  return 0;
}
