//! Options for this client alone: a row each, with an editor for what its value is made of.

use leptos::ev;
use leptos::prelude::*;
use model::{Family, OptionKind, STANDARD_OPTIONS, StandardOption};

use super::{Form, fields};
use crate::components::each::Each;
use crate::components::field::FieldNotes;
use crate::components::icon::{Glyph, Icon};
use crate::forms::draft::{Notation, OptionRow, highest_code};

/// The rows, and a line to find further options.
#[component]
pub(super) fn Options(form: Form) -> impl IntoView {
    let ids = move || form.draft.with(|draft| draft.options.iter().map(|row| row.id).collect::<Vec<_>>());
    let fault = form.section_fault("options");
    // A fault of a row stands at the row; here stands only what the server said.
    let fault = move || fault.get().filter(|_| form.problem.with(Option::is_some));
    view! {
        <div class="option-rows" data-testid="option-rows">
            <Each each=ids key=|id| *id children=move |id| view! { <Row form id/> }/>
        </div>
        <p class="field-fault" aria-live="polite">
            {fault}
        </p>
        <Picker form/>
    }
}

/// Finds an option by its name, or by a part of what it is; or takes any code. Of IPv6 codes alone.
#[component]
fn Picker(form: Form) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let unknown = RwSignal::new(false);
    let add = move || {
        let text = typed.get_untracked();
        let added = form.draft.try_update(|draft| draft.add_option(&text)).flatten();
        unknown.set(added.is_none() && !text.trim().is_empty());
        if let Some(id) = added {
            typed.set(String::new());
            request_animation_frame(move || fields::focus(&format!("option-{id}")));
        }
    };
    let on_input = move |event| {
        let text = event_target_value(&event);
        unknown.set(false);
        let chosen = STANDARD_OPTIONS.iter().any(|option| shown(option) == text);
        typed.set(text);
        if chosen {
            add();
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" && !typed.with_untracked(|typed| typed.trim().is_empty()) {
            event.prevent_default();
            add();
        }
    };
    let family = form.family();
    let (placeholder, unknown_text) = match family {
        Family::V4 => ("name or code", "No such option: choose one from the list, or enter a code from 1 to"),
        Family::V6 => ("code", "IPv6 options are entered by code: a number from 1 to"),
    };
    let unknown_text = format!("{unknown_text} {}.", highest_code(family));
    let listed = STANDARD_OPTIONS.iter().filter(|_| family == Family::V4);
    let options = listed.map(|option| view! { <option value=shown(option)>{option.label}</option> });
    view! {
        <div class="field" class:is-wrong=move || unknown.get()>
            <label class="field-label" for="field-options">
                "Add an option"
            </label>
            <div class="field-line">
                <input
                    id="field-options"
                    class="input"
                    type="text"
                    name="options"
                    list="standard-options"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    placeholder=placeholder
                    aria-describedby="field-options-about"
                    aria-invalid=move || unknown.get().then_some("true")
                    prop:value=move || typed.get()
                    on:input=on_input
                    on:keydown=on_key
                />
                <datalist id="standard-options">{options.collect::<Vec<_>>()}</datalist>
                <button type="button" class="button" data-testid="add-option" on:click=move |_| add()>
                    <Icon glyph=Glyph::Plus/>
                    "Add option"
                </button>
            </div>
            <p id="field-options-about" class="field-fault" aria-live="polite">
                {move || unknown.get().then(|| unknown_text.clone())}
            </p>
        </div>
    }
}

/// How the list shows an option.
fn shown(option: &StandardOption) -> String {
    format!("{} ({})", option.name, option.code)
}

#[component]
fn Row(form: Form, id: u32) -> impl IntoView {
    let Some(row) = form.draft.with_untracked(|draft| draft.option(id).cloned()) else { return ().into_any() };
    let free = row.is_free();
    // The code of a free one may still change.
    let title =
        Signal::derive(move || form.draft.with(|draft| draft.option(id).map(OptionRow::title)).unwrap_or_default());
    let fault = Signal::derive(move || {
        let shown = form.touched.with(|touched| touched.contains(&id));
        form.draft.with(|draft| draft.option_fault(id)).filter(|_| shown)
    });
    let always = move || form.draft.with(|draft| draft.option(id).is_some_and(|row| row.always));
    let tick = move |event| {
        let always = event_target_checked(&event);
        form.draft.update(|draft| draft.change_option(id, |row| row.always = always));
    };
    let remove = move |_| {
        form.draft.update(|draft| draft.options.retain(|row| row.id != id));
        form.touched.update(|touched| touched.retain(|known| *known != id));
    };
    view! {
        <div class="option-row" role="group" aria-label=title data-testid="option-row">
            <div class="option-head">
                <span class="option-title">{title}</span>
                <label class="option-always">
                    <input type="checkbox" prop:checked=always on:change=tick/>
                    "always send"
                </label>
                <button type="button" class="button-icon" aria-label=move || format!("Remove {}", title.get()) on:click=remove>
                    <Icon glyph=Glyph::Delete/>
                </button>
            </div>
            {free.then(|| view! { <Free form id/> })}
            <Value form row title fault/>
        </div>
    }
    .into_any()
}

/// Code and notation of an option that is none of the standard ones.
#[component]
fn Free(form: Form, id: u32) -> impl IntoView {
    let read =
        move |part: fn(&OptionRow) -> String| form.draft.with(|draft| draft.option(id).map(part).unwrap_or_default());
    let type_code = move |event| {
        let code = event_target_value(&event);
        form.draft.update(|draft| draft.change_option(id, |row| row.code = code));
    };
    let choose = move |event| {
        if let Some(notation) = Notation::from_code(&event_target_value(&event)) {
            form.draft.update(|draft| draft.change_option(id, |row| row.notation = notation));
        }
    };
    let notations = Notation::CHOICES.map(|(code, label)| {
        let selected = move || read(|row| row.notation.code().to_owned()) == code;
        view! {
            <option value=code selected=selected>
                {label}
            </option>
        }
    });
    view! {
        <div class="option-free">
            <input
                class="input"
                type="text"
                inputmode="numeric"
                aria-label="Code"
                prop:value=move || read(|row| row.code.clone())
                on:input=type_code
                on:change=move |_| form.touch(id)
            />
            <select class="input" aria-label="Format" on:change=choose>
                {notations}
            </select>
        </div>
    }
}

#[component]
fn Value(form: Form, row: OptionRow, title: Signal<String>, fault: Signal<Option<String>>) -> impl IntoView {
    let id = row.id;
    let element = format!("field-option-{id}");
    let about = format!("{element}-about");
    let label = move || format!("Value of {}", title.get());
    let standard = match row.notation {
        Notation::Standard(option) => Some(option),
        _ => None,
    };
    let value = move || form.draft.with(|draft| draft.option(id).map(|row| row.value.clone()).unwrap_or_default());
    let change = move |value: String| {
        form.draft.update(|draft| draft.change_option(id, |row| row.value = value));
        form.forget_fault("options");
    };
    let wrong = move || fault.with(Option::is_some).then_some("true");
    let described = about.clone();
    let input = if standard.is_some_and(|option| option.kind == OptionKind::Flag) {
        let answers = [("", "choose"), ("true", "yes"), ("false", "no")].map(|(code, label)| {
            view! {
                <option value=code selected=move || value() == code>
                    {label}
                </option>
            }
        });
        view! {
            <select
                id=element
                class="input"
                aria-label=label
                aria-describedby=described
                aria-invalid=wrong
                on:change=move |event| {
                    change(event_target_value(&event));
                    form.touch(id);
                }
            >
                {answers}
            </select>
        }
        .into_any()
    } else {
        let numeric = standard.is_some_and(|option| matches!(option.kind, OptionKind::Number { .. }));
        view! {
            <input
                id=element
                class="input mono"
                type="text"
                inputmode=numeric.then_some("numeric")
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                placeholder=standard.map(|option| option.example)
                aria-label=label
                aria-describedby=described
                aria-invalid=wrong
                prop:value=value
                on:input=move |event| change(event_target_value(&event))
                on:change=move |_| form.touch(id)
            />
        }
        .into_any()
    };
    view! {
        <div class="field" class:is-wrong=move || fault.with(Option::is_some)>
            <div class="field-line">
                {input}
                {standard.and_then(unit).map(|unit| view! { <span class="muted">{unit}</span> })}
            </div>
            <FieldNotes id=about fault note=Signal::stored(standard.map(hint))/>
        </div>
    }
}

fn unit(option: &StandardOption) -> Option<&'static str> {
    match option.kind {
        OptionKind::Number { unit, .. } if !unit.is_empty() => Some(unit),
        _ => None,
    }
}

/// What the option is, and what its value is made of.
fn hint(option: &StandardOption) -> String {
    let kind = match option.kind {
        OptionKind::Address => "one IPv4 address".to_owned(),
        OptionKind::Addresses => "IPv4 addresses".to_owned(),
        OptionKind::Address6 => "one IPv6 address".to_owned(),
        OptionKind::Addresses6 => "IPv6 addresses".to_owned(),
        OptionKind::AddressPairs => "pairs of IPv4 addresses".to_owned(),
        OptionKind::Text => "text".to_owned(),
        OptionKind::Name => "a name".to_owned(),
        OptionKind::Names => "domain names".to_owned(),
        OptionKind::Number { least, most, .. } => format!("{least} to {most}"),
        OptionKind::Numbers { most } => format!("numbers up to {most}"),
        OptionKind::Flag => "yes or no".to_owned(),
        OptionKind::Routes => "network - router, …".to_owned(),
        OptionKind::Hex => "hexadecimal".to_owned(),
        OptionKind::Parts => "hexadecimal: code, length and octets of each part".to_owned(),
    };
    format!("{}: {kind}", option.label)
}
