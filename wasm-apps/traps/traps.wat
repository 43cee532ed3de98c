;; One function for each way to trap.
(module
  (memory 1)
  (table 2 funcref)
  (type $nothing (func))
  (elem (i32.const 0) $returns)

  (func $returns (result i32) (i32.const 1))

  (func (export "unreachable") (unreachable))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "store") (param i32) (i32.store8 (local.get 0) (i32.const 1)))
  (func (export "fill") (memory.fill (i32.const 65535) (i32.const 0) (i32.const 2)))
  (func (export "divide") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func (export "remainder") (param i64 i64) (result i64) (i64.rem_u (local.get 0) (local.get 1)))
  (func (export "truncate") (param f64) (result i32) (i32.trunc_f64_s (local.get 0)))
  (func $overflow (export "overflow") (call $overflow) (call $overflow))
  (func (export "indirect") (param i32) (call_indirect (type $nothing) (local.get 0)))
  (func (export "fine") (result i32) (call $returns)))
