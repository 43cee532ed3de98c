# What a user asks of the system, and does with numbers and processes.
. /usr/share/uutils-tests/setup.sh
factor 18446744073709551557 720720
expr 7 '*' 6 - 2 && expr abc : 'a\(.\)'
numfmt --to=iec 1048576 1500 && numfmt --from=si 2M
env printf '%05.1f|%x|%-4s|%b|%q\n' 3.14159 255 ab 'a\tb' "it's"
seq -f %04.1f 1 .5 2.5 | paste -s
date -u -d '2024-02-28 12:00 + 2 days' +'%A %j %U'
TZ=EST5EDT,M3.2.0,M11.1.0 date -d @1720000000 +'%F %T %z'
id -u && whoami && groups
echo x | tty
timeout 0.2 sleep 10
echo "timed out: $?"
timeout -s INT 5 env false
echo "in time: $?"
yes | head -n 2
yes two words | head -c 20
nice -n 5 nice
env -i A=1 B='2 3' env | sort
env -u HOME -C / pwd
nohup echo kept 2>/dev/null
echo to both | tee -a first second | cat - first
cat nowhere 2>&1
echo "status $?"
env kill -l TERM
sleep 100 &
{ env kill $! && wait $!; } 2>/dev/null
echo "killed: $?"
uname -s && arch
nproc >count && test "$(cat count)" -ge 1 && echo processors
env [ "$(date +%s)" -gt 1700000000 ] && echo now
pathchk -p 'a b' 2>/dev/null || echo not portable
true && false || echo false
