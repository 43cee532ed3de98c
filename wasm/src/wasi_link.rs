//! Offers WASI preview 1 to programs that wasmtime runs.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use wasi_common::snapshots::preview_1::wasi_snapshot_preview1 as preview1;
use wasi_common::{I32Exit, WasiCtx};
use wasmtime::{Caller, Extern, Linker};
use wiggle::GuestMemory;

use crate::engine::entry::WASI;

/// That a program left, with this status.
#[derive(Debug, thiserror::Error)]
#[error("exit with status {0}")]
pub struct Exit(pub i32);

/// Runs a future of wasi-common's, none of which ever waits.
fn now<F: Future>(future: F) -> wasmtime::Result<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Ok(output),
        Poll::Pending => Err(wasmtime::Error::msg(
            "a function of WASI waits for something",
        )),
    }
}

macro_rules! functions {
    ($($name:ident($($arg:ident: $ty:ty),*) -> $ret:ty;)*) => {
        /// Adds all functions to `linker`.
        pub fn add_to_wasmtime<T: 'static>(
            linker: &mut Linker<T>,
            context: impl Fn(&mut T) -> &mut WasiCtx + Send + Sync + Copy + 'static,
        ) -> wasmtime::Result<()> {
            $(linker.func_wrap(WASI, stringify!($name), move |mut caller: Caller<'_, T>, $($arg: $ty),*| -> wasmtime::Result<$ret> {
                let Some(Extern::Memory(memory)) = caller.get_export("memory") else {
                    return Err(wasmtime::Error::msg("missing required WASI memory export"));
                };
                let (memory, host) = memory.data_and_store_mut(&mut caller);
                let mut memory = GuestMemory::Unshared(memory);
                match now(preview1::$name(context(host), &mut memory, $($arg),*))? {
                    Ok(result) => Ok(result.into()),
                    Err(error) => Err(match error.downcast::<I32Exit>() {
                        Ok(I32Exit(status)) => wasmtime::Error::new(Exit(status)),
                        Err(error) => wasmtime::Error::msg(error.to_string()),
                    }),
                }
            })?;)*
            linker.func_wrap(WASI, "proc_exit", |status: i32| -> wasmtime::Result<()> { Err(wasmtime::Error::new(Exit(status))) })?;
            Ok(())
        }
    };
}

functions! {
    args_get(a: i32, b: i32) -> i32;
    args_sizes_get(a: i32, b: i32) -> i32;
    environ_get(a: i32, b: i32) -> i32;
    environ_sizes_get(a: i32, b: i32) -> i32;
    clock_res_get(a: i32, b: i32) -> i32;
    clock_time_get(a: i32, b: i64, c: i32) -> i32;
    fd_advise(a: i32, b: i64, c: i64, d: i32) -> i32;
    fd_allocate(a: i32, b: i64, c: i64) -> i32;
    fd_close(a: i32) -> i32;
    fd_datasync(a: i32) -> i32;
    fd_fdstat_get(a: i32, b: i32) -> i32;
    fd_fdstat_set_flags(a: i32, b: i32) -> i32;
    fd_fdstat_set_rights(a: i32, b: i64, c: i64) -> i32;
    fd_filestat_get(a: i32, b: i32) -> i32;
    fd_filestat_set_size(a: i32, b: i64) -> i32;
    fd_filestat_set_times(a: i32, b: i64, c: i64, d: i32) -> i32;
    fd_pread(a: i32, b: i32, c: i32, d: i64, e: i32) -> i32;
    fd_prestat_get(a: i32, b: i32) -> i32;
    fd_prestat_dir_name(a: i32, b: i32, c: i32) -> i32;
    fd_pwrite(a: i32, b: i32, c: i32, d: i64, e: i32) -> i32;
    fd_read(a: i32, b: i32, c: i32, d: i32) -> i32;
    fd_readdir(a: i32, b: i32, c: i32, d: i64, e: i32) -> i32;
    fd_renumber(a: i32, b: i32) -> i32;
    fd_seek(a: i32, b: i64, c: i32, d: i32) -> i32;
    fd_sync(a: i32) -> i32;
    fd_tell(a: i32, b: i32) -> i32;
    fd_write(a: i32, b: i32, c: i32, d: i32) -> i32;
    path_create_directory(a: i32, b: i32, c: i32) -> i32;
    path_filestat_get(a: i32, b: i32, c: i32, d: i32, e: i32) -> i32;
    path_filestat_set_times(a: i32, b: i32, c: i32, d: i32, e: i64, f: i64, g: i32) -> i32;
    path_link(a: i32, b: i32, c: i32, d: i32, e: i32, f: i32, g: i32) -> i32;
    path_open(a: i32, b: i32, c: i32, d: i32, e: i32, f: i64, g: i64, h: i32, i: i32) -> i32;
    path_readlink(a: i32, b: i32, c: i32, d: i32, e: i32, f: i32) -> i32;
    path_remove_directory(a: i32, b: i32, c: i32) -> i32;
    path_rename(a: i32, b: i32, c: i32, d: i32, e: i32, f: i32) -> i32;
    path_symlink(a: i32, b: i32, c: i32, d: i32, e: i32) -> i32;
    path_unlink_file(a: i32, b: i32, c: i32) -> i32;
    poll_oneoff(a: i32, b: i32, c: i32, d: i32) -> i32;
    proc_raise(a: i32) -> i32;
    sched_yield() -> i32;
    random_get(a: i32, b: i32) -> i32;
    sock_accept(a: i32, b: i32, c: i32) -> i32;
    sock_recv(a: i32, b: i32, c: i32, d: i32, e: i32, f: i32) -> i32;
    sock_send(a: i32, b: i32, c: i32, d: i32, e: i32) -> i32;
    sock_shutdown(a: i32, b: i32) -> i32;
}
