//! Start file of a static position-independent program. It relocates itself before any other code runs:
//! relative relocations only; `__libc_start_main` applies the indirect ones once thread-local storage exists.
#![no_std]

core::arch::global_asm!(
    ".set SELF_RELOCATE, 1",
    include_str!("relocate.s"),
    include_str!("start.s"),
    options(att_syntax)
);
