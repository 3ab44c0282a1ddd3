//! Reservations as a table: the columns that are read, RFC 4180, safe to open in a spreadsheet. Pure.

use std::fmt::Write as _;

use csv::WriterBuilder;
use model::{Family, Lease, OptionDatum, RawRecord, Reservation, Subnet};

use super::head::EXPORTED;
use crate::{Error, Result};

/// What spreadsheets take for the start of a formula (OWASP, "CSV injection"; ASVS 1.2.10).
pub(super) const FORMULA_STARTS: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\0'];

/// What a line begins with that is none of the table's.
pub(super) const REMARK: char = '#';

/// The reservations of these subnets, and in remarks, which an import passes over, what could not be had.
pub(super) fn table(
    all: &[(&Subnet, Vec<Reservation>)],
    raw: &[RawRecord],
    missing: &[(&Subnet, Error)],
) -> Result<String> {
    let mut rows = Vec::new();
    for (subnet, reservations) in all {
        let same = all.iter().filter(|(other, _)| other.prefix == subnet.prefix).count();
        let place =
            if same == 1 && !subnet.key.is_global() { subnet.prefix.to_string() } else { subnet.key.to_string() };
        let mut reservations: Vec<&Reservation> = reservations.iter().collect();
        reservations.sort_by_key(|reservation| {
            (reservation.address, reservation.prefixes.first(), reservation.identifier.clone())
        });
        rows.extend(reservations.into_iter().map(|reservation| cells(&place, subnet.family(), reservation)));
    }
    let mut table = written(EXPORTED.map(|(_, name)| name.to_owned()), rows)?;
    for record in raw {
        // JSON has no line breaks.
        let _ = write!(table, "{REMARK} not in this table: {} It reads: {}\r\n", record.sentence(), record.text);
    }
    for (subnet, error) in missing {
        let why = model::Problem::from(error.clone()).text.replace(['\r', '\n'], " ");
        let _ = write!(table, "{REMARK} not in this table: {} of “{}”: {why}\r\n", subnet.prefix, subnet.key.server);
    }
    Ok(table)
}

/// The leases of a subnet, in columns that an import reads.
pub(super) fn leases(subnet: &Subnet, leases: &[Lease]) -> Result<String> {
    let head = ["subnet", "identifier_type", "identifier", "address", "prefixes", "host_name"].map(str::to_owned);
    let row = |lease: &Lease| {
        let client = lease.client()?;
        let what = lease.what();
        let (address, prefix) = if lease.prefix_len.is_some() { (String::new(), what) } else { (what, String::new()) };
        let name = lease.host_name.clone().unwrap_or_default();
        Some([subnet.prefix.to_string(), client.kind().code().to_owned(), client.to_string(), address, prefix, name])
    };
    written(head, leases.iter().filter(|lease| lease.subnet == subnet.key).filter_map(row))
}

/// A table with that head and these rows, safe to open in a spreadsheet.
pub(crate) fn written<const COLUMNS: usize>(
    head: [String; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> Result<String> {
    let internal = |error: &dyn std::fmt::Display| Error::Internal(format!("a table cannot be written: {error}"));
    let mut writer = WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(head).map_err(|error| internal(&error))?;
    for cells in rows {
        writer.write_record(cells.map(neutral)).map_err(|error| internal(&error))?;
    }
    let octets = writer.into_inner().map_err(|error| internal(&error))?;
    String::from_utf8(octets).map_err(|error| internal(&error))
}

/// What an export says of a reservation, column by column.
pub(super) fn cells(place: &str, family: Family, reservation: &Reservation) -> [String; EXPORTED.len()] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        place.to_owned(),
        reservation.identifier.kind().code().to_owned(),
        reservation.identifier.to_string(),
        blanked(reservation.addresses()),
        text(&reservation.host_name),
        reservation.next_server.map(|server| server.to_string()).unwrap_or_default(),
        text(&reservation.server_host_name),
        text(&reservation.boot_file_name),
        joined(reservation.client_classes.iter().cloned()),
        joined(reservation.options.iter().map(|datum| option(datum, family))),
        text(&reservation.note),
        blanked(reservation.prefixes.iter()),
    ]
}

/// The parts with blanks between them.
fn blanked(parts: impl Iterator<Item = impl ToString>) -> String {
    parts.map(|part| part.to_string()).collect::<Vec<_>>().join(" ")
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.map(|part| listed(&part)).collect::<Vec<_>>().join("; ")
}

/// One part of a list, in quotes where its ends would be lost.
fn listed(part: &str) -> String {
    let part = part.replace(';', "\\;");
    let ends_are_safe = !part.is_empty() && part.trim() == part && !part.starts_with('"') && !part.ends_with('\\');
    if ends_are_safe { part } else { format!("\"{part}\"") }
}

fn option(datum: &OptionDatum, family: Family) -> String {
    let by_name = is_plain(&datum.name) || datum.code == 0;
    let title = if by_name { datum.name.clone() } else { datum.code.to_string() };
    let space = Some(datum.space()).filter(|space| *space != family.option_space()).map(|space| format!("{space}/"));
    let mark = |set: bool, mark: &'static str| if set { mark } else { "" };
    let (always, never) = (mark(datum.always, "!"), mark(datum.never, "-"));
    let hex = match datum.data.trim_start_matches('\\').starts_with("0x") {
        _ if datum.hex => "0x",
        // A text that would pass for digits.
        true => "\\",
        false => "",
    };
    format!("{}{title}{always}{never}={hex}{}", space.unwrap_or_default(), datum.data)
}

/// Whether an option can go by that name in a list: nothing in it means something else there.
fn is_plain(name: &str) -> bool {
    let usual = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    name.chars().all(usual) && !name.ends_with('-') && name.contains(|c: char| !c.is_ascii_digit())
}

/// A cell that no spreadsheet takes for a formula.
pub(super) fn neutral(cell: String) -> String {
    if cell.starts_with(FORMULA_STARTS) { format!("'{cell}") } else { cell }
}
