//! What happens to a pattern before directories are read: braces, then a tilde.

use super::walk::Walk;
use super::{Failure, GLOB_BRACE, GLOB_NOESCAPE, GLOB_NOSORT, GLOB_TILDE, GLOB_TILDE_CHECK, Paths};
use crate::types::c_char;
use crate::vec::Vec;
use core::ffi::CStr;

/// Braces within braces.
const DEPTH_MAX: usize = 100;

/// Expands braces and walks each pattern that comes of it; the paths of each are sorted for themselves.
pub fn braces(walk: &mut Walk, pattern: &[u8], paths: &mut Paths) -> Result<(), Failure> {
    nested(walk, pattern, paths, 0)
}

fn nested(walk: &mut Walk, pattern: &[u8], paths: &mut Paths, depth: usize) -> Result<(), Failure> {
    let found = if walk.has(GLOB_BRACE) && depth < DEPTH_MAX {
        group(pattern, !walk.has(GLOB_NOESCAPE))
    } else {
        None
    };
    let Some((open, close)) = found else {
        let from = paths.0.len();
        if let Some(pattern) = tilde(walk, pattern)? {
            walk.run(&pattern, paths)?;
        }
        if !walk.has(GLOB_NOSORT) {
            paths.sort(from);
        }
        return Ok(());
    };
    let (before, inside, after) = (
        &pattern[..open],
        &pattern[open + 1..close],
        &pattern[close + 1..],
    );
    let mut rest = Some(inside);
    while let Some(text) = rest {
        let (item, more) = split(text, !walk.has(GLOB_NOESCAPE));
        let mut one: Vec<u8> = Vec::new();
        one.extend(before)?;
        one.extend(item)?;
        one.extend(after)?;
        nested(walk, &one, paths, depth + 1)?;
        rest = more;
    }
    Ok(())
}

/// The first pair of braces; `{}` stands for itself.
fn group(pattern: &[u8], escapes: bool) -> Option<(usize, usize)> {
    let (mut at, mut depth, mut open) = (0, 0, None);
    while at < pattern.len() {
        match pattern[at] {
            b'\\' if escapes => at += 1,
            b'{' if depth == 0 && pattern.get(at + 1) == Some(&b'}') => at += 1,
            b'{' => {
                if depth == 0 {
                    open = Some(at);
                }
                depth += 1;
            }
            b'}' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    return open.map(|open| (open, at));
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Splits at the first comma that is in no inner braces.
fn split(text: &[u8], escapes: bool) -> (&[u8], Option<&[u8]>) {
    let (mut at, mut depth) = (0, 0_usize);
    while at < text.len() {
        match text[at] {
            b'\\' if escapes => at += 1,
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => return (&text[..at], Some(&text[at + 1..])),
            _ => {}
        }
        at += 1;
    }
    (text, None)
}

/// The home directory of a user; of the caller if the name is empty.
pub(crate) fn home(user: &[u8]) -> Option<&'static [u8]> {
    // SAFETY: C strings made here or kept by the environment and the user database; they are copied before another
    // call could change them.
    unsafe {
        if user.is_empty() {
            let home = crate::stdlib::environment::getenv(c"HOME".as_ptr());
            if !home.is_null() && *home != 0 {
                return Some(CStr::from_ptr(home).to_bytes());
            }
        }
        let entry = if user.is_empty() {
            crate::pwd::getpwuid(crate::unistd::users::getuid())
        } else {
            let mut name = [0_u8; 256];
            if user.len() >= name.len() {
                return None;
            }
            name[..user.len()].copy_from_slice(user);
            crate::pwd::getpwnam(name.as_ptr().cast::<c_char>())
        };
        (!entry.is_null()).then(|| CStr::from_ptr((*entry).pw_dir).to_bytes())
    }
}

/// The pattern with its leading tilde expanded; nothing if the user must exist and does not.
fn tilde(walk: &Walk, pattern: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
    let mut out: Vec<u8> = Vec::new();
    if walk.has(GLOB_TILDE | GLOB_TILDE_CHECK) && pattern.first() == Some(&b'~') {
        let end = pattern
            .iter()
            .position(|&b| b == b'/')
            .unwrap_or(pattern.len());
        match home(&pattern[1..end]) {
            Some(home) => {
                // Wildcards in the home directory's name stand for themselves.
                for &byte in home {
                    if b"*?[\\".contains(&byte) && !walk.has(GLOB_NOESCAPE) {
                        out.push(b'\\')?;
                    }
                    out.push(byte)?;
                }
                out.extend(&pattern[end..])?;
                return Ok(Some(out));
            }
            None if walk.has(GLOB_TILDE_CHECK) => return Ok(None),
            None => {}
        }
    }
    out.extend(pattern)?;
    Ok(Some(out))
}
