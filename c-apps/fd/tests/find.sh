# What a user asks of fd, in a folder with sources, links, hidden and ignored files.
mkdir tree && cd tree || exit
mkdir -p src/deep docs .git target empty
printf 'xxxx' >src/main.rs
: >src/deep/lib.rs
: >src/deep/Lib.RS
printf '%2000s' x >docs/notes.md
printf 'target/\n' >.gitignore
: >target/out.rs
: >.hidden
: >'docs/a b.txt'
# Threads find in any order.
sorted() {
    lua -e 'local t = {} for line in io.lines() do t[#t + 1] = line end table.sort(t) print(table.concat(t, "\n"))'
}
say() {
    echo "== $*"
    fd --color never -j 4 "$@" >../found 2>&1
    status=$?
    sorted <../found
    [ $status = 0 ] || echo "status $status"
}
say
say -e rs
say -s lib
say -H -I out
say -g '*.{md,txt}'
say -t d
say -t e
say -S +1k
say -S -10b -t f
say -p 'src/.*lib'
say -d 1 '\.rs$' src
say -E docs -t f
say --min-depth 2 --max-depth 2 .
say '^nothing$' -q
say '^main' -q
say -1 main
say --changed-within 1h -t f .
say --changed-before 2001-01-01 .
say --format '{/} in {//}, {.}' notes
say -e rs -x echo 'found {/.}'
say -e md -X echo all:
say -e txt -x sh -c 'wc -c <"$0"'
say -x false \; main
fd -0 -e txt . | wc -c
fd '[' 2>&1 | sed -n 1p
fd x nowhere 2>&1
echo '== many'
i=0
while [ $i -lt 200 ]; do
    mkdir -p "many/$((i % 10))"
    : >"many/$((i % 10))/$i.c"
    i=$((i + 1))
done
fd -j 4 '7\.c$' many | wc -l
fd -j 4 -e c . many -x sh -c 'echo $1' - '{/.}' | wc -l
