use std::collections::VecDeque as Model;

use hal::mock::fewer;
use proptest::prelude::*;

use super::*;
use crate::fs::file::FileObject;
use crate::net::{SocketFile, open};
use crate::process::Credentials;

fn files(kind: Kind) -> [Arc<OpenFile>; 2] {
    UnixSocket::pair(kind).map(|socket| open(socket, &Credentials::root(), 0))
}

fn of(file: &OpenFile) -> &Arc<dyn Socket> {
    let file: &SocketFile = file.object_as().unwrap();
    file.socket()
}

fn send(file: &OpenFile, bytes: &[u8]) -> Result<usize> {
    file.write(&mut Source::kernel(bytes))
}

fn receive(file: &OpenFile, len: usize) -> Result<Vec<u8>> {
    let mut bytes = std::vec![0; len];
    let count = file.read(&mut Sink::kernel(&mut bytes))?;
    bytes.truncate(count);
    Ok(bytes)
}

fn send_files(through: &OpenFile, rights: Vec<Arc<OpenFile>>) {
    let mut with = Ancillary::plain();
    with.rights = rights;
    let sent = of(through).send(&mut Source::kernel(b"x"), None, &mut with);
    assert_eq!(sent, Ok(1));
}

const BOTH: Halves = Halves {
    read: true,
    write: true,
};

#[test]
fn streams_join_writes_and_end() {
    let [a, b] = files(Kind::Stream);
    assert_eq!(receive(&b, 1), Err(Errno::EAGAIN));
    assert_eq!((send(&a, b"ab"), send(&a, b"cd")), (Ok(2), Ok(2)));
    let mut peeked = [0; 3];
    let count = of(&b).receive(
        &mut Sink::kernel(&mut peeked),
        Receive::Peek,
        &mut Received::default(),
    );
    assert_eq!((count, &peeked), (Ok(3), b"abc"));
    assert_eq!(receive(&b, 10), Ok(b"abcd".to_vec()));
    let write = Halves {
        read: false,
        write: true,
    };
    of(&a).shut_down(write).unwrap();
    assert_eq!(receive(&b, 10), Ok(Vec::new()));
    assert_eq!(send(&a, b"x"), Err(Errno::EPIPE));
    assert_eq!(send(&b, b"y"), Ok(1));
    drop(b);
    assert_eq!(receive(&a, 10), Ok(b"y".to_vec()));
    assert_eq!(receive(&a, 10), Ok(Vec::new()));
    assert!(a.poll().contains(PollEvents::HUP));
}

#[test]
fn a_full_stream_takes_a_part() {
    let [a, b] = files(Kind::Stream);
    let large = std::vec![1; 2 * BUFFER_DEFAULT];
    let first = send(&a, &large).unwrap();
    assert!(first > BUFFER_DEFAULT / 2 && first <= BUFFER_DEFAULT);
    assert_eq!(send(&a, b"x"), Err(Errno::EAGAIN));
    assert!(!a.poll().contains(PollEvents::OUT));
    let mut left = first;
    while left > 0 {
        left -= receive(&b, 5000).unwrap().len();
    }
    assert!(a.poll().contains(PollEvents::OUT));
    assert_eq!(send(&a, b"wxyz"), Ok(4));
}

#[test]
fn messages_keep_their_bounds() {
    for kind in [Kind::Datagram, Kind::SequencedPacket] {
        let [a, b] = files(kind);
        for message in [&b"abc"[..], b"", b"de"] {
            assert_eq!(send(&a, message), Ok(message.len()));
        }
        assert_eq!(receive(&b, 2), Ok(b"ab".to_vec()));
        assert_eq!(receive(&b, 9), Ok(Vec::new()));
        assert_eq!(receive(&b, 9), Ok(b"de".to_vec()));
        assert_eq!(receive(&b, 9), Err(Errno::EAGAIN));
        let large = std::vec![0; BUFFER_DEFAULT + 1];
        assert_eq!(send(&a, &large), Err(Errno::EMSGSIZE));
        drop(b);
        let error = if kind == Kind::Datagram {
            Errno::ECONNREFUSED
        } else {
            Errno::EPIPE
        };
        assert_eq!(send(&a, b"x"), Err(error));
    }
}

#[test]
fn unread_data_resets_the_peer() {
    let [a, b] = files(Kind::Stream);
    send(&a, b"lost").unwrap();
    drop(b);
    assert!(a.poll().contains(PollEvents::ERR));
    assert_eq!(send(&a, b"more"), Err(Errno::EPIPE));
    assert_eq!(receive(&a, 1), Err(Errno::ECONNRESET));
    assert_eq!(receive(&a, 1), Ok(Vec::new()));
    let [a, b] = files(Kind::SequencedPacket);
    send(&a, b"lost").unwrap();
    drop(b);
    assert_eq!(send(&a, b"more"), Err(Errno::ECONNRESET));
    assert_eq!(send(&a, b"more"), Err(Errno::EPIPE));
}

#[test]
fn connections_are_accepted_in_order() {
    let listener = UnixSocket::new(Kind::Stream);
    listener.bind(b"\x01\0\0in-order", 0o777).unwrap();
    assert_eq!(listener.accept().err(), Some(Errno::EINVAL));
    listener.listen(1).unwrap();
    let clients: [_; 3] = core::array::from_fn(|_| UnixSocket::new(Kind::Stream));
    let [a, b, c] = &clients;
    let address = b"\x01\0\0in-order";
    assert_eq!((a.connect(address), b.connect(address)), (Ok(()), Ok(())));
    assert_eq!(c.connect(address), Err(Errno::EAGAIN));
    assert_eq!(a.connect(address), Err(Errno::EISCONN));
    assert!(listener.poll().contains(PollEvents::IN));
    a.send(&mut Source::kernel(b"early"), None, &mut Ancillary::plain())
        .unwrap();
    let first = listener.accept().unwrap();
    let mut bytes = [0; 9];
    let count = first.receive(
        &mut Sink::kernel(&mut bytes),
        Receive::Take,
        &mut Received::default(),
    );
    assert_eq!((count, &bytes[..5]), (Ok(5), &b"early"[..]));
    assert_eq!(first.local_address(), Ok(address.to_vec()));
    assert_eq!(a.peer_address(), Ok(address.to_vec()));
    assert_eq!(c.connect(address), Ok(()));
    drop(listener);
    assert_eq!(b.take_error(), Some(Errno::ECONNRESET));
    let late = UnixSocket::new(Kind::Stream);
    assert_eq!(late.connect(address), Err(Errno::ECONNREFUSED));
    let wrong = UnixSocket::new(Kind::Datagram);
    let _again = UnixSocket::new(Kind::Stream);
    _again.bind(address, 0o777).unwrap();
    // Abstract names are each kind's own.
    assert_eq!(wrong.connect(address), Err(Errno::ECONNREFUSED));
}

/// Tests that count what is on its way must not see each other's.
static FLIGHT: std::sync::Mutex<()> = std::sync::Mutex::new(());

#[test]
fn circles_of_sockets_are_found() {
    let _alone = FLIGHT.lock().unwrap();
    // A socket in its own queue.
    let [a, b] = files(Kind::Stream);
    let watch = Arc::downgrade(&b);
    send_files(&a, std::vec![b.clone()]);
    drop(b);
    assert!(watch.upgrade().is_some());
    drop(a);
    assert!(watch.upgrade().is_none());

    // Two pairs that hold each other, and a third that hangs off them.
    let [a, b] = files(Kind::Stream);
    let [c, d] = files(Kind::Datagram);
    let [e, f] = files(Kind::Stream);
    let watch = [&a, &b, &c, &d, &e, &f].map(Arc::downgrade);
    send_files(&a, std::vec![d.clone(), c.clone()]);
    send_files(&c, std::vec![b.clone(), a.clone(), f.clone()]);
    drop((a, b, c, d, f));
    // Reachable or not: `e` is another's peer, not a way in.
    drop(e);
    assert!(watch.iter().all(|file| file.upgrade().is_none()));
    assert_eq!(rights::sockets_in_flight(), 0);
}

#[test]
fn reachable_sockets_stay() {
    let _alone = FLIGHT.lock().unwrap();
    let [a, b] = files(Kind::Stream);
    let [c, d] = files(Kind::Stream);
    let [e, f] = files(Kind::Stream);
    send_files(&c, std::vec![f]);
    send_files(&a, std::vec![d]);
    // Something else goes: a collection runs.
    drop(files(Kind::Stream));
    let mut received = Received::default();
    let mut byte = [0];
    of(&b)
        .receive(&mut Sink::kernel(&mut byte), Receive::Take, &mut received)
        .unwrap();
    let d = received.rights.pop().unwrap();
    let mut received = Received::default();
    of(&d)
        .receive(&mut Sink::kernel(&mut byte), Receive::Take, &mut received)
        .unwrap();
    let f = received.rights.pop().unwrap();
    send(&e, b"still there").unwrap();
    assert_eq!(receive(&f, 20), Ok(b"still there".to_vec()));
    drop((a, b, c, d, e, f));
    assert_eq!(rights::sockets_in_flight(), 0);
}

#[test]
fn only_sockets_that_lead_on_are_suspects() {
    let _alone = FLIGHT.lock().unwrap();
    let [a, b] = files(Kind::Stream);
    let [c, d] = files(Kind::Stream);
    let [e, f] = files(Kind::Stream);
    send_files(&a, std::vec![d.clone(), e.clone()]);
    assert!(!rights::is_suspect(&d) && !rights::is_suspect(&e));
    // It is on its way when it is sent something itself.
    send_files(&c, std::vec![f.clone()]);
    assert!(rights::is_suspect(&d) && !rights::is_suspect(&f));
    // It was sent something before it is on its way.
    send_files(&a, std::vec![b.clone()]);
    assert!(rights::is_suspect(&b));
    drop((a, b, c, d, e, f));
    drop(files(Kind::Stream));
    assert_eq!(rights::sockets_in_flight(), 0);
}

#[test]
fn a_long_chain_is_closed_without_recursion() {
    let _alone = FLIGHT.lock().unwrap();
    let [mut outer, keep] = files(Kind::Stream);
    let first = Arc::downgrade(&keep);
    let [_unrelated, last] = files(Kind::Stream);
    send_files(&outer, std::vec![keep]);
    for _ in 0..fewer(200) {
        let [a, b] = files(Kind::Stream);
        // The way to the chain so far goes into the next link's queue.
        send_files(&a, std::vec![outer, b.clone()]);
        outer = b;
    }
    drop(outer);
    // As on Linux, it is the end of a socket that starts a collection.
    drop(last);
    assert!(first.upgrade().is_none());
    assert_eq!(rights::sockets_in_flight(), 0);
}

proptest! {
    /// A stream gives what was sent, in order, however it is cut.
    #[test]
    fn streams_lose_nothing(steps in prop::collection::vec((any::<bool>(), 0usize..6000), 1..fewer(60))) {
        let [a, b] = files(Kind::Stream);
        let mut model = Model::new();
        let mut next = 0u8;
        for (sending, length) in steps {
            if sending {
                let bytes: Vec<u8> = (0..length).map(|step| next.wrapping_add(step as u8)).collect();
                let sent = match send(&a, &bytes) {
                    Err(Errno::EAGAIN) => 0,
                    outcome => outcome.unwrap(),
                };
                model.extend(&bytes[..sent]);
                next = next.wrapping_add(sent as u8);
            } else {
                let got = match receive(&b, length) {
                    Err(Errno::EAGAIN) => Vec::new(),
                    outcome => outcome.unwrap(),
                };
                prop_assert!(got.len() == length.min(model.len()));
                for byte in got {
                    prop_assert_eq!(Some(byte), model.pop_front());
                }
            }
        }
    }
}

#[test]
fn a_closed_half_stays_closed() {
    let [a, b] = files(Kind::SequencedPacket);
    of(&a).shut_down(BOTH).unwrap();
    assert_eq!(send(&b, b"x"), Err(Errno::EPIPE));
    assert_eq!(receive(&b, 1), Ok(Vec::new()));
    let object: &SocketFile = b.object_as().unwrap();
    assert!(object.poll().contains(PollEvents::HUP | PollEvents::RDHUP));
}
