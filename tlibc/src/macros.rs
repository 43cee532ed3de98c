//! Macros for the symbols that Rust's attributes cannot express on a stable compiler.

/// Gives an exported function or object further C names: `alias!(open64 = open);`,
/// or a weak one with `alias!(weak pthread_yield = sched_yield);`.
///
/// Both names must be exported symbols of this crate. Aliases exist in optimised builds only, where the
/// crate is one code-generation unit and the assembler can therefore see the target.
#[macro_export]
macro_rules! alias {
    ($name:ident = $target:ident) => {
        #[cfg(all(not(test), not(debug_assertions)))]
        ::core::arch::global_asm!(
            concat!(".globl ", stringify!($name)),
            concat!(".set ", stringify!($name), ", ", stringify!($target)),
        );
    };
    (weak $name:ident = $target:ident) => {
        #[cfg(all(not(test), not(debug_assertions)))]
        ::core::arch::global_asm!(
            concat!(".weak ", stringify!($name)),
            concat!(".set ", stringify!($name), ", ", stringify!($target)),
        );
    };
}

/// Gives an exported function the name of a version as well: `version!(cfsetspeed @ "GLIBC_2.2.5");`. The `libc` crate
/// asks for those of functions that glibc has changed since.
///
/// In optimised builds only, as for [`alias!`].
#[macro_export]
macro_rules! version {
    ($target:ident @ $version:literal) => {
        #[cfg(all(not(test), not(debug_assertions)))]
        ::core::arch::global_asm!(
            concat!(".globl \"", stringify!($target), "@", $version, "\""),
            concat!(
                ".set \"",
                stringify!($target),
                "@",
                $version,
                "\", ",
                stringify!($target)
            ),
        );
    };
}

/// Makes the compiler compare a function with the `libc` crate's declaration of the same name (test builds):
/// `check_signature!(close: fn(c_int) -> c_int);` fails to compile when either differs.
#[macro_export]
macro_rules! check_signature {
    ($($name:ident : fn($($arg:ty),* $(,)?) $(-> $ret:ty)?;)*) => {
        #[cfg(test)]
        const _: () = {
            $(
                let _: unsafe extern "C" fn($($arg),*) $(-> $ret)? = $name;
                let _: unsafe extern "C" fn($($arg),*) $(-> $ret)? = ::libc::$name;
            )*
        };
    };
}

/// Asserts at compile time (test builds) that a type has the size, the alignment and, for the fields listed,
/// the offsets of the `libc` crate's type: `check_layout!(stat = libc::stat { st_dev, st_ino });`.
#[macro_export]
macro_rules! check_layout {
    ($ours:ty = $theirs:ty $({ $($field:ident),* $(,)? })?) => {
        #[cfg(test)]
        const _: () = {
            assert!(::core::mem::size_of::<$ours>() == ::core::mem::size_of::<$theirs>());
            assert!(::core::mem::align_of::<$ours>() == ::core::mem::align_of::<$theirs>());
            $($(
                assert!(
                    ::core::mem::offset_of!($ours, $field) == ::core::mem::offset_of!($theirs, $field)
                );
            )*)?
        };
    };
}
