# One test of tcc: `one.sh KIND [NAME]`. All programs are linked statically; what tcc would run in memory is linked first.
kind=$1 name=${2-}
tests=$TOP/source/tests
native='-DTCC_TARGET_X86_64 -DTCC_MUSL -DCONFIG_TCC_SYSINCLUDEPATHS="{B}/include:{B}/sys" -DCONFIG_TCC_LIBPATHS="{B}/lib" -DCONFIG_TCC_CRTPREFIX="{B}/lib"'
tcc() {
    "$TOP/bin/tcc" -B"$TOP/tcc" -static "$@"
}

# Compiles and runs.
run() {
    tcc "$@" -o ./a.exe && ./a.exe $arguments
}

case $kind in
hello)
    tcc "$TOP/source/examples/ex1.c" -o hello && [ "$(./hello)" = 'Hello World' ]
    ;;
hello-run)
    # The program in memory has its own standard output, which nobody flushes; its status is what it says.
    printf 'int main(int argc, char **argv) { return argc + 39; }\n' >status.c
    tcc -run status.c a b
    [ $? = 42 ]
    ;;
tcctest)
    cd "$tests" || exit 1
    here=$OLDPWD
    tcc -I.. $native -w tcctest.c -o "$here/tcctest" && PATH=/bin "$here/tcctest" >"$here/out" &&
        diff -u tcctest.expect "$here/out"
    ;;
tcctest-object)
    # tcc, compiled by itself, compiles the test by way of an object file.
    cd "$tests" || exit 1
    here=$OLDPWD
    tcc -I.. $native ../tcc.c -o "$here/tcc2" &&
        "$here/tcc2" -B"$TOP/tcc" -static -I.. $native -w -c tcctest.c -o "$here/tcctest.o" &&
        "$here/tcc2" -B"$TOP/tcc" -static "$here/tcctest.o" -o "$here/tcctest" &&
        PATH=/bin "$here/tcctest" >"$here/out" && diff -u tcctest.expect "$here/out"
    ;;
vla)
    tcc "$tests/vla_test.c" -o vla && ./vla
    ;;
asm-c-connect)
    cd "$tests" || exit 1
    here=$OLDPWD
    tcc asm-c-connect-1.c asm-c-connect-2.c -o "$here/one" &&
        tcc -c asm-c-connect-1.c -o "$here/1.o" && tcc -c asm-c-connect-2.c -o "$here/2.o" &&
        tcc "$here/1.o" "$here/2.o" -o "$here/two" &&
        "$here/one" >"$here/out1" && "$here/two" >"$here/out2" && [ -s "$here/out1" ] && diff -u "$here/out1" "$here/out2"
    ;;
abitest)
    "$TOP/bin/abitest" -B"$TOP/tcc" -static
    ;;
fixed-point)
    # The first two differ, as two compilers made them; what the second and the third make must be the same.
    cd "$TOP/source" || exit 1
    here=$OLDPWD
    tcc $native tcc.c -o "$here/tcc1" &&
        "$here/tcc1" -B"$TOP/tcc" -static $native tcc.c -o "$here/tcc2" &&
        "$here/tcc2" -B"$TOP/tcc" -static $native tcc.c -o "$here/tcc3" && cmp "$here/tcc2" "$here/tcc3"
    ;;
pp)
    cd "$tests/pp" || exit 1
    options=-Nub
    [ "$name" = 02 ] && options=-Nuw
    source=$name.c
    [ -e "$source" ] || source=$name.S
    tcc -E -P "$source" >"$OLDPWD/out" 2>&1
    diff $options -B "$name.expect" "$OLDPWD/out"
    ;;
tests2)
    cp "$tests/tests2/"*.[ch] .
    expect=$tests/tests2/$name.expect
    arguments=
    case $name in
    60_errors_and_warnings | 96_nodata_wanted)
        # What the option -dt does: once for each macro that the file looks for.
        separator=
        for macro in $(grep -E '^(#| *[|][|]).*defined' "$name.c" | grep -o 'test_[a-zA-Z0-9_]*' | awk '!seen[$0]++'); do
            printf '%s[%s]\n' "$separator" "$macro"
            separator='
'
            if tcc -c -D"$macro" "$name.c" -o a.o; then
                if tcc a.o -o a.exe 2>link; then
                    ./a.exe
                    status=$?
                    [ $status = 0 ] || echo "[returns $status]"
                else
                    # Some have nothing to run.
                    grep -q "'main'" link || cat link
                fi
            fi
        done >out 2>&1
        ;;
    31_args)
        arguments='arg1 arg2 arg3 arg4 arg5'
        run "$name.c" >out 2>&1
        ;;
    46_grep)
        tcc "$name.c" -o a.exe &&
            ./a.exe '[^* ]*[:a:d: ]+\:\*-/: $' 46_grep.c >out 2>&1
        ;;
    76_dollars_in_identifiers) run -fdollars-in-identifiers "$name.c" >out 2>&1 ;;
    104_inline) run "$name.c" 104+_inline.c >out 2>&1 ;;
    106_pthread) run -pthread "$name.c" >out 2>&1 ;;
    *) run "$name.c" >out 2>&1 ;;
    esac
    diff -Nbu "$expect" out
    ;;
*)
    echo "one.sh: no kind of test '$kind'" >&2
    exit 2
    ;;
esac
