# Builds the tests of a crate, and puts them into $SUITE: `crate-suite.sh BEFORE PROGRAM... [-- OPTION...]` in its source.
# BEFORE is shell text in front of each command that runs tests, the programs are those of the crate that its tests start
# (in $TOP/t, the tests in $TOP/t/deps), the options are cargo's.
set -eu
before=$1
shift
programs=
while [ $# -gt 0 ]; do
    word=$1
    shift
    if [ "$word" = -- ]; then break; fi
    programs="$programs $word"
done

mkdir -p "$SUITE/t/deps"
$CC -O1 -Wall -Wextra "$(dirname "$0")/nobody.c" -o "$SUITE/t/nobody"
# Cargo and its compiler wrappers know what to call.
unset CC AR RANLIB
export CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_DEV_OPT_LEVEL=1 CARGO_PROFILE_DEV_STRIP=true
"$CARGO_FOR_SUITE" test --no-run --locked --target-dir target "$@" 2>built || { cat built; exit 1; }

sed -n 's/^ *Executable \(unittests \)\{0,1\}\([^ ]*\) (\(.*\))$/\1 \2 \3/p' built | while read -r words; do
    # shellcheck disable=SC2086
    set -- $words
    unit=
    if [ "$1" = unittests ]; then unit=unit- && shift; fi
    name=$unit$(basename "$1" .rs)
    cp "$2" "$SUITE/t/deps/$name"
    for program in $programs; do
        cp "$(dirname "$(dirname "$2")")/$program" "$SUITE/t"
    done
    # A line for each module where all tests are in one, so that what hangs or crashes takes no others with it.
    "$2" --list --format terse | sed -n 's/: test$//p' >list
    if [ ! -s list ]; then continue; fi
    if grep -qv :: list; then
        echo "$name/ ${before}sh \$TOP/crate-tests.sh $name"
    else
        sed 's/::.*//' list | sort -u | while read -r module; do
            echo "$name/$module/ ${before}sh \$TOP/crate-tests.sh $name $module::"
        done
    fi
done >"$SUITE/tests"

cat >"$SUITE/crate-tests.sh" <<'END'
# Runs tests of a crate and says how each went: `crate-tests.sh PROGRAM [FILTER]`; none of those that $SKIP is about.
# Never as root: there are tests that hope to be refused when they set the clock or write to devices.
user=
if [ "$(id -u)" = 0 ]; then
    chown 65534:65534 "$TMPDIR" || exit 1
    user=$TOP/t/nobody
fi
program=$TOP/t/deps/$1
shift
for name in $SKIP; do
    set -- "$@" --skip "$name"
done
$user "$program" "$@" --test-threads 2 >"$TOP/work/went" 2>&1
status=$?
awk '
    # What a failed test said comes before the list of those that failed.
    /^---- .* ----$/ { name = $2; next }
    /^failures:$/ { name = ""; next }
    name != "" && $0 != "" && lines[name]++ < 12 { said[name] = said[name] $0 "\n"; next }
    /^test .* \.\.\. (ok|FAILED|ignored)/ { result[$2] = $0; sub(/.* \.\.\. /, "", result[$2]) }
    END {
        for (name in result)
            if (result[name] == "ok")
                print "PASS: " name
            else if (result[name] ~ /^ignored/)
                print "SKIPPED: " name
            else
                printf "FAIL: %s\n%s", name, said[name]
    }' "$TOP/work/went"
# What ended it before the end was not a test that failed.
case $status in
0 | 101) ;;
*) tail -n 5 "$TOP/work/went" ;;
esac
exit $status
END
