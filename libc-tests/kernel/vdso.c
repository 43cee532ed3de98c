/* The vDSO: found as programs without a C library find it, and as right as the system calls. */
#define _GNU_SOURCE
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *strings;
static const Elf64_Sym *symbols;
static const Elf64_Half *versions;
static const Elf64_Verdef *definitions;
static uint32_t symbol_count;
static uintptr_t base;

static int open_image(void)
{
	const Elf64_Ehdr *header = (void *)getauxval(AT_SYSINFO_EHDR);
	const Elf64_Dyn *dynamic = NULL;
	const uint32_t *gnu = NULL;
	if (!header || memcmp(header->e_ident, ELFMAG, SELFMAG) || header->e_type != ET_DYN)
		return 0;
	const Elf64_Phdr *segments = (void *)((char *)header + header->e_phoff);
	base = (uintptr_t)header;
	for (int i = 0; i < header->e_phnum; i++) {
		if (segments[i].p_type == PT_LOAD)
			base = (uintptr_t)header + segments[i].p_offset - segments[i].p_vaddr;
		if (segments[i].p_type == PT_DYNAMIC)
			dynamic = (void *)((char *)header + segments[i].p_offset);
	}
	for (; dynamic && dynamic->d_tag; dynamic++) {
		void *at = (void *)(base + dynamic->d_un.d_ptr);
		if (dynamic->d_tag == DT_STRTAB)
			strings = at;
		if (dynamic->d_tag == DT_SYMTAB)
			symbols = at;
		if (dynamic->d_tag == DT_VERSYM)
			versions = at;
		if (dynamic->d_tag == DT_VERDEF)
			definitions = at;
		if (dynamic->d_tag == DT_HASH)
			symbol_count = ((uint32_t *)at)[1];
		if (dynamic->d_tag == DT_GNU_HASH)
			gnu = at;
	}
	if (!symbol_count && gnu) {
		const uint32_t *buckets = gnu + 4 + gnu[2] * 2, *chains = buckets + gnu[0];
		for (uint32_t i = 0; i < gnu[0]; i++)
			if (buckets[i] >= symbol_count)
				symbol_count = buckets[i];
		while (symbol_count && !(chains[symbol_count++ - gnu[1]] & 1))
			;
	}
	return strings && symbols && symbol_count;
}

/* The name of the version that a symbol has. */
static const char *version(int index)
{
	const Elf64_Verdef *definition = definitions;
	for (;;) {
		if (!(definition->vd_flags & VER_FLG_BASE) && definition->vd_ndx == (versions[index] & 0x7fff))
			return strings + ((Elf64_Verdaux *)((char *)definition + definition->vd_aux))->vda_name;
		if (!definition->vd_next)
			return "none";
		definition = (void *)((char *)definition + definition->vd_next);
	}
}

static void *find(const char *name)
{
	for (uint32_t i = 0; i < symbol_count; i++)
		if (!strcmp(name, strings + symbols[i].st_name) && symbols[i].st_shndx) {
			printf("%s %s\n", name, version(i));
			return (void *)(base + symbols[i].st_value);
		}
	printf("%s missing\n", name);
	return NULL;
}

static long long ns(struct timespec t)
{
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(void)
{
	if (!open_image()) {
		puts("no vDSO");
		return 1;
	}
	int (*gettime)(clockid_t, struct timespec *) = find("__vdso_clock_gettime");
	int (*getres)(clockid_t, struct timespec *) = find("__vdso_clock_getres");
	int (*timeofday)(struct timeval *, void *) = find("__vdso_gettimeofday");
	time_t (*get_time)(time_t *) = find("__vdso_time");
	long (*getcpu_)(unsigned *, unsigned *, void *) = find("__vdso_getcpu");
	if (!gettime || !getres || !timeofday || !get_time || !getcpu_)
		return 1;

	static const clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW, CLOCK_BOOTTIME,
					   CLOCK_TAI, CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID};
	for (unsigned i = 0; i < sizeof clocks / sizeof *clocks; i++) {
		struct timespec before, now, after;
		int good = 0;
		/* The call lies between two system calls, and so must its time. */
		for (int try = 0; try < 100; try++) {
			syscall(SYS_clock_gettime, clocks[i], &before);
			gettime(clocks[i], &now);
			syscall(SYS_clock_gettime, clocks[i], &after);
			good += ns(before) <= ns(now) && ns(now) <= ns(after);
		}
		printf("clock %d: %d of 100, answer %d\n", clocks[i], good, gettime(clocks[i], &now));
	}
	struct timespec t, last;
	gettime(CLOCK_MONOTONIC, &last);
	int back = 0;
	for (int i = 0; i < 100000; i++) {
		gettime(CLOCK_MONOTONIC, &t);
		back += ns(t) < ns(last);
		last = t;
	}
	printf("steps back %d\n", back);
	printf("bad clock %d %d\n", gettime(77, &t), gettime(-1234567 * 8 + 2, &t));
	int answer = getres(CLOCK_MONOTONIC, &t);
	printf("resolution %d %ld.%09ld, null %d\n", answer, (long)t.tv_sec, t.tv_nsec, getres(CLOCK_REALTIME, NULL));
	struct timeval tv, system_tv;
	struct timezone zone = {7, 7};
	answer = timeofday(&tv, &zone);
	syscall(SYS_gettimeofday, &system_tv, NULL);
	printf("gettimeofday %d zone %d %d near %d\n", answer, zone.tz_minuteswest, zone.tz_dsttime,
	       system_tv.tv_sec - tv.tv_sec <= 1 && tv.tv_usec < 1000000);
	time_t stored, result = get_time(&stored);
	printf("time %d %d\n", result == stored, syscall(SYS_time, NULL) - result <= 1);
	unsigned cpu = 9999, node = 9999;
	long got = getcpu_(&cpu, &node, NULL);
	printf("getcpu %ld %d node %u\n", got, cpu < 4096, node);
	fflush(stdout);
	if (fork() == 0)
		_exit(gettime(CLOCK_MONOTONIC, &t) == 0 && ns(t) >= ns(last) ? 3 : 4);
	int status;
	wait(&status);
	printf("child %d\n", WEXITSTATUS(status));
	return 0;
}
