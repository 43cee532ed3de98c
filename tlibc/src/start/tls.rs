//! Static thread-local storage, TLS variant II ("ELF Handling For Thread-Local Storage", U. Drepper): a copy of the
//! program's template directly below each thread's control block.

use super::elf;
use crate::pthread::tcb::Tcb;
use core::mem::{align_of, size_of};

/// The program's thread-local template and where its copy goes.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    /// Initialised part.
    pub image: *const u8,
    /// Its length in bytes.
    pub image_len: usize,
    /// Distance from the copy's start up to the control block, in bytes.
    pub offset: usize,
    /// Alignment of the control block, in bytes.
    pub align: usize,
}

impl Template {
    /// The running program's template.
    pub fn of_program() -> Self {
        let mut template = Self {
            image: core::ptr::null(),
            image_len: 0,
            offset: 0,
            align: align_of::<Tcb>(),
        };
        if let Some(header) = elf::find_header(elf::PT_TLS) {
            let align = (header.p_align as usize).max(1);
            let size = header.p_memsz as usize;
            template.image = (header.p_vaddr as usize).wrapping_add(elf::load_bias()) as *const u8;
            template.image_len = header.p_filesz as usize;
            // The linker counts back from the block so that each address is right modulo the alignment.
            let skew = 0usize
                .wrapping_sub(header.p_vaddr as usize)
                .wrapping_sub(size);
            template.offset = size + (skew & (align - 1));
            template.align = template.align.max(align);
        }
        template
    }

    /// Bytes needed in front of the control block when the area starts anywhere.
    pub fn front(&self) -> usize {
        self.offset + self.align - 1
    }

    /// Bytes needed for the copy and the control block when the area starts anywhere.
    pub fn total(&self) -> usize {
        self.front() + size_of::<Tcb>()
    }

    /// Copies the template into zeroed memory, so that the control block comes first thing at an aligned
    /// address at or after `start + offset`; returns that address.
    ///
    /// # Safety
    /// `start` must be valid for writes of [`Self::total`] bytes, all zero.
    pub unsafe fn install(&self, start: *mut u8) -> *mut Tcb {
        let tcb = start.map_addr(|at| (at + self.offset + self.align - 1) & !(self.align - 1));
        // SAFETY: inside the area by the definition of `total`.
        unsafe {
            core::ptr::copy_nonoverlapping(self.image, tcb.sub(self.offset), self.image_len);
        }
        tcb.cast()
    }
}

/// Room for the main thread's block and a small template: saves most programs a mapping.
#[cfg(not(test))]
const BUILT_IN: usize = size_of::<Tcb>() + 1024;

#[cfg(not(test))]
#[repr(C, align(64))]
struct BuiltIn(core::cell::UnsafeCell<[u8; BUILT_IN]>);

// SAFETY: touched once, by `init_main_thread`, before there is a second thread.
#[cfg(not(test))]
unsafe impl Sync for BuiltIn {}

#[cfg(not(test))]
static MAIN_AREA: BuiltIn = BuiltIn(core::cell::UnsafeCell::new([0; BUILT_IN]));

/// Gives the main thread its thread-local storage and control block. Ends the process when that is impossible.
///
/// # Safety
/// Once, at process start.
#[cfg(not(test))]
pub(super) unsafe fn init_main_thread() {
    use super::auxv;
    use crate::platform;
    let template = Template::of_program();
    let slack = if template.align <= align_of::<BuiltIn>() {
        0
    } else {
        template.align
    };
    let area = if template.offset.next_multiple_of(template.align) + slack + size_of::<Tcb>()
        <= BUILT_IN
    {
        MAIN_AREA.0.get().cast()
    } else {
        match platform::map_anonymous(template.total()) {
            Ok(area) => area,
            Err(_) => crate::panic::fatal(&["tlibc: no memory for thread-local storage"]),
        }
    };
    // SAFETY: the area is large enough (a built-in one is aligned, so no byte is lost to alignment) and zero.
    unsafe {
        let tcb = template.install(area);
        Tcb::init(tcb);
        if let Some(random) = auxv::get(auxv::AT_RANDOM) {
            let random = (random as *const [usize; 2]).read_unaligned();
            (*tcb).canary = random[0];
            (*tcb).pointer_guard = random[1];
            // The lowest byte is zero so that string functions cannot copy the canary. A mask would become a constant
            // of 16 bytes, which brings all such constants of the library into every program.
            (&raw mut (*tcb).canary).cast::<u8>().write_volatile(0);
        }
        if platform::set_thread_pointer(tcb.cast()).is_err() {
            crate::panic::fatal(&["tlibc: the kernel refused the thread pointer"]);
        }
        let tid = platform::set_tid_address(&raw const (*tcb).tid);
        (*tcb)
            .tid
            .store(tid as u32, core::sync::atomic::Ordering::Relaxed);
    }
}
