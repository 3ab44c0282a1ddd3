//! A class of one server on another one: whether it is the same there, and what makes it so.

use std::collections::HashSet;

use model::Expression;

use crate::classes::TESTS;
use crate::{Document, Edit, Map, Path, Text, Value, differences};

/// The list of classes.
const LIST: &str = "client-classes";

/// What makes a class of another server the same as here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassCopy {
    /// Whether the other server has a class of the name.
    pub is_there: bool,
    /// The edits of the other server; none: it is the same there.
    pub edits: Vec<Edit>,
    /// Classes that it asks for, and that the other server has otherwise: they stay as they are there.
    pub kept: Vec<String>,
}

impl Document {
    /// What makes a class of another server the same as here, with those that it asks for where they are missing there.
    /// None: there is no such class here.
    pub fn copied_class(&self, name: &str, to: &Self) -> Option<ClassCopy> {
        let here = classes(self);
        let class = here.iter().find(|class| named(class) == name)?;
        let needed = self.needed(&here, name);
        let mut there: Vec<&Map> = classes(to);
        let old = there.iter().position(|class| named(class) == name);
        if let Some(at) = old {
            there.remove(at);
        }
        let mut place = old.unwrap_or(there.len());
        let mut kept = Vec::new();
        for class in needed {
            if let Some(at) = there.iter().position(|other| named(other) == named(class)) {
                place = place.max(at + 1);
                kept.extend((!same(self, class, there[at])).then(|| named(class).to_owned()));
            } else {
                there.insert(place, class);
                place += 1;
            }
        }
        there.insert(place, class);
        let mut wanted = to.clone();
        let list = there.into_iter().cloned().map(Value::Map).collect();
        wanted.root.set(LIST, Value::List(list));
        let edits = differences(to, &wanted).iter().map(crate::Change::to_edit).collect();
        Some(ClassCopy { is_there: old.is_some(), edits, kept })
    }

    /// The classes that a class asks for, and those that they ask for, in their order.
    fn needed<'a>(&self, here: &[&'a Map], name: &str) -> Vec<&'a Map> {
        let mut wanted: HashSet<String> = self.asked(here, name).collect();
        // A class comes after those that it asks for.
        for class in here.iter().rev() {
            if wanted.contains(named(class)) {
                wanted.extend(self.asked(here, named(class)));
            }
        }
        here.iter().filter(|class| wanted.contains(named(class)) && named(class) != name).copied().collect()
    }

    /// The classes that the expression of a class asks for.
    fn asked(&self, here: &[&Map], name: &str) -> impl Iterator<Item = String> {
        let class = here.iter().find(|class| named(class) == name).copied();
        let read = |(member, kind)| Expression::parse(class?.text(member)?, self.family(), kind).ok();
        let names = |read: Expression| read.classes().into_iter().map(|asked| asked.text.clone()).collect::<Vec<_>>();
        TESTS.into_iter().filter_map(read).flat_map(names).collect::<Vec<_>>().into_iter()
    }
}

fn classes(document: &Document) -> Vec<&Map> {
    document.elements(&Path::root(), &document.root, LIST).into_iter().map(|(_, class)| class).collect()
}

fn named(class: &Map) -> &str {
    class.text("name").unwrap_or_default()
}

/// Whether two classes of a name mean the same.
fn same(of: &Document, one: &Map, other: &Map) -> bool {
    let alone = |class: &Map| {
        let list = Value::List(vec![Value::Map(class.clone())]);
        Document { daemon: of.daemon, root: [(Text::from(LIST), list)].into_iter().collect() }
    };
    differences(&alone(one), &alone(other)).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(classes: &str) -> Document {
        Document::read(format!("{{ \"Dhcp4\": {{ \"client-classes\": [{classes}] }} }}").as_bytes()).unwrap()
    }

    const HERE: &str = r#"
        { "name": "pxe", "test": "option[60].exists" },
        { "name": "other", "test": "option[12].exists" },
        { "name": "bios", "test": "member('pxe')" },
        { "name": "rack", "test": "member('bios') and option[82].exists", "boot-file-name": "a" }"#;

    /// The names and tests that the other server has afterwards.
    fn after(there: &str) -> (bool, Vec<String>, Vec<String>) {
        let there = document(there);
        let copy = document(HERE).copied_class("rack", &there).unwrap();
        let made = there.edited(&copy.edits).unwrap();
        let again = document(HERE).copied_class("rack", &made).unwrap();
        assert_eq!(again.edits, [], "made once, nothing is left to be done");
        (copy.is_there, classes(&made).into_iter().map(|class| named(class).to_owned()).collect(), copy.kept)
    }

    #[test]
    fn a_class_comes_with_those_that_it_asks_for_in_their_order() {
        assert_eq!(after("").1, ["pxe", "bios", "rack"]);
        assert_eq!(after(r#"{ "name": "mine" }"#).1, ["mine", "pxe", "bios", "rack"]);
        let (is_there, names, kept) = after(r#"{ "name": "rack", "test": "option[82].exists" }, { "name": "mine" }"#);
        assert_eq!(
            (is_there, names, kept),
            (true, vec!["pxe", "bios", "rack", "mine"].into_iter().map(str::to_owned).collect(), vec![])
        );
    }

    #[test]
    fn what_is_there_already_stays_and_is_named() {
        let (_, names, kept) = after(
            r#"{ "name": "rack" }, { "name": "bios", "test": "option[93].exists" }, { "name": "pxe", "test": "option[60].exists" }"#,
        );
        assert_eq!(names, ["bios", "pxe", "rack"], "behind those that it asks for");
        assert_eq!(kept, ["bios"]);
        assert_eq!(document(HERE).copied_class("nobody", &document("")), None);
        assert_eq!(document(HERE).copied_class("rack", &document(HERE)).unwrap().edits, []);
    }
}
