# Tests of busybox: `one.sh old APPLET NAME`, or `one.sh new APPLET`, which prints a line for each. Every command is busybox's.
kind=$1 applet=$2 name=${3-}
bindir=$TOP/bb
tsdir=$TOP/testsuite
LINKSDIR=$bindir/links
PATH=$LINKSDIR:$tsdir:$bindir
ECHO="$bindir/busybox echo"
OPTIONFLAGS=:$(sed -n 's/^CONFIG_\([A-Z0-9_]*\)=.*/\1/p' "$bindir/.config" | tr '\n' ':')
export bindir tsdir LINKSDIR PATH ECHO OPTIONFLAGS
VERBOSE=1
export VERBOSE
case $kind in
old)
    for feature in $(sed -n 's/^# FEATURE: //p' "$tsdir/$applet/$name"); do
        grep -q "^# $feature is not set" "$bindir/.config" && exit 77
    done
    d=$tsdir exec "$bindir/busybox" sh -x -e "$tsdir/$applet/$name"
    ;;
new)
    cp -r "$tsdir" here
    cd here || exit 1
    exec "$bindir/busybox" sh "./$applet.tests"
    ;;
esac
