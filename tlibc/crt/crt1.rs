//! Start file of a program linked at a fixed address: entry point of the process (AMD64 ABI, 3.4.1).
#![no_std]

core::arch::global_asm!(
    include_str!("start.s"),
    options(att_syntax)
);
