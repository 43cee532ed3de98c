//! Flags, modes and environments of the two units.

use super::environment::*;
use super::exceptions::*;
use super::rounding::*;
use super::*;

#[test]
fn flags_modes_and_environments_round_trip() {
    const DIVBYZERO: i32 = 4;
    const INEXACT: i32 = 32;
    let mut saved = fenv_t::default();
    // SAFETY: valid places; the environment is restored at the end.
    unsafe {
        fegetenv(&mut saved);
        assert_eq!(feclearexcept(63), 0);
        assert_eq!(fetestexcept(63), 0);
        feraiseexcept(DIVBYZERO | INEXACT);
        assert_eq!(fetestexcept(63), DIVBYZERO | INEXACT);
        let mut flag = 0;
        fegetexceptflag(&mut flag, 63);
        feclearexcept(DIVBYZERO);
        assert_eq!(fetestexcept(63), INEXACT);
        fesetexceptflag(&flag, 63);
        assert_eq!(fetestexcept(63), DIVBYZERO | INEXACT);
        for (mode, expected) in [(0, 2.0), (0x400, 2.0), (0x800, 3.0), (0xc00, 2.0)] {
            assert_eq!(fesetround(mode), 0);
            assert_eq!(fegetround(), mode);
            let x = crate::stdarg::F80::from_f64(2.5);
            assert_eq!(
                crate::math::x87::rint(x).to_f64(),
                expected,
                "mode {mode:#x}"
            );
            assert_eq!(crate::math::rounding::lrint(2.5) as f64, expected);
        }
        assert_ne!(fesetround(1), 0);
        feclearexcept(63);
        assert_eq!(crate::math::rounding::nearbyint(2.5), 2.0);
        assert_eq!(fetestexcept(INEXACT), 0);
        let mut held = fenv_t::default();
        feraiseexcept(INEXACT);
        feholdexcept(&mut held);
        assert_eq!(fetestexcept(63), 0);
        feraiseexcept(DIVBYZERO);
        feupdateenv(&held);
        assert_eq!(fetestexcept(63), INEXACT | DIVBYZERO);
        fesetenv(core::ptr::without_provenance(usize::MAX));
        assert_eq!((fetestexcept(63), fegetround()), (0, 0));
        fesetenv(&saved);
    }
}
