//! From the entry code to the kernel's `main`, and what the loader handed over.

mod entry;

use super::paging::{self, direct};
use super::{apic, cpu, mem, power, serial, smp, task, time, vector};
use crate::firmware::{BootInfo, acpi, multiboot2, pvh};
use crate::mem::PAGE_SIZE;
use crate::sync::{Once, SpinLock};
use alloc::string::String;
use core::ops::{Deref, Range};

/// Physical memory that the boot tables map.
const BOOT_MAPPED: usize = 4 << 30;
/// The BIOS's memory, some of which is needed to start other CPUs.
const LOW_MEMORY: Range<usize> = 0..0x10_0000;

static COMMAND_LINE: Once<String> = Once::new();
static INITRAMFS: SpinLock<Option<Range<usize>>> = SpinLock::new(None);

unsafe extern "Rust" {
    /// Defined by `kernel_main!`.
    fn clew_kernel_main() -> !;
}

/// Bytes of physical memory during boot.
fn read(address: usize, length: usize) -> Option<&'static [u8]> {
    if address.checked_add(length)? > BOOT_MAPPED {
        return None;
    }
    // SAFETY: the boot tables (and the direct map later) cover the range; the parsers read RAM and
    // ROM that nobody changes at boot.
    Some(unsafe { core::slice::from_raw_parts(direct(address), length) })
}

/// First Rust code: on the boot stack, with the boot tables.
extern "C" fn start(magic: u32, info_address: u32) -> ! {
    serial::init();
    cpu::init();
    let info_address = info_address as usize;
    let (info, info_size) = match magic {
        entry::PVH_MAGIC => (pvh::parse(&read, info_address), 0),
        entry::MULTIBOOT2_MAGIC => (
            multiboot2::parse(&read, info_address),
            multiboot2::size(&read, info_address).unwrap_or(0),
        ),
        other => panic!("unknown boot protocol {other:#x}"),
    };
    let info = info.expect("the boot loader's information is damaged or has no memory map");
    init_memory(&info, info_address..info_address + info_size);
    if features().smap {
        super::user::enable_smap();
    }
    let command_line = info.command_line.unwrap_or(&[]);
    COMMAND_LINE.call_once(|| String::from_utf8(command_line.into()).unwrap_or_default());
    *INITRAMFS.lock() = info.initramfs.clone();
    task::init();
    let machine = acpi::parse(&read, info.rsdp);
    power::init(machine.power_off);
    apic::init(&machine);
    smp::init(&machine, info.ram(), info.initramfs.clone());
    time::init();
    serial::enable_interrupts(&machine);
    // SAFETY: the kernel's binary defines it with this signature through `kernel_main!`.
    unsafe { clew_kernel_main() }
}

fn features() -> &'static cpu::features::Features {
    cpu::features::get()
}

/// Makes the kernel's tables and gives the RAM to the allocator.
fn init_memory(info: &BootInfo, info_range: Range<usize>) {
    let end = info.ram().iter().map(|range| range.end).max().unwrap_or(0);
    let mut taken = [const { 0..0 }; 5];
    taken[0] = LOW_MEMORY;
    taken[1] = paging::image_range();
    taken[2] = info.initramfs.clone().unwrap_or(0..0);
    taken[3] = info_range;
    let size = paging::frames_for_boot(end) * PAGE_SIZE;
    let supply =
        mem::find_room(info.ram(), &taken, size).filter(|start| start + size <= BOOT_MAPPED);
    let supply = supply.expect("no room for page tables");
    taken[4] = supply..supply + size;
    // SAFETY: on the boot tables, once; the range is RAM below 4 GiB outside of everything that is
    // in use.
    unsafe { paging::init(end, supply) };
    // The string routines may use AVX from here on: XCR0 has it on.
    if vector::vector_state_features() & 4 != 0 {
        mem::string::enable_avx();
    }
    mem::init(info.ram(), &taken);
}

pub(crate) fn command_line() -> &'static str {
    COMMAND_LINE.get().map_or("", String::as_str)
}

/// The initial RAM file system's bytes.
pub struct Initramfs(Range<usize>);

impl Deref for Initramfs {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: the loader's module, which was kept from the allocator and belongs to this value.
        unsafe { core::slice::from_raw_parts(direct(self.0.start), self.0.len()) }
    }
}

impl Initramfs {
    /// How far behind the start of a page it begins.
    pub fn start_in_page(&self) -> usize {
        self.0.start % PAGE_SIZE
    }

    /// Its pages as frames, from that in which it begins to that in which it ends. What is not taken from the iterator
    /// is freed.
    pub fn into_frames(self) -> InitramfsFrames {
        let start = self.0.start / PAGE_SIZE;
        let pages = start..self.0.end.div_ceil(PAGE_SIZE);
        core::mem::forget(self);
        mem::count_in(pages.len() * PAGE_SIZE);
        InitramfsFrames(pages)
    }
}

/// The pages of the initial RAM file system; see [`Initramfs::into_frames`].
// Page numbers of the module that were not handed out yet.
pub struct InitramfsFrames(Range<usize>);

impl Iterator for InitramfsFrames {
    type Item = mem::Frame;

    fn next(&mut self) -> Option<mem::Frame> {
        let page = self.0.next()?;
        // SAFETY: the loader put the module into RAM, from where it was kept from the allocator. The value that owned
        // it is gone, and with it every reference to its bytes; each page is claimed once.
        unsafe { mem::claim(page as u32) }
    }
}

impl Drop for InitramfsFrames {
    fn drop(&mut self) {
        self.for_each(drop);
    }
}

impl Drop for Initramfs {
    fn drop(&mut self) {
        // Whole pages; what shares a page with the module's ends was kept from the allocator with
        // it.
        let start = self.0.start & !(PAGE_SIZE - 1);
        mem::add(start..self.0.end.next_multiple_of(PAGE_SIZE));
    }
}

pub(crate) fn take_initramfs() -> Option<Initramfs> {
    INITRAMFS.lock().take().map(Initramfs)
}
