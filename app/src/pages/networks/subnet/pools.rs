//! The pools of a subnet: what each is, how much of it is used, whom it is for.

use leptos::prelude::*;
use model::{Pool, PoolSettings, PoolUse, PrefixPool, Subnet, readable_count};

use super::super::addresses::List;
use crate::components::diff::option_facts;

/// The pools of addresses.
pub(super) fn pools(subnet: Memo<Subnet>, list: List) -> AnyView {
    let lines = move |used: &[PoolUse]| {
        subnet.with(|subnet| subnet.pools.iter().map(|pool| pool_line(pool, used)).collect::<Vec<_>>())
    };
    let count = Signal::derive(move || subnet.with(|subnet| subnet.pools.len()));
    let none = move || {
        (count.get() == 0).then(|| view! { <li class="muted">"None: only reserved addresses are given out."</li> })
    };
    fold("Pools ", count, list, lines, none)
}

/// The pools of prefixes, where there are any.
pub(super) fn prefix_pools(subnet: Memo<Subnet>, list: List) -> impl IntoView {
    let any = Memo::new(move |_| subnet.with(|subnet| !subnet.prefix_pools.is_empty()));
    let lines = move |used: &[PoolUse]| {
        subnet.with(|subnet| subnet.prefix_pools.iter().map(|pool| prefix_line(pool, used)).collect::<Vec<_>>())
    };
    let count = Signal::derive(move || subnet.with(|subnet| subnet.prefix_pools.len()));
    move || any.get().then(|| fold("Prefix pools ", count, list, lines, || ()))
}

/// What is folded away stays open while the lines in it change.
fn fold(
    title: &'static str,
    count: Signal<usize>,
    list: List,
    lines: impl Fn(&[PoolUse]) -> Vec<AnyView> + Send + 'static,
    none: impl IntoView,
) -> AnyView {
    let used = Memo::new(move |_| list.pool_use());
    view! {
        <details class="fold">
            <summary>{title} <span class="count">{move || count.get()}</span></summary>
            <ul class="fold-list">{none} {move || used.with(|used| lines(used))}</ul>
        </details>
    }
    .into_any()
}

fn pool_line(pool: &Pool, used: &[PoolUse]) -> AnyView {
    let options = option_facts(&pool.settings.options).into_iter().map(|(name, value)| format!("{name} = {value}"));
    let options = joined(&options.collect::<Vec<_>>());
    let what = [Some(format!("{} addresses", readable_count(pool.range.count()))), options];
    line(pool.range.to_string(), used, what, &pool.settings)
}

fn prefix_line(pool: &PrefixPool, used: &[PoolUse]) -> AnyView {
    let excluded =
        pool.excluded.map(|excluded| format!("excluded from the first one: {excluded}, and likewise from each"));
    let what = [Some(format!("prefixes of length {}", pool.delegated_len)), excluded];
    line(pool.prefix.to_string(), used, what, &pool.settings)
}

fn line(pool: String, used: &[PoolUse], [what, more]: [Option<String>; 2], settings: &PoolSettings) -> AnyView {
    let PoolSettings { client_classes, additional_classes, labels, .. } = settings;
    let used = used.iter().find(|known| known.pool == pool).map(|known| format!("{} used", known.used));
    let guards = joined(client_classes).map(|classes| format!("only for class {classes}"));
    let added = joined(additional_classes).map(|classes| format!("additional classes {classes}"));
    let notes = [what, used, labels.name.clone(), labels.comment.clone(), more, guards, added];
    let notes = notes.into_iter().flatten().map(|note| view! { <span class="muted">{note}</span> }).collect::<Vec<_>>();
    view! {
        <li>
            <span class="mono">{pool}</span>
            {notes}
        </li>
    }
    .into_any()
}

/// The texts with commas between them; none where there are none.
pub(super) fn joined(texts: &[String]) -> Option<String> {
    Some(texts.join(", ")).filter(|text| !text.is_empty())
}
