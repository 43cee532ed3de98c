;; Fibonacci numbers, once by recursion and once by addition, and a loop without end.
(module
  (func $fib (export "fib") (param $n i32) (result i64)
    (if (result i64) (i32.lt_u (local.get $n) (i32.const 2))
      (then (i64.extend_i32_u (local.get $n)))
      (else
        (i64.add
          (call $fib (i32.sub (local.get $n) (i32.const 1)))
          (call $fib (i32.sub (local.get $n) (i32.const 2)))))))

  (func (export "fast") (param $n i32) (result i64)
    (local $a i64) (local $b i64) (local $next i64)
    (local.set $b (i64.const 1))
    (block $done
      (loop $again
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $next (i64.add (local.get $a) (local.get $b)))
        (local.set $a (local.get $b))
        (local.set $b (local.get $next))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $again)))
    (local.get $a))

  ;; The golden ratio, from two neighbours.
  (func (export "ratio") (param $a f64) (param $b f64) (result f64 f32)
    (f64.div (local.get $b) (local.get $a))
    (f32.demote_f64 (f64.div (local.get $b) (local.get $a))))

  (func (export "swap") (param v128 i64) (result i64 v128) (local.get 1) (local.get 0))

  (func (export "forever") (loop $again (br $again))))
