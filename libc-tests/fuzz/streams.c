/* expect: not-musl it has one buffer size, no wide memory streams that are sought in, and other errors
 * expect: shared-glibc has C.UTF-8 in a file */
/* Random operations on streams of every kind: files in all modes, descriptors, memory, cookies; narrow and wide. */
#define _GNU_SOURCE
#include "fuzz.h"
#include <fcntl.h>
#include <locale.h>
#include <stdio_ext.h>
#include <sys/stat.h>
#include <wchar.h>

#define PATH "stream"

/* The file behind a cookie. */
static struct {
	char bytes[1 << 16];
	off_t size, at;
	unsigned most; /* a call transfers at most this much */
} memory;

static ssize_t cookie_read(void *cookie, char *to, size_t n)
{
	if (n > memory.most) n = memory.most;
	if (memory.at >= memory.size) return 0;
	if (n > (size_t)(memory.size - memory.at)) n = memory.size - memory.at;
	memcpy(to, memory.bytes + memory.at, n);
	memory.at += n;
	return n;
}

static ssize_t cookie_write(void *cookie, const char *from, size_t n)
{
	if (memory.at + n > sizeof memory.bytes) return 0;
	memcpy(memory.bytes + memory.at, from, n);
	memory.at += n;
	if (memory.size < memory.at) memory.size = memory.at;
	return n;
}

static int cookie_seek(void *cookie, off64_t *to, int whence)
{
	off_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? memory.at : memory.size;
	if (base + *to < 0 || base + *to > (off_t)sizeof memory.bytes) return -1;
	*to = memory.at = base + *to;
	return 0;
}

static int cookie_close(void *cookie)
{
	say("cookie closed\n");
	return 0;
}

enum kind { FILES, DESCRIPTOR, MEMORY, MEMSTREAM, WMEMSTREAM, COOKIE };

static FILE *f;
static enum kind kind;
static int reads, writes, appends; /* what the mode allows */
static int wide, pushed, last;     /* last: 1 read, 2 write, 0 neither */
static int can_seek, unbuffered;
static int at_end;                 /* the last read met the end */
static int dry;                    /* nothing was read since it was opened, sought in or written to, or not all that fread wanted */
static fpos_t saved;
static int have_saved, observer;
static char fixed[4200], *grown;
static unsigned written;
static wchar_t *wgrown;
static size_t grown_size;
static char own_buffer[64];

static void result(const char *what, long long value)
{
	say("%s = %lld", what, value);
	/* Of cookies glibc tells other errors. */
	if (value < 0 && errno != 0 && kind != COOKIE) say(" %s", error_name(errno));
	say("%s%s\n", feof(f) ? " eof" : "", ferror(f) ? " error" : "");
	if (ferror(f)) clearerr(f); /* glibc's getline fails where there was an error before */
}

static size_t make_text(char *to, size_t most)
{
	static const char *pieces[] = {"a", "b", "\n", "12", " ", "-7", "word", "x y\n", "\xc3\xa9", "\xe2\x82\xac", "0", "longer piece of text"};
	size_t n = 0;
	for (unsigned count = below(12); count > 0; count--) {
		const char *piece = pick(pieces);
		if (n + strlen(piece) > most) break;
		memcpy(to + n, piece, strlen(piece));
		n += strlen(piece);
	}
	return n;
}

static void show_file(void)
{
	char bytes[1 << 15];
	int fd = open(PATH, O_RDONLY);
	if (fd < 0) return;
	ssize_t n = read(fd, bytes, sizeof bytes);
	close(fd);
	say("file ");
	say_bytes(bytes, n < 200 ? n : 200);
	uint64_t digest = 0;
	for (ssize_t i = 0; i < n; i++) digest = digest * 31 + (unsigned char)bytes[i];
	say(" %zd %llx\n", n, (unsigned long long)digest);
}

/* C23 7.23.5.3: between input and output on one stream stands a positioning, or a flush after output. */
static void turn(int to)
{
	/* What the mode does not allow does nothing. */
	if (to == 1 ? !reads : !writes) return;
	if (last != 0 && last != to && reads && writes && !(last == 1 && at_end)) {
		/* Of memory and cookies glibc may read what it wrote elsewhere, from a buffer that it keeps in the seek. */
		if (last == 2 && (below(2) || kind == MEMORY || kind == COOKIE)) {
			errno = 0;
			result("turn: fflush", fflush(f));
			dry = 1;
		} else {
			errno = 0;
			result("turn: fseek", fseek(f, 0, SEEK_CUR));
		}
		pushed = 0;
	}
	last = to;
	at_end = 0;
}

/* What was pushed back is read first, if anything is. */
static void has_read(int something)
{
	if (something) pushed = dry = 0;
}

static void read_narrow(void)
{
	char text[256], *line = NULL;
	size_t room = 0;
	turn(1);
	errno = 0;
	switch (below(reads ? 7 : 5)) { /* glibc does not set the indicator when fscanf may not read */
	case 0:
	case 1: {
		int c = fgetc(f);
		has_read(c != EOF);
		result("fgetc", c);
		break;
	}
	case 2: {
		int n = 1 + below(20);
		char *got = fgets(text, n, f);
		has_read(got && *got);
		say("fgets %d ", n);
		if (got) say_bytes(text, strlen(text));
		result("", got ? 0 : -1);
		break;
	}
	case 3: {
		size_t size = 1 + below(5), n = below(40);
		size_t got = fread(text, size, n, f);
		has_read(got > 0);
		if (got < n) dry = 1;
		say("fread %zu %zu ", size, n);
		say_bytes(text, got * size);
		result("", got);
		break;
	}
	case 4: {
		ssize_t n = getline(&line, &room, f);
		has_read(n > 0);
		say("getline ");
		if (n > 0) say_bytes(line, n);
		result("", n);
		free(line);
		break;
	}
	case 5: {
		int value = -9, n = fscanf(f, "%d", &value);
		has_read(n > 0);
		say("fscanf %d", value);
		result("", n);
		break;
	}
	case 6: {
		*text = 0;
		int n = fscanf(f, below(2) ? " %9s" : "%9[a-x ]", text);
		has_read(n > 0);
		say("fscanf %s", text);
		result("", n);
		break;
	}
	}
	at_end = feof(f);
}

static void write_narrow(void)
{
	char text[256];
	/* No memory gets full: glibc keeps the last byte for a null then, and tells errors at other times. */
	if (kind == MEMORY && (written++ > 2 || at_end || ftell(f) > 3500)) return;
	/* A byte was pushed back, the stream turned, and nothing was written: glibc is two bytes further on then. */
	int must_write = pushed;
	turn(2);
	errno = 0;
	switch (below(5)) {
	case 0: result("fputc", fputc('A' + below(26), f)); break;
	case 1: {
		size_t n = make_text(text, 200);
		if (must_write && n == 0) text[n++] = 'w';
		text[n] = 0;
		result("fputs", fputs(text, f) >= 0 ? 0 : -1);
		break;
	}
	case 2: {
		size_t n = make_text(text, 200), size = 1 + below(3);
		if (must_write && n < size) memset(text, 'w', n = size);
		result("fwrite", fwrite(text, size, n / size, f));
		break;
	}
	case 3: result("fprintf", fprintf(f, "<%d %s>", below(1000), "text")); break;
	case 4: {
		int n = 1 + below(100);
		result("fprintf", fprintf(f, "%*d", n, below(10)));
		break;
	}
	}
	if (writes) pushed = 0;
}

static void read_wide(void)
{
	wchar_t text[64];
	turn(1);
	errno = 0;
	switch (below(reads ? 5 : 3)) {
	case 0:
	case 1: {
		wint_t c = fgetwc(f);
		has_read(c != WEOF);
		result("fgetwc", (int)c);
		break;
	}
	case 2: {
		int n = 1 + below(20);
		if (n == 1 && fwide(f, 0) == 0) n = 2; /* glibc does not turn a stream wide for an empty line */
		wchar_t *got = fgetws(text, n, f);
		has_read(got && *got);
		say("fgetws %d ", n);
		if (got) say_wide(text, wcslen(text));
		result("", got ? 0 : -1);
		break;
	}
	case 3: {
		int value = -9, n = fwscanf(f, L"%d", &value);
		has_read(n > 0);
		say("fwscanf %d", value);
		result("", n);
		break;
	}
	case 4: {
		text[0] = 0;
		int n = fwscanf(f, L" %9ls", text);
		has_read(n > 0);
		say("fwscanf ");
		say_wide(text, wcslen(text));
		result("", n);
		break;
	}
	}
	at_end = feof(f);
}

static void write_wide(void)
{
	static const wchar_t *texts[] = {L"a", L"line\n", L"\xe9\x20ac", L"\x1f600", L"", L"some words"};
	turn(2);
	errno = 0;
	switch (below(3)) {
	case 0: result("fputwc", (int)fputwc(below(3) ? 'A' + below(26) : 0x20ac, f)); break;
	case 1: result("fputws", fputws(pick(texts), f) >= 0 ? 0 : -1); break;
	case 2: result("fwprintf", fwprintf(f, L"<%d %ls>", below(1000), pick(texts))); break;
	}
	if (writes) pushed = 0;
}

static void position(void)
{
	/* In glibc, memory that grows has other sizes after a seek; and without a function to seek, rewind forgets the end. */
	if (kind == MEMSTREAM || kind == WMEMSTREAM || !can_seek || pushed) return;
	int failed = 0;
	errno = 0;
	/* Seeking to other places in a wide stream, glibc does not come back at times. */
	switch (below(wide ? 2 : kind == MEMORY ? 7 : 9)) {
	case 0: rewind(f); result("rewind", 0); break;
	case 1: result("fseek 0 set", failed = fseek(f, 0, SEEK_SET)); break;
	case 2:
		if (kind == MEMORY) return; /* where its end is after writing glibc does not always know */
		result("fseek 0 end", failed = fseek(f, 0, SEEK_END));
		break;
	case 3:
		if (pushed) return; /* unspecified for wide streams, and before the first byte */
		result("fgetpos", fgetpos(f, &saved));
		have_saved = 1;
		return;
	case 4:
		if (!have_saved) return;
		result("fsetpos", failed = fsetpos(f, &saved));
		break;
	case 5: {
		long to = below(60);
		say("fseek %ld set", to);
		result("", failed = fseek(f, to, SEEK_SET));
		break;
	}
	case 6: {
		long to = (long)below(30) - 15;
		/* From where it was before it wrote, for glibc; C23 7.23.9.2 means where it is. */
		if ((kind == COOKIE || kind == MEMORY) && last == 2) return;
		say("fseek %ld cur", to);
		result("", failed = fseek(f, to, SEEK_CUR));
		break;
	}
	case 7: {
		long to = (long)below(30) - 20;
		say("fseek %ld end", to);
		result("", failed = fseek(f, to, SEEK_END));
		break;
	}
	case 8: result("fseek 9 whence", fseek(f, 0, 9)); return;
	}
	if (!wide) result("ftell", ftell(f));
	/* A seek that fails is no positioning between reading and writing. */
	if (!failed) pushed = last = at_end = 0, dry = 1;
}

static void push_back(void)
{
	/* Before the first byte what is pushed back has no position. */
	if (!wide && can_seek && ftell(f) < 1) return;
	/* Where nothing was read since the stream was opened, sought in or written to, or fread met the end, glibc pushes back
	 * to where it has no memory, or takes no notice in its position. */
	if (last != 1 || pushed || !reads || dry) return;
	errno = 0;
	if (wide) result("ungetwc", (int)ungetwc(below(4) ? L'u' : 0x20ac, f));
	else result("ungetc", ungetc(below(8) ? 'u' : EOF, f));
	pushed = 1;
	at_end = 0;
}

static void set_mode(const char *mode)
{
	reads = *mode == 'r' || strchr(mode, '+');
	writes = *mode != 'r' || strchr(mode, '+');
	appends = *mode == 'a';
}

static const char *modes[] = {"r", "r+", "w", "w+", "a", "a+", "rb", "w+b"};

static void open_stream(void)
{
	const char *mode = pick(modes);
	int size, fd, flags;
	written = 0;
	kind = below(6);
	wide = below(3) == 0;
	can_seek = kind != COOKIE || below(5);
	char text[400];
	size_t n = make_text(text, 200);
	while (below(4) == 0 && n < 150) n += make_text(text + n, 200);
	fd = open(PATH, O_CREAT | O_TRUNC | O_WRONLY, 0600);
	if (kind == FILES && below(8) == 0) /* more than a buffer */
		for (int i = 0; i < 60; i++) write(fd, "a line that is written many times, so that there is more than one buffer of it. 0123456789 abcdefghij\n", 102);
	write(fd, text, n);
	close(fd);
	set_mode(mode);
	switch (kind) {
	case FILES:
		wide &= !(reads && writes); /* glibc frees twice */
		f = fopen(PATH, mode);
		break;
	case DESCRIPTOR:
		wide &= !(reads && writes);
		flags = reads && writes ? O_RDWR : reads ? O_RDONLY : O_WRONLY;
		fd = open(PATH, flags);
		observer = dup(fd);
		/* To append, glibc goes to the end at once. */
		if (!appends) lseek(fd, below(10), SEEK_SET);
		else lseek(fd, 0, SEEK_END);
		f = fdopen(fd, mode);
		break;
	case MEMORY:
		memset(fixed, 0, sizeof fixed);
		memcpy(fixed, text, n);
		size = 4000; /* never full: glibc keeps the last byte for a null, also of a stream for update */
		wide = 0; /* glibc ends with a fault in wide streams of memory and cookies */
		if (*mode == 'w' && !reads) fixed[0] = 0; /* which only "w+" has to do */
		/* Memory of its own is as malloc gives it (POSIX.1-2024 fmemopen()): nothing to read. */
		f = fmemopen(below(6) || *mode != 'w' || reads ? fixed : NULL, size, mode);
		break;
	case MEMSTREAM:
		set_mode("w");
		wide = 0;
		f = open_memstream(&grown, &grown_size);
		break;
	case WMEMSTREAM:
		set_mode("w");
		wide = 1;
		f = open_wmemstream(&wgrown, &grown_size);
		break;
	case COOKIE: {
		wide = 0;
		cookie_io_functions_t functions = {cookie_read, cookie_write, can_seek ? cookie_seek : NULL, cookie_close};
		/* Nor does it turn from reading to writing then. */
		if (!can_seek) mode = *mode == 'r' ? "r" : "w", set_mode(mode);
		memory.size = n;
		if (appends) mode = "w+", set_mode(mode); /* glibc seeks to the end before each write */
		memory.at = 0;
		if (*mode == 'w') memory.size = 0;
		memory.most = below(2) ? 1 + below(10) : 1 << 16;
		memcpy(memory.bytes, text, n);
		f = fopencookie(NULL, mode, functions);
		break;
	}
	}
	/* Where a stream starts that appends is left open. */
	if (f && appends && kind != MEMORY) fseek(f, 0, SEEK_END);
	say("kind %d mode %s %s ", kind, mode, wide ? "wide" : "narrow");
	say_bytes(text, n);
	say("\n");
	have_saved = pushed = last = at_end = unbuffered = 0, dry = 1;
	/* A buffer of its own for memory that grows ends glibc. */
	if (f && kind != MEMSTREAM && kind != WMEMSTREAM && below(3) == 0) {
		int how = below(4);
		unbuffered = how == 0;
		int failed = how == 0 ? setvbuf(f, NULL, _IONBF, 0)
			: how == 1 ? setvbuf(f, NULL, _IOLBF, 0)
			: setvbuf(f, own_buffer, how == 2 ? _IOFBF : _IOLBF, 1 + below(sizeof own_buffer));
		say("setvbuf %d = %d\n", how, failed);
	}
}

static void flush(void)
{
	/* glibc fails where it can't seek, and loses characters of wide streams. */
	if (pushed || !can_seek || kind == COOKIE || (wide && last != 2)) return;
	errno = 0;
	result("fflush", fflush(f));
	if (last == 2) last = 0, dry = 1;
	if (kind == FILES || kind == DESCRIPTOR) show_file();
	if (kind == MEMSTREAM) say_bytes(grown, grown_size), say(" %zu\n", grown_size);
	if (kind == WMEMSTREAM) say_wide((int *)wgrown, grown_size), say(" %zu\n", grown_size);
	if (kind == COOKIE) say_bytes(memory.bytes, memory.size), say("\n");
	if (kind == MEMORY) say_bytes(fixed, 80), say("\n");
}

static void one_case(void)
{
	open_stream();
	if (!f) {
		say("not opened: %s\n", error_name(errno));
		if (kind == DESCRIPTOR) close(observer);
		return;
	}
	for (unsigned count = 1 + below(25); count > 0; count--) {
		switch (below(16)) {
		case 0:
		case 1:
		case 2:
		case 3:
		case 4:
			/* glibc reads from the streams that are for writing to memory only. */
			if (!reads && (kind == MEMSTREAM || kind == WMEMSTREAM || below(8))) break;
			/* And it forgets a part of what is to be written. */
			if (!reads && last == 2) break;
			if (wide) read_wide();
			else read_narrow();
			break;
		case 5:
		case 6:
		case 7:
		case 8:
			if (!writes && below(8)) break;
			if (wide) write_wide();
			else write_narrow();
			break;
		case 9:
		case 10: position(); break;
		case 11: push_back(); break;
		case 12: flush(); break;
		case 13:
			if (pushed || wide || !can_seek) break; /* glibc counts wide characters for bytes */
			errno = 0;
			result("ftell", ftell(f));
			break;
		case 14:
			clearerr(f);
			say("clearerr, fwide %d\n", fwide(f, 0) > 0);
			break;
		case 15:
			if (kind != FILES || below(3)) break;
			const char *mode = pick(modes);
			errno = 0;
			f = freopen(PATH, mode, f);
			if (!f) {
				say("freopen %s: %s\n", mode, error_name(errno));
				return;
			}
			set_mode(mode);
			wide = below(3) == 0 && !(reads && writes);
			if (appends) fseek(f, 0, SEEK_END);
			have_saved = pushed = last = at_end = 0, dry = 1;
			say("freopen %s\n", mode);
			show_file();
			break;
		}
	}
	errno = 0;
	int failed = fclose(f);
	say("fclose = %d %s\n", failed, failed ? error_name(errno) : "");
	show_file();
	if (kind == DESCRIPTOR) {
		/* Where the offset is then is not said: glibc does not put it back in many cases (POSIX.1-2024 fclose()). */
		close(observer);
	}
	if (kind == MEMORY) say_bytes(fixed, 80);
	if (kind == COOKIE) say_bytes(memory.bytes, memory.size);
	if (kind == MEMSTREAM) {
		say_bytes(grown, grown_size);
		free(grown);
	}
	if (kind == WMEMSTREAM) {
		say_wide((int *)wgrown, grown_size);
		free(wgrown);
	}
}

int main(int argc, char **argv)
{
	if (!setlocale(LC_ALL, "C.UTF-8")) return 1;
	return fuzz(argc, argv, one_case, 600, 50);
}
