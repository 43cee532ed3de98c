//! How much memory a program may have, and how many of what else.

use std::fmt;
use std::fs;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of each linear memory if the command line does not say.
const DEFAULT_MEMORY: u64 = 1 << 30;
/// Elements of all tables together, likewise.
const DEFAULT_TABLE: u64 = 10_000_000;
/// Bytes of the stack, likewise.
const DEFAULT_STACK: u64 = 16 << 20;
/// Instances, memories and tables, likewise; few modules have more than one of each.
const DEFAULT_COUNT: usize = 10_000;
/// Bytes that may be added before it is looked up again how much the machine has left.
const UNWATCHED: u64 = 8 << 20;
/// Bytes that are left to the rest of the machine.
const RESERVE: u64 = 4 << 20;

/// Decides about growth, and remembers what it refused for the sake of a good message.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of each linear memory.
    pub memory: u64,
    /// Elements of all tables together.
    pub table: u64,
    /// Bytes of the stack of calls.
    pub stack: usize,
    /// Whether the command line says how large the stack is: using it up is then no fault of the program's.
    pub stack_is_given: bool,
    /// Instances, and for each kind: memories and tables.
    pub instances: usize,
    table_elements: u64,
    /// Bytes of all memories together…
    memory_bytes: u64,
    /// …and those of them that were compared with what the machine has left.
    watched_bytes: u64,
    refused: Refused,
}

/// The last growth that was refused, in words; outlives the run.
#[derive(Clone, Debug, Default)]
pub struct Refused(Arc<Mutex<Option<String>>>);

impl Refused {
    fn note(&self, reason: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
    }

    /// Takes it, so that it is told once.
    pub fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A number of bytes as people read it.
struct Bytes(u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("0 bytes"),
            bytes if bytes.is_multiple_of(1 << 20) => write!(f, "{} MiB", bytes >> 20),
            bytes if bytes > 1 << 20 => write!(f, "{:.1} MiB", bytes as f64 / f64::from(1 << 20)),
            bytes if bytes.is_multiple_of(1 << 10) => write!(f, "{} KiB", bytes >> 10),
            bytes => write!(f, "{bytes} bytes"),
        }
    }
}

/// What the command line says; the default where it says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bounds {
    /// See [`Limits::memory`].
    pub memory: Option<u64>,
    /// See [`Limits::table`].
    pub table: Option<u64>,
    /// See [`Limits::stack`].
    pub stack: Option<u64>,
    /// See [`Limits::instances`].
    pub instances: Option<usize>,
}

impl Limits {
    /// Puts the defaults in.
    pub fn new(bounds: Bounds) -> Self {
        let stack = bounds.stack.unwrap_or(DEFAULT_STACK);
        Self {
            memory: bounds.memory.unwrap_or(DEFAULT_MEMORY),
            table: bounds.table.unwrap_or(DEFAULT_TABLE),
            stack: usize::try_from(stack).unwrap_or(usize::MAX),
            stack_is_given: bounds.stack.is_some(),
            instances: bounds.instances.unwrap_or(DEFAULT_COUNT),
            table_elements: 0,
            memory_bytes: 0,
            watched_bytes: 0,
            refused: Refused::default(),
        }
    }

    /// Whether a linear memory may grow from `current` to `wanted` bytes, if its own `maximum` allows that.
    ///
    /// What a program may have by its limit and the machine has not is refused too, where `/proc/meminfo` tells:
    /// to use it would end in the kernel's killing the process.
    pub fn allows_memory(&mut self, current: usize, wanted: usize, maximum: Option<usize>) -> bool {
        if maximum.is_some_and(|maximum| wanted > maximum) {
            // The engine says no; nothing is to be told or counted.
            return true;
        }
        let (current, wanted) = (current as u64, wanted as u64);
        if wanted > self.memory {
            self.refused.note(format!(
                "the module asked for a memory of {}, but --max-memory allows {}",
                Bytes(wanted),
                Bytes(self.memory)
            ));
            return false;
        }
        let total = self
            .memory_bytes
            .saturating_add(wanted.saturating_sub(current));
        if total - self.watched_bytes > UNWATCHED {
            // Compiled code gets pages as it touches them: those that are granted and not yet used count as well.
            let unused = total.saturating_sub(resident_memory());
            if let Some(available) = available_memory()
                && unused + UNWATCHED + RESERVE > available
            {
                self.refused.note(format!(
                    "the module asked for a memory of {}, but the machine has only {} left",
                    Bytes(wanted),
                    Bytes(available)
                ));
                return false;
            }
            self.watched_bytes = total;
        }
        self.memory_bytes = total;
        true
    }

    /// Whether there may be a shared memory that may grow to `maximum` bytes: its growth is not asked about.
    ///
    /// # Errors
    ///
    /// A sentence on the limit.
    pub fn allow_shared(&self, maximum: u64) -> Result<(), String> {
        if maximum <= self.memory {
            return Ok(());
        }
        Err(format!(
            "the module has a shared memory of up to {}, but --max-memory allows {}",
            Bytes(maximum),
            Bytes(self.memory)
        ))
    }

    /// Whether a table may grow from `current` to `wanted` elements, if its own `maximum` allows that.
    pub fn allows_table(&mut self, current: usize, wanted: usize, maximum: Option<usize>) -> bool {
        if maximum.is_some_and(|maximum| wanted > maximum) {
            return true;
        }
        let added = wanted.saturating_sub(current) as u64;
        let total = self.table_elements.saturating_add(added);
        if total > self.table {
            self.refused.note(format!(
                "the module asked for tables of {total} elements, but --max-table allows {}",
                self.table
            ));
            return false;
        }
        self.table_elements = total;
        true
    }

    /// Whether a module with so many memories and tables may be instantiated.
    ///
    /// # Errors
    ///
    /// A sentence on what there is too much of.
    pub fn allow_instance(&self, memories: usize, tables: usize) -> Result<(), String> {
        for (count, what) in [(1, "instances"), (memories, "memories"), (tables, "tables")] {
            if count > self.instances {
                return Err(format!(
                    "more {what} ({count}) than the limit of {}; see --max-instances",
                    self.instances
                ));
            }
        }
        Ok(())
    }

    /// What was refused, also after the run.
    pub fn refused(&self) -> Refused {
        self.refused.clone()
    }
}

/// Bytes that can be had without pushing others out (proc(5), `MemAvailable`), if the system tells.
fn available_memory() -> Option<u64> {
    kibibytes("/proc/meminfo", "MemAvailable:")
}

/// Bytes of memory that this process uses (proc(5), `VmRSS`); none if the system does not tell.
fn resident_memory() -> u64 {
    kibibytes("/proc/self/status", "VmRSS:").unwrap_or(0)
}

/// What the line that begins with `name` says in `file`, in bytes.
fn kibibytes(file: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let number: u64 = line.trim().strip_suffix("kB")?.trim_end().parse().ok()?;
    Some(number << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1 << 20;

    fn limits(memory: u64, table: u64) -> Limits {
        Limits::new(Bounds {
            memory: Some(memory),
            table: Some(table),
            ..Bounds::default()
        })
    }

    #[test]
    fn a_refusal_is_told_once() {
        let mut limits = limits(2 << 20, 10);
        let refused = limits.refused();
        assert!(limits.allows_memory(0, 2 * MIB, None));
        assert_eq!(refused.take(), None);
        assert!(!limits.allows_memory(2 * MIB, 3 * MIB, None));
        let reason = refused.take().unwrap();
        assert!(reason.contains("3 MiB") && reason.contains("--max-memory allows 2 MiB"));
        assert_eq!(refused.take(), None);
        assert!(!limits.allows_table(0, 11, None));
        assert!(refused.take().unwrap().contains("--max-table allows 10"));
    }

    #[test]
    fn what_the_module_itself_forbids_does_not_count() {
        let mut limits = limits(2 << 20, 10);
        for _ in 0..100 {
            // The engine refuses these.
            assert!(limits.allows_table(4, 9, Some(8)));
            assert!(limits.allows_memory(MIB, 3 * MIB, Some(2 * MIB)));
        }
        assert!(limits.allows_table(4, 8, Some(8)));
        assert_eq!(limits.refused().take(), None);
    }

    #[test]
    fn small_steps_are_watched_as_well() {
        let Some(available) = available_memory() else {
            return;
        };
        let mut limits = limits(u64::MAX, 0);
        // Memories that nobody touches, a little more of them each time.
        let steps = (0..).take_while(|_| limits.allows_memory(0, MIB, None));
        let granted = steps.take(1 << 24).count() as u64 * MIB as u64;
        assert!(
            granted < 2 * available + (1 << 30),
            "{granted} of {available}"
        );
        assert!(
            limits
                .refused()
                .take()
                .unwrap()
                .contains("the machine has only")
        );
    }

    #[test]
    fn sizes_are_readable() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (65_536, "64 KiB"),
            (3 << 20, "3 MiB"),
            ((3 << 20) + (1 << 19), "3.5 MiB"),
            (1_000, "1000 bytes"),
        ] {
            assert_eq!(Bytes(bytes).to_string(), text);
        }
    }
}
