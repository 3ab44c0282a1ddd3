//! The pools of a subnet, of either kind: fields for each, and over its prefix a strip of its addresses.

mod addresses;
mod more;
mod prefixes;
mod row;
mod split;
mod strip;

use leptos::prelude::*;
use model::{Permission, ServerName, SubnetSettings};

use self::more::MoreFields;
use self::row::{Kind, Known, Row};
use self::split::Split;
use self::strip::Strip;
use super::edits::Edits;
use super::of_part;
use crate::components::each::Each;
use crate::components::field::FieldNotes;
use crate::components::icon::{Glyph, Icon};
use crate::routes;
use crate::state::Session;

/// What the parts of a card share.
#[derive(Clone, Copy)]
struct Pools {
    kind: Kind,
    edits: Edits,
    server: StoredValue<ServerName>,
    list: StoredValue<String>,
    rows: RwSignal<Vec<Row>>,
    /// How many rows were added.
    added: StoredValue<u32>,
    may: Signal<bool>,
}

impl Pools {
    fn put(self, row: &Row) {
        self.edits.put(&row.control, self.list.with_value(|list| untrack(|| row.edits(self.kind, list))));
    }

    fn add(self) {
        let number = self.added.get_value();
        self.added.set_value(number + 1);
        let control = format!("{} {number}", self.kind.words().new);
        self.rows.update(|rows| rows.push(Row::new(control, self.kind)));
    }

    /// Removes a pool, or keeps it after all. One that is not there yet is forgotten.
    fn toggle(self, row: &Row) {
        if row.known.is_some() {
            row.removed.update(|removed| *removed = !*removed);
            self.put(row);
        } else {
            self.edits.put(&row.control, None);
            self.rows.update(|rows| rows.retain(|other| other.control != row.control));
        }
    }
}

/// The pools of addresses of a subnet, and where it has them those of prefixes.
#[component]
pub(super) fn PoolSections(settings: SubnetSettings, edits: Edits) -> impl IntoView {
    let SubnetSettings { key, path, network, pools, prefix_pools, options, .. } = settings;
    let server = StoredValue::new(key.server);
    let card = move |kind: Kind, list: String, rows: Vec<Row>| Pools {
        kind,
        edits,
        server,
        list: StoredValue::new(list),
        rows: RwSignal::new(rows),
        added: StoredValue::new(0),
        may: Session::allows(Permission::Reserve),
    };
    let rows = pools.into_iter().map(Known::Addresses).map(Row::known).collect();
    let addresses = card(Kind::Addresses(network), format!("{path}.pools"), rows);
    let rows = prefix_pools.into_iter().map(Known::Prefixes).map(Row::known).collect();
    let prefixes = options.v6.then(|| card(Kind::Prefixes, format!("{path}.pd-pools"), rows));
    view! {
        <PoolCard pools=addresses/>
        {prefixes.map(|pools| view! { <PoolCard pools/> })}
    }
}

/// A pool of prefixes that is typed, as Kea has it written, or what is wrong with it; none: nothing is typed.
pub(super) fn prefix_pool(prefix: &str, delegated: &str) -> Option<Result<String, String>> {
    let pool = prefixes::read(prefix.trim(), delegated.trim(), "")?;
    Some(pool.map(|pool| prefixes::as_json(&pool, "")))
}

#[component]
fn PoolCard(pools: Pools) -> impl IntoView {
    let words = pools.kind.words();
    let none = move || pools.rows.with(Vec::is_empty);
    let strip = match pools.kind {
        Kind::Addresses(Some(network)) => {
            let ranges = Signal::derive(move || pools.rows.with(|rows| rows.iter().filter_map(Row::range).collect()));
            Some(view! { <Strip network ranges/> })
        }
        _ => None,
    };
    view! {
        <section class="card" aria-labelledby=format!("{}s", words.id)>
            <header class="card-head">
                <h2 id=format!("{}s", words.id)>{words.title}</h2>
            </header>
            <div class="card-body stack">
                {strip}
                <Show when=none>
                    <p class="muted">{words.none}</p>
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
                        <button
                            type="button"
                            class="button"
                            data-testid=format!("add-{}", words.id)
                            on:click=move |_| pools.add()
                        >
                            <Icon glyph=Glyph::Plus/>
                            {words.add}
                        </button>
                    </p>
                </Show>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn PoolRow(pools: Pools, row: Row) -> impl IntoView {
    let Row { control, known, more, removed, .. } = row.clone();
    let label = known.as_ref().map_or_else(|| pools.kind.words().new.to_owned(), Known::label);
    let notes = known.as_ref().map(|known| known.notes().join(" · ")).unwrap_or_default();
    let links = known.as_ref().map(|known| ways(pools.server, known.path(), &label));
    let split = known.as_ref().and_then(|known| Some((known.path().to_owned(), known.split()?)));
    let split = StoredValue::new(split.map(|(path, at)| (path, label.clone(), at)));
    let fault = Signal::derive(move || pools.edits.fault(&control));
    let button = {
        let label = label.clone();
        move || if removed.get() { format!("Keep {label}") } else { format!("Remove {label}") }
    };
    let row = StoredValue::new(row);
    let size = move || row.with_value(|row| row.size(pools.kind));
    let put = Callback::new(move |()| row.with_value(|row| pools.put(row)));
    let named = label.clone();
    view! {
        <li
            class="pool-row"
            class:is-removed=move || removed.get()
            data-testid=format!("{}-row", pools.kind.words().id)
        >
            <div class="field" class:is-wrong=move || fault.with(Option::is_some)>
                <Fields pools row label fault put/>
                <div class="field-line">
                    <span class="muted">{size}</span>
                    <span class="muted">{notes}</span>
                    {links}
                    <Show when=move || pools.may.get()>
                        <button
                            type="button"
                            class="button button-small"
                            aria-label=button.clone()
                            on:click=move |_| row.with_value(|row| pools.toggle(row))
                        >
                            {move || if removed.get() { "Keep" } else { "Remove" }}
                        </button>
                        {split
                            .get_value()
                            .map(|(path, label, at)| view! { <Split server=pools.server path label at/> })}
                    </Show>
                </div>
                <Show when=move || pools.may.get() && !removed.get()>
                    <MoreFields more label=named.clone() on_input=put/>
                </Show>
                <FieldNotes fault/>
            </div>
        </li>
    }
    .into_any()
}

/// What a pool is of: to be typed, or only to be seen.
#[component]
fn Fields(
    pools: Pools,
    row: StoredValue<Row>,
    /// What the pool is called for those who do not see it.
    label: String,
    fault: Signal<Option<String>>,
    put: Callback<()>,
) -> impl IntoView {
    let field = move |(text, (title, placeholder)): (RwSignal<String>, (&'static str, &'static str))| {
        let label = if title.is_empty() { label.clone() } else { format!("{title} of {label}") };
        let heading = (!title.is_empty()).then(|| view! { <span class="field-label">{title}</span> });
        view! {
            <label class="field">
                {heading}
                <input
                    class="input mono"
                    type="text"
                    autocomplete="off"
                    spellcheck="false"
                    aria-label=label
                    aria-invalid=move || fault.with(Option::is_some).then_some("true")
                    placeholder=placeholder
                    disabled=move || row.with_value(|row| row.removed.get())
                    prop:value=move || text.get()
                    on:input=move |event| {
                        text.set(event_target_value(&event));
                        put.run(());
                    }
                />
            </label>
        }
        .into_any()
    };
    move || {
        let row = row.get_value();
        if !pools.may.get() {
            let shown = row.known.map(|known| known.text().to_owned());
            return view! { <span class="mono">{shown}</span> }.into_any();
        }
        let fields = row.fields.into_iter().zip(pools.kind.words().fields.iter().copied());
        view! { <div class="pool-more">{fields.map(&field).collect::<Vec<_>>()}</div> }.into_any()
    }
}

/// The ways to the options and parameters of a pool.
fn ways(server: StoredValue<ServerName>, path: &str, label: &str) -> impl IntoView + use<> {
    [(routes::OPTIONS, "Options"), (routes::PARAMETERS, "Parameters")].map(|(page, title)| {
        let href = of_part(server, page, path);
        view! {
            <a href=href aria-label=format!("{title} of {label}")>
                {title}
            </a>
        }
    })
}
