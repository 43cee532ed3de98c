//! The other CPUs: starting them, and the interrupts by which CPUs reach each other.
//!
//! A CPU starts in real mode at a page below 1 MiB (SDM volume 3, section 9.4). The code copied
//! there goes to long mode on the boot tables, then to the kernel's tables and a stack that waits
//! in [`TICKET`]. CPUs are started one after another; the ticket is taken by the CPU or taken back
//! by the one that waits, so a CPU that comes too late finds nothing and stops.
//!
//! A flush asks another CPU to forget its translations and waits until it has ([`FlushRequests`]).
//! A CPU that waits for anything ([`Wait`]) serves the requests made to it meanwhile: two that
//! flush each other, or one that waits for a lock whose holder flushes, both go on.

use super::apic::{self, Message};
use super::cpu::descriptors::{self, InterruptStacks};
use super::cpu::registers::{read_cr3, write_cr3};
use super::paging::{self, direct};
use super::trap::{VECTOR_FLUSH, VECTOR_KICK, VECTOR_SERIAL_3, VECTOR_SERIAL_4, VECTOR_TIMER};
use super::{cpu, task, time};
use crate::cpu::{InterruptKind, MAX_CPUS, Wait};
use crate::firmware::acpi::Machine;
use crate::mem::PAGE_SIZE;
use crate::sync::{FlushRequests, Once, PerCpu, SpinLock, flush_cpus};
use core::arch::global_asm;
use core::ops::Range;
use core::sync::atomic::{AtomicPtr, AtomicU8, AtomicU64, AtomicUsize, Ordering};

/// Where a CPU starts: any page of RAM below 640 KiB that the firmware leaves alone.
const TRAMPOLINE: usize = 0x8000;
const MILLISECOND: u64 = 1_000_000;
/// How long a CPU may take to its first Rust code; a busy host can delay a virtual one.
const START_LIMIT: u64 = 2_000 * MILLISECOND;

/// CPUs in use.
static COUNT: AtomicUsize = AtomicUsize::new(1);
/// Local APIC of each CPU in use.
static APIC_IDS: [AtomicU8; MAX_CPUS] = [const { AtomicU8::new(0) }; MAX_CPUS];
static FLUSHES: PerCpu<FlushRequests> = PerCpu::new([const { FlushRequests::new() }; MAX_CPUS]);
static INTERRUPTS: PerCpu<[AtomicU64; InterruptKind::COUNT]> =
    PerCpu::new([const { [const { AtomicU64::new(0) }; InterruptKind::COUNT] }; MAX_CPUS]);
/// Local APICs of the CPUs to start; empty when there is no page to start them at.
static OTHERS: SpinLock<([u8; MAX_CPUS], usize)> = SpinLock::new(([0; MAX_CPUS], 0));

/// Top of the stack for the next CPU, 0 when there is none.
static TICKET: AtomicUsize = AtomicUsize::new(0);
static NEXT_STACKS: AtomicPtr<InterruptStacks> = AtomicPtr::new(core::ptr::null_mut());
/// Physical address of the kernel's root table, for the entry code.
static ROOT: AtomicUsize = AtomicUsize::new(0);
static ENTRY: Once<fn() -> !> = Once::new();

global_asm!(
    r#"
    .set BASE, 0xffffffff80000000
    .section .rodata.clew_trampoline, "a"
    .balign 16
    .globl clew_trampoline, clew_trampoline_end
    .code16
clew_trampoline:
    cli
    cld
    movw %cs, %ax
    movw %ax, %ds
    lgdtl trampoline_gdt_pointer - clew_trampoline
    movl %cr0, %eax
    orl $1, %eax                     # PE
    movl %eax, %cr0
    ljmpl $8, ${at} + 1f - clew_trampoline
    .code32
1:  movw $16, %ax
    movw %ax, %ds
    movl %cr4, %eax
    orl $0x20, %eax                  # PAE
    movl %eax, %cr4
    movl $clew_boot_root - BASE, %eax
    movl %eax, %cr3
    movl $0xc0000080, %ecx           # EFER
    rdmsr
    orl $0x901, %eax                 # NXE, LME, SCE
    wrmsr
    movl %cr0, %eax
    andl $0x9fffffff, %eax           # caches on
    orl $0x80010001, %eax            # PG, WP, PE
    movl %eax, %cr0
    ljmpl $24, ${at} + 2f - clew_trampoline
    .code64
2:  movabsq $clew_other_entry, %rax
    jmpq *%rax
    .balign 8
trampoline_gdt:
    .quad 0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00209a0000000000
trampoline_gdt_pointer:
    .short trampoline_gdt_pointer - trampoline_gdt - 1
    .long {at} + trampoline_gdt - clew_trampoline
clew_trampoline_end:

    .section .text.clew_other_entry, "ax"
clew_other_entry:
    xorl %eax, %eax
    movl %eax, %ss
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %fs
    movl %eax, %gs
    xorl %esp, %esp
    xchgq %rsp, {ticket}(%rip)
    testq %rsp, %rsp
    jz 3f
    movq {root}(%rip), %rax
    movq %rax, %cr3
    xorl %ebp, %ebp
    call {start}
3:  cli
    hlt
    jmp 3b
    .text
    "#,
    at = const TRAMPOLINE,
    ticket = sym TICKET,
    root = sym ROOT,
    start = sym start,
    options(att_syntax)
);

unsafe extern "C" {
    static clew_trampoline: u8;
    static clew_trampoline_end: u8;
}

/// Notes which CPUs there are, if they can be started here.
pub(crate) fn init(machine: &Machine, ram: &[Range<usize>], initramfs: Option<Range<usize>>) {
    let this = apic::local_id();
    APIC_IDS[0].store(this, Ordering::Relaxed);
    let page = TRAMPOLINE..TRAMPOLINE + PAGE_SIZE;
    let covers = |range: &Range<usize>| range.start <= page.start && range.end >= page.end;
    let taken = initramfs.is_some_and(|range| range.start < page.end && range.end > page.start);
    if taken || !ram.iter().any(covers) {
        return;
    }
    let mut others = OTHERS.lock();
    for &apic in &machine.cpus[..machine.cpu_count.min(MAX_CPUS)] {
        if apic != this {
            let count = others.1;
            others.0[count] = apic;
            others.1 += 1;
        }
    }
}

#[inline]
pub(crate) fn count() -> usize {
    COUNT.load(Ordering::Relaxed)
}

/// Starts the other CPUs, each of which calls `entry`; see [`crate::cpu::start_others`].
pub(crate) fn start_others(entry: fn() -> !) -> usize {
    let (apics, number) = core::mem::replace(&mut *OTHERS.lock(), ([0; MAX_CPUS], 0));
    let apics = &apics[..number];
    if apics.is_empty() {
        return 0;
    }
    ENTRY.call_once(|| entry);
    ROOT.store(paging::kernel_root(), Ordering::SeqCst);
    let code = &raw const clew_trampoline;
    // SAFETY: the page is RAM that nothing uses (`init` looked), and the symbols enclose less than
    // a page of code.
    unsafe {
        let size = (&raw const clew_trampoline_end).offset_from_unsigned(code);
        core::ptr::copy_nonoverlapping(code, direct::<u8>(TRAMPOLINE), size);
    }
    for &apic in apics {
        apic::send(apic, Message::Init);
    }
    wait_until(10 * MILLISECOND, || false);
    apics.iter().filter(|&&apic| !start_one(apic)).count()
}

/// Starts the CPU with that local APIC; whether it came.
fn start_one(apic: u8) -> bool {
    let (Ok(stack), Some(stacks)) = (task::Stack::new(), descriptors::new_interrupt_stacks())
    else {
        return false;
    };
    let before = count();
    NEXT_STACKS.store(stacks, Ordering::SeqCst);
    TICKET.store(stack.top(), Ordering::SeqCst);
    let started = || count() != before;
    for limit in [MILLISECOND / 5, START_LIMIT] {
        apic::send(apic, Message::Startup((TRAMPOLINE / PAGE_SIZE) as u8));
        if wait_until(limit, started) {
            break;
        }
    }
    if !started() && TICKET.swap(0, Ordering::SeqCst) != 0 {
        return false;
    }
    // It runs on the stack, which is its own for good; it may still be on its way.
    core::mem::forget(stack);
    wait_until(u64::MAX, started)
}

/// Waits for a condition, in nanoseconds at most; whether it came true.
fn wait_until(limit: u64, condition: impl Fn() -> bool) -> bool {
    let start = time::now();
    loop {
        if condition() {
            return true;
        }
        if time::now().saturating_sub(start) >= limit {
            return false;
        }
        core::hint::spin_loop();
    }
}

/// First Rust code of another CPU, on the kernel's tables and its own stack.
extern "C" fn start() -> ! {
    let number = count();
    let stacks = NEXT_STACKS.swap(core::ptr::null_mut(), Ordering::SeqCst);
    // SAFETY: `start_one` leaked them for the CPU that has the ticket, which is this one.
    let stacks = unsafe { stacks.as_mut() }.expect("the ticket comes with stacks");
    cpu::set_up(number, stacks);
    task::init();
    apic::init_local();
    APIC_IDS[number].store(apic::local_id(), Ordering::SeqCst);
    COUNT.store(number + 1, Ordering::SeqCst);
    let entry = ENTRY.get().expect("the entry is set before CPUs start");
    entry()
}

fn apic_of(cpu: usize) -> u8 {
    APIC_IDS[cpu].load(Ordering::Relaxed)
}

pub(crate) fn kick(cpu: usize) {
    if cpu < count() {
        apic::send(apic_of(cpu), Message::Interrupt(VECTOR_KICK));
    }
}

/// Sends the CPU, which is not this one, a non-maskable interrupt.
pub(super) fn stop(cpu: usize) {
    apic::send(apic_of(cpu), Message::NonMaskable);
}

/// Makes the CPUs of a set, which this one is not in, forget all their translations of user memory
/// and kernel stacks, and waits until they have.
pub(crate) fn flush(cpus: u32) {
    let known = cpus & (u32::MAX >> (u32::BITS as usize - count()));
    let mut wait = Wait::new();
    flush_cpus(
        known,
        |cpu| FLUSHES.of(cpu),
        |cpu| apic::send(apic_of(cpu), Message::Interrupt(VECTOR_FLUSH)),
        || wait.turn(),
    );
}

/// [`flush`] of every CPU but this one.
pub(crate) fn flush_all_others() {
    if count() > 1 {
        flush(!(1 << cpu::id()));
    }
}

/// Does what other CPUs have asked of this one by [`flush`].
#[inline]
pub(crate) fn serve_flush() {
    FLUSHES.get().serve(|| {
        // SAFETY: loads the root that is loaded.
        unsafe { write_cr3(read_cr3()) };
    });
}

/// Counts an interrupt for [`interrupts`].
#[inline]
pub(crate) fn count_interrupt(vector: u8) {
    let kind = match vector {
        VECTOR_TIMER => InterruptKind::Timer,
        VECTOR_KICK => InterruptKind::Kick,
        VECTOR_FLUSH => InterruptKind::Flush,
        VECTOR_SERIAL_3 | VECTOR_SERIAL_4 => InterruptKind::Serial,
        _ => InterruptKind::Spurious,
    };
    let counter = &INTERRUPTS.get()[kind as usize];
    // Only this CPU writes it.
    counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
}

pub(crate) fn interrupts(cpu: usize, kind: InterruptKind) -> u64 {
    INTERRUPTS.of(cpu)[kind as usize].load(Ordering::Relaxed)
}
