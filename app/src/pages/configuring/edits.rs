//! What is typed and not applied yet.

use std::collections::BTreeMap;

use leptos::prelude::*;
use model::{ConfigEdit, ConfigOp};

use crate::components::unsaved::ask_before_leaving;

/// What a control makes of what is typed into it: edits, or what is wrong with it.
pub(super) type Typed = Result<Vec<ConfigEdit>, String>;

/// What is typed and not applied yet, by the control that it is typed into.
#[derive(Clone, Copy)]
pub(super) struct Edits {
    typed: RwSignal<BTreeMap<String, Typed>>,
    /// Grows when everything is to be shown as the server has it.
    round: RwSignal<u32>,
}

impl Edits {
    /// None yet. The browser asks before they are lost with the page.
    pub(super) fn new() -> Self {
        let edits = Self { typed: RwSignal::new(BTreeMap::new()), round: RwSignal::new(0) };
        ask_before_leaving(move || edits.typed.try_with_untracked(|typed| !typed.is_empty()) == Some(true));
        edits
    }

    /// What a control makes now; none: it is as the server has it.
    pub(super) fn put(self, control: &str, typed: Option<Typed>) {
        let same = self.typed.with_untracked(|all| all.get(control) == typed.as_ref());
        if !same {
            self.typed.update(|all| {
                match typed {
                    Some(typed) => all.insert(control.to_owned(), typed),
                    None => all.remove(control),
                };
            });
        }
    }

    /// What is wrong with what is typed into a control. Reactive.
    pub(super) fn fault(self, control: &str) -> Option<String> {
        self.typed.with(|all| all.get(control)?.as_ref().err().cloned())
    }

    /// Whether something else than the server has is typed into a control. Reactive.
    pub(super) fn touches(self, control: &str) -> bool {
        self.typed.with(|all| all.contains_key(control))
    }

    /// How many controls have something else than the server has. Reactive.
    pub(super) fn count(self) -> usize {
        self.typed.with(BTreeMap::len)
    }

    /// Whether something of it is wrong. Reactive.
    pub(super) fn is_faulty(self) -> bool {
        self.typed.with(|all| all.values().any(Result::is_err))
    }

    /// The edits, in the order in which they can be made.
    pub(super) fn list(self) -> Vec<ConfigEdit> {
        self.typed.with_untracked(|all| in_order(all.values().flatten().flatten().cloned().collect()))
    }

    /// Forgets everything: controls show what the server has.
    pub(super) fn discard(self) {
        self.typed.try_set(BTreeMap::new());
        self.round.try_update(|round| *round += 1);
    }

    /// The last answer of a server, which stands still while something is typed: what is half typed must not go away.
    pub(super) fn settled<T: Clone + PartialEq + Send + Sync + 'static>(self, latest: RwSignal<T>) -> Memo<(u32, T)> {
        Memo::new(move |before: Option<&(u32, T)>| {
            let (round, latest) = (self.round.get(), latest.get());
            match before {
                Some((old, shown)) if *old == round && self.count() > 0 => (round, shown.clone()),
                _ => (round, latest),
            }
        })
    }
}

/// An element is known by its range or name: a new one goes last, after what is edited inside of the element.
fn in_order(mut edits: Vec<ConfigEdit>) -> Vec<ConfigEdit> {
    let has_another_name = |edit: &ConfigEdit| {
        let is_pool = edit.op == ConfigOp::Move && edit.path.contains("].pd-pools[");
        is_pool || edit.path.ends_with("].pool") || edit.path.ends_with("].name")
    };
    edits.sort_by_key(has_another_name);
    edits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_element_is_known_by_is_changed_last() {
        let pool = "subnet4[id=1].pools[pool=192.0.2.10-192.0.2.20]";
        let range = ConfigEdit::set(format!("{pool}.pool"), "\"192.0.2.10-192.0.2.30\"");
        let class = ConfigEdit::set(format!("{pool}.client-classes"), "[\"pxe\"]");
        assert_eq!(in_order(vec![range.clone(), class.clone()]), [class, range]);
        let name = ConfigEdit::set("shared-networks[name=a].name", "\"b\"");
        let into = ConfigEdit::moved("subnet4[id=1]", "\"shared-networks[name=a].subnet4\"");
        assert_eq!(in_order(vec![name.clone(), into.clone()]), [into, name]);
    }
}
