//! From the HAL's hand-over to the first program.

use alloc::sync::Arc;

use hal::Handlers;

use crate::fs::{self, ExecutableFile};
use crate::process::{self, ExecArgs, Strings};
use crate::{drivers, logger, mm, sched, syscall, time};

/// The first program, unless `init=` on the command line names another.
const INIT: &str = "/sbin/init";

/// Starts the kernel; the boot context becomes the idle task.
#[expect(
    clippy::panic,
    reason = "no program runs yet, and none can without these"
)]
pub fn start() -> ! {
    let command_line = hal::boot::command_line();
    logger::init(command_line);
    syscall::trace::init(command_line);
    hal::install(Handlers {
        user_page_fault: mm::serve_page_fault,
        timer: time::timer::interrupt,
        serial_input: drivers::serial_input,
        panic: |_| {},
    });
    time::init();
    if let Err(error) = mm::vdso::init(time::realtime_offset()) {
        panic!("no memory for the vDSO: {error:?}");
    }
    start_processors();
    drivers::init(command_line);
    let root = match fs::init() {
        Ok(root) => root,
        Err(error) => panic!("the root file system cannot be made: {error:?}"),
    };
    let path = command_line
        .split_ascii_whitespace()
        .filter_map(|word| word.strip_prefix("init="))
        .next_back()
        .unwrap_or(INIT);
    if let Err(error) = start_first_process(root, path) {
        panic!("{path} cannot be started: {error:?}");
    }
    let memory = hal::mem::stats();
    log::info!(
        "{} KiB of {} KiB memory free, starting {path}",
        memory.free / 1024,
        memory.total / 1024
    );
    sched::idle_forever()
}

/// Starts the other processors, which idle from then on.
fn start_processors() {
    let missing = hal::cpu::start_others(sched::idle_forever);
    if missing > 0 {
        log::warn!("{missing} processors do not start and are left out");
    }
    log::info!("{} processors", hal::cpu::count());
}

fn start_first_process(root: fs::FsContext, path: &str) -> crate::errno::Result<()> {
    let process = process::first(root)?;
    let mut argv = Strings::default();
    argv.push(path.as_bytes())?;
    let mut envp = Strings::default();
    envp.push(b"HOME=/")?;
    envp.push(b"PATH=/bin:/sbin:/usr/bin:/usr/sbin")?;
    envp.push(b"TERM=linux")?;
    let file = ExecutableFile::open(&process, &process.credentials(), path.as_bytes())?;
    let thread = process::start_first(&process, file, ExecArgs { argv, envp })?;
    fs::open_console(&process)?;
    sched::start(&Arc::clone(&thread));
    Ok(())
}
