//! Values as octets, field by field.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::Wire;
use crate::Daemon;
use crate::table::options::{DataType, Definition};

type Result<T> = std::result::Result<T, String>;

/// The octets of a value that is written as text, with commas between its fields.
pub(super) fn octets(daemon: Daemon, definition: &Definition, data: &str) -> Result<Wire> {
    let values = values(data);
    if definition.types == [DataType::Empty] {
        return match values.first() {
            None => Ok(Wire { octets: Vec::new(), left_out: 0 }),
            Some(value) => Err(format!("this option has no value, and “{value}” is one")),
        };
    }
    // Kea sends a list of addresses without any as it is; of everything else it wants a value.
    let addresses = matches!(definition.types[..], [DataType::Ipv4 | DataType::Ipv6]) && definition.repeats;
    if values.is_empty() && !addresses {
        return Err("a value is missing".to_owned());
    }
    let count = definition.types.len();
    if values.len() < count && count > 1 {
        return Err(format!("this option has {count} fields, separated by commas, and {} are written", values.len()));
    }
    let mut octets = Vec::new();
    let mut left_out = 0;
    for (at, value) in values.iter().enumerate() {
        match definition.types.get(at).or_else(|| definition.types.last().filter(|_| definition.repeats)) {
            Some(kind) => field(daemon, *kind, value, &mut octets)?,
            None => left_out += 1,
        }
    }
    Ok(Wire { octets, left_out })
}

/// The fields of a value. A comma with a backslash before it is no separator; what is empty is none.
fn values(data: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let mut characters = data.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, characters.peek(), values.last_mut()) {
            ('\\', Some(','), Some(last)) => {
                last.push(',');
                characters.next();
            }
            (',', _, _) => values.push(String::new()),
            (other, _, Some(last)) => last.push(other),
            (_, _, None) => {}
        }
    }
    values.into_iter().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).collect()
}

fn field(daemon: Daemon, kind: DataType, value: &str, octets: &mut Vec<u8>) -> Result<()> {
    match kind {
        DataType::Empty | DataType::Internal => {}
        DataType::Binary => octets.extend(pairs(value)?),
        DataType::Boolean => octets.push(boolean(value)?),
        DataType::Integer { octets: size, signed } => {
            let number = integer(value, size, signed)?;
            octets.extend(&number.to_be_bytes()[8 - size..]);
        }
        DataType::Ipv4 => {
            let address: Ipv4Addr = value.parse().map_err(|_| format!("“{value}” is not an IPv4 address"))?;
            octets.extend(address.octets());
        }
        DataType::Ipv6 => {
            let address: Ipv6Addr = value.parse().map_err(|_| format!("“{value}” is not an IPv6 address"))?;
            octets.extend(address.octets());
        }
        DataType::Prefix6 => prefix(value, octets)?,
        DataType::Psid => psid(value, octets)?,
        DataType::Text => octets.extend(value.as_bytes()),
        DataType::Tuple { long } => {
            let long = long || daemon == Daemon::Dhcp6;
            let size = if long { 2 } else { 1 };
            let most = if long { 65_535 } else { 255 };
            if value.len() > most {
                return Err(format!("“{value}” is longer than {most} octets"));
            }
            octets.extend(&value.len().to_be_bytes()[size_of::<usize>() - size..]);
            octets.extend(value.as_bytes());
        }
        DataType::Name => octets.extend(name(value)?),
    }
    Ok(())
}

/// Pairs of hexadecimal digits; blanks do not count.
fn pairs(value: &str) -> Result<Vec<u8>> {
    let digits: Vec<u8> = value.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let wrong = || format!("“{value}” is not pairs of hexadecimal digits, as 0104c0");
    let value = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    match digits.as_chunks::<2>() {
        (all, []) if digits.iter().all(u8::is_ascii_hexdigit) => {
            all.iter().map(value).collect::<Option<_>>().ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
}

fn boolean(value: &str) -> Result<u8> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "1" => Ok(1),
        "false" | "0" => Ok(0),
        _ => Err(format!("“{value}” is neither true nor false")),
    }
}

/// A number in decimal digits, or else in hexadecimal ones, with or without `0x`.
fn integer(value: &str, octets: usize, signed: bool) -> Result<i64> {
    let hex = || {
        i64::from_str_radix(value.strip_prefix("0x").unwrap_or(value), 16)
            .ok()
            .filter(|_| !value.starts_with(['+', '-']))
    };
    let number = value.parse().ok().or_else(hex).ok_or_else(|| format!("“{value}” is not a number"))?;
    let bits = 8 * octets;
    let (least, most) =
        if signed { (-(1_i64 << (bits - 1)), (1_i64 << (bits - 1)) - 1) } else { (0, (1_i64 << bits) - 1) };
    if (least..=most).contains(&number) {
        Ok(number)
    } else {
        Err(format!("{number} is not between {least} and {most}"))
    }
}

/// The length, and the octets of the prefix that count.
fn prefix(value: &str, octets: &mut Vec<u8>) -> Result<()> {
    let wrong = || format!("“{value}” is not a prefix like 2001:db8::/32");
    let (address, length) = value.split_once('/').ok_or_else(wrong)?;
    let address: Ipv6Addr = address.parse().map_err(|_| wrong())?;
    let length: u8 = length.parse().ok().filter(|length| *length <= 128).ok_or_else(wrong)?;
    let mask = u128::MAX.checked_shl(u32::from(128 - length)).unwrap_or_default();
    octets.push(length);
    octets.extend(&(u128::from(address) & mask).to_be_bytes()[..usize::from(length.div_ceil(8))]);
    Ok(())
}

/// The length, and the number to the left in two octets.
fn psid(value: &str, octets: &mut Vec<u8>) -> Result<()> {
    let wrong = || format!("“{value}” is not a number and how many bits it has, as 3/4");
    let (number, length) = value.split_once('/').ok_or_else(wrong)?;
    let number: u16 = number.trim().parse().map_err(|_| wrong())?;
    let length: u8 = length.trim().parse().ok().filter(|length| *length <= 16).ok_or_else(wrong)?;
    if u32::from(number) >= 1 << length {
        return Err(format!("{number} has more than {length} bits"));
    }
    octets.push(length);
    let shifted = if length == 0 { 0 } else { number << (16 - length) };
    octets.extend(shifted.to_be_bytes());
    Ok(())
}

/// A domain name (RFC 1035 §3.1), never shortened.
fn name(value: &str) -> Result<Vec<u8>> {
    let bare = value.strip_suffix('.').unwrap_or(value);
    let mut octets = Vec::new();
    if !bare.is_empty() {
        for label in bare.split('.') {
            if label.is_empty() {
                return Err(format!("“{value}” has two points with nothing between"));
            }
            let length = u8::try_from(label.len()).ok().filter(|length| *length < 64);
            octets.push(length.ok_or_else(|| format!("“{label}” is longer than 63 characters"))?);
            octets.extend(label.as_bytes());
        }
    }
    octets.push(0);
    if octets.len() > 255 { Err(format!("“{value}” is longer than a domain name may be")) } else { Ok(octets) }
}

/// The octets of a value that is written as octets: hexadecimal digits, with or without `0x` before them or `:` or blanks
/// between, or a text in single quotes.
pub(super) fn digits(data: &str) -> Result<Vec<u8>> {
    let data = data.trim();
    if let Some(text) = data.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return Ok(text.as_bytes().to_vec());
    }
    let wrong = || format!("“{data}” is not hexadecimal digits, as 0104c0 or 01:04:c0");
    let separated = data.contains([':', ' ']);
    let bare = if separated { data } else { data.strip_prefix("0x").unwrap_or(data) };
    let octet = |digits: &str| {
        let plain = matches!(digits.len(), 1 | 2) && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        u8::from_str_radix(digits, 16).ok().filter(|_| plain).ok_or_else(wrong)
    };
    if separated {
        return bare.split(if bare.contains(':') { ':' } else { ' ' }).map(octet).collect();
    }
    // An odd number of digits has a 0 before it.
    let even = if bare.len().is_multiple_of(2) { bare.to_owned() } else { format!("0{bare}") };
    if !even.is_ascii() {
        return Err(wrong());
    }
    (0..even.len() / 2).map(|at| octet(&even[2 * at..2 * at + 2])).collect()
}

/// Whether octets can be the value of an option of this definition; Kea passes over what is too much.
pub(super) fn fit(definition: &Definition, octets: &[u8]) -> Result<()> {
    if matches!(definition.types[..], [DataType::Text | DataType::Name]) && octets.iter().all(|octet| *octet == 0) {
        return Err("a value is missing".to_owned());
    }
    let sizes: Vec<Option<usize>> = definition.types.iter().map(|kind| size(*kind)).collect();
    let least: usize = sizes.iter().map(|size| size.unwrap_or_default()).sum();
    if let ([Some(size)], true) = (sizes.as_slice(), definition.repeats) {
        if *size > 0 && !octets.len().is_multiple_of(*size) {
            return Err(format!("each value has {size} octets, and {} is no multiple of that", octets.len()));
        }
        return Ok(());
    }
    if octets.len() < least {
        return Err(format!("this option has {least} octets at least, and {} are written", octets.len()));
    }
    Ok(())
}

/// How many octets a field has; none: that differs.
fn size(kind: DataType) -> Option<usize> {
    match kind {
        DataType::Empty => Some(0),
        DataType::Boolean => Some(1),
        DataType::Integer { octets, .. } => Some(octets),
        DataType::Ipv4 => Some(4),
        DataType::Ipv6 => Some(16),
        DataType::Psid => Some(3),
        DataType::Binary
        | DataType::Prefix6
        | DataType::Text
        | DataType::Tuple { .. }
        | DataType::Name
        | DataType::Internal => None,
    }
}
