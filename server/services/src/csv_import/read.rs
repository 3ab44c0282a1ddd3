//! CSV as people paste it: comma, semicolon or tab between the cells, a head with the names of the columns. Pure.

use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use csv::ReaderBuilder;
use model::{
    Family, FieldError, HostName, Identifier, IdentifierKind, NewReservation, OptionDatum, Reservation, Subnet,
    SubnetKey,
};

use super::write::FORMULA_STARTS;
use crate::networks::Network;

/// The columns, by the names that their heads may have; the first is the one that an export writes.
pub(super) const COLUMNS: [(&str, &[&str]); 12] = [
    ("subnet", &["prefix", "network"]),
    ("identifier_type", &["type", "kind"]),
    ("identifier", &["mac", "mac_address", "hw_address", "hwaddr"]),
    ("address", &["ip", "ip_address", "ipaddr"]),
    ("host_name", &["hostname", "name"]),
    ("next_server", &["nextserver"]),
    ("server_host_name", &["server_hostname"]),
    ("boot_file_name", &["boot_file", "filename"]),
    ("client_classes", &["classes"]),
    ("options", &["option_data"]),
    ("note", &["comment", "notes", "description"]),
    ("prefixes", &["delegated_prefixes", "pd_prefixes"]),
];

/// What a row says of its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Address {
    /// Nothing: the column is missing.
    Unsaid,
    /// None.
    None,
    /// The next free one.
    Next,
    /// This one, or these; whether they are addresses is told elsewhere.
    Some,
}

/// One row, its cells by column; none: the table has no such column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Its line in the text.
    pub(super) number: u32,
    cells: [Option<String>; COLUMNS.len()],
    /// The subnets that it could mean, where these are several.
    several: Vec<SubnetKey>,
}

/// The rows below the head.
pub(super) fn lines(text: &str) -> Result<Vec<Line>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let head = reader.headers().map_err(|error| unreadable(&error))?.clone();
    let columns = head.iter().map(column).collect::<Result<Vec<_>, _>>()?;
    if !columns.contains(&Some(2)) {
        return Err("the head has no column “identifier” (or “mac”): write the names of the columns in the first line"
            .to_owned());
    }
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| unreadable(&error))?;
        if record.iter().all(str::is_empty) {
            continue;
        }
        let number = record.position().map_or(0, |position| u32::try_from(position.line()).unwrap_or(u32::MAX));
        let mut cells: [Option<String>; COLUMNS.len()] = Default::default();
        for (at, column) in columns.iter().enumerate() {
            if let Some(column) = column {
                cells[*column] = Some(plain(record.get(at).unwrap_or_default()));
            }
        }
        lines.push(Line { number, cells, several: Vec::new() });
    }
    Ok(lines)
}

fn unreadable(error: &csv::Error) -> String {
    format!("this is not a table: {error}")
}

/// Of the three that spreadsheets use the one that the head has most of.
fn delimiter(text: &str) -> u8 {
    let head = text.lines().next().unwrap_or_default();
    let parts = |delimiter: &u8| head.split(char::from(*delimiter)).count();
    b"\t;,".iter().copied().max_by_key(parts).unwrap_or(b',')
}

/// The place of the column with that head; none: one to be passed over, which has no name.
fn column(head: &str) -> Result<Option<usize>, String> {
    let name = head.trim().to_lowercase().replace([' ', '-'], "_");
    if name.is_empty() {
        return Ok(None);
    }
    let known = COLUMNS.iter().position(|(first, others)| *first == name || others.contains(&name.as_str()));
    let names = || COLUMNS.map(|(first, _)| first).join(", ");
    known.map(Some).ok_or_else(|| format!("“{head}” is not a column: there are {}", names()))
}

/// Without the mark that keeps spreadsheets from taking a text for a formula.
fn plain(cell: &str) -> String {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(FORMULA_STARTS) => rest.to_owned(),
        _ => cell.to_owned(),
    }
}

impl Line {
    /// What is in the column; none: it is empty, or missing.
    fn filled(&self, column: usize) -> Option<&str> {
        self.cells[column].as_deref().filter(|text| !text.is_empty())
    }

    /// What is in the column, or what was there before where the table has no such column.
    fn or_before<T>(&self, column: usize, before: Option<T>, read: impl FnOnce(&str) -> T) -> Option<T> {
        if self.cells[column].is_none() { before } else { self.filled(column).map(read) }
    }

    /// The subnet that it means, on the server that serves it, by prefix or by the name that any of its servers has for it.
    pub(super) fn find_subnet(&mut self, all: &[Network], default: Option<&Network>) -> Option<Subnet> {
        let first = |network: &Network| network.first().clone();
        let Some(text) = self.filled(0) else { return default.map(first) };
        if let Ok(key) = text.parse::<SubnetKey>()
            && let Some(found) = all.iter().find(|network| network.keys().any(|known| *known == key))
        {
            return Some(first(found));
        }
        let prefix: model::IpNetwork = text.parse().ok()?;
        let fits = |network: &&Network| network.first().prefix == prefix;
        // The default says which, where several networks have the same prefix.
        if let Some(default) = default.filter(fits) {
            return Some(first(default));
        }
        let fitting: Vec<&Network> = all.iter().filter(fits).collect();
        if let [only] = fitting[..] {
            return Some(first(only));
        }
        self.several = fitting.iter().map(|network| network.first().key.clone()).collect();
        None
    }

    pub(super) fn no_subnet(&self) -> FieldError {
        let text = match self.filled(0) {
            Some(text) if !self.several.is_empty() => {
                let names: Vec<_> = self.several.iter().map(ToString::to_string).collect();
                format!("{} subnets have the prefix {text}: write {}", names.len(), names.join(" or "))
            }
            Some(text) => format!("no server has the subnet “{text}”"),
            None => "say in which subnet: in a column “subnet”, or for the whole table".to_owned(),
        };
        FieldError::new("subnet", text)
    }

    /// The client.
    pub(super) fn identifier(&self) -> Result<Identifier, FieldError> {
        let fault = |text: String| FieldError::new("identifier", text);
        let kind = match self.filled(1) {
            None => IdentifierKind::HwAddress,
            Some(code) => {
                let known = IdentifierKind::from_code(&code.to_lowercase().replace('_', "-"));
                let codes = IdentifierKind::ALL.map(IdentifierKind::code).join(", ");
                known.ok_or_else(|| FieldError::new("identifier_type", format!("“{code}” is none of {codes}")))?
            }
        };
        let text = self.filled(2).ok_or_else(|| fault("say which client this is for".to_owned()))?;
        Identifier::parse(kind, text).map_err(|error| fault(error.to_string()))
    }

    pub(super) fn address(&self) -> Address {
        match (&self.cells[3], self.filled(3)) {
            (None, _) => Address::Unsaid,
            (_, None) => Address::None,
            (_, Some(text)) if text.eq_ignore_ascii_case("next") => Address::Next,
            _ => Address::Some,
        }
    }

    /// What it asks for. Columns that the table does not have stay as they are in `old`.
    pub(super) fn wanted(
        &self,
        subnet: &Subnet,
        identifier: Identifier,
        old: Option<&Reservation>,
    ) -> Result<NewReservation, Vec<FieldError>> {
        let mut faults = Vec::new();
        let addresses: Vec<IpAddr> = match self.address() {
            Address::Some => self.each_parsed(3, "an IP address", &mut faults),
            // A client that has an address keeps it, so that the same table again changes nothing.
            Address::Unsaid | Address::Next => old.iter().flat_map(|old| old.addresses()).collect(),
            Address::None => Vec::new(),
        };
        let mut addresses = addresses.into_iter();
        let prefixes = match &self.cells[11] {
            None => old.map(|old| old.prefixes.clone()).unwrap_or_default(),
            Some(_) => self.each_parsed(11, "an IPv6 prefix", &mut faults),
        };
        let host_name = match (&self.cells[4], self.filled(4)) {
            (None, _) => old.and_then(|old| old.host_name.clone()).and_then(|name| name.parse::<HostName>().ok()),
            (_, Some(name)) => name
                .parse()
                .map_err(|error: model::HostNameError| faults.push(FieldError::new("host_name", error.to_string())))
                .ok(),
            _ => None,
        };
        let next_server = match &self.cells[5] {
            None => old.and_then(|old| old.next_server),
            Some(_) => self.parsed::<Ipv4Addr>(5, "an IPv4 address", &mut faults),
        };
        let options = self.cells[9].as_ref().and_then(|text| {
            options(text, subnet.family()).map_err(|text| faults.push(FieldError::new("options", text))).ok()
        });
        let new = NewReservation {
            address: addresses.next(),
            more_addresses: addresses.collect(),
            prefixes,
            host_name,
            next_server,
            server_host_name: self.or_before(6, old.and_then(|old| old.server_host_name.clone()), str::to_owned),
            boot_file_name: self.or_before(7, old.and_then(|old| old.boot_file_name.clone()), str::to_owned),
            client_classes: self.cells[8].as_ref().map(|text| listed(text)),
            options,
            note: self.or_before(10, old.and_then(|old| old.note.clone()), str::to_owned),
            record_name: old.and_then(|old| old.record_name.clone()),
            ..NewReservation::of(subnet.key.clone(), identifier)
        };
        if faults.is_empty() { Ok(new) } else { Err(faults) }
    }

    /// The parts of a cell between blanks.
    fn each_parsed<T: FromStr>(&self, column: usize, what: &str, faults: &mut Vec<FieldError>) -> Vec<T> {
        let parts = self.filled(column).unwrap_or_default().split_whitespace();
        parts.filter_map(|text| parsed(column, text, what, faults)).collect()
    }

    fn parsed<T: FromStr>(&self, column: usize, what: &str, faults: &mut Vec<FieldError>) -> Option<T> {
        parsed(column, self.filled(column)?, what, faults)
    }
}

fn parsed<T: FromStr>(column: usize, text: &str, what: &str, faults: &mut Vec<FieldError>) -> Option<T> {
    let parsed = text.parse();
    if parsed.is_err() {
        faults.push(FieldError::new(COLUMNS[column].0, format!("“{text}” is not {what}")));
    }
    parsed.ok()
}

/// The parts of a cell between semicolons; `\;` is a semicolon of the part itself.
fn listed(cell: &str) -> Vec<String> {
    let parts = cell.replace("\\;", "\u{0}");
    let parts = parts.split(';').map(|part| part.trim().replace('\u{0}', ";"));
    parts.filter(|part| !part.is_empty()).collect()
}

/// `routers=192.0.2.1; 43=0x0104; log-servers!=192.0.2.9; vendor-4491/2=0x01`: by name or number, in hexadecimal after
/// `0x`, always sent with `!`, in another option space before `/`.
fn options(cell: &str, family: Family) -> Result<Vec<OptionDatum>, String> {
    listed(cell).iter().map(|part| option(part, family)).collect()
}

fn option(part: &str, family: Family) -> Result<OptionDatum, String> {
    let (title, value) = part.split_once('=').ok_or_else(|| format!("“{part}” is not an option: write name=value"))?;
    let (title, always) = match title.trim().strip_suffix('!') {
        Some(title) => (title.trim(), true),
        None => (title.trim(), false),
    };
    let (space, title) = match title.split_once('/') {
        Some((space, title)) => (Some(space.to_owned()), title),
        // Without one it is the space of the standard options.
        None => ((family == Family::V6).then(|| family.option_space().to_owned()), title),
    };
    let (code, name) = match title.parse::<u16>() {
        Ok(code) => (code, String::new()),
        Err(_) => (0, title.to_owned()),
    };
    let value = value.trim();
    let (data, hex) = match value.strip_prefix("0x") {
        Some(digits) => (digits.to_owned(), true),
        None => (value.to_owned(), false),
    };
    Ok(OptionDatum { code, name, data, space, hex, always })
}

#[cfg(test)]
mod tests;
