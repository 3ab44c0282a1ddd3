//! Steps after which fewer clients have what they had: places that were for more of them, and classes that decide it by
//! another test. Kea takes them without a word, and those clients lose their addresses when they next ask for them.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{Finding, Severity};
use crate::classes::{ASKED, GUARDS, TESTS};
use crate::overtaken::range;
use crate::{ClassUse, ClassUser, Document, Map, Part, Path, Step, Value, Words};

/// The lists of pools.
const POOLS: [&str; 2] = ["pools", "pd-pools"];

/// How many places a sentence names.
const NAMED: usize = 5;

/// The class whose members get no answer at all.
const DROP: &str = "DROP";

/// What stands against having shared networks, subnets and pools be for fewer clients than before.
pub(super) fn places(before: &Document, after: &Document) -> Vec<Finding> {
    let (words, parts) = (Words::new(after, after), after.parts());
    let was = Before::of(before, &parts);
    let mut found = Vec::new();
    for part in parts {
        let Some(old) = was.part(&part) else { continue };
        let name = words.name(&part.path);
        let mut judge = |path: &Path, name: &str, was: &Map, is: &Map| {
            found.extend(shut(path, name, &guards(was), &guards(is)));
            found.extend(no_longer_asked(path, name, was, is, after));
        };
        judge(&part.path, &name, old.map, part.map);
        if part.is_subnet {
            for (path, pool) in POOLS.iter().flat_map(|list| after.elements(&part.path, part.map, list)) {
                let overlapping = overlapping(before, old, &path);
                // Where it is made of several, the first that was open to more tells it.
                let wider = overlapping.iter().find(|was| is_narrower(&guards(was), &guards(pool)));
                if let Some(was) = wider.or(overlapping.first()) {
                    judge(&path, &words.name(&path), was, pool);
                }
            }
            let names = [old.network, part.network].map(|network| network.and_then(|network| network.text("name")));
            if names[0] != names[1] {
                found.extend(shut(&part.path, &name, &around(old), &around(&part)));
            }
        }
    }
    found
}

/// What stands against giving a class another test, where it decides who gets addresses, or who gets no answer.
pub(super) fn tests(before: &Document, after: &Document) -> Vec<Finding> {
    let old: HashMap<&str, &Map> = classes(before).into_iter().map(|(name, _, class)| (name, class)).collect();
    let others = |(name, _, class): &(&str, Path, &Map)| {
        let was = old.get(name);
        let is_other = |member: &str| was.is_some_and(|was| spelled(was, member) != spelled(class, member));
        TESTS.iter().any(|(member, _)| is_other(member)) || (*name == DROP && was.is_none())
    };
    let changed: Vec<_> = classes(after).into_iter().filter(others).collect();
    if changed.is_empty() {
        return Vec::new();
    }
    let (words, uses) = (Words::new(after, after), after.class_uses());
    let finding = |(name, path, _): (&str, Path, &Map)| {
        let text = if name == DROP {
            "From now on all clients that this test is true of get no answer at all, and lose their addresses when they expire."
                .to_owned()
        } else {
            let places = decided_by(name, &uses, &words);
            if places.is_empty() {
                return None;
            }
            format!(
                "The class “{name}” has another test, and decides who gets addresses of {}. Clients that are not in it any \
                 more lose theirs when they next ask for them.",
                listed(&places)
            )
        };
        Some(Finding { rule: "class-changed", severity: Severity::Warning, path, text, mend: Vec::new() })
    };
    changed.into_iter().filter_map(finding).collect()
}

/// The parts of a document by where they are, and those that are not there any more by their number: they moved.
struct Before<'a> {
    parts: HashMap<Path, Part<'a>>,
    moved: HashMap<i64, Path>,
}

impl<'a> Before<'a> {
    fn of(before: &'a Document, after: &[Part<'_>]) -> Self {
        let still: HashSet<&Path> = after.iter().map(|part| &part.path).collect();
        let (mut parts, mut moved) = (HashMap::new(), HashMap::new());
        for part in before.parts() {
            if let Some(id) = id(&part).filter(|_| !still.contains(&part.path)) {
                moved.entry(id).or_insert_with(|| part.path.clone());
            }
            parts.insert(part.path.clone(), part);
        }
        Self { parts, moved }
    }

    fn part(&self, now: &Part<'_>) -> Option<&Part<'a>> {
        self.parts.get(&now.path).or_else(|| self.parts.get(self.moved.get(&id(now)?)?))
    }
}

fn id(part: &Part<'_>) -> Option<i64> {
    part.map.get("id").filter(|_| part.is_subnet)?.as_i64()
}

/// The pools that a subnet had where one is now.
fn overlapping<'a>(before: &Document, old: &Part<'a>, pool: &Path) -> Vec<&'a Map> {
    let known = |path: &Path| path.steps().last().and_then(range);
    let Some(own) = known(pool) else { return Vec::new() };
    let all = POOLS.iter().flat_map(|list| before.elements(&old.path, old.map, list));
    all.filter(|(path, _)| known(path).is_some_and(|other| other.intersection(own).is_some()))
        .map(|(_, pool)| pool)
        .collect()
}

/// The classes that something is for; empty: it is for all clients.
fn guards(map: &Map) -> BTreeSet<&str> {
    let guards = named(map, &GUARDS);
    if guards.contains("ALL") { BTreeSet::new() } else { guards }
}

/// The classes that the shared network of a subnet is for.
fn around<'a>(subnet: &Part<'a>) -> BTreeSet<&'a str> {
    subnet.network.map(guards).unwrap_or_default()
}

/// The classes that a map names under these members, each a text or a list.
fn named<'a>(map: &'a Map, members: &[&str]) -> BTreeSet<&'a str> {
    let values = members.iter().filter_map(|member| map.get(member));
    let texts = values.flat_map(|value| value.as_list().unwrap_or(std::slice::from_ref(value)).iter());
    texts.filter_map(Value::as_str).filter(|name| !name.is_empty()).collect()
}

/// Whether something is not for all any more that it was for: members of one of its classes suffice.
fn is_narrower(was: &BTreeSet<&str>, is: &BTreeSet<&str>) -> bool {
    !is.is_empty() && (was.is_empty() || !was.is_subset(is))
}

fn shut(path: &Path, name: &str, was: &BTreeSet<&str>, is: &BTreeSet<&str>) -> Option<Finding> {
    if !is_narrower(was, is) {
        return None;
    }
    let for_whom = if was.is_empty() { "all clients".to_owned() } else { format!("those in {}", quoted(was)) };
    let text = format!(
        "Fewer clients than before get addresses of {name}: it was for {for_whom}, and is for those in {} alone. The others lose \
         theirs when they next ask for them.",
        quoted(is)
    );
    Some(Finding { rule: "class-narrower", severity: Severity::Warning, path: path.clone(), text, mend: Vec::new() })
}

/// That classes are not looked at in a place any more that are looked at nowhere else by themselves.
fn no_longer_asked(path: &Path, name: &str, was: &Map, is: &Map, after: &Document) -> Option<Finding> {
    let (asked, still) = (named(was, &ASKED), named(is, &ASKED));
    let only_asked: HashSet<&str> =
        classes(after).into_iter().filter(|(_, _, class)| is_only_asked(class)).map(|(name, ..)| name).collect();
    let gone: BTreeSet<&str> = asked.difference(&still).copied().filter(|name| only_asked.contains(name)).collect();
    let text =
        format!("Clients of {name} are not looked at for {} any more, and lose what that gives them.", quoted(&gone));
    let finding =
        Finding { rule: "class-not-asked", severity: Severity::Warning, path: path.clone(), text, mend: Vec::new() };
    (!gone.is_empty()).then_some(finding)
}

/// Whether a class is looked at only where it is asked for: the name of 3.0, and the old one.
fn is_only_asked(class: &Map) -> bool {
    let is_true = |name: &str| class.get(name).and_then(Value::as_bool) == Some(true);
    is_true("only-in-additional-list") || is_true("only-if-required")
}

/// The places that are for the members of a class, or of one whose test asks for it.
fn decided_by(class: &str, uses: &[ClassUse], words: &Words<'_>) -> Vec<String> {
    let mut names = HashSet::from([class.to_owned()]);
    let spawned = format!("SPAWN_{class}_");
    let is_of =
        |names: &HashSet<String>, used: &ClassUse| names.contains(&used.class) || used.class.starts_with(&spawned);
    loop {
        let asking = uses.iter().filter(|used| used.user == ClassUser::Test && is_of(&names, used)).filter_map(tested);
        let more: Vec<String> = asking.filter(|name| !names.contains(name)).collect();
        if more.is_empty() {
            break;
        }
        names.extend(more);
    }
    let guard = |used: &&ClassUse| {
        used.user == ClassUser::Guard
            && used.path.kind().and_then(crate::Text::as_str).is_some_and(|kind| GUARDS.contains(&kind))
    };
    let mut places = Vec::new();
    for used in uses.iter().filter(guard).filter(|used| is_of(&names, used)) {
        let name = used.path.split().map(|(place, _)| words.name(&place)).unwrap_or_default();
        if !places.contains(&name) {
            places.push(name);
        }
    }
    places
}

/// The name of the class whose test a use is in.
fn tested(used: &ClassUse) -> Option<String> {
    let (class, _) = used.path.split()?;
    let Some(Step::Element(keys)) = class.steps().last() else { return None };
    keys.iter().find(|(name, _)| name == "name").map(|(_, name)| name.to_string())
}

/// The classes that are defined, each with its name and path.
fn classes(document: &Document) -> Vec<(&str, Path, &Map)> {
    let all = document.elements(&Path::root(), &document.root, "client-classes");
    all.into_iter().filter_map(|(path, class)| Some((class.text("name")?, path, class))).collect()
}

/// A test, however it is spaced; none: there is none.
fn spelled(class: &Map, member: &str) -> Option<Vec<String>> {
    let test = class.text(member).filter(|test| !test.trim().is_empty())?;
    Some(test.split_whitespace().map(str::to_owned).collect())
}

fn quoted(names: &BTreeSet<&str>) -> String {
    names.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>().join(" or ")
}

fn listed(places: &[String]) -> String {
    let named = places.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    let more = places.len().saturating_sub(NAMED);
    if more > 0 { format!("{named} and {more} more") } else { named }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(inside: &str) -> Document {
        Document::read(format!(r#"{{"Dhcp4":{{{inside}}}}}"#).as_bytes()).unwrap()
    }

    fn found(before: &str, after: &str) -> Vec<(&'static str, String, String)> {
        let (before, after) = (document(before), document(after));
        let all = places(&before, &after).into_iter().chain(super::tests(&before, &after));
        all.map(|finding| (finding.rule, finding.path.to_string(), finding.text)).collect()
    }

    fn paths(before: &str, after: &str) -> Vec<(&'static str, String)> {
        found(before, after).into_iter().map(|(rule, path, _)| (rule, path)).collect()
    }

    fn subnet(inside: &str) -> String {
        format!(r#""subnet4":[{{"id":1,"subnet":"192.0.2.0/24"{inside}}}]"#)
    }

    fn narrower(path: &str) -> Vec<(&'static str, String)> {
        vec![("class-narrower", path.to_owned())]
    }

    #[test]
    fn a_place_that_is_for_fewer_is_told_and_one_for_more_is_not() {
        let of = |classes: &str| subnet(&format!(r#","client-classes":[{classes}]"#));
        let old = |class: &str| subnet(&format!(r#","client-class":"{class}""#));
        let told = narrower("subnet4[id=1]");
        for (before, after) in [
            (subnet(""), of(r#""a""#)),
            (subnet(""), old("a")),
            (of(r#""ALL""#), of(r#""a""#)),
            (of(r#""a","b""#), of(r#""b""#)),
            (old("a"), of(r#""b""#)),
        ] {
            assert_eq!(paths(&before, &after), told, "{before} {after}");
        }
        for (before, after) in [
            (of(r#""a""#), subnet("")),
            (of(r#""a""#), of(r#""a","b""#)),
            (old("a"), of(r#""a""#)),
            (of(r#""a""#), of(r#""ALL""#)),
            (String::new(), of(r#""a""#)),
        ] {
            assert_eq!(paths(&before, &after), [], "{before} {after}");
        }
        let (.., text) = &found(&of(r#""a""#), &of(r#""b""#))[0];
        assert!(
            text.contains("subnet 192.0.2.0/24 (id 1): it was for those in “a”, and is for those in “b” alone"),
            "{text}"
        );
    }

    #[test]
    fn pools_are_known_by_their_addresses_and_subnets_wherever_they_are() {
        let pools = |all: &str| subnet(&format!(r#","pools":[{all}]"#));
        let open = r#"{"pool":"192.0.2.10-192.0.2.50"}"#;
        let split = r#"{"pool":"192.0.2.10-192.0.2.20"},{"pool":"192.0.2.21-192.0.2.50","client-classes":["a"]}"#;
        assert_eq!(paths(&pools(open), &pools(split)), narrower("subnet4[id=1].pools[pool=192.0.2.21-192.0.2.50]"));
        let beside = r#"{"pool":"192.0.2.10-192.0.2.50"},{"pool":"192.0.2.60-192.0.2.70","client-classes":["a"]}"#;
        assert_eq!(paths(&pools(open), &pools(beside)), []);
        let network = |guard: &str, inside: &str| format!(r#""shared-networks":[{{"name":"n"{guard},{inside}}}]"#);
        let guarded = r#","client-classes":["a"]"#;
        assert_eq!(
            paths(&subnet(""), &network(guarded, &subnet(""))),
            narrower("shared-networks[name=n].subnet4[id=1]"),
            "moved into one that is not for all"
        );
        assert_eq!(paths(&subnet(""), &network("", &subnet(""))), []);
        assert_eq!(
            paths(&network("", &subnet("")), &network(guarded, &subnet(""))),
            narrower("shared-networks[name=n]")
        );
    }

    #[test]
    fn another_test_is_told_where_it_decides_who_gets_addresses() {
        let site = |a: &str, guard: &str| {
            let classes =
                format!(r#""client-classes":[{{"name":"a","test":"{a}"}},{{"name":"b","test":"member('a')"}}]"#);
            format!("{classes},{}", subnet(&format!(r#","client-classes":["{guard}"]"#)))
        };
        let (one, other) = ("option[60].hex == 'x'", "option[60].hex == 'y'");
        for guard in ["a", "b"] {
            let all = found(&site(one, guard), &site(other, guard));
            let [(rule, path, text)] = all.as_slice() else { panic!("{all:?}") };
            assert_eq!((*rule, path.as_str()), ("class-changed", "client-classes[name=a]"), "{guard}");
            assert!(text.contains("subnet 192.0.2.0/24 (id 1)"), "{text}");
        }
        assert_eq!(paths(&site(one, "other"), &site(other, "other")), [], "it decides of no place");
        assert_eq!(paths(&site(one, "a"), &site("option[60].hex  ==  'x'", "a")), [], "only its spaces differ");
        let drop = r#""client-classes":[{"name":"DROP","test":"option[60].exists"}]"#;
        assert_eq!(paths("", drop), [("class-changed", "client-classes[name=DROP]".to_owned())]);
        assert_eq!(paths(drop, ""), []);
    }

    #[test]
    fn a_class_that_is_asked_for_nowhere_any_more_is_told() {
        let site = |only: bool, asked: &str| {
            let class = format!(r#""client-classes":[{{"name":"a","only-in-additional-list":{only}}}]"#);
            format!("{class},{}", subnet(asked))
        };
        let asked = r#","evaluate-additional-classes":["a"]"#;
        let told = [("class-not-asked", "subnet4[id=1]".to_owned())];
        assert_eq!(paths(&site(true, asked), &site(true, "")), told);
        assert_eq!(paths(&site(false, asked), &site(false, "")), [], "it is looked at for all clients");
        let renamed = r#","require-client-classes":["a"]"#;
        assert_eq!(paths(&site(true, renamed), &site(true, asked)), []);
    }
}
