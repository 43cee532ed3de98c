//! The 46 functions as imports of a module, for each engine.
//!
//! One table says what there is; the rest is how an engine hands over its memory. Both call the same methods, so
//! that a program sees no difference.

use super::WasiCtx;
use super::errno::Stop;
use super::memory::Memory;

/// The module name of the functions.
pub const MODULE: &str = "wasi_snapshot_preview1";
/// What a program must export to use them.
const MEMORY: &str = "memory";
/// What is said if it does not.
const NO_MEMORY: &str = "the program uses WASI but exports no memory named 'memory'";

/// Where a program's memory is, once it has been looked up.
#[derive(Clone, Copy)]
pub enum Handle {
    Wasmi(wasmi::Memory),
    Wasmtime(wasmtime::Memory),
}

/// An exit on the way out of wasmtime, as an error.
#[derive(Debug, thiserror::Error)]
#[error("the program left with status {0}")]
pub struct Exit(pub i32);

/// Calls the macro `$define` with each function that answers an error number, which is all but `proc_exit`.
macro_rules! preview1 {
    ($define:ident) => {
        $define! {
            args_get(table: u32, buffer: u32);
            args_sizes_get(count: u32, size: u32);
            environ_get(table: u32, buffer: u32);
            environ_sizes_get(count: u32, size: u32);
            clock_res_get(id: u32, out: u32);
            clock_time_get(id: u32, precision: u64, out: u32);
            fd_advise(fd: u32, offset: u64, len: u64, advice: u32);
            fd_allocate(fd: u32, offset: u64, len: u64);
            fd_close(fd: u32);
            fd_datasync(fd: u32);
            fd_fdstat_get(fd: u32, out: u32);
            fd_fdstat_set_flags(fd: u32, flags: u32);
            fd_fdstat_set_rights(fd: u32, base: u64, inheriting: u64);
            fd_filestat_get(fd: u32, out: u32);
            fd_filestat_set_size(fd: u32, size: u64);
            fd_filestat_set_times(fd: u32, atim: u64, mtim: u64, which: u32);
            fd_pread(fd: u32, iovs: u32, count: u32, offset: u64, out: u32);
            fd_prestat_get(fd: u32, out: u32);
            fd_prestat_dir_name(fd: u32, path: u32, len: u32);
            fd_pwrite(fd: u32, iovs: u32, count: u32, offset: u64, out: u32);
            fd_read(fd: u32, iovs: u32, count: u32, out: u32);
            fd_readdir(fd: u32, buffer: u32, len: u32, cookie: u64, out: u32);
            fd_renumber(from: u32, to: u32);
            fd_seek(fd: u32, delta: u64, whence: u32, out: u32);
            fd_sync(fd: u32);
            fd_tell(fd: u32, out: u32);
            fd_write(fd: u32, iovs: u32, count: u32, out: u32);
            path_create_directory(fd: u32, path: u32, len: u32);
            path_filestat_get(fd: u32, flags: u32, path: u32, len: u32, out: u32);
            path_filestat_set_times(fd: u32, flags: u32, path: u32, len: u32, atim: u64, mtim: u64, which: u32);
            path_link(old_fd: u32, flags: u32, old: u32, old_len: u32, new_fd: u32, new: u32, new_len: u32);
            path_open(fd: u32, lookup: u32, path: u32, len: u32, how: u32, base: u64, inheriting: u64, flags: u32, out: u32);
            path_readlink(fd: u32, path: u32, len: u32, buffer: u32, room: u32, out: u32);
            path_remove_directory(fd: u32, path: u32, len: u32);
            path_rename(old_fd: u32, old: u32, old_len: u32, new_fd: u32, new: u32, new_len: u32);
            path_symlink(old: u32, old_len: u32, fd: u32, new: u32, new_len: u32);
            path_unlink_file(fd: u32, path: u32, len: u32);
            poll_oneoff(subscriptions: u32, events: u32, count: u32, out: u32);
            proc_raise(signal: u32);
            sched_yield();
            random_get(buffer: u32, len: u32);
            sock_accept(fd: u32, flags: u32, out: u32);
            sock_recv(fd: u32, iovs: u32, count: u32, flags: u32, out: u32, out_flags: u32);
            sock_send(fd: u32, iovs: u32, count: u32, flags: u32, out: u32);
            sock_shutdown(fd: u32, how: u32);
        }
    };
}

/// Adds those functions to `linker` whose names are in `imported`; `context` finds what they work on.
///
/// # Errors
///
/// Fails if `linker` has one of them already.
pub fn add_to_wasmi<T: 'static>(
    linker: &mut wasmi::Linker<T>,
    imported: &[&str],
    context: fn(&mut T) -> &mut WasiCtx,
) -> Result<(), wasmi::Error> {
    fn memory<T>(
        caller: &mut wasmi::Caller<'_, T>,
        context: fn(&mut T) -> &mut WasiCtx,
    ) -> Result<wasmi::Memory, wasmi::Error> {
        if let Some(Handle::Wasmi(memory)) = context(caller.data_mut()).memory {
            return Ok(memory);
        }
        let memory = caller
            .get_export(MEMORY)
            .and_then(wasmi::Extern::into_memory);
        let memory = memory.ok_or_else(|| wasmi::Error::new(NO_MEMORY))?;
        context(caller.data_mut()).memory = Some(Handle::Wasmi(memory));
        Ok(memory)
    }

    fn stop(stop: Stop) -> Result<i32, wasmi::Error> {
        match stop {
            Stop::Errno(errno) => Ok(i32::from(errno as u16)),
            Stop::Exit(status) => Err(wasmi::Error::i32_exit(status)),
            Stop::Trap(reason) => Err(wasmi::Error::new(reason)),
        }
    }

    macro_rules! define {
        ($($name:ident($($arg:ident: $ty:ty),*);)*) => {$(
            if imported.contains(&stringify!($name)) {
                linker.func_wrap(MODULE, stringify!($name), move |mut caller: wasmi::Caller<'_, T>, $($arg: $ty),*| {
                    let memory = memory(&mut caller, context)?;
                    let (bytes, data) = memory.data_and_store_mut(&mut caller);
                    match context(data).$name(&mut Memory::Own(bytes), $($arg),*) {
                        Ok(()) => Ok(0),
                        Err(reason) => stop(reason),
                    }
                })?;
            }
        )*};
    }
    preview1!(define);
    // The only one that answers nothing; works without a memory, too.
    linker.func_wrap(
        MODULE,
        "proc_exit",
        |status: i32| -> Result<(), wasmi::Error> { Err(wasmi::Error::i32_exit(status)) },
    )?;
    Ok(())
}

/// Adds those functions to `linker` whose names are in `imported`; `context` finds what they work on.
///
/// An exit is the error [`Exit`].
///
/// # Errors
///
/// Fails if `linker` has one of them already.
pub fn add_to_wasmtime<T: 'static>(
    linker: &mut wasmtime::Linker<T>,
    imported: &[&str],
    context: fn(&mut T) -> &mut WasiCtx,
) -> Result<(), wasmtime::Error> {
    fn stop(stop: Stop) -> Result<i32, wasmtime::Error> {
        match stop {
            Stop::Errno(errno) => Ok(i32::from(errno as u16)),
            Stop::Exit(status) => Err(wasmtime::Error::new(Exit(status))),
            Stop::Trap(reason) => Err(wasmtime::Error::msg(reason)),
        }
    }

    /// Finds the memory and calls `call` with it.
    fn with<T: 'static>(
        caller: &mut wasmtime::Caller<'_, T>,
        context: fn(&mut T) -> &mut WasiCtx,
        call: impl FnOnce(&mut WasiCtx, &mut Memory<'_>) -> Result<(), Stop>,
    ) -> Result<i32, wasmtime::Error> {
        let memory = match context(caller.data_mut()).memory {
            Some(Handle::Wasmtime(memory)) => memory,
            _ => match caller.get_export(MEMORY) {
                Some(wasmtime::Extern::Memory(memory)) => {
                    context(caller.data_mut()).memory = Some(Handle::Wasmtime(memory));
                    memory
                }
                Some(wasmtime::Extern::SharedMemory(memory)) => {
                    let mut memory = Memory::Shared(memory.data());
                    let done = call(context(caller.data_mut()), &mut memory);
                    return done.map_or_else(stop, |()| Ok(0));
                }
                _ => return Err(wasmtime::Error::msg(NO_MEMORY)),
            },
        };
        let (bytes, data) = memory.data_and_store_mut(caller);
        call(context(data), &mut Memory::Own(bytes)).map_or_else(stop, |()| Ok(0))
    }

    macro_rules! define {
        ($($name:ident($($arg:ident: $ty:ty),*);)*) => {$(
            if imported.contains(&stringify!($name)) {
                linker.func_wrap(MODULE, stringify!($name), move |mut caller: wasmtime::Caller<'_, T>, $($arg: $ty),*| {
                    with(&mut caller, context, |wasi, memory| wasi.$name(memory, $($arg),*))
                })?;
            }
        )*};
    }
    preview1!(define);
    linker.func_wrap(
        MODULE,
        "proc_exit",
        |status: i32| -> Result<(), wasmtime::Error> { Err(wasmtime::Error::new(Exit(status))) },
    )?;
    Ok(())
}
