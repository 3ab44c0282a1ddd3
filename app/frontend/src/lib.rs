//! The browser entry point.
// The types of views are as deep as the pages.
#![recursion_limit = "256"]

use app::pages::pieces::Piece;
use leptos::prelude::{document, location, window};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the page that the server rendered, as soon as the piece that it is in has come, and says so in
/// `<html data-hydrated>`.
///
/// # Errors
/// The piece did not come: the page stays as the server rendered it.
#[wasm_bindgen]
pub async fn hydrate() -> Result<(), JsValue> {
    console_error_panic_hook::set_once();
    if let Some(piece) = Piece::of(&location().pathname()?) {
        piece.load().await.map_err(|error| error.to_string())?;
    }
    leptos::mount::hydrate_body(app::App);
    window().set_onpopstate(None);
    if let Some(root) = document().document_element() {
        root.set_attribute("data-hydrated", "")?;
    }
    Ok(())
}
