//! The text of a file that the user chooses; nothing but the browser reads it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::{File, HtmlInputElement};
use model::{Problem, ProblemKind};
use wasm_bindgen_futures::JsFuture;

use super::icon::{Glyph, Icon};

/// A button that asks for a file.
#[component]
pub fn FileButton(
    /// Which files are offered.
    accept: &'static str,
    /// How tests find it.
    testid: &'static str,
    /// How many octets it may have.
    largest: usize,
    /// Called with its text, or why there is none.
    #[prop(into)]
    on_read: Callback<Result<String, Problem>>,
) -> impl IntoView {
    let choose = move |event: leptos::ev::Event| {
        let input: HtmlInputElement = event_target(&event);
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        // The same file can be chosen again, when it was corrected.
        input.set_value("");
        spawn_local(async move {
            let text = read(&file, largest).await;
            on_read.try_run(text);
        });
    };
    view! {
        <label class="button file-button">
            <Icon glyph=Glyph::File/>
            "Choose a file"
            <input type="file" class="visually-hidden" accept=accept data-testid=testid on:change=choose/>
        </label>
    }
    .into_any()
}

async fn read(file: &File, largest: usize) -> Result<String, Problem> {
    let invalid = |text: String, advice: &str| Problem::new(ProblemKind::Invalid, text, advice);
    #[allow(clippy::cast_precision_loss, reason = "the limit is far below 2^53")]
    let fits = file.size() <= largest as f64;
    if !fits {
        let text = format!("{} is too large: the limit is {} KiB.", file.name(), largest / 1_024);
        return Err(invalid(text, "Split the file."));
    }
    let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
    let text = text.ok_or_else(|| invalid(format!("{} cannot be read.", file.name()), "Choose it once more."))?;
    Ok(text.replace("\r\n", "\n"))
}
