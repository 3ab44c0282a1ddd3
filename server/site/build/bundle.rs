//! What browsers load: the program for them, the script that starts it, and the stylesheet.

use std::error::Error;
use std::fs;
use std::path::Path;

use wasm_bindgen_cli_support::Bindgen;

use crate::{pieces, snip};

/// The stylesheet, in the order of its layers.
const STYLES: [&str; 6] = ["main.css", "tokens.css", "layout.css", "components.css", "places.css", "configuring.css"];

/// What documents load besides where JavaScript is off.
const NO_SCRIPT: &str = "no-script.css";

/// Fills the folder from what cargo made of the browser half. Answers the files of its pieces, in one line.
pub(crate) fn make(root: &Path, wasm: &Path, folder: &Path, release: bool) -> Result<String, Box<dyn Error>> {
    let mut program = fs::read(wasm)?;
    if release {
        program = snip::asynchronous_hydration(&program)?;
    }
    fs::create_dir_all(folder)?;
    let parted = pieces::part(&program, "./nestor.js", folder, release)?;
    let mut bindgen = Bindgen::new();
    // Pieces find each other's functions in a table that the linker exports.
    bindgen.keep_lld_exports(true);
    bindgen.input_module("nestor", parted.rest).web(true)?.typescript(false).generate(folder)?;
    let mut css = String::new();
    for name in STYLES {
        css += &fs::read_to_string(root.join("style").join(name))?;
    }
    fs::write(folder.join("main.css"), css)?;
    fs::copy(root.join("style").join(NO_SCRIPT), folder.join(NO_SCRIPT))?;
    Ok(parted.pieces)
}
