//! The DHCP options that people set by name: what their values are made of (RFC 2132 and later), and how Kea 3.0 wants
//! them written.

mod list;
mod octets;
mod value;
mod vendor;

use crate::{Family, OptionDatum};

pub use list::STANDARD_OPTIONS;
pub(crate) use value::{hex, number};

/// What the value of an option is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OptionKind {
    /// One IPv4 address.
    Address,
    /// IPv4 addresses, the preferred one first.
    Addresses,
    /// One IPv6 address.
    Address6,
    /// IPv6 addresses, the preferred one first.
    Addresses6,
    /// Pairs of IPv4 addresses: a destination (or a mask) and what belongs to it.
    AddressPairs,
    /// A line of text.
    Text,
    /// A domain name.
    Name,
    /// Domain names.
    Names,
    /// A number.
    Number {
        /// The lowest one.
        least: i64,
        /// The highest one.
        most: i64,
        /// What is counted; empty: nothing in particular.
        unit: &'static str,
    },
    /// Numbers from 0.
    Numbers {
        /// The highest one.
        most: i64,
    },
    /// Yes or no.
    Flag,
    /// Networks, each with the router that leads there.
    Routes,
    /// Octets without a meaning of their own.
    Hex,
    /// Vendor options inside of an option (RFC 2132 §8.4): code, length and octets of each, one after the other.
    Parts,
}

impl OptionKind {
    /// The kind of a value that a definition names by Kea's word for it, and by whether it repeats. None: it has none here,
    /// and is typed as the server takes it.
    pub fn named(word: &str, repeats: bool) -> Option<Self> {
        let number = |least, most| Some(Self::Number { least, most, unit: "" });
        match (word, repeats) {
            ("ipv4-address", false) => Some(Self::Address),
            ("ipv4-address", true) => Some(Self::Addresses),
            ("ipv6-address", false) => Some(Self::Address6),
            ("ipv6-address", true) => Some(Self::Addresses6),
            ("fqdn", false) => Some(Self::Name),
            ("fqdn", true) => Some(Self::Names),
            ("string", false) => Some(Self::Text),
            ("boolean", false) => Some(Self::Flag),
            ("uint8", false) => number(0, 255),
            ("uint16", false) => number(0, 65_535),
            ("uint32", false) => number(0, 4_294_967_295),
            ("int8", false) => number(-128, 127),
            ("int16", false) => number(-32_768, 32_767),
            ("int32", false) => number(-2_147_483_648, 2_147_483_647),
            ("uint8", true) => Some(Self::Numbers { most: 255 }),
            ("uint16", true) => Some(Self::Numbers { most: 65_535 }),
            ("uint32", true) => Some(Self::Numbers { most: 4_294_967_295 }),
            _ => None,
        }
    }

    /// A value, as people type it; empty: there is none that says more than the kind does.
    pub fn example(self) -> &'static str {
        match self {
            Self::Address => "192.0.2.1",
            Self::Addresses => "192.0.2.1, 192.0.2.2",
            Self::Address6 => "2001:db8::53",
            Self::Addresses6 => "2001:db8::53, 2001:db8::54",
            Self::Name => "www.example.org",
            Self::Names => "example.org, lab.example.org",
            Self::Flag => "true",
            _ => "",
        }
    }

    /// What is wrong with a value as people type it.
    pub fn typed_fault(self, typed: &str) -> Option<String> {
        self.fault(&self.written(typed))
    }

    /// What a server that has a definition of the option is sent for a value as people type it.
    pub fn sent(self, typed: &str) -> String {
        self.written(typed)
    }

    /// How people would type the value that a server has; none where it cannot be shown so.
    pub fn typed(self, datum: &OptionDatum) -> Option<String> {
        match (self, datum.hex) {
            (Self::Parts, _) => None,
            (Self::Hex, _) => Some(datum.data.clone()),
            (_, true) if datum.data.is_empty() => Some(String::new()),
            (kind, true) => kind.of_octets(&value::octets(&datum.data)?),
            (kind, false) => Some(kind.shown(&datum.data)),
        }
    }
}

/// An option that forms offer.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct StandardOption {
    /// Its code.
    pub code: u16,
    /// Its name: Kea's, where Kea has one.
    pub name: &'static str,
    /// What it is, in a few words.
    pub label: &'static str,
    /// What its value is made of.
    pub kind: OptionKind,
    /// Whether Kea has a definition of it. One without is written as hexadecimal digits, and goes by its code alone.
    pub defined: bool,
    /// A value, as people type it.
    pub example: &'static str,
}

impl StandardOption {
    /// The option with that code.
    pub fn with_code(code: u16) -> Option<&'static Self> {
        STANDARD_OPTIONS.iter().find(|option| option.code == code)
    }

    /// The option that is meant: a code, a name, or how a list shows both (`routers (3)`).
    pub fn meant(text: &str) -> Option<&'static Self> {
        let text = text.trim();
        let bare = text.split_once('(').map_or(text, |(name, _)| name.trim_end());
        let code = bare.parse().ok();
        STANDARD_OPTIONS.iter().find(|option| Some(option.code) == code || option.name.eq_ignore_ascii_case(bare))
    }

    /// The option that this is, unless its server has another name for it.
    pub fn of(datum: &OptionDatum) -> Option<&'static Self> {
        if datum.space() != Family::V4.option_space() {
            return None;
        }
        let named = |option: &&Self| datum.name.is_empty() || datum.name == option.name;
        match datum.code {
            0 => STANDARD_OPTIONS.iter().find(|option| option.name == datum.name),
            code => Self::with_code(code).filter(named),
        }
    }

    /// What is wrong with a value as people type it.
    pub fn fault(&self, typed: &str) -> Option<String> {
        if self.kind == OptionKind::Parts { vendor::fault(typed) } else { self.kind.typed_fault(typed) }
    }

    /// What a server is sent for a value as people type it: one option, and for vendor options one for each of them.
    pub fn data(&self, typed: &str, always: bool) -> Vec<OptionDatum> {
        let name = if self.defined { self.name } else { "" };
        let whole = OptionDatum { code: self.code, name: name.to_owned(), always, ..OptionDatum::default() };
        let written = self.kind.written(typed);
        match self.kind {
            OptionKind::Parts => vendor::data(whole, typed),
            OptionKind::Hex => vec![OptionDatum { data: value::digits(typed), hex: true, ..whole }],
            kind if !self.defined => vec![OptionDatum { data: kind.octets(&written), hex: true, ..whole }],
            _ => vec![OptionDatum { data: written, ..whole }],
        }
    }

    /// How people would type the value that a server has; none where it cannot be shown so.
    pub fn typed(&self, datum: &OptionDatum) -> Option<String> {
        self.kind.typed(datum)
    }

    /// The options among these that are the parts of option 43, put together as people type it, with the rest. None when
    /// there is none, or a part is not written as octets.
    pub fn gather_parts(data: &[OptionDatum]) -> Option<(OptionDatum, String, Vec<OptionDatum>)> {
        vendor::gather(data)
    }
}

/// The value of an option as people read it, whatever way it is written. None: it stands in octets of which it is not
/// known what they mean.
pub(crate) fn readable(datum: &OptionDatum) -> Option<String> {
    if let Some(option) = StandardOption::of(datum).filter(|option| option.kind != OptionKind::Parts) {
        return option.typed(datum);
    }
    if !datum.hex {
        return Some(datum.data.clone());
    }
    let octets = value::octets(&datum.data)?;
    match datum.code {
        MICROSOFT_ROUTES if datum.space() == Family::V4.option_space() => OptionKind::Routes.of_octets(&octets),
        code => octets::of_v6(datum.space(), code, &octets),
    }
}

/// The same value in one spelling, however it is written: for comparing.
pub(crate) fn spelled_alike(datum: &OptionDatum) -> String {
    let kind = StandardOption::of(datum).map(|option| option.kind);
    let digits = datum.hex && kind == Some(OptionKind::Hex);
    let Some(text) = readable(datum).filter(|_| !digits) else {
        return format!("0x{}", value::digits(&datum.data));
    };
    let counts = matches!(kind, Some(OptionKind::Number { .. } | OptionKind::Numbers { .. }));
    let part = |part: &str| match value::number(part.trim()).filter(|_| counts) {
        Some(number) => number.to_string(),
        None => part.trim().to_owned(),
    };
    text.split(',').map(part).collect::<Vec<_>>().join(",")
}

/// What is wrong with an option by itself, beyond the texts in it.
pub(crate) fn fault(datum: &OptionDatum) -> Option<String> {
    // What is never sent needs no value.
    if datum.never && datum.data.trim().is_empty() {
        return None;
    }
    let space = datum.space();
    if space == Family::V6.option_space() && OWN_V6.contains(&datum.code) {
        return Some("the server sets this one itself".to_owned());
    }
    if datum.code > 255 && space == Family::V4.option_space() {
        return Some("codes end at 255".to_owned());
    }
    if space != Family::V4.option_space() {
        return datum.hex.then(|| value::hex_fault(&datum.data, true)).flatten();
    }
    if OWN.contains(&datum.code) {
        return Some("the server sets this one itself".to_owned());
    }
    let standard = StandardOption::of(datum);
    if standard.is_some_and(|option| option.kind == OptionKind::Parts) {
        return vendor::whole_fault(&datum.data);
    }
    match standard {
        _ if datum.hex => value::hex_fault(&datum.data, false),
        Some(option) if option.defined => option.kind.fault(&datum.data),
        _ => datum.data.trim().is_empty().then(|| "a value is missing".to_owned()),
    }
}

/// Routes, as Windows asks for them; Kea has no definition of it, and forms do not offer it.
const MICROSOFT_ROUTES: u16 = 249;

/// What a DHCP server says by itself in every answer (RFC 2132 §9), and what only clients and relays say.
const OWN: [u16; 12] = [50, 51, 52, 53, 54, 55, 57, 58, 59, 61, 82, 255];

/// The same of DHCPv6 (RFC 8415 §21): identifiers, identity associations, and what belongs to messages.
const OWN_V6: [u16; 12] = [1, 2, 3, 4, 5, 6, 8, 9, 13, 14, 25, 26];

#[cfg(test)]
mod tests;
