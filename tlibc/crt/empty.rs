//! crti.o and crtn.o: nothing to do, since constructors go through `.init_array` only.
#![no_std]
