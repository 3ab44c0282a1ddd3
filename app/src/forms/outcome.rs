//! How a change ended: said in a notice that looks like success only when it is one everywhere, with the way back.
#![allow(unreachable_pub, reason = "the component macro makes every component `pub`")]

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Applied, Problem, ProblemKind, ServerName, SubnetKey};

use crate::api;
use crate::components::peers::notes;
use crate::components::problem::ProblemView;
use crate::live::Live;
use crate::state::{Recheck, ToastAction, ToastKind, Toasts};

/// Where changes of a subnet are published.
#[derive(Clone)]
pub struct Notices {
    toasts: Toasts,
    live: Live,
    subnet: SubnetKey,
}

impl Notices {
    /// For changes in that subnet. Takes what the page provides: not for tasks that outlive it.
    pub fn here(subnet: SubnetKey) -> Self {
        Self { toasts: Toasts::here(), live: Live::here(), subnet }
    }

    /// The change is made: says so, and offers to take it back. `undone` is said when that was done.
    pub fn done(&self, done: &str, undone: impl Into<String>, applied: &Applied) {
        let (kind, text) = sentence(done, applied);
        let (notices, undone) = (self.clone(), undone.into());
        let undo = applied.change.map(|number| {
            let undo = Callback::new(move |()| notices.clone().undo(number, undone.clone()));
            ToastAction::undo(undo, Recheck::new(self.toasts, self.subnet.clone(), move || api::can_undo(number)))
        });
        self.toasts.push(kind, text, undo);
        self.live.changed(Some(self.subnet.clone()));
    }

    /// The change failed, and the box that could say so is gone.
    pub fn failed(&self, problem: &Problem) {
        if problem.kind == ProblemKind::NotSaved {
            let notices = self.clone();
            let save = Callback::new(move |()| notices.clone().save());
            let text = format!("{} {}", problem.text, problem.advice);
            self.toasts.push(
                ToastKind::Warning,
                text,
                Some(ToastAction { label: SAVE_AGAIN, run: save, recheck: None }),
            );
        } else {
            self.toasts.failed(problem);
        }
        self.live.changed(Some(self.subnet.clone()));
    }

    /// Says that something is done that cannot be undone.
    pub fn say(&self, text: impl Into<String>) {
        self.toasts.done(text);
        self.live.changed(Some(self.subnet.clone()));
    }

    fn undo(self, number: i64, undone: String) {
        spawn_local(async move {
            match api::undo_change(number, None).await {
                Ok(applied) => {
                    let (kind, text) = sentence(&undone, &applied);
                    self.toasts.push(kind, text, None);
                    self.live.changed(Some(self.subnet));
                }
                Err(error) => self.failed(&error.0),
            }
        });
    }

    fn save(self) {
        spawn_local(async move {
            match api::save_server(self.subnet.server.clone()).await {
                Ok(()) => self.say(saved(&self.subnet.server)),
                Err(error) => self.failed(&error.0),
            }
        });
    }
}

/// What the button says that has a server save what runs.
const SAVE_AGAIN: &str = "Try to save again";

fn saved(server: &ServerName) -> String {
    format!("Saved on {server}.")
}

/// What a notice says of a change that was made, and whether it is plain success.
fn sentence(done: &str, applied: &Applied) -> (ToastKind, String) {
    let notes = notes(applied);
    let kind = if notes.is_empty() { ToastKind::Done } else { ToastKind::Warning };
    (kind, std::iter::once(done.to_owned()).chain(notes).collect::<Vec<_>>().join(" "))
}

/// Why a change failed, with the one button that helps where something helps.
#[component]
pub fn ChangeProblem(
    /// Why; none: nothing is shown.
    problem: RwSignal<Option<Problem>>,
    /// The subnet that was to be changed.
    subnet: SubnetKey,
    /// Called when what ran is saved: the change is done.
    #[prop(into)]
    on_saved: Callback<()>,
) -> impl IntoView {
    let busy = RwSignal::new(false);
    let notices = StoredValue::new(Notices::here(subnet));
    let save = move |_| {
        busy.set(true);
        let notices = notices.get_value();
        spawn_local(async move {
            let answer = api::save_server(notices.subnet.server.clone()).await;
            busy.try_set(false);
            match answer {
                Ok(()) => {
                    notices.say(saved(&notices.subnet.server));
                    on_saved.try_run(());
                }
                // The button stays: it is still what helps.
                Err(error) => {
                    let still = Problem { kind: ProblemKind::NotSaved, ..error.0 };
                    if problem.try_set(Some(still.clone())).is_some() {
                        notices.failed(&still);
                    }
                }
            }
        });
    };
    move || {
        let problem = problem.get()?;
        let not_saved = problem.kind == ProblemKind::NotSaved;
        Some(view! {
            <ProblemView problem/>
            {not_saved
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="button button-change"
                            data-testid="save-again"
                            disabled=move || busy.get()
                            on:click=save
                        >
                            {move || if busy.get() { "Saving …" } else { SAVE_AGAIN }}
                        </button>
                    }
                })}
        })
    }
}

#[cfg(test)]
mod tests {
    use model::{ChangeState, Conflict, PeerOutcome, Severity};

    use super::*;

    fn said(findings: Vec<Conflict>, peer: ChangeState) -> (ToastKind, String) {
        let peer = PeerOutcome::new("kea2".parse().unwrap(), peer, None);
        let applied = Applied { change: Some(1), findings, peers: vec![peer], ..Applied::default() };
        sentence("Reserved 192.0.2.7.", &applied)
    }

    #[test]
    fn success_is_said_only_when_it_is_one_everywhere() {
        for state in ChangeState::ALL {
            let (kind, text) = said(Vec::new(), state);
            assert_eq!(kind == ToastKind::Done, state == ChangeState::Done, "{text}");
        }
        let (_, text) = said(Vec::new(), ChangeState::Pending);
        assert_eq!(text, "Reserved 192.0.2.7. Waiting for kea2.");
    }

    #[test]
    fn what_is_worth_knowing_is_said() {
        let finding = Conflict {
            severity: Severity::Warns,
            field: "address".to_owned(),
            text: "It is leased to another client.".to_owned(),
            advice: "Wait until the lease ends.".to_owned(),
            cause: None,
        };
        let (kind, text) = said(vec![finding], ChangeState::Done);
        assert_eq!((kind, text.contains("leased to another client")), (ToastKind::Warning, true));
    }
}
