//! Before anything is sent: what would change, what stands against it, what the server gets.

mod planned;

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{
    AppliedConfiguration, ApplyRequest, ConfigEdit, ConfigPlan, FindingLevel, Permission, Problem, ProblemKind,
    Seconds, ServerName, SubnetKey,
};

use self::planned::Planned;
use super::clashes::Clashes;
use super::edits::Edits;
use super::orphans::Deciding;
use crate::api;
use crate::components::drawer::Drawer;
use crate::components::peers::peer_note;
use crate::components::problem::ProblemView;
use crate::components::skeleton::Skeleton;
use crate::live::Live;
use crate::routes;
use crate::state::{Recheck, Session, ToastAction, ToastKind, Toasts};

/// What is typed, and the way on: how much it is, and buttons that drop and review it.
#[component]
pub(super) fn EditBar(
    /// What is typed.
    edits: Edits,
    /// The server that it is for.
    server: StoredValue<ServerName>,
    /// Called when it is applied.
    #[prop(optional, into)]
    on_applied: Option<Callback<()>>,
    /// Whether that leads to another page, as the part of this one is gone then.
    #[prop(optional, into)]
    leaves: Signal<bool>,
) -> impl IntoView {
    let reviewing = RwSignal::new(None::<Vec<ConfigEdit>>);
    let count = move || match edits.count() {
        1 => "1 change".to_owned(),
        count => format!("{count} changes"),
    };
    let applied = Callback::new(move |()| {
        edits.discard();
        if let Some(on_applied) = on_applied {
            on_applied.run(());
        }
    });
    let any = move || edits.count() > 0;
    view! {
        <Show when=any>
            <div class="edit-bar" data-testid="edit-bar" role="region" aria-label="Changes that are not applied">
                <p role="status">{count}</p>
                <button type="button" class="button" on:click=move |_| edits.discard()>
                    "Discard"
                </button>
                <button
                    type="button"
                    class="button button-primary"
                    data-testid="review"
                    disabled=move || edits.is_faulty()
                    on:click=move |_| reviewing.set(Some(edits.list()))
                >
                    "Review…"
                </button>
            </div>
        </Show>
        <Reviewed reviewing server on_applied=applied leaves/>
    }
}

/// The review of what is asked for, while something is.
#[component]
pub(super) fn Reviewed(
    /// The edits; none: nothing is asked for.
    reviewing: RwSignal<Option<Vec<ConfigEdit>>>,
    /// The server that they are for.
    server: StoredValue<ServerName>,
    /// Called when they are applied.
    #[prop(optional, into)]
    on_applied: Option<Callback<()>>,
    /// Whether that leads to another page, as the part of this one is gone then.
    #[prop(optional, into)]
    leaves: Signal<bool>,
    /// Another server that they are for; none: it is that one.
    #[prop(optional)]
    elsewhere: RwSignal<Option<ServerName>>,
) -> impl IntoView {
    let close = move |()| drop(reviewing.try_set(None));
    let applied = Callback::new(move |()| {
        close(());
        on_applied.map(|called| called.run(())).unwrap_or_default();
    });
    move || {
        let edits = reviewing.get()?;
        let server = elsewhere.get_untracked().map_or(server, StoredValue::new);
        Some(view! { <Review edits server on_close=close on_applied=applied leaves/> })
    }
}

/// What the parts of a review share.
#[derive(Clone, Copy)]
struct Reviewing {
    server: StoredValue<ServerName>,
    /// The edits that are planned.
    edits: StoredValue<Vec<ConfigEdit>>,
    plan: RwSignal<Option<ConfigPlan>>,
    problem: RwSignal<Option<Problem>>,
    note: RwSignal<String>,
    /// Whether what the warnings say was read.
    accepted: RwSignal<bool>,
    /// After how many seconds it is taken back unless it is confirmed; none: it stays.
    within: RwSignal<Option<i64>>,
    /// What is decided about leases and reservations of subnets that are deleted.
    orphans: Deciding,
    /// The password of whoever applies something dangerous.
    password: RwSignal<String>,
    /// Whether they may.
    may_harm: Signal<bool>,
    busy: RwSignal<bool>,
    on_applied: Callback<()>,
    leaves: Signal<bool>,
    live: Live,
    toasts: Toasts,
}

impl Reviewing {
    fn ask(self, edits: Vec<ConfigEdit>) {
        self.edits.set_value(edits.clone());
        self.plan.set(None);
        self.problem.set(None);
        self.accepted.set(false);
        spawn_local(async move {
            match api::plan_config(self.server.get_value(), edits, None, None).await {
                Ok(plan) => drop(self.plan.try_set(Some(plan))),
                Err(error) => drop(self.problem.try_set(Some(error.0))),
            }
        });
    }

    /// Whether nothing stands in the way of applying it. Reactive.
    fn may_apply(self) -> bool {
        self.plan.with(|plan| {
            plan.as_ref().is_some_and(|plan| {
                let confirmed = plan.dangers.is_empty() || self.password.with(|password| !password.is_empty());
                !plan.is_refused()
                    && !plan.words.is_empty()
                    && confirmed
                    && (plan.dangers.is_empty() || self.may_harm.get())
                    && (!has_warnings(plan) || self.accepted.get())
                    && self.orphans.is_confirmed(&plan.orphans)
            })
        })
    }

    fn apply(self) {
        let Some(plan) = self.plan.get_untracked().filter(|_| !self.busy.get_untracked()) else { return };
        let (live, toasts) = (self.live, self.toasts);
        self.busy.set(true);
        self.problem.set(None);
        let seen = (plan.back.clone(), plan.base.clone());
        let request = ApplyRequest {
            edits: plan.edits,
            back: Some(plan.back),
            base: plan.base,
            note: self.note.get_untracked().trim().to_owned(),
            confirm_within: self.within.get_untracked().map(Seconds),
            // The warning that it does was read, or there is none.
            reuse_ids: self.accepted.get_untracked(),
            delete_orphans: !plan.orphans.is_empty() && self.orphans.delete.get_untracked(),
            ..ApplyRequest::default()
        };
        let server = self.server.get_value();
        let password = Some(self.password.get_untracked()).filter(|password| !password.is_empty());
        let leaves = self.leaves.get_untracked();
        // What the page shows may be gone before the answer is there: it would ask for nothing.
        live.pause();
        spawn_local(async move {
            let answer = api::apply_config(server.clone(), request, password).await;
            self.busy.try_set(false);
            let left = leaves && answer.is_ok();
            match answer {
                Ok(applied) => {
                    say(&server, &applied, live, toasts);
                    self.on_applied.try_run(());
                }
                Err(error) => {
                    if !self.is_overtaken(seen).await && self.problem.try_set(Some(error.0.clone())).is_some() {
                        toasts.failed(&error.0);
                    }
                }
            }
            live.changed(None);
            live.resume(left);
        });
    }

    /// Whether it was not applied because others changed the same since it was planned: then that is shown.
    async fn is_overtaken(self, (back, base): (String, Option<String>)) -> bool {
        let Some((server, edits)) = self.server.try_get_value().zip(self.edits.try_get_value()) else { return false };
        match api::plan_config(server, edits, Some(back), base).await {
            Ok(plan) if !plan.clashes.is_empty() => self.plan.try_set(Some(plan)).is_none(),
            _ => false,
        }
    }
}

fn has_warnings(plan: &ConfigPlan) -> bool {
    plan.findings.iter().any(|finding| finding.level == FindingLevel::Warning)
}

/// Says what became of it, and offers to take it back.
fn say(server: &ServerName, applied: &AppliedConfiguration, live: Live, toasts: Toasts) {
    let peers: Vec<String> = applied.peers.iter().filter_map(peer_note).collect();
    let kind = if peers.is_empty() { ToastKind::Done } else { ToastKind::Warning };
    let what = match applied.words.as_slice() {
        [] if applied.saved => format!("{server} was so already; what it had not saved is saved now."),
        [] => format!("{server} was so already."),
        [one] => format!("Applied and saved on {server}: {one}."),
        several => format!("Applied and saved on {server}: {} changes.", several.len()),
    };
    let of = SubnetKey::global(server.clone());
    let undo = applied.change.map(|number| {
        let recheck = Recheck::new(toasts, of, move || api::can_undo(number));
        ToastAction::undo(Callback::new(move |()| undo(number, live, toasts)), recheck)
    });
    let until = applied.confirm_until.map(|until| format!("It is taken back at {until} unless it is kept."));
    let text = std::iter::once(what).chain(kea_says(applied)).chain(until).chain(peers).collect::<Vec<_>>().join(" ");
    toasts.push(kind, text, undo);
    let orphans: Vec<_> = applied.findings.iter().filter(|finding| finding.rule == "orphans").collect();
    if !orphans.is_empty() {
        let warns = orphans.iter().any(|finding| finding.level == FindingLevel::Warning);
        let kind = if warns { ToastKind::Warning } else { ToastKind::Done };
        let texts: Vec<&str> = orphans.iter().map(|finding| finding.text.as_str()).collect();
        toasts.push(kind, texts.join(" "), None);
    }
}

/// What the server itself said of a change, as a sentence; none: nothing.
pub(super) fn kea_says(applied: &AppliedConfiguration) -> Option<String> {
    (!applied.said.is_empty()).then(|| format!("Kea says: “{}”", applied.said.join(" ")))
}

fn undo(number: i64, live: Live, toasts: Toasts) {
    spawn_local(async move {
        match api::undo_change(number, None).await {
            Ok(_) => toasts.done("Undone: the server has its previous configuration again."),
            // There the password is asked for.
            Err(error) if error.0.kind == ProblemKind::Dangerous => drop(location().assign(&routes::change(number))),
            Err(error) => toasts.failed(&error.0),
        }
        live.changed(None);
    });
}

/// The review of some edits, in a drawer that is open for as long as it is there.
#[component]
pub(super) fn Review(
    /// The edits.
    edits: Vec<ConfigEdit>,
    /// The server that they are for.
    server: StoredValue<ServerName>,
    /// The user wants it closed.
    #[prop(into)]
    on_close: Callback<()>,
    /// They are applied.
    on_applied: Callback<()>,
    /// Whether that leads to another page, as the part of this one is gone then.
    #[prop(optional, into)]
    leaves: Signal<bool>,
) -> impl IntoView {
    let review = Reviewing {
        server,
        edits: StoredValue::new(Vec::new()),
        plan: RwSignal::new(None),
        problem: RwSignal::new(None),
        note: RwSignal::new(String::new()),
        accepted: RwSignal::new(false),
        within: RwSignal::new(None),
        orphans: Deciding::new(),
        password: RwSignal::new(String::new()),
        may_harm: Session::allows(Permission::ManageServers),
        busy: RwSignal::new(false),
        on_applied,
        leaves,
        live: Live::here(),
        toasts: Toasts::here(),
    };
    review.ask(edits);
    let title = server.with_value(|server| format!("Review for {server}"));
    let waiting = move || review.plan.with(Option::is_none) && review.problem.with(Option::is_none);
    view! {
        <Drawer title on_close testid="review-drawer">
            <div class="drawer-form">
                <div class="drawer-body">
                    <Show when=waiting>
                        <Skeleton rows=4/>
                    </Show>
                    {move || review.problem.get().map(|problem| view! { <ProblemView problem/> })}
                    {move || {
                        let plan = review.plan.get()?;
                        Some(
                            if plan.clashes.is_empty() {
                                view! { <Planned plan review/> }.into_any()
                            } else {
                                let settled = move |edits: Vec<ConfigEdit>| review.ask(edits);
                                view! { <Clashes clashes=plan.clashes edits=review.edits on_settled=settled/> }.into_any()
                            },
                        )
                    }}
                </div>
                <footer class="drawer-foot">
                    <button type="button" class="button" on:click=move |_| on_close.run(())>
                        "Back"
                    </button>
                    <Show when=move || review.may_apply()>
                        <button
                            type="button"
                            class="button button-change"
                            data-testid="apply"
                            disabled=move || review.busy.get()
                            on:click=move |_| review.apply()
                        >
                            {move || if review.busy.get() { "Applying …" } else { "Apply" }}
                        </button>
                    </Show>
                </footer>
            </div>
        </Drawer>
    }
}
