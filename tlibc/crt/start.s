# The entry point. On entry: rsp = argument block (argc, argv…, 0, environment…, 0, auxiliary vector),
# rdx = function to register with atexit, or 0. Calls
# __libc_start_main(main, argc, argv, init, fini, rtld_fini, stack_end), which does not return.
.section .text._start, "ax", @progbits
.globl _start
.type _start, @function
_start:
    .cfi_startproc
    .cfi_undefined %rip
    endbr64
    xorl %ebp, %ebp
    movq %rdx, %r9
.ifdef SELF_RELOCATE
    call __tlibc_relocate_self
.endif
    movq (%rsp), %rsi
    leaq 8(%rsp), %rdx
    movq %rsp, %rax
    andq $-16, %rsp
    pushq %rax
    pushq %rax
    xorl %r8d, %r8d
    xorl %ecx, %ecx
    leaq main(%rip), %rdi
    call __libc_start_main
    hlt
    .cfi_endproc
.size _start, . - _start

# The identity of the one "shared object" there is, for __cxa_atexit and __cxa_finalize.
.section .data.rel.ro.__dso_handle, "aw", @progbits
.weak __dso_handle
.hidden __dso_handle
.balign 8
.type __dso_handle, @object
__dso_handle:
    .quad __dso_handle
.size __dso_handle, 8

.section .note.GNU-stack, "", @progbits
