//! The structures of `signal.h` that travel with a signal.

use crate::types::*;

/// A value that the sender gives along.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub union sigval {
    /// As a number.
    pub sival_int: c_int,
    /// As a pointer.
    pub sival_ptr: *mut c_void,
}
check_layout!(sigval = libc::sigval);

/// What is known about a signal. The fields after `si_code` depend on it; Rust code reads those it needs through
/// the methods.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct siginfo_t {
    /// The signal.
    pub si_signo: c_int,
    /// An errno value, or 0.
    pub si_errno: c_int,
    /// Where it came from: `SI_*` or a code of the signal's own.
    pub si_code: c_int,
    /// Padding.
    pub __pad0: c_int,
    /// The rest, 14 words.
    pub __fields: [u64; 14],
}
check_layout!(
    siginfo_t = libc::siginfo_t {
        si_signo,
        si_errno,
        si_code
    }
);

impl siginfo_t {
    /// A signal from this process with a value, as sigqueue sends it.
    pub(crate) fn queued(sig: c_int, code: c_int, pid: pid_t, uid: uid_t, value: sigval) -> Self {
        let mut fields = [0; 14];
        fields[0] = u64::from(pid as u32) | u64::from(uid) << 32;
        // SAFETY: every bit pattern of the union's pointer is a number.
        fields[1] = unsafe { value.sival_ptr }.addr() as u64;
        Self {
            si_signo: sig,
            si_errno: 0,
            si_code: code,
            __pad0: 0,
            __fields: fields,
        }
    }
}

/// An alternative stack for handlers.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct stack_t {
    /// Lowest address.
    pub ss_sp: *mut c_void,
    /// `SS_*` flags.
    pub ss_flags: c_int,
    /// Bytes.
    pub ss_size: size_t,
}
check_layout!(
    stack_t = libc::stack_t {
        ss_sp,
        ss_flags,
        ss_size
    }
);

/// How to tell the program that something has happened.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct sigevent {
    /// What the program gets.
    pub sigev_value: sigval,
    /// The signal.
    pub sigev_signo: c_int,
    /// `SIGEV_*`.
    pub sigev_notify: c_int,
    /// For `SIGEV_THREAD`: the function.
    pub sigev_notify_function: Option<unsafe extern "C" fn(sigval)>,
    /// For `SIGEV_THREAD`: the thread's attributes.
    pub sigev_notify_attributes: *mut c_void,
    /// Up to 64 bytes.
    pub __pad: [u64; 4],
}
check_layout!(
    sigevent = libc::sigevent {
        sigev_value,
        sigev_signo,
        sigev_notify
    }
);
