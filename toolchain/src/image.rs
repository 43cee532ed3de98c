//! Builds all that goes into the image and packs the initramfs.
//!
//! The image holds: the programs of `c-apps/`, the `wasm` command, the modules of `wasm-apps/`, a
//! skeleton of directories, and the repository's `extra_files/`. What one run adds (a command to
//! execute, `--extra` folders, tests) is a second, small archive behind the first.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use clew::recipe::{Kind, RECIPE_FILE, Recipe};
use clew::wasm_apps::{self, Built};

use crate::apps::{self, Compiler};
use crate::cpio::Archive;
use crate::kernel_build;
use crate::project::Project;
use crate::setup::{self, Level};
use crate::stamp::Stamp;
use crate::sysroot;
use crate::ui::{self, Step};

/// A kernel and the initramfs to boot it with.
#[derive(Clone, Debug)]
pub struct Image {
    /// The kernel's ELF file, with symbols.
    pub kernel: PathBuf,
    /// The main initramfs.
    pub initramfs: PathBuf,
}

/// Brings kernel, programs and initramfs up to date.
///
/// # Errors
///
/// Fails if anything does not build, with the words of what refused.
pub fn build(project: &Project) -> Result<Image> {
    setup::ensure(project, Level::Run)?;
    let kernel = kernel_build::build(project)?;
    let initramfs = build_initramfs(project, Contents::All)?;
    Ok(Image { kernel, initramfs })
}

/// As [`build`], without WebAssembly: what tests of native programs need.
///
/// # Errors
///
/// As [`build`].
pub fn build_native(project: &Project) -> Result<Image> {
    setup::ensure(project, Level::Run)?;
    let kernel = kernel_build::build(project)?;
    let initramfs = build_initramfs(project, Contents::Native)?;
    Ok(Image { kernel, initramfs })
}

/// What an image holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Contents {
    All,
    Native,
}

/// The recipes of all folders below `parent`, none if it does not exist.
pub fn recipes(parent: &Path) -> Result<Vec<Recipe>> {
    let Ok(entries) = fs::read_dir(parent) else {
        return Ok(Vec::new());
    };
    let mut dirs: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    dirs.retain(|dir| dir.join(RECIPE_FILE).exists());
    dirs.sort();
    dirs.iter().map(|dir| Recipe::load(dir)).collect()
}

fn build_initramfs(project: &Project, contents: Contents) -> Result<PathBuf> {
    let name = match contents {
        Contents::All => "initramfs",
        Contents::Native => "native",
    };
    let initramfs = project.out().join(name).with_extension("cpio");
    let compiler = Compiler::of_image(project)?;
    let mut files: Vec<(PathBuf, PathBuf)> = Vec::new();
    let mut native = recipes(&project.root().join("c-apps"))?;
    native.retain(|recipe| recipe.image && recipe.kind != Kind::DebianBinary);
    for recipe in &native {
        files.extend(apps::build(project, recipe, &compiler)?.files);
        for (from, to) in &recipe.files {
            files.push((to.clone(), recipe.dir.join(from)));
        }
    }
    if contents == Contents::All {
        files.extend(webassembly(project, &compiler)?);
    }

    let extra = project.root().join("extra_files");
    let mut stamp = Stamp::new(project, name)?;
    stamp.path(&extra)?.path(&project.root().join("c-apps"))?;
    for (inside, host) in &files {
        stamp.text(inside).path(host)?;
    }
    if stamp.is_fresh(&[&initramfs]) {
        return Ok(initramfs);
    }
    let _step = Step::start("Packing the image");
    let mut archive = skeleton()?;
    for (inside, host) in &files {
        if host.is_dir() {
            archive.directory(inside, 0o755)?;
            archive.tree(inside, host)?;
        } else {
            let program = ["bin", "sbin", "wasm-apps"]
                .iter()
                .any(|dir| inside.starts_with(dir))
                || inside.components().any(|part| part.as_os_str() == "bin");
            archive.file(inside, if program { 0o755 } else { 0o644 }, host)?;
        }
    }
    for recipe in &native {
        for (link, target) in &recipe.links {
            archive.symlink(link, target)?;
        }
    }
    if extra.is_dir() {
        archive.tree(Path::new("extra_files"), &extra)?;
    }
    write_archive(&archive, &initramfs)?;
    stamp.save()?;
    Ok(initramfs)
}

/// The `wasm` command and all modules: where the image has them, and the files.
fn webassembly(project: &Project, compiler: &Compiler) -> Result<Vec<(PathBuf, PathBuf)>> {
    let mut files: Vec<(PathBuf, PathBuf)> = Vec::new();
    // An image made to try the kernel without tlibc has no wasm, which can't be built without it.
    let mut wasm = None;
    if compiler.name == "tlibc" {
        let program = build_wasm(project)?;
        files.push((PathBuf::from("bin/wasm"), program.clone()));
        wasm = Some(program);
    }
    for (recipe, module) in build_modules(project)? {
        if let Some(wasm) = wasm.as_ref().filter(|_| recipe.aot)
            && let Some(code) = compile_ahead(project, wasm, &recipe, &module)?
        {
            files.push((
                PathBuf::from(format!("wasm-apps/{}.cwasm", recipe.name)),
                code,
            ));
        }
        files.push((
            PathBuf::from(format!("wasm-apps/{}.wasm", recipe.name)),
            module,
        ));
        for (from, to) in &recipe.files {
            files.push((to.clone(), recipe.dir.join(from)));
        }
    }
    Ok(files)
}

/// Directories and small files that every image has.
pub fn skeleton() -> Result<Archive> {
    let mut archive = Archive::new();
    for dir in [
        "bin",
        "sbin",
        "dev",
        "proc",
        "etc",
        "root",
        "usr/bin",
        "run",
        "extra_files",
    ] {
        archive.directory(dir, 0o755)?;
    }
    for dir in ["tmp", "var/tmp"] {
        archive.directory(dir, 0o1777)?;
    }
    archive.bytes(
        "etc/passwd",
        0o644,
        *b"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n",
    )?;
    archive.bytes("etc/group", 0o644, *b"root:x:0:\nnogroup:x:65534:\n")?;
    archive.bytes(
        "etc/hosts",
        0o644,
        *b"127.0.0.1 localhost\n127.0.1.1 clew\n::1 localhost\n",
    )?;
    archive.bytes("etc/hostname", 0o644, *b"clew\n")?;
    // The shell on the console is a login shell: it reads this, and its prompt names the folder it is in.
    archive.bytes("etc/profile", 0o644, *b"PS1='$PWD # '\n")?;
    Ok(archive)
}

/// Writes `archive` to `path`, which changes only when all of it was written.
pub fn write_archive(archive: &Archive, path: &Path) -> Result<()> {
    let partial = path.with_extension("partial");
    let file = fs::File::create(&partial)
        .with_context(|| format!("cannot create {}", partial.display()))?;
    let mut out = BufWriter::new(file);
    archive.write(&mut out)?;
    out.flush()
        .with_context(|| format!("cannot write {}", partial.display()))?;
    fs::rename(&partial, path)?;
    Ok(())
}

/// Builds the `wasm` command as a static program with tlibc.
pub fn build_wasm(project: &Project) -> Result<PathBuf> {
    sysroot::build(project)?;
    let program = project.target().join("x86_64-unknown-linux-gnu/wasm/wasm");
    let mut stamp = Stamp::new(project, "wasm")?;
    for input in [
        "wasm",
        "Cargo.toml",
        "Cargo.lock",
        "toolchain/bin/tlibc-cargo",
    ] {
        stamp.path(&project.root().join(input))?;
    }
    stamp.path(&project.sysroot())?;
    if stamp.is_fresh(&[&program]) {
        return Ok(program);
    }
    let _step = Step::start("Building the wasm command");
    let mut command = Command::new(project.tool("tlibc-cargo"));
    command
        .args([
            "build",
            "--profile",
            "wasm",
            "--package",
            "wasm",
            "--bin",
            "wasm",
        ])
        .current_dir(project.root())
        .env("CARGO_TARGET_DIR", project.target());
    ui::run_logged(&mut command, &project.out().join("logs/wasm.log"))
        .context("the wasm command does not build")?;
    stamp.save()?;
    Ok(program)
}

/// Builds the modules of `wasm-apps/`; a notice tells once which this machine can't build.
pub fn build_modules(project: &Project) -> Result<Vec<(Recipe, PathBuf)>> {
    let out = project.out().join("wasm-apps");
    let mut modules = Vec::new();
    for recipe in recipes(&project.root().join("wasm-apps"))? {
        let step = (!out.join(format!("{}.wasm", recipe.name)).exists())
            .then(|| Step::start(&format!("Building {}.wasm", recipe.name)));
        let built = wasm_apps::build(&recipe, &out)?;
        drop(step);
        match built {
            Built::Module(module) => modules.push((recipe, module)),
            Built::Skipped(why) => {
                let mut told = Stamp::new(project, &format!("skipped-{}", recipe.name))?;
                if !told.text(&why).is_fresh(&[]) {
                    ui::notice(&format!("{}.wasm is left out: {why}", recipe.name));
                    told.save()?;
                }
            }
        }
    }
    Ok(modules)
}

/// Compiles `module` with the `wasm` command of the image, which runs on the host as well, and returns the code.
///
/// The code is for any x86-64 processor: what the host has, the machine that boots the image may lack. If the
/// command can't compile it, a notice tells why, and the image has the module alone, which runs all the same.
fn compile_ahead(
    project: &Project,
    wasm: &Path,
    recipe: &Recipe,
    module: &Path,
) -> Result<Option<PathBuf>> {
    let code = module.with_extension("cwasm");
    let mut stamp = Stamp::new(project, &format!("cwasm-{}", recipe.name))?;
    stamp.path(wasm)?.path(module)?;
    if stamp.is_fresh(&[&code]) {
        return Ok(Some(code));
    }
    let step = Step::start(&format!("Compiling {}.wasm ahead of time", recipe.name));
    let mut command = Command::new(wasm);
    command
        .args(["compile", "--cpu", "baseline", "-o"])
        .arg(&code)
        .arg(module);
    let log = project
        .out()
        .join(format!("logs/{}-cwasm.log", recipe.name));
    let compiled = ui::run_logged(&mut command, &log);
    drop(step);
    if let Err(error) = compiled {
        let name = &recipe.name;
        ui::notice(&format!("{name}.cwasm is left out of the image: {error:#}"));
        return Ok(None);
    }
    stamp.save()?;
    Ok(Some(code))
}
