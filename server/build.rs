//! Builds the browser half and lays the site out for embedding: one `cargo build` makes the whole program.
//!
//! The browser half is another call of cargo, with a target folder of its own: in one call the features of both halves
//! would be mixed. With `SKIP_SITE` set nothing is built, for checks that never serve a page.

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

/// The stylesheet, in the order of its layers.
const STYLES: [&str; 5] = ["main.css", "tokens.css", "layout.css", "components.css", "places.css"];

/// Compressed copies are worth it for these.
const COMPRESSIBLE: [&str; 5] = ["wasm", "js", "css", "svg", "txt"];

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("..");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    println!("cargo::rerun-if-env-changed=SKIP_SITE");
    for input in ["app", "style", "public", "Cargo.toml", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={}", root.join(input).display());
    }
    let site = out.join("site");
    let _ = fs::remove_dir_all(&site);
    fs::create_dir_all(&site)?;
    copy(&root.join("public"), &site)?;
    let pkg =
        if std::env::var_os("SKIP_SITE").is_some() { "pkg/none".to_owned() } else { build_site(&root, &out, &site)? };
    println!("cargo::rustc-env=SITE_DIR={}", site.display());
    println!("cargo::rustc-env=PKG_DIR={pkg}");
    Ok(())
}

/// Fills the site folder. Answers the folder of the bundle inside it, which is named after its contents: what is cached
/// under that name is right for ever.
fn build_site(root: &Path, out: &Path, site: &Path) -> Result<String, Box<dyn Error>> {
    let release = std::env::var("PROFILE")? == "release";
    let bundle = out.join("bundle");
    let _ = fs::remove_dir_all(&bundle);
    let wasm = build_wasm(root, out, release)?;
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(wasm)
        .out_name("nestor")
        .web(true)?
        .typescript(false)
        .remove_name_section(release)
        .remove_producers_section(true)
        .generate(&bundle)?;
    let mut css = String::new();
    for name in STYLES {
        css += &fs::read_to_string(root.join("style").join(name))?;
    }
    fs::write(bundle.join("main.css"), css)?;

    let pkg = format!("pkg/{}", digest(&bundle)?);
    copy(&bundle, &site.join(&pkg))?;
    if release {
        compress(site)?;
    }
    Ok(pkg)
}

fn build_wasm(root: &Path, out: &Path, release: bool) -> Result<PathBuf, Box<dyn Error>> {
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
    // What cargo tells a native build script is wrong for the browser half.
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

fn digest(folder: &Path) -> Result<String, Box<dyn Error>> {
    let mut hash = Sha256::new();
    for file in files(folder)? {
        hash.update(file.strip_prefix(folder)?.to_string_lossy().as_bytes());
        hash.update(fs::read(&file)?);
    }
    Ok(hash.finalize().iter().take(8).fold(String::new(), |text, octet| text + &format!("{octet:02x}")))
}

/// Every file below a folder, sorted.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    found.sort();
    Ok(found)
}

fn copy(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    for file in files(from)? {
        let copy = to.join(file.strip_prefix(from)?);
        fs::create_dir_all(copy.parent().unwrap_or(to))?;
        fs::copy(&file, copy)?;
    }
    Ok(())
}

/// Puts a `.br` and a `.gz` beside every file that gains from it.
fn compress(site: &Path) -> Result<(), Box<dyn Error>> {
    for file in files(site)? {
        let extension = file.extension().unwrap_or_default().to_string_lossy().into_owned();
        if !COMPRESSIBLE.contains(&extension.as_str()) {
            continue;
        }
        let plain = fs::read(&file)?;
        let mut small = Vec::new();
        let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
        brotli::BrotliCompress(&mut plain.as_slice(), &mut small, &parameters)?;
        fs::write(file.with_extension(format!("{extension}.br")), small)?;
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(&plain)?;
        fs::write(file.with_extension(format!("{extension}.gz")), gzip.finish()?)?;
    }
    Ok(())
}
