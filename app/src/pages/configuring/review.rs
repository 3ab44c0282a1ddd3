//! Before anything is sent: what would change, what stands against it, what the server gets.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{
    AppliedConfiguration, ApplyRequest, ConfigEdit, ConfigPlan, ConfigSummary, FindingLevel, Permission, Problem,
    ProblemKind, Seconds, ServerName, SubnetKey,
};

use super::clashes::Clashes;
use super::edits::Edits;
use super::findings::FindingList;
use crate::api;
use crate::components::dangers::Dangers;
use crate::components::drawer::Drawer;
use crate::components::field::TextField;
use crate::components::icon::{Glyph, Icon};
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
) -> impl IntoView {
    let reviewing = RwSignal::new(None::<Vec<ConfigEdit>>);
    let count = move || match edits.count() {
        1 => "1 change".to_owned(),
        count => format!("{count} changes"),
    };
    let applied = Callback::new(move |()| {
        reviewing.try_set(None);
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
        {move || {
            let edits = reviewing.get()?;
            Some(view! { <Review edits server on_close=move |()| reviewing.set(None) on_applied=applied/> })
        }}
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
    /// The password of whoever applies something dangerous.
    password: RwSignal<String>,
    /// Whether they may.
    may_harm: Signal<bool>,
    busy: RwSignal<bool>,
    on_applied: Callback<()>,
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
            match api::plan_config(self.server.get_value(), edits, None).await {
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
            })
        })
    }

    fn apply(self) {
        let Some(plan) = self.plan.get_untracked().filter(|_| !self.busy.get_untracked()) else { return };
        let (live, toasts) = (self.live, self.toasts);
        self.busy.set(true);
        self.problem.set(None);
        let back = plan.back.clone();
        let request = ApplyRequest {
            edits: plan.edits,
            back: Some(plan.back),
            base: plan.base,
            note: self.note.get_untracked().trim().to_owned(),
            confirm_within: self.within.get_untracked().map(Seconds),
            ..ApplyRequest::default()
        };
        let server = self.server.get_value();
        let password = Some(self.password.get_untracked()).filter(|password| !password.is_empty());
        spawn_local(async move {
            let answer = api::apply_config(server.clone(), request, password).await;
            self.busy.try_set(false);
            match answer {
                Ok(applied) => {
                    say(&server, &applied, live, toasts);
                    self.on_applied.try_run(());
                }
                Err(error) => {
                    if !self.is_overtaken(back).await && self.problem.try_set(Some(error.0.clone())).is_some() {
                        toasts.failed(&error.0);
                    }
                }
            }
            live.changed(None);
        });
    }
}

impl Reviewing {
    /// Whether it was not applied because others changed the same since it was planned: then that is shown.
    async fn is_overtaken(self, back: String) -> bool {
        let Some((server, edits)) = self.server.try_get_value().zip(self.edits.try_get_value()) else { return false };
        match api::plan_config(server, edits, Some(back)).await {
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
    let text = std::iter::once(what).chain(until).chain(peers).collect::<Vec<_>>().join(" ");
    toasts.push(kind, text, undo);
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
) -> impl IntoView {
    let review = Reviewing {
        server,
        edits: StoredValue::new(Vec::new()),
        plan: RwSignal::new(None),
        problem: RwSignal::new(None),
        note: RwSignal::new(String::new()),
        accepted: RwSignal::new(false),
        within: RwSignal::new(None),
        password: RwSignal::new(String::new()),
        may_harm: Session::allows(Permission::ManageServers),
        busy: RwSignal::new(false),
        on_applied,
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

/// What changes, with the subnets to be opened where it is said once for several.
fn summarised(summary: ConfigSummary) -> impl IntoView {
    let ConfigSummary { text, subnets } = summary;
    let which = (!subnets.is_empty()).then(|| {
        view! {
            <details>
                <summary class="muted">"Which subnets"</summary>
                <p class="mono">{subnets.join(", ")}</p>
            </details>
        }
    });
    view! { <li>{text} {which}</li> }
}

#[component]
fn Planned(plan: ConfigPlan, review: Reviewing) -> impl IntoView {
    let refused = plan.is_refused();
    let warned = has_warnings(&plan) && !refused;
    let nothing = plan.words.is_empty();
    let can_go_back = plan.findings.iter().all(|finding| finding.rule != "no-way-back");
    let ConfigPlan { summary, findings, commands, dangers, partners, tested, .. } = plan;
    let mut sent = commands;
    sent.extend(partners.iter().flat_map(|partner| partner.commands.clone()));
    let notes = partners.into_iter().map(|partner| {
        let glyph = if partner.waits { Glyph::Warning } else { Glyph::Info };
        view! {
            <p class="muted" data-testid="review-partner">
                <Icon glyph/>
                " "
                {partner.text}
            </p>
        }
    });
    let notes = notes.collect::<Vec<_>>();
    let test = if tested {
        " Kea tests it first."
    } else {
        " Kea is not asked for a test, after which a member of a pair would not let its partner in."
    };
    let words = summary.into_iter().map(summarised).collect::<Vec<_>>();
    let sent = sent.into_iter().map(|command| {
        let to = format!("{} to {}", command.name, command.server);
        view! {
            <li>
                <code>{to}</code>
                <p class="mono muted review-command">{command.text}</p>
            </li>
        }
    });
    let sent = sent.collect::<Vec<_>>();
    let accepted = review.accepted;
    view! {
        <section aria-labelledby="review-words">
            <h3 id="review-words">"What changes"</h3>
            {if nothing {
                view! { <p class="muted">"Nothing: the server is so already."</p> }.into_any()
            } else {
                view! {
                    <ul class="review-words" data-testid="review-words">
                        {words}
                    </ul>
                }
                    .into_any()
            }}
        </section>
        {(!findings.is_empty())
            .then(|| {
                view! {
                    <section aria-label="What stands against it">
                        <FindingList findings server=review.server/>
                    </section>
                }
            })}
        {refused
            .then(|| {
                view! {
                    <p class="notice tone-bad" data-testid="review-refused">
                        <strong>"It cannot be applied."</strong>
                        " Go back and correct what is refused or harmful."
                    </p>
                }
            })}
        {(!refused && !dangers.is_empty()).then(|| view! { <Dangers dangers password=review.password/> })}
        {warned
            .then(|| {
                view! {
                    <label class="check-line">
                        <input
                            type="checkbox"
                            data-testid="accept-warnings"
                            prop:checked=move || accepted.get()
                            on:change=move |event| accepted.set(event_target_checked(&event))
                        />
                        <span>"I have read the warnings: apply it all the same."</span>
                    </label>
                }
            })}
        {(!nothing && !refused)
            .then(|| {
                view! {
                    <TextField
                        name="note"
                        label="Why (shown in Changes; may stay empty)"
                        value=review.note
                        on_input=move |text| review.note.set(text)
                        on_leave=move |()| {}
                        fault=Signal::derive(|| None::<String>)
                    />
                    <Within within=review.within can_go_back/>
                    <details class="fold">
                        <summary>"What is sent"</summary>
                        <ul class="review-words">{sent}</ul>
                    </details>
                    <p class="muted">
                        <Icon glyph=Glyph::Info/>
                        {test}
                        " If it then serves no leases, its previous configuration is restored."
                    </p>
                    {notes}
                }
            })}
    }
}

/// After which times a change may be taken back, in seconds, each with what it is called.
const TIMES: [(i64, &str); 5] = [(60, "1 min"), (300, "5 min"), (900, "15 min"), (3_600, "1 h"), (86_400, "1 day")];

/// Whether it is taken back unless somebody confirms it, and after which time.
#[component]
fn Within(
    within: RwSignal<Option<i64>>,
    /// Whether it could be: not where a secret goes, as none is kept.
    can_go_back: bool,
) -> impl IntoView {
    let chosen = RwSignal::new(TIMES[1].0);
    let on = move || within.with(Option::is_some);
    let choose = move |seconds: String| {
        if let Ok(seconds) = seconds.parse() {
            chosen.set(seconds);
            within.set(Some(seconds));
        }
    };
    let options = TIMES.map(|(seconds, label)| {
        view! {
            <option value=seconds.to_string() selected=move || chosen.get() == seconds>
                {label}
            </option>
        }
    });
    view! {
        <div class="check-line">
            <input
                id="confirm-within"
                type="checkbox"
                data-testid="confirm-within"
                disabled=!can_go_back
                prop:checked=on
                on:change=move |event| within.set(event_target_checked(&event).then(|| chosen.get_untracked()))
            />
            <label for="confirm-within">"Take it back in"</label>
            <select
                class="input"
                aria-label="Time until it is taken back"
                disabled=!can_go_back
                on:change=move |event| choose(event_target_value(&event))
            >
                {options}
            </select>
            <span>"unless I confirm it"</span>
        </div>
        {(!can_go_back)
            .then(|| {
                view! { <p class="muted">"It cannot be taken back by itself: a password or key goes that Nestor does not keep."</p> }
            })}
    }
}
