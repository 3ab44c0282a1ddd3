//! A pool as it is typed, of either kind.

use leptos::prelude::*;
use model::{
    AddressRange, ConfigEdit, IpNetwork, PoolMore, PoolSetting, PrefixPool, PrefixPoolSetting, readable_count,
};

use super::super::edits::Typed;
use super::more::More;
use super::{addresses, prefixes};

/// Of which kind pools are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// Of addresses, within this prefix as far as it is understood.
    Addresses(Option<IpNetwork>),
    /// Of prefixes, which are delegated to routers.
    Prefixes,
}

/// What a card of pools says.
pub(super) struct Words {
    /// Its id; tests find its parts by it.
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    /// What it means that there are none.
    pub(super) none: &'static str,
    /// What adds one.
    pub(super) add: &'static str,
    /// A pool that is not there yet.
    pub(super) new: &'static str,
    /// The fields of each: what people call it, empty where there is one alone, and what may be typed.
    pub(super) fields: &'static [(&'static str, &'static str)],
}

const ADDRESSES: Words = Words {
    id: "pool",
    title: "Pools",
    none: "None: only reserved addresses are given out.",
    add: "Add a pool",
    new: "New pool",
    fields: &[("", "192.0.2.10-192.0.2.99")],
};

const PREFIXES: Words = Words {
    id: "prefix-pool",
    title: "Prefix pools",
    none: "None: no prefixes are delegated to routers.",
    add: "Add a prefix pool",
    new: "new prefix pool",
    fields: &[("Prefix", "2001:db8:8000::/40"), ("Delegated length", "56"), ("Excluded prefix", "none")],
};

impl Kind {
    pub(super) fn words(self) -> &'static Words {
        match self {
            Self::Addresses(_) => &ADDRESSES,
            Self::Prefixes => &PREFIXES,
        }
    }
}

/// A pool as the server has it.
#[derive(Clone)]
pub(super) enum Known {
    /// Of addresses.
    Addresses(PoolSetting),
    /// Of prefixes.
    Prefixes(PrefixPoolSetting),
}

impl Known {
    pub(super) fn path(&self) -> &str {
        match self {
            Self::Addresses(pool) => &pool.path,
            Self::Prefixes(pool) => &pool.path,
        }
    }

    /// What it is of, as the server has it written.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Addresses(pool) => &pool.text,
            Self::Prefixes(pool) => &pool.text,
        }
    }

    pub(super) fn notes(&self) -> &[String] {
        match self {
            Self::Addresses(pool) => &pool.notes,
            Self::Prefixes(pool) => &pool.notes,
        }
    }

    fn more(&self) -> &PoolMore {
        match self {
            Self::Addresses(pool) => &pool.more,
            Self::Prefixes(pool) => &pool.more,
        }
    }

    /// What people call it.
    pub(super) fn label(&self) -> String {
        match self {
            Self::Addresses(pool) => format!("Pool {}", pool.text),
            Self::Prefixes(pool) => format!("prefix pool {}", pool.text),
        }
    }

    /// Its fields, as they are typed.
    fn fields(&self) -> Vec<String> {
        match self {
            Self::Addresses(pool) => vec![pool.range.map_or_else(|| pool.text.clone(), addresses::written)],
            Self::Prefixes(PrefixPoolSetting { pool: Some(pool), .. }) => vec![
                pool.prefix.to_string(),
                pool.delegated_len.to_string(),
                pool.excluded.map(|excluded| excluded.to_string()).unwrap_or_default(),
            ],
            Self::Prefixes(pool) => vec![pool.text.clone(), String::new(), String::new()],
        }
    }

    /// Whether several can be made of it: with the last place where it may be split, or empty where it is halved.
    pub(super) fn split(&self) -> Option<String> {
        match self {
            Self::Addresses(pool) => pool.range.filter(|range| range.count() > 1).map(|range| range.last().to_string()),
            Self::Prefixes(pool) => pool.pool.as_ref().and_then(PrefixPool::halves).map(|_| String::new()),
        }
    }
}

/// A pool as it is typed.
#[derive(Clone)]
pub(super) struct Row {
    /// Tells it from the others: its path, or a number of ours.
    pub(super) control: String,
    /// As the server has it; none: it is new.
    pub(super) known: Option<Known>,
    /// What is typed into its fields.
    pub(super) fields: Vec<RwSignal<String>>,
    pub(super) more: More,
    /// Whether it is to go.
    pub(super) removed: RwSignal<bool>,
}

impl Row {
    /// A pool that the server has.
    pub(super) fn known(known: Known) -> Self {
        let fields = known.fields().into_iter().map(RwSignal::new).collect();
        let more = More::of(known.more());
        Self { control: known.path().to_owned(), fields, more, removed: RwSignal::new(false), known: Some(known) }
    }

    /// One more.
    pub(super) fn new(control: String, kind: Kind) -> Self {
        let fields = kind.words().fields.iter().map(|_| RwSignal::default()).collect();
        Self { control, known: None, fields, more: More::of(&PoolMore::default()), removed: RwSignal::new(false) }
    }

    /// The addresses that are typed, of a pool of addresses; none: it is to go, or they are none. Reactive.
    pub(super) fn range(&self) -> Option<AddressRange> {
        self.typed(0).parse().ok().filter(|_| !self.removed.get())
    }

    /// The pool that is typed, of a pool of prefixes; none: nothing is typed. Reactive.
    fn prefixes(&self) -> Option<Result<PrefixPool, String>> {
        prefixes::read(&self.typed(0), &self.typed(1), &self.typed(2))
    }

    fn typed(&self, field: usize) -> String {
        self.fields.get(field).map(|field| field.with(|text| text.trim().to_owned())).unwrap_or_default()
    }

    /// How much it gives, in words. Reactive.
    pub(super) fn size(&self, kind: Kind) -> Option<String> {
        match kind {
            Kind::Addresses(_) => Some(format!("{} addresses", readable_count(self.range()?.count()))),
            Kind::Prefixes => {
                let pool = self.prefixes().filter(|_| !self.removed.get())?.ok()?;
                Some(format!("{} prefixes of length {}", readable_count(pool.count()), pool.delegated_len))
            }
        }
    }

    /// What makes the pools of a list as they are typed; none: it is so. Reactive.
    pub(super) fn edits(&self, kind: Kind, list: &str) -> Option<Typed> {
        if self.removed.get() {
            return self.known.as_ref().map(|known| Ok(vec![ConfigEdit::remove(known.path())]));
        }
        let more = self.more.typed();
        match (kind, &self.known) {
            (Kind::Addresses(network), Some(Known::Addresses(pool))) => {
                addresses::edit(Some(pool), &self.typed(0), &more, network, list)
            }
            (Kind::Addresses(network), _) => addresses::edit(None, &self.typed(0), &more, network, list),
            (Kind::Prefixes, Some(Known::Prefixes(pool))) => prefixes::edit(Some(pool), self.prefixes(), &more, list),
            (Kind::Prefixes, _) => prefixes::edit(None, self.prefixes(), &more, list),
        }
    }
}
