//! Modules that were changed at random, on each engine: an orderly end, and the same one on all.
//!
//! What comes of a seed is the same in every run. The modules run in processes of their own, so that one which
//! crashes or hangs is known by its number, and whose output goes nowhere; `MUTANTS` says how many there are to be.

#[path = "../tests/mutants/mutate.rs"]
mod mutate;

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::engine::{Entry, Job, Kind, Outcome, Settings};
use crate::error::Error;
use crate::features::{self, Features};
use crate::limits::{Bounds, Limits};
use crate::module::Module;
use crate::trace::Trace;
use crate::{scratch, wasi};
use mutate::mutant;

/// How many modules a plain run of the tests tries.
const COUNT: u64 = 10_000;
/// Processes that try them at the same time.
const WORKERS: u64 = 2;
/// How long a single one may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// The engines.
const ENGINES: [Kind; 3] = [Kind::Wasmi, Kind::Winch, Kind::Wasmtime];
/// Names of the variables of the environment that tell a worker what to do.
const NUMBERS: &str = "MUTANTS_NUMBERS";
const PROGRESS: &str = "MUTANTS_PROGRESS";

/// What is changed: between them they use each section of the format and most proposals.
const SEEDS: &[&str] = &[
    include_str!("../tests/mutants/wasi.wat"),
    include_str!("../tests/mutants/numbers.wat"),
    include_str!("../tests/mutants/references.wat"),
    include_str!("../tests/mutants/memories.wat"),
];

/// What came of a module, in words that are the same for all engines.
fn end(binary: &[u8], kind: Kind) -> String {
    let module = Module {
        file: PathBuf::from("m"),
        binary: binary.to_vec(),
        compiled: None,
    };
    let settings = Settings {
        features: Features::new(
            &features::parse_switches("all-proposals,stack-switching=n").unwrap(),
        ),
        fuel: true,
    };
    let outcome = kind.engine().run(Job {
        module: &module,
        entry: Entry::Start,
        wasi: wasi::context("m", &[], &[], &[]).unwrap(),
        limits: Limits::new(Bounds {
            memory: Some(16 << 20),
            table: Some(10_000),
            stack: Some(256 << 10),
            instances: Some(100),
        }),
        fuel: Some(200_000),
        settings,
        any_engine: false,
        cache: None,
        coredump: None,
        trace: &Trace::new(false),
    });
    match outcome {
        Ok(Outcome::Exited(status)) => format!("exit {status}"),
        Ok(Outcome::Returned(_)) => "returned".to_owned(),
        Err(Error::Trap { reason, .. }) => format!("trap: {reason}"),
        Err(Error::Limit { .. }) => "limit".to_owned(),
        Err(Error::Module { .. } | Error::Usage(_)) => "refused".to_owned(),
        Err(error) => panic!("{error}"),
    }
}

/// Whether the ends agree, of engines that ran the module at all.
fn agree(ends: &[String]) -> bool {
    // Fuel is spent in each engine's own units, and the stack has frames of each engine's own size.
    let ran = ends
        .iter()
        .filter(|end| !["refused", "limit", "trap: call stack exhausted"].contains(&end.as_str()));
    let mut ran = ran.clone().zip(ran.skip(1));
    ran.all(|(one, other)| one == other)
}

/// Tries the modules with the numbers that the environment names, and leaves a line of counts.
#[test]
#[ignore = "a worker of the other tests"]
fn work() {
    let numbers = std::env::var(NUMBERS).unwrap();
    let (first, count) = numbers.split_once('+').unwrap();
    let (first, count): (u64, u64) = (first.parse().unwrap(), count.parse().unwrap());
    let progress = File::options()
        .write(true)
        .open(std::env::var_os(PROGRESS).unwrap())
        .unwrap();
    let seeds: Vec<_> = SEEDS
        .iter()
        .map(|text| wat::parse_str(text).unwrap())
        .collect();
    // As they are, they run on all engines that have what they need, to the same end.
    for seed in &seeds {
        let ends = ENGINES.map(|kind| end(seed, kind));
        assert!(agree(&ends) && ends[2] == "exit 0", "{ends:?}");
    }
    for number in first..first + count {
        progress.write_all_at(&number.to_le_bytes(), 0).unwrap();
        let module = mutant(&seeds, number);
        let ends = ENGINES.map(|kind| end(&module, kind));
        assert!(agree(&ends), "number {number}: {ends:?}");
        let ran = ends.iter().filter(|end| *end != "refused").count();
        progress
            .write_all_at(&[ran as u8], 8 + number - first)
            .unwrap();
    }
}

/// A process that tries modules.
struct Worker {
    child: Child,
    progress: PathBuf,
    messages: PathBuf,
}

impl Worker {
    fn start(first: u64, count: u64) -> Self {
        let (progress, messages) = (scratch::path(), scratch::path());
        let mut file = File::create(&progress).unwrap();
        file.write_all(&first.to_le_bytes()).unwrap();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "mutants::work", "--ignored", "--nocapture"])
            .env(NUMBERS, format!("{first}+{count}"))
            .env(PROGRESS, &progress)
            .env("RAYON_NUM_THREADS", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&messages).unwrap())
            .spawn()
            .unwrap();
        Self {
            child,
            progress,
            messages,
        }
    }

    /// The number of the module that it is at, and how many engines ran each so far.
    fn state(&self) -> (u64, Vec<u8>) {
        let state = fs::read(&self.progress).unwrap();
        let (number, ran) = state.split_at(8);
        (u64::from_le_bytes(number.try_into().unwrap()), ran.to_vec())
    }

    /// Waits for its end, and returns how many engines ran each module.
    fn finish(mut self) -> Vec<u8> {
        let mut last = (Instant::now(), self.state().0);
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            let number = self.state().0;
            if number != last.1 {
                last = (Instant::now(), number);
            } else if last.0.elapsed() > PATIENCE {
                self.child.kill().unwrap();
            }
            thread::sleep(Duration::from_millis(20));
        };
        let (number, ran) = self.state();
        let messages = fs::read_to_string(&self.messages).unwrap();
        assert!(
            status.success(),
            "number {number}: {status}: {messages}\nmodule: {}",
            self.keep(number).display()
        );
        ran
    }

    /// Leaves the module of this number behind for whoever looks into it.
    fn keep(&self, number: u64) -> &Path {
        let seeds: Vec<_> = SEEDS
            .iter()
            .map(|text| wat::parse_str(text).unwrap())
            .collect();
        fs::write(&self.messages, mutant(&seeds, number)).unwrap();
        &self.messages
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.progress);
        if !thread::panicking() {
            let _ = fs::remove_file(&self.messages);
        }
    }
}

#[test]
fn each_has_an_orderly_end() {
    let count = match std::env::var("MUTANTS") {
        Ok(count) => count.parse().unwrap(),
        Err(_) => COUNT,
    };
    let share = count.div_ceil(WORKERS);
    let workers: Vec<_> = (0..WORKERS)
        .map(|worker| Worker::start(worker * share, share))
        .collect();
    let ran: Vec<u8> = workers.into_iter().flat_map(Worker::finish).collect();
    assert_eq!(ran.len() as u64, share * WORKERS);
    // Changes that nothing notices, or that nothing survives, would be a test of nothing.
    let run = ran.iter().filter(|&&engines| engines > 0).count() as u64;
    println!("{run} of {} ran on at least one engine", ran.len());
    assert!(
        (count / 20..count * 19 / 20).contains(&run),
        "{run} of {count}"
    );
}
