# Lets the compiler make itself three times: what the second and the third make must be the same, and must work.
set -e
source=/usr/src/tcc/tcc.c
set -- -static -DTCC_TARGET_X86_64 -DTCC_MUSL -DCONFIG_TCC_SYSINCLUDEPATHS='"/usr/lib/tcc/include:/usr/include"' \
    -DCONFIG_TCC_LIBPATHS='"/usr/lib"' -DCONFIG_TCC_CRTPREFIX='"/usr/lib"'
tcc "$@" "$source" -o tcc1
./tcc1 "$@" "$source" -o tcc2
./tcc2 "$@" "$source" -o tcc3
./tcc3 -static /usr/share/tcc-tests/same.c -o same
./same tcc2 tcc3
