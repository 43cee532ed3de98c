# Runs the tests of a program's suite: `suite.sh LIMIT [TEXT]` in the folder that its recipe filled. Every line of the file
# `tests` is a name and a command; with TEXT, only tests whose names contain it. A line about each goes to
# standard output, and what a failed test said last, behind `#`. Where the name ends with a slash, the command runs
# tests and says itself how each went: `PASS: NAME`, `FAIL: NAME` with what went wrong below it, or `SKIPPED: NAME`.
limit=$1 only=$2
TOP=$(pwd)
PATH=$TOP/bin:$TOP/tools
TMPDIR=$TOP/work/here
export TOP PATH TMPDIR
mkdir -p work
while read -r name command <&3; do
    case $name in
    *"$only"*) ;;
    *) continue ;;
    esac
    cd "$TOP/work"
    chmod -R u+rwx here 2>/dev/null
    rm -rf here
    mkdir here
    cd here
    # By its path: busybox would take itself for the shell, and then its own tools before the program's.
    timeout -s KILL "$limit" /bin/sh -c "$command" </dev/null >../said 2>&1 3<&-
    status=$?
    case $name in
    */)
        awk -v folder="$name" -v status="$status" '
            /^(PASS|FAIL|SKIPPED|UNTESTED): / {
                result = $1
                sub(/^[A-Z]*: /, "")
                gsub(/[^!-~]+/, "_")
                if (seen[$0]++)
                    $0 = $0 "#" seen[$0]
                sub(/:/, "", result)
                sub(/SKIPPED|UNTESTED/, "SKIP", result)
                print result, folder $0
                failed += lines = result == "FAIL" ? 12 : 0
                count++
                next
            }
            lines > 0 {
                print "#", $0
                lines--
            }
            END {
                # It died, or failed without a word.
                if (count == 0 || status > 128 || status != 0 && !failed)
                    print "FAIL " folder "end", status
            }' ../said
        continue
        ;;
    esac
    case $status in
    0) echo "PASS $name" ;;
    77) echo "SKIP $name" ;;
    *)
        echo "FAIL $name $status"
        tail -n 6 ../said | sed 's/^/# /'
        ;;
    esac
done 3<tests
echo DONE
