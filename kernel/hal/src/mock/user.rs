//! User mode as a script of traps, and user copies against the thread's active space.

use super::explore::point;
use super::space::{Pages, active, lock};
use crate::mem::{Frame, PAGE_SIZE};
use crate::space::{Access, USER_END};
use crate::user::{Exception, Fault, InvalidVectorState, Trap, UserContext};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

const LEGACY_SIZE: usize = 512;
const STATE_SIZE: usize = LEGACY_SIZE + 64;
const INITIAL_FCW: u16 = 0x37f;
const INITIAL_MXCSR: u32 = 0x1f80;

thread_local! {
    static TRAPS: RefCell<VecDeque<Trap>> = const { RefCell::new(VecDeque::new()) };
    static VECTOR: Cell<[u8; LEGACY_SIZE]> = const { Cell::new(initial_state()) };
    static FS: Cell<usize> = const { Cell::new(0) };
    static GS: Cell<usize> = const { Cell::new(0) };
}

/// Queues what [`UserContext::run`] returns next on this thread; with none queued it returns
/// [`Trap::Interrupt`].
pub fn push_trap(trap: Trap) {
    TRAPS.with_borrow_mut(|traps| traps.push_back(trap));
}

pub(crate) fn run(context: &mut UserContext) -> Trap {
    if context.instruction_pointer() >= USER_END {
        return Trap::Exception(Exception::GeneralProtection { code: 0 });
    }
    let trap = TRAPS
        .with_borrow_mut(VecDeque::pop_front)
        .unwrap_or(Trap::Interrupt);
    match trap {
        Trap::Syscall => {
            context.vector = 0x100;
            context.number = context.rax;
        }
        Trap::Exception(exception) => {
            context.vector = exception.trapno();
            context.error = exception.error_code();
            context.address = exception.cr2();
        }
        Trap::Interrupt => context.vector = 0x20,
    }
    trap
}

/// Calls `f` with each piece of a page in the user range and its offset in the range, resolving
/// faults like the machine.
fn each_page(
    address: usize,
    length: usize,
    access: Access,
    mut f: impl FnMut(&Frame, usize, usize, usize),
) -> Result<(), Fault> {
    let mut done = 0;
    while done < length {
        let (page, offset) = (
            (address + done) & !(PAGE_SIZE - 1),
            (address + done) % PAGE_SIZE,
        );
        let count = (PAGE_SIZE - offset).min(length - done);
        let frame = resolve(page, address + done, access).ok_or(Fault { done })?;
        f(&frame, offset, done, count);
        done += count;
    }
    Ok(())
}

fn resolve(page: usize, address: usize, access: Access) -> Option<Frame> {
    let find = |pages: &Pages| {
        let (frame, allowed) = pages.get(&page)?;
        let readable = access == Access::READ && !allowed.is_empty();
        (readable || allowed.contains(access)).then(|| frame.clone())
    };
    loop {
        let space = active()?;
        if let Some(frame) = find(&lock(&space)) {
            return Some(frame);
        }
        if !(super::handlers().user_page_fault)(address, access) {
            return None;
        }
    }
}

pub(crate) fn copy_in(to: &mut [u8], from: usize) -> Result<(), Fault> {
    each_page(
        from,
        to.len(),
        Access::READ,
        |frame, offset, done, count| frame.read(offset, &mut to[done..][..count]),
    )
}

pub(crate) fn copy_out(to: usize, from: &[u8]) -> Result<(), Fault> {
    each_page(
        to,
        from.len(),
        Access::WRITE,
        |frame, offset, done, count| frame.write(offset, &from[done..][..count]),
    )
}

pub(crate) fn zero_out(to: usize, length: usize) -> Result<(), Fault> {
    each_page(to, length, Access::WRITE, |frame, offset, _, count| {
        frame.fill(offset..offset + count, 0)
    })
}

pub(crate) fn copy_frame_out(
    to: usize,
    frame: &Frame,
    offset: usize,
    length: usize,
) -> Result<(), Fault> {
    let mut bytes = vec![0; length];
    frame.read(offset, &mut bytes);
    copy_out(to, &bytes)
}

pub(crate) fn copy_frame_in(
    frame: &Frame,
    offset: usize,
    from: usize,
    length: usize,
) -> Result<(), Fault> {
    let mut bytes = vec![0; length];
    let result = copy_in(&mut bytes, from);
    let done = result.map_or_else(|fault| fault.done, |()| length);
    frame.write(offset, &bytes[..done]);
    result
}

/// A value of user memory, read in one step.
fn load<const N: usize>(from: usize) -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    copy_in(&mut bytes, from)?;
    Ok(bytes)
}

pub(crate) fn load_u32(from: usize) -> Result<u32, Fault> {
    point();
    load(from).map(u32::from_le_bytes)
}

pub(crate) fn store_u16(to: usize, value: u16) -> Result<(), Fault> {
    point();
    copy_out(to, &value.to_le_bytes())
}

pub(crate) fn store_u32(to: usize, value: u32) -> Result<(), Fault> {
    point();
    copy_out(to, &value.to_le_bytes())
}

pub(crate) fn load_u64(from: usize) -> Result<u64, Fault> {
    point();
    load(from).map(u64::from_le_bytes)
}

pub(crate) fn store_u64(to: usize, value: u64) -> Result<(), Fault> {
    point();
    copy_out(to, &value.to_le_bytes())
}

pub(crate) fn compare_exchange_u32(at: usize, old: u32, new: u32) -> Result<u32, Fault> {
    point();
    let found = u32::from_le_bytes(load(at)?);
    let value = if found == old { new } else { found };
    copy_out(at, &value.to_le_bytes())?;
    Ok(found)
}

const fn initial_state() -> [u8; LEGACY_SIZE] {
    let mut state = [0; LEGACY_SIZE];
    [state[0], state[1]] = INITIAL_FCW.to_le_bytes();
    [state[24], state[25], state[26], state[27]] = INITIAL_MXCSR.to_le_bytes();
    state
}

pub(crate) fn vector_state_size() -> usize {
    STATE_SIZE
}

pub(crate) fn vector_state_features() -> u64 {
    3
}

pub(crate) fn save_vector_state(state: &mut [u8]) {
    let state = &mut state[..STATE_SIZE];
    state.fill(0);
    state[..LEGACY_SIZE].copy_from_slice(&VECTOR.get());
    state[LEGACY_SIZE] = 3;
}

pub(crate) fn restore_vector_state(state: &[u8]) -> Result<(), InvalidVectorState> {
    let (legacy, rest) = state
        .split_first_chunk::<LEGACY_SIZE>()
        .ok_or(InvalidVectorState)?;
    let mxcsr = u32::from_le_bytes([legacy[24], legacy[25], legacy[26], legacy[27]]);
    let header_is_bad = rest
        .get(..64)
        .is_some_and(|header| header[0] & !3 != 0 || header[1..].iter().any(|&b| b != 0));
    if mxcsr >> 16 != 0 || header_is_bad {
        return Err(InvalidVectorState);
    }
    VECTOR.set(*legacy);
    Ok(())
}

pub(crate) fn write_vector_state(to: usize) -> Result<(), Fault> {
    let mut state = [0; STATE_SIZE];
    save_vector_state(&mut state);
    copy_out(to, &state)
}

pub(crate) fn read_vector_state(from: usize) -> Result<(), Fault> {
    let mut state = [0; STATE_SIZE];
    copy_in(&mut state, from)?;
    restore_vector_state(&state).map_err(|_| Fault { done: 0 })
}

pub(crate) fn reset_vector_state() {
    VECTOR.set(initial_state());
}

pub(crate) fn fs_base() -> usize {
    FS.get()
}

pub(crate) fn set_fs_base(base: usize) {
    FS.set(base);
}

pub(crate) fn gs_base() -> usize {
    GS.get()
}

pub(crate) fn set_gs_base(base: usize) {
    GS.set(base);
}

#[cfg(test)]
mod tests {
    use crate::space::{Access, AddressSpace, deactivate};
    use crate::user::*;
    use crate::{Handlers, handlers::DEFAULT, install, mem::Frame};

    #[test]
    fn a_copy_stops_at_the_first_unmapped_byte() {
        let mut space = AddressSpace::new().unwrap();
        space
            .map(
                0x1000,
                Frame::zeroed().unwrap(),
                Access::READ | Access::WRITE,
            )
            .unwrap();
        space.activate();
        assert_eq!(copy_out(0x1ffe, b"abcd"), Err(Fault { done: 2 }));
        let mut back = [0; 2];
        copy_in(&mut back, 0x1ffe).unwrap();
        assert_eq!(&back, b"ab");
        deactivate();
        assert_eq!(copy_in(&mut back, 0x1ffe), Err(Fault { done: 0 }));
    }

    #[test]
    fn the_handler_may_repair_a_fault() {
        let mut space = AddressSpace::new().unwrap();
        space
            .map(0x1000, Frame::zeroed().unwrap(), Access::READ)
            .unwrap();
        space.activate();
        assert_eq!(store_u32(0x1000, 1), Err(Fault { done: 0 }));
        install(Handlers {
            user_page_fault: |address, access| address == 0x1000 && access == Access::READ,
            ..DEFAULT
        });
        assert_eq!(store_u32(0x1000, 1), Err(Fault { done: 0 }));
        assert_eq!(load_u32(0x1000), Ok(0));
    }

    #[test]
    fn strings_may_end_right_before_an_unmapped_page() {
        let mut space = AddressSpace::new().unwrap();
        let frame = Frame::zeroed().unwrap();
        frame.fill(0..4096, b'x');
        frame.write(4093, b"hi\0");
        space.map(0x1000, frame, Access::READ).unwrap();
        space.activate();
        let mut buffer = [0; 100];
        assert_eq!(copy_in_cstr(&mut buffer, 0x1ffd), Ok(2));
        assert_eq!(strnlen(0x1ffd, 4096), Ok(2));
        assert_eq!(strnlen(0x1f00, 10), Ok(10));
        assert_eq!(copy_in_cstr(&mut buffer[..2], 0x1ffd), Ok(2));
        assert_eq!(copy_in_cstr(&mut buffer, 0x2000), Err(Fault { done: 0 }));
    }

    #[test]
    fn kernel_addresses_are_refused() {
        assert_eq!(copy_out(usize::MAX - 1, b"abcd"), Err(Fault { done: 0 }));
        assert_eq!(
            copy_out(crate::space::USER_END, b"a"),
            Err(Fault { done: 0 })
        );
        assert_eq!(load_u32(2), Err(Fault { done: 0 }));
        assert!(!set_tls(crate::space::USER_END));
    }

    #[test]
    fn vector_state_round_trips_and_refuses_garbage() {
        let mut state = vec![0; vector_state_size()];
        save_vector_state(&mut state);
        restore_vector_state(&state).unwrap();
        assert_eq!(restore_vector_state(&state[..100]), Err(InvalidVectorState));
        state[512] = 0xff;
        assert_eq!(restore_vector_state(&state), Err(InvalidVectorState));
    }
}
