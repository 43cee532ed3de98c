//! Draws the line between the C library's names and everything else in its one object file.
//!
//! - Every exported name becomes weak, so that a program may define a function of that name itself, and gets
//!   a local twin to which the library's own references are bound: a program's `getline` is never called by tlibc.
//!   Only the allocator's names stay shared ([`INTERPOSABLE`]): what `getline` returns must suit the program's `free`.
//! - Every other defined name (`core`, Rust's allocator hooks, compiler helpers) becomes local.
//!
//! Works on the symbol and relocation tables of an ELF64 x86-64 relocatable file ("System V ABI", chapter 4).

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use goblin::archive::Archive;
use goblin::elf::Elf;
use goblin::elf::section_header::{
    SHN_COMMON, SHN_UNDEF, SHT_GROUP, SHT_RELA, SHT_SYMTAB, SHT_SYMTAB_SHNDX,
};
use goblin::elf::sym::{STB_GLOBAL, STB_LOCAL, STB_WEAK, STV_DEFAULT};

/// Names that the library itself calls through the program's definition, if there is one.
const INTERPOSABLE: [&str; 8] = [
    "malloc",
    "free",
    "calloc",
    "realloc",
    "aligned_alloc",
    "posix_memalign",
    "memalign",
    "malloc_usable_size",
];

/// Bytes of an `Elf64_Sym` and of an `Elf64_Rela`.
const SYM_SIZE: usize = 24;
const RELA_SIZE: usize = 24;

/// The C names that tlibc's own objects in `archive` define, sorted.
pub fn exports(archive: &Path) -> Result<Vec<String>> {
    let bytes = fs::read(archive).with_context(|| format!("cannot read {}", archive.display()))?;
    let index = Archive::parse(&bytes)?;
    let mut names = HashSet::new();
    for member in index.members() {
        if !member.starts_with("tlibc-") {
            continue;
        }
        let elf = Elf::parse(index.extract(member, &bytes)?)
            .with_context(|| format!("{member} is not an ELF object"))?;
        for symbol in &elf.syms {
            let visible = symbol.st_bind() != STB_LOCAL && symbol.st_visibility() == STV_DEFAULT;
            if !visible || symbol.st_shndx == SHN_UNDEF as usize {
                continue;
            }
            let name = elf
                .strtab
                .get_at(symbol.st_name)
                .context("symbol without a name")?;
            if !is_rust_name(name) {
                names.insert(name.to_owned());
            }
        }
    }
    let mut names: Vec<String> = names.into_iter().collect();
    names.sort();
    Ok(names)
}

/// Whether a symbol belongs to the compiler: mangled, or one of Rust's run-time hooks.
fn is_rust_name(name: &str) -> bool {
    [
        "_R", "_ZN", "__rust", "rust_", "__rdl_", "__rg_", "DW.ref.", ".L", "anon.",
    ]
    .iter()
    .any(|prefix| name.starts_with(prefix))
}

/// Rewrites the symbol table of the relocatable file `image` as described above.
pub fn isolate(mut image: Vec<u8>, exports: &[String]) -> Result<Vec<u8>> {
    let exports: HashSet<&str> = exports.iter().map(String::as_str).collect();
    let elf = Elf::parse(&image)?;
    let mut tables = elf
        .section_headers
        .iter()
        .enumerate()
        .filter(|(_, header)| header.sh_type == SHT_SYMTAB);
    let (table_index, table) = tables.next().context("no symbol table")?;
    ensure!(tables.next().is_none(), "more than one symbol table");
    let unexpected = |kind| {
        elf.section_headers
            .iter()
            .any(|header| header.sh_type == kind)
    };
    if unexpected(SHT_GROUP) || unexpected(SHT_SYMTAB_SHNDX) {
        bail!("section groups or too many sections");
    }

    // Old index → new index, the locals first as the format demands.
    let start = table.sh_offset as usize;
    let raw = |index: usize| &image[start + index * SYM_SIZE..start + (index + 1) * SYM_SIZE];
    let with_binding = |index: usize, binding: u8| {
        let mut entry = raw(index).to_vec();
        entry[4] = binding << 4 | entry[4] & 0xf;
        entry
    };
    let mut locals: Vec<Vec<u8>> = Vec::new();
    let mut globals: Vec<Vec<u8>> = Vec::new();
    enum Place {
        Local(usize),
        Global(usize),
    }
    let mut places = Vec::new();
    for (index, symbol) in elf.syms.iter().enumerate() {
        let defined = symbol.st_shndx != SHN_UNDEF as usize;
        ensure!(symbol.st_shndx != SHN_COMMON as usize, "common symbols");
        if symbol.st_bind() == STB_LOCAL {
            places.push(Place::Local(locals.len()));
            locals.push(raw(index).to_vec());
            continue;
        }
        if !defined {
            places.push(Place::Global(globals.len()));
            globals.push(raw(index).to_vec());
            continue;
        }
        let name = elf
            .strtab
            .get_at(symbol.st_name)
            .context("symbol without a name")?;
        let exported = exports.contains(name);
        let mut local = with_binding(index, STB_LOCAL);
        local[5] = STV_DEFAULT;
        if exported && INTERPOSABLE.contains(&name) {
            places.push(Place::Global(globals.len()));
        } else {
            places.push(Place::Local(locals.len()));
            locals.push(local);
        }
        if exported {
            debug_assert!(matches!(symbol.st_bind(), STB_GLOBAL | STB_WEAK));
            globals.push(with_binding(index, STB_WEAK));
        }
    }

    // Relocations follow their symbols.
    let mut edits = Vec::new();
    for header in elf
        .section_headers
        .iter()
        .filter(|header| header.sh_type == SHT_RELA)
    {
        let offset = header.sh_offset as usize;
        for at in (offset..offset + header.sh_size as usize).step_by(RELA_SIZE) {
            let field = at + 12;
            let old = u32::from_le_bytes(image[field..field + 4].try_into()?) as usize;
            let new = match places.get(old).context("relocation without a symbol")? {
                Place::Local(index) => *index,
                Place::Global(index) => locals.len() + index,
            };
            edits.push((field, u32::try_from(new)?));
        }
    }

    let table_header = elf.header.e_shoff as usize + table_index * elf.header.e_shentsize as usize;
    let new_start = image.len().next_multiple_of(8);
    let local_count = locals.len();
    for (field, new) in edits {
        image[field..field + 4].copy_from_slice(&new.to_le_bytes());
    }
    image.resize(new_start, 0);
    for entry in locals.iter().chain(&globals) {
        image.extend_from_slice(entry);
    }
    let size = (image.len() - new_start) as u64;
    image[table_header + 24..table_header + 32].copy_from_slice(&(new_start as u64).to_le_bytes());
    image[table_header + 32..table_header + 40].copy_from_slice(&size.to_le_bytes());
    image[table_header + 44..table_header + 48]
        .copy_from_slice(&u32::try_from(local_count)?.to_le_bytes());
    Ok(image)
}
