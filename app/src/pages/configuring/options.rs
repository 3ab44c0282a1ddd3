//! The options of a part: what is set, what holds, where that comes from, and a line to add more.

use leptos::prelude::*;
use model::{
    ConfigEdit, DefinedOption, Family, OptionDatum, OptionKind, OptionSetting, OptionSettings, Permission,
    STANDARD_OPTIONS, ServerName, StandardOption,
};

use super::class_choice::{ClassChoice, names};
use super::edits::{Edits, Typed};
use super::parameters::FaultLine;
use super::review::EditBar;
use super::typed::quoted;
use super::{OfPart, of_server, part_named, version};
use crate::api;
use crate::components::diff::option_value;
use crate::components::each::Each;
use crate::components::icon::{Glyph, Icon};
use crate::components::latest::{Latest, Outdated, load};
use crate::live::Live;
use crate::routes;
use crate::state::Session;

/// The options that all clients of the server get that the address names.
#[component]
pub fn OptionsPage() -> impl IntoView {
    of_server(routes::OPTIONS, |server| view! { <Loading server/> }.into_any())
}

#[component]
fn Loading(server: ServerName) -> impl IntoView {
    let live = Live::here();
    let edits = Edits::new();
    let server = StoredValue::new(server);
    let part = part_named();
    let options = Resource::new(
        move || (version(live), part.get()),
        move |(_, part)| api::list_config_options(server.get_value(), part),
    );
    let retry = Callback::new(move |()| options.refetch());
    load(options, 8, move |latest: Latest<OptionSettings>| {
        let settled = edits.settled(latest.value);
        let section = move || view! { <OptionSection settings=settled.get().1 edits/> };
        view! {
            <OfPart server part/>
            <Outdated problem=latest.problem retry/>
            {section}
            <EditBar edits server/>
        }
        .into_any()
    })
}

/// What the parts of the section share.
#[derive(Clone, Copy)]
struct Options {
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
    /// The editor that there is for it.
    standard: Option<&'static StandardOption>,
    /// What its value is made of, where the server defines it itself.
    made_of: Option<String>,
    text: RwSignal<String>,
    always: RwSignal<bool>,
    /// The classes that it is for alone, with commas between.
    classes: RwSignal<String>,
}

/// What is typed of an option.
#[derive(Clone, Copy, Default)]
pub(super) struct Wanted<'a> {
    /// Its value; empty: it is not set on the part itself.
    pub(super) text: &'a str,
    /// Whether clients get it that do not ask for it.
    pub(super) always: bool,
    /// The classes that it is for alone, with commas between; empty: it is for every client.
    pub(super) classes: &'a str,
}

impl Row {
    fn of(setting: OptionSetting, defined: &[DefinedOption]) -> Option<Self> {
        let datum = setting.effective()?;
        // Option 43 goes part by part: each part is an option of its own here.
        let standard = StandardOption::of(datum).filter(|option| option.kind != OptionKind::Parts);
        let control = setting.path.clone().unwrap_or_else(|| format!("option {} {}", datum.space(), datum.title()));
        let text = setting.own.as_ref().map(|own| typed(standard, own)).unwrap_or_default();
        let always = setting.own.as_ref().is_some_and(|own| own.always);
        let is_it = |option: &&DefinedOption| option.space == datum.space && option.code == datum.code;
        let made_of = defined.iter().find(is_it).map(|option| option.about.clone());
        let classes = setting.own.as_ref().map(|own| own.client_classes.join(", ")).unwrap_or_default();
        let (text, always, classes) = (RwSignal::new(text), RwSignal::new(always), RwSignal::new(classes));
        Some(Self { control, setting, standard, made_of, text, always, classes })
    }

    fn title(&self) -> String {
        let Some(datum) = self.setting.effective() else { return String::new() };
        let name = self.standard.map_or_else(|| datum.name.clone(), |option| option.name.to_owned());
        let space = if datum.space.is_some() { format!(", {}", datum.space()) } else { String::new() };
        if name.is_empty() {
            format!("option {}{space}", datum.code)
        } else {
            format!("{name} ({}{space})", datum.code)
        }
    }

    fn edit(&self, list: &str) -> Option<Typed> {
        let (text, classes) = (self.text.get_untracked(), self.classes.get_untracked());
        let wanted = Wanted { text: &text, always: self.always.get_untracked(), classes: &classes };
        edit(&self.setting, self.standard, wanted, list)
    }
}

/// The value of an option as people type it.
fn typed(standard: Option<&StandardOption>, datum: &OptionDatum) -> String {
    standard.and_then(|option| option.typed(datum)).unwrap_or_else(|| datum.data.clone())
}

/// What is typed of an option, as edits.
pub(super) fn edit(
    setting: &OptionSetting,
    standard: Option<&StandardOption>,
    wanted: Wanted<'_>,
    list: &str,
) -> Option<Typed> {
    let Wanted { text, always, classes } = wanted;
    let (text, classes) = (text.trim(), names(classes));
    let own = setting.own.as_ref().zip(setting.path.as_ref());
    if text.is_empty() && !own.is_some_and(|(own, _)| own.data.is_empty()) {
        return own.map(|(_, path)| Ok(vec![ConfigEdit::remove(path)]));
    }
    if let Some((own, _)) = own
        && (typed(standard, own) == text && own.always == always && own.client_classes == classes)
    {
        return None;
    }
    let datum = match written(setting, standard, text) {
        Ok(datum) => OptionDatum { client_classes: classes, ..datum },
        Err(fault) => return Some(Err(fault)),
    };
    let Some((own, path)) = own else {
        return Some(Ok(vec![ConfigEdit::add(list, as_json(&datum, always))]));
    };
    let changed = [
        (own.data != datum.data).then(|| ("data", quoted(&datum.data))),
        (own.hex != datum.hex).then(|| ("csv-format", (!datum.hex).to_string())),
        (own.always != always).then(|| ("always-send", always.to_string())),
    ];
    let mut edits: Vec<_> = changed
        .into_iter()
        .flatten()
        .map(|(member, value)| ConfigEdit::set(format!("{path}.{member}"), value))
        .collect();
    if own.client_classes != datum.client_classes {
        let member = format!("{path}.client-classes");
        let none = datum.client_classes.is_empty();
        edits.push(if none { ConfigEdit::unset(member) } else { ConfigEdit::set(member, quoted_all(&datum)) });
    }
    (!edits.is_empty()).then_some(Ok(edits))
}

/// The option with what is typed as its value.
fn written(setting: &OptionSetting, standard: Option<&StandardOption>, text: &str) -> Result<OptionDatum, String> {
    if let Some(option) = standard {
        let fault = option.fault(text).map(|fault| format!("{fault}."));
        let datum = option.data(text, false).into_iter().next();
        return fault.map_or_else(|| datum.ok_or_else(|| "A value is missing.".to_owned()), Err);
    }
    let known = setting.effective().cloned().unwrap_or_default();
    let datum = OptionDatum { data: text.to_owned(), ..known };
    datum.fault().map_or(Ok(datum), |fault| Err(format!("{fault}.")))
}

/// An option as Kea has it written.
fn as_json(datum: &OptionDatum, always: bool) -> String {
    let code = (datum.code > 0).then(|| format!("\"code\":{}", datum.code));
    let name = (datum.code == 0).then(|| format!("\"name\":{}", quoted(&datum.name)));
    let space = datum.space.as_ref().map(|space| format!("\"space\":{}", quoted(space)));
    let data = Some(format!("\"data\":{}", quoted(&datum.data)));
    let hex = datum.hex.then(|| "\"csv-format\":false".to_owned());
    let always = always.then(|| "\"always-send\":true".to_owned());
    let classes = (!datum.client_classes.is_empty()).then(|| format!("\"client-classes\":{}", quoted_all(datum)));
    let members: Vec<String> = [code, name, space, data, hex, always, classes].into_iter().flatten().collect();
    format!("{{{}}}", members.join(","))
}

/// The classes of an option as JSON.
fn quoted_all(datum: &OptionDatum) -> String {
    let names = datum.client_classes.iter().map(|name| quoted(name));
    format!("[{}]", names.collect::<Vec<_>>().join(","))
}

/// The option that is meant by a name or a code, not set yet.
pub(super) fn meant(text: &str, family: Family, defined: &[DefinedOption]) -> Option<OptionSetting> {
    if let Some(DefinedOption { space, code, name, .. }) = DefinedOption::meant(defined, text, family).cloned() {
        let datum = OptionDatum { code, name, space, ..OptionDatum::default() };
        return Some(new(datum));
    }
    let standard = StandardOption::meant(text).filter(|_| family == Family::V4);
    let most = if family == Family::V4 { 254 } else { 65_535 };
    let code = standard.map(|option| option.code).or_else(|| text.trim().parse().ok());
    let code = code.filter(|code| (1..=most).contains(code))?;
    let space = (family == Family::V6).then(|| family.option_space().to_owned());
    // Without a definition Kea takes octets alone.
    let hex = standard.is_none() && family == Family::V4;
    Some(new(OptionDatum { code, space, hex, ..OptionDatum::default() }))
}

fn new(datum: OptionDatum) -> OptionSetting {
    OptionSetting { path: None, own: None, inherited: Some(datum), from: "new".to_owned() }
}

impl Options {
    fn put(self, row: &Row) {
        self.edits.put(&row.control, self.list.with_value(|list| row.edit(list)));
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
pub(super) fn OptionSection(settings: OptionSettings, edits: Edits) -> impl IntoView {
    let OptionSettings { list, v6, options, defined, classes } = settings;
    let rows = options.into_iter().filter_map(|option| Row::of(option, &defined)).collect();
    let options = Options {
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
            </Show>
        </section>
    }
}

#[component]
fn OptionRow(options: Options, row: Row) -> impl IntoView {
    let Row { control, setting, standard, made_of, text, always, classes } = row.clone();
    let title = row.title();
    let about = standard.map(|option| option.label.to_owned()).or(made_of);
    let inherited = setting.inherited.as_ref().map(option_value).unwrap_or_default();
    let value = setting.effective().map(option_value).unwrap_or_default();
    let never = setting.effective().is_some_and(|datum| datum.never).then_some("Never sent.");
    let from = setting.from.clone();
    let fault = {
        let control = control.clone();
        Memo::new(move |_| options.edits.fault(&control))
    };
    let changed = move || options.edits.touches(&control);
    let row = StoredValue::new(row);
    let put = move || row.with_value(|row| options.put(row));
    let is_set = move || text.with(|text| !text.trim().is_empty());
    let placeholder =
        if inherited.is_empty() { standard.map(|option| option.example.to_owned()) } else { Some(inherited) };
    let label = title.clone();
    let cell = move || {
        if !options.may.get() {
            return view! { <span class="mono">{value.clone()}</span> }.into_any();
        }
        view! {
            <div class="field" class:is-wrong=move || fault.with(Option::is_some)>
                <input
                    class="input mono"
                    type="text"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    aria-label=label.clone()
                    aria-invalid=move || fault.with(Option::is_some).then_some("true")
                    placeholder=placeholder.clone()
                    prop:value=move || text.get()
                    on:input=move |event| {
                        text.set(event_target_value(&event));
                        put();
                    }
                />
                <div class="field-notes" aria-live="polite">
                    {move || fault.get().map(|text| view! { <FaultLine text/> })}
                </div>
                <Show when=is_set>
                    <label class="option-always">
                        <input
                            type="checkbox"
                            prop:checked=move || always.get()
                            on:change=move |event| {
                                always.set(event_target_checked(&event));
                                put();
                            }
                        />
                        "always send"
                    </label>
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
                {never.map(|never| view! { <p class="muted">{never}</p> })}
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
            <div class="field-notes" aria-live="polite">
                {move || {
                    unknown.get().then(|| view! { <FaultLine text="No option has this name or code.".to_owned()/> })
                }}
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(own: Option<&str>, inherited: Option<&str>) -> OptionSetting {
        let datum = |data: &str| OptionDatum { code: 6, data: data.to_owned(), ..OptionDatum::default() };
        let path = own.map(|_| "subnet4[id=1].option-data[space=dhcp4,code=6]".to_owned());
        OptionSetting { path, own: own.map(datum), inherited: inherited.map(datum), from: String::new() }
    }

    fn of(setting: &OptionSetting, text: &str, always: bool) -> Option<Typed> {
        let wanted = Wanted { text, always, ..Wanted::default() };
        edit(setting, StandardOption::with_code(6), wanted, "subnet4[id=1].option-data")
    }

    #[test]
    fn an_option_is_for_some_classes_alone_or_for_everybody() {
        let of = |setting: &OptionSetting, classes: &str| {
            let wanted = Wanted { text: "192.0.2.54", classes, ..Wanted::default() };
            edit(setting, StandardOption::with_code(6), wanted, "option-data").map(Result::unwrap)
        };
        let added =
            ConfigEdit::add("option-data", r#"{"code":6,"data":"192.0.2.54","client-classes":["a","b \"2\""]}"#);
        assert_eq!(of(&setting(None, None), "a, b \"2\""), Some(vec![added]));
        let mut own = setting(Some("192.0.2.54"), None);
        let member = format!("{}.client-classes", own.path.clone().unwrap());
        assert_eq!(of(&own, "a"), Some(vec![ConfigEdit::set(&member, r#"["a"]"#)]));
        own.own.as_mut().unwrap().client_classes = vec!["a".to_owned()];
        assert_eq!((of(&own, "a"), of(&own, "")), (None, Some(vec![ConfigEdit::unset(&member)])));
    }

    #[test]
    fn a_value_overrides_what_is_inherited_and_none_lets_it_hold() {
        let inherited = setting(None, Some("192.0.2.53"));
        assert_eq!(of(&inherited, "", false), None);
        let added = ConfigEdit::add("subnet4[id=1].option-data", r#"{"code":6,"data":"192.0.2.54"}"#);
        assert_eq!(of(&inherited, "192.0.2.54", false), Some(Ok(vec![added])));
        let own = setting(Some("192.0.2.54"), Some("192.0.2.53"));
        let path = own.path.clone().unwrap();
        assert_eq!(of(&own, "", false), Some(Ok(vec![ConfigEdit::remove(&path)])));
        assert_eq!(of(&own, "192.0.2.54", false), None);
        let changed = ConfigEdit::set(format!("{path}.data"), "\"192.0.2.55\"");
        assert_eq!(of(&own, "192.0.2.55", false), Some(Ok(vec![changed])));
        let always = ConfigEdit::set(format!("{path}.always-send"), "true");
        assert_eq!(of(&own, "192.0.2.54", true), Some(Ok(vec![always])));
        assert!(of(&own, "gateway", false).unwrap().is_err());
    }

    #[test]
    fn options_without_an_editor_are_written_as_they_are() {
        let new = meant("224", Family::V4, &[]).unwrap();
        let wanted = |text| Wanted { text, ..Wanted::default() };
        let edits = edit(&new, None, wanted("c0000201"), "option-data").unwrap().unwrap();
        assert_eq!(edits, [ConfigEdit::add("option-data", r#"{"code":224,"data":"c0000201","csv-format":false}"#)]);
        let v6 = meant("23", Family::V6, &[]).unwrap();
        let edits = edit(&v6, None, wanted("2001:db8::53"), "option-data").unwrap().unwrap();
        assert_eq!(edits, [ConfigEdit::add("option-data", r#"{"code":23,"space":"dhcp6","data":"2001:db8::53"}"#)]);
        assert!(meant("nonsense", Family::V4, &[]).is_none() && meant("300", Family::V4, &[]).is_none());
        assert_eq!(meant("routers (3)", Family::V4, &[]).unwrap().effective().unwrap().code, 3);
    }
    #[test]
    fn an_option_that_the_server_defines_is_meant_by_name_and_typed_as_text() {
        let own = DefinedOption { space: None, code: 234, name: "acme".to_owned(), about: "uint8".to_owned() };
        let part = DefinedOption { space: Some("mine".to_owned()), code: 1, name: "part".to_owned(), ..own.clone() };
        let add = |text: &str| {
            let setting = meant(text, Family::V4, &[own.clone(), part.clone()]).unwrap();
            edit(&setting, None, Wanted { text: "7", ..Wanted::default() }, "option-data").unwrap().unwrap()
        };
        assert_eq!(add("acme"), [ConfigEdit::add("option-data", r#"{"code":234,"data":"7"}"#)]);
        assert_eq!(add("234"), add("acme (234)"));
        assert_eq!(add("part (mine 1)"), [ConfigEdit::add("option-data", r#"{"code":1,"space":"mine","data":"7"}"#)]);
    }
}
