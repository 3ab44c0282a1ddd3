//! Takes the browser half apart: into what every visit needs, and the pieces that are loaded when a page needs them, as
//! `app/src/pages/pieces.rs` marks them.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use walrus::{Module, ModuleConfig};
use wasm_split_cli_support::{Options, transform};

/// The script that loads pieces, as the program names it.
const LOADER: &str = "./pieces.js";

/// The browser half, taken apart.
pub(crate) struct Parted {
    /// What every visit needs, for wasm-bindgen.
    pub(crate) rest: Module,
    /// The pieces with their files: `piece=file,file;piece=file`. What several share has a file of its own.
    pub(crate) pieces: String,
}

/// Puts the pieces and what loads them into the folder. `script` is what wasm-bindgen will put there.
pub(crate) fn part(program: &[u8], script: &str, folder: &Path, release: bool) -> Result<Parted, Box<dyn Error>> {
    let rest = folder.join("rest.wasm");
    let mut options = Options::new(program);
    options.output_dir = folder;
    options.main_out_path = &rest;
    options.main_module = script;
    options.link_name = LOADER;
    let parted = transform(options)?;
    for piece in parted.split_modules {
        tidy(&piece, release)?;
    }
    let module = read(&rest, release)?;
    fs::remove_file(rest)?;
    let files = |files: Vec<String>| files.iter().map(|file| format!("{file}.wasm")).collect::<Vec<_>>().join(",");
    let pieces: BTreeMap<String, Vec<String>> = parted.prefetch_map.into_iter().collect();
    let pieces: Vec<String> = pieces.into_iter().map(|(piece, of)| format!("{piece}={}", files(of))).collect();
    Ok(Parted { rest: module, pieces: pieces.join(";") })
}

/// Writes a piece anew: without the room that the linker leaves in every number, and the types that only others need.
fn tidy(piece: &Path, release: bool) -> Result<(), Box<dyn Error>> {
    let mut module = read(piece, release)?;
    walrus::passes::gc::run(&mut module);
    Ok(fs::write(piece, module.emit_wasm())?)
}

fn read(file: &Path, release: bool) -> Result<Module, Box<dyn Error>> {
    // Names of functions are read in any case, and written for development only.
    let mut config = ModuleConfig::new();
    config.generate_dwarf(false).generate_name_section(!release).generate_producers_section(false);
    Ok(config.parse_file(file)?)
}
