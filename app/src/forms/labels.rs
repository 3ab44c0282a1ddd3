//! What a subnet is called: two fields in a drawer.
#![allow(unreachable_pub, reason = "the component macro makes every component `pub`")]

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Labels, Problem, Subnet};

use super::{ChangeProblem, Notices};
use crate::api;
use crate::components::drawer::Drawer;
use crate::components::field::TextField;

/// The form in its drawer. It is open for as long as it is there.
#[component]
pub fn LabelsDrawer(
    /// The subnet.
    subnet: Subnet,
    /// What its server lacks for the name to be changed here; none: nothing.
    lacks: Option<String>,
    /// It is over, one way or the other.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let key = subnet.key.clone();
    let seen = subnet.labels();
    let [name, comment] = [&seen.name, &seen.comment].map(|text| RwSignal::new(text.clone().unwrap_or_default()));
    let wanted = move || Labels { name: Some(name.get()), comment: Some(comment.get()) }.trimmed();
    let (busy, problem) = (RwSignal::new(false), RwSignal::new(None::<Problem>));
    let (notices, known) = (StoredValue::new(Notices::here(key.clone())), StoredValue::new(subnet));
    let faults = Memo::new(move |_| known.with_value(|subnet| wanted().faults_since(&subnet.labels())));
    let fault = move |field: &'static str| {
        Signal::derive(move || {
            faults.with(|faults| faults.iter().find(|fault| fault.field == field).map(|fault| fault.text.clone()))
        })
    };
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() || faults.with_untracked(|faults| !faults.is_empty()) {
            return;
        }
        busy.set(true);
        problem.set(None);
        let (subnet, wanted, notices) = (known.get_value(), untrack(wanted), notices.get_value());
        spawn_local(async move {
            let answer = api::label_subnet(subnet.key.clone(), subnet.labels(), wanted).await;
            busy.try_set(false);
            match answer {
                Ok(applied) => {
                    let prefix = subnet.prefix;
                    notices.done(
                        &format!("{prefix} is renamed."),
                        format!("{prefix} has its previous name again."),
                        &applied,
                    );
                    on_close.try_run(());
                }
                Err(error) => {
                    if problem.try_set(Some(error.0.clone())).is_some() {
                        notices.failed(&error.0);
                    }
                }
            }
        });
    };
    let off = lacks.is_some();
    view! {
        <Drawer title="Name and comment" on_close testid="labels-drawer">
            <form class="drawer-form" data-testid="labels-form" novalidate on:submit=on_submit>
                <div class="drawer-body">
                    <p class="drawer-place mono">{known.with_value(|subnet| subnet.prefix.to_string())}</p>
                    {lacks.map(|lacks| view! { <p data-testid="labels-off">"It cannot be changed here. " {lacks}</p> })}
                    <TextField
                        name="name"
                        label="Name"
                        value=name
                        on_input=move |text| name.set(text)
                        on_leave=move |()| {}
                        fault=fault("name")
                        first=true
                    />
                    <TextField
                        name="comment"
                        label="Comment"
                        value=comment
                        on_input=move |text| comment.set(text)
                        on_leave=move |()| {}
                        fault=fault("comment")
                    />
                    <ChangeProblem problem subnet=key on_saved=move |()| on_close.run(())/>
                </div>
                <footer class="drawer-foot">
                    <button type="button" class="button" on:click=move |_| on_close.run(())>
                        "Cancel"
                    </button>
                    <button
                        type="submit"
                        class="button button-primary"
                        data-testid="save-labels"
                        disabled=move || off || busy.get()
                    >
                        {move || if busy.get() { "Saving …" } else { "Save" }}
                    </button>
                </footer>
            </form>
        </Drawer>
    }
}
