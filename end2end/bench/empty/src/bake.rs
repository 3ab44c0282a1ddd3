//! `bake WASM FOLDER`: writes the page and its bundle into a folder.

use empty::App;
use leptos::prelude::*;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(wasm), Some(folder)) = (args.next(), args.next()) else { return Err("usage: bake WASM FOLDER".into()) };
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(wasm)
        .out_name("empty")
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(&folder)?;
    let body = Owner::new().with(|| App().into_view().to_html());
    let page = format!(
        r#"<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"/><title>Nothing</title><link rel="modulepreload" href="/empty.js"/><link rel="preload" href="/empty_bg.wasm" as="fetch" crossorigin="anonymous" type="application/wasm"/><script type="module">import init, {{ hydrate }} from "/empty.js"; init({{ module_or_path: "/empty_bg.wasm" }}).then(hydrate);</script></head><body>{body}</body></html>"#
    );
    std::fs::write(std::path::Path::new(&folder).join("index.html"), page)?;
    Ok(())
}
