//! The client classes of a server: their order, what they ask for, and where they are used.

mod one;

use leptos::prelude::*;
use model::{ConfigClass, ConfigClasses, ConfigEdit, ConfigForm, ExpressionKind, Family, Permission, ServerName};

use self::one::One;
use super::bench::Bench;
use super::class_choice::{ClassChoice, names};
use super::edits::Edits;
use super::elsewhere::Elsewhere;
use super::expression::{ExpressionField, fault};
use super::form_card::FormCard;
use super::review::{EditBar, Reviewed};
use super::typed::quoted;
use super::uses::{Refused, places};
use super::{Asked, Listed, asked, of_part, of_server, part_named};
use crate::api;
use crate::components::each::Each;
use crate::components::empty::Empty;
use crate::components::field::TextField;
use crate::components::icon::Glyph;
use crate::routes;
use crate::state::Session;

/// The list of classes.
const LIST: &str = "client-classes";

/// The classes of the server that the address names.
#[component]
pub fn ClassesPage() -> impl IntoView {
    of_server(routes::CLASSES, |server| view! { <Loading server/> }.into_any())
}

/// The classes of a server.
const CLASSES: Listed =
    Listed { page: routes::CLASSES, missing: "Class not found", all: "All classes", form: ConfigForm::Class };

#[component]
fn Loading(server: ServerName) -> impl IntoView {
    let (edits, server, part) = (Edits::new(), StoredValue::new(server), part_named());
    let ask = move |()| api::list_config_classes(server.get_value());
    asked(
        6,
        || (),
        ask,
        move |asked: Asked<ConfigClasses>| {
            let settled = edits.settled(asked.value);
            let family = |found: &ConfigClasses| if found.v6 { Family::V6 } else { Family::V4 };
            let find = move |path: &str| {
                settled.with(|(round, found)| {
                    let class = found.classes.iter().find(|class| class.path == path)?;
                    Some((*round, class.clone(), family(found)))
                })
            };
            let list = move || {
                let (_, found) = settled.get();
                view! { <List server family=family(&found) classes=found.classes edits/> }.into_any()
            };
            let one = move |(_, class, family)| view! { <One server class family edits/> }.into_any();
            let shown = CLASSES.show(server, part, find, list, one);
            view! { {shown} <EditBar edits server/> }.into_any()
        },
    )
}

/// What the rows of the list share.
#[derive(Clone, Copy)]
struct Classes {
    server: StoredValue<ServerName>,
    edits: Edits,
    /// The names in the order that the server has.
    order: StoredValue<Vec<String>>,
    rows: RwSignal<Vec<ConfigClass>>,
    /// Why the last thing that was asked for is not done.
    refusal: RwSignal<Option<Refusal>>,
    deleting: RwSignal<Option<Vec<ConfigEdit>>>,
    may: Signal<bool>,
}

/// Why something is not done, and the class whose uses stand in the way.
type Refusal = (String, Option<ConfigClass>);

impl Classes {
    /// Moves a class by one place; a class that another one asks for stays before it.
    fn shift(self, name: &str, down: bool) {
        let mut rows = self.rows.get_untracked();
        let Some(at) = rows.iter().position(|class| class.name == name) else { return };
        let Some(upper) = (if down { Some(at) } else { at.checked_sub(1) }) else { return };
        let Some((first, second)) = rows.get(upper).zip(rows.get(upper + 1)) else { return };
        if let Some(why) = bound(first, second) {
            self.refusal.set(Some((why, None)));
            return;
        }
        rows.swap(upper, upper + 1);
        self.refusal.set(None);
        self.edits.put(LIST, self.order.with_value(|order| reordered(order, &rows)).map(|edit| Ok(vec![edit])));
        self.rows.set(rows);
    }

    fn delete(self, class: &ConfigClass) {
        if class.used > 0 {
            let why = format!("“{}” cannot be deleted while it is used in:", class.name);
            self.refusal.set(Some((why, Some(class.clone()))));
        } else {
            self.refusal.set(None);
            self.deleting.set(Some(vec![ConfigEdit::remove(&class.path)]));
        }
    }
}

/// Why two classes cannot change places; none: they can.
fn bound(first: &ConfigClass, second: &ConfigClass) -> Option<String> {
    let asks = second.needs.contains(&first.name);
    asks.then(|| format!("“{}” asks for “{}”, so it cannot come before it.", second.name, first.name))
}

/// The edit that brings the classes into the order of the rows; none: it is theirs.
fn reordered(order: &[String], rows: &[ConfigClass]) -> Option<ConfigEdit> {
    if rows.iter().map(|class| &class.name).eq(order) {
        return None;
    }
    let names: Vec<String> = rows.iter().map(|class| format!("{{\"name\":{}}}", quoted(&class.name))).collect();
    Some(ConfigEdit::order(LIST, format!("[{}]", names.join(","))))
}

#[component]
fn List(server: StoredValue<ServerName>, classes: Vec<ConfigClass>, family: Family, edits: Edits) -> impl IntoView {
    let order = classes.iter().map(|class| class.name.clone()).collect();
    let new = NewClass::default();
    let unsaved = move || edits.list().into_iter().chain(new.edit(family)).collect();
    let list = Classes {
        server,
        edits,
        order: StoredValue::new(order),
        rows: RwSignal::new(classes),
        refusal: RwSignal::new(None),
        deleting: RwSignal::new(None),
        may: Session::allows(Permission::Reserve),
    };
    let none = move || list.rows.with(Vec::is_empty);
    let known = list.order.get_value();
    let table = move || {
        view! {
            <div class="table-frame">
                <table class="table table-cards config-table" data-testid="classes">
                    <caption class="visually-hidden">"Client classes, in the order in which Kea looks at them"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Class"</th>
                            <th scope="col">"Expression"</th>
                            <th scope="col">"Used in"</th>
                            <th scope="col">"Order"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <Each
                            each=move || list.rows.get()
                            key=Clone::clone
                            children=move |class| view! { <Row list class/> }
                        />
                    </tbody>
                </table>
            </div>
        }
    };
    view! {
        <p class="muted">"Kea looks at classes from the top down: a class that another one asks for comes before it."</p>
        {move || {
            let (why, class) = list.refusal.get()?;
            let (uses, used) = class.map(|class| (class.uses, class.used)).unwrap_or_default();
            Some(view! { <Refused server why uses count=used testid="class-refused"/> })
        }}
        <Show
            when=none
            fallback=table
        >
            <Empty glyph=Glyph::Info title="No client classes">
                <p>"A class tells clients apart, by what they send: phones, computers that boot from the network, guests."</p>
            </Empty>
        </Show>
        {(!known.is_empty()).then(|| view! { <OnOthers server known/> })}
        <Bench server family edits unsaved=Callback::new(move |()| unsaved())/>
        <Show when=move || list.may.get()>
            <NewClassForm server family new/>
        </Show>
        <Reviewed reviewing=list.deleting server/>
    }
}

/// All classes on the other servers, or those that are chosen. The servers are asked once that is wanted.
#[component]
fn OnOthers(server: StoredValue<ServerName>, known: Vec<String>) -> impl IntoView {
    let wanted = RwSignal::new(false);
    let chosen = RwSignal::new(String::new());
    let classes = Signal::derive(move || names(&chosen.get()));
    let known = StoredValue::new(known);
    view! {
        <section class="card card-body" data-testid="classes-elsewhere">
            <Show
                when=move || wanted.get()
                fallback=move || {
                    view! {
                        <button type="button" class="button" on:click=move |_| wanted.set(true)>
                            "Compare with other servers"
                        </button>
                    }
                }
            >
                <Elsewhere server classes/>
                <p class="muted">
                    {move || if classes.with(Vec::is_empty) { "All classes." } else { "The chosen classes." }}
                </p>
                <ClassChoice
                    text=chosen
                    known=known.get_value()
                    several=true
                    set=Callback::new(move |text| chosen.set(text))
                />
            </Show>
        </section>
    }
}

#[component]
fn Row(list: Classes, class: ConfigClass) -> impl IntoView {
    let ConfigClass { path, name, test, only_additional, used, is_template, .. } = class.clone();
    let href = of_part(list.server, routes::CLASSES, &path);
    let test = match (test.is_empty(), is_template) {
        (true, _) => "none: by reservations alone".to_owned(),
        (false, true) => format!("one class for each value of {test}"),
        (false, false) => test,
    };
    let class = StoredValue::new(class);
    let shift = move |down: bool| class.with_value(|class| list.shift(&class.name, down));
    view! {
        <tr class="row" data-path=path>
            <th scope="row" class="row-main">
                <a class="row-link" href=href data-noscroll="">
                    {name.clone()}
                </a>
                {only_additional.then(|| view! { <p class="muted">"only where it is asked for"</p> })}
            </th>
            <td data-label="Expression" class="mono config-value">
                {test}
            </td>
            <td data-label="Used in">{places(used)}</td>
            <td data-label="Order">
                <Show when=move || list.may.get()>
                    <span class="page-actions">
                        <button
                            type="button"
                            class="button button-small"
                            aria-label=format!("Move {} up", class.with_value(|class| class.name.clone()))
                            on:click=move |_| shift(false)
                        >
                            "Up"
                        </button>
                        <button
                            type="button"
                            class="button button-small"
                            aria-label=format!("Move {} down", class.with_value(|class| class.name.clone()))
                            on:click=move |_| shift(true)
                        >
                            "Down"
                        </button>
                        <button
                            type="button"
                            class="button button-small"
                            aria-label=format!("Delete {}", class.with_value(|class| class.name.clone()))
                            on:click=move |_| class.with_value(|class| list.delete(class))
                        >
                            "Delete…"
                        </button>
                    </span>
                </Show>
            </td>
        </tr>
    }
}

/// What is typed of one more class.
#[derive(Clone, Copy, Default)]
struct NewClass {
    name: RwSignal<String>,
    test: RwSignal<String>,
}

impl NewClass {
    /// The edit that adds it; none: it cannot be added yet.
    fn edit(self, family: Family) -> Option<ConfigEdit> {
        let (name, test) = (self.name.get(), self.test.get());
        let ready = !name.trim().is_empty() && fault(&test, family, ExpressionKind::Condition).is_none();
        ready.then(|| ConfigEdit::add(LIST, new_class(&name, &test)))
    }
}

/// A form for one more class, which comes last.
#[component]
fn NewClassForm(server: StoredValue<ServerName>, family: Family, new: NewClass) -> impl IntoView {
    let NewClass { name, test } = new;
    let reviewing = RwSignal::new(None::<Vec<ConfigEdit>>);
    let edit = Memo::new(move |_| new.edit(family));
    let applied = move |()| {
        name.set(String::new());
        test.set(String::new());
    };
    view! {
        <FormCard
            title="New class"
            review="review-class"
            ready=Signal::derive(move || edit.with(Option::is_some))
            on_review=move |()| reviewing.set(edit.get_untracked().map(|edit| vec![edit]))
        >
            <TextField name="class-name" label="Name" value=name on_input=move |text| name.set(text)/>
            <ExpressionField
                text=test
                family
                kind=ExpressionKind::Condition
                on_input=Callback::new(move |text| test.set(text))
            />
        </FormCard>
        <Reviewed reviewing server on_applied=applied/>
    }
}

/// A class as Kea has it written.
fn new_class(name: &str, test: &str) -> String {
    let (name, test) = (quoted(name.trim()), test.trim());
    if test.is_empty() {
        format!("{{\"name\":{name}}}")
    } else {
        format!("{{\"name\":{name},\"test\":{}}}", quoted(test))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(name: &str, needs: &[&str]) -> ConfigClass {
        ConfigClass {
            path: format!("client-classes[name={name}]"),
            name: name.to_owned(),
            test: String::new(),
            is_template: false,
            only_additional: false,
            needs: needs.iter().map(|name| (*name).to_owned()).collect(),
            uses: Vec::new(),
            used: 0,
            comment: String::new(),
        }
    }

    #[test]
    fn a_class_stays_behind_those_that_it_asks_for() {
        let (a, b) = (class("a", &[]), class("b", &["a"]));
        assert!(bound(&a, &b).unwrap().contains("cannot come before"));
        assert_eq!(bound(&b, &a), None);
    }

    #[test]
    fn an_order_names_all_classes_and_the_order_of_the_server_is_no_edit() {
        let order = ["a".to_owned(), "b \"2\"".to_owned()];
        let rows = [class("b \"2\"", &[]), class("a", &[])];
        let edit = ConfigEdit::order("client-classes", r#"[{"name":"b \"2\""},{"name":"a"}]"#);
        assert_eq!(reordered(&order, &rows), Some(edit));
        assert_eq!(reordered(&order, &[class("a", &[]), class("b \"2\"", &[])]), None);
    }

    #[test]
    fn a_class_is_written_as_kea_has_it() {
        assert_eq!(new_class(" a ", ""), r#"{"name":"a"}"#);
        assert_eq!(new_class("a", "option[60].exists"), r#"{"name":"a","test":"option[60].exists"}"#);
    }
}
