//! The proposals that a module may use: their names as users of wasmtime know them, and which engine has which.
//!
//! A module that an engine refuses is looked at once more here, to tell what is malformed from what only needs
//! another engine or another option.

use std::fmt;

use wasmparser::{Validator, WasmFeatures};

use crate::engine::Kind;

/// A proposal that can be switched.
struct Proposal {
    name: &'static str,
    flag: WasmFeatures,
    /// Whether wasmi has it.
    wasmi: bool,
    /// Whether Winch has it; Cranelift has all.
    winch: bool,
    /// Whether it is on unless the command line says otherwise: as with wasmtime 48.
    default: bool,
}

const fn proposal(
    name: &'static str,
    flag: WasmFeatures,
    wasmi: bool,
    winch: bool,
    default: bool,
) -> Proposal {
    Proposal {
        name,
        flag,
        wasmi,
        winch,
        default,
    }
}

/// All of them. What comes earlier does not depend on what comes later.
#[rustfmt::skip]
const PROPOSALS: &[Proposal] = &[
    proposal("multi-value",         WasmFeatures::MULTI_VALUE,         true,  true,  true),
    proposal("bulk-memory",         WasmFeatures::BULK_MEMORY,         true,  true,  true),
    proposal("reference-types",     WasmFeatures::REFERENCE_TYPES,     true,  true,  true),
    proposal("gc-support",          WasmFeatures::GC_TYPES,            true,  false, true),
    proposal("simd",                WasmFeatures::SIMD,                true,  true,  true),
    proposal("relaxed-simd",        WasmFeatures::RELAXED_SIMD,        true,  false, true),
    proposal("tail-call",           WasmFeatures::TAIL_CALL,           true,  false, true),
    proposal("extended-const",      WasmFeatures::EXTENDED_CONST,      true,  true,  true),
    proposal("multi-memory",        WasmFeatures::MULTI_MEMORY,        true,  true,  true),
    proposal("memory64",            WasmFeatures::MEMORY64,            true,  true,  true),
    proposal("threads",             WasmFeatures::THREADS,             false, true,  true),
    proposal("function-references", WasmFeatures::FUNCTION_REFERENCES, false, false, true),
    proposal("gc",                  WasmFeatures::GC,                  false, false, true),
    proposal("exceptions",          WasmFeatures::EXCEPTIONS,          false, false, true),
    proposal("custom-page-sizes",   WasmFeatures::CUSTOM_PAGE_SIZES,   true,  true,  false),
    proposal("wide-arithmetic",     WasmFeatures::WIDE_ARITHMETIC,     true,  true,  false),
    proposal("stack-switching",     WasmFeatures::STACK_SWITCHING,     false, false, false),
];

/// What no module does without, and objects to refer to, which Winch lacks.
const BASE: WasmFeatures = WasmFeatures::MVP
    .union(WasmFeatures::MUTABLE_GLOBAL)
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::SIGN_EXTENSION);
/// A word for all proposals at once.
const ALL: &str = "all-proposals";
/// What `-W` switches besides proposals: whether there may be shared memories. As with wasmtime, being able to
/// validate code that works on them (the proposal threads) is one thing, making one another.
const SHARED_MEMORY: &str = "shared-memory";
/// The bit for that in [`Features::bits`]; none of a proposal's.
const SHARED_MEMORY_BIT: u64 = 1 << 63;

/// What wasmtime takes after `-W` and this command as an option of its own.
const OPTIONS: &[(&str, &str)] = &[
    ("fuel", "--fuel"),
    ("max-instances", "--max-instances"),
    ("max-memories", "--max-instances"),
    ("max-memory-size", "--max-memory"),
    ("max-table-elements", "--max-table"),
    ("max-tables", "--max-instances"),
    ("max-wasm-stack", "--max-stack"),
    ("timeout", "--timeout"),
];

/// `NAME=y` or `NAME=n`, as `-W` takes it.
#[derive(Clone, Debug)]
pub struct Switch {
    name: String,
    on: bool,
}

/// Reads `NAME[=y|n][,…]`.
///
/// # Errors
///
/// A sentence on what is wrong with it, with the nearest name if that is unknown.
pub fn parse_switches(text: &str) -> Result<Vec<Switch>, String> {
    text.split(',').map(parse_switch).collect()
}

fn parse_switch(text: &str) -> Result<Switch, String> {
    let (name, value) = text.split_once('=').unwrap_or((text, "y"));
    if let Some((_, option)) = OPTIONS.iter().find(|(other, _)| *other == name) {
        return Err(format!("'{name}' is no proposal; see {option}"));
    }
    if name.starts_with("component-model") {
        return Err("components can't be run, only core modules".to_owned());
    }
    let on = match value {
        "y" | "yes" | "true" => true,
        "n" | "no" | "false" => false,
        _ => return Err(format!("'{value}' is neither y nor n")),
    };
    let mut known = PROPOSALS.iter().map(|proposal| proposal.name);
    if ![ALL, SHARED_MEMORY].contains(&name) && !known.any(|known| known == name) {
        let near = PROPOSALS
            .iter()
            .map(|proposal| proposal.name)
            .chain([ALL, SHARED_MEMORY])
            .map(|near| (distance(name, near), near))
            .min()
            .filter(|(distance, near)| distance * 2 <= near.len());
        return Err(match near {
            Some((_, near)) => format!("no proposal is called '{name}'; did you mean '{near}'?"),
            None => format!("no proposal is called '{name}'; '-W help' lists them"),
        });
    }
    Ok(Switch {
        name: name.to_owned(),
        on,
    })
}

/// How many letters must be added, removed or replaced to make one word of the other (Levenshtein).
pub fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &b) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

/// What `-W help` prints.
pub fn help() -> String {
    let mut text = format!(
        "{:<22}{:<9}{:<7}{:<9}{}\n",
        "-W NAME=y|n", "default", "wasmi", "wasmtime", "winch"
    );
    let word = |yes| if yes { "yes" } else { "no" };
    for proposal in PROPOSALS {
        text += &format!(
            "{:<22}{:<9}{:<7}{:<9}{}\n",
            proposal.name,
            if proposal.default { "on" } else { "off" },
            word(proposal.wasmi),
            "yes",
            word(proposal.winch),
        );
    }
    text += &format!(
        "{SHARED_MEMORY:<22}{:<9}{:<7}{:<9}{}\n",
        "off", "no", "yes", "yes"
    );
    text + &format!("{ALL:<22}all proposals at once\n")
}

/// The proposals that are switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features {
    on: WasmFeatures,
    /// Those that the command line asked for by name.
    asked: WasmFeatures,
    /// Whether there may be shared memories.
    shared_memory: bool,
}

impl Features {
    /// The defaults, changed by `switches` one after the other.
    pub fn new(switches: &[Switch]) -> Self {
        let mut features = Self {
            on: BASE,
            asked: WasmFeatures::empty(),
            shared_memory: false,
        };
        for proposal in PROPOSALS.iter().filter(|proposal| proposal.default) {
            features.on |= proposal.flag;
        }
        for switch in switches {
            if switch.name == SHARED_MEMORY {
                features.shared_memory = switch.on;
            }
            for proposal in PROPOSALS {
                // That one is no proposal of its own: without it, several others can't be on.
                if switch.name == ALL && proposal.flag != WasmFeatures::GC_TYPES {
                    features.on.set(proposal.flag, switch.on);
                } else if switch.name == proposal.name {
                    features.on.set(proposal.flag, switch.on);
                    features.asked.set(proposal.flag, switch.on);
                }
            }
        }
        features.settle();
        features
    }

    /// All that can be read and validated, whether or not an engine has it, changed by `switches`.
    pub fn everything(switches: &[Switch]) -> Self {
        let mut features = Self {
            on: WasmFeatures::all(),
            asked: WasmFeatures::empty(),
            shared_memory: true,
        };
        for switch in switches {
            for proposal in PROPOSALS {
                let all = switch.name == ALL && proposal.flag != WasmFeatures::GC_TYPES;
                if all || switch.name == proposal.name {
                    features.on.set(proposal.flag, switch.on);
                }
            }
        }
        features.settle();
        features
    }

    /// Whether `binary` is a valid module; if not, why, with the offset.
    ///
    /// # Errors
    ///
    /// The reason in words.
    pub fn validate(&self, binary: &[u8]) -> Result<(), String> {
        validate(binary, self.on)
    }

    /// The set with these bits, if it is one that [`Self::bits`] can come to.
    pub fn from_bits(bits: u64) -> Option<Self> {
        let on = WasmFeatures::from_bits(bits & !SHARED_MEMORY_BIT)?;
        let switched = PROPOSALS
            .iter()
            .filter(|proposal| on.contains(proposal.flag))
            .fold(BASE.difference(WasmFeatures::GC_TYPES), |set, proposal| {
                set | proposal.flag
            });
        (on == switched).then_some(Self {
            on,
            asked: WasmFeatures::empty(),
            shared_memory: bits & SHARED_MEMORY_BIT != 0,
        })
    }

    /// Takes out what can't be on because something that it builds on is off.
    fn settle(&mut self) {
        for (upper, lower) in [
            (WasmFeatures::RELAXED_SIMD, WasmFeatures::SIMD),
            (
                WasmFeatures::FUNCTION_REFERENCES,
                WasmFeatures::REFERENCE_TYPES,
            ),
            (WasmFeatures::GC, WasmFeatures::FUNCTION_REFERENCES),
            (WasmFeatures::GC, WasmFeatures::GC_TYPES),
            (WasmFeatures::EXCEPTIONS, WasmFeatures::GC_TYPES),
            (
                WasmFeatures::STACK_SWITCHING,
                WasmFeatures::FUNCTION_REFERENCES,
            ),
            (WasmFeatures::STACK_SWITCHING, WasmFeatures::EXCEPTIONS),
        ] {
            if !self.on.contains(lower) {
                self.on.remove(upper);
            }
        }
        self.shared_memory &= self.on.contains(WasmFeatures::THREADS);
    }

    /// Whether there may be shared memories.
    pub fn shared_memory(&self) -> bool {
        self.shared_memory
    }

    /// Whether the proposal is on.
    pub fn has(&self, flag: WasmFeatures) -> bool {
        self.on.contains(flag)
    }

    /// The set as wasmparser has it.
    pub fn flags(&self) -> WasmFeatures {
        self.on
    }

    /// The set as bits, the same in every run of this release.
    pub fn bits(&self) -> u64 {
        let shared = match self.shared_memory {
            true => SHARED_MEMORY_BIT,
            false => 0,
        };
        self.on.bits() | shared
    }

    /// What the command line asked for and an engine of `kind` lacks, if anything, in a phrase.
    pub fn asked_in_vain(&self, kind: Kind) -> Option<String> {
        let names =
            Names::of(|proposal| self.asked.contains(proposal.flag) && !proposal.is_in(kind));
        match (names.0.is_empty(), kind) {
            (false, _) => Some(names.to_string()),
            (true, Kind::Wasmi) if self.shared_memory => Some("shared memory".to_owned()),
            _ => None,
        }
    }

    /// Those that an engine of `kind` has, of these.
    pub fn within(&self, kind: Kind) -> Self {
        let mut features = *self;
        for proposal in PROPOSALS.iter().filter(|proposal| !proposal.is_in(kind)) {
            features.on.remove(proposal.flag);
        }
        features.settle();
        features
    }

    /// Says why an engine of `kind`, given these features, refuses `binary`; `None` if the module is valid
    /// with all that the engine has.
    pub fn diagnose(&self, binary: &[u8], kind: Kind) -> Option<Diagnosis> {
        if validate(binary, self.within(kind).on).is_ok() {
            return None;
        }
        let everything = PROPOSALS
            .iter()
            .fold(self.on, |set, proposal| set | proposal.flag);
        if let Err(reason) = validate(binary, everything) {
            return Some(Diagnosis::Invalid(reason));
        }
        let needs =
            |proposal: &Proposal| validate(binary, everything.difference(proposal.flag)).is_err();
        let disabled = Names::of(|proposal| !self.on.contains(proposal.flag) && needs(proposal));
        if !disabled.0.is_empty() {
            return Some(Diagnosis::Disabled(disabled));
        }
        Some(Diagnosis::Missing(Names::of(|proposal| {
            !proposal.is_in(kind) && needs(proposal)
        })))
    }
}

impl Proposal {
    fn is_in(&self, kind: Kind) -> bool {
        match kind {
            Kind::Wasmi => self.wasmi,
            Kind::Wasmtime => true,
            Kind::Winch => self.winch,
        }
    }
}

/// The names of the proposals that `binary`, which is valid, can't do without.
///
/// One after the other is switched off and stays off if the module remains valid, the younger first: so of
/// two that allow the same, only the older counts.
pub fn needed(binary: &[u8]) -> Vec<String> {
    // Each is a part of another proposal too, and goes last, as that one can't be on without it.
    let parts = [
        (
            "CALL_INDIRECT_OVERLONG",
            WasmFeatures::CALL_INDIRECT_OVERLONG,
        ),
        ("BULK_MEMORY_OPT", WasmFeatures::BULK_MEMORY_OPT),
    ];
    let part = |flag| parts.iter().any(|&(_, part)| part == flag);
    let shared = WasmFeatures::CALL_INDIRECT_OVERLONG | WasmFeatures::BULK_MEMORY_OPT;
    let all: Vec<_> = WasmFeatures::all().iter_names().collect();
    let (mut on, mut kept) = (WasmFeatures::all(), WasmFeatures::empty());
    let mut names = Vec::new();
    for (name, flag) in all.into_iter().rev().chain(parts) {
        if kept.contains(flag) {
            continue;
        }
        let own = match part(flag) {
            true => flag,
            false => flag.difference(shared),
        };
        let without = on.difference(own);
        if validate(binary, without).is_ok() {
            on = without;
            continue;
        }
        kept |= flag;
        // These two are no proposals: they stand for all that has floats, or references to functions.
        if flag != WasmFeatures::FLOATS && flag != WasmFeatures::GC_TYPES {
            names.push(name.to_lowercase().replace('_', "-"));
        }
    }
    names.sort();
    names
}

/// Why an engine refuses a module.
#[derive(Debug, PartialEq, Eq)]
pub enum Diagnosis {
    /// It is malformed or invalid, for this reason.
    Invalid(String),
    /// It uses proposals that are switched off.
    Disabled(Names),
    /// It uses proposals that the engine lacks.
    Missing(Names),
}

/// Names of proposals.
#[derive(Debug, PartialEq, Eq)]
pub struct Names(pub Vec<&'static str>);

impl Names {
    fn of(wanted: impl Fn(&Proposal) -> bool) -> Self {
        let wanted = PROPOSALS.iter().filter(|proposal| wanted(proposal));
        Self(wanted.map(|proposal| proposal.name).collect())
    }
}

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0.len() {
            1 => "the proposal ",
            _ => "the proposals ",
        })?;
        // Nobody knows what is meant by that one, which is off where there are no objects to refer to.
        let known = |name: &&str| match *name {
            "gc-support" => "gc-support (externref and the like)".to_owned(),
            name => name.to_owned(),
        };
        f.write_str(&self.0.iter().map(known).collect::<Vec<_>>().join(", "))
    }
}

fn validate(binary: &[u8], features: WasmFeatures) -> Result<(), String> {
    match Validator::new_with_features(features).validate_all(binary) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!(
            "{} at offset {:#x}",
            error.message(),
            error.offset()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features(text: &str) -> Features {
        Features::new(&parse_switches(text).unwrap())
    }

    const GC: &str = "(module (type (struct (field i32))) (func (drop (struct.new_default 0))))";

    #[test]
    fn switches_are_read_in_order() {
        assert!(features("simd=n").has(WasmFeatures::EXCEPTIONS));
        assert!(!features("simd=n").has(WasmFeatures::SIMD));
        assert!(!features("simd=n").has(WasmFeatures::RELAXED_SIMD));
        assert!(features("all-proposals=n,simd").has(WasmFeatures::SIMD));
        assert!(!features("all-proposals=n,simd").has(WasmFeatures::GC));
        assert!(features("wide-arithmetic").has(WasmFeatures::WIDE_ARITHMETIC));
    }

    #[test]
    fn a_wrong_switch_is_explained() {
        assert!(parse_switches("smid").unwrap_err().contains("'simd'"));
        assert!(
            parse_switches("simd=maybe")
                .unwrap_err()
                .contains("'maybe'")
        );
        assert!(parse_switches("").unwrap_err().contains("-W help"));
        assert!(
            parse_switches("flux-capacitor")
                .unwrap_err()
                .contains("-W help")
        );
    }

    #[test]
    fn shared_memory_is_a_switch_of_its_own() {
        assert!(!features("threads").shared_memory());
        assert!(!features("all-proposals").shared_memory());
        assert!(!features("shared-memory,threads=n").shared_memory());
        let shared = features("shared-memory");
        assert!(shared.shared_memory());
        assert_ne!(shared.bits(), features("threads").bits());
        for text in [
            "simd",
            "gc-support=n",
            "all-proposals=n",
            "reference-types=n",
        ] {
            for kind in [Kind::Wasmtime, Kind::Winch] {
                let bits = features(text).within(kind).bits();
                assert_eq!(Features::from_bits(bits).unwrap().bits(), bits, "{text}");
                assert!(Features::from_bits(bits ^ 1 << 62).is_none());
                let float = WasmFeatures::FLOATS.bits();
                assert!(Features::from_bits(bits ^ float).is_none());
            }
        }
        let read = Features::from_bits(shared.bits()).unwrap();
        assert!(read.shared_memory() && read.has(WasmFeatures::THREADS));
        assert!(!shared.within(Kind::Wasmi).shared_memory());
    }

    #[test]
    fn options_of_wasmtime_are_pointed_out() {
        for (text, piece) in [
            ("max-memory-size=1", "--max-memory"),
            ("fuel=9", "--fuel"),
            ("component-model", "components"),
            ("shared-memry", "'shared-memory'"),
        ] {
            let reason = parse_switches(text).unwrap_err();
            assert!(reason.contains(piece), "{text}: {reason}");
        }
    }

    #[test]
    fn the_distance_of_words() {
        for (one, other, expected) in [
            ("", "", 0),
            ("gc", "", 2),
            ("simd", "smid", 2),
            ("a", "ab", 1),
        ] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
            assert_eq!(distance(other, one), expected, "{other} {one}");
        }
    }

    #[test]
    fn what_a_module_needs() {
        for (text, expected) in [
            ("(module (func (result f32) (f32.const 0)))", &[][..]),
            (GC, &["gc"]),
            (
                "(module (func (result i32) (i32.extend8_s (i32.const 0))))",
                &["sign-extension"],
            ),
            (
                "(module (memory 1) (memory i64 1))",
                &["memory64", "multi-memory"],
            ),
            (
                "(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))))",
                &["bulk-memory-opt"],
            ),
            (
                "(module (table 1 funcref) (func (drop (table.get 0 (i32.const 0)))))",
                &["reference-types"],
            ),
            (
                "(module (table 1 (ref null func)) (memory 1 1 shared) (data \"a\"))",
                &["bulk-memory", "threads"],
            ),
            (
                "(module (func (result v128) (v128.const i64x2 0 0)))",
                &["simd"],
            ),
        ] {
            assert_eq!(needed(&wat::parse_str(text).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn everything_can_be_narrowed() {
        let gc = wat::parse_str(GC).unwrap();
        assert_eq!(Features::everything(&[]).validate(&gc), Ok(()));
        let switches = parse_switches("function-references=n").unwrap();
        assert!(Features::everything(&switches).validate(&gc).is_err());
    }

    #[test]
    fn a_refusal_names_its_reason() {
        let gc = wat::parse_str(GC).unwrap();
        let all = Features::new(&[]);
        assert_eq!(all.diagnose(&gc, Kind::Wasmtime), None);
        let Some(Diagnosis::Missing(names)) = all.diagnose(&gc, Kind::Wasmi) else {
            panic!("not missing");
        };
        assert!(names.0.contains(&"gc"), "{names}");
        let Some(Diagnosis::Disabled(names)) = features("gc=n").diagnose(&gc, Kind::Wasmi) else {
            panic!("not disabled");
        };
        assert_eq!(names.to_string(), "the proposal gc");
        let Some(Diagnosis::Invalid(_)) = all.diagnose(&gc[..gc.len() - 1], Kind::Wasmi) else {
            panic!("not invalid");
        };
    }

    #[test]
    fn an_engine_is_not_asked_for_what_it_lacks() {
        let vain = |text, kind| features(text).asked_in_vain(kind);
        assert_eq!(vain("gc", Kind::Wasmi).unwrap(), "the proposal gc");
        assert_eq!(vain("gc", Kind::Wasmtime), None);
        assert_eq!(vain("all-proposals", Kind::Wasmi), None);
        assert_eq!(vain("shared-memory", Kind::Wasmi).unwrap(), "shared memory");
        assert_eq!(vain("shared-memory", Kind::Winch), None);
    }
}
