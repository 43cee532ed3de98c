//! Recipes: what a program in `c-apps/` or `wasm-apps/` is built from, and how it is tested.
//!
//! Every such folder holds one `recipe.toml`; the format is described for authors in
//! `wasm-apps/README.md`. This module only reads and checks recipes. The builders
//! ([`crate::wasm_apps`] for WebAssembly) and the test runners act on them.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

/// The file in a program's folder that holds its recipe.
pub const RECIPE_FILE: &str = "recipe.toml";

/// How a program's source is obtained and what kind of builder it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// C files of our own, beside the recipe.
    C,
    /// One WebAssembly text file beside the recipe.
    Wat,
    /// One Rust file of our own, the root of a program that uses the standard library only.
    Rust,
    /// C files inside a crate of the registry, and perhaps some of our own.
    CrateC,
    /// A Debian source package, built by its own build system.
    Debian,
    /// Programs that Debian built, unmodified. They are only in the image of the tests.
    DebianBinary,
    /// Programs of a crate, unmodified, built by `tlibc-cargo`.
    Cargo,
}

/// A crate whose programs are built as cargo would install them, with the versions of its own lock file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CargoSource {
    /// The crate's name.
    pub name: String,
    /// Its exact version, without a comparison operator.
    pub version: String,
    /// The features to build with; the crate's defaults if empty.
    #[serde(default)]
    pub features: Vec<String>,
    /// The programs, which go to `bin/`.
    pub programs: Vec<String>,
}

/// The program's own test suite, which only `clew conformance programs` builds and runs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suite {
    /// Shell commands, run where the program was built. They put all that the tests need into the
    /// folder `$SUITE`, among it the file `tests`: in each line a test's name, a space, and a shell command that ends
    /// with 0 (passed), 77 (can't be run here) or anything else. It starts in a copy of the folder, `$TOP`. Where the
    /// name ends with a slash, the command runs several tests and says how each went (`toolchain/src/conformance/suite.sh`).
    ///
    /// Of a [`Kind::Cargo`] recipe they run in a copy of the crate, and `$CARGO_FOR_SUITE` is the cargo to build with.
    pub build: Vec<String>,
    /// The longest that one test may take, in seconds.
    #[serde(default = "default_timeout")]
    pub timeout: u64,
}

/// A crate that bundles C sources.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrateSource {
    /// The crate's name.
    pub name: String,
    /// Its exact version, without a comparison operator.
    pub version: String,
    /// Its SHA-256 checksum, as the registry has it.
    pub checksum: String,
    /// C files inside the crate that are compiled, relative to the crate's root.
    #[serde(default)]
    pub sources: Vec<PathBuf>,
    /// Folders inside the crate that are put on the include path.
    #[serde(default)]
    pub include: Vec<PathBuf>,
}

/// A Debian source package.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DebianSource {
    /// The source package's name, with `=VERSION` where the newest does not do.
    pub package: String,
    /// More source packages; `NAME` is unpacked as the folder `+NAME` in the first one's source.
    #[serde(default)]
    pub with: Vec<String>,
    /// Shell commands, run one after another in the unpacked source; the first that fails ends the build.
    #[serde(default)]
    pub build: Vec<String>,
    /// What goes into the image: path inside the source → path in the image. A folder brings all that is in it.
    #[serde(default)]
    pub install: BTreeMap<PathBuf, PathBuf>,
}

/// A Debian binary package. Its programs are linked statically.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BinaryPackage {
    /// The package's name.
    pub package: String,
    /// The version that the recipe was written for.
    pub version: String,
    /// The SHA-256 of that version's `.deb` file.
    pub sha256: String,
    /// Path inside the package → path below the folder that the tests know as `$TOP`.
    pub install: BTreeMap<PathBuf, PathBuf>,
}

/// A source distribution of the Python package index. It is fetched for tests only: the image that `clew run` starts
/// has nothing of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PypiSource {
    /// The package's name.
    pub name: String,
    /// Its exact version, without a comparison operator.
    pub version: String,
    /// The SHA-256 of its archive, in hexadecimal digits.
    pub sha256: String,
    /// What the guest has while it runs tests of programs: path inside the package → path in the guest. A folder brings
    /// all that is in it.
    #[serde(default)]
    pub install: BTreeMap<PathBuf, PathBuf>,
}

/// A directory that a test provides and the program is granted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestDir {
    /// The name that the program sees.
    pub guest: String,
    /// Files in it before the program starts: relative path → content.
    #[serde(default)]
    pub files: BTreeMap<PathBuf, String>,
    /// Copies of files beside the recipe: relative path → path beside the recipe.
    #[serde(default)]
    pub copies: BTreeMap<PathBuf, PathBuf>,
    /// Symbolic links in it before the program starts: relative path → target, which may lead outside.
    #[serde(default)]
    pub symlinks: BTreeMap<PathBuf, PathBuf>,
}

/// One run of the program and what must come of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// A name, unique in the recipe.
    pub name: String,
    /// The program: of those that a [`Kind::DebianBinary`] recipe installs; else any of the image, the recipe's own if not
    /// said (native programs only).
    pub program: Option<PathBuf>,
    /// The installed file that says what is typed at the program, which then has a terminal
    /// ([`Kind::DebianBinary`] only; `toolchain/src/test/typist.c` describes it).
    pub typist: Option<PathBuf>,
    /// Options of the `wasm` command, put before the module (WebAssembly only).
    #[serde(default)]
    pub options: Vec<String>,
    /// The program's arguments.
    #[serde(default)]
    pub args: Vec<String>,
    /// The program's environment (WebAssembly: exactly this one).
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Directories made for the test and granted to the program.
    #[serde(default)]
    pub dirs: Vec<TestDir>,
    /// The program's standard input.
    #[serde(default)]
    pub stdin: String,
    /// A file beside the recipe that is the program's standard input.
    pub stdin_file: Option<PathBuf>,
    /// Standard output, byte for byte.
    pub expect_stdout: Option<String>,
    /// Standard output and exit status must be those of the same program on Linux ([`Kind::DebianBinary`] only).
    #[serde(default)]
    pub expect_like_linux: bool,
    /// A file beside the recipe that holds standard output, byte for byte.
    pub expect_stdout_file: Option<PathBuf>,
    /// Pieces that must occur on standard error. Without any, standard error must be empty.
    #[serde(default)]
    pub expect_stderr_contains: Vec<String>,
    /// The exit status.
    #[serde(default)]
    pub expect_status: i32,
    /// The longest the run may take, in seconds.
    #[serde(default = "default_timeout")]
    pub timeout: u64,
}

fn default_timeout() -> u64 {
    60
}

fn default_image() -> bool {
    true
}

/// A program: the content of its `recipe.toml` and where that stands.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// The program's name, which is also the name of its folder.
    pub name: String,
    /// One line for people.
    pub about: String,
    /// Where the source comes from.
    pub kind: Kind,
    /// Source files beside the recipe.
    #[serde(default)]
    pub sources: Vec<PathBuf>,
    /// Compiler and linker flags added to the builder's own.
    #[serde(default)]
    pub flags: Vec<String>,
    /// Whether the image also has the module compiled ahead of time (WebAssembly only).
    #[serde(default)]
    pub aot: bool,
    /// Whether the image has the program. The others are built and tested by `clew conformance programs` only.
    #[serde(default = "default_image")]
    pub image: bool,
    /// Where the image has a native program; `bin/NAME` if not said.
    pub program: Option<PathBuf>,
    /// Files beside the recipe that go into the image: path beside the recipe → path in the image. A folder
    /// brings all that is in it.
    #[serde(default)]
    pub files: BTreeMap<PathBuf, PathBuf>,
    /// Symbolic links in the image: path in the image → target.
    #[serde(default)]
    pub links: BTreeMap<PathBuf, PathBuf>,
    /// The crate of a [`Kind::CrateC`] recipe; what a [`Kind::Debian`] one knows as `$CRATE`.
    #[serde(rename = "crate")]
    pub krate: Option<CrateSource>,
    /// The source package of a [`Kind::Debian`] recipe.
    pub debian: Option<DebianSource>,
    /// The package of a [`Kind::DebianBinary`] recipe.
    pub binary: Option<BinaryPackage>,
    /// The crate of a [`Kind::Cargo`] recipe.
    pub cargo: Option<CargoSource>,
    /// Files for the tests of a native program; its suite's build knows where they are as `$PYPI`.
    pub pypi: Option<PypiSource>,
    /// The suite of a [`Kind::Debian`], [`Kind::CrateC`] or [`Kind::Cargo`] recipe.
    pub suite: Option<Suite>,
    /// The program's tests.
    #[serde(default, rename = "test")]
    pub tests: Vec<Test>,
    /// The folder that the recipe stands in.
    #[serde(skip)]
    pub dir: PathBuf,
}

impl Recipe {
    /// Reads and checks the recipe in `dir`.
    ///
    /// # Errors
    ///
    /// Names the file and what is wrong with it: unreadable, not TOML, an unknown key, or keys that contradict
    /// each other.
    pub fn load(dir: &Path) -> Result<Self> {
        let file = dir.join(RECIPE_FILE);
        let text = std::fs::read_to_string(&file)
            .with_context(|| format!("can't read {}", file.display()))?;
        let mut recipe: Self =
            toml::from_str(&text).with_context(|| format!("in {}", file.display()))?;
        recipe.dir = dir.to_owned();
        recipe
            .check()
            .with_context(|| format!("in {}", file.display()))?;
        Ok(recipe)
    }

    /// Loads the recipe of every folder directly below `parent`, in the order of their names.
    ///
    /// # Errors
    ///
    /// Fails if `parent` can't be listed, a folder in it has no recipe, or one is wrong.
    pub fn load_all(parent: &Path) -> Result<Vec<Self>> {
        let mut dirs = Vec::new();
        for entry in
            std::fs::read_dir(parent).with_context(|| format!("can't list {}", parent.display()))?
        {
            let path = entry?.path();
            if path.is_dir() {
                dirs.push(path);
            }
        }
        dirs.sort();
        dirs.iter().map(|dir| Self::load(dir)).collect()
    }

    /// What a test's standard output must be, if the test says so.
    ///
    /// # Errors
    ///
    /// Fails if the file that holds it can't be read.
    pub fn expected_stdout(&self, test: &Test) -> Result<Option<Vec<u8>>> {
        match (&test.expect_stdout, &test.expect_stdout_file) {
            (Some(text), _) => Ok(Some(text.clone().into_bytes())),
            (None, Some(file)) => {
                let path = self.dir.join(file);
                let bytes = std::fs::read(&path)
                    .with_context(|| format!("can't read {}", path.display()))?;
                Ok(Some(bytes))
            }
            (None, None) => Ok(None),
        }
    }

    /// What a test's standard input is.
    ///
    /// # Errors
    ///
    /// Fails if the file that holds it can't be read.
    pub fn stdin(&self, test: &Test) -> Result<Vec<u8>> {
        let Some(file) = &test.stdin_file else {
            return Ok(test.stdin.clone().into_bytes());
        };
        let path = self.dir.join(file);
        std::fs::read(&path).with_context(|| format!("can't read {}", path.display()))
    }

    /// What is in a test's directory before the program starts, besides links: relative path and content.
    ///
    /// # Errors
    ///
    /// Fails if a file to copy can't be read.
    pub fn files(&self, dir: &TestDir) -> Result<Vec<(PathBuf, Vec<u8>)>> {
        let mut files = Vec::new();
        for (path, text) in &dir.files {
            files.push((path.clone(), text.clone().into_bytes()));
        }
        for (path, source) in &dir.copies {
            let source = self.dir.join(source);
            let bytes = std::fs::read(&source)
                .with_context(|| format!("can't read {}", source.display()))?;
            files.push((path.clone(), bytes));
        }
        Ok(files)
    }

    fn check(&self) -> Result<()> {
        let folder = self.dir.file_name().and_then(|name| name.to_str());
        ensure!(
            folder == Some(&self.name),
            "the name '{}' is not the folder's",
            self.name
        );
        match self.kind {
            Kind::C => ensure!(!self.sources.is_empty(), "kind \"c\" needs sources"),
            Kind::Wat => ensure!(
                self.sources.len() == 1,
                "kind \"wat\" needs exactly one source"
            ),
            Kind::Rust => ensure!(
                self.sources.len() == 1,
                "kind \"rust\" needs exactly one source"
            ),
            Kind::CrateC => ensure!(self.krate.is_some(), "kind \"crate-c\" needs a [crate]"),
            Kind::Debian => ensure!(self.debian.is_some(), "kind \"debian\" needs a [debian]"),
            Kind::DebianBinary => ensure!(
                self.binary.is_some(),
                "kind \"debian-binary\" needs a [binary]"
            ),
            Kind::Cargo => ensure!(self.cargo.is_some(), "kind \"cargo\" needs a [cargo]"),
        }
        ensure!(
            self.krate.is_none() || matches!(self.kind, Kind::CrateC | Kind::Debian),
            "only kinds \"crate-c\" and \"debian\" have a [crate]"
        );
        ensure!(
            self.cargo.is_none() || self.kind == Kind::Cargo,
            "only kind \"cargo\" has a [cargo]"
        );
        ensure!(
            self.suite.is_none() || matches!(self.kind, Kind::CrateC | Kind::Debian | Kind::Cargo),
            "only kinds \"crate-c\", \"debian\" and \"cargo\" have a [suite]"
        );
        ensure!(
            self.debian.is_none() || self.kind == Kind::Debian,
            "only kind \"debian\" has a [debian]"
        );
        ensure!(
            self.binary.is_none() || self.kind == Kind::DebianBinary,
            "only kind \"debian-binary\" has a [binary]"
        );
        ensure!(
            self.pypi.is_none() || matches!(self.kind, Kind::CrateC | Kind::Debian),
            "only kinds \"crate-c\" and \"debian\" have a [pypi]"
        );
        let binary = self
            .binary
            .as_ref()
            .map(|binary| (&binary.sha256, &binary.install));
        let pypi = self.pypi.as_ref().map(|pypi| (&pypi.sha256, &pypi.install));
        for (sha256, install) in binary.into_iter().chain(pypi) {
            ensure!(
                sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit()),
                "sha256 is not 64 hexadecimal digits"
            );
            for path in install.iter().flat_map(|(from, to)| [from, to]) {
                ensure!(
                    stays_below(path),
                    "the path {} leaves its folder",
                    path.display()
                );
            }
        }
        for source in &self.sources {
            ensure!(
                stays_below(source),
                "the source {} leaves the folder",
                source.display()
            );
            ensure!(
                self.dir.join(source).is_file(),
                "the source {} does not exist",
                source.display()
            );
        }
        for file in self.files.keys() {
            ensure!(
                stays_below(file) && self.dir.join(file).exists(),
                "the file {} is not in the folder",
                file.display()
            );
        }
        let mut names = std::collections::BTreeSet::new();
        for test in &self.tests {
            ensure!(
                names.insert(&test.name),
                "two tests are named '{}'",
                test.name
            );
            test.check()
                .and_then(|()| self.check_of_binary(test))
                .with_context(|| format!("in test '{}'", test.name))?;
        }
        Ok(())
    }

    /// Checks the keys that only tests of Debian's own programs may have.
    fn check_of_binary(&self, test: &Test) -> Result<()> {
        let Some(binary) = &self.binary else {
            ensure!(
                test.typist.is_none() && !test.expect_like_linux,
                "typist and expect_like_linux are for kind \"debian-binary\""
            );
            return Ok(());
        };
        let program = test.program.as_deref().context("names no program")?;
        ensure!(
            binary.install.values().any(|to| to == program),
            "the program {} is not installed",
            program.display()
        );
        if let Some(script) = &test.typist {
            ensure!(
                self.files.values().any(|to| script.starts_with(to)),
                "{} is not among the recipe's files",
                script.display()
            );
        }
        Ok(())
    }
}

impl Test {
    fn check(&self) -> Result<()> {
        if self.expect_stdout.is_some() && self.expect_stdout_file.is_some() {
            bail!("expect_stdout and expect_stdout_file exclude each other");
        }
        ensure!(
            self.stdin_file.is_none() || self.stdin.is_empty(),
            "stdin and stdin_file exclude each other"
        );
        let checks_output = self.expect_stdout.is_some() || self.expect_stdout_file.is_some();
        let checks_output = checks_output || self.expect_like_linux;
        ensure!(
            checks_output || !self.expect_stderr_contains.is_empty(),
            "checks neither standard output nor standard error"
        );
        for dir in &self.dirs {
            let paths = dir.files.keys().chain(dir.symlinks.keys());
            for path in paths.chain(dir.copies.keys()).chain(dir.copies.values()) {
                ensure!(
                    stays_below(path),
                    "the file {} leaves its directory",
                    path.display()
                );
            }
        }
        Ok(())
    }
}

/// Whether `path` is relative and has no `..`.
fn stays_below(path: &Path) -> bool {
    path.components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Recipe> {
        let mut recipe: Recipe = toml::from_str(text)?;
        recipe.dir = PathBuf::from("/nowhere/demo");
        recipe.check()?;
        Ok(recipe)
    }

    const DEBIAN: &str =
        "name = 'demo'\nabout = 'a demo'\nkind = 'debian'\n[debian]\npackage = 'demo'\n";

    #[test]
    fn reads_tests_with_defaults() {
        let text = format!("{DEBIAN}[[test]]\nname = 'one'\nexpect_stdout = 'hi'\n");
        let recipe = parse(&text).unwrap();
        assert_eq!(recipe.tests[0].expect_status, 0);
        assert_eq!(recipe.tests[0].timeout, 60);
        assert_eq!(
            recipe.expected_stdout(&recipe.tests[0]).unwrap().unwrap(),
            b"hi"
        );
    }

    #[test]
    fn refuses_what_an_author_gets_wrong() {
        for (what, text) in [
            ("unknown key", format!("colour = 1\n{DEBIAN}")),
            (
                "other name",
                DEBIAN.replace("'demo'\nabout", "'other'\nabout"),
            ),
            ("no crate", DEBIAN.replace("'debian'", "'crate-c'")),
            ("no package", DEBIAN.replace("'debian'", "'debian-binary'")),
            (
                "Linux as the oracle of a program that it does not run",
                format!("{DEBIAN}[[test]]\nname = 'one'\nexpect_like_linux = true\n"),
            ),
            ("no source", DEBIAN.replace("'debian'", "'c'")),
            (
                "a sum that is none",
                format!("{DEBIAN}[pypi]\nname='a'\nversion='1'\nsha256='12'\n"),
            ),
            (
                "test that checks nothing",
                format!("{DEBIAN}[[test]]\nname = 'one'\n"),
            ),
            (
                "same name twice",
                format!(
                    "{DEBIAN}[[test]]\nname='a'\nexpect_stdout=''\n[[test]]\nname='a'\nexpect_stdout=''\n"
                ),
            ),
            (
                "file outside",
                format!(
                    "{DEBIAN}[[test]]\nname='a'\nexpect_stdout=''\ndirs=[{{guest='d',files={{'../x'='y'}}}}]\n"
                ),
            ),
        ] {
            assert!(parse(&text).is_err(), "accepted: {what}");
        }
    }
}
