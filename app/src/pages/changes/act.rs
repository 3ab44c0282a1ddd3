//! Doing something about a change.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Applied, Change, ChangeState, Version};

use super::list::List;
use super::words::{self, Act};
use crate::api::{self, Answer};
use crate::components::dialog::Confirm;
use crate::components::diff::VersionDiff;
use crate::forms::{ChangeProblem, Notices};

/// The user wants that: asks once more, or does it at once. For event handlers.
pub(super) fn start(list: List, act: Act, change: Change, notices: Notices) {
    list.problem.set(None);
    if act.asks() {
        list.ask.set(Some((act, change)));
    } else {
        spawn_local(carry_out(list, act, change, notices));
    }
}

async fn carry_out(list: List, act: Act, change: Change, notices: Notices) {
    list.busy.try_set(true);
    let answer = request(act, &change).await;
    list.busy.try_set(false);
    match answer {
        Ok(applied) => {
            list.ask.try_set(None);
            let (done, undone) = words::done(act, &change);
            match applied {
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

async fn request(act: Act, change: &Change) -> Answer<Option<Applied>> {
    let number = change.number;
    match act {
        Act::Undo => api::undo_change(number).await.map(Some),
        Act::Restore(version) => api::restore_version(number, version).await.map(Some),
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
            busy=list.busy
            on_confirm=move |()| {
                let (change, notices) = asked.get_value();
                spawn_local(carry_out(list, act, change, notices));
            }
            on_close=move |()| list.ask.set(None)
        >
            <Meaning act change/>
            <ChangeProblem problem=list.problem subnet on_saved/>
        </Confirm>
    }
    .into_any()
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
