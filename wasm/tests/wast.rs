//! `wasm wast` beyond single directives, which `commands.rs` has: threads, kinds of refusal, many files.

mod common;

use common::{TempDir, wasm};

/// Two threads count in a memory that they share, and a third one waits for the second's notice.
const THREADS: &str = r#"(module $Mem (memory (export "m") 1 1 shared))
(thread $A (shared (module $Mem))
  (register "mem" $Mem)
  (module (memory (import "mem" "m") 1 1 shared)
    (func (export "run") (local $i i32)
      (loop $again
        (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
        (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1000))))))
  (invoke "run"))
(thread $B (shared (module $Mem))
  (register "mem" $Mem)
  (module (memory (import "mem" "m") 1 1 shared)
    (func (export "run") (local $i i32)
      (loop $again
        (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
        (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1000))))
      (i32.atomic.store (i32.const 8) (i32.const 1))
      (drop (memory.atomic.notify (i32.const 8) (i32.const 1)))))
  (assert_return (invoke "run")))
(thread $C (shared (module $Mem))
  (register "mem" $Mem)
  (module (memory (import "mem" "m") 1 1 shared)
    (func (export "run") (result i32)
      (drop (memory.atomic.wait32 (i32.const 8) (i32.const 0) (i64.const -1)))
      (i32.atomic.load (i32.const 8))))
  (assert_return (invoke "run") (i32.const 1))
  (assert_return (invoke "run") (i32.const 2)))
(wait $A)
(wait $B)
(register "mem" $Mem)
(module (memory (import "mem" "m") 1 1 shared)
  (func (export "sum") (result i32) (i32.atomic.load (i32.const 0))))
(assert_return (invoke "sum") (i32.const 2000))
(wait $A)
"#;

#[test]
fn threads_share_a_memory() {
    let temp = TempDir::new();
    let script = temp.write("s.wast", THREADS);
    let script = script.to_str().unwrap();
    let line = |text: &str| {
        1 + THREADS
            .lines()
            .position(|line| line.contains(text))
            .unwrap()
    };
    let wrong = line("(i32.const 2))");
    let last = THREADS.lines().count();
    for engine in ["wasmtime", "winch"] {
        let run = wasm(["wast", "--engine", engine, script]).run();
        let text = run.stdout();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!((run.status, run.stderr().as_str()), (Some(1), ""), "{text}");
        // Nobody waits for the third thread, so it comes last.
        assert_eq!(
            lines[0],
            format!("{script}:{last}: there is no such thread"),
            "{engine}"
        );
        assert_eq!(
            lines[1],
            format!("{script}:{wrong}: expected i32 2, got i32 1"),
            "{engine}"
        );
        assert_eq!(lines[2], format!("{script}: 18 passed, 2 failed"));
        assert_eq!(lines.len(), 4, "{text}");
    }
    let alone = temp.write("alone.wast", "(module)\n(thread $T (invoke \"f\"))\n");
    let alone = alone.to_str().unwrap();
    let run = wasm(["wast", "--engine", "wasmi", alone]).run();
    let reason = format!("{alone}:2: wasmi lacks threads\n");
    assert!(run.stdout().starts_with(&reason), "{}", run.stdout());
}

#[test]
fn a_refusal_must_be_of_the_right_kind() {
    let temp = TempDir::new();
    let invalid = r#"(module binary "\00asm\01\00\00\00" "\08\01\00")"#;
    let malformed = r#"(module binary "\00asm\02\00\00\00")"#;
    let script = format!(
        "(assert_invalid {invalid} \"unknown function\")\n(assert_malformed {malformed} \"version\")\n\
         (assert_malformed {invalid} \"length\")\n(assert_invalid {malformed} \"mismatch\")\n"
    );
    let script = temp.write("s.wast", script);
    let name = script.to_str().unwrap();
    for engine in ["wasmi", "wasmtime", "winch"] {
        let run = wasm(["wast", "--engine", engine, name]).run();
        let text = run.stdout();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 4, "{text}");
        assert!(
            lines[0].starts_with(&format!(
                "{name}:3: expected 'length', but the module can be read: "
            )),
            "{text}"
        );
        assert!(
            lines[1].starts_with(&format!(
                "{name}:4: expected 'mismatch', but the module can't be read: "
            )),
            "{text}"
        );
        assert_eq!(lines[2], format!("{name}: 2 passed, 2 failed"));
    }
}

#[test]
fn all_scripts_of_a_directory_are_run_in_order() {
    let temp = TempDir::new();
    let mut expected = String::new();
    let root = temp.path().display();
    for index in 0..20 {
        // The first takes longest.
        let count = 20 - index;
        let script = "(module (func (export \"f\")))\n(invoke \"f\")\n".repeat(count);
        temp.write(format!("{}/{index:02}.wast", index / 10), script);
        let passed = 2 * count;
        let folder = index / 10;
        expected += &format!("{root}/{folder}/{index:02}.wast: {passed} passed, 0 failed\n");
    }
    temp.write("0/readme", "no script");
    temp.write("1/99.wat", "(module)");
    expected += "total: 420 passed, 0 failed, in 20 files\n";
    let root = root.to_string();
    for jobs in ["1", "2", "50"] {
        wasm(["wast", "--engine", "wasmi", "--jobs", jobs, &root])
            .run()
            .prints(&expected);
    }
    wasm(["wast", "--jobs", "0", &root])
        .run()
        .fails(2, &["'0'"]);
    let one = format!("{root}/0/00.wast");
    let run = wasm(["wast", "--engine", "wasmi", &one, &root, &one]).run();
    assert!(run.stdout().ends_with("in 20 files\n"), "{}", run.stdout());
}
