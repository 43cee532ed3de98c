# What a user does with files.
. /usr/share/uutils-tests/setup.sh
mkdir -p tree/sub/deep
printf 'one\ntwo\nthree\n' >tree/a
seq 1000 >tree/sub/b
cp -r tree copy
chmod 640 tree/a
chmod -R u+x,g-r,o= copy
stat -c '%A %a %s %F %h %n' tree/a copy/a copy/sub/b && stat -c %A copy/sub
ln tree/a tree/hard
ln -s a tree/soft
ln -s nowhere tree/broken
stat -c '%h %N' tree/hard tree/soft tree/broken
readlink tree/soft
realpath --relative-to=. tree/sub/../soft
touch -d '2001-02-03 04:05:06 UTC' tree/a
touch -r tree/hard copy/a
date -u -r copy/a +%FT%T
cp -p tree/a kept && stat -c '%Y %a' kept
ls -F tree
ls -l --time-style=+%Y tree/a | cut -d ' ' -f 1,2,5-
ls -1 -S tree/sub/b tree/a
mv -v tree/sub/b copy/c
mv -n copy/c tree/a && wc -l tree/a
install -D -m 711 kept bin/x && stat -c %a bin/x
truncate -s 1M large && stat -c '%s %b' large
dd if=large of=part bs=1k skip=2 count=3 status=none && wc -c part
seq 10 | split -l 4 -d - piece. && wc -l piece.*
rmdir "$(mktemp -d made.XXXX)" && echo made
du -a --apparent-size -B1 bin | cut -f 2
dirname /a/b/c.d && basename /a/b/c.d .d
rmdir tree/sub/deep && rmdir tree 2>&1 | tr -d "'\`"
rm -r copy tree && ls
rm nowhere 2>&1
echo "status $?"
test -e kept -a ! -s nowhere && echo there
mkfifo pipe && { echo through >pipe & cat pipe; }
sync && df -P /tmp | wc -l
