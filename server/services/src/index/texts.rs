//! One text of all that can be found in a snapshot, so that a search is one pass over it. Pure.

use model::SubnetKey;

use super::fields::{self, Field, Kind, Sought};
use super::{Place, Snapshot};

/// What a record is found at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Spot {
    /// All that is at an address or a prefix.
    Place(Place),
    /// A reservation without either: its place among those of the snapshot.
    Unaddressed(usize),
}

/// How well something fits, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// It is the address, the name or the identifier.
    Whole,
    /// Address or name begin so.
    Beginning,
    /// It stands in address or name.
    Inside,
    /// It stands in an identifier.
    Identifier,
    /// It stands in something else that is shown.
    Mention,
}

/// What can be found of a subnet's own records. Every field is a mark of its kind, its text, and [`END`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    all: String,
    /// Where each record begins.
    records: Vec<(usize, Spot)>,
}

/// Nobody looks for these: they tell fields apart.
const END: char = '\u{1}';
const MARKS: [(Kind, char); 4] =
    [(Kind::Address, '\u{2}'), (Kind::Name, '\u{3}'), (Kind::Identifier, '\u{4}'), (Kind::Other, '\u{5}')];

fn is_mark(c: char) -> bool {
    (END..='\u{5}').contains(&c)
}

impl Texts {
    /// Those of the subnet's own leases and reservations in a snapshot. What others have on its addresses is found with them.
    pub(crate) fn of(subnet: &SubnetKey, snapshot: &Snapshot) -> Self {
        let mut texts = Self::default();
        for lease in snapshot.leases.iter().filter(|lease| lease.subnet == *subnet) {
            texts.add(Spot::Place(Place::of_lease(lease)), fields::of_lease(lease));
        }
        for (at, reservation) in snapshot.reservations.iter().enumerate() {
            if reservation.subnet == *subnet {
                for place in Place::all_of(reservation) {
                    let spot = place.map_or(Spot::Unaddressed(at), Spot::Place);
                    texts.add(spot, fields::of_reservation(reservation));
                }
            }
        }
        texts
    }

    fn add(&mut self, spot: Spot, fields: Vec<Field>) {
        self.records.push((self.all.len(), spot));
        if let Spot::Place(place) = spot {
            self.push(Kind::Address, &place.to_string());
        }
        for field in fields {
            self.push(field.kind, &field.compared());
        }
    }

    fn push(&mut self, kind: Kind, text: &str) {
        self.all.extend(MARKS.iter().filter(|(its, _)| *its == kind).map(|(_, mark)| *mark));
        // Names come from the network, and may have our marks in them.
        self.all.push_str(&text.replace(is_mark, " "));
        self.all.push(END);
    }

    /// Where the text stands, each spot once with its best fit, in the order of spots.
    pub(crate) fn find(&self, sought: &Sought) -> Vec<(Spot, Fit)> {
        let mut found = Vec::new();
        if sought.text.contains(is_mark) {
            return found;
        }
        let wanted = if sought.text == sought.bare { vec![&sought.text] } else { vec![&sought.text, &sought.bare] };
        for wanted in wanted.into_iter().filter(|wanted| !wanted.is_empty()) {
            let places = self.all.match_indices(wanted.as_str());
            found.extend(places.filter_map(|(at, _)| self.hit(at, wanted, sought)));
        }
        found.sort_unstable();
        found.dedup_by_key(|(spot, _)| *spot);
        found
    }

    /// What stands there, if such a field may have it.
    fn hit(&self, at: usize, wanted: &str, sought: &Sought) -> Option<(Spot, Fit)> {
        let begin = self.all[..at].rfind(is_mark)?;
        let mark = self.all[begin..].chars().next()?;
        let kind = MARKS.iter().find(|(_, its)| *its == mark)?.0;
        if sought.in_kind(kind) != Some(wanted) {
            return None;
        }
        let begins = at == begin + mark.len_utf8();
        let ends = self.all[at + wanted.len()..].starts_with(END);
        let fit = match kind {
            Kind::Other => Fit::Mention,
            _ if begins && ends => Fit::Whole,
            Kind::Identifier => Fit::Identifier,
            _ if begins => Fit::Beginning,
            _ => Fit::Inside,
        };
        let record = self.records.partition_point(|(start, _)| *start <= at).checked_sub(1)?;
        Some((self.records.get(record)?.1, fit))
    }
}

#[cfg(test)]
mod tests {
    use model::{Identifier, IdentifierKind, Lease, NewReservation, Storage};
    use model::{LeaseState, Reservation, Subnet, Timestamp};

    use super::*;
    use crate::ports::Listed;

    fn lease(last: u8, name: &str) -> Lease {
        Lease {
            subnet: "main/1".parse().unwrap(),
            address: [192, 0, 2, last].into(),
            prefix_len: None,
            hw_address: format!("02:00:5e:10:00:{last:02x}").parse().ok(),
            client_id: None,
            duid: None,
            host_name: Some(name.to_owned()),
            state: LeaseState::Assigned,
            renewed_at: Timestamp(0),
            lifetime: None,
            stray: None,
        }
    }

    fn reservation(last: Option<u8>, note: &str) -> Reservation {
        let client = Identifier::parse(IdentifierKind::HwAddress, "02:00:5e:20:00:01").unwrap();
        let new = NewReservation {
            address: last.map(|last| [192, 0, 2, last].into()),
            note: Some(note.to_owned()),
            ..NewReservation::of("main/1".parse().unwrap(), client)
        };
        new.over(None, Storage::Configuration)
    }

    fn found(text: &str) -> Vec<(String, Fit)> {
        let subnet = Subnet::of("main/1".parse().unwrap(), "192.0.2.0/24".parse().unwrap());
        let others = Lease { subnet: "main/2".parse().unwrap(), ..lease(99, "elsewhere") };
        let leases = vec![lease(2, "Printer"), lease(20, "printer-2"), lease(30, "old\u{1}\u{4}printer"), others];
        let reservations = vec![reservation(Some(20), "beside the PRINTER"), reservation(None, "spare")];
        let (leases, reservations) =
            (Listed { known: leases, raw: vec![] }, Listed { known: reservations, raw: vec![] });
        let snapshot = Snapshot::new(&subnet, &[], leases, reservations, Timestamp(0));
        let spot = |spot| match spot {
            Spot::Place(place) => place.to_string(),
            Spot::Unaddressed(at) => format!("reservation {at}"),
        };
        let found = Texts::of(&subnet.key, &snapshot).find(&Sought::new(text));
        found.into_iter().map(|(its, fit)| (spot(its), fit)).collect()
    }

    #[test]
    fn the_best_that_a_place_has_counts_once() {
        let fits = |text: &str| found(text).into_iter().map(|(_, fit)| fit).collect::<Vec<_>>();
        let named = [("192.0.2.2", Fit::Whole), ("192.0.2.20", Fit::Beginning), ("192.0.2.30", Fit::Inside)];
        assert_eq!(found("printer"), named.map(|(place, fit)| (place.to_owned(), fit)));
        assert_eq!(fits("rinter"), [Fit::Inside; 3]);
        assert_eq!(found("192.0.2.2"), [("192.0.2.2".into(), Fit::Whole), ("192.0.2.20".into(), Fit::Beginning)]);
        assert_eq!(found("beside"), [("192.0.2.20".into(), Fit::Mention)]);
        assert_eq!(found("spare"), [("reservation 1".into(), Fit::Mention)]);
        assert_eq!(found("elsewhere"), [], "the record of another subnet is found there");
    }

    #[test]
    fn separators_of_identifiers_do_not_count_and_those_of_addresses_do() {
        for text in ["02:00:5e:10:00:14", "0200.5e10.0014", "02005e100014"] {
            assert_eq!(found(text), [("192.0.2.20".into(), Fit::Whole)], "{text}");
        }
        assert_eq!(found("5e-10-00-02"), [("192.0.2.2".into(), Fit::Identifier)]);
        assert_eq!(found("19202"), []);
        assert_eq!(found("..."), []);
    }

    #[test]
    fn no_text_reaches_over_the_end_of_a_field() {
        assert_eq!(found("old"), [("192.0.2.30".into(), Fit::Beginning)]);
        for text in ["printer\u{1}", "\u{4}", "192.0.2.2\u{1}\u{3}printer"] {
            assert_eq!(found(text), [], "{text:?}");
        }
    }
}
