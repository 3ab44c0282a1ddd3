//! What browsers load: the program for them, the script that starts it, and the stylesheet.

use std::error::Error;
use std::fs;
use std::path::Path;

use walrus::ModuleConfig;
use wasm_bindgen_cli_support::Bindgen;

use crate::snip;

/// The stylesheet, in the order of its layers.
const STYLES: [&str; 5] = ["main.css", "tokens.css", "layout.css", "components.css", "places.css"];

/// Fills the folder from what cargo made of the browser half.
pub(crate) fn make(root: &Path, wasm: &Path, folder: &Path, release: bool) -> Result<(), Box<dyn Error>> {
    // Names of functions are read in any case, and written for development only.
    let mut module = ModuleConfig::new()
        .generate_dwarf(false)
        .generate_name_section(!release)
        .generate_producers_section(false)
        .parse_file(wasm)?;
    if release {
        snip::asynchronous_hydration(&mut module)?;
    }
    Bindgen::new().input_module("nestor", module).web(true)?.typescript(false).generate(folder)?;
    let mut css = String::new();
    for name in STYLES {
        css += &fs::read_to_string(root.join("style").join(name))?;
    }
    fs::write(folder.join("main.css"), css)?;
    Ok(())
}
