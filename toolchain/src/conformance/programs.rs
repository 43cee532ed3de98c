//! Programs that others wrote, unmodified, that are too large for the image, and the suites of these and of others.
//!
//! A recipe of `c-apps/` with `image = false` is built here, and its tests run in the guest. A recipe with a
//! `[suite]` has its program's own tests, built with musl (a crate's with glibc) and with tlibc: what passes with that
//! reference on this machine's Linux has to pass with tlibc there and on the kernel. What configure found out about
//! both libraries is compared as well: a probe that likes musl and not tlibc is a difference. A line of the list names
//! the square first, as `tlibc-clew/PROGRAM/TEST`. A run writes what it counted into the page of programs.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clew::recipe::{Kind, Recipe, Suite};

use super::ConformanceArgs;
use super::differences::Differences;
use crate::apps::{self, Compiler};
use crate::cpio::Archive;
use crate::debian_binary;
use crate::image;
use crate::project::Project;
use crate::qemu::TempDir;
use crate::test::apps::{check, native};
use crate::test::guest::{self, Hardware, Program};
use crate::test::say;
use crate::ui::Step;

const LIST: &str = "toolchain/src/conformance/programs.txt";
/// The page with the table of what was counted.
const PAGE: &str = "docs/src/programs.md";
const RUNNER: &str = "toolchain/src/conformance/suite.sh";
/// The recipe whose program stands in for the usual tools, on both systems.
const TOOLS: &str = "busybox-static";
/// The longest that a whole suite may take in the guest.
const LIMIT: Duration = Duration::from_secs(7200);
const HARDWARE: Hardware = Hardware {
    cpus: 2,
    memory: 3072,
};

/// What a test came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Result3 {
    Passed,
    Failed,
    Skipped,
}

type Results = BTreeMap<String, Result3>;

pub fn run(project: &Project, args: &ConformanceArgs) -> Result<usize> {
    let list = fs::read_to_string(project.root().join(LIST))?;
    let differences = Differences::parse(&list)?;
    let only = args.only.as_deref().unwrap_or_default();
    let (program, test) = only.split_once('/').unwrap_or((only, ""));
    let mut recipes = image::recipes(&project.root().join("c-apps"))?;
    recipes.retain(|recipe| {
        (!recipe.image || recipe.suite.is_some()) && recipe.name.contains(program)
    });
    if recipes.is_empty() {
        bail!("no program outside the image and none with a suite has '{program}' in its name");
    }
    let mut judge = Judge {
        project,
        differences: &differences,
        different: Vec::new(),
        wrong: 0,
    };
    for recipe in &recipes {
        say(&format!("{}\n", recipe.name));
        // What does not build or start is one that is wrong; the others still run.
        if let Err(error) = judge.recipe(recipe, test) {
            judge.wrong += 1;
            say(&format!("FAILED   {}: {error:#}\n", recipe.name));
        }
    }
    let mut wrong = judge.wrong;
    if test.is_empty() {
        for name in untrue(&differences, &judge.different, &recipes) {
            wrong += 1;
            say(&format!(
                "FAILED   {LIST}: '{name}' passes, or fails with the reference on Linux too\n"
            ));
        }
    }
    say(&format!(
        "{} differ as listed, {wrong} wrong\n",
        judge.different.len()
    ));
    Ok(wrong)
}

/// The lines of the list that are about these programs and that nothing bears out.
fn untrue<'a>(list: &'a Differences, different: &[String], recipes: &[Recipe]) -> Vec<&'a str> {
    let different: Vec<&str> = different.iter().map(String::as_str).collect();
    let mut untrue = list.untrue(&different);
    untrue.retain(|line| {
        let program = line.split('/').nth(1);
        recipes
            .iter()
            .any(|recipe| program == Some(recipe.name.as_str()))
    });
    untrue
}

struct Judge<'a> {
    project: &'a Project,
    differences: &'a Differences,
    /// `SQUARE/PROGRAM/TEST` of all that differ and are listed.
    different: Vec<String>,
    wrong: usize,
}

impl Judge<'_> {
    fn recipe(&mut self, recipe: &Recipe, test: &str) -> Result<()> {
        let mut row = Row::new(recipe);
        let tlibc = Compiler::tlibc(self.project)?;
        if !recipe.image {
            self.tests(recipe, &tlibc, test, &mut row)?;
        }
        if let Some(suite) = &recipe.suite {
            self.suite(recipe, suite, &tlibc, test, &mut row)?;
        }
        if test.is_empty() {
            row.write(&self.project.root().join(PAGE))?;
        }
        Ok(())
    }

    /// Runs the recipe's own tests in the guest.
    fn tests(
        &mut self,
        recipe: &Recipe,
        compiler: &Compiler,
        only: &str,
        row: &mut Row,
    ) -> Result<()> {
        let built = apps::build(self.project, recipe, compiler)?;
        let mut tests: Vec<_> = recipe.tests.iter().collect();
        tests.retain(|test| test.name.contains(only));
        let programs: Vec<Program> = tests
            .iter()
            .map(|test| native(recipe, test))
            .collect::<Result<_>>()?;
        if programs.is_empty() {
            return Ok(());
        }
        let test_files = apps::test_files(self.project, recipe)?;
        let image = image::build_native(self.project)?;
        let title = format!("Testing {} in the guest", recipe.name);
        let results = guest::run(&image, HARDWARE, &title, &programs, |archive| {
            for (inside, host) in &built.files {
                let mode = if inside.starts_with("bin") {
                    0o755
                } else {
                    0o644
                };
                archive.file(inside, mode, host)?;
            }
            for (from, to) in &recipe.files {
                let from = recipe.dir.join(from);
                if from.is_dir() {
                    archive.directory(to, 0o755)?;
                    archive.tree(to, &from)?;
                } else {
                    archive.file(to, 0o644, &from)?;
                }
            }
            for (link, target) in &recipe.links {
                archive.symlink(link, target)?;
            }
            for (inside, host) in &test_files {
                archive.file(inside, 0o644, host)?;
            }
            Ok(())
        })?;
        let mut passed = 0;
        for (test, ran) in tests.iter().zip(&results) {
            match check(recipe, test, ran) {
                Ok(()) => passed += 1,
                Err(error) => {
                    self.differ(
                        &format!("own/{}/{}", recipe.name, test.name),
                        &format!("{error:#}"),
                    );
                }
            }
        }
        say(&format!("  own tests: {passed} of {} pass\n", tests.len()));
        row.tests = format!("{passed} of {}", tests.len());
        Ok(())
    }

    /// Notes something that is not as it is with the reference on Linux.
    fn differ(&mut self, name: &str, how: &str) {
        if self.differences.reason(name).is_some() {
            self.different.push(name.to_owned());
        } else {
            self.wrong += 1;
            say(&format!("FAILED   {name}: {how}\n"));
        }
    }

    fn suite(
        &mut self,
        recipe: &Recipe,
        suite: &Suite,
        tlibc: &Compiler,
        only: &str,
        row: &mut Row,
    ) -> Result<()> {
        let compiler = Compiler::reference(recipe);
        let library = compiler.name;
        let reference_folder = apps::build_suite(self.project, recipe, &compiler)?;
        let folder = apps::build_suite(self.project, recipe, tlibc)?;
        self.probes(recipe, &reference_folder, &folder)?;
        let tools = self.tools()?;

        let log = |square: &str| {
            let name = format!("logs/{}-suite-{square}.log", recipe.name);
            self.project.out().join(name)
        };
        let reference = on_linux(
            recipe,
            suite,
            &reference_folder,
            &tools,
            only,
            &log(library),
        )
        .with_context(|| format!("the suite with {library} on Linux"))?;
        row.reference = count(&reference);
        say(&format!("  {library} on Linux: {}\n", row.reference));
        if recipe.kind == Kind::Cargo {
            row.reference += ", glibc";
        }

        let linux = on_linux(recipe, suite, &folder, &tools, only, &log("tlibc"))
            .context("the suite on Linux")?;
        row.linux = count(&linux);
        say(&format!("  tlibc on Linux: {}\n", row.linux));
        self.square("tlibc-linux", recipe, &reference, &linux);

        let clew = self.on_clew(recipe, suite, &folder, &tools, only, &log("clew"))?;
        row.clew = count(&clew);
        say(&format!("  tlibc on Clew: {}\n", row.clew));
        self.square("tlibc-clew", recipe, &reference, &clew);
        Ok(())
    }

    /// All that passes with the reference has to pass.
    fn square(&mut self, square: &str, recipe: &Recipe, reference: &Results, results: &Results) {
        for (name, result) in reference {
            let here = results.get(name);
            if *result == Result3::Passed && here != Some(&Result3::Passed) {
                let how = match here {
                    Some(Result3::Failed) => "failed",
                    Some(_) => "could not be run",
                    None => "never ended",
                };
                let name = format!("{square}/{}/{name}", recipe.name);
                let library = Compiler::reference(recipe).name;
                self.differ(&name, &format!("{how}, passes with {library} on Linux"));
            }
        }
    }

    /// Compares what configure found out: the program's own, and that of each package it was built with.
    fn probes(&mut self, recipe: &Recipe, reference: &Path, tlibc: &Path) -> Result<()> {
        let mut logs = vec![PathBuf::from("config.log")];
        if let Some(debian) = &recipe.debian {
            let with = debian
                .with
                .iter()
                .map(|package| package.split('=').next().unwrap_or(package));
            logs.extend(with.map(|name| PathBuf::from(format!("+{name}/config.log"))));
        }
        for log in logs {
            let path = |suite: &Path| suite.with_file_name("source").join(&log);
            if !path(reference).exists() {
                continue;
            }
            let read = |path: PathBuf| {
                fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
            };
            let reference = cache(&String::from_utf8_lossy(&read(path(reference))?));
            let tlibc = cache(&String::from_utf8_lossy(&read(path(tlibc))?));
            say(&format!("  {} probes of configure\n", reference.len()));
            for (name, value) in &reference {
                // What depends on another finding may not have been looked for.
                let Some(here) = tlibc.get(name) else {
                    continue;
                };
                if finds_a_bug(name, value, here) {
                    self.differ(
                        &format!("probe/{}/{name}", recipe.name),
                        &format!("'{here}', with musl '{value}'"),
                    );
                }
            }
        }
        Ok(())
    }

    fn tools(&self) -> Result<Tools> {
        let recipe = Recipe::load(&self.project.root().join("c-apps").join(TOOLS))?;
        let binary = recipe
            .binary
            .as_ref()
            .context("a debian-binary recipe without [binary]")?;
        Ok(Tools {
            busybox: debian_binary::unpack(self.project, binary)?.join("bin/busybox"),
            runner: self.project.root().join(RUNNER),
        })
    }

    fn on_clew(
        &self,
        recipe: &Recipe,
        suite: &Suite,
        folder: &Path,
        tools: &Tools,
        only: &str,
        log: &Path,
    ) -> Result<Results> {
        let image = image::build_native(self.project)?;
        let scratch = TempDir::new()?;
        lay_out(folder, tools, scratch.path())?;
        let top = PathBuf::from("suite").join(&recipe.name);
        let script = format!(
            "cd /{} && exec sh run.sh {} '{only}'",
            top.display(),
            suite.timeout
        );
        let program = Program {
            argv: ["/bin/sh", "-c", &script].map(str::to_owned).to_vec(),
            env: environment(),
            limit: LIMIT,
            ..Program::default()
        };
        let title = format!("Running the suite of {} in the guest", recipe.name);
        let ran = guest::run(
            &image,
            HARDWARE,
            &title,
            &[program],
            |archive: &mut Archive| {
                archive.directory(&top, 0o755)?;
                archive.tree(&top, scratch.path())
            },
        )?;
        let ran = ran.first().context("no result")?;
        fs::write(log, &ran.stdout)?;
        if !ran.stdout.ends_with(b"DONE\n") {
            say(&format!(
                "  the suite did not come to its end: {}\n",
                ran.end
            ));
        }
        Ok(read(&ran.stdout))
    }
}

fn environment() -> Vec<(String, String)> {
    [("HOME", "/"), ("TERM", "dumb"), ("PATH", "/bin")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
}

/// What a suite needs besides its own folder: busybox, for the same tools on both systems, and the script that runs it.
struct Tools {
    busybox: PathBuf,
    runner: PathBuf,
}

/// Makes the folder that a suite runs in: what its recipe put together, the tools and the runner.
fn lay_out(folder: &Path, tools: &Tools, into: &Path) -> Result<()> {
    let copied = Command::new("cp")
        .arg("-a")
        .arg(folder.join("."))
        .arg(into)
        .status()
        .context("cannot start cp")?;
    if !copied.success() {
        bail!("cannot copy {}", folder.display());
    }
    let links = into.join("tools");
    fs::create_dir_all(&links)?;
    fs::copy(&tools.busybox, links.join("busybox"))?;
    let applets = Command::new(&tools.busybox)
        .arg("--list")
        .output()
        .with_context(|| format!("cannot start {}", tools.busybox.display()))?;
    for applet in String::from_utf8_lossy(&applets.stdout).lines() {
        // The shell is the system's own.
        if !["busybox", "sh", "ash"].contains(&applet) {
            std::os::unix::fs::symlink("busybox", links.join(applet))?;
        }
    }
    std::os::unix::fs::symlink("/bin/sh", links.join("sh"))?;
    fs::copy(&tools.runner, into.join("run.sh"))?;
    Ok(())
}

fn on_linux(
    recipe: &Recipe,
    suite: &Suite,
    folder: &Path,
    tools: &Tools,
    only: &str,
    log: &Path,
) -> Result<Results> {
    let scratch = TempDir::new()?;
    lay_out(folder, tools, scratch.path())?;
    // Tests of crates run as another user if this one is root.
    fs::set_permissions(scratch.path(), Permissions::from_mode(0o755))?;
    let _step = Step::start("Running the suite on Linux");
    // Its own numbers of processes, so that nothing it leaves behind or kills is ours.
    let mut command = Command::new("unshare");
    command.args(["--fork", "--kill-child", "--ipc", "--pid", "--mount-proc"]);
    if !rustix::process::geteuid().is_root() {
        command.arg(match recipe.kind {
            Kind::Cargo => "--map-current-user",
            _ => "--map-root-user",
        });
    }
    let output = command
        .args(["/bin/sh", "run.sh"])
        .arg(suite.timeout.to_string())
        .arg(only)
        .current_dir(scratch.path())
        .env_clear()
        .envs(environment())
        .env("PATH", "/usr/bin:/bin")
        .output()
        .context("cannot start unshare (package util-linux)")?;
    fs::write(log, &output.stdout)?;
    if !output.stdout.ends_with(b"DONE\n") {
        bail!(
            "it did not come to its end: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(read(&output.stdout))
}

/// Reads what the runner printed. What failed tests said is in the log only.
fn read(output: &[u8]) -> Results {
    let mut results = Results::new();
    for line in String::from_utf8_lossy(output).lines() {
        let mut words = line.split(' ');
        let result = match words.next() {
            Some("PASS") => Result3::Passed,
            Some("FAIL") => Result3::Failed,
            Some("SKIP") => Result3::Skipped,
            _ => continue,
        };
        if let Some(name) = words.next() {
            results.insert(name.to_owned(), result);
        }
    }
    results
}

fn count(results: &Results) -> String {
    let passed = results.values().filter(|one| **one == Result3::Passed);
    let skipped = results.values().filter(|one| **one == Result3::Skipped);
    let (passed, skipped) = (passed.count(), skipped.count());
    let ran = results.len() - skipped;
    if skipped == 0 {
        format!("{passed} of {ran}")
    } else {
        format!("{passed} of {ran} ({skipped} skipped)")
    }
}

/// The cache variables at the end of a `config.log`.
fn cache(log: &str) -> BTreeMap<String, String> {
    let lines = log
        .lines()
        .skip_while(|line| !line.contains("Cache variables."))
        .take_while(|line| !line.contains("Output variables."));
    lines
        .filter_map(|line| line.split_once('='))
        .filter(|(name, _)| name.contains("_cv_"))
        .map(|(name, value)| (name.to_owned(), value.trim_matches('\'').to_owned()))
        .collect()
}

/// Whether a probe says yes of musl and no of tlibc, or the other way round where its name is that of a fault.
fn finds_a_bug(name: &str, musl: &str, tlibc: &str) -> bool {
    const FAULTS: [&str; 9] = [
        "bug", "broken", "fault", "fail", "trash", "leak", "replace", "_needs_", "lossy",
    ];
    let yes = |value: &str| value.contains("yes");
    let no = |value: &str| value.contains("no") || value == "0";
    if FAULTS.iter().any(|fault| name.contains(fault)) {
        no(musl) && yes(tlibc)
    } else {
        yes(musl) && no(tlibc)
    }
}

/// A program's line in the table.
struct Row {
    name: String,
    about: String,
    tests: String,
    reference: String,
    linux: String,
    clew: String,
}

impl Row {
    fn new(recipe: &Recipe) -> Self {
        let tests = match recipe.tests.len() {
            _ if recipe.kind == Kind::DebianBinary => String::new(),
            0 => "–".to_owned(),
            count => format!("{count} (`make test`)"),
        };
        Self {
            name: recipe.name.clone(),
            about: recipe.about.clone(),
            tests,
            reference: "–".to_owned(),
            linux: "–".to_owned(),
            clew: "–".to_owned(),
        }
    }

    /// Puts the line into the page, in place of the one that was there.
    fn write(&self, page: &Path) -> Result<()> {
        let text = fs::read_to_string(page)?;
        let start = format!("| {} |", self.name);
        let row = format!(
            "{start} {} | {} | {} | {} | {} |",
            self.about, self.tests, self.reference, self.linux, self.clew
        );
        let text = with_row(&text, &start, &row)
            .with_context(|| format!("{} has no table of programs", page.display()))?;
        fs::write(page, text)?;
        Ok(())
    }
}

/// The head of the table.
const HEAD: &str = "| program |";

/// `text` with `row` in the table, which is in the order of its lines.
fn with_row(text: &str, start: &str, row: &str) -> Option<String> {
    let mut lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with(start))
        .collect();
    let head = lines.iter().position(|line| line.starts_with(HEAD))?;
    // Behind the head is the line that separates it.
    let body = head + 2;
    let end = lines[body..]
        .iter()
        .position(|line| !line.starts_with('|'))
        .map_or(lines.len(), |count| body + count);
    let place = lines[body..end].partition_point(|line| *line < row);
    lines.insert(body + place, row);
    Some(lines.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_runner_are_read() {
        let results = read(b"noise\nPASS a\nFAIL b 1\n# PASS c\nSKIP d\nDONE\n");
        assert_eq!(results.len(), 3);
        assert_eq!(results.get("b"), Some(&Result3::Failed));
        assert_eq!(count(&results), "1 of 2 (1 skipped)");
    }

    #[test]
    fn the_runner_says_how_each_test_of_a_command_went() {
        let folder = TempDir::new().unwrap();
        let tests = "\
            many/ printf 'PASS: one two\\nFAIL: x\\nwhy\\nSKIPPED: y\\nPASS: one two\\n'; exit 1\n\
            silent/ exit 0\n\
            killed/ echo PASS: z; kill -9 $$\n\
            one true\n";
        fs::write(folder.path().join("tests"), tests).unwrap();
        // The machine's own tools will do.
        std::os::unix::fs::symlink("/usr/bin", folder.path().join("tools")).unwrap();
        let output = Command::new("/bin/sh")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/conformance/suite.sh"))
            .args(["30", ""])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            "PASS many/one_two\nFAIL many/x\n# why\nSKIP many/y\nPASS many/one_two#2\n\
             FAIL silent/end 0\nPASS killed/z\nFAIL killed/end 137\nPASS one\nDONE\n"
        );
    }

    #[test]
    fn probes_are_read_and_compared() {
        let log = "x=1\n## Cache variables. ##\nac_cv_func_a=yes\ngl_cv_b='guessing no'\n## Output variables. ##\nac_cv_c=1\n";
        let cache = cache(log);
        assert_eq!(cache.len(), 2);
        assert_eq!(cache["gl_cv_b"], "guessing no");
        assert!(finds_a_bug("gl_cv_func_a_works", "yes", "guessing no"));
        assert!(finds_a_bug("ac_cv_func_a", "yes", "no"));
        assert!(!finds_a_bug("gl_cv_func_a_works", "no", "yes"));
        assert!(finds_a_bug("gl_cv_func_a_bug", "no", "yes"));
    }

    #[test]
    fn a_row_takes_its_place_in_the_table() {
        let page = "x\n\n| program | a |\n|---|---|\n| b | 1 |\n| d | 2 |\n\ny\n";
        let page = with_row(page, "| c |", "| c | 3 |").unwrap();
        let page = with_row(&page, "| b |", "| b | 4 |").unwrap();
        assert_eq!(
            page,
            "x\n\n| program | a |\n|---|---|\n| b | 4 |\n| c | 3 |\n| d | 2 |\n\ny\n"
        );
        assert!(with_row("no table", "| c |", "| c |").is_none());
    }
}
