//! How much memory a program may have, and how many of what else.

use std::fs;

/// Bytes of each linear memory if the command line does not say.
const DEFAULT_MEMORY: u64 = 1 << 30;
/// Elements of all tables together, likewise.
const DEFAULT_TABLE: u64 = 10_000_000;
/// Bytes of the stack, likewise.
const DEFAULT_STACK: u64 = 16 << 20;
/// Instances, memories and tables, likewise; few modules have more than one of each.
const DEFAULT_COUNT: usize = 10_000;
/// Bytes up to which a request is not compared with what the machine has left.
const SMALL: u64 = 16 << 20;

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
    refused: Option<String>,
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
            refused: None,
        }
    }

    /// Whether a linear memory may grow from `current` to `wanted` bytes.
    ///
    /// The engine touches each new byte, so more than the machine has free would end in the kernel's killing
    /// the process: that is refused too, where `/proc/meminfo` tells.
    pub fn allows_memory(&mut self, current: usize, wanted: usize) -> bool {
        let wanted = wanted as u64;
        if wanted > self.memory {
            self.refused = Some(format!(
                "a memory of {wanted} bytes is more than the limit of {}; see --max-memory",
                self.memory
            ));
            return false;
        }
        let added = wanted.saturating_sub(current as u64);
        if added > SMALL
            && let Some(available) = available_memory()
            && added > available
        {
            self.refused = Some(format!(
                "a memory of {wanted} bytes is more than the {available} that are free"
            ));
            return false;
        }
        true
    }

    /// Whether a table may grow from `current` to `wanted` elements.
    pub fn allows_table(&mut self, current: usize, wanted: usize) -> bool {
        let added = wanted.saturating_sub(current) as u64;
        let total = self.table_elements.saturating_add(added);
        if total > self.table {
            self.refused = Some(format!(
                "tables of {total} elements are more than the limit of {}; see --max-table",
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
                    "{count} {what} are more than the limit of {}; see --max-instances",
                    self.instances
                ));
            }
        }
        Ok(())
    }

    /// Takes the explanation of the last refusal.
    pub fn take_refusal(&mut self) -> Option<String> {
        self.refused.take()
    }
}

/// Bytes that can be had without pushing others out (proc(5), `MemAvailable`), if the system tells.
fn available_memory() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim_end().parse().ok()?;
    Some(kibibytes << 10)
}
