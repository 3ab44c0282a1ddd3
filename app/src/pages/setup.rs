//! The first start: making the first account.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::login::{Greeting, Refusal};
use crate::routes;

/// What to say about a failed try, by code.
fn message(code: &str) -> &'static str {
    match code {
        "token" => "This link is no longer valid. Nestor prints a new one when it starts without an account.",
        "name" => "A name has 1 to 64 letters, digits, “-”, “_”, “.” or “@”.",
        "password" => "A password has 12 to 1024 characters; a few words in a row are easiest to remember.",
        "mismatch" => "The two passwords differ.",
        "guessable" => "This password is too common. Choose another.",
        _ => "The account was not created. Try again.",
    }
}

/// The page for the first start.
#[component]
pub fn SetupPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let failed = query.get("failed").map(|code| message(&code));
    let token = query.get("token").unwrap_or_default();
    view! {
        <Title text="First start · Nestor"/>
        <main class="gate">
            <form class="gate-card" method="post" action=routes::SETUP>
                <Greeting/>
                <p class="gate-text">"Welcome. Create the administrator account."</p>
                {failed.map(|text| view! { <Refusal text/> })}
                <input type="hidden" name="token" value=token/>
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
                    <input
                        class="input"
                        name="password"
                        type="password"
                        required
                        minlength="12"
                        maxlength="1024"
                        autocomplete="new-password"
                        aria-describedby="password-hint"
                    />
                    <small id="password-hint" class="muted">"At least 12 characters; a few words in a row are easiest to remember."</small>
                </label>
                <label class="gate-field">
                    <span>"Password again"</span>
                    <input class="input" name="again" type="password" required minlength="12" maxlength="1024" autocomplete="new-password"/>
                </label>
                <button type="submit" class="button button-primary button-wide">
                    "Create account"
                </button>
            </form>
        </main>
    }
    .into_any()
}
