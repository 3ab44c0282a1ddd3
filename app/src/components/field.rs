//! Form fields: label, input, what is understood, hint, fault.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::moment::sentence;

/// One line of text with everything around it.
#[component]
pub fn TextField(
    /// Its name in the form; one field of that name on the page.
    name: &'static str,
    /// What it is.
    label: &'static str,
    /// What is in it.
    #[prop(into)]
    value: Signal<String>,
    /// Called with what was typed.
    #[prop(into)]
    on_input: Callback<String>,
    /// Called when it was left with something new in it.
    #[prop(into)]
    on_leave: Callback<()>,
    /// Told that the focus leaves it.
    #[prop(optional, into)]
    on_blur: Option<Callback<()>>,
    /// What is wrong with it.
    #[prop(into)]
    fault: Signal<Option<String>>,
    /// What was understood, or what else is to be known.
    #[prop(optional, into)]
    note: Signal<Option<String>>,
    /// What an empty field says.
    #[prop(optional, into)]
    placeholder: Signal<String>,
    /// Whether it holds addresses and the like.
    #[prop(optional)]
    mono: bool,
    /// Whether typing starts here.
    #[prop(optional)]
    first: bool,
    /// What stands beside the input.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let id = format!("field-{name}");
    let about = format!("{id}-about");
    let described = about.clone();
    view! {
        <div class="field" class:is-wrong=move || fault.with(Option::is_some)>
            <label class="field-label" for=id.clone()>
                {label}
            </label>
            <div class="field-line">
                <input
                    id=id
                    class="input"
                    class:mono=mono
                    type="text"
                    name=name
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    data-first=first.then_some("")
                    placeholder=move || placeholder.get()
                    prop:value=move || value.get()
                    aria-describedby=described
                    aria-invalid=move || fault.with(Option::is_some).then_some("true")
                    on:input=move |event| on_input.run(event_target_value(&event))
                    on:change=move |_| on_leave.run(())
                    on:blur=move |_| {
                        if let Some(on_blur) = on_blur {
                            on_blur.run(());
                        }
                    }
                />
                {children.map(|children| children())}
            </div>
            <FieldNotes id=about fault note/>
        </div>
    }
}

/// What stands beneath an input.
#[component]
fn FieldNotes(id: String, fault: Signal<Option<String>>, note: Signal<Option<String>>) -> impl IntoView {
    view! {
        <div class="field-notes" id=id aria-live="polite">
            {move || {
                note.get().map(|text| view! { <p class="field-note">{sentence(&text)}</p> })
            }}
            {move || {
                fault
                    .get()
                    .map(|text| {
                        view! {
                            <p class="field-fault">
                                <Icon glyph=Glyph::Error/>
                                <span>{sentence(&text)}</span>
                            </p>
                        }
                    })
            }}
        </div>
    }
}

/// One of several values.
#[component]
pub fn SelectField(
    /// Its name in the form.
    name: &'static str,
    /// What it is.
    label: &'static str,
    /// The values, each with what people read.
    options: Vec<(&'static str, &'static str)>,
    /// Which one is chosen.
    #[prop(into)]
    value: Signal<&'static str>,
    /// Called with the one that was chosen.
    #[prop(into)]
    on_choose: Callback<String>,
) -> impl IntoView {
    let id = format!("field-{name}");
    let options = options.into_iter().map(|(code, label)| {
        view! {
            <option value=code selected=move || value.get() == code>
                {label}
            </option>
        }
    });
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>
                {label}
            </label>
            <select id=id class="input" name=name on:change=move |event| on_choose.run(event_target_value(&event))>
                {options.collect::<Vec<_>>()}
            </select>
        </div>
    }
}
