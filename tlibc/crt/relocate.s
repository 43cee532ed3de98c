# Applies R_X86_64_RELATIVE and DT_RELR relocations of the program itself. Keeps r9 and the stack.
.section .text.__tlibc_relocate_self, "ax", @progbits
.hidden __tlibc_relocate_self
.type __tlibc_relocate_self, @function
__tlibc_relocate_self:
    .cfi_startproc
    .hidden _DYNAMIC
    .hidden __ehdr_start
    leaq _DYNAMIC(%rip), %rsi
    leaq __ehdr_start(%rip), %rdi       # the load bias: the image is linked at 0
    xorl %r8d, %r8d                     # rela
    xorl %r10d, %r10d                   # rela size
    xorl %r11d, %r11d                   # relr
    xorl %edx, %edx                     # relr size
1:  movq (%rsi), %rax
    movq 8(%rsi), %rcx
    addq $16, %rsi
    cmpq $7, %rax                       # DT_RELA
    cmoveq %rcx, %r8
    cmpq $8, %rax                       # DT_RELASZ
    cmoveq %rcx, %r10
    cmpq $36, %rax                      # DT_RELR
    cmoveq %rcx, %r11
    cmpq $35, %rax                      # DT_RELRSZ
    cmoveq %rcx, %rdx
    testq %rax, %rax
    jnz 1b

    addq %rdi, %r8
    addq %r8, %r10
2:  cmpq %r10, %r8
    jae 4f
    cmpl $8, 8(%r8)                     # R_X86_64_RELATIVE
    jne 3f
    movq (%r8), %rax
    movq 16(%r8), %rcx
    addq %rdi, %rcx
    movq %rcx, (%rdi,%rax)
3:  addq $24, %r8
    jmp 2b

4:  testq %rdx, %rdx
    jz 9f
    addq %rdi, %r11
    addq %r11, %rdx
5:  cmpq %rdx, %r11
    jae 9f
    movq (%r11), %rax
    addq $8, %r11
    testb $1, %al
    jnz 6f
    leaq (%rdi,%rax), %rcx              # an address: relocate it, the bitmap goes on after it
    addq %rdi, (%rcx)
    addq $8, %rcx
    jmp 5b
6:  shrq $1, %rax                       # a bitmap of the next 63 words
    jz 8f
7:  bsfq %rax, %r8
    addq %rdi, (%rcx,%r8,8)
    leaq -1(%rax), %r10                 # without its lowest bit
    andq %r10, %rax
    jnz 7b
8:  addq $504, %rcx
    jmp 5b
9:  ret
    .cfi_endproc
.size __tlibc_relocate_self, . - __tlibc_relocate_self
