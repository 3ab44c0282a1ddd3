//! Form fields: label, input, what is understood, hint, fault.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::moment::sentence;

/// One line of text with everything around it.
#[component]
pub fn TextField(
    /// Its name in the form; one field of that name on the page.
    #[prop(into)]
    name: String,
    /// What it is.
    #[prop(into)]
    label: String,
    /// What is in it.
    #[prop(into)]
    value: Signal<String>,
    /// Called with what was typed.
    #[prop(into)]
    on_input: Callback<String>,
    /// Called when it was left with something new in it.
    #[prop(optional, into)]
    on_leave: Option<Callback<()>>,
    /// Told that the focus leaves it.
    #[prop(optional, into)]
    on_blur: Option<Callback<()>>,
    /// What is wrong with it.
    #[prop(optional, into)]
    fault: Signal<Option<String>>,
    /// What was understood, or what else is to be known.
    #[prop(optional, into)]
    note: Signal<Option<String>>,
    /// What an empty field says.
    #[prop(optional, into)]
    placeholder: Signal<String>,
    /// What may be chosen instead of typed: values, each with what people read beside it.
    #[prop(optional, into)]
    suggestions: Option<Signal<Vec<(String, String)>>>,
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
    let list = suggestions.map(|_| format!("{id}-list"));
    let suggested = suggestions.zip(list.clone()).map(|(suggestions, list)| {
        let options = move || {
            let option = |(value, label)| view! { <option value=value>{label}</option> };
            suggestions.get().into_iter().map(option).collect::<Vec<_>>()
        };
        view! { <datalist id=list>{options}</datalist> }
    });
    let call = |called: Option<Callback<()>>| move || called.map(|called| called.run(())).unwrap_or_default();
    let (leave, blur) = (call(on_leave), call(on_blur));
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
                    list=list
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    data-first=first.then_some("")
                    placeholder=move || placeholder.get()
                    prop:value=move || value.get()
                    aria-describedby=described
                    aria-invalid=move || fault.with(Option::is_some).then_some("true")
                    on:input=move |event| on_input.run(event_target_value(&event))
                    on:change=move |_| leave()
                    on:blur=move |_| blur()
                />
                {suggested}
                {children.map(|children| children())}
            </div>
            <FieldNotes id=about fault note/>
        </div>
    }
    .into_any()
}

/// What stands beneath an input.
#[component]
pub fn FieldNotes(
    /// What inputs are described by.
    #[prop(optional, into)]
    id: Option<String>,
    /// What is wrong.
    #[prop(into)]
    fault: Signal<Option<String>>,
    /// What else is to be known.
    #[prop(optional, into)]
    note: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <div class="field-notes" id=id aria-live="polite">
            {move || {
                note.get().map(|text| view! { <p class="field-note">{sentence(&text)}</p> })
            }}
            {move || fault.get().map(|text| view! { <FaultLine text/> })}
        </div>
    }
    .into_any()
}

/// What is wrong with what is typed above.
#[component]
#[allow(clippy::needless_pass_by_value, reason = "what a component is given is its own")]
pub fn FaultLine(
    /// What.
    text: String,
) -> impl IntoView {
    view! {
        <p class="field-fault">
            <Icon glyph=Glyph::Error/>
            <span>{sentence(&text)}</span>
        </p>
    }
    .into_any()
}

/// One of several values.
#[component]
pub fn SelectField(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// What it is.
    #[prop(into)]
    label: String,
    /// The values, each with what people read.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    /// Which one is chosen.
    #[prop(into)]
    value: Signal<String>,
    /// Called with the one that was chosen.
    #[prop(into)]
    on_choose: Callback<String>,
    /// What is wrong with it.
    #[prop(optional, into)]
    fault: Signal<Option<String>>,
) -> impl IntoView {
    let id = format!("field-{name}");
    let option = move |(code, label): (String, String)| {
        let this = code.clone();
        view! {
            <option value=code selected=move || value.with(|value| *value == this)>
                {label}
            </option>
        }
    };
    let options = move || options.get().into_iter().map(option).collect::<Vec<_>>();
    view! {
        <div class="field" class:is-wrong=move || fault.with(Option::is_some)>
            <label class="field-label" for=id.clone()>
                {label}
            </label>
            <select
                id=id
                class="input"
                name=name
                aria-invalid=move || fault.with(Option::is_some).then_some("true")
                on:change=move |event| on_choose.run(event_target_value(&event))
            >
                {options}
            </select>
            <FieldNotes fault/>
        </div>
    }
    .into_any()
}
