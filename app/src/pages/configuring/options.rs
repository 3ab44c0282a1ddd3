//! The options of a part: what is set, what holds, where that comes from, and a line to add more.

mod edit;
mod vendor;

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{
    ConfigEdit, ConfigForm, DefinedOption, Family, OptionDatum, OptionKind, OptionOctets, OptionSetting,
    OptionSettings, Permission, STANDARD_OPTIONS, ServerName,
};

pub(super) use self::edit::{Editor, SET, Wanted, edit, meant};

use self::vendor::VendorOption;
use super::class_choice::ClassChoice;
use super::edits::{Edits, Typed};
use super::review::EditBar;
use super::{Asked, OfPart, asked, of_server, part_named};
use crate::api;
use crate::components::diff::option_value;
use crate::components::each::Each;
use crate::components::field::FieldNotes;
use crate::components::icon::{Glyph, Icon};
use crate::routes;
use crate::state::Session;

/// The options that all clients of the server get that the address names.
#[component]
pub fn OptionsPage() -> impl IntoView {
    of_server(routes::OPTIONS, |server| view! { <Loading server/> }.into_any())
}

#[component]
fn Loading(server: ServerName) -> impl IntoView {
    let (edits, server, part) = (Edits::new(), StoredValue::new(server), part_named());
    let ask = move |part| api::list_config_options(server.get_value(), part);
    asked(
        8,
        move || part.get(),
        ask,
        move |asked: Asked<OptionSettings>| {
            let settled = edits.settled(asked.value);
            let section = move || view! { <OptionSection settings=settled.get().1 server edits/> };
            view! {
                <OfPart server part page=ConfigForm::Options(String::new())/>
                {section}
                <EditBar edits server/>
            }
            .into_any()
        },
    )
}

/// What the parts of the section share.
#[derive(Clone, Copy)]
struct Options {
    server: StoredValue<ServerName>,
    edits: Edits,
    list: StoredValue<String>,
    family: Family,
    /// Those that the server defines itself.
    defined: StoredValue<Vec<DefinedOption>>,
    rows: RwSignal<Vec<Row>>,
    /// The classes to choose from.
    known: StoredValue<Vec<String>>,
    may: Signal<bool>,
}

/// An option as it is typed.
#[derive(Clone)]
struct Row {
    /// Tells it from the others: its path, or which option it is.
    control: String,
    setting: OptionSetting,
    /// How its value is typed.
    editor: Editor,
    /// What is known of it, where the catalogue of forms has it not.
    defined: Option<DefinedOption>,
    text: RwSignal<String>,
    always: RwSignal<bool>,
    never: RwSignal<bool>,
    /// The classes that it is for alone, with commas between.
    classes: RwSignal<String>,
    /// What goes to clients of it; none: that is not known of what is typed.
    octets: RwSignal<Option<OptionOctets>>,
}

impl Row {
    fn of(setting: OptionSetting, defined: &[DefinedOption]) -> Option<Self> {
        let datum = setting.effective()?;
        let (editor, defined) = (Editor::of(datum, defined), DefinedOption::of(defined, datum).cloned());
        let control = setting.path.clone().unwrap_or_else(|| format!("option {} {}", datum.space(), datum.title()));
        let text = setting.own.as_ref().map(|own| editor.typed(own)).unwrap_or_default();
        let is = |flag: fn(&OptionDatum) -> bool| RwSignal::new(setting.own.as_ref().is_some_and(flag));
        let (always, never) = (is(|own| own.always), is(|own| own.never));
        let octets = RwSignal::new(setting.octets.clone());
        let classes = setting.own.as_ref().map(|own| own.client_classes.join(", ")).unwrap_or_default();
        let (text, classes) = (RwSignal::new(text), RwSignal::new(classes));
        Some(Self { control, setting, editor, defined, text, always, never, classes, octets })
    }

    fn title(&self) -> String {
        let Some(datum) = self.setting.effective() else { return String::new() };
        let name = match (self.editor, &self.defined) {
            (Editor::Standard(option), _) => option.name,
            (_, Some(defined)) if datum.name.is_empty() => &defined.name,
            _ => &datum.name,
        };
        let usual = [Family::V4, Family::V6].map(Family::option_space).contains(&datum.space());
        let space = if usual { String::new() } else { format!(", {}", datum.space()) };
        if name.is_empty() {
            format!("option {}{space}", datum.code)
        } else {
            format!("{name} ({}{space})", datum.code)
        }
    }

    /// What it is, in a few words.
    fn about(&self) -> Option<String> {
        match self.editor {
            Editor::Standard(option) => Some(option.label.to_owned()),
            _ => self.defined.as_ref().map(|option| option.about.clone()),
        }
    }

    fn is_set(&self) -> bool {
        self.never.get_untracked() || self.text.with_untracked(|text| !text.trim().is_empty())
    }

    fn with_wanted<T>(&self, make: impl Fn(Wanted<'_>) -> T) -> T {
        let (text, classes) = (self.text.get_untracked(), self.classes.get_untracked());
        let (always, never) = (self.always.get_untracked(), self.never.get_untracked());
        make(Wanted { text: &text, always, never, classes: &classes })
    }

    fn edit(&self, list: &str) -> Option<Typed> {
        self.with_wanted(|wanted| edit(&self.setting, self.editor, wanted, list))
    }
}

impl Options {
    fn put(self, row: &Row) {
        row.octets.set(None);
        self.edits.put(&row.control, self.list.with_value(|list| row.edit(list)));
        if let Some(code) = row.defined.as_ref().and_then(|option| option.container) {
            self.contain(code);
        }
    }

    /// Parts are sent inside of an option that has no value of its own, and that has to be there.
    fn contain(self, code: u16) {
        let is_part = |row: &Row| row.defined.as_ref().is_some_and(|option| option.container == Some(code));
        let is_it = |row: &Row| {
            row.setting.own.as_ref().is_some_and(|own| own.code == code && own.space() == self.family.option_space())
        };
        let missing = self
            .rows
            .with_untracked(|rows| rows.iter().any(|row| is_part(row) && row.is_set()) && !rows.iter().any(is_it));
        let value = format!("{{\"code\":{code},\"space\":\"{}\"}}", self.family.option_space());
        let add = || Ok(vec![ConfigEdit::add(self.list.get_value(), value)]);
        self.edits.put(&format!("option {code} around others"), missing.then(add));
    }

    /// Asks what goes to clients of what is typed.
    fn look(self, row: &Row) {
        let Some(json) = row.with_wanted(|wanted| edit::json(&row.setting, row.editor, wanted)) else { return };
        let (octets, server, list) = (row.octets, self.server.get_value(), self.list.get_value());
        spawn_local(async move {
            if let Ok(found) = api::get_option_octets(server, list, json).await {
                octets.try_set(Some(found));
            }
        });
    }

    /// Adds a row for the option that is meant; none where none is.
    fn add(self, text: &str) -> Option<()> {
        let row = self.defined.with_value(|defined| Row::of(meant(text, self.family, defined)?, defined))?;
        let known = |other: &Row| {
            let of = |row: &Row| row.setting.effective().map(|datum| (datum.space().to_owned(), datum.code));
            of(other) == of(&row)
        };
        if !self.rows.with_untracked(|rows| rows.iter().any(known)) {
            self.rows.update(|rows| rows.push(row.clone()));
        }
        Some(())
    }
}

/// The options of a part.
#[component]
pub(super) fn OptionSection(settings: OptionSettings, server: StoredValue<ServerName>, edits: Edits) -> impl IntoView {
    let OptionSettings { list, v6, options, defined, classes } = settings;
    let rows = options.into_iter().filter_map(|option| Row::of(option, &defined)).collect();
    let options = Options {
        server,
        edits,
        list: StoredValue::new(list),
        family: if v6 { Family::V6 } else { Family::V4 },
        defined: StoredValue::new(defined),
        rows: RwSignal::new(rows),
        known: StoredValue::new(classes),
        may: Session::allows(Permission::Reserve),
    };
    view! {
        <section class="card" aria-labelledby="options">
            <header class="card-head">
                <h2 id="options">"Options"</h2>
            </header>
            <Show when=move || options.rows.with(Vec::is_empty)>
                <p class="card-empty muted">"None are set."</p>
            </Show>
            <table class="table table-cards parameter-table">
                <thead class="visually-hidden">
                    <tr>
                        <th scope="col">"Option"</th>
                        <th scope="col">"Value"</th>
                        <th scope="col">"Where from"</th>
                    </tr>
                </thead>
                <tbody>
                    <Each
                        each=move || options.rows.get()
                        key=|row| row.control.clone()
                        children=move |row| view! { <OptionRow options row/> }
                    />
                </tbody>
            </table>
            <Show when=move || options.may.get()>
                <Picker options/>
                <VendorOption options/>
            </Show>
        </section>
    }
}

#[component]
fn OptionRow(options: Options, row: Row) -> impl IntoView {
    let (title, about) = (row.title(), row.about());
    let Row { control, setting, editor, text, always, never, classes, octets, .. } = row.clone();
    let inherited = setting.inherited.as_ref().map(option_value).unwrap_or_default();
    let value = setting.effective().map(option_value).unwrap_or_default();
    let from = setting.from.clone();
    let fault = {
        let control = control.clone();
        Memo::new(move |_| options.edits.fault(&control))
    };
    let changed = move || options.edits.touches(&control);
    let row = StoredValue::new(row);
    let put = move || row.with_value(|row| options.put(row));
    let look = move || row.with_value(|row| options.look(row));
    let is_set = move || never.get() || text.with(|text| !text.trim().is_empty());
    // A value that is missing has no octets, and what is wrong with one that cannot be read is said already.
    let misfit = Memo::new(move |_| fault.get().or_else(|| octets.with(|octets| octets.as_ref()?.fault.clone())));
    let sent =
        Memo::new(move |_| octets.with(|octets| Some(octets.as_ref()?.text.clone()).filter(|text| !text.is_empty())));
    let flagged = Callback::new(move |()| {
        put();
        look();
    });
    let placeholder = if inherited.is_empty() { editor.example().to_owned() } else { inherited };
    let label = title.clone();
    let cell = move || {
        if !options.may.get() {
            return view! {
                <span class="mono">{value.clone()}</span>
                <FieldNotes fault=misfit note=sent/>
            }
            .into_any();
        }
        view! {
            <div class="field" class:is-wrong=move || fault.with(Option::is_some)>
                <ValueInput options row label=label.clone() placeholder=placeholder.clone() fault/>
                <FieldNotes fault=misfit note=sent/>
                <Show when=move || is_set() && !never.get()>
                    <Flag label="always send" value=always on_change=flagged/>
                </Show>
                <Flag label="never send" value=never on_change=flagged/>
                <Show when=is_set>
                    <OnlyFor options row classes/>
                </Show>
            </div>
        }
        .into_any()
    };
    view! {
        <tr class="row" class:is-changed=changed data-testid="option-setting">
            <th scope="row">
                <span class="mono">{title}</span>
                {about.map(|about| view! { <p class="muted">{about}</p> })}
            </th>
            <td data-label="Value" class="config-value">
                {cell}
            </td>
            <td data-label="Where from" class="muted">
                {move || if is_set() { "set here".to_owned() } else { from.clone() }} " "
                <Show when=move || options.may.get() && is_set()>
                    <button
                        type="button"
                        class="link"
                        on:click=move |_| {
                            text.set(String::new());
                            never.set(false);
                            put();
                        }
                    >
                        "Remove"
                    </button>
                </Show>
            </td>
        </tr>
    }
}

/// What the value of an option is typed into; for one that has none whether it is set.
#[component]
fn ValueInput(
    options: Options,
    row: StoredValue<Row>,
    label: String,
    placeholder: String,
    fault: Memo<Option<String>>,
) -> impl IntoView {
    let (editor, text) = row.with_value(|row| (row.editor, row.text));
    let put = move |typed: String| {
        text.set(typed);
        row.with_value(|row| options.put(row));
    };
    if editor == Editor::Nothing {
        let change = move |event| put(if event_target_checked(&event) { SET.to_owned() } else { String::new() });
        let checked = move || text.with(|text| !text.is_empty());
        return view! {
            <label class="check-line">
                <input type="checkbox" aria-label=label prop:checked=checked on:change=change/>
                <span>"set: it has no value"</span>
            </label>
        }
        .into_any();
    }
    view! {
        <input
            class="input mono"
            type="text"
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            aria-label=label
            aria-invalid=move || fault.with(Option::is_some).then_some("true")
            placeholder=placeholder
            prop:value=move || text.get()
            on:input=move |event| put(event_target_value(&event))
            on:change=move |_| row.with_value(|row| options.look(row))
        />
    }
    .into_any()
}

/// Whether an option is sent otherwise than where it is asked for.
#[component]
fn Flag(label: &'static str, value: RwSignal<bool>, on_change: Callback<()>) -> impl IntoView {
    view! {
        <label class="option-always">
            <input
                type="checkbox"
                prop:checked=move || value.get()
                on:change=move |event| {
                    value.set(event_target_checked(&event));
                    on_change.run(());
                }
            />
            {label}
        </label>
    }
}

/// The classes that an option is for alone.
#[component]
fn OnlyFor(options: Options, row: StoredValue<Row>, classes: RwSignal<String>) -> impl IntoView {
    let set = Callback::new(move |typed: String| {
        classes.set(typed);
        row.with_value(|row| options.put(row));
    });
    view! {
        <label class="option-classes">
            <span class="muted">"Only for the classes"</span>
            <input
                class="input mono"
                type="text"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                placeholder="every client"
                prop:value=move || classes.get()
                on:input=move |event| set.run(event_target_value(&event))
            />
        </label>
        <ClassChoice text=classes known=options.known.get_value() several=true set/>
    }
}

/// Finds an option by its name or code.
#[component]
fn Picker(options: Options) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let unknown = RwSignal::new(false);
    let add = move || {
        let text = typed.get_untracked();
        let added = options.add(&text).is_some();
        unknown.set(!added && !text.trim().is_empty());
        if added {
            typed.set(String::new());
        }
    };
    let v4 = options.family == Family::V4;
    let listed = STANDARD_OPTIONS.iter().filter(|option| v4 && option.kind != OptionKind::Parts);
    let listed = listed.map(|option| (format!("{} ({})", option.name, option.code), option.label.to_owned()));
    let own = options
        .defined
        .with_value(|all| all.iter().map(|option| (option.label(), option.about.clone())).collect::<Vec<_>>());
    let listed = own.into_iter().chain(listed).map(|(value, label)| view! { <option value=value>{label}</option> });
    view! {
        <form
            class="field card-body"
            class:is-wrong=move || unknown.get()
            on:submit=move |event| {
                event.prevent_default();
                add();
            }
        >
            <label class="field-label" for="new-option">
                "Add an option"
            </label>
            <div class="field-line">
                <input
                    id="new-option"
                    class="input"
                    type="text"
                    list="all-options"
                    autocomplete="off"
                    spellcheck="false"
                    placeholder="name or code"
                    prop:value=move || typed.get()
                    on:input=move |event| {
                        unknown.set(false);
                        typed.set(event_target_value(&event));
                    }
                />
                <datalist id="all-options">{listed.collect::<Vec<_>>()}</datalist>
                <button type="submit" class="button">
                    <Icon glyph=Glyph::Plus/>
                    "Add option"
                </button>
            </div>
            <FieldNotes fault=Signal::derive(move || {
                unknown.get().then(|| "No option has this name or code.".to_owned())
            })/>
        </form>
    }
}
