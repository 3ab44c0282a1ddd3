//! A configuration file, judged before any server reads it, and compared with what one runs.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{ConfigLint, ConfigLintLine, Problem, ServerName};

use super::findings::LevelBadge;
use crate::api;
use crate::components::file_button::FileButton;
use crate::components::problem::ProblemView;

/// How many octets a file may have: with what JSON adds to it, it must fit into a request.
const LARGEST: usize = 3 << 20;

/// Where a file is pasted or chosen, and what is found of it.
#[component]
pub(super) fn LintCard(server: StoredValue<ServerName>) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let (found, problem) = (RwSignal::new(None::<ConfigLint>), RwSignal::new(None::<Problem>));
    let busy = RwSignal::new(false);
    let check = move || {
        busy.set(true);
        spawn_local(async move {
            let answer = api::lint_config(server.get_value(), text.get_untracked()).await;
            busy.try_set(false);
            match answer {
                Ok(lint) => {
                    problem.try_set(None);
                    found.try_set(Some(lint));
                }
                Err(error) => drop(problem.try_set(Some(error.0))),
            }
        });
    };
    let read = move |read: Result<String, Problem>| match read {
        Ok(read) => {
            text.set(read);
            check();
        }
        Err(why) => problem.set(Some(why)),
    };
    view! {
        <section class="card" aria-labelledby="lint-head" data-testid="lint">
            <header class="card-head">
                <h2 id="lint-head">"Check a configuration file"</h2>
            </header>
            <div class="card-body stack">
                <p class="muted">
                    "Paste what you want Kea to run, or choose its file. It is judged here and compared with what this server runs; nothing is sent to Kea."
                </p>
                <textarea
                    class="input mono"
                    rows="8"
                    aria-label="Configuration file"
                    data-testid="lint-text"
                    spellcheck="false"
                    autocomplete="off"
                    wrap="off"
                    prop:value=move || text.get()
                    on:input=move |event| text.set(event_target_value(&event))
                ></textarea>
                <div class="field-line">
                    <FileButton accept=".conf,.json,application/json,text/plain" testid="lint-file" largest=LARGEST on_read=read/>
                    <button
                        type="button"
                        class="button button-primary"
                        data-testid="lint-check"
                        disabled=move || busy.get() || text.with(|text| text.trim().is_empty())
                        on:click=move |_| check()
                    >
                        "Check"
                    </button>
                </div>
                {move || problem.get().map(|problem| view! { <ProblemView problem/> })}
                {move || found.get().map(|lint| view! { <Lint lint/> })}
            </div>
        </section>
    }
}

#[component]
fn Lint(lint: ConfigLint) -> impl IntoView {
    let ConfigLint { lines, words, total, not_compared } = lint;
    let row = |ConfigLintLine { level, line, column, path, text, .. }: ConfigLintLine| {
        view! {
            <li class="concern">
                <LevelBadge level/>
                <div>
                    <p>{format!("Line {line}, column {column} ")} <span class="mono">{path}</span></p>
                    <p>{text}</p>
                </div>
            </li>
        }
    };
    let sound = lines.is_empty().then(|| view! { <p>"No problems were found in it."</p> });
    let lines = lines.into_iter().map(row).collect::<Vec<_>>();
    let compared = total.map(|total| match total {
        0 => "The server runs the same; secrets are not compared.".to_owned(),
        total if total as usize > words.len() => format!("{total} differences, of which these are the first:"),
        total => format!("With it, the server would run otherwise ({total}):"),
    });
    let words = words.into_iter().map(|words| view! { <li>{words}</li> }).collect::<Vec<_>>();
    view! {
        <div role="status" data-testid="lint-found">
            {sound}
            <ul class="concerns">{lines}</ul>
            <p>{compared}</p>
            <ul data-testid="lint-words">{words}</ul>
            <p class="muted">{not_compared}</p>
        </div>
    }
}
