# tini as the parent of what it starts: it passes statuses and signals on and collects orphans.
t=$TOP/tini
"$t" -s -- sh -c 'exit 7'; echo "status $?"
"$t" -s -- sh -c 'kill -TERM $$'; echo "killed $?"
"$t" -s -e 143 -- sh -c 'kill -TERM $$'; echo "remapped $?"
"$t" -s -- /nonexistent/program 2>/dev/null; echo "missing $?"
"$t" -h >/dev/null; echo "help $?"
"$t" --version | cut -d ' ' -f 1-2
# An orphan of the child is tini's to collect: nothing of it is left when the child looks.
"$t" -s -- sh -c '(sh -c "exit 0" & echo $! >orphan); sleep 0.3; kill -0 $(cat orphan) 2>/dev/null || echo collected'
# Signals go to the child, with -g to its whole group.
"$t" -s -- sh -c 'trap "echo child got it; exit 3" USR1; echo ready >flag; while :; do sleep 0.02; done' &
while [ ! -s flag ]; do sleep 0.02; done
kill -USR1 $!; wait $!; echo "forwarded $?"
rm flag
"$t" -s -g -- sh -c 'sh -c "trap \"echo grandchild got it; exit\" USR2; echo ready >flag; while :; do sleep 0.02; done" & trap "sleep 0.2; echo child too; exit 5" USR2; while :; do sleep 0.02; done' 2>/dev/null &
while [ ! -s flag ]; do sleep 0.02; done
kill -USR2 $!; wait $!; echo "group $?"
# The parent's death reaches tini if it asks for that.
"$t" -s -p SIGTERM -- sh -c 'exit 0'; echo "death signal $?"
