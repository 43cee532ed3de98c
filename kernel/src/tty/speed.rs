//! Speeds of lines: the numbers behind the `B` constants of termios(3), and `struct termios2` of ioctl_tty(2), which has
//! them as numbers.

use linux_raw_sys::general as raw;
use zerocopy::{FromBytes, Immutable, IntoBytes};

use super::line_discipline::Termios;

/// The speeds that have a constant, in its order; the second row begins at `B57600`.
const SPEEDS: [u32; 16] = [
    0, 50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400,
];
const HIGH_SPEEDS: [u32; 15] = [
    57_600, 115_200, 230_400, 460_800, 500_000, 576_000, 921_600, 1_000_000, 1_152_000, 1_500_000,
    2_000_000, 2_500_000, 3_000_000, 3_500_000, 4_000_000,
];

/// Bits per second, in and out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub struct Speeds {
    /// Of input.
    pub input: u32,
    /// Of output.
    pub output: u32,
}

/// `struct termios2`.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub struct Termios2 {
    /// What both structures have.
    pub termios: Termios,
    /// The speeds; asked for where the control modes say `BOTHER`.
    pub speeds: Speeds,
}

impl Speeds {
    /// What control modes ask for; `other` where they say that a number does (`BOTHER`). No input speed is that of output.
    pub fn new(control: u32, other: Self) -> Self {
        let output = speed(control, other.output);
        let input = match control >> raw::IBSHIFT & raw::CBAUD {
            0 => output,
            input => speed(input, other.input),
        };
        Self { input, output }
    }
}

fn speed(control: u32, other: u32) -> u32 {
    let code = control & raw::CBAUD;
    if code == raw::BOTHER {
        return other;
    }
    let row = code & !raw::CBAUDEX;
    let known = if code & raw::CBAUDEX == 0 {
        SPEEDS.get(row as usize)
    } else {
        row.checked_sub(1)
            .and_then(|index| HIGH_SPEEDS.get(index as usize))
    };
    known.copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_numbers() {
        let other = Speeds {
            input: 7,
            output: 31_250,
        };
        let both = |number| Speeds {
            input: number,
            output: number,
        };
        assert_eq!(Speeds::new(raw::B38400, other), both(38_400));
        assert_eq!(Speeds::new(raw::B57600, other), both(57_600));
        assert_eq!(Speeds::new(raw::B4000000, other), both(4_000_000));
        assert_eq!(Speeds::new(raw::BOTHER, other), both(31_250));
        assert_eq!(
            Speeds::new(raw::B9600 | raw::BOTHER << raw::IBSHIFT, other),
            Speeds {
                input: 7,
                output: 9600
            }
        );
    }
}
