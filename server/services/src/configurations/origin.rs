//! Where a configuration comes from that a server runs now: of what differs, what did Nestor make? Pure.
//!
//! A difference of a reservation or a name is Nestor’s when the newest change that it made of that, on that server, asked for
//! just what is there now; any other when an edit that it made is of that part, holds now, and did not before. Neither when
//! that was nor which program made it matters: a change that waited for days, or was made by another program on the same
//! store, counts as well.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use keaconf::{Change as Difference, Document, Edit, Map, Path, Step, Value, What};
use model::{
    Change, ChangeState, Content, Element, IpNetwork, Labels, Reason, Reservation, RevisionChange, RevisionOrigin,
    RevisionWay, Subject,
};

use crate::ports::Life;

/// How many changes of a revision are listed at most.
pub(super) const MOST_CHANGES: usize = 100;

/// What made the differences between two configurations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Made {
    pub(super) origin: RevisionOrigin,
    /// The changes of Nestor’s that made some of them, newest first.
    pub(super) changes: Vec<RevisionChange>,
    /// Whether nothing but reservations differs, and Nestor made all of that.
    pub(super) routine: bool,
    /// How it came about, where all of it is what is left of changes of Nestor’s that were not made after all.
    pub(super) way: Option<RevisionWay>,
}

/// What is known of the changes that Nestor made on a server.
#[derive(Debug, Clone, Default)]
pub(super) struct Own {
    /// The newest of each reservation and each name, whatever became of them.
    pub(super) newest: Vec<Change>,
    /// The last ones of the configuration itself that were made, or may have been, with the edits that made them.
    pub(super) configured: Vec<(Change, Vec<Edit>)>,
    /// The last ones of the configuration that were there for a while and are gone again, with the edits that lead back.
    pub(super) gone: Vec<(Change, Vec<Edit>)>,
}

/// Whether Nestor may have made it by way of a reservation or a name: then its newest changes are worth asking for.
pub(super) fn may_be_reserved(difference: &Difference) -> bool {
    Place::of(&difference.path).is_some()
}

/// What made the differences from one configuration to the next, as far as Nestor’s own changes say that.
pub(super) fn made<'a>(differences: &[Difference], before: &Document, now: &Document, own: &'a Own) -> Made {
    let newest = newest_of_each(&own.newest);
    let (configured, gone) = (made_now(&own.configured, before, now), made_now(&own.gone, before, now));
    let mut changes: Vec<&Change> = Vec::new();
    let (mut ours, mut reservations) = (0, 0);
    let mut ways: Vec<RevisionWay> = Vec::new();
    let judged = in_effect(differences, before, now);
    for difference in judged.iter().copied() {
        let place = Place::of(&difference.path);
        let reserved = place.as_ref().and_then(|place| {
            let newest = newest.get(&place.known_by).copied();
            newest.filter(|change| place.is_as_wanted(difference, now, change))
        });
        let of = |all: &[(&'a Change, Path)]| {
            all.iter().find(|(_, part)| is_within(difference, part)).map(|(change, _)| *change)
        };
        let led_back = || of(&gone).inspect(|change| ways.extend(way_of_gone(change)));
        let made = reserved.or_else(|| of(&configured)).or_else(led_back);
        let is_reservation = place.is_some_and(|place| matches!(place.known_by, KnownBy::Reservation { .. }));
        reservations += usize::from(is_reservation && reserved.is_some());
        ours += usize::from(made.is_some());
        changes.extend(made);
    }
    changes.sort_unstable_by_key(|change| Reverse(change.number));
    changes.dedup_by_key(|change| change.number);
    let origin = match ours {
        // What does not show, as another secret, is not known to be ours.
        0 => RevisionOrigin::Outside,
        _ if ours == judged.len() => RevisionOrigin::Nestor,
        _ => RevisionOrigin::Both,
    };
    Made {
        routine: origin == RevisionOrigin::Nestor && reservations == judged.len(),
        origin,
        // Losing is worth more words than being taken back.
        way: ways.iter().max_by_key(|way| **way == RevisionWay::Lost).copied().filter(|_| ways.len() == judged.len()),
        changes: changes.into_iter().take(MOST_CHANGES).map(listed).collect(),
    }
}

/// The parts that edits made so, each with its change: what stood before is not of it.
fn made_now<'a>(all: &'a [(Change, Vec<Edit>)], before: &Document, now: &Document) -> Vec<(&'a Change, Path)> {
    all.iter()
        .flat_map(|(change, edits)| edits.iter().map(move |edit| (change, edit.redacted())))
        .filter(|(_, edit)| now.holds(edit) && !before.holds(edit))
        .map(|(change, edit)| (change, now.part_of(&edit)))
        .collect()
}

/// The differences that tell who made them: not those that change nothing in effect, as Kea writes defaults of its own into what
/// it is sent a part of (`rapid-commit`), unless there are no others.
fn in_effect<'a>(differences: &'a [Difference], before: &Document, now: &Document) -> Vec<&'a Difference> {
    let holds_now = |difference: &&Difference| match difference.path.split() {
        Some((above, Step::Member(name))) => name.as_str().is_none_or(|name| {
            let held = [before, now].map(|document| document.effective(&above, name).map(|held| held.value));
            !matches!(&held, [Ok(was), Ok(is)] if was == is)
        }),
        _ => true,
    };
    let told: Vec<&Difference> = differences.iter().filter(holds_now).collect();
    if told.is_empty() { differences.iter().collect() } else { told }
}

/// How a change that was there for a while went; none: it was not there.
pub(super) fn way_of_gone(change: &Change) -> Option<RevisionWay> {
    match (change.state, &change.reason) {
        (ChangeState::Refused, Some(Reason::PutBack)) => Some(RevisionWay::TakenBack),
        (ChangeState::Refused, Some(Reason::Lost)) => Some(RevisionWay::Lost),
        _ => None,
    }
}

/// Whether a difference is within a part that was edited. Where the part is in a map that was not there before, that map is
/// the difference.
fn is_within(difference: &Difference, part: &Path) -> bool {
    let made_for_it = || {
        let is_member = matches!(difference.path.steps().last(), Some(Step::Member(_)));
        is_member && matches!(difference.what, What::Added(_)) && part.starts_with(&difference.path)
    };
    difference.path.starts_with(part) || made_for_it()
}

fn listed(change: &Change) -> RevisionChange {
    let note = change.after.as_ref().and_then(Content::configuration).map(|change| change.note.clone());
    RevisionChange { number: change.number, actor: change.actor.clone(), note: note.unwrap_or_default() }
}

/// The newest change that was made, or may have been, of each subject, under its present and its former name.
fn newest_of_each(own: &[Change]) -> HashMap<KnownBy, &Change> {
    let mut newest: HashMap<KnownBy, &Change> = HashMap::new();
    for change in own.iter().filter(|change| may_be_made(change)) {
        let before = change.before.as_ref().map(Content::subject);
        for known_by in before.iter().chain([&change.subject]).filter_map(KnownBy::of) {
            let known = newest.entry(known_by).or_insert(change);
            if known.number < change.number {
                *known = change;
            }
        }
    }
    newest
}

/// Whether a change was made, as far as is known.
pub(super) fn may_be_made(change: &Change) -> bool {
    !matches!(change.state, ChangeState::Refused | ChangeState::Pending)
}

/// How a server came by what it runs now, from its lives then and now.
pub(super) fn way(before: Option<Life>, now: Option<Life>) -> Option<RevisionWay> {
    let (before, now) = (before?, now?);
    Some(if before.process != now.process {
        RevisionWay::Restarted
    } else if before.may_be(now) {
        RevisionWay::Commands
    } else {
        RevisionWay::Loaded
    })
}

/// By what a subject is known, in the configuration and in the history alike.
#[derive(PartialEq, Eq, Hash)]
enum KnownBy {
    /// A reservation of a subnet, 0: of none; by its identifier, and of which kind that is.
    Reservation { subnet: u32, kind: String, identifier: String },
    /// What people say of a subnet.
    Labels(u32),
}

impl KnownBy {
    fn of(subject: &Subject) -> Option<Self> {
        match subject {
            Subject::Reservation(key) => {
                let octets = key.identifier.octets().as_slice().iter().map(|octet| format!("{octet:02x}"));
                Some(Self::Reservation {
                    subnet: key.subnet.id,
                    kind: key.identifier.kind().code().to_owned(),
                    identifier: octets.collect::<Vec<_>>().join(":"),
                })
            }
            Subject::Config(Element::Subnet(key)) => Some(Self::Labels(key.id)),
            // It is known by its edits.
            Subject::Config(Element::Configuration(_)) => None,
        }
    }
}

/// What of a configuration a difference is in, where Nestor’s history knows such subjects.
struct Place {
    known_by: KnownBy,
    path: Path,
}

impl Place {
    fn of(path: &Path) -> Option<Self> {
        let steps = path.steps();
        let part = |length: usize| Path::from(steps[..length].to_vec());
        let mut subnet = 0;
        for (at, pair) in steps.windows(2).enumerate() {
            let [Step::Member(list), Step::Element(keys)] = pair else { continue };
            match list.as_str() {
                Some("subnet4" | "subnet6") => {
                    let id = keys.iter().find(|(name, _)| name == "id");
                    subnet = id?.1.as_str()?.parse().ok()?;
                    if steps.get(at + 2) == Some(&Step::Member("user-context".into())) {
                        return Some(Self { known_by: KnownBy::Labels(subnet), path: part(at + 3) });
                    }
                }
                Some("reservations") => {
                    let (kind, identifier) = keys.first()?;
                    let (kind, identifier) = (kind.clone(), identifier.to_string());
                    return Some(Self {
                        known_by: KnownBy::Reservation { subnet, kind, identifier },
                        path: part(at + 2),
                    });
                }
                _ => {}
            }
        }
        None
    }

    /// Whether it is now as that change of it asked for.
    fn is_as_wanted(&self, difference: &Difference, now: &Document, change: &Change) -> bool {
        let gone = matches!(difference.what, What::Removed(_)) && difference.path == self.path;
        let map = if gone { None } else { now.map(&self.path).ok() };
        match &change.after {
            None => map.is_none(),
            // Where it was given another identifier, it is gone under the old one.
            Some(after) if KnownBy::of(&after.subject()).as_ref() != Some(&self.known_by) => map.is_none(),
            Some(Content::Reservation(wanted)) => map.is_some_and(|map| is_reserved_so(map, wanted)),
            Some(Content::Labels { labels, .. }) => is_called_so(map, labels),
            Some(Content::Configuration { .. }) => false,
        }
    }
}

/// Whether a reservation of the configuration has the addresses and the name.
fn is_reserved_so(map: &Map, wanted: &Reservation) -> bool {
    let texts =
        |name: &str| map.get(name).and_then(Value::as_list).unwrap_or_default().iter().filter_map(Value::as_str);
    let addresses: BTreeSet<IpAddr> =
        map.text("ip-address").into_iter().chain(texts("ip-addresses")).filter_map(|text| text.parse().ok()).collect();
    let prefixes: BTreeSet<IpNetwork> = texts("prefixes").filter_map(|text| text.parse().ok()).collect();
    let name = map.text("hostname").filter(|name| !name.is_empty());
    addresses == wanted.addresses().collect()
        && prefixes == wanted.prefixes.iter().copied().map(IpNetwork::from).collect()
        && match (name, &wanted.host_name) {
            (Some(name), Some(wanted)) => name.eq_ignore_ascii_case(wanted),
            (None, None) => true,
            _ => false,
        }
}

/// Whether the user context of a subnet says name and comment, in whichever members.
fn is_called_so(context: Option<&Map>, labels: &Labels) -> bool {
    let says = |text: &String| {
        context.is_some_and(|context| context.iter().any(|(_, value)| value.as_str() == Some(text.as_str())))
    };
    [&labels.name, &labels.comment].into_iter().flatten().all(says)
}
