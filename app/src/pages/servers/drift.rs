//! Where the reservations of a pair differ, and how they are made the same again.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Content, Difference, Drift, Identifier, Permission, Problem, Reservation, ServerName, SubnetKey};

use super::words::{effect, in_a_line};
use crate::api::{self, Answer};
use crate::components::copy::{Copied, CopyButton};
use crate::components::dialog::Confirm;
use crate::components::diff::{SideBySide, VersionDiff};
use crate::components::icon::{Glyph, Icon};
use crate::components::problem::ProblemView;
use crate::forms::{ChangeProblem, Notices};
use crate::routes;
use crate::state::Session;

/// One reservation that is to be made like another.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    identifier: Identifier,
    from: (SubnetKey, Option<Reservation>),
    to: (SubnetKey, Option<Reservation>),
}

impl Step {
    fn label(&self) -> String {
        format!("make {} like {}", self.to.0.server, self.from.0.server)
    }
}

/// What the parts of the comparison share.
#[derive(Clone, Copy)]
struct Compared {
    /// The server that is compared with its partners.
    server: StoredValue<ServerName>,
    /// What came out last.
    found: RwSignal<Option<Answer<Vec<Drift>>>>,
    comparing: RwSignal<bool>,
    /// What the user is about to do.
    ask: RwSignal<Option<Step>>,
    busy: RwSignal<bool>,
    problem: RwSignal<Option<Problem>>,
    may_align: Signal<bool>,
}

impl Compared {
    async fn compare(self) {
        self.comparing.try_set(true);
        let Some(server) = self.server.try_get_value() else { return };
        let found = api::list_drift(server).await;
        self.comparing.try_set(false);
        self.found.try_set(Some(found));
    }

    async fn align(self, step: Step, notices: Notices) {
        self.busy.try_set(true);
        let Step { identifier, from, to } = step;
        let done =
            format!("The reservation for {identifier} on {} is now the same as on {}.", to.0.server, from.0.server);
        let undone = format!("The reservation for {identifier} on {} is restored.", to.0.server);
        let answer = api::align_reservation(from.0, to.0, identifier).await;
        self.busy.try_set(false);
        match answer {
            Ok(applied) => {
                notices.done(&done, undone, &applied);
                self.ask.try_set(None);
            }
            // A user who has left the page in the meantime hears of it all the same.
            Err(error) => {
                if self.problem.try_set(Some(error.0.clone())).is_some() {
                    notices.failed(&error.0);
                }
            }
        }
        self.compare().await;
    }
}

/// The button that compares, and what comes out.
#[component]
pub(super) fn Comparison(server: ServerName) -> impl IntoView {
    let compared = Compared {
        server: StoredValue::new(server),
        found: RwSignal::new(None),
        comparing: RwSignal::new(false),
        ask: RwSignal::new(None),
        busy: RwSignal::new(false),
        problem: RwSignal::new(None),
        may_align: Session::allows(Permission::Reserve),
    };
    let label = move || if compared.comparing.get() { "Comparing …" } else { "Compare reservations" };
    let retry = Callback::new(move |()| spawn_local(compared.compare()));
    view! {
        <div class="card-body drift">
            <button
                type="button"
                class="button"
                data-testid="compare"
                disabled=move || compared.comparing.get()
                on:click=move |_| spawn_local(compared.compare())
            >
                <Icon glyph=Glyph::Exchange/>
                {label}
            </button>
            <div class="drift-found">
                {move || {
                    compared
                        .found
                        .get()
                        .map(|found| match found {
                            Ok(drifts) => view! { <Drifts compared drifts/> }.into_any(),
                            Err(error) => view! { <ProblemView problem=error.0 retry/> }.into_any(),
                        })
                }}
            </div>
        </div>
        {move || compared.ask.get().map(|step| view! { <Question compared step/> })}
    }
    .into_any()
}

#[component]
fn Drifts(compared: Compared, drifts: Vec<Drift>) -> impl IntoView {
    if drifts.is_empty() {
        return view! {
            <p class="notice tone-good" role="status" data-testid="no-drift">
                <strong>"In sync."</strong>
                " The reservations in their configuration files are the same."
            </p>
        }
        .into_any();
    }
    let text = match drifts.iter().map(|drift| drift.differences.len() + drift.raw.len()).sum::<usize>() {
        1 => "1 reservation differs:".to_owned(),
        count => format!("{count} reservations differ:"),
    };
    let tables = drifts.into_iter().map(|drift| view! { <DriftTable compared drift/> });
    view! {
        <p role="status">{text}</p>
        {tables.collect::<Vec<_>>()}
    }
    .into_any()
}

/// The differences of one subnet.
#[component]
fn DriftTable(compared: Compared, drift: Drift) -> impl IntoView {
    let Drift { prefix, left, right, missing_on, differences, problem, raw } = drift;
    let prefix = if left.is_global() { "Global reservations".to_owned() } else { prefix.to_string() };
    if let Some(problem) = problem {
        // A server that does not answer is named by what is said of it.
        let of_all = left.is_global() && problem.kind == model::ProblemKind::Unreachable;
        let text = if of_all { problem.text } else { format!("{prefix}: {}", problem.text) };
        return view! { <p data-testid="drift-missing">{text}</p> }.into_any();
    }
    if !missing_on.is_empty() {
        let partners = missing_on.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let text = format!(" is only on {}: {partners} does not have this subnet.", left.server);
        return view! {
            <p data-testid="drift-missing">
                <a class="address" href=routes::subnet(&left)>{prefix}</a>
                {text}
            </p>
        }
        .into_any();
    }
    let link = |key: &SubnetKey| view! { <a href=routes::subnet(key)>{key.server.to_string()}</a> };
    let (on_left, on_right) = (format!("On {}", left.server), format!("On {}", right.server));
    let caption = format!("Reservations in {prefix} that differ between {} and {}", left.server, right.server);
    let heads = (on_left.clone(), on_right.clone());
    let title = view! {
        <h3 class="drift-title">
            <span class="address">{prefix}</span>
            " on "
            {link(&left)}
            " and "
            {link(&right)}
        </h3>
    };
    let rows = differences.into_iter().map(|difference| {
        view! { <DifferenceRow compared left=left.clone() right=right.clone() difference heads=heads.clone()/> }
    });
    let rows = rows.collect::<Vec<_>>();
    let raw = raw
        .into_iter()
        .map(|raw| view! { <p data-testid="drift-raw">{raw.sentence()} " " <code>{raw.text}</code></p> });
    let raw = raw.collect::<Vec<_>>();
    view! {
        {title}
        {raw}
        <div class="table-frame">
            <table class="table table-cards drift-table" data-testid="drift">
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Client"</th>
                        <th scope="col">{on_left}</th>
                        <th scope="col">{on_right}</th>
                        <th scope="col">"Differences"</th>
                        <th scope="col">
                            <span class="visually-hidden">"Align"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn DifferenceRow(
    compared: Compared,
    left: SubnetKey,
    right: SubnetKey,
    difference: Difference,
    heads: (String, String),
) -> impl IntoView {
    let Difference { identifier, left: on_left, right: on_right } = difference;
    let known_by = Copied::of(&identifier);
    let (text, client) = (identifier.to_string(), identifier.to_string());
    let forwards = Step {
        identifier: identifier.clone(),
        from: (left.clone(), on_left.clone()),
        to: (right.clone(), on_right.clone()),
    };
    let backwards = Step { identifier, from: forwards.to.clone(), to: forwards.from.clone() };
    let differs = match (&on_left, &on_right) {
        (Some(_), None) => format!("only on {}", left.server).into_any(),
        (None, Some(_)) => format!("only on {}", right.server).into_any(),
        _ => {
            let names = [left.server.to_string(), right.server.to_string()];
            view! { <SideBySide names left=on_left.clone().map(Content::from) right=on_right.clone().map(Content::from)/> }.into_any()
        }
    };
    view! {
        <tr data-testid="difference" data-client=client>
            <th scope="row" class="row-main address">
                {text.clone()}
                <CopyButton what=known_by text in_row=true/>
            </th>
            <td data-label=heads.0>{in_a_line(on_left.as_ref())}</td>
            <td data-label=heads.1>{in_a_line(on_right.as_ref())}</td>
            <td data-label="Differences">{differs}</td>
            <td class="row-actions">
                <AlignButton compared step=forwards arrow="→"/>
                <AlignButton compared step=backwards arrow="←"/>
            </td>
        </tr>
    }
    .into_any()
}

#[component]
fn AlignButton(compared: Compared, step: Step, arrow: &'static str) -> impl IntoView {
    let text = format!("{arrow} {}", step.label());
    let label = format!("For {}: {}", step.identifier, step.label());
    let step = StoredValue::new(step);
    let ask = move |_| {
        compared.problem.set(None);
        compared.ask.set(Some(step.get_value()));
    };
    view! {
        <Show when=move || compared.may_align.get()>
            <button type="button" class="button button-small" aria-label=label.clone() on:click=ask>
                {text.clone()}
            </button>
        </Show>
    }
}

/// Asks once more, and says what is done where.
#[component]
fn Question(compared: Compared, step: Step) -> impl IntoView {
    let Step { identifier, from, to } = step.clone();
    let (source, target) = (from.0.server.to_string(), to.0.server.to_string());
    let subnet = to.0.clone();
    let on_saved = move |()| {
        compared.ask.set(None);
        spawn_local(compared.compare());
    };
    let asked = StoredValue::new((step, Notices::here(to.0.clone())));
    let what = format!("The reservation of {identifier} on {target} {}:", effect(from.1.as_ref(), to.1.as_ref()));
    view! {
        <Confirm
            title=format!("Make {target} like {source}?")
            confirm="Align"
            testid="confirm-align"
            busy=compared.busy
            on_confirm=move |()| {
                let (step, notices) = asked.get_value();
                spawn_local(compared.align(step, notices));
            }
            on_close=move |()| compared.ask.set(None)
        >
            <p>{what}</p>
            <VersionDiff before=to.1.map(model::Content::from) after=from.1.map(model::Content::from)/>
            <p>{format!("{source} stays as it is.")}</p>
            <ChangeProblem problem=compared.problem subnet on_saved/>
        </Confirm>
    }
    .into_any()
}
