//! Builds the browser half and lays the site out for embedding: one `cargo build` makes the whole program.
//!
//! With `SKIP_SITE` set nothing is built, for checks that never serve a page. With `FRONTEND` set to a file, that is the
//! browser half as another call of cargo made it, and no cargo is called from here.

#[path = "build/bundle.rs"]
mod bundle;
#[path = "build/files.rs"]
mod files;
#[path = "build/frontend.rs"]
mod frontend;
#[path = "build/pieces.rs"]
mod pieces;
#[path = "build/snip.rs"]
mod snip;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// What a site is made of, in the folder of the workspace.
const INPUTS: [&str; 5] = ["app", "style", "public", "Cargo.toml", "Cargo.lock"];

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("../..");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    println!("cargo::rerun-if-env-changed=SKIP_SITE");
    println!("cargo::rerun-if-env-changed=FRONTEND");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    for input in INPUTS {
        println!("cargo::rerun-if-changed={}", root.join(input).display());
    }
    let site = out.join("site");
    let _ = fs::remove_dir_all(&site);
    fs::create_dir_all(&site)?;
    files::copy(&root.join("public"), &site)?;
    let (pkg, pieces) = if std::env::var_os("SKIP_SITE").is_some() {
        ("pkg/none".to_owned(), String::new())
    } else {
        build_site(&root, &out, &site)?
    };
    println!("cargo::rustc-env=SITE_DIR={}", site.display());
    println!("cargo::rustc-env=PKG_DIR={pkg}");
    println!("cargo::rustc-env=PIECES={pieces}");
    Ok(())
}

/// Fills the site folder. Answers the folder of the bundle inside it, which is named after its contents: what is cached
/// under that name is right for ever. Answers the files of its pieces besides.
fn build_site(root: &Path, out: &Path, site: &Path) -> Result<(String, String), Box<dyn Error>> {
    let release = std::env::var("PROFILE")? == "release";
    let wasm = frontend::find_or_build(root, out, release)?;
    let folder = out.join("bundle");
    let _ = fs::remove_dir_all(&folder);
    let pieces = bundle::make(root, &wasm, &folder, release)?;
    let pkg = format!("pkg/{}", files::digest(&folder)?);
    files::copy(&folder, &site.join(&pkg))?;
    if release {
        files::compress(site)?;
    }
    Ok((pkg, pieces))
}
