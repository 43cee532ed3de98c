//! `<search.h>`: a hash table, a balanced binary tree, linear search and linked lists (POSIX.1 XSI).

#![allow(non_camel_case_types, reason = "the names are C's")]

pub mod hash;
pub mod linear;
pub mod list;
pub mod tree;
