//! The initial stack: arguments, environment and auxiliary vector
//! (System V ABI for x86-64, 3.4.1; getauxval(3)).

use alloc::vec::Vec;

use linux_raw_sys::auxvec as at;

use super::exec::ExecArgs;
use crate::errno::{Errno, Result};

/// What the auxiliary vector tells a program about itself and the machine.
pub struct Facts {
    /// Address and number of the program headers.
    pub headers: (usize, usize),
    /// Load address of the interpreter, 0 without one.
    pub interpreter_base: usize,
    /// Entry point of the program itself.
    pub entry: usize,
    /// Real and effective user and group.
    pub identities: [u32; 4],
    /// Sixteen random bytes for canaries.
    pub random: [u8; 16],
    /// Where the vDSO's image is, 0 without one.
    pub vdso: usize,
    /// The path given to exec.
    pub path: Vec<u8>,
}

/// The bytes of a stack that ends at `top`, and the stack pointer. The bytes
/// belong right below `top`.
///
/// # Errors
///
/// `E2BIG` when it does not fit into `limit` bytes.
pub fn build(top: usize, limit: usize, args: &ExecArgs, facts: &Facts) -> Result<(Vec<u8>, usize)> {
    const PLATFORM: &[u8] = b"x86_64\0";
    let strings = args.argv.total() + args.envp.total() + facts.path.len() + 1;
    let words = 1 + args.argv.len() + 1 + args.envp.len() + 1 + 2 * 24;
    let size = strings + PLATFORM.len() + 16 + words * 8 + 64;
    if size > limit {
        return Err(Errno::E2BIG);
    }
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(size)?;
    bytes.resize(size, 0);
    let base = top - size;

    // Strings, from the top down.
    let mut end = size - 8;
    let mut place = |bytes: &mut [u8], text: &[u8], terminate: bool| {
        end -= text.len() + usize::from(terminate);
        bytes[end..end + text.len()].copy_from_slice(text);
        base + end
    };
    let path = place(&mut bytes, &facts.path, true);
    let envp = place(&mut bytes, args.envp.bytes(), false);
    let argv = place(&mut bytes, args.argv.bytes(), false);
    let platform = place(&mut bytes, PLATFORM, false);
    let random = place(&mut bytes, &facts.random, false);

    let [uid, euid, gid, egid] = facts.identities;
    let vector: [(u32, usize); 21] = [
        (at::AT_SYSINFO_EHDR, facts.vdso),
        (at::AT_HWCAP, hal::cpu::hwcap() as usize),
        (at::AT_PAGESZ, hal::mem::PAGE_SIZE),
        (at::AT_CLKTCK, 100),
        (at::AT_PHDR, facts.headers.0),
        (at::AT_PHENT, super::elf::PROGRAM_HEADER_SIZE),
        (at::AT_PHNUM, facts.headers.1),
        (at::AT_BASE, facts.interpreter_base),
        (at::AT_FLAGS, 0),
        (at::AT_ENTRY, facts.entry),
        (at::AT_UID, uid as usize),
        (at::AT_EUID, euid as usize),
        (at::AT_GID, gid as usize),
        (at::AT_EGID, egid as usize),
        (at::AT_SECURE, usize::from(uid != euid || gid != egid)),
        (at::AT_RANDOM, random),
        (at::AT_HWCAP2, hal::cpu::hwcap2() as usize),
        (at::AT_EXECFN, path),
        (at::AT_PLATFORM, platform),
        (at::AT_MINSIGSTKSZ, hal::cpu::min_signal_stack_size()),
        (at::AT_NULL, 0),
    ];
    let words = 1 + args.argv.len() + 1 + args.envp.len() + 1 + 2 * vector.len();
    let stack_pointer = (base + end - words * 8) & !15;
    let mut at = stack_pointer - base;
    let mut push = |word: usize| {
        bytes[at..at + 8].copy_from_slice(&word.to_le_bytes());
        at += 8;
    };
    push(args.argv.len());
    for offset in args.argv.offsets() {
        push(argv + offset);
    }
    push(0);
    for offset in args.envp.offsets() {
        push(envp + offset);
    }
    push(0);
    for (key, value) in vector {
        push(key as usize);
        push(value);
    }
    bytes.drain(..stack_pointer - base);
    Ok((bytes, stack_pointer))
}

#[cfg(test)]
mod tests {
    use super::super::exec::Strings;
    use super::*;

    #[test]
    fn the_stack_holds_what_the_abi_says() {
        let strings = |list: &[&str]| {
            let mut strings = Strings::default();
            for text in list {
                strings.push(text.as_bytes()).unwrap();
            }
            strings
        };
        let args = ExecArgs {
            argv: strings(&["a", "bc"]),
            envp: strings(&["X=1"]),
        };
        let facts = Facts {
            headers: (0x40_0040, 2),
            interpreter_base: 0,
            entry: 0x40_1000,
            identities: [0; 4],
            random: [7; 16],
            vdso: 0x7ffe_0000,
            path: b"/bin/a".to_vec(),
        };
        let top = 0x7fff_0000;
        let (bytes, stack_pointer) = build(top, 1 << 20, &args, &facts).unwrap();
        assert_eq!(stack_pointer % 16, 0);
        assert_eq!(stack_pointer + bytes.len(), top);
        let word = |index: usize| {
            usize::from_le_bytes(bytes[index * 8..index * 8 + 8].try_into().unwrap())
        };
        let text = |address: usize| {
            let rest = &bytes[address - stack_pointer..];
            &rest[..rest.iter().position(|byte| *byte == 0).unwrap()]
        };
        assert_eq!(word(0), 2);
        assert_eq!(text(word(1)), b"a");
        assert_eq!(text(word(2)), b"bc");
        assert_eq!(word(3), 0);
        assert_eq!(text(word(4)), b"X=1");
        assert_eq!(word(5), 0);
        let mut index = 6;
        let mut seen = Vec::new();
        while word(index) != 0 {
            seen.push((word(index), word(index + 1)));
            index += 2;
        }
        let value = |key: u32| seen.iter().find(|(k, _)| *k == key as usize).unwrap().1;
        assert_eq!(value(at::AT_ENTRY), 0x40_1000);
        assert_eq!(value(at::AT_SYSINFO_EHDR), 0x7ffe_0000);
        assert_eq!(text(value(at::AT_EXECFN)), b"/bin/a");
        assert_eq!(text(value(at::AT_PLATFORM)), b"x86_64");
        assert_eq!(bytes[value(at::AT_RANDOM) - stack_pointer], 7);
        assert_eq!(build(top, 200, &args, &facts).unwrap_err(), Errno::E2BIG);
    }
}
