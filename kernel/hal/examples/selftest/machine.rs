//! The tests, in the order in which parts build on each other.

use alloc::sync::Arc;
use clew_hal::mem::{Frame, PAGE_SIZE};
use clew_hal::serial::{self, Port};
use clew_hal::space::{Access, AddressSpace};
use clew_hal::user::{Exception, Fault, Trap, UserContext};
use clew_hal::{Handlers, boot, cpu, mem, power, random, space, task, time, user};
use core::fmt::Write;
use core::sync::atomic::{AtomicUsize, Ordering};

struct Log;

impl Write for Log {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        serial::write(Port::Log, text.as_bytes());
        Ok(())
    }
}

macro_rules! say {
    ($($argument:tt)*) => { writeln!(Log, $($argument)*).expect("the log does not fail") };
}

static TIMER_CALLS: AtomicUsize = AtomicUsize::new(0);
static LAZY_PAGE: AtomicUsize = AtomicUsize::new(0);

pub fn main() -> ! {
    say!("command line: {:?}", boot::command_line());
    say!("memory: {:?}", mem::stats());
    say!(
        "time at main: {} us, cycles {}",
        time::now() / 1000,
        time::cycles()
    );
    say!("wall clock: {}", time::boot_wall_clock());
    clew_hal::install(Handlers {
        user_page_fault: |address, _| {
            address & !(PAGE_SIZE - 1) == LAZY_PAGE.load(Ordering::Relaxed) && fill_lazy_page()
        },
        timer: || {
            TIMER_CALLS.fetch_add(1, Ordering::Relaxed);
        },
        serial_input: |port| {
            INPUT_CALLS.fetch_add(1, Ordering::Relaxed);
            let mut bytes = [0; 32];
            loop {
                let count = serial::read(port, &mut bytes);
                if count == 0 {
                    break;
                }
                // Sent back through the results port, so that the streams' order shows.
                serial::write(
                    if port == Port::Console {
                        Port::Results
                    } else {
                        Port::Aux
                    },
                    &bytes[..count],
                );
                if bytes[..count].contains(&4) {
                    END_OF_INPUT.store(1, Ordering::Relaxed);
                }
            }
        },
        panic: |_| {},
    });
    if boot::command_line().contains("test=echo") {
        echo();
        power::exit(power::EXIT_OK);
    }
    for (name, test) in TESTS {
        let before = mem::stats().free;
        let cycles = time::cycles();
        test();
        let cycles = time::cycles() - cycles;
        let lost = before as isize - mem::stats().free as isize;
        say!("ok {name} ({cycles} cycles, {lost} bytes kept)");
    }
    costs();
    match boot::command_line() {
        line if line.contains("test=off") => power::off(),
        line if line.contains("test=reboot") => power::reboot(),
        _ => {}
    }
    if boot::command_line().contains("test=overflow") {
        say!("recursing: {}", recurse(0));
    }
    if boot::command_line().contains("test=panic") {
        panic!("as asked");
    }
    say!("all passed");
    power::exit(power::EXIT_OK)
}

const TESTS: &[(&str, fn())] = &[
    ("initramfs", initramfs),
    ("heap", heap),
    ("frames", frames),
    ("address spaces", address_spaces),
    ("user round trip", user_round_trip),
    ("user exceptions", user_exceptions),
    ("user copies", user_copies),
    ("vector state", vector_state),
    ("tasks", tasks),
    ("timer", timer),
    ("random", || {
        let mut bytes = [0; 20];
        assert!(random::hardware(&mut bytes) && bytes != [0; 20]);
    }),
    ("random programs", random_programs),
    ("out of memory", out_of_memory),
];

static INPUT_CALLS: AtomicUsize = AtomicUsize::new(0);
static END_OF_INPUT: AtomicUsize = AtomicUsize::new(0);

/// Copies the console's input to the results port up to a byte 4.
fn echo() {
    while END_OF_INPUT.load(Ordering::Relaxed) == 0 {
        cpu::idle();
    }
    say!("{} input interrupts", INPUT_CALLS.load(Ordering::Relaxed));
}

/// Cycles of one run, which under `-icount shift=0` are instructions.
fn cost(name: &str, mut f: impl FnMut()) {
    const RUNS: u64 = 64;
    let start = time::cycles();
    for _ in 0..RUNS {
        f();
    }
    say!("cost {name}: {}", (time::cycles() - start) / RUNS);
}

fn costs() {
    cost("nothing", || {});
    cost("frame zeroed and freed", || drop(Frame::zeroed()));
    let frame = Frame::zeroed().expect("memory");
    cost("frame duplicated and freed", || drop(frame.duplicate()));
    cost("box made and dropped", || {
        drop(core::hint::black_box(alloc::boxed::Box::new([0_u8; 100])))
    });
    cost("small box made and dropped", || {
        drop(core::hint::black_box(alloc::boxed::Box::new(5_u64)))
    });
    let mut space = program(&[0x90]);
    space.map(DATA + 0x1000, frame.clone(), RW).expect("memory");
    cost("page mapped and unmapped", || {
        space.map(DATA + 0x2000, frame.clone(), RW).expect("memory");
        space.unmap(DATA + 0x2000..DATA + 0x3000, |_, frame| drop(frame));
    });
    cost("page replaced", || {
        space.map(DATA, frame.clone(), RW).expect("memory")
    });
    cost("nothing unmapped in a page", || {
        space.unmap(DATA + 0x2000..DATA + 0x3000, |_, _| {})
    });
    cost("lookup", || drop(space.lookup(DATA)));
    let mut bytes = [0; 4096];
    for length in [1, 8, 64, 256, 4096] {
        cost(&alloc::format!("copy_out {length}"), || {
            user::copy_out(DATA, &bytes[..length]).expect("mapped")
        });
    }
    cost("copy_in_cstr of 20", || {
        assert!(user::copy_in_cstr(&mut bytes, DATA) == Ok(0))
    });
    cost("load_u32", || assert!(user::load_u32(DATA).is_ok()));
    cost("two spaces activated", || {
        space::deactivate();
        space.activate();
    });
    cost("now", || assert!(time::now() > 0));
    cost("set_timer", || time::set_timer(Some(u64::MAX)));
    cost("task made and dropped", || {
        drop(task::Task::new(Arc::new(()), || {}))
    });
    cost("space made and dropped", || drop(AddressSpace::new()));
    // jmp to a page that is not there
    let mut context = UserContext::new(0x1000, 0);
    cost("page fault", || assert_ne!(context.run(), Trap::Syscall));
    for page in 0..100 {
        space
            .map(
                0x1000_0000 + page * PAGE_SIZE,
                Frame::zeroed().expect("memory"),
                RW,
            )
            .expect("memory");
    }
    cost("102 pages cloned", || {
        let mut child = AddressSpace::new().expect("memory");
        space
            .clone_cow(&mut child, 0..space::USER_END)
            .expect("memory");
    });
    cost("100 pages protected", || {
        space.protect(0x1000_0000..0x1000_0000 + 100 * PAGE_SIZE, Access::READ);
    });
    cost("nothing unmapped in 4 GiB", || {
        space.unmap(0x2000_0000..0x1_2000_0000, |_, _| {})
    });
}

#[inline(never)]
fn recurse(depth: usize) -> usize {
    let buffer = core::hint::black_box([depth as u8; 512]);
    if depth == usize::MAX {
        0
    } else {
        recurse(depth + 1) + usize::from(buffer[depth % 512])
    }
}

fn initramfs() {
    if let Some(bytes) = boot::take_initramfs() {
        say!(
            "initramfs: {} bytes, sum {}",
            bytes.len(),
            bytes.iter().map(|&byte| u64::from(byte)).sum::<u64>()
        );
        assert!(boot::take_initramfs().is_none());
    }
}

fn heap() {
    let mut vectors = alloc::vec::Vec::new();
    for size in 0..3000_usize {
        vectors.push(alloc::vec![size as u8; size]);
    }
    assert!(
        vectors
            .iter()
            .enumerate()
            .all(|(size, vector)| vector.iter().all(|&byte| byte == size as u8))
    );
    vectors.retain(|vector| vector.len() % 3 == 0);
    let large = alloc::vec![7_u8; 1 << 20];
    assert!(large.iter().all(|&byte| byte == 7));
    let mut impossible: alloc::vec::Vec<u8> = alloc::vec::Vec::new();
    assert!(impossible.try_reserve(1 << 40).is_err());
}

fn frames() {
    let frame = Frame::zeroed().expect("memory");
    frame.fill(0..PAGE_SIZE, 0xaa);
    drop(frame);
    let frame = Frame::zeroed().expect("memory");
    let mut bytes = [1; PAGE_SIZE];
    frame.read(0, &mut bytes);
    assert_eq!(bytes, [0; PAGE_SIZE]);
    frame.write(10, b"hello");
    let copy = frame.duplicate().expect("memory");
    copy.read(8, &mut bytes[..10]);
    assert_eq!(&bytes[..10], b"\0\0hello\0\0\0");
    assert!(!copy.same(&frame) && copy.references() == 1);
    let second = frame.clone();
    assert!(second.same(&frame) && frame.references() == 2);
}

const RW: Access = Access::READ.union(Access::WRITE);
const RX: Access = Access::READ.union(Access::EXECUTE);

fn address_spaces() {
    let mut space = AddressSpace::new().expect("memory");
    let frame = Frame::zeroed().expect("memory");
    for address in [0x1000, 0x20_0000, 0x4000_0000, 0x7fff_ffff_e000] {
        space.map(address, frame.clone(), RW).expect("memory");
    }
    assert_eq!((space.resident(), frame.references()), (4, 5));
    assert_eq!(space.next_mapped(0x2000..space::USER_END), Some(0x20_0000));
    space.protect(0..0x40_0000, Access::empty());
    assert_eq!(
        space.lookup(0x1fff).map(|(_, access)| access),
        Some(Access::empty())
    );
    space.set_access(0x1000, RW);
    let mut child = AddressSpace::new().expect("memory");
    space
        .clone_cow(&mut child, 0..space::USER_END)
        .expect("memory");
    assert_eq!(child.resident(), 4);
    for space in [&space, &child] {
        assert_eq!(
            space.lookup(0x1000).map(|(_, access)| access),
            Some(Access::READ)
        );
        assert_eq!(
            space.lookup(0x20_0000).map(|(_, access)| access),
            Some(Access::empty())
        );
    }
    let mut seen = alloc::vec::Vec::new();
    child.unmap(0..0x4000_1000, |address, removed| {
        assert!(removed.same(&frame));
        seen.push(address);
    });
    assert_eq!(seen, [0x1000, 0x20_0000, 0x4000_0000]);
    assert_eq!(child.resident(), 1);
    drop(space);
    assert_eq!(frame.references(), 2);
    child.activate();
    drop(child);
    assert_eq!(frame.references(), 1);
}

const CODE: usize = 0x40_0000;
const DATA: usize = 0x50_0000;

/// A space with code at [`CODE`] and a page of data at [`DATA`].
fn program(code: &[u8]) -> AddressSpace {
    let mut space = AddressSpace::new().expect("memory");
    let frame = Frame::zeroed().expect("memory");
    frame.write(0, code);
    space.map(CODE, frame, RX).expect("memory");
    space
        .map(DATA, Frame::zeroed().expect("memory"), RW)
        .expect("memory");
    space.activate();
    space
}

fn user_round_trip() {
    // mov eax, 39; syscall; jmp back
    let _space = program(&[0xb8, 39, 0, 0, 0, 0x0f, 0x05, 0xeb, 0xf7]);
    let mut context = UserContext::new(CODE, DATA + PAGE_SIZE);
    assert_eq!(context.run(), Trap::Syscall);
    assert_eq!(
        (context.syscall_number(), context.instruction_pointer()),
        (39, CODE + 7)
    );
    let start = time::cycles();
    for _ in 0..1000 {
        context.set_syscall_result(1);
        assert_eq!(context.run(), Trap::Syscall);
    }
    say!("1000 system calls: {} cycles", time::cycles() - start);
}

/// Runs code until it traps.
fn trap_of(code: &[u8]) -> (Trap, UserContext) {
    let _space = program(code);
    let mut context = UserContext::new(CODE, DATA + PAGE_SIZE);
    loop {
        let trap = context.run();
        if trap != Trap::Interrupt {
            return (trap, context);
        }
    }
}

fn user_exceptions() {
    let exception = |code: &[u8]| match trap_of(code) {
        (Trap::Exception(exception), _) => exception,
        (other, _) => panic!("{other:?} instead of an exception"),
    };
    assert_eq!(exception(&[0x0f, 0x0b]), Exception::InvalidOpcode);
    assert_eq!(exception(&[0xcc]), Exception::Breakpoint);
    assert_eq!(exception(&[0xf4]), Exception::GeneralProtection { code: 0 });
    assert_eq!(exception(&[0xfa]), Exception::GeneralProtection { code: 0 });
    // int 0x80; in al, dx; mov rax, cr3
    assert!(matches!(
        exception(&[0xcd, 0x80]),
        Exception::GeneralProtection { .. }
    ));
    assert!(matches!(
        exception(&[0xec]),
        Exception::GeneralProtection { .. }
    ));
    assert!(matches!(
        exception(&[0x0f, 0x20, 0xd8]),
        Exception::GeneralProtection { .. }
    ));
    // A far return to a null segment. QEMU 7.2 reads the stack with kernel rights there, which SMAP
    // makes a page fault.
    assert!(matches!(
        exception(&[0x6a, 0, 0x6a, 0, 0x48, 0xcb]),
        Exception::GeneralProtection { .. } | Exception::PageFault { present: true, .. }
    ));
    // sysenter
    assert!(matches!(
        exception(&[0x0f, 0x34]),
        Exception::GeneralProtection { .. } | Exception::InvalidOpcode
    ));
    // xor eax, eax; div eax
    assert_eq!(exception(&[0x31, 0xc0, 0xf7, 0xf0]), Exception::DivideError);
    // int1, which QEMU does not know
    assert!(matches!(
        exception(&[0xf1]),
        Exception::Debug | Exception::InvalidOpcode
    ));
    // mov eax, [0x1234]
    assert_eq!(
        exception(&[0x8b, 0x04, 0x25, 0x34, 0x12, 0, 0]),
        Exception::PageFault {
            address: 0x1234,
            access: Access::READ,
            present: false
        }
    );
    // mov [0x400000], eax
    assert_eq!(
        exception(&[0x89, 0x04, 0x25, 0, 0, 0x40, 0]),
        Exception::PageFault {
            address: CODE,
            access: Access::WRITE,
            present: true
        }
    );
    // mov eax, 0x500000; jmp rax
    assert_eq!(
        exception(&[0xb8, 0, 0, 0x50, 0, 0xff, 0xe0]),
        Exception::PageFault {
            address: DATA,
            access: Access::EXECUTE,
            present: true
        }
    );
    // mov rax, kernel address; mov rax, [rax]; then jmp rax
    let kernel = [0x48, 0xb8, 0, 0, 0x20, 0x80, 0xff, 0xff, 0xff, 0xff];
    let reads = [kernel.as_slice(), &[0x48, 0x8b, 0x00]].concat();
    assert!(matches!(
        exception(&reads),
        Exception::PageFault {
            access: Access::READ,
            present: true,
            ..
        }
    ));
    let jumps = [kernel.as_slice(), &[0xff, 0xe0]].concat();
    assert!(matches!(
        exception(&jumps),
        Exception::PageFault {
            access: Access::EXECUTE,
            ..
        }
    ));
    // mov rax, 0x8000000000000000; jmp rax; and the same as a stack for push
    let odd = [0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0x80];
    assert!(matches!(
        exception(&[odd.as_slice(), &[0xff, 0xe0]].concat()),
        Exception::GeneralProtection { .. }
    ));
    assert!(matches!(
        exception(&[odd.as_slice(), &[0x48, 0x89, 0xc4, 0x50]].concat()),
        Exception::StackFault { .. } | Exception::GeneralProtection { .. }
    ));
    // the same stack, and a garbage gs base, at a system call: mov rsp, rax; mov eax, 7; wrgsbase
    // rax; mov ss, 0; syscall
    let (trap, mut context) = trap_of(
        &[
            odd.as_slice(),
            &[
                0x48, 0x89, 0xc4, 0xb8, 7, 0, 0, 0, 0xf3, 0x48, 0x0f, 0xae, 0xd8, 0x0f, 0x05,
            ],
        ]
        .concat(),
    );
    assert_eq!(
        (trap, context.syscall_number(), user::gs_base()),
        (Trap::Syscall, 7, 7)
    );
    // every flag a program can set, then syscall, then a nop, which TF traps behind
    // mov rax, -1; push rax; popf; syscall
    let (trap, mut flags) = trap_of(&[
        0x48, 0xc7, 0xc0, 0xff, 0xff, 0xff, 0xff, 0x50, 0x9d, 0x0f, 0x05, 0x90,
    ]);
    assert!(
        matches!(trap, Trap::Exception(Exception::Debug) | Trap::Syscall),
        "{trap:?}"
    );
    {
        let _space = program(&[0x0f, 0x05, 0x90, 0x90]);
        let mut machine = flags.machine_context();
        machine.rip = CODE as u64;
        machine.eflags = u64::MAX;
        flags.set_machine_context(&machine);
        while let Trap::Exception(Exception::Debug) | Trap::Interrupt = flags.run() {
            assert!(flags.instruction_pointer() < CODE + 16);
        }
    }
    for bad in [
        space::USER_END,
        0x8000_0000_0000,
        0xffff_8000_0000_0000,
        usize::MAX,
    ] {
        context.set_instruction_pointer(bad);
        assert_eq!(
            context.run(),
            Trap::Exception(Exception::GeneralProtection { code: 0 })
        );
    }
}

fn fill_lazy_page() -> bool {
    LAZY_PAGE.store(0, Ordering::Relaxed);
    let space = LAZY_SPACE.lock().take();
    let Some(mut space) = space else { return false };
    space
        .map(DATA + PAGE_SIZE, Frame::zeroed().expect("memory"), RW)
        .expect("memory");
    *LAZY_SPACE.lock() = Some(space);
    true
}

static LAZY_SPACE: clew_hal::sync::SpinLock<Option<AddressSpace>> =
    clew_hal::sync::SpinLock::new(None);

fn user_copies() {
    let space = program(&[0x90]);
    let pattern: alloc::vec::Vec<u8> = (0..9000_u32).map(|index| (index * 7 % 251) as u8).collect();
    for length in (0..300).chain([4000, 4096]) {
        for offset in [0, 1, 3, 8, 31] {
            let length = length.min(PAGE_SIZE - offset);
            user::copy_out(DATA + offset, &pattern[..length]).expect("mapped");
            let mut back = alloc::vec![0; length];
            user::copy_in(&mut back, DATA + offset).expect("mapped");
            assert_eq!(back, pattern[..length]);
        }
    }
    for length in [1, 7, 8, 9, 31, 32, 33, 127, 128, 129, 255, 1000, 4095] {
        let start = DATA + PAGE_SIZE - length;
        for extra in [1, 2, 8, 100, 5000] {
            assert_eq!(
                user::copy_out(start, &pattern[..(length + extra).min(9000)]),
                Err(Fault { done: length })
            );
            let mut back = alloc::vec![0; length + extra];
            assert_eq!(user::copy_in(&mut back, start), Err(Fault { done: length }));
            assert_eq!(back[..length], pattern[..length]);
            assert_eq!(
                user::zero_out(start, length + extra),
                Err(Fault { done: length })
            );
        }
    }
    assert_eq!(user::copy_out(CODE, &[1]), Err(Fault { done: 0 }));
    assert_eq!(
        user::copy_out(usize::MAX - 3, &[1; 8]),
        Err(Fault { done: 0 })
    );
    assert_eq!(
        user::copy_out(0xffff_ffff_8020_0000, &[1; 8]),
        Err(Fault { done: 0 })
    );
    assert_eq!(user::load_u32(DATA + PAGE_SIZE), Err(Fault { done: 0 }));
    assert_eq!(user::store_u32(DATA, 5), Ok(()));
    assert_eq!(user::compare_exchange_u32(DATA, 5, 6), Ok(5));
    assert_eq!(user::compare_exchange_u32(DATA, 5, 7), Ok(6));
    assert_eq!(user::load_u32(DATA), Ok(6));
    assert_eq!(
        user::compare_exchange_u32(CODE, 0x90, 7),
        Err(Fault { done: 0 })
    );
    assert_eq!(user::store_u64(DATA + 8, u64::MAX), Ok(()));
    assert_eq!(user::load_u64(DATA + 8), Ok(u64::MAX));
    assert_eq!(user::load_u32(DATA + 8), Ok(u32::MAX));
    let frame = Frame::zeroed().expect("memory");
    user::copy_out(DATA, &pattern[..4096]).expect("mapped");
    user::copy_frame_in(&frame, 100, DATA + 50, 500).expect("mapped");
    user::zero_out(DATA, 4096).expect("mapped");
    user::copy_frame_out(DATA + 3, &frame, 100, 500).expect("mapped");
    let mut back = [0; 500];
    user::copy_in(&mut back, DATA + 3).expect("mapped");
    assert_eq!(back, pattern[50..550]);
    // A page that the handler makes in the middle of a copy.
    *LAZY_SPACE.lock() = Some(space);
    LAZY_PAGE.store(DATA + PAGE_SIZE, Ordering::Relaxed);
    user::copy_out(DATA + 1000, &pattern[..7000]).expect("the handler maps the page");
    drop(LAZY_SPACE.lock().take());
    space::deactivate();
    assert_eq!(user::load_u32(DATA), Err(Fault { done: 0 }));
}

fn vector_state() {
    user::reset_vector_state();
    let size = user::vector_state_size();
    let mut state = alloc::vec![0; size];
    user::save_vector_state(&mut state);
    state[160..176].copy_from_slice(b"0123456789abcdef");
    state[512] |= 3;
    user::restore_vector_state(&state).expect("valid");
    // The kernel's own use of vector registers must not show.
    let page = Frame::zeroed().expect("memory");
    let copy = page.duplicate().expect("memory");
    let mut large = alloc::vec![1_u8; 5000];
    large.copy_within(0..2500, 1000);
    let other = large.clone();
    assert_eq!(large, other);
    drop(copy);
    let mut back = alloc::vec![0; size];
    user::save_vector_state(&mut back);
    assert_eq!(back[160..176], state[160..176]);
    let good = back.clone();
    for position in 512..576 {
        let mut bad = good.clone();
        bad[position] ^= 0x80;
        assert!(
            user::restore_vector_state(&bad).is_err(),
            "header byte {position}"
        );
    }
    let mut bad = good.clone();
    bad[27] = 0xff;
    assert!(user::restore_vector_state(&bad).is_err(), "MXCSR");
    for position in (0..512).filter(|position| !(24..28).contains(position)) {
        let mut odd = good.clone();
        odd[position] ^= 0xff;
        // Whatever it means, it must not hurt.
        user::restore_vector_state(&odd).expect("only MXCSR and the header have rules");
    }
    user::restore_vector_state(&good[..512]).expect("legacy format");
    user::reset_vector_state();
    user::save_vector_state(&mut back);
    assert_eq!(back[160..176], [0; 16]);
    // Unmasked SSE division by zero: ldmxcsr [rsp-8] of 0; divss xmm0, xmm1
    let (trap, _) = trap_of(&[
        0xc7, 0x44, 0x24, 0xf8, 0, 0, 0, 0, 0x0f, 0xae, 0x54, 0x24, 0xf8, 0xb8, 1, 0, 0, 0, 0xf3,
        0x0f, 0x2a, 0xc0, 0xf3, 0x0f, 0x5e, 0xc1,
    ]);
    match trap {
        Trap::Exception(Exception::Simd { mxcsr }) => assert_ne!(mxcsr & 4, 0),
        // QEMU's TCG never raises SSE exceptions; the zero bytes behind the code fault.
        Trap::Exception(Exception::PageFault { .. }) => {}
        other => panic!("{other:?}"),
    }
    user::reset_vector_state();
}

static TURNS: AtomicUsize = AtomicUsize::new(0);

fn tasks() {
    fn entry() {
        let data = task::current().expect("a task runs");
        let number = *data.data().downcast_ref::<usize>().expect("a number");
        drop(data);
        assert_eq!(user::tls(), number * 0x1000);
        loop {
            TURNS.fetch_add(number, Ordering::Relaxed);
            assert!(user::set_tls(number * 0x1000));
            assert!(user::set_gs_base(number * 0x2000));
            task::switch_to(&task::idle_task());
            assert_eq!(
                (user::tls(), user::gs_base()),
                (number * 0x1000, number * 0x2000)
            );
        }
    }
    let data = Arc::new(1_usize);
    let mut all = alloc::vec::Vec::new();
    for number in 1..=50_usize {
        let task = task::Task::new(
            if number == 1 {
                data.clone()
            } else {
                Arc::new(number)
            },
            entry,
        )
        .expect("memory");
        assert!(task.set_initial_tls(number * 0x1000));
        all.push(task);
    }
    for _ in 0..3 {
        all.iter().for_each(task::switch_to);
    }
    assert_eq!(TURNS.load(Ordering::Relaxed), 3 * 50 * 51 / 2);
    assert!(task::current().is_some_and(|task| Arc::ptr_eq(&task, &task::idle_task())));
    let start = time::cycles();
    for _ in 0..100 {
        task::switch_to(&all[0]);
    }
    say!("200 task switches: {} cycles", time::cycles() - start);
    assert_eq!(Arc::strong_count(&data), 2);
    drop(all);
    assert_eq!(Arc::strong_count(&data), 1);
    // A task that holds the last reference to itself.
    fn once() {
        TURNS.store(7, Ordering::Relaxed);
        let idle = task::idle_task();
        task::switch_to(&idle);
        unreachable!();
    }
    let task = task::Task::new(data.clone(), once).expect("memory");
    let weak = Arc::downgrade(&task);
    task::switch_to(&task);
    drop(task);
    assert_eq!(
        (
            TURNS.load(Ordering::Relaxed),
            weak.strong_count(),
            Arc::strong_count(&data)
        ),
        (7, 0, 1)
    );
}

fn timer() {
    let start = time::now();
    for delay in [0, 1_000, 100_000, 3_000_000] {
        let calls = TIMER_CALLS.load(Ordering::Relaxed);
        let deadline = time::now() + delay;
        time::set_timer(Some(deadline));
        while TIMER_CALLS.load(Ordering::Relaxed) == calls {
            cpu::idle();
        }
        let late = time::now() - deadline;
        assert!(late < 50_000_000, "late by {late} ns");
        cpu::interrupt_window();
        assert_eq!(TIMER_CALLS.load(Ordering::Relaxed), calls + 1);
    }
    assert!(time::now() - start >= 3_101_000);
    // In user mode: a loop that only the timer ends.
    let _space = program(&[0xeb, 0xfe]);
    let mut context = UserContext::new(CODE, DATA);
    let calls = TIMER_CALLS.load(Ordering::Relaxed);
    time::set_timer(Some(time::now() + 100_000));
    while TIMER_CALLS.load(Ordering::Relaxed) == calls {
        assert_eq!(context.run(), Trap::Interrupt);
    }
    time::set_timer(None);
}

/// Random bytes as code with random registers: whatever they do, the kernel stays.
fn random_programs() {
    let rounds = boot::command_line()
        .split(' ')
        .find_map(|word| word.strip_prefix("fuzz=")?.parse().ok())
        .unwrap_or(3000);
    let mut seed = 0x1234_5678_9abc_def1_u64;
    let mut next = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    let interesting = [
        0,
        1,
        CODE as u64,
        DATA as u64,
        u64::MAX,
        1 << 63,
        1 << 47,
        (1 << 47) - 1,
        0xffff_8000_0000_0000,
        0xffff_ffff_8020_0000,
    ];
    // Instructions that random bytes seldom make: syscall, sysenter, swapgs, wrgsbase, wrfsbase,
    // iretq, sysretq, xrstor, int n, popf, mov ss, hlt, cli, wrmsr, mov cr, lgdt, invlpg, retf,
    // fninit, fldcw, far jump, ud2.
    let rare: [&[u8]; 25] = [
        &[0x0f, 0x05],
        &[0x0f, 0x34],
        &[0x0f, 0x01, 0xf8],
        &[0xf3, 0x48, 0x0f, 0xae, 0xd8],
        &[0xf3, 0x48, 0x0f, 0xae, 0xd0],
        &[0x48, 0xcf],
        &[0xcf],
        &[0x48, 0x0f, 0x07],
        &[0x0f, 0xae, 0x28],
        &[0xcd, 0x80],
        &[0xcd, 0x0e],
        &[0xcd, 0x30],
        &[0x9d],
        &[0x8e, 0xd0],
        &[0xf4],
        &[0xfa],
        &[0x0f, 0x30],
        &[0x0f, 0x22, 0xd8],
        &[0x0f, 0x01, 0x10],
        &[0x0f, 0x01, 0x38],
        &[0x48, 0xcb],
        &[0xdb, 0xe3],
        &[0xd9, 0x2c, 0x24],
        &[0x48, 0xff, 0x2c, 0x24],
        &[0x8e, 0xe8],
    ];
    let (mut calls, mut exceptions, mut interrupts) = (0, 0, 0);
    for _ in 0..rounds {
        let mut code = [0; 64];
        let mut at = 0;
        while at < code.len() {
            let piece = rare[(next() >> 20) as usize % rare.len()];
            if next() % 3 == 0 && at + piece.len() <= code.len() {
                code[at..at + piece.len()].copy_from_slice(piece);
                at += piece.len();
            } else {
                code[at] = (next() >> 17) as u8;
                at += 1;
            }
        }
        let space = program(&code);
        let mut words = [0; user::MachineContext::WORDS];
        for word in &mut words {
            *word = match next() % 4 {
                0 => interesting[(next() >> 9) as usize % interesting.len()],
                1 => DATA as u64 + next() % 8192,
                _ => next(),
            };
        }
        // The instruction pointer is at the code, mostly.
        if next() % 8 != 0 {
            words[16] = CODE as u64;
        }
        let mut context = UserContext::new(CODE, DATA + PAGE_SIZE);
        context.set_machine_context(&user::MachineContext::from_words(words));
        time::set_timer(Some(time::now() + 20_000));
        for _ in 0..40 {
            match context.run() {
                Trap::Syscall => calls += 1,
                Trap::Exception(exception) => {
                    exceptions += 1;
                    if exception.trapno() != 1 {
                        break;
                    }
                }
                Trap::Interrupt => {
                    interrupts += 1;
                    break;
                }
            }
        }
        drop(space);
    }
    time::set_timer(None);
    user::reset_vector_state();
    assert!(user::set_tls(0) && user::set_gs_base(0));
    say!("{rounds} programs: {calls} calls, {exceptions} exceptions, {interrupts} interrupts");
}

fn out_of_memory() {
    let mut held = alloc::vec::Vec::new();
    held.try_reserve(1 << 16).expect("memory");
    while let Ok(frame) = Frame::zeroed() {
        if held.len() == held.capacity() {
            break;
        }
        held.push(frame);
    }
    let stats = mem::stats();
    if stats.free <= stats.reserve {
        assert!(AddressSpace::new().is_err());
        assert!(task::Task::new(Arc::new(()), || {}).is_err() || stats.free > 0);
        let small: alloc::vec::Vec<_> = (0..1000_usize).map(alloc::boxed::Box::new).collect();
        assert_eq!(*small[999], 999);
    } else {
        say!("more memory than this test takes");
    }
}
