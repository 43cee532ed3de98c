# Puts tcc's own tests into $SUITE: `suite.sh` in its built source. The tcc there looks for headers and libraries in the folder
# that -B names, so that it finds those of the C library under test wherever the suite is.
set -eu
mkdir relocatable
cd relocatable
../configure --cc="$CC" --sysincludepaths={B}/include:{B}/sys --libpaths={B}/lib --crtprefix={B}/lib --config-musl
make -j2 tcc
cd ..

# What the compiler that builds this takes headers and start files from.
headers=$(echo '#include <stdio.h>' | $CC -E -x c - | sed -n 's/^# 1 "\(.*\)\/stdio.h".*/\1/p' | head -n 1)
start=$($CC '-###' -x c /dev/null -o none 2>&1 | tr ' ' '\n' | tr -d '"' | grep '/[a-zA-Z]*crt1\.o$')
top=$SUITE/tcc
mkdir -p "$top/lib" "$SUITE/bin"
cp -r include "$top/include"
cp -rL "$headers" "$top/sys"
for file in crt1.o crti.o crtn.o libc.a libm.a libdl.a libpthread.a; do cp "${start%/*}/$file" "$top/lib"; done
cp libtcc1.a "$top"
ar r "$top/lib/libc.a" lib/libtcc1.o lib/alloca86_64.o lib/va_list.o
cp tcclib.h "$top/include"
cp relocatable/tcc "$SUITE/bin/tcc"
mkdir "$SUITE/source"
cp -r -- *.c *.h *.def examples tests "$SUITE/source"
cp relocatable/config.h "$SUITE/source"
cp "$RECIPE/one.sh" "$SUITE/one.sh"
strip "$SUITE/bin/tcc"

# What the compiler at hand makes of the tests that tcc's result is compared with.
native='-DTCC_TARGET_X86_64 -DTCC_MUSL'
(
    cd tests
    $CC -o ../tcctest-reference tcctest.c -I.. -I../include -w -O0 -std=gnu99 -fno-omit-frame-pointer $native
    PATH=/bin ../tcctest-reference >"$SUITE/source/tests/tcctest.expect"
    $CC -o "$SUITE/bin/abitest" abitest.c ../relocatable/libtcc.a -I.. -I../relocatable -w -lm -ldl -lpthread
)

{
    for test in hello hello-run tcctest tcctest-object vla asm-c-connect abitest fixed-point; do
        echo "$test sh \$TOP/one.sh $test"
    done
    cd tests/pp
    for file in *.expect; do
        echo "pp/${file%.expect} sh \$TOP/one.sh pp ${file%.expect}"
    done
    cd ../tests2
    for file in *.c; do
        case $file in
        # A part of 104, no standard C, and what is for other processors: the makefile leaves them out too.
        104+_inline.c | 34_array_assignment.c | 73_arm64.c | 98_al_ax_extend.c | 99_fastcall.c) ;;
        # They want the bounds checker, which tcc has for glibc alone, and shared libraries.
        112_backtrace.c | 113_btdll.c | 114_bound_signal.c | 115_bound_setjmp.c | 116_bound_setjmp2.c) ;;
        *) echo "tests2/${file%.c} sh \$TOP/one.sh tests2 ${file%.c}" ;;
        esac
    done
} >"$SUITE/tests"
