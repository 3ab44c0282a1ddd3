//! The test bench: which classes a packet is in, and why, looked at in the order in which Kea 3.0.3 does.
//!
//! Kea goes through the list before it chooses a subnet, and leaves out the classes that depend on whether there is a
//! reservation, among them those that ask for a class without an expression; through those once it knows that. Classes that are only asked for come last. `tests/bench.rs` asks the
//! real Kea whether that is so.

mod places;
mod sample;

use std::collections::HashSet;

use model::{
    ClassTime, ConfigClass, Evaluated, Expression, ExpressionKind, Node, Outcome, Packet, PacketTrial, SamplePacket,
    TriedClass, TriedValue, Verdict, What,
};

use crate::classes::{is_by_hook, is_made_for_tests};
use crate::{Document, Map, Path, Value};

/// The members that say that a class is looked at only where it is asked for: the name of 3.0, and the old one.
const ONLY_ASKED: [&str; 2] = ["only-in-additional-list", "only-if-required"];

/// The classes that say whether there is a reservation.
const OF_RESERVATION: [&str; 2] = ["KNOWN", "UNKNOWN"];

/// A class of the list.
struct Class<'a> {
    path: Path,
    name: &'a str,
    /// Its expression; none: it has none.
    test: Option<Test<'a>>,
    when: ClassTime,
}

struct Test<'a> {
    text: &'a str,
    kind: ExpressionKind,
    /// What was read; or why it cannot be.
    read: Result<Expression, String>,
}

/// A packet on its way through the classes.
struct Bench<'a> {
    document: &'a Document,
    packet: Packet,
    /// All classes that are named anywhere.
    named: Vec<String>,
    tried: Vec<Option<TriedClass>>,
}

/// The classes of a packet at some point of its way.
struct Standing {
    classes: HashSet<String>,
    unsure: HashSet<String>,
}

impl Document {
    /// Which classes a packet belongs to, and what is open to it. Every fault of the sample comes with its field, as in
    /// `options[0]`.
    pub fn try_packet(&self, sample: &SamplePacket) -> Result<PacketTrial, Vec<model::FieldError>> {
        let packet = self.packet(sample)?;
        let mut named: Vec<String> = self.class_uses().into_iter().map(|used| used.class).collect();
        named.extend(sample.classes.iter().cloned());
        let classes = self.listed_classes();
        let tried = classes.iter().map(|_| None).collect();
        let mut bench = Bench { document: self, packet, named, tried };
        bench.begin(sample);
        bench.pass(&classes, ClassTime::First);
        let early = bench.standing();
        bench.reservation(sample);
        bench.pass(&classes, ClassTime::Reservation);
        let late = bench.standing();
        bench.pass(&classes, ClassTime::Asked);
        bench.finish(&classes);
        let tried: Vec<TriedClass> = bench.tried.into_iter().flatten().collect();
        let places = places::Places { document: self, packet: &bench.packet, early, late, tried: &tried };
        let (subnets, more, others) = places.all();
        let dropped = places.late.has("DROP");
        Ok(PacketTrial { member_of: bench.packet.classes, dropped, classes: tried, subnets, more, others })
    }

    /// The classes in their order. A class without an expression counts as one that depends on the reservation.
    fn listed_classes(&self) -> Vec<Class<'_>> {
        let mut of_reservation: HashSet<&str> = OF_RESERVATION.into();
        let mut classes = Vec::new();
        for (path, map) in self.elements(&Path::root(), &self.root, "client-classes") {
            let name = map.text("name").unwrap_or_default();
            let test = self.test(map);
            let read = test.as_ref().and_then(|test| test.read.as_ref().ok());
            let asks =
                read.is_some_and(|read| read.classes().iter().any(|asked| of_reservation.contains(&*asked.text)));
            let late = asks || test.is_none();
            if late && !is_made_for_tests(name) {
                of_reservation.insert(name);
            }
            let only_asked = ONLY_ASKED.iter().any(|member| map.get(member).and_then(Value::as_bool) == Some(true));
            let when = match (only_asked, late) {
                (true, _) => ClassTime::Asked,
                (false, true) => ClassTime::Reservation,
                (false, false) => ClassTime::First,
            };
            classes.push(Class { path, name, test, when });
        }
        classes
    }

    fn test<'a>(&self, class: &'a Map) -> Option<Test<'a>> {
        let member = |name: &str| class.text(name).filter(|text| !text.trim().is_empty());
        let template = member("template-test").map(|text| (text, ExpressionKind::Text));
        let (text, kind) = template.or_else(|| Some((member("test")?, ExpressionKind::Condition)))?;
        let read = Expression::parse(text, self.family(), kind).map_err(|error| error.to_string());
        Some(Test { text, kind, read })
    }
}

impl Standing {
    /// Whether the packet is in a class.
    fn has(&self, class: &str) -> Verdict {
        if self.classes.contains(class) {
            Verdict::Yes
        } else if self.unsure.contains(class) {
            Verdict::Unknown
        } else {
            Verdict::No
        }
    }
}

impl Bench<'_> {
    fn standing(&self) -> Standing {
        let set = |names: &[String]| names.iter().cloned().collect();
        Standing { classes: set(&self.packet.classes), unsure: set(&self.packet.unsure) }
    }

    fn put(&mut self, class: &str) {
        if !self.packet.classes.iter().any(|known| known == class) {
            self.packet.classes.push(class.to_owned());
        }
    }

    /// What Kea and its hooks know before they look at the list. What a hook does is not known unless it is given.
    fn begin(&mut self, sample: &SamplePacket) {
        self.put("ALL");
        self.packet.vendor_names().iter().for_each(|name| self.put(name));
        // A client without a reservation has them from a hook.
        sample
            .classes
            .iter()
            .filter(|class| !sample.known || ConfigClass::is_made(class))
            .for_each(|class| self.put(class));
        let by_hook = self.named.iter().filter(|name| is_by_hook(name) && !self.packet.classes.contains(name));
        self.packet.unsure.extend(by_hook.cloned());
    }

    fn reservation(&mut self, sample: &SamplePacket) {
        self.put(if sample.known { "KNOWN" } else { "UNKNOWN" });
        sample.classes.iter().for_each(|class| self.put(class));
    }

    /// Looks at the classes whose time it is, one after the other.
    fn pass(&mut self, classes: &[Class<'_>], when: ClassTime) {
        for (at, class) in classes.iter().enumerate().filter(|(_, class)| class.when == when) {
            let tried = self.tried_class(class);
            if let Some(place) = self.tried.get_mut(at) {
                *place = Some(tried);
            }
        }
    }

    /// Who is in a class without an expression is known when everything else is.
    fn finish(&mut self, classes: &[Class<'_>]) {
        for (class, tried) in classes.iter().zip(self.tried.iter_mut().flatten()) {
            let by_others = class.test.is_none() && class.when != ClassTime::Asked;
            if by_others && self.packet.classes.contains(&tried.name) {
                tried.fits = Verdict::Yes;
            }
        }
    }

    fn tried_class(&mut self, class: &Class<'_>) -> TriedClass {
        let (fits, why, values) = match &class.test {
            None if class.when == ClassTime::Asked => {
                (Verdict::Yes, "no expression: whoever is asked for it is in it".to_owned(), Vec::new())
            }
            None => {
                (Verdict::No, "no expression: only reservations and hooks put clients into it".to_owned(), Vec::new())
            }
            Some(Test { read: Err(why), .. }) => {
                (Verdict::Unknown, format!("the expression cannot be read: {why}"), Vec::new())
            }
            Some(Test { text, kind, read: Ok(read) }) => self.evaluated(class, text, *kind, read),
        };
        if fits == Verdict::Unknown && class.when != ClassTime::Asked {
            self.doubt(class.name);
        }
        let (path, name) = (class.path.to_string(), class.name.to_owned());
        TriedClass { path, name, when: class.when, fits, why, values }
    }

    /// Whether the packet fits an expression; where it does, it is in the class from then on.
    fn evaluated(
        &mut self,
        class: &Class<'_>,
        text: &str,
        kind: ExpressionKind,
        read: &Expression,
    ) -> (Verdict, String, Vec<TriedValue>) {
        let names = |name: &str| self.document.option_code(name).and_then(|code| u16::try_from(code).ok());
        let evaluated = read.evaluate(&self.packet, &names);
        let mut values = Vec::new();
        rows(text, &read.root, &evaluated, 0, &mut values);
        let (fits, why) = match &evaluated.value {
            Outcome::Truth(truth) => (if *truth { Verdict::Yes } else { Verdict::No }, String::new()),
            Outcome::Octets(octets) if octets.is_empty() => (Verdict::No, "there is no value".to_owned()),
            Outcome::Octets(_) => (Verdict::Yes, String::new()),
            Outcome::Fault(why) => (Verdict::No, format!("Kea gives up: {why}")),
            Outcome::Unknown(why) => (Verdict::Unknown, format!("not known here: {why}")),
            Outcome::Skipped => (Verdict::Unknown, String::new()),
        };
        let enters = fits == Verdict::Yes && class.when != ClassTime::Asked;
        if enters {
            self.put(class.name);
        }
        if let (true, ExpressionKind::Text, Outcome::Octets(octets)) = (enters, kind, &evaluated.value) {
            self.put(&format!("{}{}", spawned(class.name), String::from_utf8_lossy(octets)));
        }
        (fits, why, values)
    }

    /// It is not known whether the packet is in a class, nor in those that come out of it.
    fn doubt(&mut self, class: &str) {
        if !self.packet.classes.iter().any(|known| known == class) {
            let prefix = spawned(class);
            let out_of_it = self.named.iter().filter(|name| name.starts_with(&prefix)).cloned();
            self.packet.unsure.extend(out_of_it.chain([class.to_owned()]));
        }
    }
}

/// How the names of classes begin that come out of a template.
fn spawned(template: &str) -> String {
    format!("SPAWN_{template}_")
}

/// A part with its value, and its own parts after it. What stands in the expression as it is needs no row.
fn rows(text: &str, node: &Node, evaluated: &Evaluated, depth: u32, found: &mut Vec<TriedValue>) {
    if matches!(node.what, What::Text(_) | What::Hex(_) | What::Number(_) | What::Address(_)) && depth > 0 {
        return;
    }
    let part = text.get(evaluated.range.clone()).unwrap_or_default();
    let part = part.split_whitespace().collect::<Vec<_>>().join(" ");
    found.push(TriedValue { depth, text: part, value: evaluated.value.shown().into_owned() });
    for (node, evaluated) in node.parts().iter().zip(&evaluated.parts) {
        rows(text, node, evaluated, depth + 1, found);
    }
}

#[cfg(test)]
mod tests;
