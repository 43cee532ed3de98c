# The Korn shell's language, and the system calls behind it.
print -r -- start; integer n=6*7; print $n
set -A words alpha beta gamma; print ${#words[*]} ${words[2]} ${words[*]}
[[ abc.txt = *.txt && 3 -lt 10 ]] && print match
print "a b c" | read x y z; print "<$x>"
print 'd e' >note; read -r d e <note; print $e $d
cat <<END | tr a-z A-Z
a here-document of $n
END
exec 3>out; print -u3 three; exec 3>&-; cat out
print 'co process' |& read -p x; print $x; wait
cat |& print -p coprocess; read -p answer; print $answer; exec 3>&p; exec 3>&-
trap 'print usr1' USR1; kill -USR1 $$; trap - USR1
(trap 'print leaving' EXIT; exit 3); print $?
(kill -KILL $BASHPID) 2>/dev/null; print killed $?
(exec env sleep 100) & sleep 0.2; kill $!; wait $! 2>/dev/null; print waited $?
for i in 1 2 3 4 5 6; do (exit $i) & eval p$i=$!; done
for i in 6 3 1; do eval wait \$p$i; print child $?; done; wait
mkdir -p a/b; touch a/x a/y; print a/*; cd a/b; print ${PWD##*/}; cd ..; print ${PWD##*/}; cd ..
f() { typeset local=7; return $((local + $1)); }; f 2; print $?
i=0; while (( i < 1000 )); do (( i += 1 )); done; print $i
i=0; while [ $i -lt 20 ]; do i=$((i + 1)); x=$(print $i); done; print $x
(ulimit -n 40; exec 9</dev/null && print fits)
umask 077; >private; ls -l private | cut -c1-10
(set -e; false; print not reached); print $?
/nonexistent/program 2>/dev/null; print missing $?
print 'echo plain $1' >plain; chmod 755 plain; ./plain one
true | false | true; print ${PIPESTATUS[*]}
whence -v print cd; type if
print -n 'no newline'; print; print "tab\tend"
case $(print word) in w*) print case ;; esac
select x in one two; do print chose $x; break; done <<END 2>/dev/null
2
END
getopts ab: opt -a; print $opt
exec sh -c 'echo replaced; exit 4'
