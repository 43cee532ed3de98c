//! Calls that concern no file: arguments, environment, clocks, randomness, the end.

use rustix::rand::{GetRandomFlags, getrandom};
use rustix::time::{ClockId, clock_getres};

use super::WasiCtx;
use super::errno::{Answer, Errno, Stop};
use super::memory::{Memory, len32};
use super::poll::now;

/// The host's clock of number `id` (witx type `clockid`).
fn clock(id: u32) -> Answer<ClockId> {
    Ok(match id {
        0 => ClockId::Realtime,
        1 => ClockId::Monotonic,
        2 => ClockId::ProcessCPUTime,
        3 => ClockId::ThreadCPUTime,
        _ => return Err(Errno::Inval.into()),
    })
}

/// Stores `strings` one behind the other at `buffer` and their places at `table`.
fn store_strings(memory: &mut Memory<'_>, strings: &[String], table: u32, buffer: u32) -> Answer {
    let (count, size) = string_sizes(strings)?;
    memory.check(table, count.checked_mul(4).ok_or(Errno::Overflow)?, 4)?;
    memory.check(buffer, size, 1)?;
    let (mut slot, mut at) = (table, buffer);
    for string in strings {
        memory.store_u32(slot, at)?;
        memory.store(at, 1, string.as_bytes())?;
        memory.store(at + len32(string.len())?, 1, &[0])?;
        slot += 4;
        at += len32(string.len())? + 1;
    }
    Ok(())
}

/// How many `strings` there are and how many bytes they take, each with a zero at its end.
fn string_sizes(strings: &[String]) -> Answer<(u32, u32)> {
    let bytes = strings.iter().map(|string| string.len() + 1).sum();
    Ok((len32(strings.len())?, len32(bytes)?))
}

fn store_sizes(memory: &mut Memory<'_>, strings: &[String], count: u32, size: u32) -> Answer {
    let sizes = string_sizes(strings)?;
    memory.store_u32(count, sizes.0)?;
    memory.store_u32(size, sizes.1)
}

impl WasiCtx {
    pub fn args_get(&mut self, memory: &mut Memory<'_>, table: u32, buffer: u32) -> Answer {
        store_strings(memory, &self.args, table, buffer)
    }

    pub fn args_sizes_get(&mut self, memory: &mut Memory<'_>, count: u32, size: u32) -> Answer {
        store_sizes(memory, &self.args, count, size)
    }

    pub fn environ_get(&mut self, memory: &mut Memory<'_>, table: u32, buffer: u32) -> Answer {
        store_strings(memory, &self.environ, table, buffer)
    }

    pub fn environ_sizes_get(&mut self, memory: &mut Memory<'_>, count: u32, size: u32) -> Answer {
        store_sizes(memory, &self.environ, count, size)
    }

    pub fn clock_res_get(&mut self, memory: &mut Memory<'_>, id: u32, out: u32) -> Answer {
        let resolution = clock_getres(clock(id)?);
        let seconds = resolution
            .tv_sec
            .unsigned_abs()
            .saturating_mul(1_000_000_000);
        memory.store_u64(out, seconds + resolution.tv_nsec.unsigned_abs())
    }

    /// The precision is only a wish. The monotonic clock begins when the program does, so that it does not tell how
    /// long the machine has been up.
    pub fn clock_time_get(
        &mut self,
        memory: &mut Memory<'_>,
        id: u32,
        _precision: u64,
        out: u32,
    ) -> Answer {
        let clock = clock(id)?;
        let origin = if clock == ClockId::Monotonic {
            self.origin
        } else {
            0
        };
        memory.store_u64(out, now(clock).saturating_sub(origin))
    }

    pub fn random_get(&mut self, memory: &mut Memory<'_>, at: u32, len: u32) -> Answer {
        memory.check(at, len, 1)?;
        let mut done = 0;
        while done < len {
            let got = memory.fill(at + done, len - done, |bytes| {
                // May be interrupted or stop early beyond 256 bytes.
                Ok(rustix::io::retry_on_intr(|| {
                    getrandom(&mut *bytes, GetRandomFlags::empty())
                })?)
            })?;
            done += len32(got)?;
        }
        Ok(())
    }

    pub fn sched_yield(&mut self, _: &mut Memory<'_>) -> Answer {
        std::thread::yield_now();
        Ok(())
    }

    /// There are no handlers, so a signal does what POSIX says it does by default (`signal.h`): it ends the program
    /// with the status that a shell reports for that, or nothing. Nobody could continue a program that is stopped.
    pub fn proc_raise(&mut self, _: &mut Memory<'_>, signal: u32) -> Answer {
        // By number (witx type `signal`). The host's numbers count for the status.
        const ENDS: [(u32, i32); 20] = [
            (1, libc::SIGHUP),
            (2, libc::SIGINT),
            (3, libc::SIGQUIT),
            (4, libc::SIGILL),
            (5, libc::SIGTRAP),
            (6, libc::SIGABRT),
            (7, libc::SIGBUS),
            (8, libc::SIGFPE),
            (9, libc::SIGKILL),
            (10, libc::SIGUSR1),
            (11, libc::SIGSEGV),
            (12, libc::SIGUSR2),
            (13, libc::SIGPIPE),
            (14, libc::SIGALRM),
            (15, libc::SIGTERM),
            (23, libc::SIGXCPU),
            (24, libc::SIGXFSZ),
            (25, libc::SIGVTALRM),
            (26, libc::SIGPROF),
            (30, libc::SIGSYS),
        ];
        if let Some((_, host)) = ENDS.iter().find(|(number, _)| *number == signal) {
            return Err(Stop::Exit(128 + host));
        }
        match signal {
            // None; SIGCHLD, SIGCONT, SIGURG, SIGWINCH: ignored by default.
            0 | 16 | 17 | 22 | 27 => Ok(()),
            // SIGPOLL and SIGPWR end a program on Linux.
            28 => Err(Stop::Exit(128 + libc::SIGPOLL)),
            29 => Err(Stop::Exit(128 + libc::SIGPWR)),
            // SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU.
            18..=21 => Err(Errno::Notsup.into()),
            _ => Err(Errno::Inval.into()),
        }
    }
}
