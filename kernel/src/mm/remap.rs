//! mremap(2): mappings that grow, shrink and move.

use alloc::vec::Vec;
use core::ops::Range;

use hal::mem::PAGE_SIZE;
use hal::space::USER_END;

use super::fault::is_zeros;
use super::{MAX_AREAS, Mm, SizeLimits, USER_START, admit, page_range};
use crate::errno::{Errno, Result};

/// What `remap` leaves where the mapping was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Before {
    /// Nothing.
    Unmapped,
    /// A mapping without pages (`MREMAP_DONTUNMAP`).
    Emptied,
}

/// Where `remap` may put the mapping.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RemapTarget {
    /// Only where it is.
    InPlace,
    /// Anywhere (`MREMAP_MAYMOVE`).
    Anywhere,
    /// Exactly here (`MREMAP_FIXED`).
    At(usize),
}

impl Mm {
    /// Resizes a mapping, moving it if allowed (mremap(2)).
    ///
    /// # Errors
    ///
    /// `EFAULT` when the old range is not one mapping, `ENOMEM` when there is
    /// no room, `EAGAIN` past the limit of locked memory, `EINVAL` for bad ranges.
    pub fn remap(
        &self,
        old: &Range<usize>,
        new_length: usize,
        target: RemapTarget,
        before: Before,
        limits: SizeLimits,
    ) -> Result<usize> {
        admit()?;
        let mut inner = self.inner.lock();
        let inner = &mut *inner;
        let area = inner.areas.find(old.start).ok_or(Errno::EFAULT)?;
        let stays = before == Before::Unmapped && !matches!(target, RemapTarget::At(_));
        if new_length <= old.len() && stays {
            // Only unmapping, whatever areas there are in the range.
            inner.discard(&(old.start + new_length..old.end));
            return Ok(old.start);
        }
        if old.is_empty() && !area.backing.is_shared() {
            return Err(Errno::EINVAL);
        }
        if old.end > area.range.end {
            return Err(Errno::EFAULT);
        }
        let moved = area.part(old);
        if inner.areas.len() + 2 > MAX_AREAS {
            return Err(Errno::ENOMEM);
        }
        let growth = match before {
            Before::Unmapped => new_length.saturating_sub(old.len()),
            Before::Emptied => new_length,
        };
        let longer = new_length.saturating_sub(old.len());
        if moved.locked && !inner.has_room_for_locked(longer, limits.locked) {
            return Err(Errno::EAGAIN);
        }
        // What is at a given place goes.
        let place = match target {
            RemapTarget::At(address) => address..address.saturating_add(new_length),
            _ => 0..0,
        };
        if !inner.has_room(growth, moved.is_data(), &place, limits) {
            return Err(Errno::ENOMEM);
        }
        let new_start = match target {
            RemapTarget::At(address) => {
                let range = page_range(address, new_length).map_err(|_| Errno::EINVAL)?;
                if address < USER_START {
                    return Err(Errno::EPERM);
                }
                if range.start < old.end && old.start < range.end {
                    return Err(Errno::EINVAL);
                }
                inner.discard(&range);
                address
            }
            _ if growth == 0 => return Ok(old.start),
            _ if before == Before::Emptied => inner
                .areas
                .find_gap(new_length, inner.layout.mmap_base)
                .ok_or(Errno::ENOMEM)?,
            _ => {
                let in_place = old.end..old.end.checked_add(growth).ok_or(Errno::ENOMEM)?;
                if !old.is_empty()
                    && old.end == area.range.end
                    && in_place.end <= USER_END
                    && inner.areas.is_free(&in_place)
                {
                    let mut grown = moved;
                    grown.range.end = in_place.end;
                    inner.areas.remove(old);
                    inner.areas.insert(grown);
                    return Ok(old.start);
                }
                if target == RemapTarget::InPlace {
                    return Err(Errno::ENOMEM);
                }
                inner
                    .areas
                    .find_gap(new_length, inner.layout.mmap_base)
                    .ok_or(Errno::ENOMEM)?
            }
        };
        let kept = old.start..old.start + new_length.min(old.len());
        let mut pages = Vec::new();
        pages.try_reserve(inner.space.resident().min(kept.len() / PAGE_SIZE))?;
        let mut address = kept.start;
        while let Some(found) = inner.space.next_mapped(address..kept.end) {
            if let Some((frame, access)) = inner.space.lookup(found) {
                pages.push((found, frame, access));
            }
            address = found + PAGE_SIZE;
        }
        for (address, frame, access) in &pages {
            let address = new_start + (address - old.start);
            if let Err(error) = inner.space.map(address, frame.clone(), *access) {
                // Nothing is mapped there: pages neither.
                inner.drop_pages(new_start..address);
                return Err(error.into());
            }
            inner.zeros += usize::from(is_zeros(frame));
        }
        drop(pages);
        match before {
            Before::Unmapped => inner.discard(old),
            Before::Emptied => {
                inner.drop_pages(old.clone());
                inner.areas.update(old, |area| area.locked = false);
            }
        }
        let mut area = moved;
        area.range = new_start..new_start + new_length;
        inner.areas.insert(area);
        Ok(new_start)
    }
}
