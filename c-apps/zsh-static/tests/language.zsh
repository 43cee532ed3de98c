# What zsh has that other shells have not, and the system calls behind it.
zmodload zsh/datetime; print modules $?
typeset -A age=(ann 31 bob 27); for name in ${(ok)age}; print $name $age[$name]
words=(alpha beta gamma); print $#words $words[-1] ${(U)words[1]} ${(j:,:)words} ${words:#b*}
print ${(f)"$(print -l one two)"} ${${:-a.b.c}:r} ${${:-/x/y.c}:t}
mkdir -p a/b/c; touch a/1.txt a/b/2.txt a/b/c/3.txt; ln -s 1.txt a/link
print a/**/*.txt(.on) a/*(/) a/*(@) a/**/*(.Lk-1on[1])
diff <(print -l a b) <(print -l a c) | tail -n 2
print -r -- =(print contents)(:h) >/dev/null; cat =(print contents)
print both >one >two; cat one two; cat <one <two
{ print error >&2; print out } 2>&1 | sort
coproc { while read -r line; do print ${(U)line}; done }
print -p coprocess; read -p answer; print $answer; exec {fd}>&p; exec {fd}>&-
TRAPUSR1() { print usr1 }; kill -USR1 $$
$TOP/zsh -fc 'kill -KILL $$'; print killed $?
always_test() { { return 3 } always { print always } }; always_test; print $?
true | false | (exit 4); print $pipestatus
for i in {1..6}; do (exit $i) & pids+=($!); done; for i in {6..1}; do wait $pids[i]; print -n "$? "; done; print
read -t 0.05 line < <(sleep 1); print timed out $?
[[ $EPOCHREALTIME -gt 1000000000 ]] && print clock
[[ a/1.txt -ef a/link && ! a -nt a ]] && print same
print $(( 2 ** 40 )) $(( 7 / 2. )) $(( 12 % 5 )) $(( 16#ff ))
setopt extended_glob; print a/(^1*)(N) ; [[ abc = (#b)(a)(*) ]] && print $match
print -P '%(?.ok.bad)' ; print ${(q):-two words} ${(l:5::0:):-42}
(ulimit -n 20; exec {fd}</dev/null && print fits)
() { print anonymous $# } x y
repeat 2 print -n again' '; print
(exec -a renamed $TOP/zsh -fc 'print $ZSH_ARGZERO' 2>/dev/null); $TOP/zsh -fc 'print $# $1' name arg
if ! /nonexistent/program 2>/dev/null; then print missing $?; fi
function deep { (( $1 == 0 )) && return 7; deep $(( $1 - 1 )) }; deep 200; print deep $?
exit 6
