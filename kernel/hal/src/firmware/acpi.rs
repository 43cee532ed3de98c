//! The few ACPI tables the kernel needs (ACPI 6.5, chapter 5): interrupt controllers, and how to
//! power off.

use super::{Memory, u32_at, u64_at};
use crate::cpu::MAX_CPUS;

const HEADER_SIZE: usize = 36;
const LARGEST_TABLE: usize = 1 << 20;

/// Interrupt controllers (MADT) and the power-off register (FADT, DSDT).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Machine {
    /// Physical address of the local APICs.
    pub(crate) local_apic: usize,
    /// Physical address of the I/O APIC that serves the ISA interrupts.
    pub(crate) io_apic: usize,
    /// First interrupt of that I/O APIC.
    pub(crate) io_apic_base: u32,
    /// Where each ISA interrupt arrives.
    pub(crate) isa: [IsaInterrupt; 16],
    /// The register and the value that power the machine off.
    pub(crate) power_off: Option<(u16, u16)>,
    /// Numbers of the local APICs of usable processors, the first `cpu_count` of the array.
    pub(crate) cpus: [u8; MAX_CPUS],
    /// Processors the tables list as usable; may be more than `cpus` holds.
    pub(crate) cpu_count: usize,
}

/// Where an ISA interrupt arrives, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IsaInterrupt {
    pub(crate) global: u32,
    pub(crate) active_low: bool,
    pub(crate) level: bool,
}

impl Machine {
    /// A PC whose tables say nothing.
    pub(crate) fn defaults() -> Self {
        let mut isa = [IsaInterrupt {
            global: 0,
            active_low: false,
            level: false,
        }; 16];
        for (global, interrupt) in (0..).zip(&mut isa) {
            interrupt.global = global;
        }
        Self {
            local_apic: 0xfee0_0000,
            io_apic: 0xfec0_0000,
            io_apic_base: 0,
            isa,
            power_off: None,
            cpus: [0; MAX_CPUS],
            cpu_count: 0,
        }
    }
}

/// Finds the tables from the root pointer, or searches the BIOS area for it. What is missing or
/// damaged keeps its default.
pub(crate) fn parse(memory: Memory<'_>, rsdp: Option<usize>) -> Machine {
    let mut machine = Machine::defaults();
    if let Some(rsdp) = rsdp.or_else(|| search(memory)) {
        // A damaged table ends the search; what was found before stays.
        let _ = each_table(memory, rsdp, |signature, table| {
            match signature {
                b"APIC" => read_madt(table, &mut machine),
                b"FACP" => machine.power_off = read_fadt(memory, table),
                _ => {}
            };
        });
    }
    machine
}

/// The root pointer in the BIOS area (section 5.2.5.1).
fn search(memory: Memory<'_>) -> Option<usize> {
    let ebda = usize::from(u16::from_le_bytes(*memory(0x40e, 2)?.first_chunk()?)) << 4;
    [(ebda, 1024), (0xe_0000, 0x2_0000)]
        .into_iter()
        .filter(|&(start, _)| start != 0)
        .find_map(|(start, length)| {
            let bytes = memory(start, length)?;
            bytes
                .chunks_exact(16)
                .position(|chunk| chunk.starts_with(b"RSD PTR "))
                .map(|index| start + index * 16)
        })
}

fn checksum_is_right(bytes: &[u8]) -> bool {
    bytes.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte)) == 0
}

fn table_at(memory: Memory<'_>, address: usize) -> Option<&'static [u8]> {
    let length = u32_at(memory(address, HEADER_SIZE)?, 4)? as usize;
    if !(HEADER_SIZE..=LARGEST_TABLE).contains(&length) {
        return None;
    }
    memory(address, length).filter(|table| checksum_is_right(table))
}

fn each_table(
    memory: Memory<'_>,
    rsdp: usize,
    mut f: impl FnMut(&[u8; 4], &'static [u8]),
) -> Option<()> {
    let pointer = memory(rsdp, 20)?;
    if !pointer.starts_with(b"RSD PTR ") || !checksum_is_right(pointer) {
        return None;
    }
    let extended = if pointer[15] >= 2 {
        memory(rsdp, 36).and_then(|pointer| u64_at(pointer, 24))
    } else {
        None
    };
    let (root, entry_size) = match extended {
        Some(address) if address != 0 => (table_at(memory, address as usize)?, 8),
        _ => (table_at(memory, u32_at(pointer, 16)? as usize)?, 4),
    };
    for entry in root[HEADER_SIZE..].chunks_exact(entry_size) {
        let address = if entry_size == 8 {
            u64_at(entry, 0)? as usize
        } else {
            u32_at(entry, 0)? as usize
        };
        if let Some(table) = table_at(memory, address)
            && let Some(signature) = table.first_chunk::<4>()
        {
            f(signature, table);
        }
    }
    Some(())
}

/// Multiple APIC description (section 5.2.12).
fn read_madt(table: &[u8], machine: &mut Machine) {
    const LOCAL_APIC: u8 = 0;
    const IO_APIC: u8 = 1;
    const OVERRIDE: u8 = 2;
    const LOCAL_APIC_ADDRESS: u8 = 5;
    if let Some(address) = u32_at(table, HEADER_SIZE) {
        machine.local_apic = address as usize;
    }
    let mut first_io_apic = true;
    let mut rest = table.get(HEADER_SIZE + 8..).unwrap_or(&[]);
    while let [kind, length, ..] = *rest {
        let Some(entry) = rest
            .get(..usize::from(length))
            .filter(|entry| entry.len() >= 2)
        else {
            return;
        };
        match kind {
            LOCAL_APIC => {
                // ACPI processor, APIC, flags: bit 0 says that it can be started now.
                if let [_, _, _, apic, flags, ..] = *entry
                    && flags & 1 != 0
                {
                    if let Some(slot) = machine.cpus.get_mut(machine.cpu_count) {
                        *slot = apic;
                    }
                    machine.cpu_count += 1;
                }
            }
            IO_APIC => {
                if let (Some(address), Some(base)) = (u32_at(entry, 4), u32_at(entry, 8))
                    && (first_io_apic || base == 0)
                {
                    (machine.io_apic, machine.io_apic_base) = (address as usize, base);
                    first_io_apic = false;
                }
            }
            OVERRIDE => {
                if let (Some(global), [_, _, 0, source, _, _, _, _, flags, ..]) =
                    (u32_at(entry, 4), entry)
                    && let Some(interrupt) = machine.isa.get_mut(usize::from(*source))
                {
                    // Polarity in bits 0-1, trigger in 2-3; 0 means as the bus has it: high, edge.
                    *interrupt = IsaInterrupt {
                        global,
                        active_low: flags & 3 == 3,
                        level: flags >> 2 & 3 == 3,
                    };
                }
            }
            LOCAL_APIC_ADDRESS => {
                if let Some(address) = u64_at(entry, 4) {
                    machine.local_apic = address as usize;
                }
            }
            _ => {}
        }
        rest = &rest[entry.len()..];
    }
}

/// The PM1a control register and its value for sleep state 5 (sections 5.2.9, 4.8.3.2.1 and 7.4.2).
fn read_fadt(memory: Memory<'_>, table: &[u8]) -> Option<(u16, u16)> {
    const SLEEP_ENABLE: u16 = 1 << 13;
    let register = u16::try_from(u32_at(table, 64)?)
        .ok()
        .filter(|&register| register != 0)?;
    let dsdt = table_at(memory, u32_at(table, 40)? as usize)?;
    let name = dsdt.windows(5).position(|bytes| bytes == b"_S5_\x12")?;
    // Package: length (1 to 4 bytes, by the top bits of the first), number of elements, elements.
    let package = dsdt.get(name + 5..)?;
    let elements = package.get(1 + usize::from(package.first()? >> 6) + 1..)?;
    let kind = match *elements.first()? {
        0x0a => *elements.get(1)?,
        value @ (0 | 1) => value,
        _ => return None,
    };
    Some((register, u16::from(kind & 7) << 10 | SLEEP_ENABLE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::firmware::tests::Pieces;

    fn finish(mut table: Vec<u8>, checksum: usize) -> Vec<u8> {
        let sum = table.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
        table[checksum] = 0_u8.wrapping_sub(sum);
        table
    }

    fn table(signature: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let mut table = signature.to_vec();
        table.extend((HEADER_SIZE as u32 + body.len() as u32).to_le_bytes());
        table.resize(HEADER_SIZE, 0);
        table.extend(body);
        finish(table, 9)
    }

    fn machine() -> Pieces {
        let mut pieces = Pieces::default();
        let mut pointer = b"RSD PTR \0TESTER\0".to_vec();
        pointer.extend(0x1000_u32.to_le_bytes());
        pieces.add(
            0xe_0000,
            [vec![0; 32], finish(pointer, 8), vec![0; 0x2_0000 - 52]].concat(),
        );
        pieces.add(0x40e, [0, 0]);
        pieces.add(
            0x1000,
            table(
                b"RSDT",
                &[0x2000_u32.to_le_bytes(), 0x3000_u32.to_le_bytes()].concat(),
            ),
        );
        let mut madt = [0xfee0_1000_u32.to_le_bytes(), 1_u32.to_le_bytes()].concat();
        madt.extend([0, 8, 0, 0, 1, 0, 0, 0]);
        madt.extend([0, 8, 1, 3, 1, 0, 0, 0]);
        madt.extend([0, 8, 2, 4, 2, 0, 0, 0]);
        madt.extend([1, 12, 0, 0]);
        madt.extend([0xfec0_2000_u32.to_le_bytes(), 0_u32.to_le_bytes()].concat());
        madt.extend([2, 10, 0, 0, 2, 0, 0, 0, 0, 0]);
        madt.extend([2, 10, 0, 9, 9, 0, 0, 0, 15, 0]);
        pieces.add(0x2000, table(b"APIC", &madt));
        let mut fadt = vec![0; 80];
        fadt[4..8].copy_from_slice(&0x4000_u32.to_le_bytes());
        fadt[28..32].copy_from_slice(&0x604_u32.to_le_bytes());
        pieces.add(0x3000, table(b"FACP", &fadt));
        pieces.add(
            0x4000,
            table(b"DSDT", b"\x08_S5_\x12\x06\x04\x0a\x05\x00\x00\x00"),
        );
        pieces
    }

    #[test]
    fn finds_controllers_and_power_off() {
        let pieces = machine();
        let machine = parse(&|address, length| pieces.read(address, length), None);
        assert_eq!(
            (machine.local_apic, machine.io_apic, machine.io_apic_base),
            (0xfee0_1000, 0xfec0_2000, 0)
        );
        assert_eq!(machine.isa[0].global, 2);
        assert_eq!((machine.cpu_count, &machine.cpus[..2]), (2, &[0, 3][..]));
        assert_eq!(
            machine.isa[9],
            IsaInterrupt {
                global: 9,
                active_low: true,
                level: true
            }
        );
        assert_eq!(
            machine.isa[4],
            IsaInterrupt {
                global: 4,
                active_low: false,
                level: false
            }
        );
        assert_eq!(machine.power_off, Some((0x604, 5 << 10 | 1 << 13)));
    }

    #[test]
    fn damaged_tables_leave_the_defaults() {
        let mut pieces = machine();
        pieces.add(0x2000, vec![0xff; 64]);
        pieces.add(0x4000, vec![0; 64]);
        assert_eq!(
            parse(&|address, length| pieces.read(address, length), None),
            Machine::defaults()
        );
        assert_eq!(parse(&|_, _| None, Some(0)), Machine::defaults());
    }

    #[test]
    fn more_processors_than_places_are_counted_only() {
        let mut madt = vec![0; 8];
        for apic in 0..40 {
            madt.extend([0, 8, apic, apic, 1, 0, 0, 0]);
        }
        let mut machine = Machine::defaults();
        read_madt(&table(b"APIC", &madt), &mut machine);
        assert_eq!(machine.cpu_count, 40);
        assert_eq!(machine.cpus[MAX_CPUS - 1], MAX_CPUS as u8 - 1);
    }

    #[test]
    fn entries_without_length_end_the_table() {
        let mut machine = Machine::defaults();
        read_madt(
            &table(b"APIC", &[0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 12]),
            &mut machine,
        );
        read_madt(&table(b"APIC", &[0; 3]), &mut machine);
        assert_eq!(machine.io_apic, 0xfec0_0000);
    }
}
