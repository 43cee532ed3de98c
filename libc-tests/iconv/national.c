/* expect: not-musl it writes an asterisk for what the target lacks, and has not all of these */
/* expect: shared-glibc loads libraries for it */
/* National character sets there and back, cut inside a character, and into little room. */
#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *set, *text;
} samples[] = {
	{"EUC-JP", "日本語、ｶﾅと丂\u00a6"},
	{"SHIFT_JIS", "日本語、ｶﾅ〜"},
	{"EUC-KR", "한국어 漢字"},
	{"CP949", "똠방각하"},
	{"GBK", "简体中文，繁體"},
	{"ISO-8859-2", "Příliš žluťoučký"},
	{"ISO-8859-5", "Щедрик"},
	{"ISO-8859-7", "Ελληνικά"},
	{"ISO-8859-9", "İstanbul ığdır"},
	{"ISO-8859-15", "10 €, cœur"},
	{"KOI8-R", "Съешь ещё"},
	{"KOI8-U", "їжак ґава"},
	{"CP866", "Привет ░"},
	{"CP1250", "Łódź „“"},
	{"CP1251", "Ђорђе №"},
	{"CP1252", "naïve – “quoted” €"},
	{"CP1256", "سلام"},
	{"CP1257", "Ąžuolas"},
};

static void convert(iconv_t cd, const char *what, char *from, size_t length, size_t room)
{
	char bytes[256], *to = bytes;
	size_t left = length, space = room;
	errno = 0;
	size_t result = iconv(cd, &from, &left, &to, &space);
	int error = result == (size_t)-1 ? errno : 0;
	printf("  %s %zu: %s, %zu left, ", what, length,
	       error == 0 ? "done" : error == EINVAL ? "EINVAL" : error == E2BIG ? "E2BIG" : "EILSEQ", left);
	for (char *byte = bytes; byte < to; byte++)
		printf("%02x", (unsigned char)*byte);
	puts("");
	iconv(cd, NULL, NULL, NULL, NULL);
}

int main(void)
{
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
		const char *set = samples[i].set;
		char *text = (char *)samples[i].text, bytes[256], *to = bytes;
		size_t left = strlen(text), space = sizeof bytes;
		iconv_t there = iconv_open(set, "UTF-8"), back = iconv_open("UTF-8", set);
		printf("%s: %d %d\n", set, there != (iconv_t)-1, back != (iconv_t)-1);
		if (there == (iconv_t)-1 || back == (iconv_t)-1)
			continue;
		convert(there, "there", text, left, 200);
		convert(there, "there", text, left, 3);
		iconv(there, &text, &left, &to, &space);
		convert(back, "back", bytes, to - bytes, 200);
		convert(back, "back", bytes, to - bytes - 1, 200);
		convert(there, "snowman", "\xe2\x98\x83", 3, 200);
		iconv_close(there);
		iconv_close(back);
	}
	char bad[] = "a\xff";
	iconv_t cd = iconv_open("UTF-8", "EUC-JP");
	convert(cd, "bad", bad, 2, 200);
	iconv_close(cd);
	return 0;
}
