//! Classes of one server on another one: whether they are the same there, and what makes them so.

use std::collections::HashSet;

use model::Expression;

use crate::classes::TESTS;
use crate::{Document, Edit, Keys, Map, Path, Step, Text, Value, differences};

/// The list of classes.
const LIST: &str = "client-classes";

/// The list of definitions of options.
const DEFINITIONS: &str = "option-def";

/// What makes classes of another server the same as here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassCopy {
    /// Whether the other server has a class of these names.
    pub is_there: bool,
    /// The edits of the other server; none: they are the same there.
    pub edits: Vec<Edit>,
    /// Classes that they ask for, and definitions of options that they use, which the other server has otherwise: they stay as
    /// they are there.
    pub kept: Vec<String>,
}

impl Document {
    /// What makes classes of another server the same as here, with those that they ask for, and the definitions of options that
    /// they use, where they are missing there. No names: all classes. None: some of them is not here.
    pub fn copied_classes(&self, names: &[String], to: &Self) -> Option<ClassCopy> {
        let here = classes(self);
        let is_here = |name: &String| here.iter().any(|class| named(class) == name);
        if !names.iter().all(is_here) {
            return None;
        }
        let is_chosen = |class: &Map| names.is_empty() || names.iter().any(|name| name == named(class));
        let mut copy = Copying { there: classes(to), came: Vec::new(), is_there: false, kept: Vec::new() };
        for class in here.iter().filter(|class| is_chosen(class)) {
            copy.place(self, class, self.needed(&here, named(class)), &is_chosen);
        }
        let mut wanted = to.clone();
        let definitions = self.definitions_of(&copy.came, to, &mut copy.kept);
        if !definitions.is_empty() {
            let there = to.root.get(DEFINITIONS).and_then(Value::as_list).unwrap_or_default().to_vec();
            wanted.root.set(DEFINITIONS, Value::List([there, definitions].concat()));
        }
        let list: Vec<Value> = copy.there.into_iter().cloned().map(Value::Map).collect();
        if !list.is_empty() {
            wanted.root.set(LIST, Value::List(list));
        }
        let edits = differences(to, &wanted).iter().map(crate::Change::to_edit).collect();
        Some(ClassCopy { is_there: copy.is_there, edits, kept: copy.kept })
    }

    /// The definitions that these classes use and another server lacks. Those that it has otherwise are named.
    fn definitions_of(&self, classes: &[String], to: &Self, kept: &mut Vec<String>) -> Vec<Value> {
        let (uses, there) = (self.option_uses(), to.own_definitions());
        let of_class = |path: &Path| {
            let keys = path.steps().get(1);
            let is_name = |keys: &Keys| keys.iter().any(|(_, value)| classes.iter().any(|name| value == name.as_str()));
            path.steps().first().is_some_and(|step| *step == Step::Member(LIST.into()))
                && matches!(keys, Some(Step::Element(keys)) if is_name(keys))
        };
        let mut missing = Vec::new();
        for own in self.own_definitions().into_iter().filter(|own| own.class.is_none()) {
            if !uses.paths(&own).iter().any(of_class) {
                continue;
            }
            match there.iter().find(|other| other.class.is_none() && other.space == own.space && other.code == own.code)
            {
                None => missing.push(Value::Map(own.map.clone())),
                Some(other) if same(self, DEFINITIONS, own.map, other.map) => {}
                Some(_) => kept.push(format!("the definition of option {}", own.name)),
            }
        }
        missing
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

/// The classes of the other server, as they become.
struct Copying<'a> {
    there: Vec<&'a Map>,
    /// The names of those that come from here.
    came: Vec<String>,
    is_there: bool,
    kept: Vec<String>,
}

impl<'a> Copying<'a> {
    /// Puts a class in the place of the one of its name, else at the end, and behind all that it needs.
    fn place(&mut self, from: &Document, class: &'a Map, needed: Vec<&'a Map>, is_chosen: &dyn Fn(&Map) -> bool) {
        let old = self.there.iter().position(|other| named(other) == named(class));
        self.is_there |= old.is_some() && !self.came.iter().any(|name| name == named(class));
        if let Some(at) = old {
            self.there.remove(at);
        }
        let mut place = old.unwrap_or(self.there.len());
        for class in needed {
            if let Some(at) = self.there.iter().position(|other| named(other) == named(class)) {
                place = place.max(at + 1);
                let kept = !is_chosen(class) && !same(from, LIST, class, self.there[at]);
                let is_new = !self.kept.iter().any(|name| name == named(class));
                self.kept.extend((kept && is_new).then(|| named(class).to_owned()));
            } else {
                self.there.insert(place, class);
                self.came.push(named(class).to_owned());
                place += 1;
            }
        }
        self.there.insert(place, class);
        self.came.push(named(class).to_owned());
    }
}

fn classes(document: &Document) -> Vec<&Map> {
    document.elements(&Path::root(), &document.root, LIST).into_iter().map(|(_, class)| class).collect()
}

fn named(class: &Map) -> &str {
    class.text("name").unwrap_or_default()
}

/// Whether two elements of a list that are known by the same mean the same.
fn same(of: &Document, list: &str, one: &Map, other: &Map) -> bool {
    let alone = |element: &Map| {
        let elements = Value::List(vec![Value::Map(element.clone())]);
        Document { daemon: of.daemon, root: [(Text::from(list), elements)].into_iter().collect() }
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

    fn copied(name: &str, to: &Document) -> Option<ClassCopy> {
        document(HERE).copied_classes(&[name.to_owned()], to)
    }

    /// The names and tests that the other server has afterwards.
    fn after(there: &str) -> (bool, Vec<String>, Vec<String>) {
        let there = document(there);
        let copy = copied("rack", &there).unwrap();
        let made = there.edited(&copy.edits).unwrap();
        let again = copied("rack", &made).unwrap();
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
        assert_eq!(copied("nobody", &document("")), None);
        assert_eq!(copied("rack", &document(HERE)).unwrap().edits, []);
    }

    fn names(document: &Document) -> Vec<&str> {
        classes(document).into_iter().map(named).collect()
    }

    #[test]
    fn several_classes_or_all_go_in_one_change() {
        let here = document(HERE);
        let there = document(r#"{ "name": "mine" }, { "name": "pxe", "test": "option[61].exists" }"#);
        let all = here.copied_classes(&[], &there).unwrap();
        let made = there.edited(&all.edits).unwrap();
        assert_eq!(names(&made), ["mine", "pxe", "other", "bios", "rack"]);
        assert_eq!((all.is_there, all.kept), (true, vec![]), "all are made the same");
        assert_eq!(here.copied_classes(&[], &made).unwrap().edits, []);
        let two = here.copied_classes(&["other".to_owned(), "bios".to_owned()], &there).unwrap();
        assert_eq!(names(&there.edited(&two.edits).unwrap()), ["mine", "pxe", "other", "bios"]);
        assert_eq!(two.kept, ["pxe"]);
        assert_eq!(here.copied_classes(&["other".to_owned(), "nobody".to_owned()], &there), None);
        assert_eq!(document("").copied_classes(&[], &there).unwrap().edits, []);
    }

    #[test]
    fn definitions_that_classes_use_go_along() {
        let site = |definitions: &str, classes: &str| {
            let text = format!("{{\"Dhcp4\": {{\"option-def\": [{definitions}], \"client-classes\": [{classes}]}}}}");
            Document::read(text.as_bytes()).unwrap()
        };
        let acme = r#"{ "name": "acme", "code": 240, "type": "string", "space": "dhcp4" }"#;
        let tag = r#"{ "name": "tag", "code": 241, "type": "uint8" }"#;
        let unused = r#"{ "name": "unused", "code": 242, "type": "uint8" }"#;
        let here = site(
            &[acme, tag, unused].join(","),
            r#"{ "name": "a", "test": "option[acme].exists", "option-data": [{ "code": 241, "data": "1" }] },
                { "name": "b", "test": "member('a')" }"#,
        );
        let copy = |there: &Document| here.copied_classes(&["b".to_owned()], there).unwrap();
        let there = site("", "");
        let made = there.edited(&copy(&there).edits).unwrap();
        let codes: Vec<_> = made.own_definitions().iter().map(|own| own.code).collect();
        assert_eq!((names(&made), codes), (vec!["a", "b"], vec![Some(240), Some(241)]));
        assert_eq!(copy(&made).edits, []);
        let other = site(r#"{ "name": "mark", "code": 241, "type": "string" }"#, "");
        let found = copy(&other);
        assert_eq!(found.kept, ["the definition of option tag"]);
        assert_eq!(other.edited(&found.edits).unwrap().own_definitions().len(), 2, "and acme comes");
    }
}
