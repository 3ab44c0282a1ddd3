//! What may harm the host of a server: for administrators alone, who say by their password that they mean it.

use leptos::prelude::*;
use model::Permission;

use super::icon::{Glyph, Icon};
use crate::state::Session;

/// What may come of it, and the field for the password.
#[component]
pub fn Dangers(
    /// What may come of it, a sentence each.
    dangers: Vec<String>,
    /// What is typed as the password.
    password: RwSignal<String>,
) -> impl IntoView {
    let dangers = dangers.into_iter().map(|text| view! { <li>{text}</li> }).collect::<Vec<_>>();
    let may = Session::allows(Permission::ManageServers);
    view! {
        <div class="notice tone-bad" data-testid="dangers">
            <Icon glyph=Glyph::Warning/>
            <div>
                <strong>"This may harm the server’s host."</strong>
                <ul class="review-words">{dangers}</ul>
                <Show
                    when=move || may.get()
                    fallback=|| view! { <p>"Only administrators may do it."</p> }
                >
                    <label class="field-label" for="own-password">
                        "Your password, to confirm that you mean it"
                    </label>
                    <input
                        id="own-password"
                        class="input"
                        type="password"
                        autocomplete="current-password"
                        maxlength="1024"
                        prop:value=move || password.get()
                        on:input=move |event| password.set(event_target_value(&event))
                    />
                </Show>
            </div>
        </div>
    }
}
