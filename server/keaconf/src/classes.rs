//! Client classes: what uses them, and which are there without a definition.

use std::collections::HashSet;

use model::{ConfigClass, Expression, ExpressionKind, Family};

use crate::{Daemon, Document, Map, Path, Step, Value};

/// Members that name the classes that something is for: the name of 3.0, and the old one.
pub(crate) const GUARDS: [&str; 2] = ["client-classes", "client-class"];

/// Members that name the classes that are asked for: the name of 3.0, and the old one.
pub(crate) const ASKED: [&str; 2] = ["evaluate-additional-classes", "require-client-classes"];

/// Members of a class that are expressions, and what they are wanted to be.
pub(crate) const TESTS: [(&str, ExpressionKind); 2] =
    [("test", ExpressionKind::Condition), ("template-test", ExpressionKind::Text)];

/// Of those, the ones that tests may not ask for unless they are defined: Kea refuses that.
const NOT_IN_TESTS: [&str; 4] = ["DROP", "SKIP_DDNS", "REJECT", "SPAWN_"];

/// Whether tests may ask for a class that is not defined.
pub(crate) fn is_made_for_tests(name: &str) -> bool {
    ConfigClass::is_made(name) && !NOT_IN_TESTS.iter().any(|other| name.starts_with(other))
}

/// How the names of classes begin of which Kea itself says whether a packet is in them.
const BY_KEA: [&str; 8] = ["ALL", "KNOWN", "UNKNOWN", "DROP", "SKIP_DDNS", "REJECT", "VENDOR_CLASS_", "SPAWN_"];

/// Whether only a hook knows who is in a class.
pub(crate) fn is_by_hook(name: &str) -> bool {
    ConfigClass::is_made(name) && !BY_KEA.iter().any(|known| name.starts_with(known))
}

/// A place where a class is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassUse {
    /// The name of the class.
    pub class: String,
    /// Where: the test, or the list or text that names it.
    pub path: Path,
    /// What for.
    pub user: ClassUser,
}

/// What a class is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassUser {
    /// The test of another class asks for it: Kea refuses the configuration without it.
    Test,
    /// Something is for its members alone, or it is evaluated there.
    Guard,
    /// A reservation puts its client into it.
    Reservation,
}

impl Document {
    /// Every use of a class, but its definition. A test that cannot be read uses none.
    pub fn class_uses(&self) -> Vec<ClassUse> {
        let mut uses = Vec::new();
        for (path, class) in self.elements(&Path::root(), &self.root, "client-classes") {
            for (name, kind) in TESTS {
                let Some(test) = class.text(name) else { continue };
                let read = Expression::parse(test, self.family(), kind);
                for asked in read.iter().flat_map(Expression::classes) {
                    let (class, path) = (asked.text.clone(), path.member(name));
                    uses.push(ClassUse { class, path, user: ClassUser::Test });
                }
            }
        }
        self.guards(&Path::root(), &self.root, &mut uses);
        uses
    }

    /// The names of classes to choose from: those that are defined, in their order, and those of reservations.
    pub fn known_classes(&self) -> Vec<String> {
        let list = self.root.get("client-classes").and_then(Value::as_list).unwrap_or_default().iter();
        let names = list.filter_map(|class| class.as_map()?.text("name"));
        let mut known: Vec<String> = names.chain(["KNOWN", "UNKNOWN"]).map(str::to_owned).collect();
        let mut seen = HashSet::new();
        known.retain(|name| seen.insert(name.clone()));
        known
    }

    /// Where a class is used, in the order of the document: what stands against its removal.
    pub fn uses_of_class(&self, name: &str) -> Vec<ClassUse> {
        self.class_uses().into_iter().filter(|used| used.class == name).collect()
    }

    /// The family that expressions and options are of.
    pub fn family(&self) -> Family {
        if self.daemon == Daemon::Dhcp6 { Family::V6 } else { Family::V4 }
    }

    /// Names of classes in texts and lists, all the way down.
    fn guards(&self, path: &Path, map: &Map, found: &mut Vec<ClassUse>) {
        let in_reservation = path.kind().and_then(|kind| kind.as_str()) == Some("reservations");
        let reason = if in_reservation { ClassUser::Reservation } else { ClassUser::Guard };
        for (name, value) in map.iter() {
            let here = path.with(Step::Member(name.clone()));
            let mut named = |value: &Value| {
                let class = value.as_str().filter(|class| !class.is_empty()).map(str::to_owned);
                found.extend(class.map(|class| ClassUse { class, path: here.clone(), user: reason }));
            };
            match (name.as_str(), value) {
                (Some("user-context" | "parameters"), _) => {}
                (Some("client-class"), _) => named(value),
                (
                    Some("client-classes" | "evaluate-additional-classes" | "require-client-classes"),
                    Value::List(items),
                ) if items.iter().all(Value::is_scalar) => {
                    items.iter().for_each(named);
                }
                (_, Value::Map(map)) => self.guards(&here, map, found),
                (_, Value::List(_)) => {
                    for (path, map) in self.elements(path, map, &name.shown()) {
                        self.guards(&path, map, found);
                    }
                }
                _ => {}
            }
        }
    }
}
