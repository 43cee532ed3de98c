# Puts busybox's own tests into $SUITE: `suite.sh` in its built source. What a file of tests says of each becomes one test.
set -eu
cp -r testsuite "$SUITE/testsuite"
mkdir -p "$SUITE/bb/links"
cp busybox .config "$SUITE/bb"
cp "$RECIPE/one.sh" "$SUITE"
strip "$SUITE/bb/busybox"
# A typist sits at the terminals of those that want one.
cp -r "$RECIPE/../busybox-static/tests" "$SUITE/terminal"
$CC -O1 -w "$RECIPE/../../toolchain/src/test/typist.c" -o "$SUITE/terminal/typist"
./busybox --list >+applets
while read -r applet; do ln -s ../busybox "$SUITE/bb/links/$applet"; done <+applets
{
    # Old ones: a script each.
    while read -r applet; do
        # It would ask a server far away.
        [ "$applet" = wget ] && continue
        [ -d "testsuite/$applet" ] || continue
        for test in "testsuite/$applet"/*; do
            echo "$applet/${test##*/} sh \$TOP/one.sh old $applet ${test##*/}"
        done
    done <+applets
    # New ones: a file for each applet, which says how each of its tests went.
    for test in testsuite/*.tests; do
        name=${test##*/}
        name=${name%.tests}
        case $name in
        # About the source, about mounts and devices of a machine, and the shell's own, which are dash's suite.
        all_sourcecode | mdev | mount | makedevs | ash) continue ;;
        esac
        grep -qx "$name" +applets || continue
        echo "$name/ sh \$TOP/one.sh new $name"
    done
    run='TERM=vt100 $TOP/terminal/typist $TOP/terminal'
    echo "terminal/vi TOP=\$TOP/bb $run/vi.typist \$TOP/bb/busybox sh \$TOP/terminal/vi.sh | grep -x 'exit 0'"
    echo "terminal/top $run/top.typist \$TOP/bb/busybox top -d 1 | grep -x 'exit 0'"
    echo "terminal/shell PS1='\$ ' $run/shell.typist \$TOP/bb/busybox sh | grep -x 'exit 7'"
} >"$SUITE/tests"
