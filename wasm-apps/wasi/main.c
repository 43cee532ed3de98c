// Runs one part of the suite; fails in special ways where that is what is tested.
#include "suite.h"

#include <stdlib.h>

const char *errno_name(int error) {
    static const char *const names[] = {
        "SUCCESS", "2BIG", "ACCES", "ADDRINUSE", "ADDRNOTAVAIL", "AFNOSUPPORT", "AGAIN", "ALREADY", "BADF",
        "BADMSG", "BUSY", "CANCELED", "CHILD", "CONNABORTED", "CONNREFUSED", "CONNRESET", "DEADLK", "DESTADDRREQ",
        "DOM", "DQUOT", "EXIST", "FAULT", "FBIG", "HOSTUNREACH", "IDRM", "ILSEQ", "INPROGRESS", "INTR", "INVAL",
        "IO", "ISCONN", "ISDIR", "LOOP", "MFILE", "MLINK", "MSGSIZE", "MULTIHOP", "NAMETOOLONG", "NETDOWN",
        "NETRESET", "NETUNREACH", "NFILE", "NOBUFS", "NODEV", "NOENT", "NOEXEC", "NOLCK", "NOLINK", "NOMEM",
        "NOMSG", "NOPROTOOPT", "NOSPC", "NOSYS", "NOTCONN", "NOTDIR", "NOTEMPTY", "NOTRECOVERABLE", "NOTSOCK",
        "NOTSUP", "NOTTY", "NXIO", "OVERFLOW", "OWNERDEAD", "PERM", "PIPE", "PROTO", "PROTONOSUPPORT", "PROTOTYPE",
        "RANGE", "ROFS", "SPIPE", "SRCH", "STALE", "TIMEDOUT", "TXTBSY", "XDEV", "NOTCAPABLE",
    };
    return error >= 0 && (size_t)error < sizeof names / sizeof *names ? names[error] : "UNKNOWN";
}

int main(int argc, char **argv) {
    const char *part = argc > 1 ? argv[1] : "";
    if (strcmp(part, "fd") == 0) {
        test_fd();
    } else if (strcmp(part, "path") == 0) {
        test_path();
    } else if (strcmp(part, "escape") == 0) {
        test_escape();
    } else if (strcmp(part, "readonly") == 0) {
        test_readonly();
    } else if (strcmp(part, "poll") == 0) {
        test_poll();
    } else if (strcmp(part, "system") == 0) {
        test_system();
    } else if (strcmp(part, "names") == 0) {
        test_names();
    } else if (strcmp(part, "devices") == 0) {
        test_devices();
    } else if (strcmp(part, "raise") == 0) {
        puts("raised");
        fflush(stdout);
        raise_signal(SIG_ABRT);
    } else if (strcmp(part, "fail") == 0) {
        try_open(BOX, "/data/x", 0, 0, READ_RIGHTS, 0);
        return 3;
    } else if (strcmp(part, "trap") == 0) {
        __wasi_random_get((uint8_t *)0xfffffff0, 16);
    } else {
        fprintf(stderr, "usage: wasi PART\n");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
