//! The pools of a subnet: a strip over its prefix, and a field for the range of each.

use leptos::prelude::*;
use model::{AddressRange, ConfigEdit, IpNetwork, Permission, PoolSetting, ServerName, SubnetSettings, readable_count};

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
    /// Whether it is to go.
    removed: RwSignal<bool>,
}

impl Row {
    fn of(pool: PoolSetting) -> Self {
        let text = pool.range.map_or_else(|| pool.text.clone(), written);
        Self { control: pool.path.clone(), known: Some(pool), text: RwSignal::new(text), removed: RwSignal::new(false) }
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
            edit(known, &typed, self.network, &self.list.get_value())
        };
        self.edits.put(&row.control, edits);
    }

    fn add(self) {
        let number = self.added.get_value();
        self.added.set_value(number + 1);
        let control = format!("new pool {number}");
        let row = Row { control, known: None, text: RwSignal::new(String::new()), removed: RwSignal::new(false) };
        self.rows.update(|rows| rows.push(row));
    }
}

/// What is typed as the range of a pool.
fn edit(known: Option<&PoolSetting>, typed: &str, network: Option<IpNetwork>, list: &str) -> Option<Typed> {
    let typed = typed.trim();
    if known.is_some_and(|pool| pool.text == typed) || (known.is_none() && typed.is_empty()) {
        return None;
    }
    let range: AddressRange = match typed.parse() {
        Ok(range) => range,
        Err(error) => return Some(Err(format!("{error}."))),
    };
    if let Some(network) =
        network.filter(|network| !(network.contains(range.first()) && network.contains(range.last())))
    {
        return Some(Err(format!("It is not inside of {network}.")));
    }
    let value = quoted(&written(range));
    match known {
        Some(pool) if pool.range == Some(range) => None,
        Some(pool) => Some(Ok(vec![ConfigEdit::set(format!("{}.pool", pool.path), value)])),
        None => Some(Ok(vec![ConfigEdit::add(list, format!("{{\"pool\":{value}}}"))])),
    }
}

/// The pools of a subnet.
#[component]
pub(super) fn PoolSection(settings: SubnetSettings, edits: Edits) -> impl IntoView {
    let rows: Vec<Row> = settings.pools.into_iter().map(Row::of).collect();
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
    view! {
        <section class="card" aria-labelledby="pools">
            <header class="card-head">
                <h2 id="pools">"Pools"</h2>
            </header>
            <div class="card-body stack">
                {settings.network.map(|network| view! { <Strip pools network/> })}
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
    let Row { control, known, text, removed } = row.clone();
    let label = known.as_ref().map_or_else(|| "New pool".to_owned(), |pool| format!("Pool {}", pool.text));
    let notes = known.as_ref().map(|pool| pool.notes.join(" · ")).unwrap_or_default();
    let shown = known.as_ref().map(|pool| pool.text.clone());
    let ways = known.as_ref().map(|pool| {
        let way = |page| pools.server.with_value(|server| routes::settings_of_part(server, page, &pool.path));
        let (options, parameters) = (way(routes::OPTIONS), way(routes::PARAMETERS));
        let named = |of: &str| format!("{of} of {label}");
        view! {
            <a href=options aria-label=named("Options")>
                "Options"
            </a>
            <a href=parameters aria-label=named("Parameters")>
                "Parameters"
            </a>
        }
    });
    let fault = {
        let control = control.clone();
        Memo::new(move |_| pools.edits.fault(&control))
    };
    let size = {
        let row = row.clone();
        move || row.range().map(|range| format!("{} addresses", readable_count(range.count())))
    };
    let row = StoredValue::new(row);
    let put = move || row.with_value(|row| pools.put(row));
    let toggle = move |_| {
        if row.with_value(|row| row.known.is_none()) {
            pools.edits.put(&row.with_value(|row| row.control.clone()), None);
            let control = row.with_value(|row| row.control.clone());
            pools.rows.update(|rows| rows.retain(|other| other.control != control));
            return;
        }
        removed.update(|removed| *removed = !*removed);
        put();
    };
    let button = {
        let label = label.clone();
        move || if removed.get() { format!("Keep {label}") } else { format!("Remove {label}") }
    };
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
                    put();
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
                    {ways}
                    <Show when=move || pools.may.get()>
                        <button type="button" class="button button-small" aria-label=button.clone() on:click=toggle>
                            {move || if removed.get() { "Keep" } else { "Remove" }}
                        </button>
                    </Show>
                </div>
                <div class="field-notes" aria-live="polite">
                    {move || fault.get().map(|text| view! { <FaultLine text/> })}
                </div>
            </div>
        </li>
    }
}

/// How wide the strip is, in its own measure.
const WIDTH: f64 = 1_000.0;

/// The prefix as a strip, with the pools on it as they are typed.
#[component]
fn Strip(pools: Pools, network: IpNetwork) -> impl IntoView {
    let whole = AddressRange::of_prefix(network);
    let bars = move || {
        let ranges = pools.rows.with(|rows| rows.iter().filter_map(Row::range).collect::<Vec<_>>());
        let bars = ranges.into_iter().filter_map(|range| {
            let (x, width) = place(whole, range)?;
            Some(view! { <rect class="pool-bar" x=x.to_string() y="0" width=width.to_string() height="20"></rect> })
        });
        bars.collect::<Vec<_>>()
    };
    view! {
        <figure class="pool-strip">
            <svg viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true" focusable="false">
                {bars}
            </svg>
            <figcaption>
                <span class="mono">{whole.first().to_string()}</span>
                <span class="mono">{whole.last().to_string()}</span>
            </figcaption>
        </figure>
    }
}

/// Where a range is on the strip, and how wide; none: it is not on it.
fn place(whole: AddressRange, range: AddressRange) -> Option<(f64, f64)> {
    let inside = whole.intersection(range)?;
    let before = AddressRange::new(whole.first(), inside.first()).ok()?.count() - 1;
    #[allow(clippy::cast_precision_loss, reason = "it is a drawing")]
    let part = |count: u128| count as f64 / whole.count() as f64 * WIDTH;
    // A single address of a large prefix is seen, too.
    Some((part(before), part(inside.count()).max(2.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool() -> PoolSetting {
        let text = "192.0.2.100 - 192.0.2.199".to_owned();
        let path = "subnet4[id=1].pools[pool=192.0.2.100-192.0.2.199]".to_owned();
        PoolSetting { path, range: text.parse().ok(), text, notes: Vec::new() }
    }

    #[test]
    fn a_new_range_is_one_edit_and_another_spelling_is_none() {
        let network = "192.0.2.0/24".parse().ok();
        let of = |typed: &str| edit(Some(&pool()), typed, network, "subnet4[id=1].pools");
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
        let of = |typed: &str| edit(None, typed, None, "subnet4[id=1].pools");
        assert_eq!(of(" "), None);
        let added = ConfigEdit::add("subnet4[id=1].pools", "{\"pool\":\"192.0.2.16-192.0.2.31\"}");
        assert_eq!(of("192.0.2.16/28"), Some(Ok(vec![added])));
    }

    #[test]
    fn the_strip_shows_where_a_pool_lies() {
        let whole: AddressRange = "192.0.2.0/24".parse().unwrap();
        assert_eq!(place(whole, "192.0.2.128/25".parse().unwrap()), Some((500.0, 500.0)));
        assert_eq!(place(whole, "198.51.100.0/24".parse().unwrap()), None);
        let (x, width) = place("2001:db8::/64".parse().unwrap(), "2001:db8::10-2001:db8::10".parse().unwrap()).unwrap();
        assert!(x < 0.1 && width >= 2.0, "{x} {width}");
    }
}
