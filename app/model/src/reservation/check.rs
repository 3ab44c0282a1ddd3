//! What is wrong with a wanted reservation by itself.

use std::collections::HashSet;
use std::net::IpAddr;

use ipnetwork::Ipv6Network;

use super::{NewReservation, Reservation};
use crate::{Family, FieldError, HostName, IdentifierKind, OptionDatum, Subnet};

impl NewReservation {
    /// What is wrong with it by itself, whatever else the server holds. Empty: nothing. What is as it is in `before`, in
    /// whose place it comes, is not judged: servers hold what we would not write ourselves.
    pub fn check(&self, subnet: &Subnet, before: Option<&Reservation>) -> Vec<FieldError> {
        let family = subnet.family();
        let mut wrong = self.identifier_faults(family);
        wrong.extend(self.address_faults(subnet, before));
        wrong.extend(self.prefix_faults(family));
        wrong.extend(self.host_name_fault());
        wrong.extend(self.boot_faults(family));
        wrong.extend(self.text_faults());
        wrong.extend(self.class_faults(before));
        wrong.extend(self.option_faults(family, before));
        wrong.retain(|fault| before.is_none_or(|before| !self.leaves(&fault.field, before)));
        wrong
    }

    /// Whether the field is as it was.
    fn leaves(&self, field: &str, before: &Reservation) -> bool {
        match field {
            "identifier" => self.identifier == before.identifier,
            "address" => self.addresses().eq(before.addresses()),
            "prefixes" => self.prefixes == before.prefixes,
            "host_name" => self.host_name == before.host_name,
            "next_server" => self.next_server == before.next_server,
            "server_host_name" => self.server_host_name == before.server_host_name,
            "boot_file_name" => self.boot_file_name == before.boot_file_name,
            "note" => self.note == before.note,
            "record_name" => self.record_name == before.record_name,
            _ => false,
        }
    }

    fn identifier_faults(&self, family: Family) -> Vec<FieldError> {
        let kinds = IdentifierKind::of_family(family);
        if kinds.contains(&self.identifier.kind()) {
            let fault = self.identifier.length_fault();
            return fault.map(|fault| FieldError::new("identifier", fault.to_string())).into_iter().collect();
        }
        let kinds: Vec<_> = kinds.iter().map(|kind| kind.label()).collect();
        let text = format!("an {family} client is identified by one of these: {}", kinds.join(", "));
        vec![FieldError::new("identifier", text)]
    }

    fn address_faults(&self, subnet: &Subnet, before: Option<&Reservation>) -> Vec<FieldError> {
        let mut seen = HashSet::new();
        let held: Vec<IpAddr> = before.iter().flat_map(|before| before.addresses()).collect();
        let fault = |address: IpAddr| {
            if seen.insert(address) {
                address_fault(address, subnet).filter(|_| !held.contains(&address))
            } else {
                Some(format!("{address} is listed twice"))
            }
        };
        let mut faults: Vec<String> = self.addresses().filter_map(fault).collect();
        if subnet.family() == Family::V4 && self.addresses().count() > 1 {
            faults.push("an IPv4 client has one address".to_owned());
        }
        faults.into_iter().map(|text| FieldError::new("address", text)).collect()
    }

    fn prefix_faults(&self, family: Family) -> Vec<FieldError> {
        if family == Family::V4 && !self.prefixes.is_empty() {
            return vec![FieldError::new("prefixes", "prefixes are delegated in IPv6 only")];
        }
        let fault = |(at, prefix): (usize, &Ipv6Network)| {
            let other = self.prefixes.iter().take(at).find(|other| other.overlaps(*prefix));
            prefix_fault(*prefix).or_else(|| Some(format!("{prefix} overlaps {}, which is listed too", other?)))
        };
        let faults = self.prefixes.iter().enumerate().filter_map(fault);
        faults.map(|text| FieldError::new("prefixes", text)).collect()
    }

    /// DHCPv6 has options where DHCPv4 has these fields.
    fn boot_faults(&self, family: Family) -> Vec<FieldError> {
        let fields = [
            ("next_server", self.next_server.is_some()),
            ("server_host_name", self.server_host_name.is_some()),
            ("boot_file_name", self.boot_file_name.is_some()),
        ];
        let refused = fields.into_iter().filter(|(_, said)| *said && family == Family::V6);
        refused.map(|(field, _)| FieldError::new(field, "IPv6 has no such field: set options instead")).collect()
    }

    fn text_faults(&self) -> Vec<FieldError> {
        let texts = [
            ("server_host_name", &self.server_host_name, 63),
            ("boot_file_name", &self.boot_file_name, 127),
            ("note", &self.note, 1000),
            ("record_name", &self.record_name, 253),
        ];
        let fault = |(field, text, longest): (_, &Option<String>, _)| {
            Some(FieldError::new(field, text_fault(text.as_deref()?, longest)?))
        };
        texts.into_iter().filter_map(fault).collect()
    }

    fn host_name_fault(&self) -> Option<FieldError> {
        let fault = self.host_name.as_ref()?.parse::<HostName>().err()?;
        Some(FieldError::new("host_name", fault.to_string()))
    }

    fn class_faults(&self, before: Option<&Reservation>) -> Vec<FieldError> {
        let fault = |class: &String| match class.trim() {
            "" => Some("enter the name of the class".to_owned()),
            _ => text_fault(class, 128),
        };
        let is_new = |class: &&String| before.is_none_or(|before| !before.client_classes.contains(class));
        let faults = self.client_classes.iter().flatten().filter(is_new).filter_map(fault);
        faults.map(|text| FieldError::new("client_classes", text)).collect()
    }

    fn option_faults(&self, family: Family, before: Option<&Reservation>) -> Vec<FieldError> {
        let options: Vec<&OptionDatum> = self.options.iter().flatten().collect();
        let is_held = |datum: &OptionDatum| {
            before.is_some_and(|before| before.options.iter().any(|held| held.is_equivalent_to(datum)))
        };
        let fault = |(at, datum): (usize, &&OptionDatum)| {
            let twice = options.iter().take(at).any(|other| other.is_same_option(datum));
            let twice = twice.then(|| "is set twice".to_owned());
            let text = twice.or_else(|| space_fault(datum, family)).or_else(|| datum.fault())?;
            Some(FieldError::new("options", format!("{}: {text}", datum.title())))
        };
        options.iter().enumerate().filter(|(_, datum)| !is_held(datum)).filter_map(fault).collect()
    }
}

fn address_fault(address: IpAddr, subnet: &Subnet) -> Option<String> {
    let (prefix, family) = (subnet.prefix, subnet.family());
    if Family::of(address) != family {
        Some(format!("{address} is not an {family} address"))
    } else if !prefix.contains(address) {
        Some(format!("{address} is outside of {prefix}"))
    } else if subnet.holds(address) {
        None
    } else if family == Family::V6 {
        Some(format!("{address} is the subnet-router anycast address of {prefix}"))
    } else if address == prefix.network() {
        Some(format!("{address} is the network address of {prefix}"))
    } else {
        Some(format!("{address} is the broadcast address of {prefix}"))
    }
}

fn prefix_fault(prefix: Ipv6Network) -> Option<String> {
    if prefix.ip() != prefix.network() {
        Some(format!("{prefix} has bits beyond its length: write {}/{}", prefix.network(), prefix.prefix()))
    } else if prefix.prefix() == 0 || prefix.ip().is_multicast() {
        Some(format!("{prefix} cannot be delegated"))
    } else {
        None
    }
}

/// A server takes an option of the other family's space, and never sends it.
fn space_fault(datum: &OptionDatum, family: Family) -> Option<String> {
    if !is_space(datum.space()) {
        return Some("an option space has a name of 1 to 128 letters, digits, “-”, “_” and “.”".to_owned());
    }
    let other = [Family::V4, Family::V6].into_iter().find(|other| *other != family)?;
    (datum.space() == other.option_space())
        .then(|| format!("an {family} client gets options of the space “{}”", family.option_space()))
}

/// Whether an option space can have this name: as in Kea, whose `OptionSpace::validateName` this is.
fn is_space(name: &str) -> bool {
    let fits = |octet: u8| octet.is_ascii_alphanumeric() || b"-_.".contains(&octet);
    let has_mark = |end: Option<&u8>| end.is_some_and(|octet| b"-_.".contains(octet));
    let octets = name.as_bytes();
    let ends_are_plain = !has_mark(octets.first()) && !has_mark(octets.last());
    (1..=128).contains(&octets.len()) && octets.iter().copied().all(fits) && ends_are_plain
}

/// Control characters are refused everywhere: they damage Kea's files and every terminal that shows them.
pub(crate) fn text_fault(text: &str, longest: usize) -> Option<String> {
    if text.len() > longest {
        Some(format!("at most {longest} characters"))
    } else if text.chars().any(char::is_control) {
        Some("line breaks and control characters are not allowed".to_owned())
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
