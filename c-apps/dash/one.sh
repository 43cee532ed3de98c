# One test of a shell: `one.sh SHELL FOLDER FILE.tests`; what it prints has to be what FILE.right holds.
shell=$(command -v "$1")
cd "$TOP/$2/${3%/*}" || exit 1
test=${3##*/}
THIS_SH=$shell
export THIS_SH
"$shell" "./$test" >"$TOP/work/here/printed" 2>&1 </dev/null
diff -u "${test%.tests}.right" "$TOP/work/here/printed"
