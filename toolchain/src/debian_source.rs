//! Gets the source of a Debian package, with a source list of our own.
//!
//! The machine's lists are only read: their entries for Debian itself become `deb-src` lines in a list
//! below the target directory, which apt is pointed at. Debian's patches are not applied; the
//! upstream archive is what a recipe builds.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::project::Project;
use crate::ui::{self, Step};

/// Unpacks the source of `package` (`NAME` or `NAME=VERSION`) into the new folder `into`.
///
/// # Errors
///
/// Fails if the archive can't be had (with apt's own words) or unpacked.
pub fn unpack(project: &Project, package: &str, into: &Path) -> Result<()> {
    let archive = fetch(project, package)?;
    fs::create_dir_all(into)?;
    // Some archives have one folder at the top, others none: look before stripping it.
    let listing = Command::new("tar")
        .arg("-tf")
        .arg(&archive)
        .output()
        .context("cannot start tar")?;
    let listing = String::from_utf8_lossy(&listing.stdout);
    let mut tops = listing
        .lines()
        .map(|line| line.trim_start_matches("./").split('/').next());
    let first = tops.next().flatten().unwrap_or_default().to_owned();
    let single = listing.contains('/') && tops.all(|top| top == Some(first.as_str()));
    let mut command = Command::new("tar");
    command
        .arg("-xf")
        .arg(&archive)
        .arg("-C")
        .arg(into)
        .arg("--no-same-owner");
    if single {
        command.arg("--strip-components=1");
    }
    ui::run_logged(&mut command, &project.out().join("logs/unpack.log"))
        .with_context(|| format!("cannot unpack {}", archive.display()))
}

/// The upstream archive of `package`, downloaded unless a former build already has.
fn fetch(project: &Project, package: &str) -> Result<PathBuf> {
    ensure!(
        package
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.=~:_".contains(&byte)),
        "'{package}' is not the name of a source package"
    );
    let folder = project.out().join("debian").join(package);
    if let Some(archive) = find_archive(&folder) {
        return Ok(archive);
    }
    let _step = Step::start(&format!("Getting Debian's source package {package}"));
    let apt = Apt::new(&project.out().join("apt"), "deb-src")?;
    let partial = project
        .out()
        .join("debian")
        .join(format!(".{package}.partial"));
    if partial.exists() {
        fs::remove_dir_all(&partial)?;
    }
    fs::create_dir_all(&partial)?;
    let log = project.out().join("logs/apt-source.log");
    let download: [&str; 4] = ["source", "--download-only", "--tar-only", package];
    // Lists that a former build fetched usually do; old ones may name files that are gone.
    if apt.get(&download, &partial, &log).is_err() {
        apt.get(&["update"], &partial, &log)
            .context("cannot get Debian's list of sources")?;
        apt.get(&download, &partial, &log)
            .with_context(|| format!("cannot get the Debian source package {package}"))?;
    }
    if find_archive(&partial).is_none() {
        bail!("the Debian source package {package} brought no archive");
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::rename(&partial, &folder)?;
    find_archive(&folder).with_context(|| format!("{} has no archive", folder.display()))
}

/// apt with a list of places of our own, below the target directory.
pub struct Apt {
    folder: PathBuf,
}

impl Apt {
    /// Writes the list, of `deb` or `deb-src` lines, into `folder`.
    ///
    /// # Errors
    ///
    /// Fails if the machine's apt knows no place of Debian, or the folder can't be written.
    pub fn new(folder: &Path, kind: &str) -> Result<Self> {
        for sub in ["lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(folder.join(sub))?;
        }
        fs::write(folder.join("sources.list"), source_list(kind)?)?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// Runs `apt-get` with these arguments in the folder `inside`.
    ///
    /// # Errors
    ///
    /// Fails with apt's last words if it does.
    pub fn get(&self, arguments: &[&str], inside: &Path, log: &Path) -> Result<()> {
        let place = |option: &str, name: &str| {
            format!("-oDir::{option}={}", self.folder.join(name).display())
        };
        let mut command = Command::new("apt-get");
        command
            .arg(place("Etc::sourcelist", "sources.list"))
            .arg("-oDir::Etc::sourceparts=-")
            .arg(place("State::lists", "lists"))
            .arg(place("Cache", "cache"))
            .arg("-oAPT::Sandbox::User=root")
            .arg("--quiet")
            .args(arguments)
            .current_dir(inside);
        ui::run_logged(&mut command, log)
    }
}

fn find_archive(folder: &Path) -> Option<PathBuf> {
    let mut archives: Vec<PathBuf> = fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            name.contains(".tar.") && !name.ends_with(".asc")
        })
        .collect();
    // The main archive is `.orig.tar.*` (or `.tar.*` of a native package), before `.orig-PART.tar.*`.
    archives.sort_by_key(|path| path.as_os_str().len());
    archives.into_iter().next()
}

/// One place of the machine's source lists.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    uri: String,
    suite: String,
    components: Vec<String>,
    signed_by: Option<String>,
}

/// Lines of that kind for the places of Debian itself that this machine knows.
fn source_list(kind: &str) -> Result<String> {
    let mut places = Vec::new();
    if let Ok(text) = fs::read_to_string("/etc/apt/sources.list") {
        places.extend(parse_lines(&text));
    }
    let parts = fs::read_dir("/etc/apt/sources.list.d")
        .into_iter()
        .flatten()
        .flatten();
    let mut parts: Vec<PathBuf> = parts.map(|entry| entry.path()).collect();
    parts.sort();
    for path in parts {
        let text = fs::read_to_string(&path).unwrap_or_default();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("list") => places.extend(parse_lines(&text)),
            Some("sources") => places.extend(parse_deb822(&text)),
            _ => {}
        }
    }
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let codename = release
        .lines()
        .find_map(|line| line.strip_prefix("VERSION_CODENAME="))
        .map(|name| name.trim_matches('"').to_owned());
    let list = lines_of_debian(kind, &places, codename.as_deref());
    if list.is_empty() {
        bail!("this machine's apt has no entry for Debian itself: is it a Debian machine?");
    }
    Ok(list)
}

fn lines_of_debian(kind: &str, places: &[Place], codename: Option<&str>) -> String {
    let mut lines: Vec<String> = Vec::new();
    for place in places {
        let of_this_release = codename.is_none_or(|name| {
            place.suite == name
                || place
                    .suite
                    .strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with(['-', '/']))
        });
        let of_debian = place.uri.contains("debian") || place.uri.starts_with("mirror");
        if !of_this_release || !of_debian || !place.components.iter().any(|part| part == "main") {
            continue;
        }
        let option = place
            .signed_by
            .as_ref()
            .map(|key| format!("[signed-by={key}] "))
            .unwrap_or_default();
        let line = format!("{kind} {option}{} {} main\n", place.uri, place.suite);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.concat()
}

/// Reads the one-line format: `deb [options] URI SUITE COMPONENT…`.
fn parse_lines(text: &str) -> Vec<Place> {
    let mut places = Vec::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        let Some(rest) = line
            .strip_prefix("deb ")
            .or_else(|| line.strip_prefix("deb-src "))
        else {
            continue;
        };
        let rest = rest.trim_start();
        let (options, rest) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((options, rest)) => (options, rest),
            None => ("", rest),
        };
        let signed_by = options
            .split_whitespace()
            .find_map(|option| option.strip_prefix("signed-by="))
            .map(str::to_owned);
        let mut words = rest.split_whitespace().map(str::to_owned);
        if let (Some(uri), Some(suite)) = (words.next(), words.next()) {
            places.push(Place {
                uri,
                suite,
                components: words.collect(),
                signed_by,
            });
        }
    }
    places
}

/// Reads the deb822 format: stanzas of `Key: value` with continuation lines.
fn parse_deb822(text: &str) -> Vec<Place> {
    let mut places = Vec::new();
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    for stanza in lines.split(|line| line.trim().is_empty()) {
        let mut fields: Vec<(String, String)> = Vec::new();
        for line in stanza {
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            } else if let Some((key, value)) = line.split_once(':') {
                fields.push((key.trim().to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        let field = |name: &str| {
            fields
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        if field("enabled").is_some_and(|value| matches!(value, "no" | "false" | "0")) {
            continue;
        }
        // A key may be embedded in the stanza itself; then apt's own trusted keys must do.
        let signed_by = field("signed-by")
            .filter(|key| key.starts_with('/'))
            .map(str::to_owned);
        let words = |name: &str| field(name).unwrap_or_default().split_whitespace();
        for uri in words("uris") {
            for suite in words("suites") {
                places.push(Place {
                    uri: uri.to_owned(),
                    suite: suite.to_owned(),
                    components: words("components").map(str::to_owned).collect(),
                    signed_by: signed_by.clone(),
                });
            }
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEB822: &str = "Types: deb\n# a comment\nURIs: http://mirror.example/debian\n\
        Suites: bookworm bookworm-updates\nComponents: main\n\
        Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n\n\
        Types: deb\nURIs: https://deb.example.org/node\nSuites: nodistro\nComponents: main\n";

    #[test]
    fn takes_debians_entries_and_no_others() {
        let list = lines_of_debian("deb-src", &parse_deb822(DEB822), Some("bookworm"));
        let key = "[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]";
        assert_eq!(
            list,
            format!(
                "deb-src {key} http://mirror.example/debian bookworm main\n\
                 deb-src {key} http://mirror.example/debian bookworm-updates main\n"
            )
        );
    }

    #[test]
    fn reads_the_one_line_format() {
        let text = "# deb http://old/debian bookworm main\n\
            deb [arch=amd64 signed-by=/k.gpg] http://m/debian bookworm main contrib\n\
            deb http://security.example/debian-security bookworm-security main\n\
            deb https://packages.example.com/apt cloud-sdk-bookworm main\n";
        let list = lines_of_debian("deb-src", &parse_lines(text), Some("bookworm"));
        assert_eq!(
            list,
            "deb-src [signed-by=/k.gpg] http://m/debian bookworm main\n\
             deb-src http://security.example/debian-security bookworm-security main\n"
        );
    }

    #[test]
    fn a_disabled_stanza_does_not_count() {
        let text = format!("Enabled: no\n{DEB822}");
        assert!(
            parse_deb822(&text)
                .iter()
                .all(|place| place.suite == "nodistro")
        );
    }
}
