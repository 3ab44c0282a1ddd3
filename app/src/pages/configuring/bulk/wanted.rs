//! What is to be the same in several subnets.

use leptos::prelude::*;
use model::{DefinedOption, Family, ParameterKind};

use super::super::class_choice::ClassChoice;
use super::super::form_card::FormCard;
use super::wish::{Deed, offered};
use super::{Besides, Bulk};
use crate::components::each::Each;
use crate::components::field::{FieldNotes, SelectField, TextField};

/// What is to be the same in all of them.
#[component]
pub(super) fn Wanted(bulk: Bulk) -> impl IntoView {
    let deeds: Vec<_> = Deed::ALL.iter().map(|(_, name, label)| choice(name, label)).collect();
    let which = move || {
        let deed = bulk.deed.get();
        if deed.is_of_option() {
            view! { <WhichOption bulk/> }.into_any()
        } else if deed.is_of_parameter() {
            view! { <WhichParameter bulk/> }.into_any()
        } else {
            ().into_any()
        }
    };
    let label = Signal::derive(move || match bulk.selected().len() {
        1 => "Review for 1 subnet…".to_owned(),
        count => format!("Review for {count} subnets…"),
    });
    view! {
        <FormCard testid="bulk" review="review" label on_review=move |()| bulk.review()>
            <SelectField
                name="bulk-deed"
                label="What to do"
                options=deeds
                value=Signal::derive(move || bulk.deed.get().name().to_owned())
                on_choose=move |name: String| bulk.choose(Deed::named(&name))
            />
            {which}
            <Show when=move || bulk.deed.get().takes_value()>
                <ValueField bulk/>
            </Show>
            <FieldNotes fault=bulk.fault/>
            <Beside bulk/>
        </FormCard>
    }
}

/// What is wanted besides, and the way to want more in the same change: limits and lifetimes go together.
#[component]
fn Beside(bulk: Bulk) -> impl IntoView {
    let row = move |one: Besides| {
        let this = one.clone();
        view! {
            <li>
                <span class="mono">{one.what}</span>
                " "
                <button
                    type="button"
                    class="link"
                    on:click=move |_| bulk.besides.update(|besides| besides.retain(|other| *other != this))
                >
                    "Remove"
                </button>
            </li>
        }
    };
    view! {
        <ul class="review-words" data-testid="bulk-besides">
            <Each each=move || bulk.besides.get() key=Clone::clone children=row/>
        </ul>
        <p>
            <button type="button" class="button button-small" on:click=move |_| bulk.put_beside()>
                "Add another to this change"
            </button>
        </p>
    }
}

/// A value, and what people read.
fn choice(value: &str, label: &str) -> (String, String) {
    (value.to_owned(), label.to_owned())
}

#[component]
fn WhichOption(bulk: Bulk) -> impl IntoView {
    let family = Memo::new(move |_| bulk.family());
    // Of IPv6 the server says which there are; others go by their code.
    move || {
        let own = bulk.defined.with(|all| all.iter().map(DefinedOption::label).collect::<Vec<_>>());
        let own = own.iter().map(|label| choice(label, label));
        if family.get() == Family::V6 {
            let own: Vec<_> = own.collect();
            return view! {
                <TextField
                    name="bulk-which"
                    label="Option (name or code)"
                    value=bulk.which
                    on_input=move |text| bulk.which.set(text)
                    suggestions=own
                    placeholder="dns-servers".to_owned()
                />
            }
            .into_any();
        }
        let standard = offered().into_iter().map(|(code, label)| (code.to_string(), label));
        view! { <Choice bulk label="Option" options=own.chain(standard).collect()/> }.into_any()
    }
}

#[component]
fn WhichParameter(bulk: Bulk) -> impl IntoView {
    move || {
        let options = bulk.parameters.with(|all| all.iter().map(|one| choice(&one.path, &one.path)).collect());
        view! { <Choice bulk label="Parameter" options/> }
    }
}

/// One of these, each with its label.
#[component]
fn Choice(bulk: Bulk, label: &'static str, options: Vec<(String, String)>) -> impl IntoView {
    let options: Vec<_> = std::iter::once(choice("", "Choose …")).chain(options).collect();
    let choose = move |which| {
        bulk.which.set(which);
        bulk.value.set(String::new());
    };
    view! { <SelectField name="bulk-which" label options value=bulk.which on_choose=choose/> }
}

/// The words that a value is one of; empty: it is typed.
fn words(bulk: Bulk) -> Vec<String> {
    match bulk.parameter().filter(|_| bulk.deed.get().is_of_parameter()).map(|shared| shared.parameter.kind) {
        Some(ParameterKind::Flag) => vec!["true".to_owned(), "false".to_owned()],
        Some(ParameterKind::Word(words)) => words,
        _ => Vec::new(),
    }
}

/// The classes to choose from, and whether there may be several; none: the value is something else.
fn classes(bulk: Bulk) -> (Vec<String>, bool) {
    if bulk.deed.get() == Deed::AddClass {
        return (bulk.classes.get(), false);
    }
    let parameter = bulk.parameter().filter(|_| bulk.deed.get().is_of_parameter()).map(|shared| shared.parameter);
    parameter.map(|parameter| (parameter.classes, parameter.kind == ParameterKind::Texts)).unwrap_or_default()
}

#[component]
fn ValueField(bulk: Bulk) -> impl IntoView {
    let words = Memo::new(move |_| words(bulk));
    let label = move || if bulk.deed.get() == Deed::AddClass { "Name of the class" } else { "Value" };
    let about = move || bulk.parameter().map(|shared| shared.parameter.about);
    let set = Callback::new(move |text| bulk.value.set(text));
    let known = Memo::new(move |_| classes(bulk));
    let classes = move || {
        let (known, several) = known.get();
        (!known.is_empty()).then(|| view! { <ClassChoice text=bulk.value known several set/> })
    };
    let control = move || {
        let (words, label) = (words.get(), label());
        if words.is_empty() {
            return view! { <TextField name="bulk-value" label value=bulk.value on_input=set mono=true/> }.into_any();
        }
        let words = words.iter().map(|word| choice(word, word));
        let options: Vec<_> = std::iter::once(choice("", "Choose …")).chain(words).collect();
        view! { <SelectField name="bulk-value" label options value=bulk.value on_choose=set/> }.into_any()
    };
    view! {
        {control}
        {classes}
        <p class="muted">{about}</p>
    }
}
