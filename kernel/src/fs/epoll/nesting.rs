//! Instances that watch instances.
//!
//! A change goes up from a file through every instance above it, one call in another, and asking an instance goes down
//! the same way. So what watches what must have no circle, may be only so deep, and no instance may be below others in
//! too many ways: else a few hundred descriptors would make one write take hours. The limits are Linux's.
//!
//! Locks: [`STRUCTURE`], then an instance's `neighbours`.

use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;

use super::Epoll;
use crate::errno::{Errno, Result};
use crate::sync::{SpinLock, SpinLockGuard};

/// How many steps lead from the lowest instance to the highest: five instances may be in each other (epoll_ctl(2),
/// `ELOOP`).
const DEPTH_MAX: usize = 4;
/// In how many ways as many steps may lead up from an instance, less one step.
const WAYS_MAX: [usize; DEPTH_MAX] = [500, 100, 50, 10];

static STRUCTURE: SpinLock<()> = SpinLock::new(());

/// What an instance watches and is watched by; one entry for each descriptor. Those that are gone stay until the next
/// change.
#[derive(Default)]
pub struct Neighbours {
    above: Vec<Weak<Epoll>>,
    below: Vec<Weak<Epoll>>,
}

/// The right to change what watches what.
pub struct Structure(#[expect(dead_code, reason = "it is held")] SpinLockGuard<'static, ()>);

/// Keeps everybody else from putting instances into each other.
pub fn lock() -> Structure {
    Structure(STRUCTURE.lock())
}

/// How many ways of each length lead up from an instance, that of length 0 included.
type Ways = [usize; DEPTH_MAX + 1];

fn above(epoll: &Epoll) -> Result<Vec<Arc<Epoll>>> {
    let neighbours = epoll.neighbours.lock();
    let mut list = Vec::new();
    list.try_reserve_exact(neighbours.above.len())?;
    list.extend(neighbours.above.iter().filter_map(Weak::upgrade));
    Ok(list)
}

fn below(epoll: &Epoll) -> Result<Vec<Arc<Epoll>>> {
    let neighbours = epoll.neighbours.lock();
    let mut list = Vec::new();
    list.try_reserve_exact(neighbours.below.len())?;
    list.extend(neighbours.below.iter().filter_map(Weak::upgrade));
    Ok(list)
}

/// Counts the ways up. They are few: that is what is kept up here.
fn count_ways(epoll: &Epoll, length: usize, ways: &mut Ways) -> Result<()> {
    let count = ways.get_mut(length).ok_or(Errno::ELOOP)?;
    *count += 1;
    for outer in above(epoll)? {
        count_ways(&outer, length + 1, ways)?;
    }
    Ok(())
}

fn make_room(list: &mut Vec<Weak<Epoll>>) -> Result<()> {
    if list.len() == list.capacity() {
        list.retain(|epoll| epoll.strong_count() > 0);
    }
    Ok(list.try_reserve(1)?)
}

impl Structure {
    /// Notes that `outer` watches `inner`, once more if it does already.
    ///
    /// # Errors
    /// `ELOOP` for a circle and for too deep a structure, `EINVAL` when too many ways lead up from an instance, `ENOMEM`.
    pub fn join(&self, outer: &Arc<Epoll>, inner: &Epoll) -> Result<()> {
        let mut up = Ways::default();
        count_ways(outer, 0, &mut up)?;
        // Level by level: each instance below, and in how many ways it is reached.
        let mut level = BTreeMap::from([(inner.this.as_ptr().addr(), (inner.this.clone(), 1))]);
        for depth in 0..=DEPTH_MAX {
            let mut next: BTreeMap<usize, (Weak<Epoll>, usize)> = BTreeMap::new();
            for (reached, downwards) in level.values() {
                let Some(reached) = reached.upgrade() else {
                    continue;
                };
                if Arc::ptr_eq(&reached, outer) {
                    return Err(Errno::ELOOP);
                }
                let mut ways = Ways::default();
                count_ways(&reached, 0, &mut ways)?;
                for (steps, count) in up.iter().enumerate().filter(|(_, count)| **count > 0) {
                    // From here down to `inner`, from that to `outer`, and on.
                    let length = depth + 1 + steps;
                    let most = *WAYS_MAX.get(length - 1).ok_or(Errno::ELOOP)?;
                    let old = ways.get(length).copied().unwrap_or(0);
                    if old.saturating_add(count.saturating_mul(*downwards)) > most {
                        return Err(Errno::EINVAL);
                    }
                }
                for lower in below(&reached)? {
                    let entry = next.entry(Arc::as_ptr(&lower).addr());
                    let entry = entry.or_insert_with(|| (Arc::downgrade(&lower), 0));
                    entry.1 = entry.1.saturating_add(*downwards);
                }
            }
            level = next;
        }
        make_room(&mut outer.neighbours.lock().below)?;
        make_room(&mut inner.neighbours.lock().above)?;
        outer.neighbours.lock().below.push(inner.this.clone());
        inner.neighbours.lock().above.push(Arc::downgrade(outer));
        Ok(())
    }

    /// Notes that `outer` watches `inner` once less.
    pub fn part(&self, outer: &Epoll, inner: &Epoll) {
        let remove = |list: &mut Vec<Weak<Epoll>>, epoll: &Epoll| {
            let is_it = |other: &Weak<Epoll>| core::ptr::eq(other.as_ptr(), epoll);
            if let Some(position) = list.iter().position(is_it) {
                list.swap_remove(position);
            }
        };
        remove(&mut outer.neighbours.lock().below, inner);
        remove(&mut inner.neighbours.lock().above, outer);
    }
}
