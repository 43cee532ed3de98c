# Puts the tests of a GNU package into $SUITE: `gnulib-suite.sh [FOLDER...]` in its built source. Those of gnulib (its folder
# gnulib-tests) and those in the folders named, whose programs or scripts end with 77 where they can't be run.
set -eu
top=$SUITE/s
mkdir -p "$top"

# What a makefile says of a variable.
value() {
    printf 'include Makefile\nprint-%s:\n\t@echo $(%s)\n' "$2" "$2" | make -s -C "$1" -f - "print-$2" 2>/dev/null
}

# Copies a folder without what was only needed to build it.
copy() {
    mkdir -p "$top/$1"
    (cd "$1" && find . \( -name '*.[oa]' -o -name .deps -o -name '*.Po' -o -name '*.log' -o -name '*.trs' \) -prune -o \
        \( -type f -o -type l \) -print0 | xargs -0 cp -P --parents -t "$top/$1")
}

if [ -e config.h ]; then cp config.h "$top"; else cp lib/config.h "$top"; fi
for folder in src sed lib; do
    # Programs alone, and headers that scripts look into.
    [ -d $folder ] || continue
    mkdir -p "$top/$folder"
    for file in $folder/*; do
        if [ -f "$file" ] && [ -x "$file" ] || [ "${file%.h}" != "$file" ]; then cp -P "$file" "$top/$folder"; fi
    done
done
programs=
for file in src/*; do
    if [ -f "$file" ] && [ -x "$file" ]; then programs="$programs${file#src/} "; fi
done
: >"$SUITE/tests"
for folder in gnulib-tests "$@"; do
    [ -d "$folder" ] || continue
    copy "$folder"
    settings='srcdir=. abs_srcdir=$PWD abs_top_srcdir=$TOP/s abs_top_builddir=$TOP/s top_srcdir=.. EXEEXT= SHELL=/bin/sh'
    settings="$settings LOCALE_FR=none LOCALE_FR_UTF8=C.UTF-8 LOCALE_JA=none LOCALE_ZH_CN=none LOCALE_TR_UTF8=none"
    settings="$settings LOCALE_DE_UTF8=none LOCALE_DE=none LC_ALL= AWK=awk GREP=grep EGREP=egrep PERL=false CC=false"
    settings="$settings built_programs='$programs' MALLOC_PERTURB_=87 VERSION=$(value . VERSION) PACKAGE_VERSION=$(value . VERSION)"
    for test in $(value "$folder" TESTS); do
        case $test in
        # What a script's program or a translation unit is, and what needs Perl or a compiler.
        *.pl | *.o | test-verify.sh | test-update-copyright.sh) continue ;;
        *.sh) run="sh ./$test" ;;
        *)
            # Some scripts are not executable.
            case $(head -n 1 "$folder/$test" 2>/dev/null | tr -d '\0') in
            '#!'*sh) run="sh ./$test" ;;
            *) run=./$test ;;
            esac
            ;;
        esac
        [ -e "$folder/$test" ] || continue
        echo "$folder/${test%.sh} cd \$TOP/s/$folder && export $settings && PATH=\$TOP/s/src:\$TOP/s/sed:\$PATH $run 9>&2"
    done >>"$SUITE/tests"
done
# Scripts are executable too.
find "$top" -type f -perm -u+x | while read -r file; do
    if [ "$(head -c 4 "$file" | tail -c 3 | tr -d '\0')" = ELF ]; then strip "$file"; fi
done
