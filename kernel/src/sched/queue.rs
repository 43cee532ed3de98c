//! The threads that wait for one processor, in the order in which they get it.
//!
//! Real-time threads stand first, by priority. The others share by weight:
//! each has a virtual time that runs slower the more weight it has, and the
//! one that is furthest behind is next (the idea of fair queueing). Who has
//! slept may be behind by [`CREDIT`], and the running thread may get ahead of
//! it by [`LEAD`]: so a thread that mostly waits runs at once when it is woken,
//! and two that wake each other all the time let each other work.

use alloc::collections::{BinaryHeap, VecDeque};
use core::cmp::Ordering;

use crate::errno::Result;

/// The weight at which virtual time runs as real time does: that of nice 0.
const NORMAL_WEIGHT: u64 = 1024;

/// How far behind the running thread one may start that has slept, in virtual nanoseconds.
const CREDIT: u64 = 3_000_000;

/// How far ahead of a woken thread the running one may get, in virtual nanoseconds.
const LEAD: u64 = 1_000_000;

/// What the queue asks of its entries: threads, or stand-ins in tests.
pub trait Entry: Clone {
    /// Real-time priority, 0 for none.
    fn priority(&self) -> u8;
    /// Virtual time used so far.
    fn virtual_time(&self) -> u64;
    /// Sets the virtual time.
    fn set_virtual_time(&self, time: u64);
    /// Whether the processor may run it now: it has left its last one.
    fn is_ready(&self) -> bool;
    /// Whether both are the same.
    fn same(&self, other: &Self) -> bool;
}

/// Virtual time that `elapsed` nanoseconds cost at a weight.
#[inline]
pub fn virtual_cost(elapsed: u64, weight: u64) -> u64 {
    if weight == NORMAL_WEIGHT {
        return elapsed;
    }
    (u128::from(elapsed) * u128::from(NORMAL_WEIGHT) / u128::from(weight.max(1))) as u64
}

/// In how many nanoseconds a thread of a weight uses this much virtual time.
#[inline]
pub fn real_time(virtual_time: u64, weight: u64) -> u64 {
    if weight == NORMAL_WEIGHT {
        return virtual_time;
    }
    (u128::from(virtual_time) * u128::from(weight) / u128::from(NORMAL_WEIGHT)) as u64
}

/// Why a thread comes to the queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arrival {
    /// It is new.
    New,
    /// What it slept for has come.
    Woken,
    /// Its slice is over, or it lets the others go first.
    Behind,
    /// Something more urgent has displaced it: a real-time thread stands before its equals.
    Displaced,
}

struct Fair<T> {
    time: u64,
    number: u64,
    thread: T,
}

impl<T> PartialEq for Fair<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T> Eq for Fair<T> {}

impl<T> PartialOrd for Fair<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Fair<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        // The heap gives the greatest; the least virtual time is wanted.
        (other.time, other.number).cmp(&(self.time, self.number))
    }
}

/// The threads that wait for one processor.
pub struct Queue<T> {
    realtime: VecDeque<T>,
    fair: BinaryHeap<Fair<T>>,
    /// Virtual time of the fair thread that was taken last: never goes back.
    now: u64,
    number: u64,
}

impl<T: Entry> Queue<T> {
    /// Nobody waits.
    pub const fn new() -> Self {
        Self {
            realtime: VecDeque::new(),
            fair: BinaryHeap::new(),
            now: 0,
            number: 0,
        }
    }

    /// How many wait.
    #[inline]
    pub fn len(&self) -> usize {
        self.realtime.len() + self.fair.len()
    }

    /// Makes room for `threads` in all, so that [`Self::push`] never allocates.
    pub fn reserve(&mut self, threads: usize) -> Result<()> {
        self.realtime
            .try_reserve(threads.saturating_sub(self.realtime.len()))?;
        self.fair
            .try_reserve(threads.saturating_sub(self.fair.len()))?;
        Ok(())
    }

    /// Adds a thread. One that is new, or comes from another queue (`moved`), starts level with those that are here: it
    /// neither owes nor is owed.
    ///
    /// For a woken thread that shares, the answer is for how much virtual time, from the beginning of its slice on, the
    /// running one may go on.
    pub fn push(&mut self, thread: T, arrival: Arrival, moved: bool) -> Option<u64> {
        let priority = thread.priority();
        if priority == 0 {
            let time = match arrival {
                _ if moved => self.now,
                Arrival::New => self.now,
                Arrival::Woken => thread.virtual_time().max(self.now.saturating_sub(CREDIT)),
                Arrival::Behind | Arrival::Displaced => thread.virtual_time().max(self.now),
            };
            thread.set_virtual_time(time);
            self.number += 1;
            self.fair.push(Fair {
                time,
                number: self.number,
                thread,
            });
            return (arrival == Arrival::Woken).then(|| (time + LEAD).saturating_sub(self.now));
        }
        let before = |other: &T| match arrival {
            Arrival::Displaced => other.priority() > priority,
            _ => other.priority() >= priority,
        };
        let position = self.realtime.iter().take_while(|other| before(other));
        let position = position.count();
        self.realtime.insert(position, thread);
        None
    }

    /// Takes the next thread that is ready. `None` when there is none, or
    /// those at the front are just leaving another processor.
    #[inline]
    pub fn take(&mut self) -> Option<T> {
        if let Some(index) = self.realtime.iter().position(Entry::is_ready) {
            return self.realtime.remove(index);
        }
        let first = self.fair.pop()?;
        if first.thread.is_ready() {
            self.now = self.now.max(first.time);
            return Some(first.thread);
        }
        let second = self.fair.pop();
        self.fair.push(first);
        let second = second?;
        if second.thread.is_ready() {
            self.now = self.now.max(second.time);
            return Some(second.thread);
        }
        self.fair.push(second);
        None
    }

    /// Takes a thread that `may_take` allows, for another processor.
    pub fn steal(&mut self, mut may_take: impl FnMut(&T) -> bool) -> Option<T> {
        let mut wanted = |thread: &T| thread.is_ready() && may_take(thread);
        if let Some(index) = self.realtime.iter().position(&mut wanted) {
            return self.realtime.remove(index);
        }
        if !self.fair.iter().any(|entry| wanted(&entry.thread)) {
            return None;
        }
        self.take_fair(wanted)
    }

    /// Whether a thread that `may_take` allows waits but is not ready.
    pub fn has_unready(&self, mut may_take: impl FnMut(&T) -> bool) -> bool {
        let fair = self.fair.iter().map(|entry| &entry.thread);
        let mut all = self.realtime.iter().chain(fair);
        all.any(|thread| !thread.is_ready() && may_take(thread))
    }

    /// Takes a certain thread out, if it waits here.
    pub fn remove(&mut self, thread: &T) -> bool {
        if let Some(index) = self.realtime.iter().position(|other| other.same(thread)) {
            self.realtime.remove(index);
            return true;
        }
        self.take_fair(|other| other.same(thread)).is_some()
    }

    fn take_fair(&mut self, mut wanted: impl FnMut(&T) -> bool) -> Option<T> {
        let mut entries = core::mem::take(&mut self.fair).into_vec();
        let index = entries.iter().position(|entry| wanted(&entry.thread));
        let found = index.map(|index| entries.swap_remove(index).thread);
        self.fair = entries.into();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::rc::Rc;

    #[derive(Clone, Debug)]
    struct Mock(Rc<(u32, u8, Cell<u64>, Cell<bool>)>);

    fn mock(name: u32, priority: u8) -> Mock {
        Mock(Rc::new((name, priority, Cell::new(0), Cell::new(true))))
    }

    impl Entry for Mock {
        fn priority(&self) -> u8 {
            self.0.1
        }
        fn virtual_time(&self) -> u64 {
            self.0.2.get()
        }
        fn set_virtual_time(&self, time: u64) {
            self.0.2.set(time);
        }
        fn is_ready(&self) -> bool {
            self.0.3.get()
        }
        fn same(&self, other: &Self) -> bool {
            Rc::ptr_eq(&self.0, &other.0)
        }
    }

    fn names(queue: &mut Queue<Mock>) -> Vec<u32> {
        std::iter::from_fn(|| queue.take().map(|thread| thread.0.0)).collect()
    }

    #[test]
    fn equals_are_served_in_order_of_arrival() {
        let mut queue = Queue::new();
        for name in 0..5 {
            queue.push(mock(name, 0), Arrival::Behind, false);
        }
        assert_eq!(names(&mut queue), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn priorities_come_first_and_displaced_threads_before_their_equals() {
        let mut queue = Queue::new();
        queue.push(mock(1, 0), Arrival::Behind, false);
        queue.push(mock(2, 5), Arrival::Behind, false);
        queue.push(mock(3, 9), Arrival::Behind, false);
        queue.push(mock(4, 5), Arrival::Behind, false);
        queue.push(mock(5, 5), Arrival::Displaced, false);
        assert_eq!(names(&mut queue), [3, 5, 2, 4, 1]);
    }

    #[test]
    fn weights_share_the_processor() {
        let mut queue = Queue::new();
        let threads = [(mock(0, 0), 1024), (mock(1, 0), 2048), (mock(2, 0), 512)];
        for (thread, _) in &threads {
            queue.push(thread.clone(), Arrival::Behind, false);
        }
        let mut ran = [0; 3];
        for _ in 0..700 {
            let thread = queue.take().unwrap();
            let index = thread.0.0 as usize;
            ran[index] += 1;
            let cost = virtual_cost(1000, threads[index].1);
            thread.set_virtual_time(thread.virtual_time() + cost);
            queue.push(thread, Arrival::Behind, false);
        }
        for (count, share) in ran.into_iter().zip([200, 400, 100]) {
            assert!((share - 2..=share + 2).contains(&count), "{ran:?}");
        }
    }

    /// A queue whose processor runs thread 0, which has `time` behind it.
    fn running_since(time: u64) -> Queue<Mock> {
        let mut queue = Queue::new();
        let busy = mock(0, 0);
        busy.set_virtual_time(time);
        queue.push(busy, Arrival::Behind, false);
        assert_eq!(names(&mut queue), [0]);
        queue
    }

    #[test]
    fn a_sleeper_saves_up_its_credit_and_no_more() {
        let mut queue = running_since(100 * LEAD);
        let sleeper = mock(1, 0);
        assert_eq!(queue.push(sleeper.clone(), Arrival::Woken, false), Some(0));
        assert_eq!(sleeper.virtual_time(), 100 * LEAD - CREDIT);
        for (arrival, moved) in [
            (Arrival::New, false),
            (Arrival::Behind, false),
            (Arrival::Woken, true),
        ] {
            let other = mock(2, 0);
            queue.push(other.clone(), arrival, moved);
            assert_eq!(other.virtual_time(), 100 * LEAD, "{arrival:?}");
        }
    }

    #[test]
    fn the_running_thread_may_get_ahead_of_a_woken_one_by_its_lead() {
        let woken = |time, priority| {
            let thread = mock(1, priority);
            thread.set_virtual_time(time);
            running_since(100 * LEAD).push(thread, Arrival::Woken, false)
        };
        assert_eq!(woken(100 * LEAD, 0), Some(LEAD));
        assert_eq!(woken(100 * LEAD - LEAD / 4, 0), Some(LEAD / 4 * 3));
        assert_eq!(woken(99 * LEAD, 0), Some(0));
        assert_eq!(woken(102 * LEAD, 0), Some(3 * LEAD));
        assert_eq!(woken(0, 7), None);
        assert_eq!(
            running_since(100 * LEAD).push(mock(1, 0), Arrival::New, false),
            None
        );
        assert_eq!(
            running_since(100 * LEAD).push(mock(1, 0), Arrival::Behind, false),
            None
        );
    }

    #[test]
    fn threads_that_are_still_leaving_are_passed_over() {
        let mut queue = Queue::new();
        let (leaving, other) = (mock(0, 0), mock(1, 0));
        leaving.0.3.set(false);
        queue.push(leaving.clone(), Arrival::Behind, false);
        assert!(queue.take().is_none());
        assert!(queue.steal(|_| true).is_none());
        assert!(queue.has_unready(|_| true) && !queue.has_unready(|_| false));
        queue.push(other, Arrival::Behind, false);
        assert_eq!(names(&mut queue), [1]);
        leaving.0.3.set(true);
        assert_eq!(names(&mut queue), [0]);
    }

    #[test]
    fn stealing_respects_the_taker() {
        let mut queue = Queue::new();
        for name in 0..4 {
            queue.push(mock(name, 0), Arrival::Behind, false);
        }
        assert_eq!(queue.steal(|thread| thread.0.0 == 2).unwrap().0.0, 2);
        assert!(queue.steal(|thread| thread.0.0 == 2).is_none());
        let first = queue.take().unwrap();
        assert!(!queue.remove(&first));
        assert_eq!((names(&mut queue), queue.len()), (vec![1, 3], 0));
    }
}
