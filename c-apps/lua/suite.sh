# Puts Lua's test suite into $SUITE, in the built source: every file of it with the interpreter as it is installed, all
# in one run, the form for users, and all with the interpreter that has Lua's own checks built in.
set -eu
lua=$PYPI/third-party/lua54
# The tests are those of this very version.
for file in src/*.c src/*.h; do
    case $file in
    src/luac.c | src/lua.hpp) continue ;;
    esac
    cmp "$file" "$lua/${file#src/}"
done
mkdir "$SUITE/bin"
cp src/lua "$SUITE/bin/lua"
cp -r "$lua/testes" "$SUITE/testes"
sources=
for file in "$lua"/l*.c; do
    sources="$sources $file"
done
# shellcheck disable=SC2086
$CC -std=gnu99 -O2 -DLUA_USE_POSIX -DLUA_USER_H='"ltests.h"' -I"$lua" $sources -lm -o "$SUITE/bin/lua-checked"
strip "$SUITE/bin/lua-checked"
start='cp -r $TOP/testes t && cd t && ulimit -S -s 1000 && true |'
{
    # Without the tests of the interpreter's prompt, which want GNU Readline.
    echo "all $start lua -W -e _port=true all.lua"
    echo "users $start lua -e _U=true all.lua"
    echo "checked $start lua-checked -W -e _port=true all.lua"
    for file in "$lua"/testes/*.lua; do
        name=${file##*/}
        case $name in
        # What runs or serves the others, what wants Readline, and what needs more memory than there is.
        all.lua | big.lua | tracegc.lua | main.lua | heavy.lua) continue ;;
        esac
        echo "files/${name%.lua} $start lua -W $name"
    done
} >"$SUITE/tests"
