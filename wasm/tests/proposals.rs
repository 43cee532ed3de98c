//! Each proposal on each engine: it works, or one line names what is missing and who has it or how it is switched on.

mod common;

use std::path::Path;

use common::{Outcome, TempDir, wasm};

/// A module that needs one proposal and whose export `get` returns 7.
struct Case {
    /// What `-W` calls it.
    name: &'static str,
    text: &'static str,
    /// Those of wasmi and winch that have it.
    engines: &'static [&'static str],
    /// Whether it is on by default.
    on: bool,
}

const CASES: &[Case] = &[
    Case {
        name: "multi-value",
        text: r#"(module (func $two (result i32 i32) (i32.const 3) (i32.const 4))
          (func (export "get") (result i32) (i32.add (call $two))))"#,
        engines: &["wasmi", "winch"],
        on: true,
    },
    Case {
        name: "bulk-memory",
        text: r#"(module (memory 1) (func (export "get") (result i32)
          (memory.fill (i32.const 0) (i32.const 7) (i32.const 4)) (i32.load8_u (i32.const 3))))"#,
        engines: &["wasmi", "winch"],
        on: true,
    },
    Case {
        name: "reference-types",
        text: r#"(module (table $a 1 funcref) (table $b 7 funcref)
          (func (export "get") (result i32) (table.size $b)))"#,
        engines: &["wasmi", "winch"],
        on: true,
    },
    Case {
        name: "simd",
        text: r#"(module (func (export "get") (result i32)
          (i32x4.extract_lane 1 (i32x4.add (v128.const i32x4 1 2 3 4) (i32x4.splat (i32.const 5))))))"#,
        engines: &["wasmi", "winch"],
        on: true,
    },
    Case {
        name: "relaxed-simd",
        text: r#"(module (func (export "get") (result i32) (i32.trunc_f32_s
          (f32x4.extract_lane 0 (f32x4.relaxed_madd
            (v128.const f32x4 2 2 2 2) (v128.const f32x4 3 3 3 3) (v128.const f32x4 1 1 1 1))))))"#,
        engines: &["wasmi"],
        on: true,
    },
    Case {
        name: "tail-call",
        text: r#"(module (func $f (param i32) (result i32)
            (if (result i32) (local.get 0)
              (then (return_call $f (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 7))))
          (func (export "get") (result i32) (call $f (i32.const 1000000))))"#,
        engines: &["wasmi"],
        on: true,
    },
    Case {
        name: "extended-const",
        text: r#"(module (global $g i32 (i32.add (i32.const 3) (i32.const 4)))
          (func (export "get") (result i32) (global.get $g)))"#,
        engines: &["wasmi", "winch"],
        on: true,
    },
    Case {
        name: "multi-memory",
        text: r#"(module (memory $a 1) (memory $b 1) (data (memory $b) (i32.const 0) "\07")
          (func (export "get") (result i32)
            (i32.add (i32.load $a (i32.const 0)) (i32.load $b (i32.const 0)))))"#,
        engines: &["wasmi", "winch"],
        on: true,
    },
    Case {
        name: "memory64",
        text: r#"(module (memory i64 1) (data (i64.const 8) "\07")
          (func (export "get") (result i32) (i32.load (i64.const 8))))"#,
        engines: &["wasmi", "winch"],
        on: true,
    },
    Case {
        name: "threads",
        text: r#"(module (memory 1) (func (export "get") (result i32)
          (drop (i32.atomic.rmw.add (i32.const 8) (i32.const 7))) (i32.atomic.load (i32.const 8))))"#,
        engines: &["winch"],
        on: true,
    },
    Case {
        name: "function-references",
        text: r#"(module (type $t (func (result i32))) (elem declare func $f)
          (func $f (type $t) (i32.const 7))
          (func (export "get") (result i32) (call_ref $t (ref.func $f))))"#,
        engines: &[],
        on: true,
    },
    Case {
        name: "gc",
        text: r#"(module (type $s (struct (field i32)))
          (func (export "get") (result i32) (struct.get $s 0 (struct.new $s (i32.const 7)))))"#,
        engines: &[],
        on: true,
    },
    Case {
        name: "exceptions",
        text: r#"(module (tag $t (param i32)) (func (export "get") (result i32)
          (block $caught (result i32) (try_table (catch $t $caught) (throw $t (i32.const 7))) (i32.const 0))))"#,
        engines: &[],
        on: true,
    },
    Case {
        name: "custom-page-sizes",
        text: r#"(module (memory 7 (pagesize 1)) (func (export "get") (result i32) (memory.size)))"#,
        engines: &["wasmi", "winch"],
        on: false,
    },
    Case {
        name: "wide-arithmetic",
        text: r#"(module (func (export "get") (result i32) (local $high i64)
          (local.set $high (i64.mul_wide_u (i64.const -1) (i64.const 8)))
          (drop) (i32.wrap_i64 (local.get $high))))"#,
        engines: &["wasmi", "winch"],
        on: false,
    },
    Case {
        name: "stack-switching",
        text: r#"(module (type $f (func)) (type $k (cont $f)) (tag $pause (param i32))
          (elem declare func $work)
          (func $work (suspend $pause (i32.const 7)))
          (func (export "get") (result i32)
            (block $paused (result i32 (ref $k))
              (resume $k (on $pause $paused) (cont.new $k (ref.func $work)))
              (return (i32.const 0)))
            (drop)))"#,
        engines: &[],
        on: false,
    },
];

fn run(options: &[&str], module: &Path) -> Outcome {
    let module = module.to_str().unwrap();
    let invoke = ["--no-cache", "--invoke", "get", module];
    wasm(options.iter().copied().chain(invoke)).run()
}

#[test]
fn each_works_or_is_named() {
    let temp = TempDir::new();
    for case in CASES {
        let module = temp.write(format!("{}.wat", case.name), case.text);
        let (on, off) = (format!("-W{}", case.name), format!("-W{}=n", case.name));
        for engine in ["wasmi", "winch", "wasmtime", "auto"] {
            let engine_option = format!("--engine={engine}");
            let has = !["wasmi", "winch"].contains(&engine) || case.engines.contains(&engine);
            let plain = run(&[&engine_option], &module);
            match (has, case.on) {
                (true, true) => plain.prints("7\n"),
                (false, true) => plain.fails(1, &[case.name, engine, "--engine wasmtime has it"]),
                (_, false) => plain.fails(1, &[case.name, "switch on with -W"]),
            }
            let asked = run(&[&engine_option, &on], &module);
            match has {
                true => asked.prints("7\n"),
                false => asked.fails(2, &[case.name, engine, "--engine wasmtime has it"]),
            }
            let without = run(&[&engine_option, &off], &module);
            without.fails(1, &[case.name, "switch on with -W"]);
        }
    }
}

#[test]
fn the_help_tells_the_truth() {
    let help = wasm(["-W", "help"]).run().stdout();
    for case in CASES {
        let row = help
            .lines()
            .find(|line| line.split_whitespace().next() == Some(case.name))
            .unwrap();
        let cells: Vec<_> = row.split_whitespace().collect();
        let word = |engine| match case.engines.contains(&engine) {
            true => "yes",
            false => "no",
        };
        let on = if case.on { "on" } else { "off" };
        assert_eq!(cells, [case.name, on, word("wasmi"), "yes", word("winch")]);
    }
    // Besides these: gc-support, which is no language of its own, shared memory and the word for all.
    assert_eq!(help.lines().count(), 1 + CASES.len() + 3, "{help}");
}

#[test]
fn references_to_the_host_are_not_for_winch() {
    let temp = TempDir::new();
    // Of a size for which auto would take Winch.
    let padding =
        r#"(func (param i32) (result i32) (i32.mul (local.get 0) (i32.const 123456789)))"#;
    let text = format!(
        r#"(module (table 7 externref) (func (export "get") (result i32) (table.size)) {})"#,
        padding.repeat(16_000)
    );
    let module = temp.write("m.wasm", wat::parse_str(text).unwrap());
    run(&["--engine=winch"], &module)
        .fails(1, &["externref", "winch lacks", "--engine wasmtime has it"]);
    for engine in ["auto", "wasmi", "wasmtime"] {
        run(&["--engine", engine], &module).prints("7\n");
    }
}

/// Adds up in a shared memory, its own or imported.
const SHARED: &str = r#"(module MEMORY
  (func (export "get") (result i32)
    (drop (i32.atomic.rmw.add (i32.const 8) (i32.const 7)))
    (drop (memory.atomic.notify (i32.const 8) (i32.const 1)))
    (drop (memory.atomic.wait32 (i32.const 8) (i32.const 0) (i64.const 1000)))
    (i32.atomic.load (i32.const 8)))
  (func (export "grow") (result i32) (memory.grow (i32.const 100))))"#;

#[test]
fn shared_memory_is_had_for_the_asking() {
    let temp = TempDir::new();
    for memory in [
        r#"(memory 1 4 shared)"#,
        r#"(memory (export "memory") 1 4 shared)"#,
        r#"(import "env" "memory" (memory 1 4 shared))"#,
    ] {
        let module = temp.write("m.wat", SHARED.replace("MEMORY", memory));
        for engine in ["winch", "wasmtime", "auto"] {
            let engine = format!("--engine={engine}");
            run(&[&engine], &module).fails(1, &["shared memory", "-W shared-memory"]);
            run(&[&engine, "-Wshared-memory"], &module).prints("7\n");
            run(&[&engine, "-Wshared-memory=n"], &module).fails(1, &["-W shared-memory"]);
            // Nobody is asked when it grows, so what it may grow to is what counts.
            let limit = [&engine, "-Wshared-memory", "--max-memory=192K"];
            run(&limit, &module).fails(125, &["shared memory of up to 256 KiB", "--max-memory"]);
        }
        run(&["--engine=wasmi"], &module).fails(1, &["threads", "--engine wasmtime has it"]);
        run(&["--engine=wasmi", "-Wshared-memory"], &module)
            .fails(2, &["wasmi lacks shared memory"]);

        let code = temp.path().join("m.cwasm");
        let compile = |switches: &[&str]| {
            let files = [module.to_str().unwrap(), "-o", code.to_str().unwrap()];
            wasm(["compile"].iter().chain(switches).chain(&files)).run()
        };
        compile(&[]).fails(1, &["-W shared-memory"]);
        compile(&["-Wshared-memory"]).prints("");
        run(&[], &code).prints("7\n");
    }
    // A memory of that kind that is not asked for by the right type.
    let plain = temp.write(
        "m.wat",
        r#"(module (import "env" "memory" (memory 1)) (func (export "get")))"#,
    );
    run(&["-Wshared-memory"], &plain).fails(1, &["unknown import 'env.memory'"]);
}
