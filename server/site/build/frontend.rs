//! The browser half as cargo makes it: another call of it, with a target folder of its own, as in one call the features
//! of both halves would be mixed.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The file that cargo makes of the browser half: the one that `FRONTEND` names, else built now.
pub(crate) fn find_or_build(root: &Path, out: &Path, release: bool) -> Result<PathBuf, Box<dyn Error>> {
    if let Some(ready) = std::env::var_os("FRONTEND").map(PathBuf::from) {
        // Cargo runs this in the folder of the package; people name files from where they are, which is the workspace.
        let ready = root.join(ready);
        println!("cargo::rerun-if-changed={}", ready.display());
        return if ready.is_file() { Ok(ready) } else { Err(format!("FRONTEND: no file {}", ready.display()).into()) };
    }
    build(root, out, release)
}

fn build(root: &Path, out: &Path, release: bool) -> Result<PathBuf, Box<dyn Error>> {
    if std::env::var_os("CARGO_CFG_ERASE_COMPONENTS").is_none() {
        return Err(
            "RUSTFLAGS replaces the flags of .cargo/config.toml: add --cfg erase_components to it, or unset it".into(),
        );
    }
    let profile = if release { "wasm-release" } else { "wasm-dev" };
    // OUT_DIR is <target>/<profile>/build/<package>/out.
    let target = out.ancestors().nth(4).ok_or("OUT_DIR is not inside a target folder")?.join("front");
    let mut cargo = Command::new(std::env::var("CARGO")?);
    cargo.current_dir(root).args(["build", "--package", "frontend", "--target", "wasm32-unknown-unknown", "--locked"]);
    cargo.args(["--profile", profile]).arg("--target-dir").arg(&target);
    if called_offline() {
        cargo.arg("--offline");
    }
    // What cargo sets for a native build script is wrong for the browser half.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        let native = ["CARGO_FEATURE_", "CARGO_CFG_", "CARGO_PKG_"].iter().any(|prefix| name.starts_with(prefix));
        let native = native
            || ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "TARGET", "HOST", "CARGO_BUILD_TARGET"].contains(&&*name);
        if native || ["RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "CARGO_MANIFEST_DIR", "OUT_DIR"].contains(&&*name) {
            cargo.env_remove(&*name);
        }
    }
    if !cargo.status()?.success() {
        return Err("the browser half does not build; is the target there? run: rustup toolchain install".into());
    }
    Ok(target.join("wasm32-unknown-unknown").join(profile).join("frontend.wasm"))
}

/// Whether the cargo that runs this was told to stay off the network. It passes nothing of that on to build scripts
/// (`CARGO_NET_OFFLINE` goes on by itself), but on Linux its arguments can be read.
fn called_offline() -> bool {
    let parent = std::os::unix::process::parent_id();
    let arguments = std::fs::read(format!("/proc/{parent}/cmdline")).unwrap_or_default();
    arguments.split(|octet| *octet == 0).any(|argument| [&b"--offline"[..], b"--frozen"].contains(&argument))
}
