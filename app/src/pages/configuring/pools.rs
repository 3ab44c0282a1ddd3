//! The pools of a subnet: a strip over its prefix, and a field for the range of each.

mod more;
mod prefixes;
mod split;
mod strip;

use leptos::prelude::*;
use model::{AddressRange, ConfigEdit, IpNetwork, Permission, PoolSetting, ServerName, SubnetSettings, readable_count};

pub(super) use prefixes::PrefixPoolSection;

use self::more::{More, MoreFields, TypedMore};
use self::split::Split;
use self::strip::Strip;
use super::edits::{Edits, Typed};
use super::parameters::FaultLine;
use super::typed::quoted;
use crate::components::each::Each;
use crate::components::icon::{Glyph, Icon};
use crate::routes;
use crate::state::Session;

/// What the parts of the section share.
#[derive(Clone, Copy)]
struct Pools {
    edits: Edits,
    server: StoredValue<ServerName>,
    list: StoredValue<String>,
    network: Option<IpNetwork>,
    rows: RwSignal<Vec<Row>>,
    /// How many rows were added.
    added: StoredValue<u32>,
    may: Signal<bool>,
}

/// A pool as it is typed.
#[derive(Clone)]
struct Row {
    /// Tells it from the others: its path, or a number of ours.
    control: String,
    /// As the server has it; none: it is new.
    known: Option<PoolSetting>,
    text: RwSignal<String>,
    more: More,
    /// Whether it is to go.
    removed: RwSignal<bool>,
}

impl Row {
    fn of(control: String, known: Option<PoolSetting>) -> Self {
        let text = known.as_ref().map(|pool| pool.range.map_or_else(|| pool.text.clone(), written));
        let more = More::of(&known.as_ref().map(|pool| pool.more.clone()).unwrap_or_default());
        Self { control, known, text: RwSignal::new(text.unwrap_or_default()), more, removed: RwSignal::new(false) }
    }

    fn range(&self) -> Option<AddressRange> {
        if self.removed.get() { None } else { self.text.with(|text| text.parse().ok()) }
    }
}

/// A range as Kea has it written.
fn written(range: AddressRange) -> String {
    format!("{}-{}", range.first(), range.last())
}

impl Pools {
    fn put(self, row: &Row) {
        let typed = row.text.get_untracked();
        let known = row.known.as_ref();
        let edits = if row.removed.get_untracked() {
            known.map(|pool| Ok(vec![ConfigEdit::remove(&pool.path)]))
        } else {
            edit(known, &typed, &row.more.typed(), self.network, &self.list.get_value())
        };
        self.edits.put(&row.control, edits);
    }

    fn add(self) {
        let number = self.added.get_value();
        self.added.set_value(number + 1);
        self.rows.update(|rows| rows.push(Row::of(format!("new pool {number}"), None)));
    }
}

/// What is typed as a pool.
fn edit(
    known: Option<&PoolSetting>,
    typed: &str,
    more: &TypedMore,
    network: Option<IpNetwork>,
    list: &str,
) -> Option<Typed> {
    let typed = typed.trim();
    let Some(pool) = known else {
        let add = |value| Ok(vec![ConfigEdit::add(list, format!("{{\"pool\":{value}{}}}", more.members()?))]);
        return (!typed.is_empty()).then(|| range(typed, network).and_then(|range| add(quoted(&written(range)))));
    };
    let edits = || {
        let mut edits = more.edits(&pool.path, &pool.more)?;
        if pool.text != typed {
            let range = range(typed, network)?;
            // It is known by its range: that is another one last.
            let set = || ConfigEdit::set(format!("{}.pool", pool.path), quoted(&written(range)));
            edits.extend((pool.range != Some(range)).then(set));
        }
        Ok(edits)
    };
    Some(edits()).filter(|edits| edits.as_ref().map_or(true, |edits| !edits.is_empty()))
}

/// The range that is typed.
fn range(typed: &str, network: Option<IpNetwork>) -> Result<AddressRange, String> {
    let range: AddressRange = typed.parse().map_err(|error| format!("{error}."))?;
    let outside = |network: &IpNetwork| !(network.contains(range.first()) && network.contains(range.last()));
    network.filter(outside).map_or(Ok(range), |network| Err(format!("It is not inside of {network}.")))
}

/// The pools of a subnet.
#[component]
pub(super) fn PoolSection(settings: SubnetSettings, edits: Edits) -> impl IntoView {
    let rows: Vec<Row> = settings.pools.into_iter().map(|pool| Row::of(pool.path.clone(), Some(pool))).collect();
    let pools = Pools {
        edits,
        server: StoredValue::new(settings.key.server.clone()),
        list: StoredValue::new(format!("{}.pools", settings.path)),
        network: settings.network,
        rows: RwSignal::new(rows),
        added: StoredValue::new(0),
        may: Session::allows(Permission::Reserve),
    };
    let none = move || pools.rows.with(Vec::is_empty);
    let ranges = Signal::derive(move || pools.rows.with(|rows| rows.iter().filter_map(Row::range).collect()));
    view! {
        <section class="card" aria-labelledby="pools">
            <header class="card-head">
                <h2 id="pools">"Pools"</h2>
            </header>
            <div class="card-body stack">
                {settings.network.map(|network| view! { <Strip network ranges/> })}
                <Show when=none>
                    <p class="muted">"None: only reserved addresses are given out."</p>
                </Show>
                <ul class="pool-rows">
                    <Each
                        each=move || pools.rows.get()
                        key=|row| row.control.clone()
                        children=move |row| view! { <PoolRow pools row/> }
                    />
                </ul>
                <Show when=move || pools.may.get()>
                    <p>
                        <button type="button" class="button" data-testid="add-pool" on:click=move |_| pools.add()>
                            <Icon glyph=Glyph::Plus/>
                            "Add a pool"
                        </button>
                    </p>
                </Show>
            </div>
        </section>
    }
}

#[component]
fn PoolRow(pools: Pools, row: Row) -> impl IntoView {
    let Row { control, known, text, more, removed } = row.clone();
    let label = known.as_ref().map_or_else(|| "New pool".to_owned(), |pool| format!("Pool {}", pool.text));
    let notes = known.as_ref().map(|pool| pool.notes.join(" · ")).unwrap_or_default();
    let shown = known.as_ref().map(|pool| pool.text.clone());
    let links = known.as_ref().map(|pool| ways(pools.server, &pool.path, &label));
    let split =
        known.as_ref().and_then(|pool| Some((pool.path.clone(), pool.range.filter(|range| range.count() > 1)?)));
    let split = StoredValue::new(split.map(|(path, range)| (path, label.clone(), range.last().to_string())));
    let fault = {
        let control = control.clone();
        Memo::new(move |_| pools.edits.fault(&control))
    };
    let size = {
        let row = row.clone();
        move || row.range().map(|range| format!("{} addresses", readable_count(range.count())))
    };
    let row = StoredValue::new(row);
    let put = Callback::new(move |()| row.with_value(|row| pools.put(row)));
    let toggle = move |_| {
        if row.with_value(|row| row.known.is_none()) {
            pools.edits.put(&row.with_value(|row| row.control.clone()), None);
            let control = row.with_value(|row| row.control.clone());
            pools.rows.update(|rows| rows.retain(|other| other.control != control));
            return;
        }
        removed.update(|removed| *removed = !*removed);
        put.run(());
    };
    let button = {
        let label = label.clone();
        move || if removed.get() { format!("Keep {label}") } else { format!("Remove {label}") }
    };
    let more_label = label.clone();
    let field = move || {
        if !pools.may.get() {
            return view! { <span class="mono">{shown.clone()}</span> }.into_any();
        }
        view! {
            <input
                class="input mono"
                type="text"
                autocomplete="off"
                spellcheck="false"
                aria-label=label.clone()
                aria-invalid=move || fault.with(Option::is_some).then_some("true")
                placeholder="192.0.2.10-192.0.2.99"
                disabled=move || removed.get()
                prop:value=move || text.get()
                on:input=move |event| {
                    text.set(event_target_value(&event));
                    put.run(());
                }
            />
        }
        .into_any()
    };
    view! {
        <li class="pool-row" class:is-removed=move || removed.get() data-testid="pool-row">
            <div class="field" class:is-wrong=move || fault.with(Option::is_some)>
                <div class="field-line">
                    {field}
                    <span class="muted">{size}</span>
                    <span class="muted">{notes}</span>
                    {links}
                    <Show when=move || pools.may.get()>
                        <button type="button" class="button button-small" aria-label=button.clone() on:click=toggle>
                            {move || if removed.get() { "Keep" } else { "Remove" }}
                        </button>
                        {split
                            .get_value()
                            .map(|(path, label, at)| view! { <Split server=pools.server path label at/> })}
                    </Show>
                </div>
                <Show when=move || pools.may.get() && !removed.get()>
                    <MoreFields more label=more_label.clone() on_input=put/>
                </Show>
                <div class="field-notes" aria-live="polite">
                    {move || fault.get().map(|text| view! { <FaultLine text/> })}
                </div>
            </div>
        </li>
    }
}

/// The ways to the options and parameters of a pool.
fn ways(server: StoredValue<ServerName>, path: &str, label: &str) -> impl IntoView + use<> {
    [(routes::OPTIONS, "Options"), (routes::PARAMETERS, "Parameters")].map(|(page, title)| {
        let href = server.with_value(|server| routes::settings_of_part(server, page, path));
        view! {
            <a href=href aria-label=format!("{title} of {label}")>
                {title}
            </a>
        }
    })
}

#[cfg(test)]
mod tests {
    use model::PoolMore;

    use super::*;

    fn pool() -> PoolSetting {
        let text = "192.0.2.100 - 192.0.2.199".to_owned();
        let path = "subnet4[id=1].pools[pool=192.0.2.100-192.0.2.199]".to_owned();
        PoolSetting { path, range: text.parse().ok(), text, notes: Vec::new(), more: PoolMore::default() }
    }

    #[test]
    fn a_new_range_is_one_edit_and_another_spelling_is_none() {
        let network = "192.0.2.0/24".parse().ok();
        let of = |typed: &str| edit(Some(&pool()), typed, &TypedMore::default(), network, "subnet4[id=1].pools");
        assert_eq!(of("192.0.2.100-192.0.2.199"), None);
        assert_eq!(of("192.0.2.100 - 192.0.2.199"), None);
        let grown = of("192.0.2.100-192.0.2.219").unwrap().unwrap();
        assert_eq!(grown, [ConfigEdit::set(format!("{}.pool", pool().path), "\"192.0.2.100-192.0.2.219\"")]);
        assert!(of("192.0.2.100").is_some_and(|typed| typed.is_ok()), "a pool of one address");
        assert_eq!(of("192.0.2.100-192.0.3.1"), Some(Err("It is not inside of 192.0.2.0/24.".to_owned())));
        assert!(of("").unwrap().is_err() && of("192.0.2.9-192.0.2.1").unwrap().is_err());
    }

    #[test]
    fn a_new_pool_is_added_and_an_empty_row_is_nothing() {
        let of = |typed: &str| edit(None, typed, &TypedMore::default(), None, "subnet4[id=1].pools");
        assert_eq!(of(" "), None);
        let added = ConfigEdit::add("subnet4[id=1].pools", "{\"pool\":\"192.0.2.16-192.0.2.31\"}");
        assert_eq!(of("192.0.2.16/28"), Some(Ok(vec![added])));
    }
}
