//! One's own account, and which Nestor this is. The form is a plain one, as that of signing in.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{Account, Role};

use super::login::Refusal;
use crate::components::icon::{Glyph, Icon};
use crate::components::keys::Keys;
use crate::components::problem::ProblemView;
use crate::routes;
use crate::state::Session;

/// What to say about a failed try, by code.
fn message(code: &str) -> &'static str {
    match code {
        "current" => "The current password is wrong.",
        "password" => "A password has 12 to 1024 characters; a few words in a row are easiest to remember.",
        "guessable" => "This password is too common. Choose another.",
        "mismatch" => "The two new passwords differ.",
        "throttled" => "Too many tries. Wait a few minutes, then try again.",
        _ => "The password was not changed. Try again.",
    }
}

/// What a role may do.
fn rights(role: Role) -> &'static str {
    match role {
        Role::Viewer => "may see everything and change nothing",
        Role::Operator => "may see everything and change reservations, exclusions, holds and names",
        Role::Admin => "may do everything",
    }
}

/// The page of one's own account.
#[component]
pub fn AccountPage() -> impl IntoView {
    let session = Session::here();
    let query = use_query_map().get_untracked();
    let failed = query.get("failed").map(|code| message(&code));
    let done = query.get("done").is_some();
    view! {
        <Title text="Account · Nestor"/>
        <header class="page-head">
            <h1>"Account"</h1>
        </header>
        <Suspense>
            {move || Suspend::new(async move {
                Some(
                    match session?.resource.await {
                        Ok(account) => view! { <Own account failed done/> }.into_any(),
                        Err(error) => view! { <ProblemView problem=error.0/> }.into_any(),
                    },
                )
            })}
        </Suspense>
        <About/>
    }
    .into_any()
}

#[component]
fn Own(account: Account, failed: Option<&'static str>, done: bool) -> impl IntoView {
    let Account { name, role } = account;
    let name = name.to_string();
    view! {
        <section class="card" aria-labelledby="own">
            <header class="card-head">
                <h2 id="own">"Change password"</h2>
            </header>
            <form class="card-body account-form" method="post" action=routes::ACCOUNT data-testid="password-form">
                <p>
                    "Signed in as " <strong>{name.clone()}</strong> ", " {role.as_str()} ": " {rights(role)} "."
                </p>
                {done
                    .then(|| {
                        view! {
                            <p class="notice tone-good" role="status">
                                <Icon glyph=Glyph::CheckCircle/>
                                "The password is changed. Everywhere else you are signed out."
                            </p>
                        }
                    })}
                {failed.map(|text| view! { <Refusal text/> })}
                <input type="hidden" name="name" value=name autocomplete="username"/>
                <Secret name="current" label="Current password" autocomplete="current-password"/>
                <Secret name="password" label="New password" autocomplete="new-password"/>
                <Secret name="again" label="New password again" autocomplete="new-password"/>
                <p class="muted">"At least 12 characters; a few words in a row are easiest to remember. Your other sessions end."</p>
                <p>
                    <button type="submit" class="button button-primary">
                        "Change password"
                    </button>
                </p>
            </form>
        </section>
    }
    .into_any()
}

#[component]
fn Secret(name: &'static str, label: &'static str, autocomplete: &'static str) -> impl IntoView {
    view! {
        <label class="gate-field">
            <span>{label}</span>
            <input class="input" name=name type="password" required maxlength="1024" autocomplete=autocomplete/>
        </label>
    }
}

/// Which Nestor this is, and where help is.
#[component]
fn About() -> impl IntoView {
    let keys = Keys::here();
    let show = move |_| {
        if let Some(keys) = keys {
            keys.show();
        }
    };
    view! {
        <section class="card" aria-labelledby="about">
            <header class="card-head">
                <h2 id="about">"About"</h2>
            </header>
            <div class="card-body">
                <p data-testid="version">"Nestor " {env!("CARGO_PKG_VERSION")}</p>
                <p>
                    "Press " <kbd>"?"</kbd> " on any page for its keys: "
                    <button type="button" class="link" on:click=show>
                        "show the keys"
                    </button> ". The manual comes with Nestor, in the folder of its documents."
                </p>
            </div>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_words_of_its_own() {
        let codes = ["current", "password", "guessable", "mismatch", "throttled", "<script>"];
        let texts: std::collections::BTreeSet<_> = codes.iter().map(|code| message(code)).collect();
        assert_eq!(texts.len(), codes.len());
    }
}
