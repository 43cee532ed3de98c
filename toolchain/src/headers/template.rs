//! Fills the directives of a header template.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::api::{Api, words};

/// The types a directive can ask for: those of `types.def` and those of the Rust sources.
#[derive(Debug, Default)]
pub struct TypeTable {
    /// Name → (C text, names of other table types the text mentions).
    types: BTreeMap<String, (String, BTreeSet<String>)>,
    texts: BTreeMap<String, String>,
}

impl TypeTable {
    /// Reads `types.def` (a line `= NAME`, then the C text of the type) and adds the types of `api`
    /// that it does not redefine.
    pub fn load(path: &Path, api: &Api) -> Result<TypeTable> {
        let text = fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
        let mut texts: BTreeMap<String, String> = api.types.clone();
        let mut current: Option<String> = None;
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("= ") {
                let name = name.trim().to_owned();
                texts.insert(name.clone(), String::new());
                current = Some(name);
            } else if let Some(name) = &current
                && let Some(text) = texts.get_mut(name)
            {
                text.push_str(line);
                text.push('\n');
            }
        }
        let types = texts
            .iter()
            .map(|(name, text)| {
                let mut needs = mentioned(text, &texts);
                needs.remove(name);
                (name.clone(), (text.trim_end().to_owned(), needs))
            })
            .collect();
        Ok(TypeTable { types, texts })
    }

    /// Appends the definitions of all types that `declaration` mentions.
    fn define_for(&self, declaration: &str, done: &mut BTreeSet<String>, out: &mut String) {
        for name in mentioned(declaration, &self.texts) {
            self.define(&name, done, out);
        }
    }

    /// Appends the definition of `name`, after those it needs, each with a guard of its own.
    fn define(&self, name: &str, done: &mut BTreeSet<String>, out: &mut String) {
        let Some((text, needs)) = self.types.get(name) else {
            return;
        };
        if !done.insert(name.to_owned()) {
            return;
        }
        for needed in needs {
            self.define(needed, done, out);
        }
        out.push_str(&format!(
            "#ifndef __tl_have_{name}\n#define __tl_have_{name} 1\n{text}\n#endif\n"
        ));
    }
}

/// The types of the table that a C text names. A structure tag counts only after `struct` or
/// `union`: `flock` is a function as well.
fn mentioned(text: &str, table: &BTreeMap<String, String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut previous = "";
    for word in words(text) {
        if let Some(definition) = table.get(word) {
            let is_tag = ["struct", "union"].iter().any(|kind| {
                definition
                    .trim_start()
                    .starts_with(&format!("{kind} {word} {{"))
            });
            if !is_tag || previous == "struct" || previous == "union" {
                found.insert(word.to_owned());
            }
        }
        previous = word;
    }
    found
}

/// The text of a header; `missing` hears every name that could not be resolved.
pub fn render(
    text: &str,
    api: &Api,
    types: &TypeTable,
    mut missing: impl FnMut(&str),
) -> Result<String> {
    let mut rendered = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("/*@") {
        rendered.push_str(&rest[..start]);
        let body = &rest[start + 3..];
        let end = body.find("*/").context("a directive without an end")?;
        let mut items = body[..end].split_whitespace();
        // Definitions already made above may sit in a conditional: each directive repeats its own.
        let mut done = BTreeSet::new();
        let mut definitions = String::new();
        let mut declarations = String::new();
        match items.next() {
            Some("types") => {
                for name in items {
                    if types.types.contains_key(name) {
                        types.define(name, &mut done, &mut definitions);
                    } else {
                        missing(name);
                    }
                }
            }
            Some("functions") => {
                for item in items {
                    // A type that the declarations name, but that this header only declares.
                    if let Some(opaque) = item.strip_prefix('-') {
                        done.insert(opaque.to_owned());
                        continue;
                    }
                    let (name, fixed) = match item.split_once('/') {
                        Some((name, count)) => (name, Some(count.parse::<usize>()?)),
                        None => (item, None),
                    };
                    let Some(found) = api.functions.get(name).or_else(|| api.statics.get(name))
                    else {
                        missing(name);
                        continue;
                    };
                    let declaration = match fixed {
                        Some(count) => with_ellipsis(found, name, count)?,
                        None => found.clone(),
                    };
                    types.define_for(&declaration, &mut done, &mut definitions);
                    declarations.push_str(&declaration);
                    declarations.push('\n');
                }
            }
            other => bail!("unknown directive {other:?}"),
        }
        rendered.push_str(&definitions);
        rendered.push_str(declarations.trim_end());
        rest = body[end + 2..]
            .strip_prefix('\n')
            .unwrap_or(&body[end + 2..]);
        if !rendered.ends_with('\n') {
            rendered.push('\n');
        }
    }
    rendered.push_str(rest);
    Ok(rendered)
}

/// The prototype with its first `count` parameters and an ellipsis.
fn with_ellipsis(prototype: &str, name: &str, count: usize) -> Result<String> {
    let open = prototype
        .find(&format!("{name}("))
        .with_context(|| format!("no parameter list in {prototype}"))?
        + name.len()
        + 1;
    let mut depth = 0_usize;
    let mut seen = 0;
    for (offset, c) in prototype[open..].char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => {
                if seen + 1 == count {
                    return Ok(format!("{}, ...);", &prototype[..open + offset]));
                }
                break;
            }
            ')' => depth -= 1,
            ',' if depth == 0 => {
                seen += 1;
                if seen == count {
                    return Ok(format!("{}, ...);", &prototype[..open + offset]));
                }
            }
            _ => {}
        }
    }
    bail!("{prototype} has fewer than {count} parameters")
}
