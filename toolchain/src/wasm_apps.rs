//! Builds the programs of `wasm-apps/` into WebAssembly modules.
//!
//! C goes through Debian's clang and wasi-libc, the text format through the `wat` crate. What to build
//! comes from [`crate::recipe`]; crates that bundle C sources come from [`crate::crate_source`].

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::crate_source;
use crate::recipe::{Kind, RECIPE_FILE, Recipe};

/// The C compiler; the environment variable `WASM_CC` overrides it.
const COMPILER: &str = "clang-19";

/// Flags of every C program. Function names stay in the module, for the sake of trap messages.
const FLAGS: [&str; 5] = [
    "--target=wasm32-wasi",
    "-std=gnu11",
    "-O2",
    "-Wall",
    "-Wl,--strip-debug",
];

/// Builds `recipe` into `out/NAME.wasm` unless that is newer than all it is made from, and returns its path.
///
/// `out` is created if it does not exist. A build that fails leaves an older module untouched.
///
/// # Errors
///
/// Fails if the compiler is missing, the source does not compile (the message holds the compiler's), a
/// crate can't be had, or the recipe's kind is not one of WebAssembly.
pub fn build(recipe: &Recipe, out: &Path) -> Result<PathBuf> {
    fs::create_dir_all(out).with_context(|| format!("can't create {}", out.display()))?;
    let module = out.join(format!("{}.wasm", recipe.name));
    if is_fresh(recipe, &module)? {
        return Ok(module);
    }
    // Several test binaries may build at once: each writes its own file, and the last rename wins.
    let partial = out.join(format!("{}.{}.partial", recipe.name, std::process::id()));
    let built = match recipe.kind {
        Kind::C => compile(recipe, None, &partial),
        Kind::Wat => assemble(&recipe.dir.join(&recipe.sources[0]), &partial),
        Kind::CrateC => {
            let source = recipe
                .krate
                .as_ref()
                .context("a crate-c recipe without a crate")?;
            crate_source::locate(&source.name, &source.version, &out.join("crates"))
                .and_then(|root| compile(recipe, Some(&root), &partial))
        }
        Kind::Debian | Kind::DebianBinary => bail!(
            "{}: a Debian package can't be built for WebAssembly",
            recipe.name
        ),
    };
    if let Err(error) = built {
        // The error at hand matters more than a partial file that may not even exist.
        let _ = fs::remove_file(&partial);
        return Err(error.context(format!("can't build wasm-apps/{}", recipe.name)));
    }
    fs::rename(&partial, &module).with_context(|| format!("can't create {}", module.display()))?;
    Ok(module)
}

/// Builds every recipe below `apps` as [`build`] does, in the order of their names.
///
/// # Errors
///
/// The first recipe that can't be read or built ends the work.
pub fn build_all(apps: &Path, out: &Path) -> Result<Vec<(Recipe, PathBuf)>> {
    let mut built = Vec::new();
    for recipe in Recipe::load_all(apps)? {
        let module = build(&recipe, out)?;
        built.push((recipe, module));
    }
    Ok(built)
}

fn is_fresh(recipe: &Recipe, module: &Path) -> Result<bool> {
    let Ok(built) = module.metadata().and_then(|metadata| metadata.modified()) else {
        return Ok(false);
    };
    // Headers are not named by the recipe: any file beside it counts.
    for entry in fs::read_dir(&recipe.dir)? {
        if entry?.metadata()?.modified()? >= built {
            return Ok(false);
        }
    }
    Ok(modified(&recipe.dir.join(RECIPE_FILE))? < built)
}

fn modified(path: &Path) -> Result<SystemTime> {
    let metadata = path
        .metadata()
        .with_context(|| format!("can't read {}", path.display()))?;
    Ok(metadata.modified()?)
}

fn compile(recipe: &Recipe, crate_root: Option<&Path>, output: &Path) -> Result<()> {
    let compiler = std::env::var_os("WASM_CC").unwrap_or_else(|| COMPILER.into());
    let mut command = Command::new(&compiler);
    command.args(FLAGS);
    if let (Some(root), Some(source)) = (crate_root, &recipe.krate) {
        for dir in &source.include {
            command.arg("-isystem").arg(root.join(dir));
        }
        command.args(source.sources.iter().map(|file| root.join(file)));
    }
    command.args(recipe.sources.iter().map(|file| recipe.dir.join(file)));
    // Last, so that libraries named here come after the files that need them.
    command.args(&recipe.flags).arg("-o").arg(output);

    let result = command.output().with_context(|| {
        format!(
            "can't start {} (Debian: clang-19 lld-19 wasi-libc)",
            compiler.display()
        )
    })?;
    if !result.status.success() {
        bail!("{}", String::from_utf8_lossy(&result.stderr).trim_end());
    }
    Ok(())
}

fn assemble(source: &Path, output: &Path) -> Result<()> {
    let module = wat::parse_file(source)?;
    fs::write(output, module).with_context(|| format!("can't write {}", output.display()))
}
