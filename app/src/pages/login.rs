//! Signing in: a plain form, so that it works whatever else does not.

use leptos::html;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::components::icon::{Glyph, Icon, Logo};
use crate::components::sign_in::{SignInFields, sign_in};
use crate::routes;

/// What to say about a failed try. The address names a code, never a text: an attacker can write an address.
fn message(code: &str) -> &'static str {
    match code {
        "credentials" => "Name or password is wrong.",
        "throttled" => "Too many tries. Wait a few minutes, then try again.",
        _ => "Sign-in failed. Try again.",
    }
}

/// Why one is here, by the page that one wanted to see, and by a code.
fn reason(next: Option<&str>, code: Option<&str>) -> Option<String> {
    let on = next.filter(|next| *next != routes::OVERVIEW).map(|next| {
        let path = next.split(['?', '#']).next().unwrap_or_default();
        format!("Sign in to go on to {path}.")
    });
    match code {
        Some("ended") => Some(format!("Your session has ended. {}", on.unwrap_or_else(|| "Sign in again.".to_owned()))),
        Some("no-account") => Some(NO_ACCOUNT.to_owned()),
        _ => on,
    }
}

/// Where the first account comes from.
const NO_ACCOUNT: &str = "There is no account yet. When Nestor starts without one, it prints a link that creates the first, and writes it to its log: look there (journalctl -u nestor), or restart Nestor for a new link.";

/// The sign-in page.
#[component]
pub fn LoginPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let failed = query.get("failed").map(|code| message(&code).to_owned());
    let next = query.get("next").and_then(|next| routes::own_path(&next).map(ToOwned::to_owned));
    let why = reason(next.as_deref(), query.get("why").as_deref());
    let next = next.unwrap_or_else(|| routes::OVERVIEW.to_owned());
    let wanted = StoredValue::new(next.clone());
    let form = NodeRef::<html::Form>::new();
    // A page of its own: whatever the last one knew was of somebody else, or is old.
    let (send, problem) = sign_in(move |_| drop(window().location().assign(&wanted.get_value())));
    let refusal = move || {
        let now = problem.get().map(|problem| format!("{} {}", problem.text, problem.advice));
        now.or_else(|| failed.clone()).map(|text| view! { <Refusal text/> })
    };
    view! {
        <Title text="Sign in · Nestor"/>
        <main class="gate">
            <form class="gate-card" method="post" action=routes::LOGIN node_ref=form on:submit=move |event| send(event, form)>
                <Greeting/>
                {why.map(|why| view! { <p class="gate-text">{why}</p> })}
                {refusal}
                <SignInFields name=None/>
                <input type="hidden" name="next" value=next/>
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
pub fn Refusal(
    /// Why.
    #[prop(into)]
    text: String,
) -> impl IntoView {
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

    #[test]
    fn who_is_sent_here_is_told_why() {
        assert_eq!(reason(None, None), None);
        assert_eq!(reason(Some("/"), None), None);
        assert_eq!(
            reason(Some("/networks/kea/20?text=a"), None).as_deref(),
            Some("Sign in to go on to /networks/kea/20.")
        );
        assert_eq!(reason(None, Some("ended")).as_deref(), Some("Your session has ended. Sign in again."));
        assert_eq!(
            reason(Some("/changes"), Some("ended")).as_deref(),
            Some("Your session has ended. Sign in to go on to /changes.")
        );
        assert!(reason(Some("/changes"), Some("no-account")).unwrap().contains("link"));
        assert_eq!(reason(None, Some("<script>")), None);
    }
}
