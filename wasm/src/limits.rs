//! How much memory a program may have.

use std::fs;

/// Bytes of each linear memory if the command line does not say.
const DEFAULT_MEMORY: u64 = 1 << 30;
/// Elements of all tables together.
const MAX_TABLE_ELEMENTS: usize = 10_000_000;
/// Bytes up to which a request is not compared with what the machine has left.
const SMALL: u64 = 16 << 20;

/// Decides about growth, and remembers what it refused for the sake of a good message.
#[derive(Debug)]
pub struct Limits {
    memory: u64,
    table_elements: usize,
    refused: Option<String>,
}

impl Limits {
    /// Limits each linear memory to `memory` bytes, or to the default.
    pub fn new(memory: Option<u64>) -> Self {
        Self {
            memory: memory.unwrap_or(DEFAULT_MEMORY),
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
        let total = self
            .table_elements
            .saturating_add(wanted.saturating_sub(current));
        if total > MAX_TABLE_ELEMENTS {
            self.refused = Some(format!(
                "tables of {total} elements are more than the limit of {MAX_TABLE_ELEMENTS}"
            ));
            return false;
        }
        self.table_elements = total;
        true
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
