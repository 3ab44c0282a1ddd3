//! What Kea knows: every parameter at every level, with type, limits, unit, default, and where it is inherited from.
//!
//! The tables stand in `tables/`, in words; here they are read.

pub(crate) mod options;
mod parse;

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::{Daemon, HookLibrary, Map, Path, Step, Value};

/// What a parameter takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// A whole number within limits that make sense.
    Integer {
        /// The lowest.
        least: i64,
        /// The highest.
        most: i64,
    },
    /// A number with a decimal point: Kea takes no whole one.
    Real,
    /// Any text.
    Text,
    /// One of these words.
    Word(Vec<&'static str>),
    /// An IPv4 address, an IPv6 address, or either.
    Address {
        /// Whether IPv4 is taken.
        v4: bool,
        /// Whether IPv6 is taken.
        v6: bool,
    },
    /// A map; its level, where it has one of its own.
    Map(Option<&'static str>),
    /// A list of such.
    List(Box<Kind>),
    /// Anything.
    Any,
}

/// Parameters that do otherwise than their names let expect.
const SURPRISES: [(&str, &str); 1] = [(
    "match-client-id",
    "Kea finds the lease of a client by its client identifier, and by its MAC address only if it sends none. Firmware, \
     installer and system of one machine often send different ones, and then count as several clients. false: by MAC \
     address alone. Reservations are found by what host-reservation-identifiers names, either way.",
)];

/// A parameter of a level.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What is counted: `s`, `ms`, `bytes`, `bits`, `count`; empty: nothing.
    pub unit: &'static str,
    /// What holds where it is set nowhere; none: nothing, or it depends.
    pub default: Option<Value>,
    /// The levels that are asked, in this order, where it is not set.
    pub inherits: Vec<&'static str>,
    /// What it does, in a few words.
    pub description: &'static str,
    remarks: Vec<&'static str>,
}

impl Parameter {
    fn has(&self, remark: &str) -> bool {
        self.remarks.contains(&remark)
    }

    fn after(&self, prefix: &str) -> Option<&'static str> {
        self.remarks.iter().find_map(|remark| remark.strip_prefix(prefix))
    }

    /// Whether its level is refused without it.
    pub fn is_required(&self) -> bool {
        self.has("required")
    }

    /// Whether `config-get` shows an inherited value of it as if it were set.
    pub fn is_copied(&self) -> bool {
        self.has("copied")
    }

    /// Whether it must never be shown or logged.
    pub fn is_secret(&self) -> bool {
        self.has("secret")
    }

    /// Whether it is of one server, and never copied to its partner.
    pub fn is_private(&self) -> bool {
        self.has("private")
    }

    /// Whether files may have it, and the API drops or refuses it.
    pub fn is_for_files_only(&self) -> bool {
        self.has("file-only")
    }

    /// The name that took its place.
    pub fn replaced_by(&self) -> Option<String> {
        self.after("old=").map(|names| names.replace('+', ", ").replace('_', " "))
    }

    /// The first version of Kea that refuses it.
    pub fn gone_in(&self) -> Option<&'static str> {
        self.after("gone=")
    }

    /// The first version of Kea that has it, where 3.0 has it not.
    pub fn since(&self) -> Option<&'static str> {
        self.after("since=")
    }

    /// What takes people by surprise of it; none: nothing does.
    pub fn surprise(&self) -> Option<&'static str> {
        SURPRISES.iter().find(|(name, _)| *name == self.name).map(|(_, text)| *text)
    }

    /// What a hostile value does on the host: `runs-code`, `reads-files`, `writes-files`, `cuts-off`.
    pub fn dangers(&self) -> impl Iterator<Item = &'static str> + use<'_> {
        let all = ["runs-code", "reads-files", "writes-files", "cuts-off"];
        all.into_iter().filter(|danger| self.has(danger))
    }
}

/// What becomes of a key that a level does not know, over the API. In files it is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// The configuration is refused.
    Refused,
    /// It has no effect, and is lost.
    Dropped,
    /// It is kept without effect; of the levels of a file the saved file does not load any more.
    Kept,
}

/// A kind of map in a configuration.
#[derive(Clone, Debug)]
pub struct Level {
    /// Its name: `subnet`, `pool`, `logger`, …
    pub name: &'static str,
    /// What becomes of a key that is not among its parameters.
    pub unknown: Unknown,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    index: HashMap<&'static str, usize>,
}

impl Level {
    /// How the names of levels begin that are of the parameters of hook libraries.
    const OF_HOOKS: &'static str = "hook/";

    /// Whether it is of the parameters of a hook library that is known.
    pub fn is_of_hook(&self) -> bool {
        self.name.starts_with(Self::OF_HOOKS)
    }

    /// A parameter by its name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.index.get(name).and_then(|at| self.parameters.get(*at))
    }
}

/// The level of a hook library, and its member that holds what the library itself reads.
const HOOK: &str = "hook-library";
const PARAMETERS: &str = "parameters";

/// The library that an element of a path is.
fn library_of(element: &Step) -> Option<&str> {
    let Step::Element(keys) = element else { return None };
    keys.iter().find(|(name, _)| name == "library")?.1.as_str()
}

/// All that one daemon knows.
#[derive(Debug)]
pub struct Table {
    /// Its levels, `global` first.
    pub levels: Vec<Level>,
}

impl Table {
    /// The table of a daemon.
    pub fn of(daemon: Daemon) -> &'static Self {
        static TABLES: OnceLock<[Table; 4]> = OnceLock::new();
        let tables = TABLES.get_or_init(|| {
            let hooks = include_str!("../tables/hook-parameters.txt");
            [
                [include_str!("../tables/dhcp4.txt"), hooks],
                [include_str!("../tables/dhcp6.txt"), hooks],
                [include_str!("../tables/d2.txt"), ""],
                [include_str!("../tables/ctrl-agent.txt"), ""],
            ]
            .map(|texts| Table { levels: texts.into_iter().flat_map(parse::levels).collect() })
        });
        match daemon {
            Daemon::Dhcp4 => &tables[0],
            Daemon::Dhcp6 => &tables[1],
            Daemon::D2 => &tables[2],
            Daemon::ControlAgent => &tables[3],
        }
    }

    /// A level by its name.
    pub fn level(&self, name: &str) -> Option<&Level> {
        self.levels.iter().find(|level| level.name == name)
    }

    /// The level of the map that a path leads to; none: Kea gives no names to what is in it, or it is no map.
    pub fn level_at(&self, path: &Path) -> Option<&Level> {
        let mut level = self.level("global")?;
        let mut steps = path.steps().iter().peekable();
        let mut library = None;
        while let Some(step) = steps.next() {
            let Step::Member(name) = step else { return None };
            let element = steps.next_if(|next| !matches!(next, Step::Member(_)));
            let of_hook = library.filter(|_| level.name == HOOK && name == PARAMETERS);
            level = match of_hook.and_then(|library| self.hook(library)) {
                Some(known) => known,
                None => self.below(level, name.as_str()?, element.is_some())?,
            };
            library = element.and_then(library_of);
        }
        Some(level)
    }

    /// The level of the parameters of a hook library, by its file; none: they are not known.
    pub(crate) fn hook(&self, library: &str) -> Option<&Level> {
        let known = HookLibrary::find(library)?;
        self.levels.iter().find(|level| level.name.strip_prefix(Level::OF_HOOKS) == Some(known.name))
    }

    /// The level of the map that a member of a map is.
    pub(crate) fn inside(&self, level: &Level, map: &Map, name: &str) -> Option<&Level> {
        let library = (level.name == HOOK && name == PARAMETERS).then(|| map.text("library")).flatten();
        library.and_then(|library| self.hook(library)).or_else(|| self.below(level, name, false))
    }

    /// The level of a member of a level, or of the elements of the list that it is.
    pub(crate) fn below(&self, level: &Level, name: &str, in_list: bool) -> Option<&Level> {
        let below = match &level.parameter(name)?.kind {
            Kind::List(kind) if in_list => &**kind,
            kind if !in_list => kind,
            _ => return None,
        };
        if let Kind::Map(Some(name)) = below { self.level(name) } else { None }
    }
}
