//! The classes that the client is put into.

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Form;
use crate::api;
use crate::components::each::Each;
use crate::components::icon::{Glyph, Icon};

/// Chips, and a line to type further ones.
#[component]
pub(super) fn Classes(form: Form) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let add = move || {
        let class = typed.get_untracked();
        form.draft.update(|draft| draft.add_class(&class));
        typed.set(String::new());
    };
    let on_key = move |event: ev::KeyboardEvent| {
        // With nothing typed, Enter sends the form as everywhere.
        if event.key() == "Enter" && !typed.with_untracked(|typed| typed.trim().is_empty()) {
            event.prevent_default();
            add();
        }
    };
    let known = form.subnet.with_value(|subnet| {
        let mut known: Vec<String> = subnet.classes().map(str::to_owned).collect();
        known.sort();
        known.dedup();
        known
    });
    let known = RwSignal::new(known);
    let asked = StoredValue::new(false);
    // Those of the subnet are there at once; those of the whole server are asked for by whoever is about to choose.
    let ask = move |_| {
        if asked.try_update_value(|asked| std::mem::replace(asked, true)) == Some(false) {
            let server = form.subnet.with_value(|subnet| subnet.key.server.clone());
            spawn_local(async move {
                if let Ok(names) = api::list_class_names(server).await {
                    known.try_update(|known| {
                        known.extend(names);
                        known.sort();
                        known.dedup();
                    });
                }
            });
        }
    };
    let choices =
        move || known.get().into_iter().map(|class| view! { <option value=class></option> }).collect::<Vec<_>>();
    let fault = form.section_fault("client_classes");
    view! {
        <div class="field" class:is-wrong=move || fault.with(Option::is_some)>
            <label class="field-label" for="field-client_classes">
                "Client classes"
            </label>
            <ul class="class-chips" aria-label="Client classes">
                <Each
                    each=move || form.draft.with(|draft| draft.classes.clone())
                    key=Clone::clone
                    children=move |class| view! { <Chip form class/> }
                />
            </ul>
            <div class="field-line">
                <input
                    id="field-client_classes"
                    class="input"
                    type="text"
                    name="client_classes"
                    list="known-classes"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    placeholder="class name"
                    aria-describedby="field-client_classes-about"
                    prop:value=move || typed.get()
                    on:input=move |event| typed.set(event_target_value(&event))
                    on:focus=ask
                    on:change=move |_| add()
                    on:keydown=on_key
                />
                <datalist id="known-classes">{choices}</datalist>
                <button type="button" class="button" on:click=move |_| add()>
                    <Icon glyph=Glyph::Plus/>
                    "Add class"
                </button>
            </div>
            <p id="field-client_classes-about" class="field-fault" aria-live="polite">
                {move || fault.get()}
            </p>
        </div>
    }
}

#[component]
fn Chip(form: Form, class: String) -> impl IntoView {
    let label = format!("Remove the class {class}");
    let shown = class.clone();
    let remove = move |_| form.draft.update(|draft| draft.classes.retain(|known| *known != class));
    view! {
        <li class="class-chip">
            <span class="mono">{shown}</span>
            <button type="button" class="button-icon" aria-label=label on:click=remove>
                <Icon glyph=Glyph::Close/>
            </button>
        </li>
    }
}
