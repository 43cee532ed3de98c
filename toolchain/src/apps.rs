//! Builds the native programs of `c-apps/` from their recipes.
//!
//! A build is always made by one C compiler wrapper, by default tlibc's; tests ask for others to
//! compare. Sources that are not ours are unpacked below the target directory and built there with
//! `CC`, `AR` and `RANLIB` in the environment.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clew::crate_source;
use clew::recipe::{CargoSource, Kind, Recipe};

use crate::debian_source;
use crate::project::Project;
use crate::pypi_source;
use crate::stamp::Stamp;
use crate::sysroot;
use crate::ui::{self, Step};

/// Flags of every program made from C files of our own.
const FLAGS: [&str; 4] = ["-std=gnu11", "-O2", "-Wall", "-Wextra"];

/// A C compiler that programs are built with.
#[derive(Clone, Debug)]
pub struct Compiler {
    /// A short name: the folder of what it built.
    pub name: &'static str,
    /// The program to call.
    pub command: PathBuf,
    /// Flags that every call gets.
    pub flags: &'static [&'static str],
}

impl Compiler {
    /// tlibc's wrapper, with its sysroot brought up to date.
    pub fn tlibc(project: &Project) -> Result<Self> {
        sysroot::build(project)?;
        Ok(Self {
            name: "tlibc",
            command: project.tool("tlibc-cc"),
            flags: &[],
        })
    }

    /// musl's wrapper; programs are linked statically.
    pub fn musl() -> Self {
        Self {
            name: "musl",
            command: PathBuf::from("musl-gcc"),
            flags: &["-static"],
        }
    }

    /// The machine's own compiler with glibc.
    pub fn glibc() -> Self {
        Self {
            name: "glibc",
            command: PathBuf::from("gcc"),
            flags: &[],
        }
    }

    /// What the suite of `recipe` is compared with. Programs in Rust are built for glibc's target, so with glibc.
    pub fn reference(recipe: &Recipe) -> Self {
        match recipe.kind {
            Kind::Cargo => Self::glibc(),
            _ => Self::musl(),
        }
    }

    /// The compiler that the image's programs are built with. The environment variable `CLEW_LIBC`
    /// may be `musl`, which tells a fault of the kernel from one of tlibc.
    pub fn of_image(project: &Project) -> Result<Self> {
        match std::env::var("CLEW_LIBC").as_deref() {
            Ok("musl") => Ok(Self::musl()),
            Ok("tlibc" | "") | Err(_) => Self::tlibc(project),
            Ok(other) => bail!("CLEW_LIBC is '{other}': it may be 'tlibc' or 'musl'"),
        }
    }

    /// The command to start, as one shell word list for `CC=`. It is quoted only where it must be: configure
    /// scripts split `$CC` at its spaces and know no quotes.
    fn shell(&self) -> String {
        let command = self.command.display().to_string();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._+-".contains(c);
        let mut text = if command.chars().all(is_plain) {
            command
        } else {
            format!("'{command}'")
        };
        for flag in self.flags {
            text.push(' ');
            text.push_str(flag);
        }
        text
    }

    /// The cargo whose programs are linked with the same library; of those that have one.
    fn cargo(&self, project: &Project) -> PathBuf {
        match self.name {
            "tlibc" => project.tool("tlibc-cargo"),
            _ => std::env::var_os("CARGO").map_or_else(|| "cargo".into(), PathBuf::from),
        }
    }

    /// Counts the compiler and its library as inputs of a build.
    pub fn add_to(&self, project: &Project, stamp: &mut Stamp) -> Result<()> {
        stamp.text(self.shell());
        if self.name == "tlibc" {
            stamp.path(&self.command)?.path(&project.sysroot())?;
        }
        Ok(())
    }
}

/// A built program: what of it goes into the image.
pub struct Built {
    /// Path in the image and file on the host.
    pub files: Vec<(PathBuf, PathBuf)>,
}

/// Builds `recipe` with `compiler` unless that is up to date.
///
/// # Errors
///
/// Fails if the source can't be had or does not build; the message has the compiler's last words.
pub fn build(project: &Project, recipe: &Recipe, compiler: &Compiler) -> Result<Built> {
    let out = project
        .out()
        .join("apps")
        .join(compiler.name)
        .join(&recipe.name);
    let log = project
        .out()
        .join(format!("logs/{}-{}.log", recipe.name, compiler.name));
    let mut stamp = Stamp::new(project, &format!("app-{}-{}", compiler.name, recipe.name))?;
    stamp.path(&recipe.dir)?;
    compiler.add_to(project, &mut stamp)?;
    let files = match recipe.kind {
        Kind::C | Kind::CrateC => vec![(program_path(recipe), out.join(&recipe.name))],
        Kind::Debian => {
            let debian = recipe
                .debian
                .as_ref()
                .context("a debian recipe without [debian]")?;
            let installed = debian.install.iter();
            installed
                .map(|(from, to)| (to.clone(), out.join("source").join(from)))
                .collect()
        }
        Kind::Cargo => {
            let cargo = recipe
                .cargo
                .as_ref()
                .context("a cargo recipe without [cargo]")?;
            let programs = cargo.programs.iter();
            programs
                .map(|name| (Path::new("bin").join(name), out.join("bin").join(name)))
                .collect()
        }
        Kind::DebianBinary => bail!(
            "c-apps/{}: only the tests use it (clew test binary/{})",
            recipe.name,
            recipe.name
        ),
        Kind::Wat | Kind::Rust => bail!("c-apps/{}: of a kind for WebAssembly", recipe.name),
    };
    let outputs: Vec<&Path> = files.iter().map(|(_, file)| file.as_path()).collect();
    if !stamp.is_fresh(&outputs) {
        let _step = Step::start(&format!("Building {}", recipe.name));
        if out.exists() {
            fs::remove_dir_all(&out)?;
        }
        fs::create_dir_all(&out)?;
        match recipe.kind {
            Kind::Debian => build_debian(project, recipe, compiler, &out.join("source"), &log),
            Kind::Cargo => build_cargo(project, recipe, compiler, &out, &log),
            _ => compile(project, recipe, compiler, &out, &log),
        }
        .with_context(|| format!("cannot build c-apps/{}", recipe.name))?;
        if let Some(missing) = outputs.iter().find(|output| !output.exists()) {
            bail!(
                "c-apps/{}: the build did not make {}",
                recipe.name,
                missing.display()
            );
        }
        stamp.save()?;
    }
    let mut all = Vec::new();
    for (to, from) in files {
        add_files(to, from, &mut all)?;
    }
    Ok(Built { files: all })
}

/// What the guest has of a recipe's `[pypi]` while tests run: path in the guest and file on the host.
///
/// # Errors
///
/// Fails if the package can't be had.
pub fn test_files(project: &Project, recipe: &Recipe) -> Result<Vec<(PathBuf, PathBuf)>> {
    let mut all = Vec::new();
    if let Some(pypi) = &recipe.pypi {
        let folder = pypi_source::unpack(project, pypi)?;
        for (from, to) in &pypi.install {
            add_files(to.clone(), folder.join(from), &mut all)?;
        }
    }
    Ok(all)
}

/// Adds what is installed from `from`: itself, or all files below it.
pub fn add_files(to: PathBuf, from: PathBuf, all: &mut Vec<(PathBuf, PathBuf)>) -> Result<()> {
    if !from.is_dir() {
        all.push((to, from));
        return Ok(());
    }
    let mut entries = fs::read_dir(&from)
        .and_then(|entries| entries.collect::<std::io::Result<Vec<_>>>())
        .with_context(|| format!("cannot list {}", from.display()))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        add_files(to.join(entry.file_name()), entry.path(), all)?;
    }
    Ok(())
}

fn program_path(recipe: &Recipe) -> PathBuf {
    recipe
        .program
        .clone()
        .unwrap_or_else(|| Path::new("bin").join(&recipe.name))
}

fn compile(
    project: &Project,
    recipe: &Recipe,
    compiler: &Compiler,
    out: &Path,
    log: &Path,
) -> Result<()> {
    let mut command = Command::new(&compiler.command);
    command.args(compiler.flags).args(FLAGS);
    if let Some(source) = &recipe.krate {
        let scratch = project.out().join("crates");
        let root = crate_source::locate_exactly(
            &source.name,
            &source.version,
            &source.checksum,
            &scratch,
        )?;
        for dir in &source.include {
            command.arg("-isystem").arg(root.join(dir));
        }
        command.args(source.sources.iter().map(|file| root.join(file)));
    }
    command.args(recipe.sources.iter().map(|file| recipe.dir.join(file)));
    command
        .args(&recipe.flags)
        .arg("-o")
        .arg(out.join(&recipe.name));
    ui::run_logged(&mut command, log)
}

fn build_debian(
    project: &Project,
    recipe: &Recipe,
    compiler: &Compiler,
    source: &Path,
    log: &Path,
) -> Result<()> {
    let debian = recipe
        .debian
        .as_ref()
        .context("a debian recipe without [debian]")?;
    debian_source::unpack(project, &debian.package, source)?;
    for package in &debian.with {
        let name = package.split('=').next().unwrap_or(package);
        debian_source::unpack(project, package, &source.join(format!("+{name}")))?;
    }
    ui::run_logged(
        &mut shell(project, recipe, compiler, source, &debian.build)?,
        log,
    )
}

/// A shell that runs `commands` in the folder `source` of a recipe, with what they know of in the environment.
fn shell(
    project: &Project,
    recipe: &Recipe,
    compiler: &Compiler,
    source: &Path,
    commands: &[String],
) -> Result<Command> {
    let mut command = Command::new("sh");
    command
        .args(["-euxc", &commands.join("\n")])
        .current_dir(source)
        .env("CC", compiler.shell())
        .env("AR", "ar")
        .env("RANLIB", "ranlib")
        .env("CARGO_FOR_SUITE", compiler.cargo(project))
        .env("RECIPE", &recipe.dir)
        .env("CLEW_SYSROOT", project.sysroot())
        // Whoever builds as root knows what that means; GNU's programs ask.
        .env("FORCE_UNSAFE_CONFIGURE", "1")
        // A make above us must not hand its options and job slots to the program's own.
        .env_remove("MAKEFLAGS")
        .env_remove("MAKELEVEL")
        .env_remove("MFLAGS");
    if let Some(krate) = &recipe.krate {
        let scratch = project.out().join("crates");
        let root =
            crate_source::locate_exactly(&krate.name, &krate.version, &krate.checksum, &scratch)?;
        command.env("CRATE", root);
    }
    Ok(command)
}

/// Builds the suite of `recipe` with `compiler` unless that is up to date, after the program; the folder with its files.
///
/// # Errors
///
/// As [`build`]; and if the recipe has no suite.
pub fn build_suite(project: &Project, recipe: &Recipe, compiler: &Compiler) -> Result<PathBuf> {
    let suite = recipe.suite.as_ref().context("a recipe without [suite]")?;
    // Cargo builds a crate's programs with its tests.
    if recipe.kind != Kind::Cargo {
        build(project, recipe, compiler)?;
    }
    let out = project
        .out()
        .join("apps")
        .join(compiler.name)
        .join(&recipe.name);
    let folder = out.join("suite");
    let mut stamp = Stamp::new(project, &format!("suite-{}-{}", compiler.name, recipe.name))?;
    stamp.path(&recipe.dir)?;
    compiler.add_to(project, &mut stamp)?;
    let tests = folder.join("tests");
    if !stamp.is_fresh(&[&tests]) {
        let _step = Step::start(&format!(
            "Building the suite of {} with {}",
            recipe.name, compiler.name
        ));
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let source = match recipe.kind {
            Kind::Debian | Kind::Cargo => out.join("source"),
            _ => out,
        };
        if let Some(cargo) = &recipe.cargo {
            copy_crate(project, cargo, &source)?;
        }
        let mut command = shell(project, recipe, compiler, &source, &suite.build)?;
        if let Some(pypi) = &recipe.pypi {
            command.env("PYPI", pypi_source::unpack(project, pypi)?);
        }
        let log = format!("logs/{}-{}-suite.log", recipe.name, compiler.name);
        ui::run_logged(command.env("SUITE", &folder), &project.out().join(log))
            .with_context(|| format!("cannot build the suite of c-apps/{}", recipe.name))?;
        if !tests.exists() {
            bail!("c-apps/{}: the suite's build made no tests", recipe.name);
        }
        if recipe.kind == Kind::Cargo {
            // Large, and of no more use.
            fs::remove_dir_all(&source)?;
        }
        stamp.save()?;
    }
    Ok(folder)
}

/// Puts a copy of a crate's source into the folder `source`.
fn copy_crate(project: &Project, source: &CargoSource, to: &Path) -> Result<()> {
    let scratch = project.out().join("crates");
    let from = crate_source::locate_programs(&source.name, &source.version, &scratch)?;
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    let copied = Command::new("cp")
        .arg("-r")
        .arg(&from)
        .arg(to)
        .status()
        .context("cannot start cp")?;
    if !copied.success() {
        bail!("cannot copy {}", from.display());
    }
    Ok(())
}

/// Lets cargo build the programs of a crate as it would install them, with tlibc or as this machine would.
fn build_cargo(
    project: &Project,
    recipe: &Recipe,
    compiler: &Compiler,
    out: &Path,
    log: &Path,
) -> Result<()> {
    let source = recipe
        .cargo
        .as_ref()
        .context("a cargo recipe without [cargo]")?;
    if compiler.name != "tlibc" {
        bail!("programs of crates are built with tlibc only");
    }
    let mut command = Command::new(project.tool("tlibc-cargo"));
    command
        .args(["install", "--locked", "--no-track", "--quiet"])
        .args(["--version", &format!("={}", source.version)])
        .arg("--root")
        .arg(out)
        // What it is made of is of no use afterwards, and large.
        .arg("--target-dir")
        .arg(out.join("target"));
    if !source.features.is_empty() {
        command.args(["--no-default-features", "--features"]);
        command.arg(source.features.join(","));
    }
    for program in &source.programs {
        command.args(["--bin", program]);
    }
    command
        .arg(&source.name)
        .env("CLEW_SYSROOT", project.sysroot())
        .env("CARGO_PROFILE_RELEASE_STRIP", "true")
        .env("CARGO_PROFILE_RELEASE_LTO", "off");
    ui::run_logged(&mut command, log)?;
    fs::remove_dir_all(out.join("target"))?;
    Ok(())
}
