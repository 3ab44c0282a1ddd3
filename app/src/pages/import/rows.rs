//! Preview, and what became of it.

use leptos::prelude::*;
use model::TableRow;

use super::row::Row;
use super::sheet::{Answered, Doing, Sheet};
use super::words::{Lot, applicable, plan, rows, summary};
use crate::components::batch::UndoBatch;
use crate::components::dialog::Confirm;
use crate::components::each::Each;
use crate::components::icon::Icon;
use crate::routes;

/// How many rows are shown at first, and how many more at a time.
const PART: usize = 100;

/// What came back: counts, the rows, and what can be done.
#[component]
pub(super) fn Verdicts(sheet: Sheet) -> impl IntoView {
    let number = Memo::new(move |_| sheet.answered.with(|answered| answered.as_ref().map(|answered| answered.number)));
    view! {
        {move || {
            number.get()?;
            let answered = sheet.answered.get_untracked()?;
            Some(view! { <Shown sheet answered/> })
        }}
        <Show when=move || sheet.asking.get()>
            <ApplyQuestion sheet/>
        </Show>
    }
}

#[component]
fn Shown(sheet: Sheet, answered: Answered) -> impl IntoView {
    let Answered { table, applied, .. } = answered;
    let title = if applied { "Result" } else { "Preview" };
    let text = summary(&table);
    let chips = Lot::ALL.into_iter().map(|lot| (lot, lot.count(&table))).filter(|(_, count)| *count > 0);
    let chips = chips.map(|(lot, count)| view! { <LotChip sheet lot=Some(lot) count/> }).collect::<Vec<_>>();
    let all = table.rows.len();
    let (count, batch) = (applicable(&table), table.batch.clone());
    let left_out = table.left_out.iter().map(|head| format!("“{head}”")).collect::<Vec<_>>().join(", ");
    let left_out = (!left_out.is_empty())
        .then(|| view! { <p class="field-note" data-testid="left-out">{format!("Columns ignored: {left_out}.")}</p> });
    let rows = StoredValue::new(table.rows);
    view! {
        <section class="card" aria-labelledby="verdicts" data-testid="verdicts">
            <header class="card-head">
                <h2 id="verdicts">{title}</h2>
                {batch.as_ref().map(|batch| view! { <a class="card-more" href=routes::changes_of_batch(batch)>"View changes"</a> })}
            </header>
            <div class="card-body import-verdicts">
                <p class="visually-hidden" role="status">{text}</p>
                {left_out}
                <div class="chips" role="group" aria-label="Filter" data-testid="verdict-filters">
                    <LotChip sheet lot=None count=all/>
                    {chips}
                </div>
                <Show when=move || sheet.is_outdated()>
                    <p class="notice tone-warn" data-testid="outdated">
                        <strong>"The CSV data was changed since."</strong>
                        " The preview is of the data before: check again."
                    </p>
                </Show>
                {if applied {
                    batch
                        .map(|batch| view! { <div class="import-tools"><UndoBatch batch on_done=Callback::new(|()| ())/></div> })
                        .into_any()
                } else {
                    view! { <ApplyButton sheet count/> }.into_any()
                }}
            </div>
            <Rows sheet rows/>
        </section>
    }
    .into_any()
}

#[component]
fn LotChip(sheet: Sheet, lot: Option<Lot>, count: usize) -> impl IntoView {
    let word = lot.map_or("all", |lot| lot.look().2);
    let mark = lot.map(|lot| view! { <Icon glyph=lot.look().1/> });
    view! {
        <button
            type="button"
            class="chip"
            aria-pressed=move || (sheet.lot.get() == lot).to_string()
            on:click=move |_| sheet.lot.set(lot)
        >
            {mark}
            {format!("{count} {word}")}
        </button>
    }
}

#[component]
fn ApplyButton(sheet: Sheet, count: usize) -> impl IntoView {
    if count == 0 {
        return view! { <p class="notice tone-info">"Nothing to apply: no row would create or change a reservation."</p> }
            .into_any();
    }
    let off = move || sheet.is_outdated() || sheet.doing.get() != Doing::Nothing;
    view! {
        <Show
            when=move || sheet.may_apply.get()
            fallback=|| view! { <p class="field-note">"You can check, but not apply."</p> }
        >
            <div class="import-tools">
                <button
                    type="button"
                    class="button button-change"
                    data-testid="apply-table"
                    disabled=off
                    on:click=move |_| sheet.asking.set(true)
                >
                    {format!("Apply {}", rows(count))}
                </button>
            </div>
        </Show>
    }
    .into_any()
}

#[component]
fn ApplyQuestion(sheet: Sheet) -> impl IntoView {
    let (count, plan) = sheet.answered.with_untracked(|answered| {
        answered.as_ref().map(|answered| (applicable(&answered.table), plan(&answered.table))).unwrap_or_default()
    });
    let plan = plan.into_iter().map(|sentence| view! { <li>{sentence}</li> }).collect::<Vec<_>>();
    let busy = Signal::derive(move || sheet.doing.get() == Doing::Applying);
    view! {
        <Confirm
            title=format!("Apply {}?", rows(count))
            confirm="Apply"
            testid="confirm-apply"
            busy
            on_confirm=move |()| sheet.apply()
            on_close=move |()| sheet.asking.set(false)
        >
            <ul class="reasons">{plan}</ul>
            <p>"Each row is checked again before it is applied. The whole import can be undone afterwards."</p>
            {move || busy.get().then(|| view! { <p role="status">"Applying … This can take a while for many rows."</p> })}
        </Confirm>
    }
}

/// The rows of the chosen lot, a part of them at first.
#[component]
fn Rows(sheet: Sheet, rows: StoredValue<Vec<TableRow>>) -> impl IntoView {
    let most = RwSignal::new(PART);
    let fitting = move |row: &&TableRow| sheet.lot.get().is_none_or(|lot| Lot::of(row) == lot);
    let total = Memo::new(move |_| rows.with_value(|rows| rows.iter().filter(fitting).count()));
    let visible =
        move || rows.with_value(|rows| rows.iter().filter(fitting).take(most.get()).cloned().collect::<Vec<_>>());
    let rest = move || total.get().saturating_sub(most.get());
    view! {
        <div class="table-frame">
            <table class="table table-cards verdict-table" data-testid="verdict-table">
                <caption class="visually-hidden">"Rows"</caption>
                <thead>
                    <tr>
                        <th scope="col" class="number">"Line"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col">"Client"</th>
                        <th scope="col">"Address"</th>
                        <th scope="col">"Host name"</th>
                        <th scope="col">"Subnet"</th>
                        <th scope="col">"Notes"</th>
                    </tr>
                </thead>
                <tbody>
                    <Each each=visible key=|row| row.line children=move |row| view! { <Row row/> }/>
                </tbody>
            </table>
        </div>
        <Show when=move || rest() != 0>
            <div class="import-more">
                <button type="button" class="button" data-testid="more-rows" on:click=move |_| most.update(|most| *most += PART)>
                    {move || format!("Show {} more", rest().min(PART))}
                </button>
                <span class="muted">{move || format!("{} of {} are shown", total.get() - rest(), total.get())}</span>
            </div>
        </Show>
    }
}
