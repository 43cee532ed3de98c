//! Acts on the directives of a test script, one after the other, and counts what becomes of them.

use std::collections::HashMap;
use std::fmt;
use std::ops::AddAssign;
use std::thread::{self, Scope, ScopedJoinHandle};

use wast::core::WastArgCore;
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::token::Id;
use wast::{
    QuoteWat, Wast, WastArg, WastDirective, WastExecute, WastInvoke, WastRet, WastThread, Wat,
};

use super::decode::decode;
use super::machine::{Failure, Machine, Trap};
use super::stack_size;
use super::value::{Value, expectation};
use crate::features::Features;

/// How many directives had which end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// As the script says.
    pub passed: usize,
    /// Otherwise.
    pub failed: usize,
    /// Not looked at, because engines are free to do what they like.
    pub skipped: usize,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        match self.skipped {
            0 => Ok(()),
            skipped => write!(f, ", {skipped} skipped"),
        }
    }
}

/// What became of a script.
#[derive(Debug, Default)]
pub struct Report {
    /// How many directives had which end.
    pub tally: Tally,
    /// The line and the reason of each failure.
    pub failures: Vec<(usize, String)>,
}

impl Report {
    fn note(&mut self, line: usize, result: Result<Verdict, String>) {
        match result {
            Ok(Verdict::Passed) => self.tally.passed += 1,
            Ok(Verdict::Skipped) => self.tally.skipped += 1,
            Err(reason) => {
                self.tally.failed += 1;
                self.failures.push((line, one_line(&reason)));
            }
        }
    }

    fn add(&mut self, other: Self) {
        self.tally += other.tally;
        self.failures.extend(other.failures);
    }
}

/// Runs the script `text` on `machine`, which has these features.
///
/// # Errors
///
/// A sentence with a place if `text` is no script.
pub fn run(text: &str, machine: Box<dyn Machine>, features: Features) -> Result<Report, String> {
    let syntax = |error: wast::Error| {
        let (line, column) = error.span().linecol_in(text);
        let message = one_line(&error.message());
        format!("syntax error at {}:{}: {message}", line + 1, column + 1)
    };
    let mut lexer = Lexer::new(text);
    // The test suite has such names on purpose.
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer).map_err(syntax)?;
    let script: Wast<'_> = parser::parse(&buffer).map_err(syntax)?;
    Ok(thread::scope(|scope| {
        let runner = Runner {
            text,
            features,
            machine,
            scope,
            threads: Vec::new(),
            definitions: HashMap::new(),
            last_definition: None,
            instances: HashMap::new(),
            current: None,
        };
        runner.act_on_all(script.directives)
    }))
}

/// What became of a directive that did not fail.
enum Verdict {
    Passed,
    Skipped,
}

/// A script being run, or one of its threads.
struct Runner<'a, 'scope> {
    text: &'a str,
    features: Features,
    machine: Box<dyn Machine>,
    /// What threads can be started in…
    scope: &'scope Scope<'scope, 'a>,
    /// …and those that nobody has waited for yet.
    threads: Vec<(&'a str, ScopedJoinHandle<'scope, Report>)>,
    /// The modules that have names.
    definitions: HashMap<&'a str, usize>,
    last_definition: Option<usize>,
    /// The instances that have names.
    instances: HashMap<&'a str, usize>,
    /// The last instance made, which is meant where none is named.
    current: Option<usize>,
}

/// What a script says is wrong with a module.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// It can't be read.
    Malformed,
    /// It can be read and breaks a rule.
    Invalid,
}

/// Numbers of lines, from 1, asked for in the order of the text: counting goes on where it ended.
struct Lines<'a> {
    text: &'a str,
    offset: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            offset: 0,
            line: 1,
        }
    }

    /// The line in which `offset` lies.
    fn of(&mut self, offset: usize) -> usize {
        if offset < self.offset {
            *self = Self::new(self.text);
        }
        let passed = self.text.as_bytes().get(self.offset..offset);
        let passed = passed.unwrap_or_default().iter();
        self.line += passed.filter(|&&byte| byte == b'\n').count();
        self.offset = offset;
        self.line
    }
}

impl<'a> Runner<'a, '_> {
    /// Acts on the directives one after the other, then waits for the threads that are left.
    fn act_on_all(mut self, directives: Vec<WastDirective<'a>>) -> Report {
        let mut report = Report::default();
        let mut lines = Lines::new(self.text);
        for directive in directives {
            let line = lines.of(directive.span().offset());
            let result = self.act(directive, &mut report);
            report.note(line, result);
        }
        for (_, thread) in self.threads.drain(..) {
            report.add(join(thread));
        }
        report
    }

    /// Acts on one directive; an error says what differs from what the script expects.
    fn act(
        &mut self,
        directive: WastDirective<'a>,
        report: &mut Report,
    ) -> Result<Verdict, String> {
        let told = |failure: Failure| failure.to_string();
        match directive {
            WastDirective::Module(module) => {
                let name = module.name();
                // If this fails, what follows must not be tried on an older instance.
                self.current = None;
                let module = self.define(module).map_err(told)?;
                self.instantiate(name, module).map_err(told)?;
            }
            WastDirective::ModuleDefinition(module) => {
                let name = module.name();
                self.last_definition = None;
                let module = self.define(module).map_err(told)?;
                self.last_definition = Some(module);
                if let Some(name) = name {
                    self.definitions.insert(name.name(), module);
                }
            }
            WastDirective::ModuleInstance {
                instance, module, ..
            } => {
                self.current = None;
                let found = match module {
                    Some(id) => self.definitions.get(id.name()).copied(),
                    None => self.last_definition,
                };
                let module = found.ok_or("there is no such module")?;
                self.instantiate(instance, module).map_err(told)?;
            }
            WastDirective::Register { name, module, .. } => {
                let instance = self.instance(module).map_err(told)?;
                self.machine.register(name, instance).map_err(told)?;
            }
            WastDirective::Invoke(call) => {
                self.invoke(call).map_err(told)?;
            }
            WastDirective::AssertReturn { exec, results, .. } => {
                let values = self.execute(exec).map_err(told)?;
                compare(&values, &results)?;
            }
            WastDirective::AssertTrap { exec, message, .. } => {
                expect_trap(self.execute(exec), message)?;
            }
            WastDirective::AssertExhaustion { call, message, .. } => match self.invoke(call) {
                Err(Failure::Trap(Trap::EXHAUSTION)) => {}
                other => return Err(instead(other, &format!("'{message}'"))),
            },
            WastDirective::AssertException { exec, .. } => match self.execute(exec) {
                Err(Failure::Exception) => {}
                other => return Err(instead(other, "an exception")),
            },
            WastDirective::AssertMalformed {
                module, message, ..
            } => self.expect_refusal(module, message, Fault::Malformed)?,
            WastDirective::AssertInvalid {
                module, message, ..
            } => self.expect_refusal(module, message, Fault::Invalid)?,
            WastDirective::AssertUnlinkable {
                module, message, ..
            } => {
                let module = self.define(QuoteWat::Wat(module)).map_err(told)?;
                match self.machine.instantiate(module) {
                    Err(Failure::Unlinkable(_)) => {}
                    Err(other) => return Err(format!("expected '{message}', got {other}")),
                    Ok(_) => return Err(format!("expected '{message}', but it could be linked")),
                }
            }
            WastDirective::AssertInvalidCustom { .. }
            | WastDirective::AssertMalformedCustom { .. } => return Ok(Verdict::Skipped),
            WastDirective::AssertSuspension { .. } => {
                return Err("suspensions are not supported".to_owned());
            }
            WastDirective::Thread(thread) => self.start(thread).map_err(told)?,
            WastDirective::Wait { thread, .. } => {
                let known = |(name, _): &(&str, _)| *name == thread.name();
                let place = self.threads.iter().position(known);
                let place = place.ok_or("there is no such thread")?;
                report.add(join(self.threads.remove(place).1));
            }
        }
        Ok(Verdict::Passed)
    }

    /// Starts a thread of the script, with a store of its own.
    fn start(&mut self, thread: WastThread<'a>) -> Result<(), Failure> {
        let shared = match thread.shared_module {
            Some(id) => Some((id.name(), self.instance(Some(id))?)),
            None => None,
        };
        let machine = self.machine.fork(shared.map(|(_, instance)| instance))?;
        let runner = Runner {
            text: self.text,
            features: self.features,
            machine,
            scope: self.scope,
            threads: Vec::new(),
            definitions: self.definitions.clone(),
            last_definition: self.last_definition,
            instances: shared.iter().map(|(name, _)| (*name, 0)).collect(),
            current: None,
        };
        let started = thread::Builder::new()
            .stack_size(stack_size())
            .spawn_scoped(self.scope, || runner.act_on_all(thread.directives));
        let started = started.map_err(|error| Failure::other(format!("no thread: {error}")))?;
        self.threads.push((thread.name.name(), started));
        Ok(())
    }

    /// Expects that the engine refuses `module`, and for a reason of the right kind.
    ///
    /// The words of the reason are not compared, as each engine has its own. The parser of the text format
    /// resolves names and types, so it may refuse what is only invalid.
    fn expect_refusal(
        &mut self,
        mut module: QuoteWat<'a>,
        words: &str,
        fault: Fault,
    ) -> Result<(), String> {
        let binary = match self.encode(&mut module) {
            Ok(binary) => binary,
            Err(Failure::Malformed(_)) => return Ok(()),
            Err(other) => return Err(format!("expected '{words}', got {other}")),
        };
        let reason = match self.machine.define(&binary) {
            Err(Failure::Invalid(reason)) => reason,
            Err(other) => return Err(format!("expected '{words}', got {other}")),
            Ok(_) => return Err(format!("expected '{words}', but the module is valid")),
        };
        match (fault, decode(&binary, self.features.flags())) {
            (Fault::Malformed, Ok(())) => Err(format!(
                "expected '{words}', but the module can be read: {reason}"
            )),
            (Fault::Invalid, Err(malformed)) => Err(format!(
                "expected '{words}', but the module can't be read: {malformed}"
            )),
            _ => Ok(()),
        }
    }

    /// Compiles a module, from whichever form it has in the script.
    fn define(&mut self, mut module: QuoteWat<'a>) -> Result<usize, Failure> {
        let binary = self.encode(&mut module)?;
        self.machine.define(&binary)
    }

    /// The binary form of a module.
    fn encode(&self, module: &mut QuoteWat<'a>) -> Result<Vec<u8>, Failure> {
        if matches!(
            module,
            QuoteWat::Wat(Wat::Component(_)) | QuoteWat::QuoteComponent(..)
        ) {
            return Err(Failure::other("components are not supported"));
        }
        module
            .encode()
            .map_err(|error| Failure::Malformed(one_line(&error.message())))
    }

    fn instantiate(&mut self, name: Option<Id<'a>>, module: usize) -> Result<usize, Failure> {
        let instance = self.machine.instantiate(module)?;
        self.current = Some(instance);
        if let Some(name) = name {
            self.instances.insert(name.name(), instance);
        }
        Ok(instance)
    }

    /// The instance of this name, or the last one.
    fn instance(&self, name: Option<Id<'a>>) -> Result<usize, Failure> {
        let found = match name {
            Some(id) => self.instances.get(id.name()).copied(),
            None => self.current,
        };
        found.ok_or_else(|| Failure::other("there is no such instance"))
    }

    fn invoke(&mut self, call: WastInvoke<'a>) -> Result<Vec<Value>, Failure> {
        let instance = self.instance(call.module)?;
        let args: Option<Vec<WastArgCore<'_>>> = call
            .args
            .into_iter()
            .map(|arg| match arg {
                WastArg::Core(arg) => Some(arg),
                _ => None,
            })
            .collect();
        let args = args.ok_or_else(|| Failure::other("components are not supported"))?;
        self.machine.invoke(instance, call.name, &args)
    }

    fn execute(&mut self, exec: WastExecute<'a>) -> Result<Vec<Value>, Failure> {
        match exec {
            WastExecute::Invoke(call) => self.invoke(call),
            WastExecute::Wat(module) => {
                let module = self.define(QuoteWat::Wat(module))?;
                self.machine.instantiate(module).map(|_| Vec::new())
            }
            WastExecute::Get { module, global, .. } => {
                let instance = self.instance(module)?;
                self.machine.get(instance, global).map(|value| vec![value])
            }
        }
    }
}

/// Waits for a thread.
fn join(thread: ScopedJoinHandle<'_, Report>) -> Report {
    let joined = thread.join();
    joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Compares what a function returned with what is expected.
fn compare(values: &[Value], expected: &[WastRet<'_>]) -> Result<(), String> {
    if values.len() != expected.len() {
        let (wanted, got) = (expected.len(), values.len());
        return Err(format!("expected {wanted} results, got {got}"));
    }
    for (value, expected) in values.iter().zip(expected) {
        let WastRet::Core(expected) = expected else {
            return Err("components are not supported".to_owned());
        };
        if !value.is(expected) {
            return Err(format!("expected {}, got {value}", expectation(expected)));
        }
    }
    Ok(())
}

/// Whether `outcome` is the trap that `words` mean.
fn expect_trap(outcome: Result<Vec<Value>, Failure>, words: &str) -> Result<(), String> {
    match outcome {
        Err(Failure::Trap(trap)) if trap.is(words) => Ok(()),
        other => Err(instead(other, &format!("'{words}'"))),
    }
}

/// Says what came instead of what is expected.
fn instead(outcome: Result<Vec<Value>, Failure>, expected: &str) -> String {
    match outcome {
        Ok(values) => {
            let values: Vec<_> = values.iter().map(ToString::to_string).collect();
            format!(
                "expected {expected}, but it returned ({})",
                values.join(", ")
            )
        }
        Err(failure) => format!("expected {expected}, got {failure}"),
    }
}

/// Puts a message into one line, without anything that a terminal would obey.
fn one_line(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    let plain = words.join(" ");
    plain
        .chars()
        .map(|letter| {
            if letter.is_control() {
                '\u{fffd}'
            } else {
                letter
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_on_from_where_it_ended() {
        let mut lines = Lines::new("a\n\nbc\nd");
        let found = [0, 1, 2, 3, 4, 6, 3, 0].map(|offset| lines.of(offset));
        assert_eq!(found, [1, 1, 2, 3, 3, 4, 3, 1]);
    }
}
