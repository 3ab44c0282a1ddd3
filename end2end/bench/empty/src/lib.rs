//! A page with nothing in it.

use leptos::prelude::*;

/// The page.
#[component]
pub fn App() -> impl IntoView {
    view! {
        <main>
            <h1>"Nothing"</h1>
        </main>
    }
}

/// Takes over what the server rendered.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_body(App);
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-hydrated", "");
    }
}
