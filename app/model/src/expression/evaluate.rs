//! The value of every part of an expression, for a packet.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Field, Function, Join, Node, OptionRef, Packet, PacketOption, Source, What};
use crate::option_catalogue::hex;

/// What a part comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// A condition.
    Truth(bool),
    /// Text: octets.
    Octets(Vec<u8>),
    /// Kea gives up here, and the packet is not in the class: a clause on why.
    Fault(String),
    /// It cannot be said here: a clause on why.
    Unknown(String),
    /// Kea does not look at it.
    Skipped,
}

/// A part with its value, and those of its parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluated {
    /// Where the part stands in the text, in bytes.
    pub range: Range<usize>,
    /// Its value.
    pub value: Outcome,
    /// Its parts, in the order of the text.
    pub parts: Vec<Self>,
}

impl Outcome {
    /// Text of these octets.
    fn text(octets: impl Into<Vec<u8>>) -> Self {
        Self::Octets(octets.into())
    }

    /// Octets as people read them: in quotes where they are printable, else in hexadecimal digits.
    pub fn shown(&self) -> Cow<'_, str> {
        match self {
            Self::Truth(truth) => Cow::Borrowed(if *truth { "true" } else { "false" }),
            Self::Octets(octets) if octets.iter().all(|octet| *octet == b' ' || octet.is_ascii_graphic()) => {
                Cow::Owned(format!("'{}'", octets.iter().map(|octet| char::from(*octet)).collect::<String>()))
            }
            Self::Octets(octets) => Cow::Owned(format!("0x{}", hex(octets).to_ascii_lowercase())),
            Self::Fault(why) => Cow::Owned(format!("Kea gives up: {why}")),
            Self::Unknown(why) => Cow::Owned(format!("not known here: {why}")),
            Self::Skipped => Cow::Borrowed("not looked at"),
        }
    }
}

/// Evaluates a part.
pub(super) fn evaluate(node: &Node, packet: &Packet, names: &dyn Fn(&str) -> Option<u16>) -> Evaluated {
    Evaluator { packet, names }.node(node)
}

struct Evaluator<'a> {
    packet: &'a Packet,
    names: &'a dyn Fn(&str) -> Option<u16>,
}

impl Evaluator<'_> {
    fn node(&self, node: &Node) -> Evaluated {
        let parts = match &node.what {
            What::Join(join, parts) => self.joined(*join, parts),
            What::IfElse { always, parts } => self.either(*always, parts),
            _ => node.parts().iter().map(|part| self.node(part)).collect(),
        };
        let value = open_end(&parts).unwrap_or_else(|| self.value(&node.what, &parts));
        Evaluated { range: node.range.clone(), value, parts }
    }

    /// The sides of `and` and its like: those after the one that decides are not looked at.
    fn joined(&self, join: Join, parts: &[Node]) -> Vec<Evaluated> {
        let mut decided = false;
        let side = |part: &Node| {
            if decided && !join.always() {
                return skipped(part);
            }
            let side = self.node(part);
            decided |= !matches!(&side.value, Outcome::Truth(truth) if *truth != join.decider());
            side
        };
        parts.iter().map(side).collect()
    }

    fn either(&self, always: bool, parts: &[Node; 3]) -> Vec<Evaluated> {
        let [condition, then, otherwise] = parts;
        let condition = self.node(condition);
        let taken = |truth: bool| always || condition.value == Outcome::Truth(truth);
        let side = |part: &Node, truth: bool| if taken(truth) { self.node(part) } else { skipped(part) };
        let sides = [side(then, true), side(otherwise, false)];
        std::iter::once(condition).chain(sides).collect()
    }

    /// The value, where all parts have one.
    fn value(&self, what: &What, parts: &[Evaluated]) -> Outcome {
        let truth = |at: usize| matches!(parts.get(at), Some(Evaluated { value: Outcome::Truth(true), .. }));
        let text = |at: usize| match parts.get(at) {
            Some(Evaluated { value: Outcome::Octets(octets), .. }) => octets.as_slice(),
            _ => &[],
        };
        match what {
            What::Not(_) => Outcome::Truth(!truth(0)),
            What::Join(join, _) => {
                let decider = join.decider();
                let is_decided = parts.iter().any(|part| part.value == Outcome::Truth(decider));
                Outcome::Truth(is_decided == decider)
            }
            What::Equal(_) => Outcome::Truth(text(0) == text(1)),
            What::Member(name) => self.member(&name.text),
            What::Match(pattern, _) => match pattern.matches(text(0)) {
                Ok(truth) => Outcome::Truth(truth),
                Err(why) => Outcome::Unknown(why.to_owned()),
            },
            What::Exists(source) => self.exists(source),
            What::Octets(source) => self.found(source, |found| Outcome::text(found.octets.as_slice())),
            What::Readable(source) => self.found(source, |found| match &found.text {
                Some(text) => Outcome::text(text.as_bytes()),
                None => Outcome::Unknown("what Kea makes of this option as text".to_owned()),
            }),
            What::Text(text) => Outcome::text(text.as_bytes()),
            What::Hex(digits) => Outcome::Octets(of_digits(digits)),
            What::Number(number) => Outcome::text(number.to_be_bytes()),
            What::Address(address) => Outcome::Octets(of_address(*address)),
            What::Field(field) => match self.field(*field) {
                Some(octets) => Outcome::Octets(octets),
                None => Outcome::Unknown(format!("{field} of this packet")),
            },
            What::Sum(_) | What::Call(Function::Concat, _) => {
                Outcome::Octets((0..parts.len()).flat_map(text).copied().collect())
            }
            What::Call(function, _) => call(*function, text(0), text(1)),
            What::Substring(_, start, length) => substring(text(0), *start, *length),
            What::Split(_, field) => split(text(0), text(1), *field),
            What::IfElse { .. } => Outcome::text(text(if truth(0) { 1 } else { 2 })),
        }
    }

    fn member(&self, class: &str) -> Outcome {
        let packet = self.packet;
        if class == "ALL" || packet.classes.iter().any(|name| name == class) {
            Outcome::Truth(true)
        } else if packet.unsure.iter().any(|name| name == class) {
            Outcome::Unknown(format!("whether it is in {class}"))
        } else {
            Outcome::Truth(false)
        }
    }

    fn exists(&self, source: &Source) -> Outcome {
        match source {
            Source::Vendor(number) => Outcome::Truth(self.packet.vendor(*number).is_some()),
            Source::VendorClass(number) => Outcome::Truth(self.packet.vendor_class(*number).is_some()),
            _ => match self.option(source) {
                Ok(option) => Outcome::Truth(option.is_some()),
                Err(why) => Outcome::Fault(why),
            },
        }
    }

    /// What is made of an option; of one that is not there, nothing.
    fn found(&self, source: &Source, made: impl Fn(&PacketOption) -> Outcome) -> Outcome {
        match self.option(source) {
            Ok(Some(option)) => made(&option),
            Ok(None) => Outcome::Octets(Vec::new()),
            Err(why) => Outcome::Fault(why),
        }
    }

    fn option(&self, source: &Source) -> Result<Option<Cow<'_, PacketOption>>, String> {
        let packet = self.packet;
        Ok(match source {
            Source::Option(option) => packet.option(self.code(option)?).map(Cow::Borrowed),
            Source::Inside(option, code) => packet.inside(self.code(option)?, *code).map(Cow::Owned),
            Source::Relay4(code) => packet.inside(82, *code).map(Cow::Owned),
            Source::Relay6(level, option) => {
                let code = self.code(option)?;
                let options = packet.relay(*level).map_or(&[][..], |relay| &relay.options);
                options.iter().find(|option| option.code == code).map(Cow::Borrowed)
            }
            Source::InVendor(number, code) => packet.in_vendor(*number, *code).map(Cow::Owned),
            Source::Vendor(_) | Source::VendorClass(_) => None,
        })
    }

    fn code(&self, option: &OptionRef) -> Result<u16, String> {
        match option {
            OptionRef::Code(code) => Ok(*code),
            OptionRef::Name(name) => {
                (self.names)(&name.text).ok_or_else(|| format!("the option {} is not defined", name.text))
            }
        }
    }

    /// A field; none: the packet was given without it.
    fn field(&self, field: Field) -> Option<Vec<u8>> {
        let packet = self.packet;
        let four = |number: u32| number.to_be_bytes().to_vec();
        let mac_length = u32::try_from(packet.mac.len()).unwrap_or(u32::MAX);
        Some(match field {
            Field::Interface => packet.interface.clone()?.into_bytes(),
            Field::From => of_address(packet.from?),
            Field::To => of_address(packet.to?),
            Field::Length => four(packet.length?),
            Field::Mac => packet.mac.clone(),
            Field::MacLength => four(mac_length),
            Field::HardwareType => four(packet.hardware_type),
            Field::Ciaddr => packet.ciaddr.octets().to_vec(),
            Field::Giaddr => packet.giaddr.octets().to_vec(),
            Field::Yiaddr => packet.yiaddr.octets().to_vec(),
            Field::Siaddr => packet.siaddr.octets().to_vec(),
            Field::MessageType(_) => four(packet.message_type),
            Field::Transaction(_) => four(packet.transaction?),
            Field::Enterprise => packet.vendor(None).map(|(number, _)| four(number)).unwrap_or_default(),
            Field::ClassEnterprise => packet.vendor_class(None).map(|(number, _)| four(number)).unwrap_or_default(),
            Field::ClassData(number, index) => {
                let parts = packet.vendor_class(number).map(|(_, parts)| parts).unwrap_or_default();
                parts.get(usize::from(index)).map(|part| part.to_vec()).unwrap_or_default()
            }
            Field::Peer(level) => match packet.relay(level) {
                Some(relay) => relay.peer?.octets().to_vec(),
                None => Vec::new(),
            },
            Field::Link(level) => packet.relay(level).map(|relay| relay.link.octets().to_vec()).unwrap_or_default(),
        })
    }
}

/// Where a part has no value, the whole has none: what Kea gives up at comes before what is not known here.
fn open_end(parts: &[Evaluated]) -> Option<Outcome> {
    let fault = parts.iter().find(|part| matches!(part.value, Outcome::Fault(_)));
    let unknown = || parts.iter().find(|part| matches!(part.value, Outcome::Unknown(_)));
    fault.or_else(unknown).map(|part| part.value.clone())
}

fn skipped(node: &Node) -> Evaluated {
    let parts = node.parts().iter().map(skipped).collect();
    Evaluated { range: node.range.clone(), value: Outcome::Skipped, parts }
}

fn of_address(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

/// Digits as octets; an odd number of them has a 0 before it.
fn of_digits(digits: &str) -> Vec<u8> {
    let values: Vec<u8> = digits.chars().filter_map(|digit| u8::try_from(digit.to_digit(16)?).ok()).collect();
    let (first, pairs) = values.split_at(values.len() % 2);
    first.iter().copied().chain(pairs.as_chunks::<2>().0.iter().map(|[high, low]| high << 4 | low)).collect()
}

fn call(function: Function, text: &[u8], more: &[u8]) -> Outcome {
    match function {
        Function::Concat => Outcome::Octets([text, more].concat()),
        Function::LowerCase => Outcome::Octets(text.to_ascii_lowercase()),
        Function::UpperCase => Outcome::Octets(text.to_ascii_uppercase()),
        Function::HexString => {
            let pairs: Vec<_> = text.iter().map(|octet| format!("{octet:02x}").into_bytes()).collect();
            Outcome::Octets(pairs.join(more))
        }
        _ if text.is_empty() => Outcome::Octets(Vec::new()),
        Function::AddressToText => address_to_text(text),
        Function::NumberToText { octets, signed } => number_to_text(text, octets, signed),
    }
}

fn address_to_text(octets: &[u8]) -> Outcome {
    if let Ok(four) = <[u8; 4]>::try_from(octets) {
        return Outcome::text(Ipv4Addr::from(four).to_string());
    }
    match <[u8; 16]>::try_from(octets) {
        Ok(all) => Outcome::text(v6_text(Ipv6Addr::from(all))),
        Err(_) => Outcome::Fault(format!("an address has 4 or 16 octets, not {}", octets.len())),
    }
}

/// As the C library writes it, which is what Kea does: `::1.2.3.4` too.
fn v6_text(address: Ipv6Addr) -> String {
    match address.segments() {
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 => {
            let [[a, b], [c, d]] = [high.to_be_bytes(), low.to_be_bytes()];
            format!("::{}", Ipv4Addr::new(a, b, c, d))
        }
        _ => address.to_string(),
    }
}

fn number_to_text(text: &[u8], octets: usize, signed: bool) -> Outcome {
    let number = match *text {
        _ if text.len() != octets => {
            return Outcome::Fault(format!("this number has {octets} octets, not {}", text.len()));
        }
        [a] if signed => a.cast_signed().to_string(),
        [a] => a.to_string(),
        [a, b] if signed => i16::from_be_bytes([a, b]).to_string(),
        [a, b] => u16::from_be_bytes([a, b]).to_string(),
        [a, b, c, d] if signed => i32::from_be_bytes([a, b, c, d]).to_string(),
        [a, b, c, d] => u32::from_be_bytes([a, b, c, d]).to_string(),
        _ => String::new(),
    };
    Outcome::text(number)
}

/// A negative start counts from the end, a negative length goes to the left of the start.
fn substring(text: &[u8], start: i64, length: Option<i64>) -> Outcome {
    let limits = i64::from(i32::MIN)..=i64::from(i32::MAX);
    if text.is_empty() {
        return Outcome::Octets(Vec::new());
    }
    if let Some(number) = [Some(start), length].into_iter().flatten().find(|number| !limits.contains(number)) {
        return Outcome::Fault(format!("{number} is too large"));
    }
    let size = i64::try_from(text.len()).unwrap_or(i64::MAX);
    let from = if start < 0 { start + size } else { start };
    if !(0..size).contains(&from) {
        return Outcome::Octets(Vec::new());
    }
    let to = from.saturating_add(length.unwrap_or(size)).clamp(0, size);
    let place = |number: i64| usize::try_from(number).unwrap_or_default();
    Outcome::text(text.get(place(from.min(to))..place(from.max(to))).unwrap_or_default())
}

/// The field of a number, from 1; each octet of `separators` ends one.
fn split(text: &[u8], separators: &[u8], field: i64) -> Outcome {
    if i32::try_from(field).is_err() {
        return Outcome::Fault(format!("{field} is too large"));
    }
    if separators.is_empty() {
        return Outcome::text(text);
    }
    let at = usize::try_from(field).ok().and_then(|field| field.checked_sub(1));
    let mut fields = text.split(|octet| separators.contains(octet));
    Outcome::text(at.and_then(|at| fields.nth(at)).unwrap_or_default())
}
