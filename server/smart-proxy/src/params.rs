//! What callers send: fields of a query or a form with Foreman's quirks, addresses, and the wish for a reservation.

use std::net::{IpAddr, Ipv4Addr};

use model::{AddressRange, HostName, HwAddress, Subnet, Timestamp};
use services::Wanted;

use crate::refusal::{Refusal, one_line};

/// What Foreman sends along because it read it of a record, or because the path says it already.
const OF_A_RECORD: [&str; 8] = ["_method", "deleteable", "ends", "network", "starts", "state", "subnet", "type"];

/// The most names of fields that are listed.
const MOST_NAMES: usize = 10;

/// Named fields in the order in which they were sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fields {
    all: Vec<(String, Option<String>)>,
    /// The method that the form wants to be taken for.
    method: Option<String>,
}

impl Fields {
    /// Reads a query.
    pub(crate) fn parse(encoded: &str) -> Result<Self, Refusal> {
        Ok(Self { all: decoded(encoded)?, method: None })
    }

    /// Adds the fields of a form.
    pub(crate) fn add(&mut self, encoded: &str) -> Result<(), Refusal> {
        let form = decoded(encoded)?;
        self.method = form.iter().rev().find(|(name, _)| name == "_method").and_then(|(_, value)| value.clone());
        self.all.extend(form);
        Ok(())
    }

    /// The value of a field, of several the last. A name without `=` has none.
    fn get(&self, name: &str) -> Option<&str> {
        self.all.iter().rev().find(|(key, _)| key == name)?.1.as_deref()
    }

    /// The value of a field, where it is not empty.
    fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// The hardware addresses of the other interfaces. Foreman sends the bare name when there are none; what is no
    /// hardware address belongs to no reservation either, and is passed over.
    fn related_macs(&self) -> Vec<HwAddress> {
        let named = self.all.iter().filter(|(key, _)| matches!(key.as_str(), "related_macs" | "related_macs[]"));
        named.filter_map(|(_, value)| mac(value.as_deref()?).ok()).collect()
    }

    /// The point in time from which on log entries are wanted. What cannot be read is as if it were 0, which is all.
    pub(crate) fn since(&self) -> Option<Timestamp> {
        let seconds: f64 = self.get("from_timestamp")?.trim().parse().ok().filter(|seconds: &f64| !seconds.is_nan())?;
        #[expect(clippy::cast_possible_truncation, reason = "entries have whole seconds; what is too large is capped")]
        Some(Timestamp(seconds.ceil() as i64))
    }

    /// Whether a form that was posted asks to be taken for something else.
    pub(crate) fn is_disguised(&self) -> bool {
        self.method.as_ref().is_some_and(|method| !method.eq_ignore_ascii_case("post"))
    }

    /// Whether it asks to be taken for a deletion.
    pub(crate) fn is_deletion(&self) -> bool {
        self.method.as_ref().is_some_and(|method| method.eq_ignore_ascii_case("delete"))
    }

    /// Every field, one to a line; a line end within a field would pass for another field.
    pub(crate) fn lines(&self) -> String {
        let line = |(name, value): &(String, Option<String>)| match value {
            Some(value) => one_line(&format!("{name}={value}")),
            None => one_line(name),
        };
        self.all.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// The fields that were filled in and mean nothing to us, beside these that do, each once: their sender should know.
    pub(crate) fn without_effect(&self, known: &[&str]) -> Option<String> {
        let mut names: Vec<&str> = Vec::new();
        for (name, value) in &self.all {
            let filled = value.as_ref().is_some_and(|value| !value.is_empty());
            if filled && ![known, &OF_A_RECORD].concat().contains(&name.as_str()) && !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        let listed = names.iter().take(MOST_NAMES).map(|name| one_line(name)).collect::<Vec<_>>().join(", ");
        let more = if names.len() > MOST_NAMES { ", …" } else { "" };
        (!names.is_empty())
            .then(|| format!("without effect, as a reservation of Kea’s has no such field: {listed}{more}"))
    }

    /// The hardware address that an unused address is for.
    pub(crate) fn client(&self) -> Result<Option<HwAddress>, Refusal> {
        self.get("mac").map(mac).transpose()
    }

    /// The ends of the range to look into, as far as they are given.
    pub(crate) fn ends(&self) -> Result<Ends, Refusal> {
        let (from, to) = match (self.get("from"), self.get("to")) {
            both @ (Some(_), Some(_)) => both,
            // One alone that is empty says nothing.
            _ => (self.filled("from"), self.filled("to")),
        };
        Ok((from.map(address).transpose()?, to.map(address).transpose()?))
    }
}

/// The fields of a query or a form. What cannot be decoded is refused: half of it would be another wish.
fn decoded(encoded: &str) -> Result<Vec<(String, Option<String>)>, Refusal> {
    let field = |pair: &str| {
        let (name, value) = form_urlencoded::parse(pair.as_bytes()).next().unwrap_or_default();
        let whole = [&name, &value].iter().all(|text| !text.contains(char::REPLACEMENT_CHARACTER));
        let broken = || Refusal::malformed("Invalid query parameters");
        let field = || (name.into_owned(), pair.contains('=').then(|| value.into_owned()));
        if whole && is_escaped_well(pair) { Ok(field()) } else { Err(broken()) }
    };
    encoded.split('&').filter(|pair| !pair.is_empty()).map(field).collect()
}

/// Whether two hexadecimal digits follow each percent sign.
fn is_escaped_well(text: &str) -> bool {
    let is_octet = |digits: &str| digits.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    text.split('%').skip(1).all(is_octet)
}

/// An address, of any family: it is the look-up that finds nothing for IPv6.
pub(crate) fn address(text: &str) -> Result<IpAddr, Refusal> {
    text.parse().map_err(|_| Refusal::malformed(format!("Invalid IP Address {text}")))
}

/// A hardware address: 6 or 20 groups of one or two hexadecimal digits with colons, and no other notation.
pub(crate) fn mac(text: &str) -> Result<HwAddress, Refusal> {
    let is_group = |group: &str| (1..=2).contains(&group.len()) && group.bytes().all(|c| c.is_ascii_hexdigit());
    let mac = matches!(text.split(':').count(), 6 | 20) && text.split(':').all(is_group);
    let parsed = text.parse().ok().filter(|_| mac);
    parsed.ok_or_else(|| Refusal::malformed(format!("Invalid MAC {text}")))
}

/// The first and the last address to look at.
pub(crate) type Ends = (Option<IpAddr>, Option<IpAddr>);

/// The range between two addresses of the subnet. An end that is not given is that of the range that Foreman gets, or
/// where that lies on the other side, of the subnet.
pub(crate) fn range(ends: Ends, subnet: &Subnet) -> Result<Option<AddressRange>, Refusal> {
    let whole = AddressRange::usable(subnet.prefix);
    let usual = services::foreman_range(subnet).unwrap_or(whole);
    let (from, to) = match ends {
        (None, None) => return Ok(None),
        (Some(from), Some(to)) => (from, to),
        (Some(from), None) if from <= usual.last() => (from, usual.last()),
        (Some(from), None) => (from, whole.last().max(from)),
        (None, Some(to)) if usual.first() <= to => (usual.first(), to),
        (None, Some(to)) => (whole.first().min(to), to),
    };
    if !subnet.prefix.contains(from) || !subnet.prefix.contains(to) {
        return Err(Refusal::wrong("Range does not belong to provided subnet"));
    }
    // The words of the Smart Proxy, which names them the other way round.
    let reversed = |_| Refusal::wrong(format!("{from} can't be lower IP address than {to} - change the order?"));
    AddressRange::new(from, to).map(Some).map_err(reversed)
}

/// The server that a client boots from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BootServer {
    /// By address.
    Address(Ipv4Addr),
    /// By a name that has to be looked up: DHCP carries an address.
    Name(HostName),
}

/// The fields of a wish for a reservation.
pub(crate) const OF_A_WISH: [&str; 8] =
    ["filename", "hostname", "ip", "mac", "name", "nextServer", "related_macs", "related_macs[]"];

/// The fields of a question for an unused address.
pub(crate) const OF_AN_UNUSED_IP: [&str; 3] = ["from", "mac", "to"];

/// The wish for a reservation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wish {
    pub(crate) mac: HwAddress,
    pub(crate) ip: Ipv4Addr,
    pub(crate) host_name: HostName,
    /// The record's name, where it is not the host name: members of a bond share one host name.
    pub(crate) record_name: Option<String>,
    pub(crate) boot_server: Option<BootServer>,
    pub(crate) boot_file: Option<String>,
    pub(crate) related_macs: Vec<HwAddress>,
}

/// Who a reservation is for, which is looked at before anything else of a form.
pub(crate) struct Named<'a> {
    pub(crate) mac: HwAddress,
    /// The record's name.
    pub(crate) name: &'a str,
    pub(crate) host_name: &'a str,
}

impl<'a> Named<'a> {
    /// Reads a form.
    pub(crate) fn read(fields: &'a Fields) -> Result<Self, Refusal> {
        let mac = mac(fields.get("mac").unwrap_or_default())?;
        let (name, host_name) = (fields.filled("name"), fields.filled("hostname"));
        let either = || Refusal::malformed("Must provide hostname");
        Ok(Self {
            mac,
            name: name.or(host_name).ok_or_else(either)?,
            host_name: host_name.or(name).ok_or_else(either)?,
        })
    }

    /// The same record as far as a form can name it, where the rest of the form can be read.
    pub(crate) fn wanted(&'a self, fields: &'a Fields) -> Option<Wanted<'a>> {
        let next_server = match fields.filled("nextServer") {
            Some(text) => Some(text.parse().ok()?),
            None => None,
        };
        Some(Wanted {
            mac: &self.mac,
            ip: fields.get("ip")?.parse().ok()?,
            name: self.name,
            host_name: self.host_name,
            next_server,
            boot_file_name: fields.filled("filename"),
        })
    }
}

impl Wish {
    /// Reads a form. Fields that mean nothing to us are passed over.
    pub(crate) fn read(fields: &Fields) -> Result<Self, Refusal> {
        let Named { mac, name, host_name } = Named::read(fields)?;
        if fields.all.iter().any(|(key, _)| key.starts_with('<')) {
            return Err(Refusal::wrong("DHCP implementation does not support Vendor Options"));
        }
        let ip = match address(fields.get("ip").unwrap_or_default())? {
            IpAddr::V4(ip) => ip,
            IpAddr::V6(ip) => return Err(Refusal::wrong(format!("ip: {ip} is not an IPv4 address"))),
        };
        Ok(Self {
            mac,
            ip,
            record_name: (name != host_name).then(|| name.to_owned()),
            host_name: self::host_name("hostname", host_name)?,
            boot_server: fields.filled("nextServer").map(boot_server).transpose()?.flatten(),
            boot_file: fields.filled("filename").map(str::to_owned),
            related_macs: fields.related_macs(),
        })
    }
}

fn host_name(field: &str, text: &str) -> Result<HostName, Refusal> {
    text.parse().map_err(|error| Refusal::wrong(format!("{field}: “{text}” is not a host name: {error}")))
}

/// None for 0.0.0.0, with which DHCP says that there is none.
fn boot_server(text: &str) -> Result<Option<BootServer>, Refusal> {
    if let Ok(address) = text.parse::<Ipv4Addr>() {
        return Ok((!address.is_unspecified()).then_some(BootServer::Address(address)));
    }
    // The system's resolver would take 10.1 for the address 10.0.0.1.
    let last = text.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    if last.bytes().all(|c| c.is_ascii_digit()) {
        return Err(Refusal::wrong(format!("nextServer: “{text}” is neither an IPv4 address nor a host name")));
    }
    host_name("nextServer", text).map(|name| Some(BootServer::Name(name)))
}

#[cfg(test)]
mod tests;
