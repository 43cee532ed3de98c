/* expect: shared-glibc loads libraries for the code sets */
/* Which forms of a locale's name are looked for, in which order; a catalogue in another code set than the program's.
   expect: not-musl it has no LANGUAGE, and converts nothing */
#define _GNU_SOURCE
#include <libintl.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MANY = 40 };

/* A catalogue of the message "m", and of the messages "00" to "39", which end with a letter beyond ASCII. */
static void make(const char *locale, const char *codeset, const char *text) {
  char path[200], header[100], data[4000];
  struct { uint32_t length, offset; } in[MANY + 2], out[MANY + 2];
  uint32_t count = MANY + 2, at = 28 + 2 * sizeof in, length = 0;
  uint32_t head[] = {0x950412de, 0, count, 28, 28 + sizeof in, 0, 0};
  mkdir("d", 0700);
  snprintf(path, sizeof path, "d/%s", locale), mkdir(path, 0700);
  strcat(path, "/LC_MESSAGES"), mkdir(path, 0700);
  strcat(path, "/t.mo");
  snprintf(header, sizeof header, "Content-Type: text/plain; charset=%s\n", codeset);
  for (uint32_t i = 0; i < count; i++) {
    char key[8] = "m", value[200];
    if (i == 0) key[0] = 0;
    if (i > 0 && i <= MANY) snprintf(key, sizeof key, "%02u", i - 1);
    if (i == 0) strcpy(value, header);
    else if (i <= MANY) snprintf(value, sizeof value, "%s %u\xe4", text, i - 1);
    else strcpy(value, text);
    in[i].length = strlen(key), in[i].offset = at + length;
    strcpy(data + length, key), length += strlen(key) + 1;
    out[i].length = strlen(value), out[i].offset = at + length;
    strcpy(data + length, value), length += strlen(value) + 1;
  }
  FILE *f = fopen(path, "w");
  fwrite(head, sizeof head, 1, f), fwrite(in, sizeof in, 1, f), fwrite(out, sizeof out, 1, f);
  fwrite(data, length, 1, f);
  fclose(f);
}

static void show(const char *language) {
  setenv("LANGUAGE", language, 1);
  /* What is known of the environment is forgotten. */
  textdomain("t");
  printf("%s: %s\n", language, gettext("m"));
}

int main(void) {
  setlocale(LC_ALL, "C.UTF-8");
  bindtextdomain("t", "d");
  make("sr", "ISO-8859-1", "Cyrillic");
  make("sr@latin", "ISO-8859-1", "Latin");
  make("ca_ES@valencia", "ISO-8859-1", "Valencian");
  make("ca", "ISO-8859-1", "Catalan");
  make("de.utf8", "ISO-8859-1", "by code set");
  make("de_AT", "ISO-8859-1", "by territory");
  make("de", "ISO-8859-1", "language");
  make("fr.utf8@x", "ISO-8859-1", "all but the territory");
  make("fr_FR.UTF-8", "ISO-8859-1", "all but the modifier");
  show("sr_RS.UTF-8@latin"), show("sr_RS.UTF-8"), show("sr@latin"), show("sr_RS@other");
  show("ca_ES.UTF-8@valencia"), show("ca_AD.UTF-8@valencia"), show("ca_ES");
  show("de_AT.UTF-8"), show("de_DE.UTF-8"), show("de_DE.ISO-8859-1"), show("de"), show("de.utf8"), show("de_AT@euro");
  show("fr_FR.UTF-8@x"), show("fr_FR.UTF-8@y"), show("fr_CA.UTF-8@x"), show("xx:yy_ZZ:de");
  /* Converted texts, asked for in both orders, keep their place. */
  const char *first[MANY];
  int same = 0;
  for (int i = 0; i < 2 * MANY; i++) {
    char key[8];
    int which = i < MANY ? i : 2 * MANY - 1 - i;
    snprintf(key, sizeof key, "%02d", which);
    const char *text = gettext(key);
    if (i < MANY) first[which] = text;
    else same += first[which] == text;
    if (which % 13 == 0) puts(text);
  }
  bind_textdomain_codeset("t", "ISO-8859-1");
  printf("%d %d\n", same, strlen(gettext("05")) + 1 == strlen(first[5]));
  return 0;
}
