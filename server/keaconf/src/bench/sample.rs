//! A packet as it is typed, read: every field that cannot be has its fault.

use std::net::{Ipv4Addr, Ipv6Addr};

use model::{Family, FieldError, Octets, Packet, PacketOption, PacketRelay, SamplePacket};

use crate::table::options::{DataType, Definition};
use crate::{Document, Map, Misfit, Text, Value};

/// Codes of the options that have fields of their own.
struct Codes {
    client_id: u16,
    vendor_class: u16,
    user_class: u16,
}

const V4: Codes = Codes { client_id: 61, vendor_class: 60, user_class: 77 };
const V6: Codes = Codes { client_id: 1, vendor_class: 16, user_class: 15 };

/// IPv4: the type of the message, and what relays say.
const MESSAGE_TYPE: u16 = 53;
const RELAY: u16 = 82;

/// IPv6: what relays say.
const INTERFACE_ID: u16 = 18;
const REMOTE_ID: u16 = 37;

impl Document {
    /// The packet that a sample is.
    pub(super) fn packet(&self, sample: &SamplePacket) -> Result<Packet, Vec<FieldError>> {
        let packet = Packet::empty(self.family());
        let mut reader = Reader { document: self, packet, faults: Vec::new() };
        reader.message(&sample.message);
        match self.family() {
            Family::V4 => reader.of_v4(sample),
            Family::V6 => reader.of_v6(sample),
        }
        let interface = sample.interface.trim();
        reader.packet.interface = (!interface.is_empty()).then(|| interface.to_owned());
        for (at, (option, value)) in sample.options.iter().enumerate() {
            if !(option.trim().is_empty() && value.trim().is_empty()) {
                reader.option(&format!("options[{at}]"), option.trim(), value.trim());
            }
        }
        if reader.faults.is_empty() { Ok(reader.packet) } else { Err(reader.faults) }
    }
}

struct Reader<'a> {
    document: &'a Document,
    packet: Packet,
    faults: Vec<FieldError>,
}

impl Reader<'_> {
    fn fault(&mut self, field: &str, text: impl Into<String>) {
        self.faults.push(FieldError::new(field, text));
    }

    /// What is typed into a field, read; none: it is empty, or has a fault.
    fn read<T>(&mut self, field: &str, typed: &str, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let typed = typed.trim();
        if typed.is_empty() {
            return None;
        }
        read(typed).map_err(|text| self.fault(field, text)).ok()
    }

    fn message(&mut self, typed: &str) {
        let messages = SamplePacket::messages(self.packet.family);
        let named = |typed: &str| {
            let found = messages.iter().find(|(name, _)| name.eq_ignore_ascii_case(typed));
            let names = || messages.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
            found.map(|(_, number)| *number).ok_or_else(|| format!("“{typed}” is none of {}", names()))
        };
        let number = self.read("message", typed, named).unwrap_or(1);
        self.packet.message_type = number.into();
        if self.packet.family == Family::V4 {
            self.put("message", MESSAGE_TYPE, vec![number], None);
        }
    }

    fn of_v4(&mut self, sample: &SamplePacket) {
        self.packet.mac = self.read("mac", &sample.mac, hexadecimal).unwrap_or_default();
        let address = |typed: &str| typed.parse().map_err(|_| format!("“{typed}” is not an IPv4 address"));
        self.packet.giaddr = self.read("relay", &sample.relay, address).unwrap_or(Ipv4Addr::UNSPECIFIED);
        self.texts(sample, &V4, octets, octets);
        let mut inside = Vec::new();
        for (field, code, typed) in [("circuit_id", 1, &sample.circuit_id), ("remote_id", 2, &sample.remote_id)] {
            let short = |typed: &str| {
                let octets = octets(typed)?;
                let length = u8::try_from(octets.len()).map_err(|_| "it is longer than 255 octets".to_owned())?;
                Ok((length, octets))
            };
            if let Some((length, octets)) = self.read(field, typed, short) {
                inside.extend([code, length]);
                inside.extend(octets);
            }
        }
        if !inside.is_empty() {
            self.put("circuit_id", RELAY, inside, None);
        }
    }

    fn of_v6(&mut self, sample: &SamplePacket) {
        let of_enterprise = |typed: &str| {
            let (number, rest) = enterprise(typed)?;
            Ok([number.to_vec(), tuple(&octets(rest)?)?].concat())
        };
        self.texts(sample, &V6, of_enterprise, |typed| tuple(&octets(typed)?));
        let address = |typed: &str| typed.parse::<Ipv6Addr>().map_err(|_| format!("“{typed}” is not an IPv6 address"));
        let link = self.read("relay", &sample.relay, address);
        let interface = self.read("circuit_id", &sample.circuit_id, octets);
        let remote = self.read("remote_id", &sample.remote_id, |typed| {
            let (number, rest) = enterprise(typed)?;
            Ok([number.to_vec(), octets(rest)?].concat())
        });
        let option = |code: u16, octets: Vec<u8>| PacketOption { code, octets, text: None };
        let interface = interface.map(|octets| option(INTERFACE_ID, octets));
        let options: Vec<PacketOption> =
            interface.into_iter().chain(remote.map(|octets| option(REMOTE_ID, octets))).collect();
        if link.is_some() || !options.is_empty() {
            let link = link.unwrap_or(Ipv6Addr::UNSPECIFIED);
            self.packet.relays.push(PacketRelay { peer: None, link, options });
        }
    }

    /// What the client says of itself in fields of their own.
    fn texts(
        &mut self,
        sample: &SamplePacket,
        codes: &Codes,
        vendor: impl Fn(&str) -> Result<Vec<u8>, String>,
        user: impl Fn(&str) -> Result<Vec<u8>, String>,
    ) {
        if let Some(octets) = self.read("client_id", &sample.client_id, hexadecimal) {
            self.put("client_id", codes.client_id, octets, None);
        }
        if let Some(octets) = self.read("vendor_class", &sample.vendor_class, vendor) {
            let text = (self.packet.family == Family::V4).then(|| String::from_utf8_lossy(&octets).into_owned());
            self.put("vendor_class", codes.vendor_class, octets, text);
        }
        if let Some(octets) = self.read("user_class", &sample.user_class, user) {
            self.put("user_class", codes.user_class, octets, None);
        }
    }

    /// An option by name or code, with its value as Kea has values written, as text in quotes, or as `0x…`.
    fn option(&mut self, field: &str, option: &str, value: &str) {
        let code = option.parse().ok().or_else(|| self.document.option_code(option));
        let most = if self.packet.family == Family::V4 { 254 } else { 65_535 };
        let Some(code) = code.filter(|code| (1..=most).contains(code)) else {
            let text = format!("“{option}” is no option of this server: give its name, or its code from 1 to {most}");
            return self.fault(field, text);
        };
        let number: u16 = u16::try_from(code).unwrap_or_default();
        match self.octets(code, value) {
            Ok((octets, text)) => self.put(field, number, octets, text),
            Err(text) => self.fault(field, text),
        }
    }

    /// The octets of an option, and what Kea makes of it as text where that is known.
    fn octets(&self, code: i64, value: &str) -> Result<(Vec<u8>, Option<String>), String> {
        let quoted = value.strip_prefix('\'').and_then(|value| value.strip_suffix('\''));
        let digits =
            |text: &str| Octets::try_from(text.as_bytes().to_vec()).map(|octets| octets.to_string().replace(':', ""));
        let digits = value.strip_prefix("0x").map(str::to_owned).or_else(|| quoted.and_then(|text| digits(text).ok()));
        let data = digits.as_deref().unwrap_or(value);
        let members =
            [("code", Value::from(code)), ("data", Value::from(data)), ("csv-format", digits.is_none().into())];
        let option: Map = members.into_iter().map(|(name, value)| (Text::from(name), value)).collect();
        let none = Map::default();
        let wire = self.document.wire(&none, &option).map_err(|misfit| match misfit {
            Misfit::Undefined => "nobody defines this option: give its octets, as 0x0104c0".to_owned(),
            Misfit::Value(text) => text,
            Misfit::Unknown(what) => format!("it is not known here {what}: give its octets, as 0x0104c0"),
        })?;
        if wire.left_out > 0 {
            return Err("there are more values than the option has".to_owned());
        }
        let definition = self.document.definition_of(&none, &option);
        let text = definition.as_ref().is_some_and(is_text).then(|| String::from_utf8_lossy(&wire.octets).into_owned());
        Ok((wire.octets, text))
    }

    fn put(&mut self, field: &str, code: u16, octets: Vec<u8>, text: Option<String>) {
        if self.packet.options.iter().any(|option| option.code == code) {
            return self.fault(field, format!("option {code} is given twice"));
        }
        self.packet.options.push(PacketOption { code, octets, text });
    }
}

/// Whether an option is a text, which Kea shows as it is.
fn is_text(definition: &Definition) -> bool {
    definition.types == [DataType::Text] && !definition.repeats
}

fn hexadecimal(typed: &str) -> Result<Vec<u8>, String> {
    let octets: Octets = typed.parse().map_err(|error: model::IdentifierError| error.to_string())?;
    Ok(octets.as_slice().to_vec())
}

/// What begins with `0x`, or is pairs of digits with colons between, is octets; everything else is text.
fn octets(typed: &str) -> Result<Vec<u8>, String> {
    let pairs = || typed.split(':').all(|pair| pair.len() == 2 && pair.bytes().all(|digit| digit.is_ascii_hexdigit()));
    if typed.starts_with("0x") || (typed.contains(':') && pairs()) {
        return hexadecimal(typed);
    }
    Ok(typed.as_bytes().to_vec())
}

/// The number of an enterprise, and what stands behind it.
fn enterprise(typed: &str) -> Result<([u8; 4], &str), String> {
    let wrong = || format!("“{typed}” does not begin with the number of an enterprise, as in “343 HTTPClient”");
    let (number, rest) =
        typed.split_once(|between: char| between == ',' || between.is_whitespace()).ok_or_else(wrong)?;
    let number: u32 = number.parse().map_err(|_| wrong())?;
    Ok((number.to_be_bytes(), rest.trim_start()))
}

/// Octets with their length before them.
fn tuple(octets: &[u8]) -> Result<Vec<u8>, String> {
    let length = u16::try_from(octets.len()).map_err(|_| "it is longer than 65535 octets".to_owned())?;
    Ok([length.to_be_bytes().to_vec(), octets.to_vec()].concat())
}
