//! `<strings.h>`: comparison without case, first set bit (POSIX.1). `bcopy`, `bzero`, `bcmp`, `index` and
//! `rindex`, which the header declares too, live beside their namesakes in `string`.

pub mod bits;
pub mod compare;
