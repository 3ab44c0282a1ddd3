//! The form of a definition. What it comes to, and what is wrong with it, is asked of the server.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use model::{ConfigDefinitions, ConfigEdit, FieldError, OptionDefinition, ServerName};

use crate::api;
use crate::components::field::{FaultLine, FieldNotes, SelectField, TextField};
use crate::components::unsaved::ask_before_leaving;
use crate::pages::configuring::form_card::FormCard;
use crate::pages::configuring::review::Reviewed;
use crate::routes;

/// What can be chosen from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choices {
    /// The spaces that there are.
    pub(super) spaces: Vec<String>,
    types: Vec<String>,
}

impl Choices {
    pub(super) fn of(all: &ConfigDefinitions) -> Self {
        Self { spaces: all.spaces.clone(), types: all.types.clone() }
    }
}

/// The members with a field of their own.
const FIELDS: [&str; 7] = ["name", "code", "space", "type", "record-types", "array", "encapsulate"];

/// What the fields share.
#[derive(Clone, Copy)]
struct Typing {
    server: StoredValue<ServerName>,
    path: StoredValue<String>,
    typed: RwSignal<OptionDefinition>,
    faults: RwSignal<Vec<FieldError>>,
    reviewing: RwSignal<Option<Vec<ConfigEdit>>>,
}

impl Typing {
    fn fault(self, member: &'static str) -> Signal<Option<String>> {
        let of = move |faults: &Vec<FieldError>| {
            faults.iter().find(|fault| fault.field == member).map(|fault| fault.text.clone())
        };
        Signal::derive(move || self.faults.with(of))
    }

    fn text(self, of: fn(&OptionDefinition) -> &String) -> Signal<String> {
        Signal::derive(move || self.typed.with(|typed| of(typed).clone()))
    }

    fn on_input(self, of: fn(&mut OptionDefinition) -> &mut String) -> Callback<String> {
        Callback::new(move |text: String| self.typed.update(|typed| *of(typed) = text))
    }

    /// Asks what it comes to: to review that, or only to say what is wrong so far with what is typed.
    fn ask(self, to_review: bool) {
        let asked = self.typed.get_untracked();
        let (server, path) = (self.server.get_value(), self.path.get_value());
        spawn_local(async move {
            let answer = api::define_option(server, path, asked.clone()).await;
            if self.typed.try_with_untracked(|typed| *typed == asked) != Some(true) {
                return;
            }
            let faults = match answer {
                Ok(edits) => {
                    if to_review {
                        self.reviewing.try_set(Some(edits));
                    }
                    Vec::new()
                }
                Err(error) if error.0.fields.is_empty() => vec![FieldError::new("", error.0.text)],
                Err(error) => error.0.fields,
            };
            let is_meant = |fault: &FieldError| to_review || !is_empty(&asked, &fault.field);
            self.faults.try_set(faults.into_iter().filter(is_meant).collect());
        });
    }
}

/// Whether nothing is typed yet that a fault could be said of.
fn is_empty(typed: &OptionDefinition, member: &str) -> bool {
    match member {
        "name" => typed.name.is_empty(),
        "code" => typed.code.is_empty(),
        "type" => typed.kind.is_empty(),
        "record-types" => typed.fields.is_empty(),
        _ => false,
    }
}

/// The form of a definition that is there, or of a new one where the path is empty.
#[component]
pub(super) fn Form(
    server: StoredValue<ServerName>,
    path: String,
    first: OptionDefinition,
    choices: StoredValue<Choices>,
) -> impl IntoView {
    let is_new = path.is_empty();
    let typing = Typing {
        server,
        path: StoredValue::new(path),
        typed: RwSignal::new(first.clone()),
        faults: RwSignal::new(Vec::new()),
        reviewing: RwSignal::new(None),
    };
    let first = StoredValue::new(first);
    let changed = move |typed: &OptionDefinition| first.with_value(|first| typed != first);
    ask_before_leaving(move || typing.typed.try_with_untracked(changed) == Some(true));
    let navigate = use_navigate();
    let applied = Callback::new(move |()| {
        // A new one is in the list; one that is there may have another path now.
        typing.typed.set(first.get_value());
        if !is_new {
            let list = server.with_value(|server| routes::of_server(server, routes::DEFINITIONS));
            navigate(&list, NavigateOptions::default());
        }
    });
    let rest = move || {
        let other = |fault: &FieldError| (!FIELDS.contains(&fault.field.as_str())).then(|| fault.text.clone());
        let texts = typing.faults.with(|faults| faults.iter().filter_map(other).collect::<Vec<_>>());
        texts.into_iter().map(|text| view! { <FaultLine text/> }).collect::<Vec<_>>()
    };
    let title = if is_new { "New definition" } else { "Change it" };
    let ready = Signal::derive(move || is_new || typing.typed.with(changed));
    let leave = Callback::new(move |()| typing.ask(false));
    let spaces = choices.with_value(|choices| choices.spaces.clone());
    let spaces: Vec<_> = spaces.into_iter().map(|space| (space, String::new())).collect();
    view! {
        <FormCard title testid="definition-form" review="review-definition" ready on_review=move |()| typing.ask(true)>
            <TextField
                name="definition-name"
                label="Name"
                value=typing.text(|typed| &typed.name)
                on_input=typing.on_input(|typed| &mut typed.name)
                on_leave=leave
                fault=typing.fault("name")
            />
            <TextField
                name="definition-code"
                label="Code"
                value=typing.text(|typed| &typed.code)
                on_input=typing.on_input(|typed| &mut typed.code)
                on_leave=leave
                fault=typing.fault("code")
                mono=true
            />
            <TextField
                name="definition-space"
                label="Space (one that there is, or a new one)"
                value=typing.text(|typed| &typed.space)
                on_input=typing.on_input(|typed| &mut typed.space)
                on_leave=leave
                fault=typing.fault("space")
                suggestions=spaces
                mono=true
            />
            <Type typing choices leave/>
            <Shape typing leave/>
            <div aria-live="polite">{rest}</div>
        </FormCard>
        <Reviewed reviewing=typing.reviewing server on_applied=applied/>
    }
}

#[component]
fn Type(typing: Typing, choices: StoredValue<Choices>, leave: Callback<()>) -> impl IntoView {
    let mut types = choices.with_value(|choices| choices.types.clone());
    let own = typing.typed.with_untracked(|typed| typed.kind.clone());
    // A type that Kea does not know is shown too.
    if !types.contains(&own) {
        types.insert(0, own);
    }
    let label = |kind: &String| if kind.is_empty() { "Choose one".to_owned() } else { kind.clone() };
    let options: Vec<_> = types.into_iter().map(|kind| (kind.clone(), label(&kind))).collect();
    let choose = move |kind: String| {
        typing.typed.update(|typed| {
            // Only records have fields.
            if kind != "record" {
                typed.fields.clear();
            }
            typed.kind = kind;
        });
        leave.run(());
    };
    view! {
        <SelectField
            name="definition-type"
            label="Type"
            options
            value=typing.text(|typed| &typed.kind)
            on_choose=choose
            fault=typing.fault("type")
        />
    }
}

/// What goes with the type: the fields of a record, whether there may be several, and options inside of it.
#[component]
fn Shape(typing: Typing, leave: Callback<()>) -> impl IntoView {
    let is_record = Memo::new(move |_| typing.typed.with(|typed| typed.kind == "record" || !typed.fields.is_empty()));
    view! {
        <Show when=move || is_record.get()>
            <TextField
                name="definition-fields"
                label="Fields of the record, in their order"
                value=typing.text(|typed| &typed.fields)
                on_input=typing.on_input(|typed| &mut typed.fields)
                on_leave=leave
                fault=typing.fault("record-types")
                placeholder="uint8, ipv4-address, string"
                mono=true
            />
        </Show>
        <label class="check-line">
            <input
                type="checkbox"
                prop:checked=move || typing.typed.with(|typed| typed.array)
                on:change=move |event| {
                    typing.typed.update(|typed| typed.array = event_target_checked(&event));
                    typing.ask(false);
                }
            />
            <span>"Array: the value, or the last field of a record, may repeat"</span>
        </label>
        <FieldNotes fault=typing.fault("array")/>
        <TextField
            name="definition-inside"
            label="Space of the options inside of it (may stay empty)"
            value=typing.text(|typed| &typed.encapsulates)
            on_input=typing.on_input(|typed| &mut typed.encapsulates)
            on_leave=leave
            fault=typing.fault("encapsulate")
            mono=true
        />
    }
}
