/* expect: not-musl it has no fgetgrent_r */
/* Lines of any length: a group with 5,000 members, among others, by each function that reads a stream. */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MEMBERS = 5000 };

static void show(const char *how, const struct group *group)
{
	int count = 0;
	if (!group) {
		printf("%s: none\n", how);
		return;
	}
	while (group->gr_mem[count])
		count++;
	printf("%s: %s %u, %d members", how, group->gr_name, group->gr_gid, count);
	if (count)
		printf(", %s to %s", group->gr_mem[0], group->gr_mem[count - 1]);
	puts("");
}

int main(void)
{
	FILE *file = tmpfile();
	fputs("first:x:1:ann\nlong:x:2:", file);
	for (int i = 0; i < MEMBERS; i++)
		fprintf(file, "%smember%d", i ? "," : "", i);
	fputs("\n\nlast:x:3:", file);
	rewind(file);
	for (int i = 0; i < 4; i++)
		show("fgetgrent", fgetgrent(file));

	rewind(file);
	struct group group, *found;
	size_t size = 64;
	char *room = malloc(size);
	int result;
	while ((result = fgetgrent_r(file, &group, room, size, &found)) != ENOENT) {
		if (result == 0) {
			show("fgetgrent_r", found);
		} else if (result == ERANGE && size < 1 << 20) {
			size *= 4;
			room = realloc(room, size);
		} else {
			printf("%s\n", strerror(result));
			return 1;
		}
	}
	printf("%s\n", size > 32768 ? "the buffer grew" : "the buffer was enough");
	free(room);
	fclose(file);
	return 0;
}
