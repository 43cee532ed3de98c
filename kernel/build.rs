//! Links the kernel with its linker script.

fn main() {
    println!("cargo::rerun-if-changed=hal/kernel.ld");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("none") {
        let folder = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets the manifest's folder");
        println!("cargo::rustc-link-arg-bins=-T{folder}/hal/kernel.ld");
    }
}
