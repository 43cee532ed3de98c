//! The C interface of tlibc, read from its Rust sources.
//!
//! `syn` picks the exported functions, statics, aliases and `repr(C)` types out of the sources and
//! reduces them to one small file of signatures; cbindgen turns that file into C declarations.

#[cfg(test)]
mod libc_crate;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use quote::{ToTokens as _, format_ident};
use syn::parse::{ParseStream, Parser as _};
use syn::visit_mut::{self, VisitMut};

/// Types whose C name is a typedef although it neither ends in `_t` nor is all capitals.
const TYPEDEF_NAMES: &[&str] = &["fd_set", "Dl_info", "once_flag"];

/// Rust types that stand for types of the C language.
const C_NAMES: [(&str, &str); 4] = [
    ("F80", "long double"),
    ("FloatComplex", "float _Complex"),
    ("DoubleComplex", "double _Complex"),
    ("LongDoubleComplex", "long double _Complex"),
];

/// Macros whose arguments are signatures of exported functions: `pub fn NAME(…) -> TYPE => …`.
const SIGNATURE_MACROS: &[&str] = &[
    "variadic",
    "longdouble_return",
    "f80_entries",
    "f80_integer_entries",
    "nexttoward_entries",
    "complex_entries",
    "complex_f80_entries",
    "translations",
];

/// The declarations of the C interface, by name.
#[derive(Debug, Default)]
pub struct Api {
    /// Function name → C prototype, ending in `;`.
    pub functions: BTreeMap<String, String>,
    /// Data symbol → C declaration, ending in `;`.
    pub statics: BTreeMap<String, String>,
    /// `repr(C)` type name → C definition, ending in `;`.
    pub types: BTreeMap<String, String>,
}

impl Api {
    /// Reads every `.rs` file below `src`.
    pub fn collect(src: &Path) -> Result<Api> {
        let mut sources = Sources::default();
        for path in super::files_with_extension(src, "rs")? {
            let text =
                fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
            let file =
                syn::parse_file(&text).with_context(|| format!("parse {}", path.display()))?;
            sources
                .add_items(file.items)
                .with_context(|| format!("in {}", path.display()))?;
        }
        sources.into_api()
    }

    /// Every name the library exports, sorted: functions, aliases and data.
    pub fn exports(&self) -> impl Iterator<Item = &str> {
        let names: BTreeSet<&str> = self
            .functions
            .keys()
            .chain(self.statics.keys())
            .map(String::as_str)
            .collect();
        names.into_iter()
    }
}

/// What the sources declare, before cbindgen has seen it.
#[derive(Default)]
struct Sources {
    functions: BTreeMap<String, syn::ItemFn>,
    statics: BTreeMap<String, syn::ItemStatic>,
    types: BTreeMap<String, syn::Item>,
    constants: BTreeMap<String, syn::ItemConst>,
    /// Rust-only names (upper camel case) for pointers to functions and the like.
    rust_aliases: BTreeMap<String, syn::Type>,
    /// C alias → the function or datum it names.
    aliases: BTreeMap<String, String>,
}

impl Sources {
    fn add_items(&mut self, items: Vec<syn::Item>) -> Result<()> {
        for item in items {
            match item {
                syn::Item::Fn(item) if is_exported(&item.attrs) => self.add_function(item),
                syn::Item::Static(mut item) if is_exported(&item.attrs) => {
                    item.attrs = vec![syn::parse_quote!(#[unsafe(no_mangle)])];
                    item.vis = syn::parse_quote!(pub);
                    item.expr = Box::new(syn::parse_quote!(0));
                    self.statics.insert(item.ident.to_string(), item);
                }
                // C has its own names for these.
                syn::Item::Struct(item)
                    if ["F80", "VaList", "Complex"]
                        .iter()
                        .any(|name| item.ident == name) => {}
                syn::Item::Type(item) if C_NAMES.iter().any(|(name, _)| item.ident == name) => {}
                syn::Item::Struct(mut item) if is_c_layout(&item.attrs) => {
                    item.attrs = vec![syn::parse_quote!(#[repr(C)])];
                    for field in &mut item.fields {
                        field.attrs.clear();
                    }
                    self.types
                        .insert(item.ident.to_string(), syn::Item::Struct(item));
                }
                syn::Item::Union(mut item) if is_c_layout(&item.attrs) => {
                    item.attrs = vec![syn::parse_quote!(#[repr(C)])];
                    for field in &mut item.fields.named {
                        field.attrs.clear();
                    }
                    self.types
                        .insert(item.ident.to_string(), syn::Item::Union(item));
                }
                syn::Item::Const(mut item) => {
                    item.attrs.clear();
                    self.constants.insert(item.ident.to_string(), item);
                }
                syn::Item::Type(item) => {
                    let name = item.ident.to_string();
                    if name.starts_with(|c: char| c.is_ascii_uppercase()) {
                        self.rust_aliases.insert(name, *item.ty);
                    }
                }
                syn::Item::Mod(item) if !is_for_tests(&item.attrs) => {
                    if let Some((_, items)) = item.content {
                        self.add_items(items)?;
                    }
                }
                syn::Item::Macro(item) => self.add_macro(&item.mac)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn add_function(&mut self, mut item: syn::ItemFn) {
        item.attrs = vec![syn::parse_quote!(#[unsafe(no_mangle)])];
        item.vis = syn::parse_quote!(pub);
        item.sig.abi = Some(syn::parse_quote!(extern "C"));
        item.block = Box::new(syn::parse_quote!({}));
        for (index, input) in item.sig.inputs.iter_mut().enumerate() {
            if let syn::FnArg::Typed(argument) = input {
                let name = match &*argument.pat {
                    syn::Pat::Ident(pattern) => {
                        pattern.ident.to_string().trim_start_matches('_').to_owned()
                    }
                    _ => format!("a{index}"),
                };
                // Names of the implementation: a program may have a macro called `s`.
                // `__thread` alone would be a keyword.
                let name = if name == "thread" { "tid" } else { &*name };
                let ident = format_ident!("__{}", name);
                *argument.pat = syn::parse_quote!(#ident);
                argument.attrs.clear();
            }
        }
        self.functions.insert(item.sig.ident.to_string(), item);
    }

    fn add_macro(&mut self, mac: &syn::Macro) -> Result<()> {
        let Some(name) = mac.path.segments.last() else {
            return Ok(());
        };
        if name.ident == "alias" {
            let (alias, target) = parse_alias
                .parse2(mac.tokens.clone())
                .with_context(|| format!("alias!({})", mac.tokens))?;
            self.aliases.insert(alias, target);
        } else if SIGNATURE_MACROS.iter().any(|known| name.ident == known) {
            let signatures = parse_signatures
                .parse2(mac.tokens.clone())
                .with_context(|| format!("{}!({})", name.ident, mac.tokens))?;
            for sig in signatures {
                self.add_function(syn::ItemFn {
                    attrs: Vec::new(),
                    vis: syn::Visibility::Inherited,
                    sig,
                    block: syn::parse_quote!({}),
                });
            }
        }
        Ok(())
    }

    fn into_api(mut self) -> Result<Api> {
        let mut resolver = ResolveAliases {
            aliases: &self.rust_aliases,
        };
        for function in self.functions.values_mut() {
            resolver.visit_item_fn_mut(function);
        }
        for item in self.types.values_mut() {
            resolver.visit_item_mut(item);
        }
        let mut reduced = syn::File {
            shebang: None,
            attrs: Vec::new(),
            items: Vec::new(),
        };
        reduced
            .items
            .extend(self.used_constants().into_iter().map(syn::Item::Const));
        reduced.items.extend(self.types.values().cloned());
        reduced
            .items
            .extend(self.functions.values().cloned().map(syn::Item::Fn));
        reduced
            .items
            .extend(self.statics.values().cloned().map(syn::Item::Static));
        let header = run_cbindgen(&reduced, self.types.keys().map(String::as_str))?;
        let mut api = split_declarations(&header)?;
        for (alias, target) in &self.aliases {
            if let Some(prototype) = api.functions.get(target) {
                let renamed = replace_word(prototype, target, alias);
                api.functions.insert(alias.clone(), renamed);
            } else if let Some(declaration) = api.statics.get(target) {
                let renamed = replace_word(declaration, target, alias);
                api.statics.insert(alias.clone(), renamed);
            }
        }
        Ok(api)
    }

    /// The integer constants that array lengths inside the types refer to.
    fn used_constants(&self) -> Vec<syn::ItemConst> {
        let text: String = self
            .types
            .values()
            .map(|item| item.to_token_stream().to_string() + "\n")
            .collect();
        let words: BTreeSet<&str> = words(&text).collect();
        self.constants
            .values()
            .filter(|constant| words.contains(constant.ident.to_string().as_str()))
            .cloned()
            .collect()
    }
}

/// Puts the meaning of a Rust-only type name in its place.
struct ResolveAliases<'a> {
    aliases: &'a BTreeMap<String, syn::Type>,
}

impl VisitMut for ResolveAliases<'_> {
    fn visit_type_mut(&mut self, ty: &mut syn::Type) {
        if let syn::Type::Path(path) = ty
            && path
                .path
                .segments
                .last()
                .is_some_and(|last| last.ident == "VaList")
        {
            // cbindgen takes the name for the ellipsis.
            *ty = syn::parse_quote!(__tl_va_list);
            return;
        }
        if let syn::Type::Path(path) = ty
            && let Some(last) = path.path.segments.last()
            && last.arguments.is_empty()
            && let Some(meaning) = self.aliases.get(&last.ident.to_string())
        {
            *ty = meaning.clone();
        }
        visit_mut::visit_type_mut(self, ty);
    }
}

fn is_exported(attrs: &[syn::Attribute]) -> bool {
    attrs
        .iter()
        .any(|attr| attr.to_token_stream().to_string().contains("no_mangle"))
}

fn is_c_layout(attrs: &[syn::Attribute]) -> bool {
    attrs.iter().any(|attr| {
        attr.path().is_ident("repr") && attr.to_token_stream().to_string().contains('C')
    })
}

fn is_for_tests(attrs: &[syn::Attribute]) -> bool {
    attrs.iter().any(|attr| {
        let text = attr.to_token_stream().to_string().replace(' ', "");
        text == "#[cfg(test)]"
    })
}

/// `[weak] ALIAS = TARGET`
fn parse_alias(input: ParseStream<'_>) -> syn::Result<(String, String)> {
    let mut alias: syn::Ident = input.parse()?;
    if alias == "weak" && !input.peek(syn::Token![=]) {
        alias = input.parse()?;
    }
    input.parse::<syn::Token![=]>()?;
    let target: syn::Ident = input.parse()?;
    input.parse::<proc_macro2::TokenStream>()?;
    Ok((alias.to_string(), target.to_string()))
}

/// `pub fn NAME(PARAMETERS, ...) -> TYPE => ENTRY …`, one or more
fn parse_signatures(input: ParseStream<'_>) -> syn::Result<Vec<syn::Signature>> {
    let mut signatures = Vec::new();
    while !input.is_empty() {
        input.call(syn::Attribute::parse_outer)?;
        input.parse::<syn::Visibility>()?;
        signatures.push(input.parse()?);
        while !input.is_empty()
            && !input.peek(syn::Token![pub])
            && !input.peek(syn::Token![#])
            && !input.peek(syn::Token![fn])
            && !input.peek(syn::Token![unsafe])
        {
            input.parse::<proc_macro2::TokenTree>()?;
        }
    }
    Ok(signatures)
}

/// C declarations of the reduced sources.
fn run_cbindgen<'a>(file: &syn::File, types: impl Iterator<Item = &'a str>) -> Result<String> {
    let folder = tempfile::tempdir().context("temporary folder for cbindgen")?;
    let source = folder.path().join("api.rs");
    fs::write(&source, file.to_token_stream().to_string()).context("write cbindgen's input")?;
    let mut config = cbindgen::Config {
        language: cbindgen::Language::C,
        style: cbindgen::Style::Tag,
        no_includes: true,
        usize_is_size_t: true,
        line_length: 1 << 16,
        ..cbindgen::Config::default()
    };
    config.function.no_return = Some("__attribute__((__noreturn__))".into());
    config.export.include = types.map(str::to_owned).collect();
    for (rust, c) in C_NAMES {
        config.export.rename.insert(rust.into(), c.into());
    }
    let bindings = cbindgen::Builder::new()
        .with_src(&source)
        .with_config(config)
        .generate()
        .context("cbindgen")?;
    let mut text = Vec::new();
    bindings.write(&mut text);
    let text = String::from_utf8(text).context("cbindgen's output")?;
    Ok(tidy(&text))
}

/// Spells cbindgen's output the way C headers do.
fn tidy(text: &str) -> String {
    let mut tidied = String::new();
    let mut rest = text;
    // `struct fd_set` → `fd_set` for the types that C knows by typedef.
    while let Some(at) = ["struct ", "union "]
        .iter()
        .filter_map(|key| rest.find(key))
        .min()
    {
        let key_length = if rest[at..].starts_with("struct ") {
            7
        } else {
            6
        };
        let name_start = at + key_length;
        let name_end = rest[name_start..]
            .find(|c: char| !is_word_char(c))
            .map_or(rest.len(), |offset| name_start + offset);
        let name = &rest[name_start..name_end];
        let is_definition = rest[name_end..].trim_start().starts_with('{');
        tidied.push_str(&rest[..at]);
        if is_definition || !is_typedef_name(name) {
            tidied.push_str(&rest[at..name_start]);
        }
        tidied.push_str(name);
        rest = &rest[name_end..];
    }
    tidied.push_str(rest);
    for (_, c) in C_NAMES {
        tidied = tidied.replace(&format!("struct {c}"), c);
    }
    tidied
        .replace("struct __tl_va_list *", "__builtin_va_list ")
        .replace("__tl_va_list *", "__builtin_va_list ")
}

fn is_typedef_name(name: &str) -> bool {
    if name == "FTW" {
        // The one structure tag in capitals.
        return false;
    }
    name.ends_with("_t")
        || TYPEDEF_NAMES.contains(&name)
        || name
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// Cuts cbindgen's output into its declarations.
fn split_declarations(header: &str) -> Result<Api> {
    let mut api = Api::default();
    let mut depth = 0_usize;
    let mut current = String::new();
    for line in header.lines() {
        if depth == 0 && current.trim().is_empty() && line.starts_with('#') {
            continue;
        }
        for c in line.chars() {
            current.push(c);
            match c {
                '{' | '(' => depth += 1,
                '}' | ')' => depth = depth.checked_sub(1).context("unbalanced cbindgen output")?,
                ';' if depth == 0 => {
                    let declaration = current.trim().to_owned();
                    current.clear();
                    api.add_declaration(declaration)?;
                }
                _ => {}
            }
        }
        current.push('\n');
    }
    Ok(api)
}

impl Api {
    fn add_declaration(&mut self, text: String) -> Result<()> {
        if text.ends_with("};") {
            let mut head = text.split_whitespace();
            let (Some(kind), Some(name)) = (head.next(), head.next()) else {
                bail!("a type without a name: {text}");
            };
            let name = name.to_owned();
            let definition = if is_typedef_name(&name) {
                let body = &text[text.find('{').context("type body")?..text.len() - 1];
                format!("typedef {kind} {body} {name};")
            } else {
                text
            };
            self.types.insert(name, definition);
        } else if !text.contains('(') && (text.starts_with("struct ") || !text.contains(' ')) {
            // A forward declaration: `types.def` knows the opaque types.
        } else if let Some(declaration) = text.strip_prefix("extern ")
            && !declaration.contains(");")
        {
            let before_array = declaration.split('[').next().unwrap_or(declaration);
            let name = words(before_array)
                .last()
                .context("a datum without a name")?
                .to_owned();
            self.statics.insert(name, text);
        } else {
            let name = function_name(&text).with_context(|| format!("not understood: {text}"))?;
            let prototype = text.split_whitespace().collect::<Vec<_>>().join(" ");
            self.functions.insert(name, prototype);
        }
        Ok(())
    }
}

/// The declared name: the word before the first parenthesis that follows a word other than a
/// keyword; a function that returns a pointer to a function has it inside `(*name(`.
fn function_name(text: &str) -> Option<String> {
    let mut searched = 0;
    while let Some(at) = text[searched..].find('(') {
        let before = text[..searched + at].trim_end();
        let start = before
            .rfind(|c: char| !is_word_char(c))
            .map_or(0, |at| at + 1);
        let word = &before[start..];
        if !word.is_empty() && !is_keyword(word) {
            return Some(word.to_owned());
        }
        searched += at + 1;
    }
    None
}

fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "void"
            | "int"
            | "char"
            | "long"
            | "short"
            | "unsigned"
            | "signed"
            | "float"
            | "double"
            | "const"
            | "__attribute__"
    )
}

pub(super) fn is_word_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The identifiers and numbers of a C text.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| !is_word_char(c))
        .filter(|word| !word.is_empty())
}

/// `text` with the whole word `from` replaced by `to`, once.
pub(super) fn replace_word(text: &str, from: &str, to: &str) -> String {
    let mut searched = 0;
    while let Some(offset) = text[searched..].find(from) {
        let at = searched + offset;
        let end = at + from.len();
        let starts = !text[..at].ends_with(is_word_char);
        let ends = !text[end..].starts_with(is_word_char);
        if starts && ends {
            return format!("{}{to}{}", &text[..at], &text[end..]);
        }
        searched = end;
    }
    text.to_owned()
}
