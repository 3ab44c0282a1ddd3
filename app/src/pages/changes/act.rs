//! Doing something about a change.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Applied, Change, ChangeState, Element, Subject, Version, WayBack};

use super::list::List;
use super::words::{self, Act};
use crate::api::{self, Answer};
use crate::components::dangers::Dangers;
use crate::components::dialog::Confirm;
use crate::components::diff::VersionDiff;
use crate::forms::{ChangeProblem, Notices};

/// The user wants that: asks once more, or does it at once. For event handlers.
pub(super) fn start(list: List, act: Act, change: Change, notices: Notices) {
    list.problem.set(None);
    list.way.set(None);
    list.password.set(String::new());
    if act.asks() {
        spawn_local(look(list, act, change.clone()));
        list.ask.set(Some((act, change)));
    } else {
        spawn_local(carry_out(list, act, change, notices));
    }
}

/// Asks what is to be known of it before.
async fn look(list: List, act: Act, change: Change) {
    let version = match act {
        Act::Undo => None,
        Act::Restore(version) => Some(version),
        Act::Settle | Act::GiveUp | Act::Save => return,
    };
    // Of reservations and names the versions say it all.
    if !matches!(change.subject, Subject::Config(Element::Configuration(_))) {
        return;
    }
    match api::get_way_back(change.number, version).await {
        Ok(way) => drop(list.way.try_set(Some(way))),
        Err(error) => drop(list.problem.try_set(Some(error.0))),
    }
}

async fn carry_out(list: List, act: Act, change: Change, notices: Notices) {
    list.busy.try_set(true);
    let password = Some(list.password.get_untracked()).filter(|password| !password.is_empty());
    let answer = request(act, &change, password).await;
    list.busy.try_set(false);
    match answer {
        Ok(applied) => {
            list.ask.try_set(None);
            let (done, undone) = words::done(act, &change);
            match applied {
                Some(applied) if applied.change.is_none() => notices.say(words::so_already(&change, &applied)),
                Some(applied) => notices.done(&done, undone, &applied),
                None => notices.say(done),
            }
        }
        // The question shows why, where there was one and it is still there.
        Err(error) => {
            if !act.asks() || list.problem.try_set(Some(error.0.clone())).is_some() {
                notices.failed(&error.0);
            }
        }
    }
    // What failed may have changed how it stands, too.
    list.refetch.try_run(());
}

async fn request(act: Act, change: &Change, password: Option<String>) -> Answer<Option<Applied>> {
    let number = change.number;
    match act {
        Act::Undo => api::undo_change(number, password).await.map(Some),
        Act::Restore(version) => api::restore_version(number, version, password).await.map(Some),
        // How it came out is in the list; there is nothing in it to undo.
        Act::Settle => api::settle_change(number).await.map(|_| None),
        Act::GiveUp => api::give_up_change(number).await.map(|()| None),
        Act::Save => api::save_server(change.subject.server().clone()).await.map(|()| None),
    }
}

/// Asks once more.
#[component]
pub(super) fn Question(list: List, act: Act, change: Change) -> impl IntoView {
    let subject = words::subject(&change);
    let (title, confirm) = match act {
        Act::Undo => (format!("Undo the change of {subject}?"), "Undo"),
        Act::Restore(Version::Before) => (format!("Restore the previous version of {subject}?"), "Restore"),
        Act::Restore(Version::After) => (format!("Restore this version of {subject}?"), "Restore"),
        Act::GiveUp => (format!("Abandon the change of {subject}?"), "Abandon"),
        Act::Settle | Act::Save => return ().into_any(),
    };
    let subnet = change.subject.subnet().clone();
    let on_saved = move |()| {
        list.ask.set(None);
        list.refetch.run(());
    };
    let asked = StoredValue::new((change.clone(), Notices::here(change.subject.subnet().clone())));
    view! {
        <Confirm
            title
            confirm
            testid="confirm-act"
            busy=Signal::derive(move || list.busy.get() || lacks_password(list))
            on_confirm=move |()| {
                let (change, notices) = asked.get_value();
                spawn_local(carry_out(list, act, change, notices));
            }
            on_close=move |()| list.ask.set(None)
        >
            <Meaning act change/>
            {move || list.way.get().map(|way| view! { <Way way list/> })}
            <ChangeProblem problem=list.problem subnet on_saved/>
        </Confirm>
    }
    .into_any()
}

/// Whether the password is asked for and not there yet. Reactive.
fn lacks_password(list: List) -> bool {
    let asked = list.way.with(|way| way.as_ref().is_some_and(|way| !way.dangers.is_empty()));
    asked && list.password.with(String::is_empty)
}

/// What is to be known before it is done.
#[component]
fn Way(way: WayBack, list: List) -> impl IntoView {
    let WayBack { dangers, warnings, is_so } = way;
    let warnings =
        warnings.into_iter().map(|text| view! { <p class="notice tone-warn">{text}</p> }).collect::<Vec<_>>();
    view! {
        {is_so.then(|| view! { <p class="notice tone-info">"The server is so already: nothing would be changed."</p> })}
        {warnings}
        {(!dangers.is_empty()).then(|| view! { <Dangers dangers password=list.password/> })}
    }
}

/// What it means.
#[component]
fn Meaning(act: Act, change: Change) -> impl IntoView {
    let server = change.subject.server().to_string();
    match act {
        Act::Undo => view! {
            <p>"It goes back to its previous version, unless it was changed since:"</p>
            <VersionDiff before=change.after after=change.before/>
        }
        .into_any(),
        Act::Restore(version) => {
            let wanted = if version == Version::Before { change.before } else { change.after };
            view! {
                <p>"It becomes this again, whatever it is now:"</p>
                <VersionDiff before=None after=wanted/>
            }
            .into_any()
        }
        _ => {
            let text = if change.state == ChangeState::Pending {
                format!("{server} will not get this change.")
            } else {
                format!("Nestor stops asking {server} about this change and counts it as not made.")
            };
            view! {
                <p>{text}</p>
                <p>
                    "If its partner has it, the two may then differ. The Servers page lists the differences and can align the two."
                </p>
            }
            .into_any()
        }
    }
}
