# What a user does with text.
. /usr/share/uutils-tests/setup.sh
seq 12 >n
head -n 3 n | paste -s -d +
tail -n +10 n | tac | paste -s -d ,
head -c 5 n | od -A d -t x1z
printf 'b 2\na 1\nc 3\n' | sort >one
printf 'a x\nc y\nd z\n' >two
join one two
join -v 2 one two
comm -12 n one 2>/dev/null
cut -d ' ' -f 2 one | paste n - | head -n 4
tr a-z A-Z <one | tr -d ' ' | tr -s A
printf 'a\tb\n' | expand -t 4 | unexpand -a -t 4 | od -c
echo 'the quick brown fox jumps over the lazy dog' | fold -s -w 16
echo 'the quick brown fox jumps over the lazy dog' | fmt -w 20
printf 'x\n\ny\n' | nl -b a -w 3
printf 'a\na\nb\nA\n' | uniq -ci
printf '10K\n9M\n1G\n' | sort -hr
printf '1.10\n1.9\n1.2\n' | sort -V | paste -s
printf 'x 3\ny 1\nz 2\n' | sort -k 2n -o sorted && cat -A sorted
seq 1000 >bytes && shuf -i 1-100 --random-source=bytes | sort -n | md5sum
printf 'caf\303\251\n' | wc -cmLw
base64 -w 20 n | tee kept | base64 -d | cksum -a crc
b2sum -l 128 n && sha512sum n | cut -c -20
sha1sum n one >sums && sha1sum -c sums
echo changed >>one && sha1sum -c --quiet sums 2>/dev/null
csplit -s n /5/ '{0}' && wc -l xx00 xx01
ptx -G one >/dev/null && echo indexed
tsort <<END
shoes laces
socks shoes
END
seq 200000 -1 1 | sort -n -S 64K --parallel=4 -T . | sha256sum
seq 200000 | sha256sum
