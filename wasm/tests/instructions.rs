//! Every kind of instruction in a long loop.
//!
//! The interpreter goes from one instruction to the next by tail calls. One that the compiler did not turn
//! into a jump would use a little of the native stack each time, and end in a crash after many.

mod common;

use common::{TempDir, wasm};

/// Rounds of each loop: at 16 bytes of stack each, twice the usual stack of eight megabytes.
///
/// The binary of the tests' own profile has no tail calls and is slow: there it is about the loops' running.
fn rounds() -> u32 {
    if cfg!(debug_assertions) && std::env::var_os("WASM_BIN").is_none() {
        5_000
    } else {
        1_000_000
    }
}

/// Instructions that give a value, with operands that let them go on for ever.
fn values() -> Vec<String> {
    let mut all = Vec::new();
    let mut add = |types: &[&str], operands: &str, names: &str| {
        for ty in types {
            let operands = operands.replace('T', ty);
            all.extend(
                names
                    .split_whitespace()
                    .map(|name| format!("({ty}.{name} {operands})")),
            );
        }
    };
    let integers = &["i32", "i64"];
    let floats = &["f32", "f64"];
    let two = "(local.get $a_T) (local.get $b_T)";
    add(
        integers,
        two,
        "add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr",
    );
    add(
        integers,
        two,
        "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u",
    );
    add(
        integers,
        "(local.get $a_T)",
        "clz ctz popcnt extend8_s extend16_s",
    );
    add(integers, "(local.get $a_T)", "eqz");
    add(floats, two, "add sub mul div min max copysign");
    add(floats, two, "eq ne lt gt le ge");
    add(
        floats,
        "(local.get $a_T)",
        "abs neg ceil floor trunc nearest sqrt",
    );
    add(
        integers,
        "(local.get $a_f64)",
        "trunc_f64_s trunc_f64_u trunc_sat_f64_s trunc_sat_f64_u",
    );
    add(
        integers,
        "(local.get $a_f32)",
        "trunc_f32_s trunc_f32_u trunc_sat_f32_s trunc_sat_f32_u",
    );
    add(floats, "(local.get $a_i32)", "convert_i32_s convert_i32_u");
    add(floats, "(local.get $a_i64)", "convert_i64_s convert_i64_u");
    add(
        integers,
        "(local.get $b_i32)",
        "load load8_s load8_u load16_s load16_u",
    );
    add(floats, "(local.get $b_i32)", "load");
    all.extend([
        "(i32.wrap_i64 (local.get $a_i64))",
        "(i64.extend_i32_s (local.get $a_i32))",
        "(i64.extend_i32_u (local.get $a_i32))",
        "(i64.load32_s (local.get $b_i32))",
        "(i64.load32_u (local.get $b_i32))",
        "(f32.demote_f64 (local.get $a_f64))",
        "(f64.promote_f32 (local.get $a_f32))",
        "(i32.reinterpret_f32 (local.get $a_f32))",
        "(i64.reinterpret_f64 (local.get $a_f64))",
        "(f32.reinterpret_i32 (local.get $a_i32))",
        "(f64.reinterpret_i64 (local.get $a_i64))",
        "(memory.size)",
        "(memory.grow (i32.const 0))",
        "(table.size $t)",
        "(table.grow $t (ref.null func) (i32.const 0))",
        "(ref.is_null (table.get $t (local.get $zero)))",
        "(select (i32.const 1) (i32.const 2) (local.get $zero))",
        "(call $id (local.get $i))",
        "(call_indirect $t (type $id) (local.get $i) (i32.const 0))",
        "(call $tail (local.get $i))",
        "(global.get $g)",
        "(local.tee $other (local.get $i))",
        "(if (result i32) (local.get $zero) (then (i32.const 1)) (else (i32.const 2)))",
        "(block (result i32) (br_table 0 0 (i32.const 1) (local.get $i)))",
        "(call $yield)",
        "(i32x4.extract_lane 0 (i32x4.add (i32x4.splat (local.get $i)) (v128.load (local.get $b_i32))))",
        "(f32x4.extract_lane 1 (f32x4.sqrt (v128.const f32x4 1 2 3 4)))",
        "(i8x16.bitmask (i8x16.swizzle (v128.load (local.get $b_i32)) (v128.load (local.get $b_i32))))",
    ].map(str::to_owned));
    all
}

/// Instructions that give nothing.
const EFFECTS: &[&str] = &[
    "(i32.store (local.get $b_i32) (local.get $i))",
    "(i32.store8 (local.get $b_i32) (local.get $i))",
    "(i32.store16 (local.get $b_i32) (local.get $i))",
    "(i64.store (local.get $b_i32) (i64.const 1))",
    "(i64.store8 (local.get $b_i32) (i64.const 1))",
    "(i64.store16 (local.get $b_i32) (i64.const 1))",
    "(i64.store32 (local.get $b_i32) (i64.const 1))",
    "(f32.store (local.get $b_i32) (f32.const 1))",
    "(f64.store (local.get $b_i32) (f64.const 1))",
    "(v128.store (local.get $b_i32) (v128.const i32x4 1 2 3 4))",
    "(memory.copy (i32.const 32) (i32.const 0) (i32.const 8))",
    "(memory.fill (i32.const 32) (i32.const 1) (i32.const 8))",
    "(memory.init $data (i32.const 0) (i32.const 0) (i32.const 1))",
    "(table.set $t (i32.const 1) (ref.func $id))",
    "(table.copy $t $t (i32.const 1) (i32.const 0) (i32.const 1))",
    "(table.fill $t (i32.const 1) (ref.null func) (i32.const 1))",
    "(table.init $t $elem (i32.const 1) (i32.const 0) (i32.const 1))",
    "(global.set $g (local.get $i))",
    "(nop)",
    "(block (br_if 0 (i32.const 1)))",
];

#[test]
fn no_instruction_uses_up_the_native_stack() {
    let mut bodies: Vec<String> = EFFECTS.iter().map(|&text| text.to_owned()).collect();
    bodies.extend(values().iter().map(|text| format!("(drop {text})")));
    let rounds = rounds();
    let functions: String = bodies
        .iter()
        .enumerate()
        .map(|(index, body)| {
            format!(
                "(func $f{index} (local $i i32) (local $zero i32) (local $other i32)
                   (local $a_i32 i32) (local $b_i32 i32) (local $a_i64 i64) (local $b_i64 i64)
                   (local $a_f32 f32) (local $b_f32 f32) (local $a_f64 f64) (local $b_f64 f64)
                   (local.set $a_i32 (i32.const 77)) (local.set $b_i32 (i32.const 3))
                   (local.set $a_i64 (i64.const 77)) (local.set $b_i64 (i64.const 3))
                   (local.set $a_f32 (f32.const 7.5)) (local.set $b_f32 (f32.const 3))
                   (local.set $a_f64 (f64.const 7.5)) (local.set $b_f64 (f64.const 3))
                   (local.set $i (i32.const {rounds}))
                   (loop $again {body}
                     (br_if $again (local.tee $i (i32.sub (local.get $i) (i32.const 1))))))\n"
            )
        })
        .collect();
    let calls: String = (0..bodies.len())
        .map(|index| format!("(call $f{index})"))
        .collect();
    let text = format!(
        r#"(module
          (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
          (type $id (func (param i32) (result i32)))
          (memory (export "memory") 1)
          (table $t 4 funcref)
          (global $g (mut i32) (i32.const 0))
          (elem (table $t) (i32.const 0) func $id)
          (elem $elem func $id)
          (data $data "x")
          (func $id (type $id) (local.get 0))
          (func $tail (type $id) (return_call $id (local.get 0)))
          {functions}
          (func (export "_start") {calls}))"#
    );
    let temp = TempDir::new();
    wasm([temp.write("m.wat", text)]).run().prints("");
}
