//! The vDSO in every address space (vdso(7)): a page of values, then the HAL's image.
//!
//! Both pages are the kernel's, the same for all, and mapped so that no program
//! can make them writable.

use alloc::sync::Arc;
use core::sync::atomic::{Ordering, fence};

use hal::mem::{Frame, PAGE_SIZE};
use hal::space::Access;
use hal::vdso::Values;

use super::object::SharedMemory;
use super::{Backing, Label, MapRequest, Mm, Replace, SizeLimits};
use crate::errno::Result;
use crate::sync::{Once, SpinLock};

/// Bytes of the values and the image.
pub const LENGTH: usize = 2 * PAGE_SIZE;

struct Pages {
    memory: Arc<SharedMemory>,
    values: Frame,
    sequence: SpinLock<u32>,
}

static PAGES: Once<Pages> = Once::new();

/// Makes the pages. Once, at boot; without an image there is no vDSO.
pub fn init(realtime_offset: i64) -> Result<()> {
    let image = hal::vdso::image();
    if image.is_empty() || image.len() > PAGE_SIZE {
        return Ok(());
    }
    let values = Frame::zeroed()?;
    let code = Frame::zeroed()?;
    code.write(0, image);
    let memory = Arc::new(SharedMemory::fixed([values.clone(), code]));
    PAGES.call_once(|| Pages {
        memory,
        values,
        sequence: SpinLock::new(0),
    });
    update(realtime_offset);
    Ok(())
}

/// The realtime clock was set.
pub fn update(realtime_offset: i64) {
    let Some(pages) = PAGES.get() else { return };
    let mut sequence = pages.sequence.lock();
    let next = sequence.wrapping_add(2);
    // Odd while the values change, so that readers wait.
    pages.values.write(0, &(next - 1).to_le_bytes());
    fence(Ordering::SeqCst);
    let bytes = Values::new(next, realtime_offset).to_bytes();
    pages.values.write(4, &bytes[4..]);
    fence(Ordering::SeqCst);
    pages.values.write(0, &bytes[..4]);
    *sequence = next;
}

/// Maps it at `address`; gives where the image starts (`AT_SYSINFO_EHDR`).
pub fn map(mm: &Mm, address: usize) -> Result<Option<usize>> {
    let Some(pages) = PAGES.get() else {
        return Ok(None);
    };
    let request = MapRequest {
        address: Some(address),
        length: LENGTH,
        access: Access::READ | Access::EXECUTE,
        backing: Backing::Shared {
            memory: pages.memory.clone(),
            offset: 0,
        },
        replace: Replace::Fail,
        grows_down: false,
        label: Label::Vdso,
    };
    let start = mm.map(request, SizeLimits::NONE)?;
    Ok(Some(start + PAGE_SIZE))
}
