# What a user asks of ripgrep, in a folder with sources, notes, hidden and ignored files.
mkdir -p src/deep docs .git target
printf 'fn main() {\n    let total = add(1, 2);\n    println!("{total}");\n}\n' >src/main.rs
printf 'pub fn add(a: i32, b: i32) -> i32 {\n    a + b\n}\n\n#[test]\nfn adds() {\n    assert_eq!(add(1, 2), 3);\n}\n' >src/deep/lib.rs
printf '# Notes\n\nAdd two numbers.\nADD more caf\303\251s.\n' >docs/notes.md
printf 'target/\n*.log\n' >.gitignore
printf 'add to target\n' >target/out.rs
printf 'add to a log\n' >build.log
printf 'add a secret\n' >.hidden
printf 'add\000binary add\n' >docs/data.bin
printf '\377\376a\000d\000d\000 \000w\000i\000d\000e\000\n\000' >docs/wide.txt
say() {
    echo "== $*"
    rg --sort path --no-config "$@" . 2>&1
    status=$?
    [ $status = 0 ] || echo "status $status"
}
say -n add
say -ni add -g '*.md'
say -w add --type rust -c
say -F 'add(1, 2)' --vimgrep
say -U 'fn adds\(\) \{\n.*add' -n
say -o '\b[a-z_]+!?\(' -r '<$0' -I
say -l add --hidden
say --files-without-match add -g '*.rs'
say -uu -l add
say -C 1 -n 'a \+ b'
say -A 1 -B 1 --no-heading assert_eq
say -v -n '[a-z]'
say -S Add
say -x '}' -c
say 'caf\w+s' -o
say --passthru -N fn -t rust
say --json -m 1 'fn main' | sed -n 1,3p
say -a -o 'binary add'
say -c binary
say '(' | sed -n 1,2p
say nowhere
echo '== files'
rg --files --sort path
rg --type-list | grep '^rust'
echo '== input'
printf 'one add\ntwo\n' | rg --line-number add -
echo '== many'
mkdir many
i=0
while [ $i -lt 200 ]; do
    echo "needle $i" >"many/$i"
    i=$((i + 1))
done
rg -j 4 --no-filename -c 'needle \d*7' many | wc -l
rg -j 4 --mmap --no-filename 'needle 19[0-9]' many | wc -l
