//! Where the reservations of a subnet are kept, on a server that has two places for them, and moving all of them.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{BatchUndone, Problem, RowVerdict, Storage, Table};

use super::super::addresses::List;
use crate::api;
use crate::components::dialog::Confirm;
use crate::components::icon::{Glyph, Icon};
use crate::components::problem::ProblemView;
use crate::live::Live;
use crate::state::{Recheck, ToastAction, ToastKind, Toasts};

/// What is kept where, folded away; nothing where there is only one place.
#[component]
pub(super) fn Storages(list: List) -> impl IntoView {
    let asking = RwSignal::new(None::<Storage>);
    let buttons = [
        (Storage::Database, Glyph::Database, "Move all to the host database…"),
        (Storage::Configuration, Glyph::File, "Move all to the configuration file…"),
    ];
    let buttons = move || {
        let button = |(to, glyph, label)| {
            view! {
                <button type="button" class="button button-small" on:click=move |_| asking.set(Some(to))>
                    <Icon glyph/>
                    {label}
                </button>
            }
        };
        buttons.map(button)
    };
    view! {
        <Show when=move || list.has_database()>
            <details class="fold" data-testid="storage">
                <summary>"Storage"</summary>
                <p>
                    "New reservations are kept in the server’s host database; others may be in its configuration file. Where both have a client, the one in the file is used."
                </p>
                <Show when=move || list.may_reserve()>
                    <p class="fold-action">{buttons}</p>
                </Show>
            </details>
        </Show>
        {move || asking.get().map(|to| view! { <MoveAll list to asking/> })}
    }
}

/// Asks whether every reservation of the subnet shall be moved, and moves them.
#[component]
fn MoveAll(list: List, to: Storage, asking: RwSignal<Option<Storage>>) -> impl IntoView {
    let (live, toasts) = (Live::here(), Toasts::here());
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let close = move |()| asking.set(None);
    let confirm = move |()| {
        let Some(subnet) = list.key() else { return };
        busy.set(true);
        spawn_local(async move {
            let moved = subnet.clone();
            let answer = api::move_reservations(subnet, to).await;
            busy.try_set(false);
            match answer {
                Ok(table) => {
                    let (whole, text) = in_words(&table);
                    let kind = if whole { ToastKind::Done } else { ToastKind::Warning };
                    let undo = table.batch.map(|batch| {
                        let of = batch.clone();
                        let recheck = Recheck::new(toasts, moved.clone(), move || api::can_undo_batch(of.clone()));
                        ToastAction::undo(Callback::new(move |()| undo(batch.clone(), live, toasts)), recheck)
                    });
                    toasts.push(kind, text, undo);
                    asking.try_set(None);
                }
                Err(error) => {
                    if problem.try_set(Some(error.0.clone())).is_some() {
                        toasts.failed(&error.0);
                    }
                }
            }
            live.changed(list.key());
        });
    };
    view! {
        <Confirm
            title=match to {
                Storage::Database => "Move all reservations of this subnet to the host database?",
                Storage::Configuration => "Move all reservations of this subnet to the configuration file?",
            }
            confirm="Move all"
            testid="confirm-move-all"
            harmless=true
            busy
            on_confirm=confirm
            on_close=close
        >
            <p>"Each is created there first and then deleted where it was; clients are not affected."</p>
            <p>"A client with one in both places keeps both: compare them one by one."</p>
            {move || problem.get().map(|problem| view! { <ProblemView problem/> })}
        </Confirm>
    }
}

fn undo(batch: String, live: Live, toasts: Toasts) {
    spawn_local(async move {
        match api::undo_batch(batch).await {
            Ok(BatchUndone { undone, left }) if left.is_empty() => {
                toasts.done(format!("{} moved back.", counted(undone as usize)));
            }
            Ok(BatchUndone { undone, left }) => {
                let why = left.first().map(|problem| problem.text.clone()).unwrap_or_default();
                let text = format!("{} moved back, {} not: {why}", counted(undone as usize), left.len());
                toasts.push(ToastKind::Warning, text, None);
            }
            Err(error) => toasts.failed(&error.0),
        }
        live.changed(None);
    });
}

/// What became of all of them, and whether that is plain success.
fn in_words(table: &Table) -> (bool, String) {
    let outcomes = || table.rows.iter().filter_map(|row| row.outcome.as_ref());
    let moved = outcomes().filter(|outcome| outcome.is_ok()).count();
    let both = table.rows.iter().filter(|row| row.verdict == RowVerdict::Blocked).count();
    let failed: Vec<&Problem> = outcomes().filter_map(|outcome| outcome.as_ref().err()).collect();
    if table.rows.is_empty() {
        return (true, "Nothing to move.".to_owned());
    }
    let parts = [
        Some(format!("{} moved.", counted(moved))),
        (both > 0).then(|| format!("{} already in both places, and not moved.", counted(both))),
        failed.first().map(|first| format!("{} not: {} {}", counted(failed.len()), first.text, first.advice)),
    ];
    let text = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    (both == 0 && failed.is_empty(), text)
}

fn counted(count: usize) -> String {
    if count == 1 { "1 reservation is".to_owned() } else { format!("{count} reservations are") }
}

#[cfg(test)]
mod tests {
    use model::{Applied, ProblemKind, TableRow};

    use super::*;

    fn row(verdict: RowVerdict, outcome: Option<Result<Applied, Problem>>) -> TableRow {
        TableRow { line: 1, wanted: None, verdict, faults: Vec::new(), findings: Vec::new(), outcome }
    }

    #[test]
    fn every_outcome_is_counted() {
        let done = || {
            let applied = Applied { change: Some(1), ..Applied::default() };
            row(RowVerdict::Change, Some(Ok(applied)))
        };
        let refused = Problem::new(ProblemKind::Refused, "Kea said no.", "Look at its log.");
        let of = |rows: Vec<TableRow>| in_words(&Table { rows, batch: None, left_out: Vec::new() });
        assert_eq!(of(Vec::new()), (true, "Nothing to move.".to_owned()));
        assert_eq!(of(vec![done(), done()]), (true, "2 reservations are moved.".to_owned()));
        let mixed = vec![done(), row(RowVerdict::Blocked, None), row(RowVerdict::Change, Some(Err(refused)))];
        let text = "1 reservation is moved. 1 reservation is already in both places, and not moved. \
                    1 reservation is not: Kea said no. Look at its log.";
        assert_eq!(of(mixed), (false, text.to_owned()));
    }
}
