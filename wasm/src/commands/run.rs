//! `wasm run`: runs a program, or calls one function of a module. What `wasm FILE` does as well.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use wasmparser::WasmFeatures;

use crate::cache::Cache;
use crate::cli::{self, Request};
use crate::engine::{self, Choice, Entry, Job, Kind, Outcome, Settings};
use crate::error::Error;
use crate::features::{self, Features, Switch};
use crate::limits::{Bounds, Limits};
use crate::module::{Module, Trust};
use crate::trace::Trace;
use crate::wasi::{self, Grant, Variable};
use crate::watchdog::Watchdog;
use crate::{complain, print};

/// What follows the options in the help.
fn examples() -> String {
    format!(
        "\
Examples:
  wasm hello.wasm Ada                   run a program with an argument
  wasm --dir . cat.wasm notes.txt       let it use the current directory
  wasm --dir /srv/data::/data app.wasm  let it use /srv/data, under the name /data
  wasm --env LANG=C app.wasm            give it an environment variable
  wasm --invoke fib math.wat 30         call one function and print what it returns
  wasm --fuel 1000000 app.wasm          stop it after so many steps
  wasm compile app.wasm                 compile it into app.cwasm, which starts faster

Commands (wasm COMMAND --help tells more; a file of that name is run as ./COMMAND):
{}

A program gets standard input, output and error, and nothing else that it is not granted.

Exit status:
  that of the program; or 1 if the module can't be run, 2 if the command line is wrong,
  125 if the program used up a limit, 134 if it trapped.",
        super::list()
    )
}

/// The options, ready for use.
#[derive(Debug, Parser)]
#[command(
    version,
    about = "Run a WebAssembly program, from a binary (.wasm), text (.wat) or compiled (.cwasm) module",
    override_usage = "wasm [OPTIONS] FILE [ARGS]...\n       wasm COMMAND ...",
    after_help = examples(),
    max_term_width = 100
)]
pub struct Options {
    /// Let the program use the directory HOST, under the name GUEST if one is given; only look at it, with :ro
    #[arg(long = "dir", value_name = "HOST[::GUEST][:ro]", value_parser = cli::parse_grant)]
    pub grants: Vec<Grant>,

    /// Set a variable in the program's environment, which is empty otherwise
    #[arg(long = "env", value_name = "NAME=VALUE", value_parser = cli::parse_variable)]
    pub variables: Vec<Variable>,

    /// Give the program all variables of this environment
    #[arg(long)]
    pub inherit_env: bool,

    /// Call the exported function NAME with ARGS as its parameters and print its results
    #[arg(long, value_name = "NAME")]
    pub invoke: Option<String>,

    /// What runs the program
    #[arg(long, value_name = "ENGINE", default_value = "auto")]
    pub engine: Choice,

    /// Switch a proposal on or off; '-W help' lists them
    #[arg(short = 'W', value_name = "NAME=y|n", value_parser = features::parse_switches)]
    pub switches: Vec<Vec<Switch>>,

    /// Stop the program after N units of fuel, about one for each instruction
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub fuel: Option<u64>,

    /// Stop the program after this time, with a suffix ms, s, m or h; compilation counts
    #[arg(long, value_name = "TIME", value_parser = cli::parse_time)]
    pub timeout: Option<Duration>,

    /// Largest size of each linear memory in bytes, with a suffix K, M or G if wanted [default: 1G]
    #[arg(long, value_name = "SIZE", value_parser = cli::parse_size)]
    pub max_memory: Option<u64>,

    /// Largest number of elements of all tables together [default: 10000000]
    #[arg(long, value_name = "N")]
    pub max_table: Option<u64>,

    /// Bytes of the stack for calls [default: 16M]
    #[arg(long, value_name = "SIZE", value_parser = cli::parse_stack)]
    pub max_stack: Option<u64>,

    /// Largest number of instances, of memories and of tables [default: 10000]
    #[arg(long, value_name = "N")]
    pub max_instances: Option<usize>,

    /// Write a core dump to FILE if the program traps
    #[arg(long, value_name = "FILE")]
    pub coredump: Option<PathBuf>,

    /// Run compiled code whatever its file is called; it can do all that you can
    #[arg(long)]
    pub allow_precompiled: bool,

    /// Keep compiled code in DIR [default: ~/.cache/wasm]
    #[arg(long, value_name = "DIR", conflicts_with = "no_cache")]
    pub cache_dir: Option<PathBuf>,

    /// Neither use nor keep compiled code
    #[arg(long)]
    pub no_cache: bool,

    /// Say what is done and how long it takes
    #[arg(short, long)]
    pub verbose: bool,

    /// The module, or - for standard input, and the program's arguments
    #[arg(value_name = "FILE", required = true, num_args = 1.., trailing_var_arg = true)]
    command: Vec<OsString>,
}

impl Options {
    /// The module's file.
    pub fn file(&self) -> PathBuf {
        PathBuf::from(&self.command[0])
    }

    /// The program's arguments, without its name.
    ///
    /// # Errors
    ///
    /// WASI passes arguments as UTF-8; any other is refused.
    pub fn program_args(&self) -> Result<Vec<String>, Error> {
        self.command[1..]
            .iter()
            .map(|arg| match arg.to_str() {
                Some(arg) => Ok(arg.to_owned()),
                None => Err(Error::Usage(format!(
                    "the argument {arg:?} is not valid UTF-8"
                ))),
            })
            .collect()
    }
}

/// Runs what `args` name and returns the program's exit status.
///
/// # Errors
///
/// See [`Error`]: each kind has its own exit status.
pub fn main(args: Vec<OsString>) -> Result<i32, Error> {
    if cli::asks_for_proposals(&args) {
        return print(features::help()).map(|()| 0);
    }
    match cli::parse::<Options>("wasm", args)? {
        Request::Act(options) => run(&options),
        Request::Print(text) => print(&text).map(|()| 0),
    }
}

/// Runs what `options` name and returns the program's exit status.
fn run(options: &Options) -> Result<i32, Error> {
    let trace = Trace::new(options.verbose);
    let file = options.file();
    let args = options.program_args()?;
    let _watchdog = match options.timeout {
        Some(limit) => Some(Watchdog::start(&file, limit)?),
        None => None,
    };
    let trust = match options.allow_precompiled {
        true => Trust::Given,
        false => Trust::ByName,
    };
    let module = trace
        .timed("reading the module", || Module::load_program(&file, trust))
        .map_err(|error| super::misspelt(&file, error))?;
    let settings = settings(options, &module)?;
    let cache = match module.compiled {
        Some(_) => None,
        None => cache(options, &trace)?,
    };
    let kind = choose(options, &module, &settings, cache.as_ref(), &trace)?;

    let (entry, program_args) = match &options.invoke {
        Some(name) => (Entry::Invoke(name.clone(), args.clone()), &[][..]),
        None => (Entry::Start, args.as_slice()),
    };
    let name = file.to_string_lossy();
    let variables = variables(options, &trace);
    let wasi = wasi::context(&name, program_args, &variables, &options.grants)?;
    let refusals = wasi.refusals();
    let limits = Limits::new(Bounds {
        memory: options.max_memory,
        table: options.max_table,
        stack: options.max_stack,
        instances: options.max_instances,
    });
    let growth = limits.refused();
    let outcome = kind.engine().run(Job {
        module: &module,
        entry,
        wasi,
        limits,
        fuel: options.fuel,
        settings,
        any_engine: options.engine == Choice::Auto,
        cache: cache.as_ref(),
        coredump: options.coredump.clone(),
        trace: &trace,
    });
    let explain = || {
        let grant = refusals.hint(&options.grants, program_args);
        for hint in growth.take().into_iter().chain(grant) {
            complain(&format!("hint: {hint}"));
        }
    };
    match outcome {
        Ok(Outcome::Returned(values)) => {
            let lines: String = values.iter().map(|value| format!("{value}\n")).collect();
            print(&lines)?;
            Ok(0)
        }
        Ok(Outcome::Exited(status)) => {
            if status != 0 {
                explain();
            }
            Ok(status)
        }
        Err(error @ Error::Trap { .. }) => {
            complain(&error.to_string());
            explain();
            if kind == Kind::Wasmi {
                complain("hint: for a backtrace, run it again with --engine wasmtime");
            }
            Ok(error.exit_code())
        }
        Err(error) => Err(error),
    }
}

/// How the engine is to be set up: as the command line says, or as compiled code needs it.
fn settings(options: &Options, module: &Module) -> Result<Settings, Error> {
    let switches: Vec<_> = options.switches.iter().flatten().cloned().collect();
    let features = Features::new(&switches);
    let fuel = options.fuel.is_some();
    let Some(artifact) = &module.compiled else {
        return Ok(Settings { features, fuel });
    };
    let header = &artifact.header;
    if fuel && !header.fuel {
        return Err(module.error("was compiled without counting fuel; see 'wasm compile --fuel'"));
    }
    if !switches.is_empty() && features.within(header.compiler).bits() != header.features {
        return Err(module.error("was compiled with other proposals switched on than -W says"));
    }
    let features = Features::from_bits(header.features)
        .ok_or_else(|| module.error("was compiled with proposals that are unknown"))?;
    Ok(Settings {
        features,
        fuel: header.fuel,
    })
}

/// Which engine is to run `module`.
fn choose(
    options: &Options,
    module: &Module,
    settings: &Settings,
    cache: Option<&Cache>,
    trace: &Trace,
) -> Result<Kind, Error> {
    let named = match options.engine {
        Choice::Auto => None,
        Choice::Wasmi => Some(Kind::Wasmi),
        Choice::Wasmtime => Some(Kind::Wasmtime),
        Choice::Winch => Some(Kind::Winch),
    };
    let Some(kind) = named else {
        let coredump = options.coredump.is_some();
        let (kind, reason) = engine::choose(module, settings, cache, coredump);
        trace.note(format_args!("engine {}, because {reason}", kind.name()));
        return Ok(kind);
    };
    if let Some(vain) = settings.features.asked_in_vain(kind) {
        return Err(Error::Usage(format!(
            "{} lacks {vain}; --engine wasmtime has it",
            kind.name()
        )));
    }
    if kind == Kind::Wasmi && options.coredump.is_some() {
        return Err(Error::Usage(
            "wasmi makes no core dumps; --engine wasmtime does".to_owned(),
        ));
    }
    if let Some(artifact) = &module.compiled
        && artifact.header.compiler != kind
    {
        return Err(module.error(format!(
            "holds code for {}, not for {}",
            artifact.header.compiler.name(),
            kind.name()
        )));
    }
    if kind == Kind::Wasmi && !settings.features.has(WasmFeatures::GC_TYPES) {
        return Err(Error::Usage("wasmi can't switch gc-support off".to_owned()));
    }
    Ok(kind)
}

/// Opens the cache. That the default one can't be used is no reason to stop; that one was asked for in vain is.
fn cache(options: &Options, trace: &Trace) -> Result<Option<Cache>, Error> {
    if options.no_cache || options.engine == Choice::Wasmi {
        return Ok(None);
    }
    if let Some(dir) = &options.cache_dir {
        return match Cache::open(dir) {
            Ok(cache) => Ok(Some(cache)),
            Err(reason) => Err(Error::Usage(format!(
                "can't use the cache '{}': {reason}",
                dir.display()
            ))),
        };
    }
    let Some(dir) = Cache::default_dir() else {
        trace.note("no cache: neither XDG_CACHE_HOME nor HOME is set");
        return Ok(None);
    };
    Ok(Cache::open(&dir)
        .inspect_err(|reason| {
            trace.note(format_args!(
                "the cache '{}' is not used: {reason}",
                dir.display()
            ));
        })
        .ok())
}

/// The program's environment. What `--env` says goes before what is inherited.
fn variables(options: &Options, trace: &Trace) -> Vec<Variable> {
    let mut variables = Vec::new();
    if options.inherit_env {
        for (name, value) in std::env::vars_os() {
            let (Ok(name), Ok(value)) = (name.clone().into_string(), value.into_string()) else {
                trace.note(format_args!(
                    "the variable {name:?} is not valid UTF-8 and left out"
                ));
                continue;
            };
            if !options.variables.iter().any(|given| given.name == name) {
                variables.push(Variable { name, value });
            }
        }
    }
    variables.extend(options.variables.iter().cloned());
    variables
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(args: &[&str]) -> Options {
        let args = args.iter().map(OsString::from).collect();
        match cli::parse("wasm", args) {
            Ok(Request::Act(options)) => options,
            Ok(Request::Print(text)) => panic!("printed: {text}"),
            Err(error) => panic!("refused: {error}"),
        }
    }

    fn refusal(args: &[&str]) -> String {
        let args = args.iter().map(OsString::from).collect();
        match cli::parse::<Options>("wasm", args) {
            Err(error) => error.to_string(),
            Ok(_) => panic!("accepted: {args:?}", args = ()),
        }
    }

    #[test]
    fn options_end_at_the_file() {
        let options = run(&["--fuel", "9", "a.wasm", "--fuel", "x", "--", "--help"]);
        assert_eq!(options.fuel, Some(9));
        assert_eq!(options.file(), PathBuf::from("a.wasm"));
        assert_eq!(
            options.program_args().unwrap(),
            ["--fuel", "x", "--", "--help"]
        );
    }

    #[test]
    fn a_double_dash_may_precede_the_file() {
        let options = run(&["--", "-odd.wasm", "-1"]);
        assert_eq!(options.file(), PathBuf::from("-odd.wasm"));
        assert_eq!(options.program_args().unwrap(), ["-1"]);
    }

    #[test]
    fn a_grant_may_carry_another_name() {
        let options = run(&["--dir", "/a/b::/c", "--dir=.", "a.wasm"]);
        let names: Vec<_> = options
            .grants
            .iter()
            .map(|grant| grant.guest.as_str())
            .collect();
        assert_eq!(names, ["/c", "."]);
        assert_eq!(options.grants[0].host, PathBuf::from("/a/b"));
    }

    #[test]
    fn errors_are_one_line() {
        for args in [
            &["--drr", ".", "a.wasm"][..],
            &["--env", "x", "a.wasm"],
            &["--fuel", "-1", "a.wasm"],
            &["--fuel"],
            &["--dir", "::", "a.wasm"],
            &["--max-memory", "lots", "a.wasm"],
            &[],
        ] {
            let message = refusal(args);
            assert_eq!(message.lines().count(), 1, "{args:?}: {message}");
        }
        assert!(refusal(&["--fule", "1", "a.wasm"]).contains("did you mean '--fuel'"));
    }
}
