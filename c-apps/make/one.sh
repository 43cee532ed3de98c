# One test of make's suite: `one.sh CATEGORY/NAME`. Ends with 77 if it is about what this make does without.
cd "$TOP/m/tests" || exit 1
# Perl's own modules only, as on a system that has no others; FindBin is not among the basic ones.
start='BEGIN { @INC = grep { /^\Q$ENV{TOP}/ } @INC; $INC{"FindBin.pm"} = 1; $FindBin::Bin = "$ENV{TOP}/m/tests" }
$^X = "$ENV{TOP}/bin/perl"; $0 = "./run_make_tests.pl"; do $0 or die $@ || $!'
said=$(perl -e "$start" -- -make "$TOP/bin/make" -srcdir "$TOP/m" "$1" 2>&1)
status=$?
printf '%s\n' "$said"
for file in work/"$1".diff* work/"$1".log*; do
    [ $status = 0 ] || [ ! -f "$file" ] || cat "$file"
done
case $said in *' N/A'*) exit 77 ;; esac
exit $status
