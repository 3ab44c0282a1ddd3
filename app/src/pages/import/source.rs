//! Where the table comes from: typed, pasted, or out of a file.

use std::time::Duration;

use leptos::prelude::*;
use model::Problem;

use super::choice::{Choices, SubnetSelect};
use super::columns::Columns;
use super::sheet::{Doing, Sheet};
use super::words::{LARGEST, MOST_ROWS, example, rows};
use crate::components::file_button::FileButton;
use crate::components::icon::{Glyph, Icon};
use crate::components::problem::ProblemView;

/// The table, its subnet, and the button that has it checked.
#[component]
pub(super) fn Source(sheet: Sheet, subnets: Choices) -> impl IntoView {
    let is_empty = Memo::new(move |_| sheet.text.with(|text| text.trim().is_empty()));
    let first = subnets.first.first().map(|choice| choice.key.clone());
    let fill = move |_| {
        let subnet = sheet.subnet.get_untracked().or_else(|| first.clone());
        sheet.text.set(example(subnet.as_ref()));
    };
    let read = move |read: Result<String, Problem>| match read {
        Ok(text) => {
            sheet.problem.try_set(None);
            sheet.text.try_set(text);
            sheet.check_all();
        }
        Err(problem) => drop(sheet.problem.try_set(Some(problem))),
    };
    let label = move || if sheet.doing.get() == Doing::Checking { "Checking …" } else { "Check" };
    let limits =
        format!("Up to {MOST_ROWS} rows and {} KiB per import. Nothing is changed until you apply.", LARGEST / 1_024);
    view! {
        <section class="card" aria-labelledby="table-head">
            <header class="card-head">
                <h2 id="table-head">"CSV data"</h2>
            </header>
            <div class="card-body import-source">
                <p class="page-lead">
                    "Paste CSV or choose a file: one reservation per line, separated by commas, semicolons or tabs. " {limits}
                </p>
                <Columns/>
                <div class="import-tools">
                    <FileButton accept=".csv,.txt,text/csv,text/plain" testid="table-file" largest=LARGEST on_read=read/>
                    <Show when=move || is_empty.get()>
                        <button type="button" class="button" data-testid="fill-example" on:click=fill.clone()>
                            <Icon glyph=Glyph::Edit/>
                            "Fill in an example"
                        </button>
                    </Show>
                </div>
                <Text sheet/>
                <SubnetSelect
                    id="table-subnet"
                    label="Default subnet"
                    none="(each row has one)"
                    subnets
                    chosen=sheet.subnet
                />
                {move || sheet.problem.get().map(|problem| view! { <ProblemView problem/> })}
                <div class="import-tools">
                    <button
                        type="button"
                        class="button button-primary"
                        data-testid="check-table"
                        disabled=move || is_empty.get() || sheet.doing.get() != Doing::Nothing
                        on:click=move |_| sheet.check()
                    >
                        <Icon glyph=Glyph::Check/>
                        {label}
                    </button>
                </div>
            </div>
        </section>
    }
    .into_any()
}

/// The text of the table, and how many rows it has.
#[component]
fn Text(sheet: Sheet) -> impl IntoView {
    view! {
        <div class="field">
            <label class="field-label" for="table-text">
                "Rows"
            </label>
            <textarea
                id="table-text"
                class="input table-text mono"
                rows="10"
                spellcheck="false"
                autocomplete="off"
                autocapitalize="off"
                wrap="off"
                data-testid="table-text"
                aria-describedby="table-about"
                placeholder="subnet,identifier,address,host_name"
                prop:value=move || sheet.text.get()
                on:input=move |event| sheet.text.set(event_target_value(&event))
                on:paste=move |_| set_timeout(move || sheet.check_all(), Duration::ZERO)
            ></textarea>
            <p id="table-about" class="field-note">{move || counted(sheet)}</p>
        </div>
    }
}

/// How many rows there are, the head left out.
fn counted(sheet: Sheet) -> String {
    let lines = sheet.text.with(|text| text.lines().filter(|line| !line.trim().is_empty()).count());
    rows(lines.saturating_sub(1))
}
