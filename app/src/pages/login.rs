//! Signing in: a plain form, so that it works whatever else does not.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::components::icon::{Glyph, Icon, Logo};
use crate::routes;

/// What to say about a failed try. The address names a code, never a text: an attacker can write an address.
fn message(code: &str) -> &'static str {
    match code {
        "credentials" => "Name or password is wrong.",
        "throttled" => "Too many tries. Wait a few minutes, then try again.",
        _ => "Sign-in failed. Try again.",
    }
}

/// The sign-in page.
#[component]
pub fn LoginPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let failed = query.get("failed").map(|code| message(&code));
    let next = query.get("next").and_then(|next| routes::own_path(&next).map(ToOwned::to_owned));
    view! {
        <Title text="Sign in · Nestor"/>
        <main class="gate">
            <form class="gate-card" method="post" action=routes::LOGIN>
                <Greeting/>
                {failed.map(|text| view! { <Refusal text/> })}
                <label class="gate-field">
                    <span>"Name"</span>
                    <input
                        class="input"
                        name="name"
                        required
                        autofocus
                        autocomplete="username"
                        autocapitalize="none"
                        spellcheck="false"
                        maxlength="64"
                    />
                </label>
                <label class="gate-field">
                    <span>"Password"</span>
                    <input class="input" name="password" type="password" required autocomplete="current-password" maxlength="1024"/>
                </label>
                <input type="hidden" name="next" value=next.unwrap_or_else(|| routes::OVERVIEW.to_owned())/>
                <button type="submit" class="button button-primary button-wide">
                    "Sign in"
                </button>
            </form>
        </main>
    }
    .into_any()
}

/// Who we are.
#[component]
pub(super) fn Greeting() -> impl IntoView {
    view! {
        <header class="gate-head">
            <Logo/>
            <h1>"Nestor"</h1>
            <p class="muted">"The console for Kea DHCP"</p>
        </header>
    }
}

/// Why the last try failed.
#[component]
pub(super) fn Refusal(text: &'static str) -> impl IntoView {
    view! {
        <p class="gate-refusal tone-bad" role="alert">
            <Icon glyph=Glyph::Error/>
            <span>{text}</span>
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_codes_have_a_fixed_text() {
        assert_eq!(message("<script>"), message("whatever"));
        assert_ne!(message("credentials"), message("throttled"));
    }
}
