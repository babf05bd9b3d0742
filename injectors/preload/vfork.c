/* The wrapper of vfork. Its child runs in the parent's memory until it executes a program or ends, and the
 * descriptors that it closes are its own: what it does must not be noted. So the thread's bypass is raised
 * for the child, and the parent, which stands still meanwhile, puts it back.
 *
 * vfork returns twice into one frame, whose stack the child has written over when the parent goes on. So the
 * wrapper has no frame of its own around the system call: what it needs behind it stays in registers, which
 * the kernel keeps for the parent. On other machines vfork is not wrapped. */
#if defined __x86_64__ || defined __aarch64__
#include <errno.h>
#include <sys/types.h>

#include "wrap.h"

#define FROM_ASSEMBLY __attribute__((used, visibility("hidden")))

long exeunt_vfork_begin(uintptr_t site);
long exeunt_vfork_end(long result, long bypass, uintptr_t site);

/* Returns the bypass to put back, or -1 with errno set if the call is to fail. */
FROM_ASSEMBLY long exeunt_vfork_begin(uintptr_t site)
{
    struct fault fault;
    if (fault_armed(POINT_VFORK) && fault_due(POINT_VFORK, site, SIZE_MAX, &fault))
        return failed(fault.error);
    long bypass = self.bypass;
    self.bypass += BYPASS_IN_VFORK;
    return bypass;
}

/* In the parent. `result` is the kernel's: the child's number or a negative errno. */
FROM_ASSEMBLY long exeunt_vfork_end(long result, long bypass, uintptr_t site)
{
    self.bypass = (unsigned)bypass;
    if (result < 0)
        return failed((int)-result);
    child_started((pid_t)result, site);
    return result;
}
#endif

/* With a shadow stack the child's calls have written over the parent's entry, as over the stack: so both go
 * back by a jump and take the entry away. */
#ifdef __x86_64__
__asm__(".text\n"
        ".globl vfork\n"
        ".type vfork, @function\n"
        "vfork:\n"
        ".cfi_startproc\n"
        "    endbr64\n"
        "    movq (%rsp), %rdi\n"
        "    subq $8, %rsp\n"
        "    .cfi_adjust_cfa_offset 8\n"
        "    call exeunt_vfork_begin\n"
        "    addq $8, %rsp\n"
        "    .cfi_adjust_cfa_offset -8\n"
        "    testq %rax, %rax\n"
        "    js 2f\n"
        "    movq %rax, %rsi\n"
        "    popq %rdi\n"
        "    .cfi_adjust_cfa_offset -8\n"
        "    .cfi_register %rip, %rdi\n"
        "    movl $58, %eax\n" /* SYS_vfork */
        "    syscall\n"
        "    pushq %rdi\n"
        "    .cfi_adjust_cfa_offset 8\n"
        "    .cfi_rel_offset %rip, 0\n"
        "    testq %rax, %rax\n"
        "    jz 1f\n"
        "    movq %rdi, %rdx\n"
        "    movq %rax, %rdi\n"
        "    subq $8, %rsp\n"
        "    .cfi_adjust_cfa_offset 8\n"
        "    call exeunt_vfork_end\n"
        "    addq $8, %rsp\n"
        "    .cfi_adjust_cfa_offset -8\n"
        "1:  xorl %ecx, %ecx\n"
        "    rdsspq %rcx\n" /* leaves 0 without a shadow stack */
        "    testq %rcx, %rcx\n"
        "    jz 2f\n"
        "    movl $1, %ecx\n"
        "    incsspq %rcx\n"
        "    popq %rdx\n"
        "    .cfi_adjust_cfa_offset -8\n"
        "    .cfi_register %rip, %rdx\n"
        "    jmp *%rdx\n"
        "    .cfi_adjust_cfa_offset 8\n"
        "    .cfi_rel_offset %rip, 0\n"
        "2:  ret\n"
        ".cfi_endproc\n"
        ".size vfork, . - vfork\n");
#endif

#ifdef __aarch64__
__asm__(".text\n"
        ".globl vfork\n"
        ".type vfork, %function\n"
        "vfork:\n"
        ".cfi_startproc\n"
        "    hint #34\n" /* bti c */
        "    stp x29, x30, [sp, #-16]!\n"
        "    .cfi_def_cfa_offset 16\n"
        "    .cfi_offset x29, -16\n"
        "    .cfi_offset x30, -8\n"
        "    mov x0, x30\n"
        "    bl exeunt_vfork_begin\n"
        "    ldp x29, x30, [sp], #16\n"
        "    .cfi_def_cfa_offset 0\n"
        "    .cfi_restore x29\n"
        "    .cfi_restore x30\n"
        "    tbnz x0, #63, 1f\n"
        "    mov x9, x0\n"
        "    mov x0, #0x4111\n" /* CLONE_VM | CLONE_VFORK | SIGCHLD */
        "    mov x1, sp\n"
        "    mov x8, #220\n" /* SYS_clone */
        "    svc #0\n"
        "    cbz x0, 1f\n"
        "    stp x29, x30, [sp, #-16]!\n"
        "    .cfi_def_cfa_offset 16\n"
        "    .cfi_offset x29, -16\n"
        "    .cfi_offset x30, -8\n"
        "    mov x1, x9\n"
        "    mov x2, x30\n"
        "    bl exeunt_vfork_end\n"
        "    ldp x29, x30, [sp], #16\n"
        "    .cfi_def_cfa_offset 0\n"
        "    .cfi_restore x29\n"
        "    .cfi_restore x30\n"
        "1:  ret\n"
        ".cfi_endproc\n"
        ".size vfork, . - vfork\n");
#endif
