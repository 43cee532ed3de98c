//! Sine, cosine and their relatives (ISO C 7.12.4, 7.12.5). The algorithms are those of the `libm` crate.

/// Arc cosine, in radians.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn acos(x: f64) -> f64 {
    libm::acos(x)
}

/// Arc cosine, in radians. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn acosf(x: f32) -> f32 {
    libm::acosf(x)
}

/// Arc sine, in radians.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn asin(x: f64) -> f64 {
    libm::asin(x)
}

/// Arc sine, in radians. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn asinf(x: f32) -> f32 {
    libm::asinf(x)
}

/// Arc tangent, in radians.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn atan(x: f64) -> f64 {
    libm::atan(x)
}

/// Arc tangent, in radians. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn atanf(x: f32) -> f32 {
    libm::atanf(x)
}

/// Angle of the point (x, y), in radians.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn atan2(y: f64, x: f64) -> f64 {
    libm::atan2(y, x)
}

/// Angle of the point (x, y), in radians. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn atan2f(y: f32, x: f32) -> f32 {
    libm::atan2f(y, x)
}

/// Cosine of an angle in radians.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn cos(x: f64) -> f64 {
    libm::cos(x)
}

/// Cosine of an angle in radians. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn cosf(x: f32) -> f32 {
    libm::cosf(x)
}

/// Sine of an angle in radians.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn sin(x: f64) -> f64 {
    libm::sin(x)
}

/// Sine of an angle in radians. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn sinf(x: f32) -> f32 {
    libm::sinf(x)
}

/// Tangent of an angle in radians.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn tan(x: f64) -> f64 {
    libm::tan(x)
}

/// Tangent of an angle in radians. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn tanf(x: f32) -> f32 {
    libm::tanf(x)
}

/// Inverse hyperbolic cosine.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn acosh(x: f64) -> f64 {
    if x < 1.0 {
        return super::invalid();
    }
    libm::acosh(x)
}

/// Inverse hyperbolic cosine. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn acoshf(x: f32) -> f32 {
    if x < 1.0 {
        return super::invalid() as f32;
    }
    libm::acoshf(x)
}

/// Inverse hyperbolic sine.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn asinh(x: f64) -> f64 {
    libm::asinh(x)
}

/// Inverse hyperbolic sine. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn asinhf(x: f32) -> f32 {
    libm::asinhf(x)
}

/// Inverse hyperbolic tangent.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn atanh(x: f64) -> f64 {
    libm::atanh(x)
}

/// Inverse hyperbolic tangent. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn atanhf(x: f32) -> f32 {
    libm::atanhf(x)
}

/// Hyperbolic cosine.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn cosh(x: f64) -> f64 {
    libm::cosh(x)
}

/// Hyperbolic cosine. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn coshf(x: f32) -> f32 {
    libm::coshf(x)
}

/// Hyperbolic sine.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn sinh(x: f64) -> f64 {
    libm::sinh(x)
}

/// Hyperbolic sine. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn sinhf(x: f32) -> f32 {
    libm::sinhf(x)
}

/// Hyperbolic tangent.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn tanh(x: f64) -> f64 {
    libm::tanh(x)
}

/// Hyperbolic tangent. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn tanhf(x: f32) -> f32 {
    libm::tanhf(x)
}

/// Sine and cosine at once (GNU).
///
/// # Safety
/// Both places are valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sincos(x: f64, sine: *mut f64, cosine: *mut f64) {
    let (s, c) = libm::sincos(x);
    // SAFETY: the caller's places.
    unsafe {
        *sine = s;
        *cosine = c;
    }
}

/// Sine and cosine at once (GNU) (float).
///
/// # Safety
/// Both places are valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sincosf(x: f32, sine: *mut f32, cosine: *mut f32) {
    let (s, c) = libm::sincosf(x);
    // SAFETY: the caller's places.
    unsafe {
        *sine = s;
        *cosine = c;
    }
}
