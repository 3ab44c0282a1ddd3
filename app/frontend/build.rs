//! Has the linker keep what it knows of addresses: `server/site/build` takes the browser half apart by it.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-link-arg-cdylib=--emit-relocs");
}
