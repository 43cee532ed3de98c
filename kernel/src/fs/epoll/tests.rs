//! An instance over event counters, pipes and other instances.

use super::*;
use crate::fs::buf::{Sink, Source};
use crate::fs::eventfd::{self, Taking};
use crate::fs::pipe;
use crate::process::Credentials;

fn wish(events: u32, data: u64) -> Event {
    Event { events, data }
}

fn instance(file: &OpenFile) -> &Epoll {
    file.object_as().unwrap()
}

fn taken(epoll: &Epoll, max: usize) -> Vec<Event> {
    let mut events = Vec::new();
    let count = epoll.collect(max, |index, event| {
        assert_eq!(index, events.len());
        events.push(event);
        Ok(())
    });
    assert_eq!(count, Ok(events.len()));
    events
}

fn add(counter: &OpenFile) {
    counter
        .write(&mut Source::kernel(&1u64.to_le_bytes()))
        .unwrap();
}

fn take(counter: &OpenFile) {
    counter.read(&mut Sink::kernel(&mut [0; 8])).unwrap();
}

#[test]
fn an_event_that_is_refused_stays() {
    let file = Epoll::create();
    let epoll = instance(&file);
    let counters: [_; 2] = core::array::from_fn(|_| eventfd::create(1, Taking::All, 0));
    for (fd, counter) in counters.iter().enumerate() {
        let wish = wish(raw::EPOLLIN | EDGE, fd as u64);
        epoll.add(fd as i32, counter, wish).unwrap();
    }
    let refuse = |_, _| Err(Errno::EFAULT);
    assert_eq!(epoll.collect(2, refuse), Err(Errno::EFAULT));
    let second = |index, _| match index {
        0 => Ok(()),
        _ => Err(Errno::EFAULT),
    };
    assert_eq!(epoll.collect(2, second), Ok(1));
    assert_eq!(taken(epoll, 2).len(), 1);
    assert_eq!(taken(epoll, 2), []);
}

#[test]
fn level_edge_and_one_shot() {
    let file = Epoll::create();
    let epoll = instance(&file);
    let counters: [_; 3] = core::array::from_fn(|_| eventfd::create(0, Taking::All, 0));
    for (fd, mode) in [0, EDGE, ONE_SHOT].into_iter().enumerate() {
        epoll
            .add(
                fd as i32,
                &counters[fd],
                wish(raw::EPOLLIN | mode, fd as u64),
            )
            .unwrap();
    }
    let data = |max| {
        taken(epoll, max)
            .iter()
            .map(|event| event.data)
            .collect::<Vec<_>>()
    };
    assert_eq!(data(10), []);
    assert_eq!(file.poll(), PollEvents::empty());
    counters.iter().for_each(|counter| add(counter));
    assert_eq!(file.poll(), PollEvents::READABLE);
    assert_eq!(data(10), [0, 1, 2]);
    // Level-triggered stays; the edge comes again with the next change; one-shot is over.
    assert_eq!(data(10), [0]);
    counters.iter().for_each(|counter| add(counter));
    assert_eq!(data(10), [0, 1]);
    epoll
        .modify(2, &counters[2], wish(raw::EPOLLIN | ONE_SHOT, 22))
        .unwrap();
    assert_eq!(data(10), [0, 22]);
    take(&counters[0]);
    assert_eq!(data(10), []);
}

#[test]
fn few_events_at_a_time_reach_every_file() {
    let file = Epoll::create();
    let epoll = instance(&file);
    let counters: Vec<_> = (0..5).map(|_| eventfd::create(1, Taking::All, 0)).collect();
    for (fd, counter) in counters.iter().enumerate() {
        epoll
            .add(fd as i32, counter, wish(raw::EPOLLIN, fd as u64))
            .unwrap();
    }
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.extend(taken(epoll, 2).iter().map(|event| event.data));
    }
    assert_eq!(seen, [0, 1, 2, 3, 4, 0]);
}

#[test]
fn descriptors_come_and_go() {
    let file = Epoll::create();
    let epoll = instance(&file);
    let (reader, writer) = pipe::create(&Credentials::root(), 0).unwrap();
    epoll.add(3, &reader, wish(raw::EPOLLIN, 1)).unwrap();
    assert_eq!(
        epoll.add(3, &reader, wish(raw::EPOLLIN, 1)),
        Err(Errno::EEXIST)
    );
    assert_eq!(epoll.modify(4, &reader, wish(0, 0)), Err(Errno::ENOENT));
    drop(writer);
    assert_eq!(taken(epoll, 9), [wish(raw::EPOLLHUP, 1)]);
    epoll.remove(3, &reader).unwrap();
    assert_eq!(taken(epoll, 9), []);
    let counter = eventfd::create(1, Taking::All, 0);
    epoll.add(3, &counter, wish(raw::EPOLLIN, 2)).unwrap();
    drop(counter);
    assert_eq!(taken(epoll, 9), []);
    assert!(epoll.interests.lock().is_empty());
}

#[test]
fn instances_nest_but_not_in_circles() {
    let outer = Epoll::create();
    let inner = Epoll::create();
    assert_eq!(
        instance(&outer).add(0, &outer, wish(raw::EPOLLIN, 0)),
        Err(Errno::EINVAL)
    );
    instance(&outer)
        .add(0, &inner, wish(raw::EPOLLIN, 7))
        .unwrap();
    assert_eq!(
        instance(&inner).add(0, &outer, wish(raw::EPOLLIN, 0)),
        Err(Errno::ELOOP)
    );
    let counter = eventfd::create(0, Taking::All, 0);
    instance(&inner)
        .add(1, &counter, wish(raw::EPOLLIN, 8))
        .unwrap();
    assert_eq!(outer.poll(), PollEvents::empty());
    add(&counter);
    assert_eq!(outer.poll(), PollEvents::READABLE);
    assert_eq!(taken(instance(&outer), 1), [wish(raw::EPOLLIN, 7)]);
    assert_eq!(taken(instance(&inner), 1), [wish(raw::EPOLLIN, 8)]);
}

#[test]
fn a_closed_file_is_forgotten() {
    let file = Epoll::create();
    let epoll = instance(&file);
    let (reader, _writer) = pipe::create(&Credentials::root(), 0).unwrap();
    for round in 0..if cfg!(miri) { 10 } else { 1000 } {
        let counter = eventfd::create(1, Taking::All, 0);
        epoll.add(3, &counter, wish(raw::EPOLLIN, round)).unwrap();
        drop(counter);
        assert!(epoll.interests.lock().is_empty());
    }
    assert!(epoll.candidates.lock().list.len() < 10);
    epoll.add(4, &reader, wish(raw::EPOLLIN, 0)).unwrap();
    assert_eq!(taken(epoll, 9), []);
    assert_eq!(epoll.interests.lock().len(), 1);
}

#[test]
fn a_structure_is_as_deep_from_above_as_from_below() {
    let instances: Vec<_> = (0..8).map(|_| Epoll::create()).collect();
    let put = |outer: usize, inner: usize| {
        instance(&instances[outer]).add(0, &instances[inner], wish(raw::EPOLLIN, 0))
    };
    for (outer, inner) in [(0, 1), (1, 2), (2, 3), (3, 4)] {
        assert_eq!(put(outer, inner), Ok(()));
    }
    assert_eq!(put(4, 5), Err(Errno::ELOOP));
    assert_eq!(put(5, 0), Err(Errno::ELOOP));
    assert_eq!(put(4, 0), Err(Errno::ELOOP));
    // One step less makes room.
    instance(&instances[2]).remove(0, &instances[3]).unwrap();
    assert_eq!(put(6, 0), Ok(()));
    assert_eq!(put(4, 6), Err(Errno::ELOOP));
    assert_eq!(put(2, 7), Ok(()));
    let counter = eventfd::create(1, Taking::All, 0);
    instance(&instances[7])
        .add(1, &counter, wish(raw::EPOLLIN, 0))
        .unwrap();
    assert_eq!(instances[6].poll(), PollEvents::READABLE);
}

#[test]
#[cfg_attr(miri, ignore = "takes minutes there")]
fn a_structure_has_few_ways_through_it() {
    const WIDTH: usize = 30;
    let levels: [Vec<_>; 4] =
        core::array::from_fn(|_| (0..WIDTH).map(|_| Epoll::create()).collect());
    let mut refused = 0;
    for pair in levels.windows(2) {
        for outer in &pair[0] {
            for (fd, inner) in pair[1].iter().enumerate() {
                match instance(outer).add(fd as i32, inner, wish(raw::EPOLLIN, 0)) {
                    Ok(()) => {}
                    Err(error) => {
                        assert_eq!(error, Errno::EINVAL);
                        refused += 1;
                    }
                }
            }
        }
    }
    // The first two levels are joined in full; from the third on there would be too many ways.
    assert!(refused > WIDTH * WIDTH, "{refused} were refused");
    let counter = eventfd::create(0, Taking::All, 0);
    for inner in &levels[3] {
        instance(inner)
            .add(99, &counter, wish(raw::EPOLLIN, 0))
            .unwrap();
    }
    add(&counter);
    take(&counter);
    assert_eq!(levels[0][0].poll(), PollEvents::empty());
}
