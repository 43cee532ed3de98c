//! Builds the programs of `wasm-apps/` into WebAssembly modules.
//!
//! C goes through Debian's clang and wasi-libc, Rust through the machine's rustc where that has the target, the
//! text format through the `wat` crate. What to build comes from [`crate::recipe`]; crates that bundle C
//! sources come from [`crate::crate_source`].

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::crate_source;
use crate::recipe::{Kind, RECIPE_FILE, Recipe};

/// The C compiler; the environment variable `WASM_CC` overrides it.
pub const COMPILER: &str = "clang-19";

/// Flags of every C program.
const FLAGS: [&str; 4] = ["--target=wasm32-wasi", "-std=gnu11", "-O2", "-Wall"];

/// Leaves lines out, which wasi-libc brings even if the program has none. Function names stay in the module, for the
/// sake of trap messages.
const STRIP: &str = "-Wl,--strip-debug";

/// The flag of a recipe whose program keeps its lines.
const DEBUG: &str = "-g";

/// The compiler of Rust; the environment variable `RUSTC` overrides it.
const RUST_COMPILER: &str = "rustc";

/// What Rust is compiled for.
const RUST_TARGET: &str = "wasm32-wasip1";

/// What came of a recipe.
#[derive(Clone, Debug)]
pub enum Built {
    /// The module.
    Module(PathBuf),
    /// This machine can't build it, and why; others can.
    Skipped(String),
}

impl Built {
    /// The module.
    ///
    /// # Errors
    ///
    /// Says why this machine can't build it, if so.
    pub fn module(self) -> Result<PathBuf> {
        match self {
            Self::Module(path) => Ok(path),
            Self::Skipped(why) => bail!("{why}"),
        }
    }
}

/// Builds `recipe` into `out/NAME.wasm` unless that is newer than all it is made from.
///
/// `out` is created if it does not exist. A build that fails leaves an older module untouched. Only Rust is ever
/// skipped, where the tool chain lacks the standard library for [`RUST_TARGET`].
///
/// # Errors
///
/// Fails if the compiler is missing, the source does not compile (the message holds the compiler's), a
/// crate can't be had, or the recipe's kind is not one of WebAssembly.
pub fn build(recipe: &Recipe, out: &Path) -> Result<Built> {
    fs::create_dir_all(out).with_context(|| format!("can't create {}", out.display()))?;
    let module = out.join(format!("{}.wasm", recipe.name));
    if is_fresh(recipe, &module)? {
        return Ok(Built::Module(module));
    }
    if let Some(reason) = obstacle(recipe) {
        return Ok(Built::Skipped(reason));
    }
    // Several test binaries may build at once: each writes its own file, and the last rename wins.
    let partial = out.join(format!("{}.{}.partial", recipe.name, std::process::id()));
    let built = match recipe.kind {
        Kind::C => compile(recipe, None, &partial),
        Kind::Wat => assemble(&recipe.dir.join(&recipe.sources[0]), &partial),
        Kind::Rust => compile_rust(&recipe.dir.join(&recipe.sources[0]), recipe, &partial),
        Kind::CrateC => {
            let source = recipe
                .krate
                .as_ref()
                .context("a crate-c recipe without a crate")?;
            crate_source::locate_exactly(
                &source.name,
                &source.version,
                &source.checksum,
                &out.join("crates"),
            )
            .and_then(|root| compile(recipe, Some(&root), &partial))
        }
        Kind::Debian | Kind::DebianBinary | Kind::Cargo => bail!(
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
    Ok(Built::Module(module))
}

/// Builds every recipe below `apps` as [`build`] does, in the order of their names.
///
/// # Errors
///
/// The first recipe that can't be read or built ends the work.
pub fn build_all(apps: &Path, out: &Path) -> Result<Vec<(Recipe, Built)>> {
    let mut all = Vec::new();
    for recipe in Recipe::load_all(apps)? {
        let built = build(&recipe, out)?;
        all.push((recipe, built));
    }
    Ok(all)
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
    // The recipe's folder is for headers that C files of others include by a flag of the recipe.
    command.args(FLAGS).arg("-iquote").arg(&recipe.dir);
    if recipe.flags.iter().any(|flag| flag == DEBUG) {
        // The same module wherever it is built.
        let (dir, name) = (recipe.dir.display(), &recipe.name);
        command.arg(format!("-ffile-prefix-map={dir}=wasm-apps/{name}"));
        command.arg("-fdebug-compilation-dir=.");
    } else {
        command.arg(STRIP);
    }
    if let (Some(root), Some(source)) = (crate_root, &recipe.krate) {
        for dir in &source.include {
            command.arg("-isystem").arg(root.join(dir));
        }
        command.args(source.sources.iter().map(|file| root.join(file)));
    }
    command.args(recipe.sources.iter().map(|file| recipe.dir.join(file)));
    // Last, so that libraries named here come after the files that need them.
    command.args(&recipe.flags).arg("-o").arg(output);

    run(&mut command, "Debian: clang-19 lld-19 wasi-libc")
}

fn compile_rust(source: &Path, recipe: &Recipe, output: &Path) -> Result<()> {
    let mut command = rustc();
    // Function names stay in the module here as well.
    command
        .args(["--edition=2024", "--target", RUST_TARGET])
        .args(["-Copt-level=2", "-Clto=fat", "-Cstrip=debuginfo"])
        .args(["--crate-name", &recipe.name])
        .args(&recipe.flags)
        .arg("-o")
        .arg(output)
        .arg(source);
    run(&mut command, "with rustup or from Debian")
}

fn rustc() -> Command {
    Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| RUST_COMPILER.into()))
}

/// Why this machine can't build `recipe`, if that is so: Rust needs the standard library for [`RUST_TARGET`].
pub fn obstacle(recipe: &Recipe) -> Option<String> {
    static THERE: LazyLock<bool> = LazyLock::new(|| {
        let output = rustc()
            .args(["--print", "target-libdir", "--target", RUST_TARGET])
            .output();
        output.is_ok_and(|output| {
            let folder = String::from_utf8_lossy(&output.stdout);
            output.status.success() && Path::new(folder.trim_end()).is_dir()
        })
    });
    (recipe.kind == Kind::Rust && !*THERE)
        .then(|| format!("this Rust tool chain has no standard library for {RUST_TARGET}"))
}

/// Runs a compiler, which `origin` tells where to get.
fn run(command: &mut Command, origin: &str) -> Result<()> {
    let result = command.output().with_context(|| {
        let program = command.get_program().display().to_string();
        format!("can't start {program} ({origin})")
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
