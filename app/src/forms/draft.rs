//! What was typed into the reservation form, and what it means. Pure: no signals, no views.

mod options;

use std::fmt::Display;
use std::net::IpAddr;
use std::str::FromStr;

use model::{Family, FieldError, HostName, Identifier, IdentifierKind, Lease, NewReservation, Reservation, Subnet};

pub(super) use self::options::{Notation, OptionRow, highest_code};

/// A text field of the reservation form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Input {
    /// What the client is known by.
    Identifier,
    /// Its address; in IPv6 any number of them, with blanks between.
    Address,
    /// Its prefixes, with blanks between; only in IPv6.
    Prefixes,
    /// Its name.
    HostName,
    /// The boot server.
    NextServer,
    /// The boot server's name.
    ServerHostName,
    /// The boot file.
    BootFileName,
    /// A note.
    Note,
}

impl Input {
    /// Every field, in the order of the form.
    pub const ALL: [Self; 8] = [
        Self::Identifier,
        Self::Address,
        Self::Prefixes,
        Self::HostName,
        Self::NextServer,
        Self::ServerHostName,
        Self::BootFileName,
        Self::Note,
    ];

    /// The field's name, as in [`NewReservation`].
    pub fn name(self) -> &'static str {
        match self {
            Self::Identifier => "identifier",
            Self::Address => "address",
            Self::Prefixes => "prefixes",
            Self::HostName => "host_name",
            Self::NextServer => "next_server",
            Self::ServerHostName => "server_host_name",
            Self::BootFileName => "boot_file_name",
            Self::Note => "note",
        }
    }
}

/// The reservation form as it is filled in: texts, right or wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Which kind of identifier [`Input::Identifier`] is.
    pub kind: IdentifierKind,
    /// The classes that the client is put into.
    pub classes: Vec<String>,
    /// The options for this client alone.
    pub options: Vec<OptionRow>,
    family: Family,
    texts: [String; Input::ALL.len()],
    /// The reservation that is changed: untouched fields stay as they are there.
    before: Option<Reservation>,
}

impl Draft {
    /// Nothing filled in.
    pub fn empty(family: Family) -> Self {
        Self {
            kind: IdentifierKind::of_family(family)[0],
            family,
            classes: Vec::new(),
            options: Vec::new(),
            texts: Default::default(),
            before: None,
        }
    }

    /// An address chosen, nothing else.
    pub fn at(address: IpAddr) -> Self {
        let mut draft = Self::empty(Family::of(address));
        draft.set(Input::Address, address.to_string());
        draft
    }

    /// What would keep this lease for its client. The client's own name is taken over only where it is a host name. None
    /// when the lease does not say whose it is.
    pub fn of_lease(lease: &Lease) -> Option<Self> {
        let client = lease.client()?;
        let mut draft = match lease.prefix() {
            Some(prefix) => {
                let mut draft = Self::empty(Family::V6);
                draft.set(Input::Prefixes, prefix.to_string());
                draft
            }
            None => Self::at(lease.address),
        };
        draft.kind = client.kind();
        draft.set(Input::Identifier, client.to_string());
        let name = lease.host_name.as_deref().and_then(|name| name.parse::<HostName>().ok());
        draft.set(Input::HostName, name.map(String::from).unwrap_or_default());
        Some(draft)
    }

    /// The form as it would have been filled in for this reservation of a subnet of that family.
    pub fn of_reservation(reservation: &Reservation, family: Family) -> Self {
        let mut draft = Self::empty(family);
        draft.kind = reservation.identifier.kind();
        for input in Input::ALL {
            draft.set(input, text_of(reservation, input));
        }
        draft.classes.clone_from(&reservation.client_classes);
        draft.options = options::rows(&reservation.options);
        draft.before = Some(reservation.clone());
        draft
    }

    /// What is typed here, on top of what somebody else has made of the reservation since: what nobody touched here is as it
    /// is there.
    #[must_use]
    pub fn onto(&self, now: &Reservation) -> Self {
        let mut draft = Self::of_reservation(now, self.family);
        let Some(before) = &self.before else { return draft };
        let was = Self::of_reservation(before, self.family);
        for input in Input::ALL.into_iter().filter(|input| self.text(*input) != was.text(*input)) {
            draft.set(input, self.text(input).to_owned());
        }
        if self.kind != was.kind {
            draft.kind = self.kind;
        }
        if self.classes != was.classes {
            draft.classes.clone_from(&self.classes);
        }
        if self.options != was.options {
            draft.options.clone_from(&self.options);
        }
        draft
    }

    /// The reservation that is changed, where that field is as it was.
    fn left(&self, input: Input) -> Option<&Reservation> {
        self.before.as_ref().filter(|before| self.text(input) == text_of(before, input))
    }

    /// What is in that field.
    pub fn text(&self, input: Input) -> &str {
        &self.texts[input as usize]
    }

    /// Fills in that field.
    pub fn set(&mut self, input: Input, text: String) {
        self.texts[input as usize] = text;
    }

    /// The identifier, when it can be read.
    pub fn identifier(&self) -> Option<Identifier> {
        Identifier::parse(self.kind, self.text(Input::Identifier)).ok()
    }

    /// How the identifier is understood, when that is not what was typed.
    pub fn echo(&self) -> Option<String> {
        let identifier = self.identifier()?;
        let text = identifier.octets().text().filter(|_| identifier.kind() != IdentifierKind::HwAddress);
        let same = identifier.to_string() == self.text(Input::Identifier).trim();
        match (text, same) {
            (Some(text), _) => Some(format!("{identifier}  “{text}”")),
            (None, false) => Some(identifier.to_string()),
            (None, true) => None,
        }
    }

    /// Puts the client into that class too.
    pub fn add_class(&mut self, class: &str) {
        let class = class.trim();
        if !class.is_empty() && self.classes.iter().all(|known| known != class) {
            self.classes.push(class.to_owned());
        }
    }

    /// Adds the option that is meant: by its name, or by its code. None when none is.
    pub fn add_option(&mut self, text: &str) -> Option<u32> {
        let id = self.options.iter().map(|row| row.id + 1).max().unwrap_or_default();
        self.options.push(OptionRow::meant(id, text, self.family)?);
        Some(id)
    }

    /// The option row with that number.
    pub fn option(&self, id: u32) -> Option<&OptionRow> {
        self.options.iter().find(|row| row.id == id)
    }

    /// Changes the option row with that number.
    pub fn change_option(&mut self, id: u32, change: impl FnOnce(&mut OptionRow)) {
        if let Some(row) = self.options.iter_mut().find(|row| row.id == id) {
            change(row);
        }
    }

    /// What is wrong with the option row with that number.
    pub fn option_fault(&self, id: u32) -> Option<String> {
        let row = self.option(id)?;
        let data = row.data();
        let others = self.options.iter().take_while(|other| other.id != id);
        let twice = others.flat_map(OptionRow::data).any(|other| data.iter().any(|datum| datum.is_same_option(&other)));
        row.fault().or_else(|| twice.then(|| "this option is set twice".to_owned()))
    }

    /// Whether something of the section "Boot" is filled in.
    pub fn boots(&self) -> bool {
        [Input::NextServer, Input::ServerHostName, Input::BootFileName]
            .iter()
            .any(|input| !self.text(*input).is_empty())
    }

    /// The same for a reservation whose address is still to be chosen.
    pub fn check_without_address(&self, subnet: &Subnet) -> Result<NewReservation, Vec<FieldError>> {
        self.checked(subnet, false)
    }

    /// The reservation that this asks for, or every fault that can be seen without asking the server.
    pub fn check(&self, subnet: &Subnet) -> Result<NewReservation, Vec<FieldError>> {
        self.checked(subnet, true)
    }

    fn checked(&self, subnet: &Subnet, whole: bool) -> Result<NewReservation, Vec<FieldError>> {
        let mut faults = Vec::new();
        let before = self.before.as_ref();
        let identifier = self.checked_identifier(&mut faults);
        let addresses: Vec<IpAddr> = match self.left(Input::Address) {
            Some(before) => before.addresses().collect(),
            None => self.each_parsed(Input::Address, self.address_kind(), &mut faults),
        };
        let prefixes = match self.left(Input::Prefixes) {
            Some(before) => before.prefixes.clone(),
            None => self.each_parsed(Input::Prefixes, "an IPv6 prefix: write 2001:db8:1::/56", &mut faults),
        };
        let chosen = !addresses.is_empty();
        let mut addresses = addresses.into_iter();
        let host_name = self.checked_host_name(&mut faults);
        let next_server = self.parsed(Input::NextServer, "an IPv4 address", &mut faults);
        let had = options::rows(before.map(|before| &before.options[..]).unwrap_or_default());
        let touched = self.options != had;
        let changed = |row: &&OptionRow| !had.contains(row);
        let wrong = self.options.iter().filter(changed).find_map(|row| Some((row, self.option_fault(row.id)?)));
        faults.extend(wrong.map(|(row, text)| FieldError::new("options", format!("{}: {text}", row.title()))));
        let Some(identifier) = identifier else { return Err(faults) };
        let new = NewReservation {
            subnet: subnet.key.clone(),
            identifier,
            address: addresses.next(),
            more_addresses: addresses.collect(),
            prefixes,
            host_name,
            next_server,
            server_host_name: self.said(Input::ServerHostName, |before| &before.server_host_name),
            boot_file_name: self.said(Input::BootFileName, |before| &before.boot_file_name),
            note: self.said(Input::Note, |before| &before.note),
            record_name: before.and_then(|before| before.record_name.clone()),
            client_classes: Some(self.classes.clone()),
            options: touched.then(|| self.options.iter().flat_map(OptionRow::data).collect()),
        };
        let mut wrong = new.check(subnet, before);
        wrong.retain(|fault| whole || chosen || fault.field != "address");
        for fault in wrong {
            if faults.iter().all(|known| known.field != fault.field) {
                faults.push(fault);
            }
        }
        if faults.is_empty() { Ok(new) } else { Err(faults) }
    }

    fn checked_identifier(&self, faults: &mut Vec<FieldError>) -> Option<Identifier> {
        let name = Input::Identifier.name();
        let Some(text) = self.filled(Input::Identifier) else {
            faults.push(FieldError::new(name, "enter the identifier of the client"));
            return None;
        };
        if let Some(before) = self.left(Input::Identifier).filter(|before| before.identifier.kind() == self.kind) {
            return Some(before.identifier.clone());
        }
        Identifier::parse(self.kind, &text).map_err(|error| faults.push(FieldError::new(name, error.to_string()))).ok()
    }

    fn checked_host_name(&self, faults: &mut Vec<FieldError>) -> Option<String> {
        let name = self.said(Input::HostName, |before| &before.host_name)?;
        let wrong = name.parse::<HostName>().err().filter(|_| self.left(Input::HostName).is_none());
        faults.extend(wrong.map(|error| FieldError::new(Input::HostName.name(), error.to_string())));
        Some(name)
    }

    /// A text: as it was where the user did not touch it, else what is filled in.
    fn said(&self, input: Input, held: fn(&Reservation) -> &Option<String>) -> Option<String> {
        self.left(input).map_or_else(|| self.filled(input), |before| held(before).clone())
    }

    fn parsed<T: FromStr>(&self, input: Input, what: &str, faults: &mut Vec<FieldError>) -> Option<T> {
        parsed(input, &self.filled(input)?, what, faults)
    }

    /// The parts between blanks.
    fn each_parsed<T: FromStr>(&self, input: Input, what: &str, faults: &mut Vec<FieldError>) -> Vec<T> {
        let parts = self.text(input).split([' ', '\t', '\n', ',', ';']).filter(|part| !part.is_empty());
        parts.filter_map(|text| parsed(input, text, what, faults)).collect()
    }

    fn address_kind(&self) -> &'static str {
        match self.family {
            Family::V4 => "an IPv4 address",
            Family::V6 => "an IPv6 address",
        }
    }

    /// What is in that field without the spaces around it, if that is anything.
    fn filled(&self, input: Input) -> Option<String> {
        Some(self.text(input).trim()).filter(|text| !text.is_empty()).map(str::to_owned)
    }
}

/// What the form shows of a reservation in that field.
fn text_of(reservation: &Reservation, input: Input) -> String {
    match input {
        Input::Identifier => reservation.identifier.to_string(),
        Input::Address => listed(reservation.addresses()),
        Input::Prefixes => listed(reservation.prefixes.iter()),
        Input::HostName => shown(reservation.host_name.as_deref()),
        Input::NextServer => shown(reservation.next_server),
        Input::ServerHostName => shown(reservation.server_host_name.as_deref()),
        Input::BootFileName => shown(reservation.boot_file_name.as_deref()),
        Input::Note => shown(reservation.note.as_deref()),
    }
}

fn parsed<T: FromStr>(input: Input, text: &str, what: &str, faults: &mut Vec<FieldError>) -> Option<T> {
    let parsed = text.parse();
    if parsed.is_err() {
        faults.push(FieldError::new(input.name(), format!("“{text}” is not {what}")));
    }
    parsed.ok()
}

fn listed(values: impl Iterator<Item = impl Display>) -> String {
    values.map(|value| value.to_string()).collect::<Vec<_>>().join(" ")
}

fn shown(value: Option<impl Display>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
