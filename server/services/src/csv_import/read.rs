//! CSV as people paste it: comma, semicolon or tab between the cells, a head with the names of the columns. Pure.

use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use csv::ReaderBuilder;
use model::{
    Family, FieldError, HostName, Identifier, IdentifierKind, IpNetwork, NewReservation, Octets, OptionDatum,
    Reservation, Subnet, SubnetKey,
};

use super::head::{COUNT, Column, EXPORTED, Head};
use super::leases;
use super::write::{self, FORMULA_STARTS, REMARK};
use crate::networks::Network;

/// What a row says of its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Address {
    /// Nothing: the column is missing.
    Unsaid,
    /// None.
    None,
    /// The next free one.
    Next,
    /// This one, or these; whether they are addresses is checked elsewhere.
    Some,
}

/// A table as it was read.
#[derive(Debug)]
pub(super) struct Read {
    /// The rows below the head.
    pub(super) lines: Vec<Line>,
    /// The heads of columns that mean nothing to us.
    pub(super) left_out: Vec<String>,
}

/// One row, its cells by column; none: the table has no such column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Its line in the text.
    pub(super) number: u32,
    cells: [Option<String>; COUNT],
    /// Why it cannot be a reservation, whatever its cells say.
    pub(super) fault: Option<String>,
    /// The subnets that it could mean, where these are several.
    several: Vec<SubnetKey>,
}

/// Reads a table.
pub(super) fn table(text: &str) -> Result<Read, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (above, text) = without_preamble(text);
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .comment(u8::try_from(REMARK).ok())
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let head = Head::read(reader.headers().map_err(|error| unreadable(&error))?.iter())?;
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| unreadable(&error))?;
        if record.iter().all(str::is_empty) {
            continue;
        }
        let line = record.position().map_or(0, csv::Position::line) + above;
        let number = u32::try_from(line).unwrap_or(u32::MAX);
        lines.push(Line { number, cells: cells(&head, &record), fault: None, several: Vec::new() });
    }
    let lines = if head.of_leases { leases::merged(lines) } else { lines };
    Ok(Read { lines, left_out: head.left_out })
}

/// The cells by column; of several columns of one meaning the first that is filled.
fn cells(head: &Head, record: &csv::StringRecord) -> [Option<String>; COUNT] {
    let mut cells = [const { None }; COUNT];
    for (at, column) in head.columns.iter().enumerate() {
        let Some(column) = column else { continue };
        let cell: &mut Option<String> = &mut cells[*column as usize];
        if cell.as_ref().is_none_or(String::is_empty) {
            *cell = Some(plain(record.get(at).unwrap_or_default()));
        }
    }
    cells
}

/// The text without the line that some programs write above the head (PowerShell: what its objects are; spreadsheets:
/// what separates the cells), and how many lines that were.
fn without_preamble(text: &str) -> (u64, &str) {
    let is_preamble = |line: &str| line.starts_with("#TYPE ") || line.starts_with("sep=");
    match text.split_once('\n') {
        Some((first, rest)) if is_preamble(first) => (1, rest),
        _ => (0, text),
    }
}

fn unreadable(error: &csv::Error) -> String {
    format!("this is not CSV: {error}")
}

/// Of those that are in use between cells the one that the head has most of.
fn delimiter(text: &str) -> u8 {
    let head = text.lines().next().unwrap_or_default();
    let parts = |delimiter: &u8| head.split(char::from(*delimiter)).count();
    b"|\t;,".iter().copied().max_by_key(parts).unwrap_or(b',')
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
    pub(super) fn filled(&self, column: Column) -> Option<&str> {
        self.cell(column).filter(|text| !text.is_empty())
    }

    fn cell(&self, column: Column) -> Option<&str> {
        self.cells[column as usize].as_deref()
    }

    /// Writes a cell; none: as if the table had no such column.
    pub(super) fn set(&mut self, column: Column, text: Option<String>) {
        self.cells[column as usize] = text;
    }

    /// What is in the column, or what was there before where the table has no such column.
    fn or_before<T>(&self, column: Column, before: Option<T>, read: impl FnOnce(&str) -> T) -> Option<T> {
        if self.cell(column).is_none() { before } else { self.filled(column).map(read) }
    }

    /// The subnet that it means, on the server that serves it: by prefix, by its network address alone, by the name that
    /// any of its servers has for it, or by its number there. A row that names none means the default, or else the only
    /// subnet that its address lies in.
    pub(super) fn find_subnet(&mut self, all: &[Network], default: Option<&Network>) -> Option<Subnet> {
        let found = match (self.filled(Column::Subnet), self.filled(Column::SubnetId)) {
            (Some(text), _) => named(text, all, default),
            (None, Some(number)) => numbered(number, all, default),
            (None, None) => match default {
                Some(default) => vec![default],
                None => self.around(all),
            },
        };
        if let [only] = found[..] {
            return Some(only.first().clone());
        }
        self.several = found.iter().map(|network| network.first().key.clone()).collect();
        None
    }

    /// The networks that its address lies in.
    fn around<'a>(&self, all: &'a [Network]) -> Vec<&'a Network> {
        let first = self.filled(Column::Address).and_then(|text| address(text.split_whitespace().next()?));
        let inside = |network: &&Network| {
            let subnet = network.first();
            !subnet.key.is_global() && first.is_some_and(|address| subnet.prefix.contains(address))
        };
        all.iter().filter(inside).collect()
    }

    pub(super) fn no_subnet(&self) -> FieldError {
        let said = self.filled(Column::Subnet).or(self.filled(Column::SubnetId));
        let names = self.several.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
        let text = match said {
            Some(text) if !self.several.is_empty() => {
                let what = match text.parse::<u32>() {
                    Ok(_) => "number",
                    Err(_) if text.contains('/') => "prefix",
                    Err(_) => "network address",
                };
                format!("{} subnets have the {what} {text}: write {names}", self.several.len())
            }
            Some(text) => format!("no server has the subnet “{text}”"),
            None if !self.several.is_empty() => {
                format!("the address is in {} subnets: write {names} in a column “subnet”", self.several.len())
            }
            None => "the subnet is missing: add a column “subnet”, or choose a default subnet".to_owned(),
        };
        FieldError::new("subnet", text)
    }

    /// The client.
    pub(super) fn identifier(&self) -> Result<Identifier, FieldError> {
        if let Some(fault) = &self.fault {
            return Err(FieldError::new("state", fault.clone()));
        }
        let fault = |text: String| FieldError::new("identifier", text);
        let said = Column::OF_CLIENTS.into_iter().find_map(|column| Some((column, self.filled(column)?)));
        let (column, text) = said.ok_or_else(|| fault("enter the identifier of the client".to_owned()))?;
        Identifier::parse(self.kind(column, text)?, text).map_err(|error| fault(error.to_string()))
    }

    /// Which kind of identifier stands in that column.
    fn kind(&self, column: Column, text: &str) -> Result<IdentifierKind, FieldError> {
        Ok(match column {
            Column::Duid => IdentifierKind::Duid,
            Column::ClientId => IdentifierKind::ClientId,
            Column::CircuitId => IdentifierKind::CircuitId,
            Column::FlexId => IdentifierKind::FlexId,
            Column::WindowsClient if !has_octets_of_mac(text) => IdentifierKind::ClientId,
            Column::Identifier => match self.filled(Column::IdentifierType) {
                None => IdentifierKind::HwAddress,
                Some(code) => {
                    let known = IdentifierKind::from_code(&code.to_lowercase().replace('_', "-"));
                    let codes = IdentifierKind::ALL.map(IdentifierKind::code).join(", ");
                    known.ok_or_else(|| FieldError::new("identifier_type", format!("“{code}” is none of {codes}")))?
                }
            },
            _ => IdentifierKind::HwAddress,
        })
    }

    pub(super) fn address(&self) -> Address {
        match (self.cell(Column::Address), self.filled(Column::Address)) {
            (None, _) => Address::Unsaid,
            (_, None) => Address::None,
            (_, Some(text)) if text.eq_ignore_ascii_case("next") => Address::Next,
            _ => Address::Some,
        }
    }

    /// How many columns say of a reservation what an export would say of it.
    pub(super) fn likeness(&self, subnet: &Subnet, old: &Reservation) -> usize {
        held(subnet, old).filter(|(column, text)| self.cell(*column) == Some(text.as_str())).count()
    }

    /// Without what an export would say of `old` too. That stays as it is, whatever it is: a table cannot say everything
    /// that a server holds, and what the table leaves alone is not judged.
    fn changes_to(&self, subnet: &Subnet, old: &Reservation) -> Self {
        let mut line = self.clone();
        let identifying = [Column::Subnet, Column::IdentifierType, Column::Identifier];
        for (column, text) in held(subnet, old).filter(|(column, _)| !identifying.contains(column)) {
            line.cells[column as usize].take_if(|cell| *cell == text);
        }
        line
    }

    /// What it asks for. Columns that the table does not have stay as they are in `old`.
    pub(super) fn wanted(
        &self,
        subnet: &Subnet,
        identifier: Identifier,
        old: Option<&Reservation>,
    ) -> Result<NewReservation, Vec<FieldError>> {
        let line = old.map_or_else(|| self.clone(), |old| self.changes_to(subnet, old));
        line.asked_for(subnet, identifier, old)
    }

    fn asked_for(
        &self,
        subnet: &Subnet,
        identifier: Identifier,
        old: Option<&Reservation>,
    ) -> Result<NewReservation, Vec<FieldError>> {
        let mut faults = Vec::new();
        let addresses: Vec<IpAddr> = match self.address() {
            Address::Some => self.addresses(&mut faults),
            // A client that has an address keeps it, so that the same table again changes nothing.
            Address::Unsaid | Address::Next => old.iter().flat_map(|old| old.addresses()).collect(),
            Address::None => Vec::new(),
        };
        let mut addresses = addresses.into_iter();
        let prefixes = match self.cell(Column::Prefixes) {
            None => old.map(|old| old.prefixes.clone()).unwrap_or_default(),
            Some(_) => self.each_parsed(Column::Prefixes, "an IPv6 prefix", &mut faults),
        };
        let host_name = match (self.cell(Column::HostName), self.filled(Column::HostName)) {
            (None, _) => old.and_then(|old| old.host_name.clone()),
            (_, Some(name)) => name
                .parse()
                .map_err(|error: model::HostNameError| faults.push(FieldError::new("host_name", error.to_string())))
                .ok()
                .map(|name: HostName| name.into()),
            _ => None,
        };
        let next_server = match self.cell(Column::NextServer) {
            None => old.and_then(|old| old.next_server),
            Some(_) => self.parsed::<Ipv4Addr>(Column::NextServer, "an IPv4 address", &mut faults),
        };
        let options = self.cell(Column::Options).and_then(|text| {
            options(text, subnet.family()).map_err(|text| faults.push(FieldError::new("options", text))).ok()
        });
        let new = NewReservation {
            address: addresses.next(),
            more_addresses: addresses.collect(),
            prefixes,
            host_name,
            next_server,
            server_host_name: self.or_before(
                Column::ServerHostName,
                old.and_then(|old| old.server_host_name.clone()),
                str::to_owned,
            ),
            boot_file_name: self.or_before(
                Column::BootFileName,
                old.and_then(|old| old.boot_file_name.clone()),
                str::to_owned,
            ),
            client_classes: self.cell(Column::ClientClasses).map(listed),
            options,
            note: self.or_before(Column::Note, old.and_then(|old| old.note.clone()), str::to_owned),
            record_name: old.and_then(|old| old.record_name.clone()),
            ..NewReservation::of(subnet.key.clone(), identifier)
        };
        if faults.is_empty() { Ok(new) } else { Err(faults) }
    }

    /// The addresses; some programs write the length of the prefix behind them.
    fn addresses(&self, faults: &mut Vec<FieldError>) -> Vec<IpAddr> {
        let parts = self.filled(Column::Address).unwrap_or_default().split_whitespace();
        let read = |text| {
            let address = address(text);
            if address.is_none() {
                faults.push(FieldError::new("address", format!("“{text}” is not an IP address")));
            }
            address
        };
        parts.filter_map(read).collect()
    }

    /// The parts of a cell between blanks.
    fn each_parsed<T: FromStr>(&self, column: Column, what: &str, faults: &mut Vec<FieldError>) -> Vec<T> {
        let parts = self.filled(column).unwrap_or_default().split_whitespace();
        parts.filter_map(|text| parsed(column, text, what, faults)).collect()
    }

    fn parsed<T: FromStr>(&self, column: Column, what: &str, faults: &mut Vec<FieldError>) -> Option<T> {
        parsed(column, self.filled(column)?, what, faults)
    }
}

fn parsed<T: FromStr>(column: Column, text: &str, what: &str, faults: &mut Vec<FieldError>) -> Option<T> {
    let parsed = text.parse();
    if parsed.is_err() {
        faults.push(FieldError::new(column.name(), format!("“{text}” is not {what}")));
    }
    parsed.ok()
}

/// An address, perhaps with the length of its prefix.
fn address(text: &str) -> Option<IpAddr> {
    text.parse().ok().or_else(|| Some(text.parse::<IpNetwork>().ok()?.ip()))
}

fn has_octets_of_mac(text: &str) -> bool {
    text.parse::<Octets>().is_ok_and(|octets| octets.as_slice().len() == 6)
}

/// The networks that a cell names.
fn named<'a>(text: &str, all: &'a [Network], default: Option<&'a Network>) -> Vec<&'a Network> {
    if let Ok(key) = text.parse::<SubnetKey>()
        && let Some(found) = all.iter().find(|network| network.keys().any(|known| *known == key))
    {
        return vec![found];
    }
    let prefix = text.parse::<IpNetwork>().ok().filter(|_| text.contains('/'));
    let network_address = text.parse::<IpAddr>().ok();
    let fits = |network: &&Network| {
        let theirs = network.first().prefix;
        let fits = prefix == Some(theirs) || network_address == Some(theirs.network());
        fits && !network.first().key.is_global()
    };
    // The default says which, where several networks fit.
    match default.filter(fits) {
        Some(default) => vec![default],
        None => all.iter().filter(fits).collect(),
    }
}

/// The networks of that number: those on the servers of the default, else on any.
fn numbered<'a>(number: &str, all: &'a [Network], default: Option<&'a Network>) -> Vec<&'a Network> {
    let Ok(id) = number.parse::<u32>() else { return Vec::new() };
    let on_servers = |key: &SubnetKey| default.is_none_or(|default| default.on(&key.server).is_some());
    all.iter().filter(|network| network.keys().any(|key| key.id == id && on_servers(key))).collect()
}

/// The parts of a cell between semicolons; `\;` is a semicolon of the part itself, and what is in quotes is whole.
fn listed(cell: &str) -> Vec<String> {
    let parts = cell.replace("\\;", "\u{0}");
    let parts = parts.split(';').map(str::trim).filter(|part| !part.is_empty());
    let bare = |part: &'_ str| part.strip_prefix('"').and_then(|part| part.strip_suffix('"')).map(str::to_owned);
    parts.map(|part| bare(part).unwrap_or_else(|| part.to_owned()).replace('\u{0}', ";")).collect()
}

/// What an export says of a reservation, as it is read again.
fn held(subnet: &Subnet, old: &Reservation) -> impl Iterator<Item = (Column, String)> {
    let cells = write::cells("", subnet.family(), old).map(|cell| plain(write::neutral(cell).trim()));
    EXPORTED.into_iter().map(|(column, _)| column).zip(cells)
}

/// `routers=192.0.2.1; 43=0x0104; log-servers!=192.0.2.9; ntp-servers-=; vendor-4491/2=0x01`: by name or number, in
/// hexadecimal after `0x`, always sent with `!`, never sent with `-`, in another option space before `/`. A text that begins
/// with `0x` has a backslash before it.
fn options(cell: &str, family: Family) -> Result<Vec<OptionDatum>, String> {
    listed(cell).iter().map(|part| option(part, family)).collect()
}

fn option(part: &str, family: Family) -> Result<OptionDatum, String> {
    let (title, value) = part.split_once('=').ok_or_else(|| format!("“{part}” is not an option: write name=value"))?;
    let (title, never) = marked(title, '-');
    let (title, always) = marked(title, '!');
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
        None => (unescaped(value).to_owned(), false),
    };
    Ok(OptionDatum { code, name, data, space, hex, always, never, ..OptionDatum::default() })
}

/// Without the mark, and whether it was there.
fn marked(title: &str, mark: char) -> (&str, bool) {
    let title = title.trim();
    title.strip_suffix(mark).map_or((title, false), |title| (title.trim(), true))
}

/// Without the backslash that keeps a text from passing for digits.
fn unescaped(value: &str) -> &str {
    let escaped = value.trim_start_matches('\\').starts_with("0x");
    value.strip_prefix('\\').filter(|_| escaped).unwrap_or(value)
}

#[cfg(test)]
mod tests;
