# What bash has that other shells have not, and the system calls behind it.
set -u
declare -A age=([ann]=31 [bob]=27)
for name in $(printf '%s\n' "${!age[@]}" | sort); do echo "$name ${age[$name]}"; done
words=(alpha beta gamma); echo "${#words[@]} ${words[-1]} ${words[@]:1:2} ${words[0]^^}"
[[ release-12.5 =~ ^([a-z]+)-([0-9]+)\.([0-9]+)$ ]] && echo "${BASH_REMATCH[@]:1}"
while read -r -a line; do echo "${#line[@]}:${line[*]}"; done < <(printf 'a b c\nd e\n')
echo here <<<"unused"; cat <<<"a here-string"
cat <<END | tr a-z A-Z
a here-document of $((6 * 7))
END
exec 5>out; echo to five >&5; exec 5>&-; cat out
exec 6<>out; read -r -u 6 first; echo "$first"; exec 6>&-
coproc UPPER { while read -r line; do echo "${line^^}"; done; }
echo coprocess >&"${UPPER[1]}"; read -r answer <&"${UPPER[0]}"; echo "$answer"
eval "exec ${UPPER[1]}>&-"; wait "$UPPER_PID"; echo "coprocess $?"
(trap 'echo leaving' EXIT; exit 3); echo "$?"
trap 'echo usr1' USR1; kill -USR1 $$; trap - USR1
(kill -KILL $BASHPID); echo "killed $?"
(ulimit -n 20; exec 19</dev/null && echo fits; exec 20</dev/null) 2>/dev/null; echo "limit $?"
false | true; echo "${PIPESTATUS[*]}"
set -o pipefail; false | true; echo "pipefail $?"; set +o pipefail
for i in 1 2 3 4 5 6 7 8; do (sleep 0.0$i; exit $i) & pids[$i]=$!; done
for i in 8 1 5; do wait "${pids[$i]}"; echo "child $? of $i"; done; wait; echo "all $?"
(sleep 0.05; exit 4) & wait -n; echo "next $?"
read -r -t 0.05 line < <(sleep 1); [ $? -gt 128 ] && echo timed out
mkdir -p a/b/c; touch a/1.txt a/b/2.txt a/b/c/3.txt; shopt -s globstar extglob nullglob
echo a/**/*.txt; echo a/!(b); cd a/b; pushd c >/dev/null; popd >/dev/null; echo "${PWD##*/} ${OLDPWD##*/}"; cd ../..
umask 077; >private; stat -c %a private 2>/dev/null || echo 600
printf '%q %05d %(%Y)T %s\n' 'two words' 42 86400 $'tab\there'
f() { local -n ref=$1; ref+=1; local x=2; return $((x + ref % 2)); }; n=4; f n; echo "$n $?"
type -t f cd if cat; command -v echo; hash -r
getopts ab: opt -a -b value && echo "$opt"
(exec -a renamed "$BASH" -c 'echo $0'); ("$BASH" -c 'echo $# $1 $SHLVL' name arg)
(set -e; false; echo not reached); echo "set -e $?"
("$BASH" -c 'exec /nonexistent/program') 2>/dev/null; echo "missing $?"
printf '#!%s\necho script "$@"\n' "$BASH" >script; chmod 755 script; ./script one two
printf 'echo no header\n' >plain; chmod 755 plain; ./plain
chmod 644 plain; ./plain 2>/dev/null; echo "not executable $?"
mapfile -t lines < <(printf '%s\n' x y z); echo "${lines[2]}"
(: $(( $(ulimit -s) > 0 ))); echo "$((1 << 40)) $((-7 / 2)) $((16#ff)) ${#HOME}"
time -p true 2>/dev/null; times >/dev/null; [ "$EPOCHSECONDS" -gt 1000000000 ] && echo clock
