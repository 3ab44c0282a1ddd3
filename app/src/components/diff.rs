//! What differs between two versions of a reservation, or of what a subnet is called, in words.

use leptos::prelude::*;
use model::{Content, Labels, OptionDatum, Reservation, StandardOption};

/// A field that is not the same in both versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// Its name, for people.
    pub field: String,
    /// What was in it; none: nothing.
    pub before: Option<String>,
    /// What is in it; none: nothing.
    pub after: Option<String>,
}

/// The fields in which the two differ, in the order of the form. A version that is none has nothing in any field.
pub fn differences(before: Option<&Content>, after: Option<&Content>) -> Vec<FieldChange> {
    let (old, new) = (before.map(said).unwrap_or_default(), after.map(said).unwrap_or_default());
    let value = |of: &[(String, String)], field: &str| {
        of.iter().find(|(known, _)| known == field).map(|(_, value)| value.clone())
    };
    let mut names: Vec<&String> = old.iter().map(|(name, _)| name).collect();
    names.extend(new.iter().map(|(name, _)| name).filter(|name| value(&old, name).is_none()));
    let changes = names.into_iter().map(|name| FieldChange {
        field: name.clone(),
        before: value(&old, name),
        after: value(&new, name),
    });
    changes.filter(|change| change.before != change.after).collect()
}

fn said(of: &Content) -> Vec<(String, String)> {
    match of {
        Content::Reservation(reservation) => fields(reservation),
        Content::Labels { labels: Labels { name, comment }, .. } => {
            let both = [("Name", name.clone()), ("Comment", comment.clone())];
            both.into_iter().filter_map(|(field, value)| Some((field.to_owned(), value?))).collect()
        }
        Content::Configuration { change, .. } => {
            let note = Some(("Note".to_owned(), change.note.clone())).filter(|(_, note)| !note.is_empty());
            let words = change.words.iter().enumerate();
            words.map(|(at, words)| (format!("Change {}", at + 1), words.clone())).chain(note).collect()
        }
    }
}

/// Everything that a reservation says, field by field.
fn fields(of: &Reservation) -> Vec<(String, String)> {
    let [address, prefixes] = place_facts(of);
    let plain = [
        (of.identifier.kind().label(), Some(of.identifier.to_string())),
        address,
        prefixes,
        ("Host name", of.host_name.clone()),
        ("Next server", of.next_server.map(|server| server.to_string())),
        ("Boot file", of.boot_file_name.clone()),
        ("Server host name", of.server_host_name.clone()),
        ("Client classes", Some(of.client_classes.join(", ")).filter(|classes| !classes.is_empty())),
    ];
    let last = [
        ("Note", of.note.clone()),
        ("Record name", of.record_name.clone()),
        ("Stored", Some(of.storage.label().to_owned())),
    ];
    let named = |(name, value): (&str, Option<String>)| Some((name.to_owned(), value?));
    let options = option_facts(&of.options).into_iter().map(|(name, value)| (format!("Option {name}"), value));
    plain.into_iter().filter_map(named).chain(options).chain(last.into_iter().filter_map(named)).collect()
}

/// Addresses and prefixes in words.
pub fn place_facts(of: &Reservation) -> [(&'static str, Option<String>); 2] {
    let listed = |values: Vec<String>| Some(values.join(", ")).filter(|text| !text.is_empty());
    let addresses = of.addresses().map(|address| address.to_string()).collect();
    let prefixes = of.prefixes.iter().map(ToString::to_string).collect();
    [("Address", listed(addresses)), ("Delegated prefixes", listed(prefixes))]
}

/// Options in words: which, and with what value.
pub fn option_facts(options: &[OptionDatum]) -> Vec<(String, String)> {
    let (parts, rest) = match StandardOption::gather_parts(options) {
        Some((whole, typed, rest)) => (Some((title(&whole), marked(typed, &whole))), rest),
        None => (None, options.to_vec()),
    };
    parts.into_iter().chain(rest.iter().map(|datum| (title(datum), option_value(datum)))).collect()
}

/// The value of an option as people read it.
pub fn option_value(datum: &OptionDatum) -> String {
    marked(datum.readable().unwrap_or_else(|| format!("hex {}", datum.data)), datum)
}

fn marked(value: String, datum: &OptionDatum) -> String {
    let classes = datum.client_classes.join(", ");
    let value = if classes.is_empty() { value } else { format!("{value} (class {classes} only)") };
    match datum {
        OptionDatum { never: true, .. } => format!("{value} (never sent)").trim_start().to_owned(),
        OptionDatum { always: true, .. } => format!("{value} (always sent)"),
        _ => value,
    }
}

/// "routers (3)"; where the server has no name for it, ours.
fn title(datum: &OptionDatum) -> String {
    let space = datum.space.as_deref().filter(|space| *space != "dhcp4");
    let known = StandardOption::of(datum).map(|option| option.name);
    let name = Some(datum.name.as_str()).filter(|name| !name.is_empty()).or(known);
    match (name, space) {
        (Some(name), None) => format!("{name} ({})", datum.code),
        (Some(name), Some(space)) => format!("{name} ({}, {space})", datum.code),
        (None, None) => datum.code.to_string(),
        (None, Some(space)) => format!("{} ({space})", datum.code),
    }
}

/// The fields in which two versions of a subject differ, each with both values.
#[component]
pub fn VersionDiff(
    /// How it was; none: it was not there.
    before: Option<Content>,
    /// How it is; none: it is not there.
    after: Option<Content>,
) -> impl IntoView {
    let versions = [before, after];
    let [before, after] = versions.each_ref().map(Option::as_ref);
    let changes = differences(before, after);
    if changes.is_empty() {
        return view! { <p class="muted">"No differences."</p> }.into_any();
    }
    let rows = changes.into_iter().map(|FieldChange { field, before, after }| {
        let arrow = before.is_some() && after.is_some();
        view! {
            <div class="diff-line">
                <dt>{field}</dt>
                <dd>
                    {before
                        .map(|value| {
                            view! {
                                <del class="diff-before">
                                    <span class="visually-hidden">"before: "</span>
                                    {value}
                                </del>
                            }
                        })}
                    {arrow.then(|| view! { <span class="diff-arrow" aria-hidden="true">" → "</span> })}
                    {after
                        .map(|value| {
                            view! {
                                <ins class="diff-after">
                                    <span class="visually-hidden">"after: "</span>
                                    {value}
                                </ins>
                            }
                        })}
                </dd>
            </div>
        }
    });
    view! { <dl class="diff">{rows.collect::<Vec<_>>()}</dl> }.into_any()
}

/// The fields in which two differ that are there side by side.
#[component]
pub fn SideBySide(
    /// What the two are called.
    names: [String; 2],
    /// The first; none: it is not there.
    left: Option<Content>,
    /// The second; none: it is not there.
    right: Option<Content>,
) -> impl IntoView {
    let side = move |at: usize, value: Option<String>| {
        let name = format!("{}: ", names[at]);
        let value = value.unwrap_or_else(|| "nothing".to_owned());
        view! {
            <span class="diff-side">
                <span class="muted">{name}</span>
                {value}
            </span>
        }
    };
    let both = [left, right];
    let [left, right] = both.each_ref().map(Option::as_ref);
    let rows = differences(left, right).into_iter().map(|FieldChange { field, before, after }| {
        view! {
            <div class="diff-line">
                <dt>{field}</dt>
                <dd>{side(0, before)} {side(1, after)}</dd>
            </div>
        }
    });
    view! { <dl class="diff">{rows.collect::<Vec<_>>()}</dl> }
}

#[cfg(test)]
mod tests {
    use model::{Identifier, Storage};

    use super::*;

    fn reservation() -> Reservation {
        Reservation {
            subnet: "main/1".parse().unwrap(),
            identifier: Identifier::HwAddress("02:00:5e:10:00:01".parse().unwrap()),
            address: "192.0.2.7".parse().ok(),
            more_addresses: Vec::new(),
            prefixes: Vec::new(),
            host_name: Some("web-01".to_owned()),
            next_server: None,
            server_host_name: None,
            boot_file_name: None,
            client_classes: vec!["pxe".to_owned(), "voip".to_owned()],
            options: StandardOption::with_code(3).unwrap().data("192.0.2.1", false),
            note: None,
            label: None,
            record_name: None,
            storage: Storage::Configuration,
        }
    }

    fn lines(before: Option<&Reservation>, after: Option<&Reservation>) -> Vec<String> {
        let show = |value: Option<String>| value.unwrap_or_else(|| "–".to_owned());
        let held = |of: Option<&Reservation>| of.cloned().map(Content::from);
        let changes = differences(held(before).as_ref(), held(after).as_ref()).into_iter();
        changes.map(|change| format!("{}: {} → {}", change.field, show(change.before), show(change.after))).collect()
    }

    #[test]
    fn the_same_differs_in_nothing() {
        assert_eq!(lines(Some(&reservation()), Some(&reservation())), [""; 0]);
        assert_eq!(lines(None, None), [""; 0]);
    }

    #[test]
    fn every_field_is_shown_with_both_values() {
        let mut changed = reservation();
        changed.address = "192.0.2.9".parse().ok();
        changed.host_name = None;
        changed.note = Some("rack 4".to_owned());
        changed.client_classes.pop();
        changed.options = StandardOption::with_code(3).unwrap().data("192.0.2.254", true);
        changed.options.extend(StandardOption::with_code(150).unwrap().data("192.0.2.5", false));
        changed.storage = Storage::Database;
        assert_eq!(
            lines(Some(&reservation()), Some(&changed)),
            [
                "Address: 192.0.2.7 → 192.0.2.9",
                "Host name: web-01 → –",
                "Client classes: pxe, voip → pxe",
                "Option routers (3): 192.0.2.1 → 192.0.2.254 (always sent)",
                "Stored: in the server’s configuration file → in the server’s host database",
                "Option tftp-server-address (150): – → 192.0.2.5",
                "Note: – → rack 4",
            ]
        );
    }

    #[test]
    fn what_is_made_or_deleted_is_shown_whole() {
        let made = lines(None, Some(&reservation()));
        assert_eq!((made.len(), made[0].as_str()), (6, "MAC address: – → 02:00:5e:10:00:01"));
        assert_eq!(lines(Some(&reservation()), None).last().unwrap(), "Stored: in the server’s configuration file → –");
    }

    #[test]
    fn vendor_options_are_one_line() {
        let options = StandardOption::with_code(43).unwrap().data("01:04:c0:00:02:01", false);
        let title = "vendor-encapsulated-options (43)".to_owned();
        assert_eq!(option_facts(&options), [(title, "01:04:c0:00:02:01".to_owned())]);
    }
}
