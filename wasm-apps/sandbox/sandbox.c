// Tries every way out of the granted directory /box that a path offers. All must be refused, and for the right
// reason: EPERM for a path that leads out, or ENOTCAPABLE from wasi-libc where no grant covers a path.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int escapes;

static void refused(int result, const char *what) {
    if (result >= 0) {
        escapes++;
        printf("%s: ESCAPED\n", what);
    } else {
        printf("%s: %s\n", what, strerror(errno));
    }
}

// Paths relative to the granted directory's own descriptor, past any check in the C library.
static int open_below(int box, const char *path, int flags) {
    return openat(box, path, flags);
}

int main(void) {
    struct stat status;
    int box = open("/box", O_RDONLY | O_DIRECTORY);
    if (box < 0) {
        perror("/box");
        return EXIT_FAILURE;
    }
    // A refusal proves nothing if the links are not there.
    static const char *const links[] = {"absolute", "upwards", "updir", "root", "proc", "loop", "inside", "sub/twice"};
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        if (fstatat(box, links[i], &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISLNK(status.st_mode)) {
            fprintf(stderr, "%s: not a link\n", links[i]);
            return EXIT_FAILURE;
        }

    refused(open("/etc/passwd", O_RDONLY), "an absolute path");
    refused(open("/box/../secret", O_RDONLY), "dot-dot after the grant");
    refused(open_below(box, "../secret", O_RDONLY), "dot-dot");
    refused(open_below(box, "..", O_RDONLY | O_DIRECTORY), "dot-dot alone");
    refused(open_below(box, "sub/../../secret", O_RDONLY), "dot-dot after a directory");
    refused(open_below(box, "sub/../../../../../../../../etc/passwd", O_RDONLY), "many dot-dots");
    refused(open_below(box, "/etc/passwd", O_RDONLY), "an absolute path below the grant");
    refused(open_below(box, "absolute", O_RDONLY), "a link to an absolute path");
    refused(open_below(box, "upwards", O_RDONLY), "a link upwards");
    refused(open_below(box, "sub/twice", O_RDONLY), "a link to a link upwards");
    refused(open_below(box, "updir/secret", O_RDONLY), "through a link to the directory above");
    refused(open_below(box, "root/etc/passwd", O_RDONLY), "through a link to the root");
    refused(open_below(box, "proc/cwd/secret", O_RDONLY), "through a link into /proc");
    refused(open_below(box, "loop", O_RDONLY), "a link to itself");
    refused(open_below(box, "upwards", O_WRONLY | O_CREAT | O_TRUNC), "writing through a link");
    refused(open_below(box, "../created", O_WRONLY | O_CREAT), "creating above");
    refused(open_below(box, "updir/created", O_WRONLY | O_CREAT), "creating through a link");
    refused(mkdirat(box, "../created", 0755), "mkdir above");
    refused(unlinkat(box, "../secret", 0), "unlink above");
    refused(unlinkat(box, "updir/secret", 0), "unlink through a link");
    refused(unlinkat(box, "..", AT_REMOVEDIR), "rmdir of dot-dot");
    refused(renameat(box, "file", box, "../stolen"), "rename to above");
    refused(renameat(box, "../secret", box, "stolen"), "rename from above");
    refused(renameat(box, "updir/secret", box, "stolen"), "rename through a link");
    refused(linkat(box, "../secret", box, "stolen", 0), "link from above");
    refused(linkat(box, "file", box, "../stolen", 0), "link to above");
    refused(symlinkat("/etc/passwd", box, "made"), "making a link to an absolute path");
    refused(fstatat(box, "../secret", &status, 0), "stat above");
    refused(fstatat(box, "upwards", &status, 0), "stat through a link");
    refused(openat(box, "file/", O_RDONLY), "a file with a slash behind");

    // A link upwards may be made, as long as following it gets nowhere.
    if (symlinkat("../../secret", box, "sub/made") == 0)
        refused(open_below(box, "sub/made", O_RDONLY), "following a link made upwards");
    else
        perror("making a link upwards");

    int inside = open_below(box, "sub/../file", O_RDONLY);
    printf("dot-dot that stays inside: %s\n", inside >= 0 ? "allowed" : strerror(errno));
    inside = open_below(box, "inside", O_RDONLY);
    printf("a link that stays inside: %s\n", inside >= 0 ? "allowed" : strerror(errno));
    printf("%d escapes\n", escapes);
    return escapes == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
