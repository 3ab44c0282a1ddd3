//! Signing in without leaving the page: on the sign-in page, and over a page whose session ended.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::{Element, HtmlInputElement};
use leptos::{ev, html};
use model::{Account, Problem};

use super::dialog::Modal;
use crate::api;
use crate::pages::login::Refusal;
use crate::routes;
use crate::state::{Session, here};

/// What the two fields hold: the name, which may be given, and the password.
#[component]
pub fn SignInFields(
    /// The name that is to sign in; none: whatever is typed.
    #[prop(optional_no_strip)]
    name: Option<String>,
) -> impl IntoView {
    let given = name.is_some();
    view! {
        <label class="gate-field">
            <span>"Name"</span>
            <input
                class="input"
                name="name"
                required
                autofocus=!given
                readonly=given
                value=name
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
                data-first=given.then_some("")
                autocomplete="current-password"
                maxlength="1024"
            />
        </label>
    }
    .into_any()
}

/// Takes a form over that signs in: what is typed stays when it was wrong. Answers what to do when the form is sent, and
/// why the last try failed.
pub fn sign_in(
    done: impl Fn(Account) + Copy + 'static,
) -> (impl Fn(ev::SubmitEvent, NodeRef<html::Form>) + Copy, RwSignal<Option<Problem>>) {
    let problem = RwSignal::new(None::<Problem>);
    let busy = StoredValue::new(false);
    let send = move |event: ev::SubmitEvent, form: NodeRef<html::Form>| {
        event.prevent_default();
        let Some(form) = form.get_untracked().filter(|_| !busy.get_value()) else { return };
        busy.set_value(true);
        let [name, password] =
            ["name", "password"].map(|name| field(&form, name).map(|input| input.value()).unwrap_or_default());
        spawn_local(async move {
            let answer = api::sign_in(&name, &password).await;
            busy.try_set_value(false);
            match answer {
                Ok(account) => done(account),
                Err(error) => {
                    problem.try_set(Some(error.0));
                    if let Some(input) = field(&form, "password") {
                        input.select();
                    }
                }
            }
        });
    };
    (send, problem)
}

fn field(form: &Element, name: &str) -> Option<HtmlInputElement> {
    form.query_selector(&format!("[name={name}]")).ok()??.dyn_into().ok()
}

/// The question over a page whose session has ended: whoever opened it goes on where they were.
#[component]
pub fn SignInAgain() -> impl IntoView {
    let session = Session::here();
    move || {
        let session = session?;
        let why = session.ended()?;
        let name = session.account_untracked()?.name.to_string();
        Some(view! { <Again session why name/> })
    }
}

#[component]
fn Again(session: Session, why: Problem, name: String) -> impl IntoView {
    let form = NodeRef::<html::Form>::new();
    let (send, problem) = sign_in(move |account| session.resume(account));
    view! {
        <Modal class="dialog" labelled_by="again-title" on_close=|()| () testid="sign-in-again">
            <form class="dialog-form" method="post" action=routes::LOGIN node_ref=form on:submit=move |event| send(event, form)>
                <h2 id="again-title" class="dialog-title">
                    "Sign in to go on"
                </h2>
                <div class="dialog-text">
                    <p>{why.text} " What you typed is still here."</p>
                    {move || problem.get().map(|problem| view! { <Refusal text=format!("{} {}", problem.text, problem.advice)/> })}
                    <SignInFields name=Some(name)/>
                </div>
                <footer class="dialog-foot">
                    <a class="button" rel="external" href=routes::login(&here())>
                        "Sign in as somebody else"
                    </a>
                    <button type="submit" class="button button-primary">
                        "Sign in"
                    </button>
                </footer>
            </form>
        </Modal>
    }
    .into_any()
}
