#!/bin/sh
# The perl of the machine that built the suite, with its libraries and modules, wherever it was brought.
perl=${0%/bin/*}/perl
exec "$perl/lib/ld-linux-x86-64.so.2" --library-path "$perl/lib" "$perl/perl" -I"$perl/modules" "$@"
