//! Folders of files.

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Compressed copies are worth it for these.
const COMPRESSIBLE: [&str; 5] = ["wasm", "js", "css", "svg", "txt"];

/// What stands for all that the folder holds.
pub(crate) fn digest(folder: &Path) -> Result<String, Box<dyn Error>> {
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

/// Copies a folder and all below it.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    for file in files(from)? {
        let copy = to.join(file.strip_prefix(from)?);
        fs::create_dir_all(copy.parent().unwrap_or(to))?;
        fs::copy(&file, copy)?;
    }
    Ok(())
}

/// Puts a `.br` and a `.gz` in the place of every file that gains from it.
pub(crate) fn compress(site: &Path) -> Result<(), Box<dyn Error>> {
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
        fs::remove_file(&file)?;
    }
    Ok(())
}
