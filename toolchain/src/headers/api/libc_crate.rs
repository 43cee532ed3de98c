//! Compares the signatures of tlibc's functions with those that the `libc` crate declares for
//! `x86_64-unknown-linux-gnu`: as many arguments, each as wide and in the same kind of register.
//!
//! The compiler cannot do this by itself, since each side has its own structures behind pointers;
//! layouts are compared inside tlibc (`check_layout!`).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use quote::ToTokens as _;

use super::Sources;
use crate::crate_source;

/// The files of the `libc` crate that apply to the target, below `src`.
const FILES: &[&str] = &[
    "primitives.rs",
    "unix/mod.rs",
    "unix/linux_like/mod.rs",
    "unix/linux_like/linux_l4re_shared.rs",
    "unix/linux_like/linux/mod.rs",
    "unix/linux_like/linux/gnu/mod.rs",
    "unix/linux_like/linux/gnu/b64/mod.rs",
    "unix/linux_like/linux/gnu/b64/x86_64/mod.rs",
    "unix/linux_like/linux/gnu/b64/x86_64/not_x32.rs",
];

/// Functions that the crate declares otherwise than the standard, and why ours is right.
const DIFFERENT: &[(&str, &str)] = &[(
    "strerror_r",
    "the crate's declaration is linked to __xpg_strerror_r; this name is GNU's function",
)];

/// The fewest functions that must have been compared, lest the crate's files move unnoticed.
const FEWEST: usize = 640;

type Aliases = BTreeMap<String, syn::Type>;

/// How an argument or result of this type travels (System V ABI for x86-64, 3.2.3).
fn class(ty: &syn::Type, aliases: &Aliases) -> String {
    match ty {
        syn::Type::Ptr(_) | syn::Type::Reference(_) | syn::Type::BareFn(_) => "word".into(),
        syn::Type::Never(_) => "never".into(),
        syn::Type::Tuple(tuple) if tuple.elems.is_empty() => "nothing".into(),
        syn::Type::Path(path) => {
            let Some(last) = path.path.segments.last() else {
                return "?".into();
            };
            let name = last.ident.to_string();
            match name.as_str() {
                "Option" | "usize" | "isize" | "u64" | "i64" | "c_long" | "c_ulong"
                | "c_longlong" | "c_ulonglong" | "size_t" | "ssize_t" | "intptr_t"
                // The crate chooses these by target, inside a macro.
                | "uintptr_t" | "time_t" | "clock_t" => "word".into(),
                "i32" | "u32" | "c_int" | "c_uint" | "uid_t" | "gid_t" => "32".into(),
                "i16" | "u16" | "c_short" | "c_ushort" => "16".into(),
                "i8" | "u8" | "c_char" | "c_schar" | "c_uchar" => "8".into(),
                "f64" | "c_double" => "double".into(),
                "f32" | "c_float" => "float".into(),
                "bool" => "bool".into(),
                _ => match aliases.get(&name) {
                    Some(meaning) => class(meaning, aliases),
                    None => format!("struct {name}"),
                },
            }
        }
        other => other.to_token_stream().to_string(),
    }
}

/// A signature as a line of classes.
fn shape(signature: &syn::Signature, aliases: &Aliases) -> String {
    let mut parts: Vec<String> = signature
        .inputs
        .iter()
        .map(|input| match input {
            syn::FnArg::Typed(argument) => class(&argument.ty, aliases),
            syn::FnArg::Receiver(_) => "self".into(),
        })
        .collect();
    if signature.variadic.is_some() {
        parts.push("...".into());
    }
    let result = match &signature.output {
        syn::ReturnType::Default => "nothing".into(),
        syn::ReturnType::Type(_, ty) => class(ty, aliases),
    };
    format!("({}) -> {result}", parts.join(", "))
}

/// Collects the declarations and type names of the `libc` crate.
fn collect(
    items: Vec<syn::Item>,
    functions: &mut BTreeMap<String, syn::Signature>,
    aliases: &mut Aliases,
) {
    for item in items {
        match item {
            syn::Item::ForeignMod(block) => {
                for item in block.items {
                    if let syn::ForeignItem::Fn(function) = item {
                        functions.insert(function.sig.ident.to_string(), function.sig);
                    }
                }
            }
            syn::Item::Type(item) => {
                aliases.insert(item.ident.to_string(), *item.ty);
            }
            syn::Item::Mod(module) => {
                if let Some((_, items)) = module.content {
                    collect(items, functions, aliases);
                }
            }
            _ => {}
        }
    }
}

/// The version of the `libc` crate that the workspace uses.
fn locked_version(root: &Path) -> String {
    let lock: toml::Table = fs::read_to_string(root.join("Cargo.lock"))
        .unwrap()
        .parse()
        .unwrap();
    let packages = lock["package"].as_array().unwrap();
    let libc = packages
        .iter()
        .filter(|package| package["name"].as_str() == Some("libc"));
    let version = libc
        .map(|package| package["version"].as_str().unwrap())
        .max();
    version.unwrap().to_owned()
}

#[test]
fn signatures_are_those_of_the_libc_crate() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let scratch = tempfile::tempdir().unwrap();
    let source = crate_source::locate("libc", &locked_version(&root), scratch.path()).unwrap();
    let mut theirs = BTreeMap::new();
    let mut their_aliases = Aliases::new();
    for file in FILES {
        let text = fs::read_to_string(source.join("src").join(file)).unwrap();
        collect(
            syn::parse_file(&text).unwrap().items,
            &mut theirs,
            &mut their_aliases,
        );
    }

    let mut sources = Sources::default();
    let mut our_aliases = Aliases::new();
    for path in super::super::files_with_extension(&root.join("tlibc/src"), "rs").unwrap() {
        let file = syn::parse_file(&fs::read_to_string(path).unwrap()).unwrap();
        collect(file.items.clone(), &mut BTreeMap::new(), &mut our_aliases);
        sources.add_items(file.items).unwrap();
    }

    let mut compared = 0;
    let mut wrong = Vec::new();
    for (name, signature) in &theirs {
        let ours = sources.aliases.get(name).unwrap_or(name);
        let Some(function) = sources.functions.get(ours) else {
            continue;
        };
        compared += 1;
        let mut own = shape(&function.sig, &our_aliases);
        let wanted = shape(signature, &their_aliases);
        // Optional arguments are declared as fixed ones: the registers are the same.
        if let Some(fixed) =
            wanted.strip_suffix(&wanted[wanted.find("...").unwrap_or(wanted.len())..])
            && wanted.contains("...")
            && !own.contains("...")
            && own.starts_with(fixed.trim_end_matches(", "))
        {
            own = wanted.clone();
        }
        if own != wanted && !DIFFERENT.iter().any(|(known, _)| known == name) {
            wrong.push(format!("{name}: ours {own}, theirs {wanted}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    for (name, reason) in DIFFERENT {
        assert!(
            theirs.contains_key(*name),
            "{name} need not be excused: {reason}"
        );
    }
    assert!(
        compared >= FEWEST,
        "only {compared} functions were compared"
    );
}
