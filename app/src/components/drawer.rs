//! The drawer at the right, where things are made and changed without leaving the page.

use leptos::prelude::*;

use super::dialog::{DialogHead, Modal};

/// A drawer that is open for as long as it is there.
#[component]
pub fn Drawer(
    /// What happens in it.
    #[prop(into)]
    title: String,
    /// The user wants it closed.
    #[prop(into)]
    on_close: Callback<()>,
    /// A name for tests.
    #[prop(optional)]
    testid: &'static str,
    /// Takes a key that is pressed in it outside of fields; whether it did something.
    #[prop(optional, into)]
    on_key: Option<Callback<String, bool>>,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    view! {
        <Modal class="drawer" labelled_by="drawer-title" on_close testid on_key>
            <DialogHead id="drawer-title" title on_close/>
            {children()}
        </Modal>
    }
}
