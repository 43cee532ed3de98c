//! `__libc_start_main`: everything between the entry point and `main`.

use super::{auxv, elf, environment, exit, tls};
use crate::platform;
use crate::string::cpu;
use crate::types::*;

/// `main` and every constructor: `(argc, argv, envp)`.
type Entry = unsafe extern "C" fn(c_int, *mut *mut c_char, *mut *mut c_char) -> c_int;

unsafe extern "C" {
    static __preinit_array_start: [Option<Entry>; 0];
    static __preinit_array_end: [Option<Entry>; 0];
    static __init_array_start: [Option<Entry>; 0];
    static __init_array_end: [Option<Entry>; 0];
}

/// Prepares the process and runs `main`; the status it returns is the process's.
///
/// `init`, `fini`: what old start files pass; called before and after the arrays when given.
/// `at_exit`: to be registered with `atexit` (from the dynamic loader's rdx), or `None`.
///
/// # Safety
/// Called once, by the start file, with the kernel's argument block behind `argv`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __libc_start_main(
    main: Entry,
    argc: c_int,
    argv: *mut *mut c_char,
    init: Option<Entry>,
    fini: Option<unsafe extern "C" fn()>,
    at_exit: Option<unsafe extern "C" fn()>,
    _stack_end: *mut c_void,
) -> ! {
    // SAFETY: the kernel's block: argv is followed by a null, the environment, a null, the auxiliary vector.
    unsafe {
        let envp = argv.add(argc as usize + 1);
        let mut end = envp;
        while !(*end).is_null() {
            end = end.add(1);
        }
        auxv::init(end.add(1).cast());
        cpu::init();
        environment::init(argc, argv, envp);
        tls::init_main_thread();
        elf::apply_indirect_relocations();
        elf::protect_relro();
        if auxv::get(auxv::AT_SECURE) == Some(1) {
            open_standard_streams();
        }
        if let Some(function) = at_exit {
            // A full table of handlers is impossible this early.
            let _ = exit::register(exit::Handler::Plain(function), core::ptr::null_mut());
        }
        if let Some(function) = fini {
            let _ = exit::register(exit::Handler::Plain(function), core::ptr::null_mut());
        }
        run_array(
            &raw const __preinit_array_start,
            &raw const __preinit_array_end,
            argc,
            argv,
        );
        if let Some(function) = init {
            function(argc, argv, environment::environ);
        }
        run_array(
            &raw const __init_array_start,
            &raw const __init_array_end,
            argc,
            argv,
        );
        exit::exit(main(argc, argv, environment::environ))
    }
}

/// Calls the functions of a constructor array with `main`'s arguments, as glibc does and Rust's std expects.
unsafe fn run_array(
    start: *const [Option<Entry>; 0],
    end: *const [Option<Entry>; 0],
    argc: c_int,
    argv: *mut *mut c_char,
) {
    let (mut at, end) = (start.cast::<Option<Entry>>(), end.cast::<Option<Entry>>());
    while at < end {
        // SAFETY: the linker delimits an array of function pointers.
        unsafe {
            if let Some(function) = *at {
                function(argc, argv, environment::environ);
            }
            at = at.add(1);
        }
    }
}

/// A privileged program must not get one of its own files as stream 0, 1 or 2: opens `/dev/null` for those closed.
fn open_standard_streams() {
    use platform::constants::{AT_FDCWD, F_GETFD, O_RDWR};
    // A static of its own: a literal would share its section, and so its fate, with all others of the library.
    static DEV_NULL: [u8; 10] = *b"/dev/null\0";
    let null = core::ffi::CStr::from_bytes_until_nul(&DEV_NULL).unwrap_or_default();
    for fd in 0..=2 {
        // SAFETY: F_GETFD touches no memory.
        let open = unsafe { platform::calls::fs::fcntl(fd, F_GETFD as c_int, 0) }.is_ok();
        if !open && platform::openat(AT_FDCWD, null, O_RDWR as c_int, 0).is_err() {
            platform::abort();
        }
    }
}
