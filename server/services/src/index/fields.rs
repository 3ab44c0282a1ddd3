//! What can be found of leases and reservations: everything that a page shows of them. Pure.

use model::{Client, HwAddress, Lease, Octets, Reservation};

/// How much a field says of whose an address is, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Address,
    Name,
    /// Octets in hexadecimal digits, with or without separators.
    Identifier,
    /// Whatever else is shown.
    Other,
}

/// Something that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) kind: Kind,
    /// What it is, for people.
    pub(crate) what: &'static str,
    pub(crate) text: String,
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sought {
    /// In lower case.
    pub(crate) text: String,
    /// The same without the separators of identifiers.
    pub(crate) bare: String,
}

impl Sought {
    /// A text as [`searched`](super::searched) gives it.
    pub(crate) fn new(text: &str) -> Self {
        let bare = text.chars().filter(|c| !matches!(c, ':' | '-' | '.')).collect();
        Self { text: text.to_owned(), bare }
    }

    /// What a field of that kind must have in it; none: no such field can.
    pub(crate) fn in_kind(&self, kind: Kind) -> Option<&str> {
        let wanted = if kind == Kind::Identifier { &self.bare } else { &self.text };
        (!wanted.is_empty()).then_some(wanted)
    }
}

impl Field {
    fn new(kind: Kind, what: &'static str, text: &(impl ToString + ?Sized)) -> Self {
        Self { kind, what, text: text.to_string() }
    }

    /// As it is compared: in lower case, identifiers without separators.
    pub(crate) fn compared(&self) -> String {
        let text = self.text.to_lowercase();
        if self.kind == Kind::Identifier { text.replace(':', "") } else { text }
    }

    pub(crate) fn mentions(&self, sought: &Sought) -> bool {
        sought.in_kind(self.kind).is_some_and(|wanted| self.compared().contains(wanted))
    }
}

/// Those of a lease, beside its address.
pub(crate) fn of_lease(lease: &Lease) -> Vec<Field> {
    let mut fields = Vec::new();
    fields.extend(lease.host_name.as_ref().map(|name| Field::new(Kind::Name, "host name sent by the client", name)));
    fields.extend(lease.hw_address.as_ref().map(|address| Field::new(Kind::Identifier, "MAC address", address)));
    fields.extend(lease.client_id.as_ref().map(|id| Field::new(Kind::Identifier, "client ID", id)));
    fields.extend(lease.duid.as_ref().map(|duid| Field::new(Kind::Identifier, "DUID", duid)));
    fields.extend(lease.hw_address.as_ref().and_then(vendor));
    let readable = lease.client_id.as_ref().and_then(Octets::text);
    fields.extend(readable.map(|text| Field::new(Kind::Other, "client ID", &text)));
    fields
}

/// That an address was made up says of nobody whose it is.
fn vendor(address: &HwAddress) -> Option<Field> {
    let vendor = vendors::of(address).filter(|vendor| *vendor != vendors::RANDOM)?;
    Some(Field::new(Kind::Other, "vendor", vendor))
}

/// Those of a reservation, beside its addresses.
pub(crate) fn of_reservation(of: &Reservation) -> Vec<Field> {
    let mut fields = Vec::new();
    fields.extend(of.host_name.as_ref().map(|name| Field::new(Kind::Name, "host name", name)));
    let kind = of.identifier.kind().label();
    fields.push(Field::new(Kind::Identifier, kind, &of.identifier));
    fields.extend(of.identifier.octets().text().map(|text| Field::new(Kind::Other, kind, &text)));
    fields.extend(of.hw_address().and_then(vendor));
    let texts = [
        ("note", &of.note),
        ("label", &of.label),
        ("name of the record", &of.record_name),
        ("server host name", &of.server_host_name),
        ("boot file", &of.boot_file_name),
    ];
    fields.extend(texts.into_iter().filter_map(|(what, text)| Some(Field::new(Kind::Other, what, text.as_ref()?))));
    fields.extend(of.next_server.map(|server| Field::new(Kind::Other, "next server", &server)));
    fields.extend(of.client_classes.iter().map(|class| Field::new(Kind::Other, "class", class)));
    let option = |text: String| Field::new(Kind::Other, "option", &text);
    fields
        .extend(of.options.iter().flat_map(|datum| [Some(datum.name.clone()), datum.readable()]).flatten().map(option));
    fields
}

/// Those of a row.
pub(crate) fn of_client(client: &Client) -> Vec<Field> {
    let what = client.what().map(|what| Field::new(Kind::Address, "address", &what));
    let leased = client.lease.iter().flat_map(of_lease);
    let reserved = client.reservation.iter().flat_map(of_reservation);
    what.into_iter().chain(leased).chain(reserved).collect()
}
