//! Segments, the task state segment and the interrupt table (SDM volume 3, chapters 3, 6 and 7).

use super::area::Area;
use core::arch::asm;
use core::mem::size_of;

/// Kernel code selector; the stack selector is the next one, as `syscall` wants it.
pub(crate) const KERNEL_CODE: u16 = 0x10;
/// What `sysret` adds 8 and 16 to for the stack and code selectors. Itself null: there is no 32-bit
/// code.
pub(crate) const SYSRET_BASE: u16 = 0x23;
const KERNEL_DATA: u16 = 0x18;
/// A user data segment that nobody uses: its limit is the CPU's number, for `lsl`.
pub(crate) const CPU_NUMBER_SELECTOR: u16 = 0x3b;
const TSS_SELECTOR: u16 = 0x40;

const _: () = assert!(crate::user::USER_DATA_SELECTOR == SYSRET_BASE as u64 + 8);
const _: () = assert!(crate::user::USER_CODE_SELECTOR == SYSRET_BASE as u64 + 16);

/// Bytes of each interrupt stack; also their alignment, by which the entry code finds the area's
/// address at the top.
pub(crate) const IST_SIZE: usize = 8192;

/// The global descriptor table: null, unused, kernel code, kernel data, unused, user data, user
/// code, the CPU's number, TSS (two words).
pub(crate) type Gdt = GdtTable;

#[repr(C, align(16))]
pub(crate) struct GdtTable([u64; 10]);

impl GdtTable {
    pub(super) const fn new() -> Self {
        Self([
            0,
            0,
            0x00af_9b00_0000_ffff,
            0x00cf_9300_0000_ffff,
            0,
            0x00cf_f300_0000_ffff,
            0x00af_fb00_0000_ffff,
            0,
            0,
            0,
        ])
    }
}

/// The 64-bit task state segment.
#[repr(C, packed(4))]
pub(crate) struct Tss {
    reserved0: u32,
    /// Stack for interrupts from user mode.
    pub(crate) rsp0: usize,
    rsp1: usize,
    rsp2: usize,
    reserved1: u64,
    ist: [usize; 7],
    reserved2: u64,
    reserved3: u16,
    /// Beyond the segment's limit: no I/O port is allowed to user mode.
    io_map: u16,
}

impl Tss {
    pub(super) const fn new() -> Self {
        Self {
            reserved0: 0,
            rsp0: 0,
            rsp1: 0,
            rsp2: 0,
            reserved1: 0,
            ist: [0; 7],
            reserved2: 0,
            reserved3: 0,
            io_map: size_of::<Tss>() as u16,
        }
    }
}

/// A stack for the interrupts that may come at any instruction: NMI, double fault, machine check.
#[repr(C, align(8192))]
pub(crate) struct InterruptStack([usize; IST_SIZE / 8]);

#[derive(Clone, Copy)]
#[repr(C)]
struct Gate {
    low: u64,
    high: u64,
}

#[repr(C, align(16))]
struct InterruptTable([Gate; 256]);

#[repr(C, packed)]
struct TablePointer {
    limit: u16,
    base: usize,
}

const NMI: usize = 2;
const BREAKPOINT: usize = 3;
const OVERFLOW: usize = 4;
const DOUBLE_FAULT: usize = 8;
const MACHINE_CHECK: usize = 18;

/// The interrupt stacks of a CPU.
pub(crate) type InterruptStacks = [InterruptStack; 3];

/// Interrupt stacks for a CPU that is started later; `None` without memory.
pub(crate) fn new_interrupt_stacks() -> Option<&'static mut InterruptStacks> {
    let layout = core::alloc::Layout::new::<InterruptStacks>();
    // SAFETY: the layout's size is not zero, and all-zero bytes are words.
    unsafe {
        alloc::alloc::alloc_zeroed(layout)
            .cast::<InterruptStacks>()
            .as_mut()
    }
}

static mut BOOT_STACKS: InterruptStacks = [const { InterruptStack([0; IST_SIZE / 8]) }; 3];
static mut TABLE: InterruptTable = InterruptTable([Gate { low: 0, high: 0 }; 256]);

/// Makes the interrupt table that all CPUs load, and gives the boot CPU's interrupt stacks. Once.
pub(super) fn init() -> &'static mut InterruptStacks {
    for vector in 0..256 {
        let stack = match vector {
            NMI => 1,
            DOUBLE_FAULT => 2,
            MACHINE_CHECK => 3,
            _ => 0,
        };
        // `int3` and `into` are for programs; other software interrupts are protection faults.
        let privilege: u64 = if vector == BREAKPOINT || vector == OVERFLOW {
            3
        } else {
            0
        };
        let entry = crate::x86_64::trap::gate_address(vector) as u64;
        let gate = Gate {
            low: entry & 0xffff
                | u64::from(KERNEL_CODE) << 16
                | stack << 32
                | (0x8e | privilege << 5) << 40
                | (entry >> 16 & 0xffff) << 48,
            high: entry >> 32,
        };
        // SAFETY: called once, by the only CPU that runs, before the table is loaded.
        unsafe { (&raw mut TABLE.0).cast::<Gate>().add(vector).write(gate) };
    }
    // SAFETY: called once, so no other reference exists.
    unsafe { (&raw mut BOOT_STACKS).as_mut_unchecked() }
}

/// Builds the descriptor table of the CPU that runs this and loads the tables.
pub(super) fn load(area: &'static Area, stacks: &'static mut InterruptStacks) {
    let (tss, gdt) = (area.tss.get(), area.gdt.get());
    let mut ist = [0; 7];
    for (top, stack) in ist.iter_mut().zip(stacks) {
        // The entry code finds its CPU through this word.
        stack.0[IST_SIZE / 8 - 1] = core::ptr::from_ref(area) as usize;
        *top = (&raw const stack.0[IST_SIZE / 8 - 2]) as usize;
    }
    let base = tss as u64;
    let gdt_pointer = TablePointer {
        limit: size_of::<GdtTable>() as u16 - 1,
        base: gdt as usize,
    };
    let idt_pointer = TablePointer {
        limit: size_of::<InterruptTable>() as u16 - 1,
        base: (&raw const TABLE) as usize,
    };
    // SAFETY: called once per CPU before it takes interrupts; nothing else refers to its tables
    // while they are written, and they live for ever. The selectors loaded are those of this table;
    // `retfq` continues behind itself in the new code segment.
    unsafe {
        (*tss).ist = ist;
        (*gdt).0[7] = area.id.get() as u64 | 0xf1 << 40;
        (*gdt).0[8] = (size_of::<Tss>() as u64 - 1)
            | (base & 0x00ff_ffff) << 16
            | 0x89 << 40
            | (base >> 24 & 0xff) << 56;
        (*gdt).0[9] = base >> 32;
        asm!(
            "lgdt [{gdt}]",
            "lidt [{idt}]",
            "mov ss, {data:x}",
            "push {code}",
            "lea {scratch}, [rip + 2f]",
            "push {scratch}",
            "retfq",
            "2:",
            "ltr {tss:x}",
            gdt = in(reg) &gdt_pointer,
            idt = in(reg) &idt_pointer,
            data = in(reg) u64::from(KERNEL_DATA),
            code = in(reg) u64::from(KERNEL_CODE),
            tss = in(reg) u64::from(TSS_SELECTOR),
            scratch = out(reg) _,
        );
    }
}
