//! The exec family.
//!
//! Everything ends in execve(2). `execvp` follows `PATH` as POSIX and every shell do: a name with a slash is a
//! path; a file the kernel does not know (`ENOEXEC`) goes to `/bin/sh`; `EACCES` is remembered while the search
//! goes on. No function here allocates, so all are safe between `vfork` and `_exit`.

use crate::errno::{CResult, Errno};
use crate::platform;
use crate::platform::calls::process;
use crate::stdarg::VaList;
use core::ffi::{CStr, c_char, c_int};
use core::ptr;

/// The path search when `PATH` is unset: the current directory is left out, as glibc does since 2.24.
pub const DEFAULT_PATH: &[u8] = b"/bin:/usr/bin";
const PATH_MAX: usize = 4096;

type Vector = *const *mut c_char;

/// Replaces the process image. Returns only on failure. POSIX `execve`.
///
/// # Safety
/// `path` points to a NUL-terminated string; `argv` and `envp` are readable; null only where the manual
/// page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn execve(
    path: *const c_char,
    argv: *const *mut c_char,
    envp: *const *mut c_char,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::execve(path, argv, envp) }.or_minus_one()
}

/// `execve` with the current environment. POSIX `execv`.
///
/// # Safety
/// `path` points to a NUL-terminated string; `argv` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn execv(path: *const c_char, argv: *const *mut c_char) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::execve(path, argv, environment()) }.or_minus_one()
}

/// `execv` with a search of `PATH`. POSIX `execvp`.
///
/// # Safety
/// `file` points to a NUL-terminated string; `argv` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn execvp(file: *const c_char, argv: *const *mut c_char) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { search(file, argv, environment()) }.or_minus_one()
}

/// `execvp` with an environment; the search uses the caller's `PATH`. execvpe(3).
///
/// # Safety
/// `file` points to a NUL-terminated string; `argv` and `envp` are readable; null only where the manual
/// page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn execvpe(
    file: *const c_char,
    argv: *const *mut c_char,
    envp: *const *mut c_char,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { search(file, argv, envp) }.or_minus_one()
}

/// `execve` relative to an open directory. execveat(2).
///
/// # Safety
/// `path` points to a NUL-terminated string; `argv` and `envp` are readable; null only where the manual
/// page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn execveat(
    dir: c_int,
    path: *const c_char,
    argv: *const *mut c_char,
    envp: *const *mut c_char,
    flags: c_int,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::execveat(dir, path, argv, envp, flags) }.or_minus_one()
}

/// Runs the open file `fd`. POSIX `fexecve`.
///
/// # Safety
/// `argv` and `envp` are readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fexecve(
    fd: c_int,
    argv: *const *mut c_char,
    envp: *const *mut c_char,
) -> c_int {
    // AT_EMPTY_PATH is newer than /proc/self/fd.
    // SAFETY: the caller's vectors, a literal path.
    let mut result =
        unsafe { process::execveat(fd, c"".as_ptr(), argv, envp, crate::fcntl::AT_EMPTY_PATH) };
    if result == Err(Errno::ENOSYS) {
        let path = super::term::proc_fd_path(fd);
        // SAFETY: `path` ends with a NUL.
        result = unsafe { process::execve(path.as_ptr().cast(), argv, envp) };
        if result == Err(Errno::ENOENT) {
            result = Err(Errno::ENOSYS);
        }
    }
    result.or_minus_one()
}

/// The value of `environ`.
fn environment() -> Vector {
    // SAFETY: `environ` is read as any C program reads it.
    unsafe { crate::start::environment::environ as Vector }
}

/// Whether the search for `file` should go on after this error in one directory of `PATH`.
fn keep_searching(error: Errno) -> bool {
    matches!(
        error,
        Errno::ENOENT
            | Errno::ENOTDIR
            | Errno::EACCES
            | Errno::ESTALE
            | Errno::ENODEV
            | Errno::ETIMEDOUT
    )
}

/// Calls `try_one` with each path where `file` may be, NUL-terminated, as execvp orders them, until one gives an
/// error that ends the search; returns the error to report.
///
/// Safe between vfork and exec: no allocation, one buffer on the stack.
pub(crate) fn each_candidate(
    file: &CStr,
    path: &[u8],
    mut try_one: impl FnMut(&CStr) -> Errno,
) -> Errno {
    let name = file.to_bytes_with_nul();
    if name.len() == 1 {
        return Errno::ENOENT;
    }
    if name.contains(&b'/') {
        return try_one(file);
    }
    if name.len() > 256 {
        return Errno::ENAMETOOLONG;
    }
    let mut buffer = [0_u8; PATH_MAX + 256];
    let mut denied = false;
    for dir in path.split(|b| *b == b':') {
        if dir.len() + 1 + name.len() > PATH_MAX {
            continue;
        }
        let mut n = dir.len();
        buffer[..n].copy_from_slice(dir);
        if n > 0 {
            buffer[n] = b'/';
            n += 1;
        }
        buffer[n..n + name.len()].copy_from_slice(name);
        let Ok(candidate) = CStr::from_bytes_with_nul(&buffer[..n + name.len()]) else {
            continue;
        };
        match try_one(candidate) {
            Errno::EACCES => denied = true,
            error if keep_searching(error) => {}
            error => return error,
        }
    }
    if denied { Errno::EACCES } else { Errno::ENOENT }
}

/// `PATH` from the environment, or the default.
pub(crate) fn search_path() -> &'static [u8] {
    variable(b"PATH=").map_or(DEFAULT_PATH, CStr::to_bytes)
}

/// The value of the environment entry that starts with `name` (with its `=`).
pub(crate) fn variable(name: &[u8]) -> Option<&'static CStr> {
    let mut entry = environment();
    // SAFETY: the environment is null or a null-terminated vector of strings, which stay as long as the program
    // leaves them alone.
    unsafe {
        while !entry.is_null() && !(*entry).is_null() {
            let text = CStr::from_ptr(*entry);
            if text.to_bytes().starts_with(name) {
                return Some(CStr::from_ptr((*entry).add(name.len())));
            }
            entry = entry.add(1);
        }
    }
    None
}

/// execvpe's search.
///
/// # Safety
/// `file` is a string, `argv` and `envp` are null-terminated vectors of strings.
pub(crate) unsafe fn search(
    file: *const c_char,
    argv: Vector,
    envp: Vector,
) -> Result<c_int, Errno> {
    // SAFETY: the caller's string.
    let file = unsafe { CStr::from_ptr(file) };
    // SAFETY: the caller's vectors.
    Err(each_candidate(file, search_path(), |path| unsafe {
        run(path, argv, envp)
    }))
}

/// execve, and `/bin/sh` for what the kernel does not recognise.
///
/// # Safety
/// `argv` and `envp` are null-terminated vectors of strings.
unsafe fn run(path: &CStr, argv: Vector, envp: Vector) -> Errno {
    // SAFETY: the caller's vectors.
    let error = match unsafe { process::execve(path.as_ptr(), argv, envp) } {
        Ok(_) => return Errno::ENOEXEC,
        Err(error) => error,
    };
    if error == Errno::ENOEXEC {
        // SAFETY: the caller's vectors.
        unsafe { run_script(path, argv, envp) }
    } else {
        error
    }
}

/// Lends `work` a vector of `length` pointers: on the stack, or mapped when it is long. Not from malloc, which
/// may be locked by another thread when a child of `vfork` comes here.
fn with_vector(length: usize, work: impl FnOnce(&mut [*const c_char]) -> Errno) -> Errno {
    const SHORT: usize = 128;
    if length <= SHORT {
        return work(&mut [ptr::null(); SHORT][..length]);
    }
    let bytes = length * size_of::<*const c_char>();
    match platform::map_anonymous(bytes) {
        Ok(memory) => {
            // SAFETY: a fresh mapping of zeroes (null pointers) of that size, given back after the last use.
            unsafe {
                let error = work(core::slice::from_raw_parts_mut(memory.cast(), length));
                let _ = platform::munmap(memory.cast(), bytes);
                error
            }
        }
        Err(error) => error,
    }
}

/// Runs `/bin/sh path argv[1]…`.
///
/// # Safety
/// `argv` and `envp` are null-terminated vectors of strings.
pub(crate) unsafe fn run_script(path: &CStr, argv: Vector, envp: Vector) -> Errno {
    let mut count = 0;
    // SAFETY: the vector ends with null.
    while !unsafe { *argv.add(count) }.is_null() {
        count += 1;
    }
    with_vector(count.max(1) + 2, |vector| {
        vector[0] = c"/bin/sh".as_ptr();
        vector[1] = path.as_ptr();
        for i in 1..count {
            // SAFETY: `i` is below the count.
            vector[i + 1] = unsafe { *argv.add(i) };
        }
        // SAFETY: the vector and the strings in it are live until exec has copied them; its last entry is null.
        unsafe { process::execve(vector[0], vector.as_ptr().cast(), envp) }
            .err()
            .unwrap_or(Errno::ENOEXEC)
    })
}

/// Where an execl call's environment comes from.
#[derive(Clone, Copy, PartialEq)]
enum Environment {
    Current,
    AfterList,
}

/// Copies the list of an execl call into a vector and calls `exec(argv, envp)`; returns -1 with `errno` set.
///
/// # Safety
/// `list` yields strings up to a null, then for `AfterList` the environment.
unsafe fn with_list(
    first: *const c_char,
    list: *mut VaList,
    source: Environment,
    exec: impl FnOnce(Vector, Vector) -> Result<c_int, Errno>,
) -> c_int {
    // SAFETY: the entry's list is live; a copy of it starts at the same argument.
    let (list, mut ahead) = unsafe { (&mut *list, *list) };
    let mut count = usize::from(!first.is_null());
    // SAFETY: the list goes on until its null.
    while !first.is_null() && !unsafe { ahead.arg_ptr::<c_char>() }.is_null() {
        count += 1;
    }
    let error = with_vector(count + 1, |vector| {
        vector[0] = first;
        for slot in vector.iter_mut().skip(1) {
            // SAFETY: as counted.
            *slot = unsafe { list.arg_ptr::<c_char>() };
        }
        let envp = match source {
            Environment::Current => environment(),
            // SAFETY: execle's list ends with the environment.
            Environment::AfterList => unsafe { list.arg_ptr::<*mut c_char>() }.cast_const(),
        };
        exec(vector.as_ptr().cast(), envp)
            .err()
            .unwrap_or(Errno::ENOEXEC)
    });
    Err::<c_int, _>(error).or_minus_one()
}

unsafe extern "C" fn list_execl(
    path: *const c_char,
    first: *const c_char,
    list: *mut VaList,
) -> c_int {
    // SAFETY: the C caller's strings and list.
    unsafe {
        with_list(first, list, Environment::Current, |argv, envp| {
            process::execve(path, argv, envp)
        })
    }
}

unsafe extern "C" fn list_execle(
    path: *const c_char,
    first: *const c_char,
    list: *mut VaList,
) -> c_int {
    // SAFETY: the C caller's strings and list.
    unsafe {
        with_list(first, list, Environment::AfterList, |argv, envp| {
            process::execve(path, argv, envp)
        })
    }
}

unsafe extern "C" fn list_execlp(
    file: *const c_char,
    first: *const c_char,
    list: *mut VaList,
) -> c_int {
    // SAFETY: the C caller's strings and list.
    unsafe {
        with_list(first, list, Environment::Current, |argv, envp| {
            search(file, argv, envp)
        })
    }
}

crate::variadic! {
    /// `execv` with the arguments as a list that ends with a null pointer. POSIX `execl`.
    pub fn execl(path: *const c_char, first: *const c_char, ...) -> c_int => list_execl
}
crate::variadic! {
    /// `execve` with the arguments as a list, then a null pointer, then the environment. POSIX `execle`.
    pub fn execle(path: *const c_char, first: *const c_char, ...) -> c_int => list_execle
}
crate::variadic! {
    /// `execvp` with the arguments as a list that ends with a null pointer. POSIX `execlp`.
    pub fn execlp(file: *const c_char, first: *const c_char, ...) -> c_int => list_execlp
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(
        file: &CStr,
        path: &[u8],
        answers: &[(&str, Errno)],
    ) -> (std::vec::Vec<std::string::String>, Errno) {
        let mut seen = std::vec::Vec::new();
        let error = each_candidate(file, path, |candidate| {
            let text = candidate.to_str().unwrap();
            seen.push(text.to_string());
            answers
                .iter()
                .find(|(name, _)| *name == text)
                .map_or(Errno::ENOENT, |(_, e)| *e)
        });
        (seen, error)
    }

    #[test]
    fn a_slash_means_a_path() {
        assert_eq!(tried(c"./x", b"/bin", &[]).0, ["./x"]);
    }

    #[test]
    fn an_empty_entry_is_the_current_directory() {
        assert_eq!(tried(c"x", b":/bin:", &[]).0, ["x", "/bin/x", "x"]);
    }

    #[test]
    fn denied_is_reported_only_when_nothing_else_is_found() {
        let (seen, error) = tried(c"x", b"/a:/b", &[("/a/x", Errno::EACCES)]);
        assert_eq!((seen.len(), error), (2, Errno::EACCES));
        assert_eq!(tried(c"x", b"/a:/b", &[]).1, Errno::ENOENT);
    }

    #[test]
    fn other_errors_end_the_search() {
        let (seen, error) = tried(c"x", b"/a:/b", &[("/a/x", Errno::E2BIG)]);
        assert_eq!((seen.len(), error), (1, Errno::E2BIG));
    }

    #[test]
    fn empty_and_long_names_are_refused() {
        assert_eq!(tried(c"", b"/bin", &[]), (std::vec![], Errno::ENOENT));
        let long = std::ffi::CString::new([b'a'; 256]).unwrap();
        assert_eq!(tried(&long, b"/bin", &[]).1, Errno::ENAMETOOLONG);
    }
}
