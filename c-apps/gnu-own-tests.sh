# Adds a GNU package's own tests, of the kind that coreutils and findutils have, to those of gnulib in $SUITE:
# `gnu-own-tests.sh FOLDER...` in its built source, the folders that its programs are in, after gnulib-suite.sh. Tests in Perl
# are left out; those that need root or much time say so themselves.
set -eu
top=$SUITE/s

value() {
    printf 'include Makefile\nprint-%s:\n\t@echo $(%s)\n' "$1" "$1" | make -s -f - "print-$1"
}

# Those that are made of a template.
made=$(value factor_tests)
# shellcheck disable=SC2086
if [ -n "$made" ]; then make $made; fi
cp -r tests init.cfg "$top"
path=
for folder; do
    path="$path\$TOP/s/$folder:"
    mkdir -p "$top/$folder"
    for file in "$folder"/*; do
        [ -f "$file" ] && [ -x "$file" ] || continue
        cp -P "$file" "$top/$folder"
        # Some are scripts, some links.
        if [ ! -L "$file" ] && [ "$(head -c 4 "$file" | tail -c 3)" = ELF ]; then strip "$top/$file"; fi
    done
done

cat >"$SUITE/own.sh" <<END
# One of the package's own tests: \`own.sh PATH\`.
cd "\$TOP/s" || exit 1
unset HOME TERM
. tests/lang-default
abs_top_builddir=\$TOP/s abs_top_srcdir=\$TOP/s abs_srcdir=\$TOP/s srcdir=. top_srcdir=. fail=0
built_programs='$(value built_programs) $(value single_binary_progs)'
VERSION='$(value VERSION)' PACKAGE_VERSION='$(value PACKAGE_VERSION)' host_os=linux-gnu host_triplet=x86_64-pc-linux-gnu
CONFIG_HEADER=\$TOP/s/config.h CU_TEST_NAME=\$(echo "\${1#tests/}" | tr / -) LOCALE_FR=none LOCALE_FR_UTF8=none
CC=false AWK=awk EGREP='grep -E' EXEEXT= MAKE=false PERL=false SHELL=/bin/sh PATH=$path\$PATH
export abs_top_builddir abs_top_srcdir abs_srcdir srcdir top_srcdir fail built_programs VERSION PACKAGE_VERSION host_os
export host_triplet CONFIG_HEADER CU_TEST_NAME LOCALE_FR LOCALE_FR_UTF8 CC AWK EGREP EXEEXT MAKE PERL SHELL PATH
exec /bin/sh "\$1" 9>&2
END
for test in $(value all_tests) $made; do
    case $test in
    *.sh) echo "${test%.sh} sh \$TOP/own.sh $test" ;;
    esac
done >>"$SUITE/tests"
