# Gives every one of the programs its name, and leaves the shell no others.
coreutils mkdir names work
for name in $(coreutils --list); do
    coreutils ln -s /bin/coreutils "names/$name"
done
PATH=$PWD/names
cd work || exit
umask 022
