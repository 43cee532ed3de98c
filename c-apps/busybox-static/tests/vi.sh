# Runs busybox's vi for the test of it, and shows the file afterwards.
"$TOP/busybox" vi note
echo end of vi
"$TOP/busybox" cat note
