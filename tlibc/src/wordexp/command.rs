//! `$(…)` and `` `…` ``: what a command writes to its standard output.

use super::{Failure, WRDE_NOCMD, WRDE_SHOWERR};
use crate::stdio::block::fread;
use crate::stdio::popen::{pclose, popen};
use crate::types::c_int;
use crate::vec::Vec;

/// Runs a command with the shell: its output without the newlines at the end.
pub fn output(command: &[u8], flags: c_int) -> Result<Vec<u8>, Failure> {
    if flags & WRDE_NOCMD != 0 {
        return Err(Failure::Command);
    }
    let mut line = Vec::new();
    if flags & WRDE_SHOWERR == 0 {
        line.extend(b"exec 2>/dev/null\n")?;
    }
    line.extend(command)?;
    line.push(0)?;
    let mut text = Vec::new();
    // SAFETY: terminated strings, and a buffer of the size given.
    unsafe {
        let stream = popen(line.as_ptr().cast(), c"re".as_ptr());
        if stream.is_null() {
            return Err(Failure::NoSpace);
        }
        let mut buffer = [0_u8; 1024];
        let mut result = Ok(());
        while result.is_ok() {
            match fread(buffer.as_mut_ptr().cast(), 1, buffer.len(), stream) {
                0 => break,
                length => result = text.extend(&buffer[..length]),
            }
        }
        // The command's status is nobody's business here (XCU 2.6.3).
        pclose(stream);
        result?;
    }
    while text.last() == Some(&b'\n') {
        text.pop();
    }
    Ok(text)
}
