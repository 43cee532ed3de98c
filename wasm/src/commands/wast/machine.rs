//! What a test script asks of an engine.

use std::fmt;

use wast::core::WastArgCore;

use super::value::Value;

/// An engine with the instances that a script has made, each known by its number.
pub trait Machine: Send {
    /// Compiles a module and returns its number.
    ///
    /// # Errors
    ///
    /// [`Failure::Invalid`] if it is refused.
    fn define(&mut self, binary: &[u8]) -> Result<usize, Failure>;

    /// Makes an instance of a module, calls its start function and returns its number.
    ///
    /// # Errors
    ///
    /// [`Failure::Unlinkable`] if imports are missing or don't fit, or what came of running it.
    fn instantiate(&mut self, module: usize) -> Result<usize, Failure>;

    /// Offers the exports of an instance for import, under `name` as the name of the module.
    ///
    /// # Errors
    ///
    /// [`Failure::Other`] if the engine can't do it.
    fn register(&mut self, name: &str, instance: usize) -> Result<(), Failure>;

    /// Calls a function that an instance exports.
    ///
    /// # Errors
    ///
    /// What came of it, or [`Failure::Other`] if there is no such function or the parameters don't fit.
    fn invoke(
        &mut self,
        instance: usize,
        function: &str,
        args: &[WastArgCore<'_>],
    ) -> Result<Vec<Value>, Failure>;

    /// The value of a global that an instance exports.
    ///
    /// # Errors
    ///
    /// [`Failure::Other`] if there is none.
    fn get(&mut self, instance: usize, global: &str) -> Result<Value, Failure>;

    /// Makes a machine for a thread of the script: it has the same modules, and as its only instance, number 0,
    /// the memories that `instance` exports and that threads may share.
    ///
    /// # Errors
    ///
    /// [`Failure::Other`] if the engine can't do it.
    fn fork(&mut self, instance: Option<usize>) -> Result<Box<dyn Machine>, Failure>;
}

/// Defines the functions that scripts print with, in the module `$module` of `$linker`, an engine's own. What is
/// printed is no part of a test.
macro_rules! define_prints {
    ($linker:ident, $module:ident, $f32:ty, $f64:ty) => {
        $linker
            .func_wrap($module, "print", || {})?
            .func_wrap($module, "print_i32", |_: i32| {})?
            .func_wrap($module, "print_i64", |_: i64| {})?
            .func_wrap($module, "print_f32", |_: $f32| {})?
            .func_wrap($module, "print_f64", |_: $f64| {})?
            .func_wrap($module, "print_i32_f32", |_: i32, _: $f32| {})?
            .func_wrap($module, "print_f64_f64", |_: $f64, _: $f64| {})?
    };
}
pub(super) use define_prints;

/// Adds `item` to `list` and returns its number.
pub fn keep<T>(list: &mut Vec<T>, item: T) -> usize {
    list.push(item);
    list.len() - 1
}

/// Why there is no result.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// The text of the module has no binary.
    Malformed(String),
    /// The engine refuses the module.
    Invalid(String),
    /// Its imports are not there or of another type.
    Unlinkable(String),
    /// The program trapped.
    Trap(Trap),
    /// The program threw an exception that it did not catch.
    Exception,
    /// Anything else.
    Other(String),
}

impl Failure {
    /// A failure with no name of its own.
    pub fn other(reason: impl Into<String>) -> Self {
        Self::Other(reason.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(reason) => write!(f, "malformed: {reason}"),
            Self::Invalid(reason) => write!(f, "invalid: {reason}"),
            Self::Unlinkable(reason) => write!(f, "unlinkable: {reason}"),
            Self::Trap(trap) => write!(f, "trap: {trap}"),
            Self::Exception => f.write_str("an exception that is not caught"),
            Self::Other(reason) => f.write_str(reason),
        }
    }
}

/// A trap, in all the words that scripts have for it: engines tell fewer apart than the specification does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trap(pub &'static [&'static str]);

impl Trap {
    /// `unreachable` was executed.
    pub const UNREACHABLE: Self = Self(&["unreachable"]);
    /// An access beyond the end of a memory.
    pub const MEMORY: Self = Self(&["out of bounds memory access"]);
    /// An access beyond the end of a table.
    pub const TABLE: Self = Self(&["out of bounds table access", "undefined element"]);
    /// An indirect call through a null.
    pub const NULL_ELEMENT: Self = Self(&["uninitialized element"]);
    /// An indirect call of a function of another type.
    pub const SIGNATURE: Self = Self(&["indirect call type mismatch"]);
    /// A division by zero.
    pub const DIVISION: Self = Self(&["integer divide by zero"]);
    /// A result that its type can't hold.
    pub const OVERFLOW: Self = Self(&["integer overflow"]);
    /// A float that is no integer.
    pub const CONVERSION: Self = Self(&["invalid conversion to integer"]);
    /// Too many calls inside each other.
    pub const EXHAUSTION: Self = Self(&["call stack exhausted"]);
    /// An atomic access that is not aligned.
    pub const UNALIGNED: Self = Self(&["unaligned atomic"]);
    /// Waiting on a memory that is not shared.
    pub const NOT_SHARED: Self = Self(&["expected shared memory"]);
    /// The use of a null reference.
    pub const NULL: Self = Self(&[
        "null reference",
        "null function reference",
        "null structure reference",
        "null array reference",
        "null i31 reference",
        "null exception reference",
    ]);
    /// An access beyond the end of an array.
    pub const ARRAY: Self = Self(&["out of bounds array access"]);
    /// A cast to a type that the object does not have.
    pub const CAST: Self = Self(&["cast failure"]);

    /// Whether a script that expects `words` means this one. A script may shorten them or add a number.
    pub fn is(self, words: &str) -> bool {
        let matches = |name: &&str| words.starts_with(*name) || name.starts_with(words);
        !words.is_empty() && self.0.iter().any(matches)
    }
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" or "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trap_is_known_by_its_words() {
        assert!(Trap::NULL_ELEMENT.is("uninitialized element 2"));
        assert!(Trap::SIGNATURE.is("indirect call"));
        assert!(Trap::TABLE.is("undefined element"));
        assert!(!Trap::TABLE.is("uninitialized element"));
        assert!(!Trap::DIVISION.is("integer overflow"));
        assert!(!Trap::DIVISION.is(""));
    }
}
