//! Builds the package again when a migration changes: they are embedded, and Cargo does not look at them by itself.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
