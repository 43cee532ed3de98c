/* Calls about memory with odd arguments: mmap(2) and its kin. */
#define _GNU_SOURCE
#include "calls.h"

static const struct call table[] = {
	/* shared 1, private 2, shared-validate 3, fixed 0x10, anonymous 0x20, grows-down 0x100, locked 0x2000,
	 * noreserve 0x4000, populate 0x8000, nonblock 0x10000, stack 0x20000, hugetlb 0x40000,
	 * fixed-noreplace 0x100000 */
	CALL(mmap, "0 0 3 0x22 -1 0 | 0 1 3 0x22 -1 0 | 0 -1 3 0x22 -1 0 | 0 MAX 3 0x22 -1 0 | 0 top 3 0x22 -1 0"
		   "| 0 page 0 0x22 -1 0 | 0 page 7 0x22 -1 0 | 0 page 1 0x20 -1 0 | 0 page 1 0x23 -1 0 | 0 page 1 0x21 -1 0"
		   "| 0 page 1 0x24 -1 0 | 0 page 1 0x2f -1 0 | 0 page 1 0x22 closed 0 | 0 page 1 0x22 -1 page | 0 page 1 0x22 -1 1"
		   "| 0 page 1 0x22 -1 -4096 | 0 page 1 2 -1 0 | 0 page 1 2 closed 0 | 0 page 1 2 file 0 | 0 page 3 1 file 0"
		   "| 0 page 1 1 rfile 0 | 0 page 3 1 rfile 0 | 0 page 3 2 rfile 0 | 0 page 1 2 wfile 0 | 0 page 2 1 wfile 0"
		   "| 0 page 1 2 path 0 | 0 page 1 2 dir 0 | 0 page 1 1 dir 0 | 0 page 1 2 rpipe 0 | 0 page 1 2 sock 0"
		   "| 0 page 1 2 zero 0 | 0 page 3 1 zero 0 | 0 page 1 2 null 0 | 0 page 1 2 file 1 | 0 page 1 2 file -4096"
		   "| 0 page 1 2 file MAX | 0 page 1 2 file 0x3000 | 0 page 1 2 file 0x7ffffffffffff000"
		   "| 0 page 1 2 file 0x7fffffffffffe000 | 0 0 1 2 file 0 | 0 0 1 2 closed 0 | 0 -1 1 2 file 0"
		   "| 1 page 1 0x32 -1 0 | 0 page 1 0x32 -1 0 | top page 1 0x32 -1 0"
		   "| top page 1 0x22 -1 0 | kernel page 1 0x32 -1 0 | kernel page 1 0x22 -1 0 | -4096 page 1 0x22 -1 0"
		   "| -4096 page 1 0x32 -1 0 | buf page 1 0x100022 -1 0 | buf+1 page 1 0x100022 -1 0 | buf page 1 0x22 -1 0"
		   "| buf+1 page 1 0x22 -1 0 | gone page 1 0x100022 -1 0 | gone 0 1 0x100022 -1 0 | 0 page 3 0x122 -1 0"
		   "| 0 page 3 0x101 file 0 | 0 page 3 0x121 -1 0 | 0 page 3 0x2022 -1 0 | 0 0x11000 3 0x2022 -1 0"
		   "| 0 page 3 0x8022 -1 0 | 0 page 3 0x18022 -1 0 | 0 page 3 0x24022 -1 0 | 0 page 3 3 file 0"
		   "| 0 page 1 0x200003 file 0 | 0 page 1 0x4003 file 0 | 0 page 1 0x80003 file 0"),
	CALL(munmap, "0 0 | 0 page | gone page | gone 0 | buf 0 | buf 1 | buf+1 page | buf+1 0 | buf -1 | buf MAX | 0 top | top page"
		     "| top 1 | kernel page | -4096 page | buf page+1 | top 0"),
	CALL(mprotect, "buf page 0 | buf page 1 | buf 0 1 | buf+1 page 1 | buf+1 0 1 | buf page 8 | buf page 0x10 | buf page 0x1000000"
		       "| buf page 0x2000000 | buf page 0x3000000 | buf page -1 | buf -1 1 | buf MAX 1 | gone page 1 | gone 0 1"
		       "| buf 0x11000 1 | kernel page 1 | top page 1 | 0 page 1 | 0 0 1 | -4096 page 1 | -4096 8192 1 | none page 3"
		       "| ro page 3"),
	CALL(brk, "0 | 1 | -1 | kernel"),
	CALL(mremap, "buf page page 0 0 | buf page 0 0 0 | buf page 0 1 0 | buf 0 page 0 0 | buf 0 page 1 0 | buf+1 page page 0 0"
		     "| buf page 8192 0 0 | buf page 8192 1 0 | buf page page 2 none | buf page page 4 0 | buf page 8192 5 0"
		     "| buf page page 5 0 | buf page page 5 1 | buf page page 8 0 | buf page page 1 -1 | buf page page 3 buf"
		     "| buf page page 3 buf+1 | buf 8192 8192 3 buf+4096 | buf page page 3 gone | buf page page 3 kernel"
		     "| buf page page 3 top | buf page page 3 -4096 | buf page page 3 0 | buf page 0 3 gone | gone page page 0 0"
		     "| gone page 8192 1 0 | buf -1 page 0 0 | buf page -1 1 0 | buf page top 1 0"
		     "| kernel page page 0 0 | buf 0x14000 page 0 0 | none+0xf000 8192 8192 0 0 | none+0xf000 8192 0x3000 1 0 | buf 0x10000 page 0 0"
		     "| 0 page page 0 0 | 0 0 page 1 0 | top page page 0 0 "),
	CALL(msync, "buf page 4 | buf page 1 | buf page 2 | buf page 0 | buf page 5 | buf page 7 | buf page 6 | buf page 8 | buf page -1"
		    "| buf+1 page 4 | buf+1 0 8 | buf 0 4 | buf -1 4 | buf -4096 4 | gone page 4 | gone 0 4 | gone page 1 | buf 0x11000 4"
		    "| kernel page 4 | none page 4 | 0 0 4"),
	CALL(mincore, "buf page buf | buf+1 page buf | buf 0 0 | buf 0 gone | buf page gone | buf page 0 | buf page ro | buf page kernel"
		      "| gone page buf | none page buf | buf -1 buf | buf 0x11000 buf | kernel page buf | buf+1 -1 gone | top page buf"
		      "| kernel 0 buf | gone page gone | 0 page buf | buf 1 buf"),
	CALL(madvise, "buf page 0 | buf page 1 | buf page 2 | buf page 3 | buf page 4 | buf page 5 | buf page 6 | buf page 7 | buf page 8"
		      "| buf page 10 | buf page 11 | buf page 14 | buf page 15 | buf page 16 | buf page 17 | buf page 18 | buf page 19"
		      "| buf page 20 | buf page 21 | buf page 22 | buf page 23 | buf page 24 | buf page 26 | buf page 99 | buf page -1 | buf+1 page 4"
		      "| buf 0 4 | buf 0 99 | buf+1 0 4 | buf -1 4 | buf -4096 4 | gone page 4 | gone page 0 | gone 0 4 | gone page 99"
		      "| buf 0x11000 4 | buf 0x11000 3 | kernel page 4 | none page 4 | none page 3 | none page 22 | ro page 23 | ro page 22 | 0 0 0"
		      "| top page 4 | -4096 page 4 | -4096 8192 4 | buf page HIGH"),
	CALL(mlock, "buf page | buf 0 | buf+1 1 | buf+1 page | buf 0x10000 | buf 0x11000 | gone page | gone 0 | none page | buf -1"
		    "| buf MAX | kernel page | 0 0 | top page | ro page | -1 1 | -4096 8192"),
	CALL(munlock, "buf page | buf 0 | buf+1 1 | gone page | none page | buf -1 | kernel page | buf 0x11000 | 0 0 | -1 1"),
	CALL(mlock2, "buf page 0 | buf page 1 | buf page 2 | buf page -1 | buf page HIGH | gone page 1 | gone page 2 | buf 0 1 | buf 0 2"
		     "| none page 1 | buf 0x11000 1 | buf -1 1"),
	CALL(mlockall, "0 | 1 | 2 | 3 | 4 | 5 | 6 | 8 | -1 | HIGH | HIGH+2"),
	CALL(munlockall, "0"),
	CALL(membarrier, "-1 0 | 0 1 | 8 0 | 3 0 | 0x10000 0 | 8 1 | 128 1 | 16 7 | IMIN 0"),
	CALL(memfd_create, "0 0 | gone 0 | buf 0 | buf 1 | buf 2 | buf 3 | buf 0x80 | buf -1 | kernel 0"),
};

int main(void)
{
	common();
	calls(table, sizeof table / sizeof *table);
	return 0;
}
