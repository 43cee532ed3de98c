# Calls the applets of busybox one after another, in the folder it is started in. What it prints is the same on
# every system: no times, process numbers or names of the machine.
B=$TOP/busybox
export TZ=UTC0 LC_ALL=C
umask 022
called=0
# Says which applet comes next and runs it.
a() {
	called=$((called + 1))
	printf '== %s\n' "${*//$B/busybox}"
	"$B" "$@"
	local status=$?
	[ $status = 0 ] || printf '[status %d]\n' $status
}
# For the middle of pipes.
q() { "$B" "$@"; }

printf 'pear 3\napple 10\nfig 2\napple 10\n' >fruit
printf 'one\ttwo\n\tthree\n' >tabs
q seq 1 40 >numbers

# Text
a cat fruit
a tac fruit
a rev fruit
a sort fruit
a sort -k2,2n -u fruit
a sort -r numbers -n -o backwards
a head -n 3 backwards
a tail -n 2 numbers
a tail -c 6 numbers
a cut -d ' ' -f 2 fruit
a paste -d , fruit fruit
a tr a-z A-Z <fruit
a wc fruit
a nl fruit
a fold -w 5 fruit
a expand -t 4 tabs
a unexpand -a -t 4 tabs
a uniq -c fruit
a grep -n apple fruit
a grep -c -v apple fruit
a egrep '^(fig|pear) [0-9]$' fruit
a fgrep 'r 3' fruit
a sed -n 's/a/A/gp' fruit
a sed -i '1d;s/$/!/' fruit
a awk '{ total += $2; print NR, $1 } END { printf "%d %.3f\n", total, total / 7 }' fruit
a diff -u fruit numbers >difference
a tail -n +3 difference | q head -n 6
q sed 's/apple/APPLE/' fruit >fruit2
q diff -u fruit fruit2 >p1
cp fruit patched
a patch -p0 patched <p1
a cmp fruit fruit2
a cmp patched fruit2
a strings -n 4 fruit
a od -c fruit
a hexdump -C fruit
a xxd -l 20 fruit
a ascii | q wc -l
a dos2unix <fruit
a unix2dos <tabs | q od -c
a shuf -n 40 numbers | q sort -n | q cmp - numbers
a factor 4294967291 1000000007 720720
a bc <<END
scale=30
sqrt(2)
2^200 % 1000007
END
a dc -e '2 3 ^ 7 * p'
a expr 6 '*' 7
a printf '%05.1f|%-6s|%x\n' 3.14159 ab 255
a seq -w 8 2 12
a yes no | q head -n 2
a cal 2 2024
a date -u -d @1700000000 '+%Y-%m-%d %H:%M:%S %j %a'

# Sums, encodings, archives
a md5sum fruit
a sha1sum fruit
a sha256sum fruit
a sha512sum fruit
a sha3sum fruit
a crc32 fruit
a base64 fruit
q base64 fruit | a base64 -d
a uuencode -m fruit name
q uuencode fruit back >encoded
a uudecode -o back encoded
a cmp back fruit
a gzip -k numbers
a zcat numbers.gz | q md5sum
rm numbers
a gunzip numbers.gz
a bzip2 -k numbers
a bzcat numbers.bz2 | q wc -l
a lzop -k numbers
a lzop -d -c numbers.lzo | q wc -c
mkdir -p tree/deep/deeper
cp fruit tree/deep/fruit
ln -s deep/fruit tree/link
ln tree/deep/fruit tree/hard
a tar -cf tree.tar tree
a tar -tf tree.tar | q sort
mkdir out
a tar -xf tree.tar -C out
a diff -r tree out/tree
q find tree | q sort | q cpio -o -H newc >tree.cpio 2>/dev/null
a cpio -t <tree.cpio

# Files
a ls tree
a ls -1R tree
a find tree -name 'f*'
a find tree -type l -exec "$B" readlink {} ';'
a mkdir d1
a mkdir -p d1/d2/d3
a rmdir d1/d2/d3
a touch -d @86400 stamp
a stat -c '%n %s %a %F %Y' stamp
a chmod 640 stamp
a stat -c %A stamp
a ln -s stamp soft
a readlink soft
a realpath soft | q sed 's,.*/,,'
a link stamp hard
a stat -c %h stamp
a mv hard moved
a cp -a soft copied
a ls -1F
a unlink moved
a rm soft copied
a truncate -s 10000 sparse
a du -a -k sparse
a dd if=numbers of=part bs=10 count=3 skip=1 2>/dev/null
a cat part
a fallocate -l 5000 room
a stat -c %s room
a shred -u -n 1 room
a mkfifo fifo
a stat -c %F fifo
(q cat fifo | q tr 0-9 a-j) &
a tee fifo <part
wait
a mktemp -u x.XXXXXX | q sed 's/......$/~/'
a basename /usr/lib/file.c .c
a dirname /usr/lib/file.c
a test -d d1
a test -f d1
a [ 3 -gt 2 ]
a sync
a tee copy1 copy2 <part
a cmp copy1 copy2
a getopt -o ab: -- -a -b value rest
a which sh | q wc -l
a run-parts --test d1

# Processes
a true
a false
a echo hello world
a env -i A=1 B=2 "$B" env
a xargs -n 3 echo <numbers
a xargs -P 4 -n 10 "$B" true <numbers
a timeout 1 "$B" sleep 10
a timeout 5 "$B" true
a usleep 1000
a sleep 0.05
a time "$B" true 2>/dev/null
a setsid "$B" sh -c 'echo in a session'
a sh -c 'kill -TERM $$'
a sh -c 'trap "echo caught" USR1; kill -USR1 $$; echo after'
a ash -c 'f() { return 3; }; f; echo $?; echo $((7 % 4)) ${x:-unset} $#' name one two
sleep 100 &
q kill -0 $! && q kill $! && echo killed
wait $!
echo "[$?]"
a taskset -p 1 2>/dev/null | q wc -l
a pwd | q wc -l
a id -u | q grep -c '^[0-9]'
a whoami | q wc -l
a uname -m
a nproc | q grep -c '^[1-9]'
a arch
a tty
a uptime | q grep -c load
a free | q grep -c Mem
a ps -o pid,comm | q grep -c busybox | q grep -c '^[1-9]'
a pidof "$B" | q wc -l
a logname 2>/dev/null | q wc -l
a hostid | q wc -c
a ipcalc -n 10.1.2.3/16
a mkpasswd -m sha512 -S saltsalt word
a ts '' <part | q wc -l
a ed part <<END
1,2d
p
w
q
END
a setpriv "$B" echo privileged
a nosuchapplet 2>/dev/null
echo "$called calls"
