//! What can be done with a row.

use std::net::IpAddr;

use leptos::prelude::*;
use model::{AddressRange, AddressRow, Client, Storage};

use super::List;
use super::opened::{DELETE, DETAILS, EDIT, RESERVE};
use crate::components::copy::copy;
use crate::components::icon::Glyph;
use crate::forms::{Draft, Task};

/// Something that can be done with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    /// Show everything that is known of it.
    Details,
    /// Make a reservation from it.
    Reserve,
    /// Change its reservation.
    Edit,
    /// Copy its address.
    Copy,
    /// Move its reservation to the other place that the server keeps them in.
    Move,
    /// Exclude its addresses.
    Exclude,
    /// Let its addresses be given out again.
    Include,
    /// Delete its reservation.
    Delete,
}

/// What the user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rights {
    /// Whether reservations may be changed.
    pub(super) reserve: bool,
    /// Whether the server keeps reservations in a database too.
    pub(super) database: bool,
}

impl Verb {
    /// Every verb, in the order of menus.
    pub(super) const ALL: [Self; 8] =
        [Self::Details, Self::Reserve, Self::Edit, Self::Copy, Self::Move, Self::Exclude, Self::Include, Self::Delete];

    /// What can be done with that row by a user with these rights.
    pub(super) fn of(row: &AddressRow, rights: Rights) -> Vec<Self> {
        Self::ALL.into_iter().filter(|verb| verb.fits(row, rights)).collect()
    }

    fn fits(self, row: &AddressRow, rights: Rights) -> bool {
        // What is of another subnet is changed there.
        let may = rights.reserve && !matches!(row, AddressRow::Client(client) if client.elsewhere.is_some());
        match (self, row) {
            (Self::Details, AddressRow::Client(_)) => true,
            (Self::Copy, _) => address(row).is_some(),
            (Self::Reserve | Self::Exclude, AddressRow::Gap { excluded, .. }) => may && excluded.is_none(),
            (Self::Include, AddressRow::Gap { excluded, .. }) => may && excluded.is_some(),
            (Self::Reserve, AddressRow::Client(client)) => may && prefill(client).is_some(),
            (Self::Exclude, AddressRow::Client(client)) => may && client.address.is_some(),
            (Self::Edit | Self::Delete, AddressRow::Client(client)) => may && client.reservation.is_some(),
            (Self::Move, AddressRow::Client(client)) => client
                .reservation
                .as_ref()
                .is_some_and(|reservation| may && (rights.database || reservation.storage == Storage::Database)),
            (Self::Include, AddressRow::Client(_))
            | (_, AddressRow::Gap { .. } | AddressRow::Special { .. } | AddressRow::Raw(_)) => false,
        }
    }

    /// Whether it is done with reservations, which a server may have no hook library for.
    pub(super) fn reserves(self) -> bool {
        matches!(self, Self::Reserve | Self::Edit | Self::Move | Self::Delete)
    }

    /// What menus say.
    pub(super) fn label(self, row: &AddressRow) -> &'static str {
        match (self, row) {
            (Self::Details, _) => "Details",
            (Self::Reserve, AddressRow::Client(client)) if client.lease.is_some() => "Reserve for this client",
            (Self::Reserve, AddressRow::Client(_)) => "Reserve this address",
            (Self::Reserve, _) => "Reserve here",
            (Self::Edit, _) => "Edit reservation",
            (Self::Copy, _) => "Copy address",
            (Self::Move, AddressRow::Client(client))
                if client.reservation.as_ref().is_some_and(|kept| kept.storage == Storage::Database) =>
            {
                "Move to the configuration file"
            }
            (Self::Move, _) => "Move to the host database",
            (Self::Exclude, AddressRow::Client(_)) => "Exclude this address…",
            (Self::Exclude, _) => "Exclude these addresses…",
            (Self::Include, _) => "Remove exclusion…",
            (Self::Delete, _) => "Delete reservation",
        }
    }

    /// The key, as menus show it.
    pub(super) fn key(self) -> &'static str {
        self.keys()[0]
    }

    /// The same, as the list of keys takes it.
    pub(super) fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Details => &["Enter"],
            Self::Reserve => &["r"],
            Self::Edit => &["e"],
            Self::Copy => &["y"],
            Self::Move => &["m"],
            Self::Exclude => &["b"],
            Self::Include => &["u"],
            Self::Delete => &["Del"],
        }
    }

    /// What the list of keys says that it does, for a user with these rights.
    pub(super) fn meaning(self, rights: Rights) -> &'static str {
        match self {
            Self::Details if rights.reserve => "details of the row; reserve in a gap",
            Self::Details => "details of the row",

            Self::Reserve => "reserve the address of the row for its client",
            Self::Edit => "edit the reservation of the row",
            Self::Copy => "copy the address of the row",
            Self::Move => "move the reservation between database and configuration",
            Self::Exclude => "exclude the addresses of the row",
            Self::Include => "remove the exclusion of the row",
            Self::Delete => "delete the reservation of the row",
        }
    }

    /// Whether a user with these rights may do it with some row.
    pub(super) fn is_allowed(self, rights: Rights) -> bool {
        match self {
            Self::Details | Self::Copy => true,
            Self::Move => rights.reserve && rights.database,
            Self::Reserve | Self::Edit | Self::Exclude | Self::Include | Self::Delete => rights.reserve,
        }
    }

    /// The verb of a key, as the browser calls it.
    pub(super) fn of_key(key: &str) -> Option<Self> {
        match key {
            "Enter" => Some(Self::Details),
            "r" => Some(Self::Reserve),
            "e" => Some(Self::Edit),
            "y" => Some(Self::Copy),
            "m" => Some(Self::Move),
            "b" => Some(Self::Exclude),
            "u" => Some(Self::Include),
            "Delete" => Some(Self::Delete),
            _ => None,
        }
    }

    /// Whether it opens in the place of what is open, under an address of its own.
    pub(super) fn opens_drawer(self) -> bool {
        matches!(self, Self::Details | Self::Reserve | Self::Edit | Self::Exclude | Self::Delete)
    }

    /// Its drawing.
    pub(super) fn glyph(self) -> Glyph {
        match self {
            Self::Details => Glyph::Info,
            Self::Reserve => Glyph::Bookmark,
            Self::Edit => Glyph::Edit,
            Self::Copy => Glyph::Copy,
            Self::Move => Glyph::Exchange,
            Self::Exclude => Glyph::NoEntry,
            Self::Include => Glyph::Release,
            Self::Delete => Glyph::Delete,
        }
    }
}

/// The address of a row that has one.
fn address(row: &AddressRow) -> Option<IpAddr> {
    match row {
        AddressRow::Client(client) => client.address,
        AddressRow::Special { address, .. } => Some(*address),
        AddressRow::Gap { .. } => None,
        AddressRow::Raw(raw) => raw.address(),
    }
}

/// What a form is opened for by that row: a change of its reservation, or a new one.
pub(super) fn task(kind: &str, row: &AddressRow) -> Option<Task> {
    let create = |draft: Draft, range| Some(Task::Create { draft: Box::new(draft), range });
    match row {
        AddressRow::Gap { range, .. } if kind == RESERVE => create(Draft::empty(range.family()), Some(*range)),
        AddressRow::Client(client) if kind == RESERVE => create(prefill(client)?, None),
        AddressRow::Client(client) => client.reservation.clone().map(|seen| Task::Edit(Box::new(seen))),
        AddressRow::Gap { .. } | AddressRow::Special { .. } | AddressRow::Raw(_) => None,
    }
}

/// How the form for a new reservation is filled in from a row that has none: for the client that has the lease, else
/// with the address alone.
fn prefill(client: &Client) -> Option<Draft> {
    if client.reservation.is_some() {
        return None;
    }
    match &client.lease {
        Some(lease) if lease.blocks() => Draft::of_lease(lease),
        Some(lease) => Draft::of_lease(lease).or_else(|| client.address.map(Draft::at)),
        None => client.address.map(Draft::at),
    }
}

impl List {
    /// Does that with the row of that id, if it can be done with it.
    pub(super) fn act(self, verb: Verb, id: &str) {
        let Some(row) = self.row(id) else { return };
        // The key for details works on gaps too: there it means what one would do with a gap.
        let verb = if verb == Verb::Details && matches!(row, AddressRow::Gap { .. }) { Verb::Reserve } else { verb };
        if !verb.fits(&row, untrack(|| self.rights())) || (verb.reserves() && self.refuses_reservations()) {
            return;
        }
        match (verb, row) {
            (Verb::Details, _) => self.opened.open(DETAILS, id),
            (Verb::Copy, row) => {
                if let Some(address) = address(&row) {
                    copy(&address.to_string(), self.toasts);
                }
            }
            (Verb::Reserve, _) => self.opened.open(RESERVE, id),
            (Verb::Edit, _) => self.opened.open(EDIT, id),
            (Verb::Delete, _) => self.opened.open(DELETE, id),
            (Verb::Move, AddressRow::Client(client)) => self.moving.set(Some(*client)),
            (Verb::Exclude, AddressRow::Gap { range, .. }) => self.exclude(Some(range)),
            (Verb::Exclude, AddressRow::Client(client)) => self.exclude(client.address.map(AddressRange::single)),
            (Verb::Include, AddressRow::Gap { range, .. }) => self.including.set(self.exclusion_of(range)),
            (Verb::Move | Verb::Exclude | Verb::Include, _) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use model::{ClientState, Identifier, Lease, LeaseState, Reservation, SpecialAddress, Timestamp};

    use super::*;

    fn leased() -> Client {
        let lease = Lease {
            subnet: "main/1".parse().unwrap(),
            address: "192.0.2.7".parse().unwrap(),
            prefix_len: None,
            duid: None,
            hw_address: Some("02:00:5e:10:00:01".parse().unwrap()),
            client_id: None,
            host_name: None,
            state: LeaseState::Assigned,
            renewed_at: Timestamp(0),
            lifetime: None,
            stray: None,
        };
        Client {
            address: Some(lease.address),
            prefix: None,
            state: ClientState::Leased,
            lease: Some(lease),
            reservation: None,
            hold: None,
            duplicate: None,
            elsewhere: None,
            vendor: None,
        }
    }

    const MAY: Rights = Rights { reserve: true, database: false };
    const MAY_LOOK: Rights = Rights { reserve: false, database: true };

    #[test]
    fn each_row_offers_what_fits() {
        let lease = AddressRow::Client(Box::new(leased()));
        assert_eq!(Verb::of(&lease, MAY), [Verb::Details, Verb::Reserve, Verb::Copy, Verb::Exclude]);
        assert_eq!(Verb::of(&lease, MAY_LOOK), [Verb::Details, Verb::Copy]);
        let range = AddressRange::single("192.0.2.8".parse().unwrap());
        let gap = |excluded| AddressRow::Gap { range, in_pool: true, excluded };
        assert_eq!(Verb::of(&gap(None), MAY), [Verb::Reserve, Verb::Exclude]);
        assert_eq!(Verb::of(&gap(Some("old".to_owned())), MAY), [Verb::Include]);
        assert_eq!(Verb::of(&gap(None), MAY_LOOK), []);
        let gateway = AddressRow::Special { address: "192.0.2.1".parse().unwrap(), what: SpecialAddress::Gateway };
        assert_eq!(Verb::of(&gateway, MAY), [Verb::Copy]);
    }

    #[test]
    fn a_reservation_moves_where_there_are_two_places() {
        let identifier = Identifier::HwAddress("02:00:5e:10:00:01".parse().unwrap());
        let new = model::NewReservation::of("main/1".parse().unwrap(), identifier);
        let moves = |storage, rights| {
            let kept: Reservation = new.over(None, storage);
            let row = AddressRow::Client(Box::new(Client { reservation: Some(kept), ..leased() }));
            Verb::of(&row, rights).contains(&Verb::Move).then(|| Verb::Move.label(&row))
        };
        let both = Rights { reserve: true, database: true };
        assert_eq!(moves(Storage::Configuration, MAY), None);
        assert_eq!(moves(Storage::Configuration, both), Some("Move to the host database"));
        assert_eq!(moves(Storage::Database, MAY), Some("Move to the configuration file"));
        assert_eq!(moves(Storage::Database, MAY_LOOK), None);
    }

    #[test]
    fn a_declined_address_is_not_reserved_without_a_client() {
        let mut declined = leased();
        declined.state = ClientState::Declined;
        if let Some(lease) = &mut declined.lease {
            (lease.hw_address, lease.state) = (None, LeaseState::Declined);
        }
        let row = AddressRow::Client(Box::new(declined));
        assert_eq!(Verb::of(&row, MAY), [Verb::Details, Verb::Copy, Verb::Exclude]);
    }

    #[test]
    fn what_is_done_with_reservations_is_known() {
        let reserving = Verb::ALL.into_iter().filter(|verb| verb.reserves()).collect::<Vec<_>>();
        assert_eq!(reserving, [Verb::Reserve, Verb::Edit, Verb::Move, Verb::Delete]);
    }

    #[test]
    fn every_verb_has_a_key() {
        for verb in Verb::ALL {
            let pressed = if verb.key() == "Del" { "Delete" } else { verb.key() };
            assert_eq!(Verb::of_key(pressed), Some(verb));
        }
    }
}
