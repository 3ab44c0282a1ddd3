//! The prefix pools of an IPv6 subnet: prefixes that are delegated to routers, of which each pool gives many.

use leptos::prelude::*;
use model::{
    ConfigEdit, Ipv6Network, Permission, PoolSettings, PrefixPool, PrefixPoolSetting, ServerName, SubnetSettings,
    readable_count,
};

use super::super::edits::{Edits, Typed};
use super::super::parameters::FaultLine;
use super::super::typed::quoted;
use super::more::{More, MoreFields, TypedMore};
use super::split::Split;
use super::ways;
use crate::components::each::Each;
use crate::components::icon::{Glyph, Icon};
use crate::state::Session;

/// What the parts of the section share.
#[derive(Clone, Copy)]
struct Pools {
    edits: Edits,
    server: StoredValue<ServerName>,
    list: StoredValue<String>,
    rows: RwSignal<Vec<Row>>,
    /// How many rows were added.
    added: StoredValue<u32>,
    may: Signal<bool>,
}

/// A prefix pool as it is typed.
#[derive(Clone)]
struct Row {
    /// Tells it from the others: its path, or a number of ours.
    control: String,
    /// As the server has it; none: it is new.
    known: Option<PrefixPoolSetting>,
    prefix: RwSignal<String>,
    length: RwSignal<String>,
    excluded: RwSignal<String>,
    more: More,
    /// Whether it is to go.
    removed: RwSignal<bool>,
}

impl Row {
    fn of(control: String, known: Option<PrefixPoolSetting>) -> Self {
        let pool = known.as_ref().and_then(|known| known.pool.clone());
        let text = |text: Option<String>| RwSignal::new(text.unwrap_or_default());
        let written = known.as_ref().map(|known| known.text.clone());
        Self {
            prefix: text(pool.as_ref().map(|pool| pool.prefix.to_string()).or(written)),
            length: text(pool.as_ref().map(|pool| pool.delegated_len.to_string())),
            excluded: text(pool.and_then(|pool| pool.excluded).map(|excluded| excluded.to_string())),
            more: More::of(&known.as_ref().map(|known| known.more.clone()).unwrap_or_default()),
            removed: RwSignal::new(false),
            control,
            known,
        }
    }

    /// The pool as it is typed; reactive. None: nothing is typed.
    fn pool(&self) -> Option<Result<PrefixPool, String>> {
        let text = |signal: RwSignal<String>| signal.with(|text| text.trim().to_owned());
        read(&text(self.prefix), &text(self.length), &text(self.excluded))
    }
}

/// The pool that is typed; none: nothing is.
fn read(prefix: &str, length: &str, excluded: &str) -> Option<Result<PrefixPool, String>> {
    if [prefix, length, excluded].iter().all(|text| text.is_empty()) {
        return None;
    }
    let network = |text: &str| text.parse::<Ipv6Network>().ok().filter(|_| text.contains('/'));
    let pool = || {
        let prefix = network(prefix).ok_or("Type a prefix, such as 2001:db8:8000::/40.")?;
        let delegated_len =
            length.parse().map_err(|_| "Type the length of the prefixes that are delegated, such as 56.")?;
        let excluded = match excluded {
            "" => None,
            text => Some(network(text).ok_or("Type the excluded prefix, such as 2001:db8:8000::/64, or nothing.")?),
        };
        Ok::<_, &str>(PrefixPool { prefix, delegated_len, excluded, settings: PoolSettings::default() })
    };
    let pool = pool().map_err(str::to_owned);
    Some(pool.and_then(|pool| pool.fault().map_or(Ok(pool), |fault| Err(format!("{fault}.")))))
}

/// What is typed as a prefix pool.
fn edit(
    known: Option<&PrefixPoolSetting>,
    typed: Option<Result<PrefixPool, String>>,
    more: &TypedMore,
    list: &str,
) -> Option<Typed> {
    let Some(known) = known else {
        let members = move |pool: PrefixPool| Ok(vec![ConfigEdit::add(list, as_json(&pool, &more.members()?))]);
        return typed.map(|typed| typed.and_then(members));
    };
    let edits = || {
        let mut edits = more.edits(&known.path, &known.more)?;
        match (typed, &known.pool) {
            // One that is not understood stays as it is until something else is typed.
            (Some(Err(_)) | None, None) => {}
            (None, Some(_)) => return Err("A prefix pool has a prefix and a length: remove it instead.".to_owned()),
            (Some(Ok(pool)), known_pool) => edits.extend(changed(&known.path, known_pool.as_ref(), &pool, list)),
            (Some(Err(fault)), Some(_)) => return Err(fault),
        }
        Ok(edits)
    };
    Some(edits()).filter(|edits| edits.as_ref().map_or(true, |edits| !edits.is_empty()))
}

/// The edits that make one pool the other.
fn changed(path: &str, known: Option<&PrefixPool>, pool: &PrefixPool, list: &str) -> Vec<ConfigEdit> {
    let mut edits = Vec::new();
    if known.map(|known| known.delegated_len) != Some(pool.delegated_len) {
        edits.push(ConfigEdit::set(format!("{path}.delegated-len"), pool.delegated_len.to_string()));
    }
    let before = known.and_then(|known| known.excluded);
    match pool.excluded.filter(|_| pool.excluded != before) {
        Some(excluded) => edits.extend([
            ConfigEdit::set(format!("{path}.excluded-prefix"), quoted(&excluded.network().to_string())),
            ConfigEdit::set(format!("{path}.excluded-prefix-len"), excluded.prefix().to_string()),
        ]),
        None if before.is_some() && pool.excluded.is_none() => edits.extend([
            ConfigEdit::unset(format!("{path}.excluded-prefix")),
            ConfigEdit::unset(format!("{path}.excluded-prefix-len")),
        ]),
        None => {}
    }
    // It is known by its prefix: that is another one last.
    if known.map(|known| known.prefix) != Some(pool.prefix) {
        let (prefix, length) = (pool.prefix.network(), pool.prefix.prefix());
        edits.push(ConfigEdit::moved(path, quoted(&format!("{list}[prefix={prefix},prefix-len={length}]"))));
    }
    edits
}

/// A pool as Kea has it written.
fn as_json(pool: &PrefixPool, more: &str) -> String {
    let PrefixPool { prefix, delegated_len, excluded, .. } = pool;
    let excluded = excluded.map(|excluded| {
        let (network, length) = (quoted(&excluded.network().to_string()), excluded.prefix());
        format!(",\"excluded-prefix\":{network},\"excluded-prefix-len\":{length}")
    });
    let (network, length) = (quoted(&prefix.network().to_string()), prefix.prefix());
    let excluded = excluded.unwrap_or_default();
    format!("{{\"prefix\":{network},\"prefix-len\":{length},\"delegated-len\":{delegated_len}{excluded}{more}}}")
}

impl Pools {
    fn put(self, row: &Row) {
        let edits = if row.removed.get_untracked() {
            row.known.as_ref().map(|pool| Ok(vec![ConfigEdit::remove(&pool.path)]))
        } else {
            let typed = untrack(|| row.pool());
            self.list.with_value(|list| edit(row.known.as_ref(), typed, &row.more.typed(), list))
        };
        self.edits.put(&row.control, edits);
    }

    fn add(self) {
        let number = self.added.get_value();
        self.added.set_value(number + 1);
        self.rows.update(|rows| rows.push(Row::of(format!("new prefix pool {number}"), None)));
    }
}

/// The prefix pools of a subnet.
#[component]
pub(in super::super) fn PrefixPoolSection(settings: SubnetSettings, edits: Edits) -> impl IntoView {
    let row = |pool: PrefixPoolSetting| Row::of(pool.path.clone(), Some(pool));
    let pools = Pools {
        edits,
        server: StoredValue::new(settings.key.server.clone()),
        list: StoredValue::new(format!("{}.pd-pools", settings.path)),
        rows: RwSignal::new(settings.prefix_pools.into_iter().map(row).collect()),
        added: StoredValue::new(0),
        may: Session::allows(Permission::Reserve),
    };
    let none = move || pools.rows.with(Vec::is_empty);
    view! {
        <section class="card" aria-labelledby="prefix-pools">
            <header class="card-head">
                <h2 id="prefix-pools">"Prefix pools"</h2>
            </header>
            <div class="card-body stack">
                <Show when=none>
                    <p class="muted">"None: no prefixes are delegated to routers."</p>
                </Show>
                <ul class="pool-rows">
                    <Each
                        each=move || pools.rows.get()
                        key=|row| row.control.clone()
                        children=move |row| view! { <PrefixRow pools row/> }
                    />
                </ul>
                <Show when=move || pools.may.get()>
                    <p>
                        <button type="button" class="button" data-testid="add-prefix-pool" on:click=move |_| pools.add()>
                            <Icon glyph=Glyph::Plus/>
                            "Add a prefix pool"
                        </button>
                    </p>
                </Show>
            </div>
        </section>
    }
}

#[component]
fn PrefixRow(pools: Pools, row: Row) -> impl IntoView {
    let Row { control, known, prefix, length, excluded, more, removed } = row.clone();
    let label =
        known.as_ref().map_or_else(|| "new prefix pool".to_owned(), |pool| format!("prefix pool {}", pool.text));
    let notes = known.as_ref().map(|pool| pool.notes.join(" · ")).unwrap_or_default();
    let shown = known.as_ref().map(|pool| pool.text.clone());
    let links = known.as_ref().map(|pool| ways(pools.server, &pool.path, &label));
    let split = known.as_ref().filter(|pool| pool.pool.as_ref().is_some_and(|pool| pool.halves().is_some()));
    let split = StoredValue::new(split.map(|pool| (pool.path.clone(), label.clone())));
    let fault = {
        let control = control.clone();
        Memo::new(move |_| pools.edits.fault(&control))
    };
    let size = {
        let row = row.clone();
        move || {
            let pool = row.pool().filter(|_| !row.removed.get())?.ok()?;
            Some(format!("{} prefixes of length {}", readable_count(pool.count()), pool.delegated_len))
        }
    };
    let row = StoredValue::new(row);
    let put = Callback::new(move |()| row.with_value(|row| pools.put(row)));
    let toggle = move |_| {
        if row.with_value(|row| row.known.is_none()) {
            let control = row.with_value(|row| row.control.clone());
            pools.edits.put(&control, None);
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
    let inputs = [
        (prefix, "Prefix", "2001:db8:8000::/40"),
        (length, "Delegated length", "56"),
        (excluded, "Excluded prefix", "none"),
    ];
    let named = label.clone();
    let input = move |(text, title, placeholder): (RwSignal<String>, &'static str, &'static str)| {
        view! {
            <label class="field">
                <span class="field-label">{title}</span>
                <input
                    class="input mono"
                    type="text"
                    autocomplete="off"
                    spellcheck="false"
                    aria-label=format!("{title} of {named}")
                    aria-invalid=move || fault.with(Option::is_some).then_some("true")
                    placeholder=placeholder
                    disabled=move || removed.get()
                    prop:value=move || text.get()
                    on:input=move |event| {
                        text.set(event_target_value(&event));
                        put.run(());
                    }
                />
            </label>
        }
    };
    let fields = move || {
        if pools.may.get() {
            view! { <div class="pool-more">{inputs.map(input.clone())}</div> }.into_any()
        } else {
            view! { <span class="mono">{shown.clone()}</span> }.into_any()
        }
    };
    let more_label = label.clone();
    view! {
        <li class="pool-row" class:is-removed=move || removed.get() data-testid="prefix-pool-row">
            <div class="field" class:is-wrong=move || fault.with(Option::is_some)>
                {fields}
                <div class="field-line">
                    <span class="muted">{size}</span>
                    <span class="muted">{notes}</span>
                    {links}
                    <Show when=move || pools.may.get()>
                        <button type="button" class="button button-small" aria-label=button.clone() on:click=toggle>
                            {move || if removed.get() { "Keep" } else { "Remove" }}
                        </button>
                        {split.get_value().map(|(path, label)| view! { <Split server=pools.server path label/> })}
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

#[cfg(test)]
mod tests {
    use model::PoolMore;

    use super::*;

    const LIST: &str = "subnet6[id=1].pd-pools";

    fn pool(prefix: &str, length: &str, excluded: &str) -> PrefixPool {
        read(prefix, length, excluded).unwrap().unwrap()
    }

    fn known() -> PrefixPoolSetting {
        PrefixPoolSetting {
            path: format!("{LIST}[prefix=2001:db8:8000::,prefix-len=40]"),
            text: "2001:db8:8000::/40".to_owned(),
            pool: Some(pool("2001:db8:8000::/40", "56", "2001:db8:8000::/64")),
            notes: Vec::new(),
            more: PoolMore::default(),
        }
    }

    fn of(prefix: &str, length: &str, excluded: &str) -> Option<Typed> {
        edit(Some(&known()), read(prefix, length, excluded), &TypedMore::default(), LIST)
    }

    #[test]
    fn each_part_is_an_edit_of_its_own_and_the_prefix_goes_last() {
        let path = known().path;
        assert_eq!(of("2001:db8:8000::/40", "56", "2001:db8:8000::/64"), None);
        assert_eq!(
            of("2001:db8:8000::/41", "60", "").unwrap().unwrap(),
            [
                ConfigEdit::set(format!("{path}.delegated-len"), "60"),
                ConfigEdit::unset(format!("{path}.excluded-prefix")),
                ConfigEdit::unset(format!("{path}.excluded-prefix-len")),
                ConfigEdit::moved(&path, format!("\"{LIST}[prefix=2001:db8:8000::,prefix-len=41]\"")),
            ]
        );
        assert!(of("", "", "").unwrap().is_err());
        for wrong in [
            ("2001:db8:8000::/40", "39", ""),
            ("2001:db8:8000::1/40", "56", ""),
            ("2001:db8:8000::/40", "56", "2001:db8:9000::/64"),
            ("2001:db8:8000::", "56", ""),
        ] {
            assert!(of(wrong.0, wrong.1, wrong.2).unwrap().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_new_one_is_added_and_an_empty_row_is_nothing() {
        let new = |prefix: &str, length: &str| edit(None, read(prefix, length, ""), &TypedMore::default(), LIST);
        assert_eq!(new("", ""), None);
        let value = r#"{"prefix":"2001:db8:8000::","prefix-len":40,"delegated-len":56}"#;
        assert_eq!(new("2001:db8:8000::/40", "56"), Some(Ok(vec![ConfigEdit::add(LIST, value)])));
        assert!(new("2001:db8:8000::/40", "").unwrap().is_err());
    }
}
