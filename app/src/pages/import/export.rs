//! The way out: reservations as a table.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Problem, ProblemKind, SubnetKey};

use super::choice::{Choices, SubnetSelect};
use super::words::file_name;
use crate::api;
use crate::components::download::save_text;
use crate::components::icon::{Glyph, Icon};
use crate::components::problem::ProblemView;
use crate::state::Toasts;

/// What of the reservations, and the button that saves them as a file.
#[component]
pub(super) fn Export(subnets: Choices, first: Option<SubnetKey>) -> impl IntoView {
    let chosen = RwSignal::new(first);
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let toasts = Toasts::here();
    let export = move |_| {
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let subnet = chosen.get_untracked();
            let answer = api::export_table(subnet.clone()).await;
            busy.try_set(false);
            let name = file_name(subnet.as_ref());
            match answer {
                Ok(text) if save_text(&name, "text/csv;charset=utf-8", &text) => {
                    toasts.done(format!("Saved as {name}."));
                }
                Ok(_) => {
                    let text = "The browser did not save the file.";
                    problem.try_set(Some(Problem::new(ProblemKind::Internal, text, "Allow downloads from this page.")));
                }
                Err(error) => {
                    problem.try_set(Some(error.0));
                }
            }
        });
    };
    let label = move || if busy.get() { "Writing …" } else { "Export CSV" };
    view! {
        <section class="card" aria-labelledby="export-head">
            <header class="card-head">
                <h2 id="export-head">"Export"</h2>
            </header>
            <div class="card-body import-export">
                <SubnetSelect id="export-subnet" label="Reservations of" none="all subnets" subnets chosen/>
                <button
                    type="button"
                    class="button"
                    data-testid="export-table"
                    disabled=move || busy.get()
                    on:click=export
                >
                    <Icon glyph=Glyph::Download/>
                    {label}
                </button>
                {move || problem.get().map(|problem| view! { <ProblemView problem/> })}
                <p class="field-note">
                    "The columns are those of the import: edit the file in a spreadsheet and import it again."
                </p>
            </div>
        </section>
    }
    .into_any()
}
