//! Where the table comes from: typed, pasted, or out of a file.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::{File, HtmlInputElement};
use model::{Problem, ProblemKind};
use wasm_bindgen_futures::JsFuture;

use super::choice::{Choices, SubnetSelect};
use super::columns::Columns;
use super::sheet::{Doing, Sheet};
use super::words::{LARGEST, MOST_ROWS, example, rows};
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
                    <FileButton sheet/>
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

/// Takes the table out of a file; nothing but the browser reads it.
#[component]
fn FileButton(sheet: Sheet) -> impl IntoView {
    let choose = move |event: leptos::ev::Event| {
        let input: HtmlInputElement = event_target(&event);
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        // The same file can be chosen again, when it was corrected.
        input.set_value("");
        sheet.problem.set(None);
        spawn_local(async move {
            match read(&file).await {
                Ok(text) => {
                    sheet.text.try_set(text);
                    sheet.check_all();
                }
                Err(problem) => {
                    sheet.problem.try_set(Some(problem));
                }
            }
        });
    };
    view! {
        <label class="button file-button">
            <Icon glyph=Glyph::File/>
            "Choose a file"
            <input
                type="file"
                class="visually-hidden"
                accept=".csv,.txt,text/csv,text/plain"
                data-testid="table-file"
                on:change=choose
            />
        </label>
    }
}

async fn read(file: &File) -> Result<String, Problem> {
    let invalid = |text: String, advice: &str| Problem::new(ProblemKind::Invalid, text, advice);
    #[allow(clippy::cast_precision_loss, reason = "the limit is far below 2^53")]
    let fits = file.size() <= LARGEST as f64;
    if !fits {
        let text = format!("{} is too large: the limit is {} KiB.", file.name(), LARGEST / 1_024);
        return Err(invalid(text, "Split the file."));
    }
    let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
    let text = text.ok_or_else(|| invalid(format!("{} cannot be read.", file.name()), "Choose it once more."))?;
    Ok(text.replace("\r\n", "\n"))
}
