//! Light, dark, or as the system says.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::state::{Theme, keep};

/// The switch. The document itself says which theme is on, so that the switch asks it.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let chosen = RwSignal::new(Theme::System);
    Effect::new(move || {
        let said = document().document_element().and_then(|root| root.get_attribute("data-theme"));
        chosen.set(said.and_then(|theme| theme.parse().ok()).unwrap_or_default());
    });
    let choices = Theme::ALL.map(|theme| {
        let (glyph, label) = match theme {
            Theme::System => (Glyph::Monitor, "System"),
            Theme::Light => (Glyph::Sun, "Light"),
            Theme::Dark => (Glyph::Moon, "Dark"),
        };
        view! {
            <button
                type="button"
                class="segment"
                aria-pressed=move || (chosen.get() == theme).to_string()
                on:click=move |_| {
                    chosen.set(theme);
                    put_on(theme);
                }
            >
                <Icon glyph/>
                {label}
            </button>
        }
    });
    view! {
        <div class="segmented" role="group" aria-label="Theme">
            {choices.collect_view()}
        </div>
    }
    .into_any()
}

fn put_on(theme: Theme) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-theme", theme.as_str());
    }
    keep(Theme::COOKIE, theme.as_str());
}
