//! The kernel's half of every address space.
//!
//! | from | what | rights |
//! |---|---|---|
//! | `0xffff_8000_0000_0000` | all physical memory (the direct map) | read, write |
//! | `0xffff_c000_0000_0000` | kernel stacks, see `task::stack` | read, write |
//! | `0xffff_ffff_8000_0000` | the kernel image from physical 0 | by section |
//! | `0xffff_ffff_c000_0000` | device registers | read, write, uncached |
//!
//! The root's entries for these are made at boot and never change, so a user root copies them once
//! ([`KERNEL_ENTRIES`]).

use super::cpu::features;
use super::cpu::registers::{invalidate_page, write_cr3};
use super::mem;
use super::task::KERNEL_STACKS_START;
use crate::mem::{OutOfMemory, PAGE_SIZE};
use core::ops::Range;
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Start of the direct map.
const DIRECT: usize = 0xffff_8000_0000_0000;
/// Virtual address of the kernel image's physical 0.
pub(crate) const IMAGE: usize = 0xffff_ffff_8000_0000;
/// Start of the device registers' window of one page table.
const DEVICES: usize = 0xffff_ffff_c000_0000;

pub(crate) const PRESENT: u64 = 1;
pub(crate) const WRITABLE: u64 = 1 << 1;
pub(crate) const USER: u64 = 1 << 2;
const WRITE_THROUGH: u64 = 1 << 3;
const UNCACHED: u64 = 1 << 4;
pub(crate) const ACCESSED: u64 = 1 << 5;
pub(crate) const DIRTY: u64 = 1 << 6;
const LARGE: u64 = 1 << 7;
const GLOBAL: u64 = 1 << 8;
pub(crate) const NO_EXECUTE: u64 = 1 << 63;
/// The address bits of an entry.
pub(crate) const ADDRESS: u64 = 0x000f_ffff_ffff_f000;

/// An entry for kernel data.
const DATA: u64 = PRESENT | WRITABLE | ACCESSED | DIRTY | GLOBAL | NO_EXECUTE;
/// An entry for a table.
pub(crate) const TABLE: u64 = PRESENT | WRITABLE | USER | ACCESSED;

const LARGE_SIZE: usize = 2 << 20;
const GIGABYTE: usize = 1 << 30;
/// What the direct map covers at least: firmware tables and device registers lie below.
const DIRECT_MINIMUM: usize = 4 * GIGABYTE;

/// Indexes of the kernel's entries in a root table.
pub(crate) const KERNEL_ENTRIES: [usize; 3] = [
    index(DIRECT, 3),
    index(KERNEL_STACKS_START, 3),
    index(IMAGE, 3),
];

/// A page table of any level.
pub(crate) type Table = [AtomicU64; 512];

/// Index into the table of a level (0: page table, 3: root).
#[inline]
pub(crate) const fn index(address: usize, level: usize) -> usize {
    address >> (12 + 9 * level) & 511
}

/// Where a physical address is in the direct map.
#[inline]
pub(crate) fn direct<T>(address: usize) -> *mut T {
    core::ptr::with_exposed_provenance_mut(DIRECT | address)
}

/// The inverse of [`direct`].
#[inline]
pub(crate) fn direct_address<T>(pointer: *const T) -> usize {
    pointer.expose_provenance() & !DIRECT
}

/// The table at a physical address.
///
/// # Safety
/// The page is a page table (only accessed as such) for as long as the reference is used.
#[inline]
pub(crate) unsafe fn table<'a>(address: usize) -> &'a Table {
    // SAFETY: the direct map covers the page; the caller's promise.
    unsafe { &*direct(address) }
}

static KERNEL_ROOT: AtomicUsize = AtomicUsize::new(0);

/// Physical address of the kernel's own root table.
pub(crate) fn kernel_root() -> usize {
    KERNEL_ROOT.load(Ordering::Relaxed)
}

unsafe extern "C" {
    static clew_text_start: u8;
    static clew_text_end: u8;
    static clew_rodata_end: u8;
    static clew_image_end: u8;
    static clew_boot_stack_guard: u8;
}

/// Physical addresses of the kernel image, boot code included.
pub(crate) fn image_range() -> Range<usize> {
    0x10_0000..(&raw const clew_image_end) as usize - IMAGE
}

/// Frames [`init`] takes from its supply at most, for `memory_end` bytes of physical address space.
pub(crate) fn frames_for_boot(memory_end: usize) -> usize {
    let directories = if features::get().gigabyte_pages {
        0
    } else {
        memory_end.max(DIRECT_MINIMUM).div_ceil(GIGABYTE)
    };
    // Root, direct map, stacks, image (two levels), devices (two levels), image pages.
    7 + directories + image_range().end.div_ceil(LARGE_SIZE)
}

/// Makes the final tables in the frames from physical address `supply` (as many as
/// [`frames_for_boot`] says, below 4 GiB) and loads them.
///
/// # Safety
/// Called once at boot, on the boot tables; the supply is RAM that nothing uses.
pub(crate) unsafe fn init(memory_end: usize, supply: usize) {
    let mut next = supply;
    let mut make_table = || -> (usize, &'static Table) {
        let address = next;
        next += PAGE_SIZE;
        // SAFETY: a fresh frame of the supply, which is a page table from now on; the boot tables
        // map it.
        unsafe {
            core::ptr::write_bytes(direct::<u8>(address), 0, PAGE_SIZE);
            (address, table(address))
        }
    };
    let set =
        |table: &Table, index: usize, entry: u64| table[index].store(entry, Ordering::Relaxed);
    let (root_address, root) = make_table();

    let (pointers_address, pointers) = make_table();
    set(root, index(DIRECT, 3), pointers_address as u64 | TABLE);
    for (number, start) in (0..memory_end.max(DIRECT_MINIMUM))
        .step_by(GIGABYTE)
        .enumerate()
    {
        if features::get().gigabyte_pages {
            set(pointers, number, start as u64 | DATA | LARGE);
        } else {
            let (directory_address, directory) = make_table();
            set(pointers, number, directory_address as u64 | TABLE);
            for (number, page) in (start..start + GIGABYTE).step_by(LARGE_SIZE).enumerate() {
                set(directory, number, page as u64 | DATA | LARGE);
            }
        }
    }

    let (stacks_address, _) = make_table();
    set(
        root,
        index(KERNEL_STACKS_START, 3),
        stacks_address as u64 | TABLE,
    );

    let (high_address, high) = make_table();
    set(root, index(IMAGE, 3), high_address as u64 | TABLE);
    let (image_address, image) = make_table();
    set(high, index(IMAGE, 2), image_address as u64 | TABLE);
    let mut pages: Option<&Table> = None;
    let text = (&raw const clew_text_start) as usize..(&raw const clew_text_end) as usize;
    let rodata_end = (&raw const clew_rodata_end) as usize;
    let guard = (&raw const clew_boot_stack_guard) as usize;
    for page in (text.start..IMAGE + image_range().end).step_by(PAGE_SIZE) {
        if pages.is_none() || page.is_multiple_of(LARGE_SIZE) {
            let (address, new) = make_table();
            set(image, index(page, 1), address as u64 | TABLE);
            pages = Some(new);
        }
        let rights = match page {
            _ if text.contains(&page) => DATA & !(WRITABLE | NO_EXECUTE),
            _ if page < rodata_end => DATA & !WRITABLE,
            _ if page == guard => continue,
            _ => DATA,
        };
        if let Some(pages) = pages {
            set(pages, index(page, 0), (page - IMAGE) as u64 | rights);
        }
    }

    let (directory_address, directory) = make_table();
    set(high, index(DEVICES, 2), directory_address as u64 | TABLE);
    let (devices_address, _) = make_table();
    set(directory, index(DEVICES, 1), devices_address as u64 | TABLE);

    KERNEL_ROOT.store(root_address, Ordering::Relaxed);
    // SAFETY: the new tables map the image (the running code and stack included) and the direct map
    // as the boot tables do, with the rights each part needs.
    unsafe { write_cr3(root_address) };
}

/// The page table and index of an address whose upper tables exist.
fn entry_of(address: usize) -> Option<&'static AtomicU64> {
    let mut current = kernel_root();
    for level in (1..=3).rev() {
        // SAFETY: the kernel's tables of these levels are never freed.
        let entry = unsafe { table(current) }[index(address, level)].load(Ordering::Relaxed);
        if entry & PRESENT == 0 {
            return None;
        }
        current = (entry & ADDRESS) as usize;
    }
    // SAFETY: as above.
    Some(&unsafe { table(current) }[index(address, 0)])
}

/// Whether the kernel can read the byte at a kernel address.
pub(crate) fn is_mapped(address: usize) -> bool {
    let mut current = kernel_root();
    if current == 0 {
        return false;
    }
    for level in (0..4).rev() {
        // SAFETY: the kernel's tables are never freed.
        let entry = unsafe { table(current) }[index(address, level)].load(Ordering::Relaxed);
        if entry & PRESENT == 0 {
            return false;
        }
        if entry & LARGE != 0 && level > 0 {
            return true;
        }
        current = (entry & ADDRESS) as usize;
    }
    true
}

/// Maps a page of device registers and returns its address. Slots count from 0.
pub(crate) fn map_device(slot: usize, physical: usize) -> usize {
    assert!(
        slot < 512 && physical.is_multiple_of(PAGE_SIZE),
        "device slot"
    );
    let address = DEVICES + slot * PAGE_SIZE;
    let entry = entry_of(address).expect("the devices' tables are made at boot");
    entry.store(
        physical as u64 | DATA | UNCACHED | WRITE_THROUGH,
        Ordering::Relaxed,
    );
    invalidate_page(address);
    address
}

/// Maps a page of a kernel stack to a frame. The callers hold the stacks' lock.
///
/// # Errors
/// [`OutOfMemory`] when there is no frame for a table; `frame` is then freed.
pub(crate) fn map_stack_page(address: usize, frame: u32) -> Result<(), OutOfMemory> {
    let mut current = kernel_root();
    for level in (1..=3).rev() {
        // SAFETY: the kernel's tables are never freed.
        let entry = &unsafe { table(current) }[index(address, level)];
        let mut value = entry.load(Ordering::Relaxed);
        if value & PRESENT == 0 {
            let new = mem::allocate_user_frame().inspect_err(|_| mem::free_frames(frame, 1))?;
            let new = new as usize * PAGE_SIZE;
            // SAFETY: the frame was just allocated.
            unsafe { mem::string::zero_page(direct(new)) };
            value = new as u64 | TABLE;
            entry.store(value, Ordering::Release);
        }
        current = (value & ADDRESS) as usize;
    }
    // SAFETY: as above.
    let entry = &unsafe { table(current) }[index(address, 0)];
    entry.store(
        // Not global: a flush of another CPU reloads its root, which keeps global entries.
        (frame as usize * PAGE_SIZE) as u64 | DATA & !GLOBAL,
        Ordering::Release,
    );
    Ok(())
}

/// Unmaps a page of a kernel stack on this CPU and returns its frame; the caller flushes the others.
/// The callers hold the stacks' lock.
pub(crate) fn unmap_stack_page(address: usize) -> Option<u32> {
    let entry = entry_of(address)?.swap(0, Ordering::Relaxed);
    invalidate_page(address);
    (entry & PRESENT != 0).then_some(((entry & ADDRESS) as usize / PAGE_SIZE) as u32)
}
