//! Choosing a subnet of many: the first are there at once, others are looked for by what is typed.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Member, NetworkPage, NetworkQuery, NetworkRow, SubnetKey, SubnetSummary};
use serde::{Deserialize, Serialize};

use crate::api;

/// A subnet that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Choice {
    /// Which.
    pub(super) key: SubnetKey,
    label: String,
}

impl Choice {
    /// A subnet that was asked for by itself.
    pub(super) fn of_summary(summary: &SubnetSummary) -> Self {
        let subnet = &summary.subnet;
        Self::new(&subnet.key, &subnet.prefix.to_string(), subnet.name.as_deref(), &summary.members)
    }

    fn of(row: &NetworkRow) -> Self {
        Self::new(&row.key, &row.prefix.to_string(), row.name.as_deref(), &row.members)
    }

    fn new(key: &SubnetKey, prefix: &str, name: Option<&str>, members: &[Member]) -> Self {
        let name = name.map(|name| format!(" {name}")).unwrap_or_default();
        let servers: Vec<_> = members.iter().map(|member| member.server.as_str()).collect();
        let place = if servers.len() > 1 { servers.join(", ") } else { key.to_string() };
        Self { key: key.clone(), label: format!("{prefix}{name} ({place})") }
    }
}

/// The subnets of a page, as they can be chosen.
pub(super) fn choices(page: &NetworkPage) -> Vec<Choice> {
    page.rows.iter().map(Choice::of).collect()
}

/// What there is to choose from.
#[derive(Debug, Clone)]
pub(super) struct Choices {
    /// The first of them.
    pub(super) first: Vec<Choice>,
    /// How many there are.
    pub(super) all: u32,
    /// The one that is chosen at first.
    pub(super) asked: Option<Choice>,
}

/// One of the subnets, or none of them.
#[component]
pub(super) fn SubnetSelect(
    /// The id of the field.
    id: &'static str,
    /// What it is.
    label: &'static str,
    /// What no subnet means.
    none: &'static str,
    /// What there is to choose from.
    subnets: Choices,
    /// What is chosen.
    chosen: RwSignal<Option<SubnetKey>>,
) -> impl IntoView {
    let Choices { first, all, asked } = subnets;
    let is_all = first.len() >= all as usize;
    let offered = RwSignal::new(first);
    // What is chosen stays there, whatever is looked for.
    let kept = RwSignal::new(asked);
    let options = move || {
        let (offered, kept) = (offered.get(), kept.get());
        let kept = kept.filter(|kept| !offered.contains(kept));
        let option = |choice: Choice| {
            let selected = chosen.with_untracked(|chosen| chosen.as_ref() == Some(&choice.key));
            view! {
                <option value=choice.key.to_string() selected=selected>
                    {choice.label}
                </option>
            }
        };
        kept.into_iter().chain(offered).map(option).collect::<Vec<_>>()
    };
    let on_change = move |event| {
        let key: Option<SubnetKey> = event_target_value(&event).parse().ok();
        let known =
            offered.with_untracked(|offered| offered.iter().find(|choice| Some(&choice.key) == key.as_ref()).cloned());
        if known.is_some() || key.is_none() {
            kept.set(known);
        }
        chosen.set(key);
    };
    view! {
        <div class="field">
            <label class="field-label" for=id>
                {label}
            </label>
            {(!is_all).then(|| view! { <Finder id all offered/> })}
            <select id=id class="input" on:change=on_change>
                <option value="" selected=chosen.with_untracked(Option::is_none)>
                    {none}
                </option>
                {options}
            </select>
        </div>
    }
}

/// Looks for subnets among more than a list can show.
#[component]
fn Finder(id: &'static str, all: u32, offered: RwSignal<Vec<Choice>>) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let on_input = move |event| {
        let wanted = event_target_value(&event);
        text.set(wanted.clone());
        spawn_local(async move {
            let query = NetworkQuery { text: wanted.clone(), ..NetworkQuery::default() };
            let answer = api::list_networks(query).await;
            // What was typed since counts.
            let is_wanted = text.try_with_untracked(|text| *text == wanted) == Some(true);
            if let (Ok(page), true) = (answer, is_wanted) {
                offered.set(choices(&page));
            }
        });
    };
    view! {
        <input
            type="search"
            class="input"
            aria-label="Find a subnet"
            aria-controls=id
            autocomplete="off"
            placeholder=format!("Find one of {all} subnets: prefix, address, name, server")
            on:input=on_input
        />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_names_its_subnet_and_its_servers() {
        let member = |server: &str| Member { server: server.parse().unwrap(), id: Some(1), answers: true };
        let key: SubnetKey = "kea1/1".parse().unwrap();
        let label = |members: &[Member]| Choice::new(&key, "192.0.2.0/24", Some("office"), members).label;
        assert_eq!(label(&[member("kea1")]), "192.0.2.0/24 office (kea1/1)");
        assert_eq!(label(&[member("kea1"), member("kea2")]), "192.0.2.0/24 office (kea1, kea2)");
    }
}
