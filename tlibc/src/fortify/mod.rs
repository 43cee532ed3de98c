//! What glibc's headers call under `_FORTIFY_SOURCE` in place of functions that fill a buffer: the same with the
//! buffer's size, which end the process when the request exceeds it (LSB core, "Interfaces for libc").
//!
//! The forms of `<string.h>` and of printf are with their functions; here are those of `<unistd.h>`, `<sys/socket.h>`,
//! `<poll.h>`, `<stdio.h>` and `<wchar.h>`. Sizes of wide buffers count characters.

use crate::stdarg::VaList;

use crate::string::fortify::require;
use crate::types::*;
use crate::variadic;
use crate::wchar::multibyte::mbstate_t;

mod plain {
    use super::*;

    unsafe extern "C" {
        pub fn read(fd: c_int, to: *mut c_void, n: size_t) -> ssize_t;
        pub fn pread(fd: c_int, to: *mut c_void, n: size_t, at: off_t) -> ssize_t;
        pub fn readlink(path: *const c_char, to: *mut c_char, n: size_t) -> ssize_t;
        pub fn readlinkat(dir: c_int, path: *const c_char, to: *mut c_char, n: size_t) -> ssize_t;
        pub fn getcwd(to: *mut c_char, n: size_t) -> *mut c_char;
        pub fn confstr(name: c_int, to: *mut c_char, n: size_t) -> size_t;
        pub fn gethostname(to: *mut c_char, n: size_t) -> c_int;
        pub fn getdomainname(to: *mut c_char, n: size_t) -> c_int;
        pub fn getlogin_r(to: *mut c_char, n: size_t) -> c_int;
        pub fn ttyname_r(fd: c_int, to: *mut c_char, n: size_t) -> c_int;
        pub fn getgroups(n: c_int, to: *mut gid_t) -> c_int;
        pub fn recv(fd: c_int, to: *mut c_void, n: size_t, flags: c_int) -> ssize_t;
        pub fn recvfrom(
            fd: c_int,
            to: *mut c_void,
            n: size_t,
            flags: c_int,
            address: *mut c_void,
            length: *mut c_uint,
        ) -> ssize_t;
        pub fn ppoll(
            fds: *mut c_void,
            n: c_ulong,
            time: *const c_void,
            mask: *const c_void,
        ) -> c_int;
        pub fn fgets_unlocked(to: *mut c_char, n: c_int, file: *mut c_void) -> *mut c_char;
        pub fn fread_unlocked(
            to: *mut c_void,
            size: size_t,
            n: size_t,
            file: *mut c_void,
        ) -> size_t;
        pub fn ptsname_r(fd: c_int, to: *mut c_char, n: size_t) -> c_int;
        pub fn fgetws_unlocked(to: *mut wchar_t, n: c_int, file: *mut c_void) -> *mut wchar_t;
        pub fn fgetws(to: *mut wchar_t, n: c_int, file: *mut c_void) -> *mut wchar_t;
        pub fn wmemcpy(to: *mut wchar_t, from: *const wchar_t, n: size_t) -> *mut wchar_t;
        pub fn wmemmove(to: *mut wchar_t, from: *const wchar_t, n: size_t) -> *mut wchar_t;
        pub fn wmempcpy(to: *mut wchar_t, from: *const wchar_t, n: size_t) -> *mut wchar_t;
        pub fn wmemset(to: *mut wchar_t, c: wchar_t, n: size_t) -> *mut wchar_t;
        pub fn wcslen(s: *const wchar_t) -> size_t;
        pub fn wcsnlen(s: *const wchar_t, n: size_t) -> size_t;
        pub fn wcscpy(to: *mut wchar_t, from: *const wchar_t) -> *mut wchar_t;
        pub fn wcpcpy(to: *mut wchar_t, from: *const wchar_t) -> *mut wchar_t;
        pub fn wcsncpy(to: *mut wchar_t, from: *const wchar_t, n: size_t) -> *mut wchar_t;
        pub fn wcpncpy(to: *mut wchar_t, from: *const wchar_t, n: size_t) -> *mut wchar_t;
        pub fn wcscat(to: *mut wchar_t, from: *const wchar_t) -> *mut wchar_t;
        pub fn wcsncat(to: *mut wchar_t, from: *const wchar_t, n: size_t) -> *mut wchar_t;
        pub fn mbsrtowcs(
            to: *mut wchar_t,
            from: *mut *const c_char,
            n: size_t,
            state: *mut mbstate_t,
        ) -> size_t;
        pub fn wcsrtombs(
            to: *mut c_char,
            from: *mut *const wchar_t,
            n: size_t,
            state: *mut mbstate_t,
        ) -> size_t;
        pub fn mbsnrtowcs(
            to: *mut wchar_t,
            from: *mut *const c_char,
            bytes: size_t,
            n: size_t,
            state: *mut mbstate_t,
        ) -> size_t;
        pub fn wcsnrtombs(
            to: *mut c_char,
            from: *mut *const wchar_t,
            chars: size_t,
            n: size_t,
            state: *mut mbstate_t,
        ) -> size_t;
        pub fn vswprintf(
            to: *mut wchar_t,
            n: size_t,
            fmt: *const wchar_t,
            ap: *mut VaList,
        ) -> c_int;
        pub fn vwprintf(fmt: *const wchar_t, ap: *mut VaList) -> c_int;
        pub fn vfwprintf(file: *mut c_void, fmt: *const wchar_t, ap: *mut VaList) -> c_int;
        pub fn vsyslog(priority: c_int, fmt: *const c_char, ap: *mut VaList);
    }
}

/// Functions that compare a request with the room and then do what the function of the plain name does.
macro_rules! checked {
    ($(fn $name:ident($($arg:ident: $ty:ty),*) $(-> $ret:ty)?: $need:expr => $room:ident, $plain:ident($($pass:expr),*);)*) => {$(
        #[doc = concat!("`", stringify!($plain), "` into a buffer of known size.")]
        ///
        /// # Safety
        /// As for the plain function.
        #[cfg_attr(not(test), unsafe(no_mangle))]
        pub unsafe extern "C" fn $name($($arg: $ty),*) $(-> $ret)? {
            // SAFETY: the caller's arguments.
            unsafe {
                require($need, $room);
                plain::$plain($($pass),*)
            }
        }
    )*};
}

/// A count of an `int`; a negative one is left to the function to refuse.
fn count(n: c_int) -> usize {
    usize::try_from(n).unwrap_or(0)
}

/// Converted characters go to `to` unless it is null, which asks for their number only.
fn if_stored<T>(to: *mut T, n: size_t) -> size_t {
    if to.is_null() { 0 } else { n }
}

checked! {
    fn __read_chk(fd: c_int, to: *mut c_void, n: size_t, room: size_t) -> ssize_t: n => room, read(fd, to, n);
    fn __pread_chk(fd: c_int, to: *mut c_void, n: size_t, at: off_t, room: size_t) -> ssize_t: n => room, pread(fd, to, n, at);
    fn __readlink_chk(path: *const c_char, to: *mut c_char, n: size_t, room: size_t) -> ssize_t: n => room, readlink(path, to, n);
    fn __readlinkat_chk(dir: c_int, path: *const c_char, to: *mut c_char, n: size_t, room: size_t) -> ssize_t:
        n => room, readlinkat(dir, path, to, n);
    fn __getcwd_chk(to: *mut c_char, n: size_t, room: size_t) -> *mut c_char: n => room, getcwd(to, n);
    fn __confstr_chk(name: c_int, to: *mut c_char, n: size_t, room: size_t) -> size_t: n => room, confstr(name, to, n);
    fn __gethostname_chk(to: *mut c_char, n: size_t, room: size_t) -> c_int: n => room, gethostname(to, n);
    fn __getdomainname_chk(to: *mut c_char, n: size_t, room: size_t) -> c_int: n => room, getdomainname(to, n);
    fn __getlogin_r_chk(to: *mut c_char, n: size_t, room: size_t) -> c_int: n => room, getlogin_r(to, n);
    fn __ttyname_r_chk(fd: c_int, to: *mut c_char, n: size_t, room: size_t) -> c_int: n => room, ttyname_r(fd, to, n);
    fn __getgroups_chk(n: c_int, to: *mut gid_t, room: size_t) -> c_int:
        count(n).saturating_mul(size_of::<gid_t>()) => room, getgroups(n, to);
    fn __recv_chk(fd: c_int, to: *mut c_void, n: size_t, room: size_t, flags: c_int) -> ssize_t: n => room, recv(fd, to, n, flags);
    fn __recvfrom_chk(fd: c_int, to: *mut c_void, n: size_t, room: size_t, flags: c_int, address: *mut c_void, length: *mut c_uint) -> ssize_t:
        n => room, recvfrom(fd, to, n, flags, address, length);
    fn __ppoll_chk(fds: *mut c_void, n: c_ulong, time: *const c_void, mask: *const c_void, room: size_t) -> c_int:
        (n as usize).saturating_mul(8) => room, ppoll(fds, n, time, mask);
    fn __fgets_unlocked_chk(to: *mut c_char, room: size_t, n: c_int, file: *mut c_void) -> *mut c_char:
        count(n) => room, fgets_unlocked(to, n, file);
    fn __fread_unlocked_chk(to: *mut c_void, room: size_t, size: size_t, n: size_t, file: *mut c_void) -> size_t:
        size.saturating_mul(n) => room, fread_unlocked(to, size, n, file);
    fn __fgetws_chk(to: *mut wchar_t, room: size_t, n: c_int, file: *mut c_void) -> *mut wchar_t: count(n) => room, fgetws(to, n, file);
    fn __fgetws_unlocked_chk(to: *mut wchar_t, room: size_t, n: c_int, file: *mut c_void) -> *mut wchar_t:
        count(n) => room, fgetws_unlocked(to, n, file);
    fn __ptsname_r_chk(fd: c_int, to: *mut c_char, n: size_t, room: size_t) -> c_int: n => room, ptsname_r(fd, to, n);
    fn __getwd_chk(to: *mut c_char, room: size_t) -> *mut c_char: 0 => room, getcwd(to, room.min(4096));
    fn __wmemcpy_chk(to: *mut wchar_t, from: *const wchar_t, n: size_t, room: size_t) -> *mut wchar_t: n => room, wmemcpy(to, from, n);
    fn __wmemmove_chk(to: *mut wchar_t, from: *const wchar_t, n: size_t, room: size_t) -> *mut wchar_t: n => room, wmemmove(to, from, n);
    fn __wmempcpy_chk(to: *mut wchar_t, from: *const wchar_t, n: size_t, room: size_t) -> *mut wchar_t: n => room, wmempcpy(to, from, n);
    fn __wmemset_chk(to: *mut wchar_t, c: wchar_t, n: size_t, room: size_t) -> *mut wchar_t: n => room, wmemset(to, c, n);
    fn __wcscpy_chk(to: *mut wchar_t, from: *const wchar_t, room: size_t) -> *mut wchar_t: plain::wcslen(from) + 1 => room, wcscpy(to, from);
    fn __wcpcpy_chk(to: *mut wchar_t, from: *const wchar_t, room: size_t) -> *mut wchar_t: plain::wcslen(from) + 1 => room, wcpcpy(to, from);
    fn __wcsncpy_chk(to: *mut wchar_t, from: *const wchar_t, n: size_t, room: size_t) -> *mut wchar_t: n => room, wcsncpy(to, from, n);
    fn __wcpncpy_chk(to: *mut wchar_t, from: *const wchar_t, n: size_t, room: size_t) -> *mut wchar_t: n => room, wcpncpy(to, from, n);
    fn __wcscat_chk(to: *mut wchar_t, from: *const wchar_t, room: size_t) -> *mut wchar_t:
        plain::wcslen(to) + plain::wcslen(from) + 1 => room, wcscat(to, from);
    fn __wcsncat_chk(to: *mut wchar_t, from: *const wchar_t, n: size_t, room: size_t) -> *mut wchar_t:
        plain::wcslen(to) + plain::wcsnlen(from, n) + 1 => room, wcsncat(to, from, n);
    fn __mbsrtowcs_chk(to: *mut wchar_t, from: *mut *const c_char, n: size_t, state: *mut mbstate_t, room: size_t) -> size_t:
        if_stored(to, n) => room, mbsrtowcs(to, from, n, state);
    fn __wcsrtombs_chk(to: *mut c_char, from: *mut *const wchar_t, n: size_t, state: *mut mbstate_t, room: size_t) -> size_t:
        if_stored(to, n) => room, wcsrtombs(to, from, n, state);
    fn __mbsnrtowcs_chk(to: *mut wchar_t, from: *mut *const c_char, bytes: size_t, n: size_t, state: *mut mbstate_t, room: size_t) -> size_t:
        if_stored(to, n) => room, mbsnrtowcs(to, from, bytes, n, state);
    fn __wcsnrtombs_chk(to: *mut c_char, from: *mut *const wchar_t, chars: size_t, n: size_t, state: *mut mbstate_t, room: size_t) -> size_t:
        if_stored(to, n) => room, wcsnrtombs(to, from, chars, n, state);
    fn __vswprintf_chk(to: *mut wchar_t, n: size_t, _flag: c_int, room: size_t, fmt: *const wchar_t, ap: *mut VaList) -> c_int:
        n => room, vswprintf(to, n, fmt, ap);
}

crate::alias!(__pread64_chk = __pread_chk);

/// `vwprintf`; `flag` asks for checks of the format.
///
/// # Safety
/// As for `vwprintf`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __vwprintf_chk(
    _flag: c_int,
    fmt: *const wchar_t,
    ap: *mut VaList,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { plain::vwprintf(fmt, ap) }
}

/// `vfwprintf`; `flag` asks for checks of the format.
///
/// # Safety
/// As for `vfwprintf`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __vfwprintf_chk(
    file: *mut c_void,
    _flag: c_int,
    fmt: *const wchar_t,
    ap: *mut VaList,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { plain::vfwprintf(file, fmt, ap) }
}

/// `vsyslog`; `flag` asks for checks of the format.
///
/// # Safety
/// As for `vsyslog`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __vsyslog_chk(
    priority: c_int,
    _flag: c_int,
    fmt: *const c_char,
    ap: *mut VaList,
) {
    // SAFETY: the caller's arguments.
    unsafe { plain::vsyslog(priority, fmt, ap) }
}

variadic! {
    /// `wprintf`; `flag` asks for checks of the format.
    pub fn __wprintf_chk(flag: c_int, fmt: *const wchar_t, ...) -> c_int => __vwprintf_chk
}
variadic! {
    /// `fwprintf`; `flag` asks for checks of the format.
    pub fn __fwprintf_chk(file: *mut c_void, flag: c_int, fmt: *const wchar_t, ...) -> c_int => __vfwprintf_chk
}
variadic! {
    /// `swprintf` into a buffer of known size.
    pub fn __swprintf_chk(to: *mut wchar_t, n: size_t, flag: c_int, room: size_t, fmt: *const wchar_t, ...) -> c_int => __vswprintf_chk
}
