//! Writes expressions, so that they are read as the same again.

use std::fmt;

use super::{Expression, Field, Join, Node, OptionRef, Source, What};

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.root)
    }
}

/// How tightly a part binds; what binds less than its surroundings stands in parentheses.
fn binding(what: &What) -> usize {
    match what {
        What::Join(join, _) => Join::ALL.iter().position(|other| other == join).unwrap_or_default(),
        What::Not(_) => 4,
        What::Equal(_) => 5,
        What::Sum(_) => 6,
        _ => 7,
    }
}

/// A part where something that binds at least so tightly is wanted.
struct Within<'a>(&'a Node, usize);

impl fmt::Display for Within<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(node, tightness) = self;
        if binding(&node.what) < *tightness { write!(f, "({node})") } else { write!(f, "{node}") }
    }
}

fn list(f: &mut fmt::Formatter<'_>, parts: &[Node], between: &str, tightness: usize) -> fmt::Result {
    for (number, part) in parts.iter().enumerate() {
        f.write_str(if number == 0 { "" } else { between })?;
        write!(f, "{}", Within(part, tightness))?;
    }
    Ok(())
}

fn call(f: &mut fmt::Formatter<'_>, name: &str, parts: &[Node], more: &str) -> fmt::Result {
    write!(f, "{name}(")?;
    list(f, parts, ", ", 0)?;
    write!(f, "{more})")
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tightness = binding(&self.what);
        match &self.what {
            What::Not(part) => write!(f, "not {}", Within(part, tightness)),
            What::Join(join, parts) => list(f, parts, &format!(" {} ", join.word()), tightness + 1),
            What::Equal(parts) => list(f, parts.as_slice(), " == ", tightness + 1),
            What::Sum(parts) => list(f, parts, " + ", tightness + 1),
            What::Member(name) => write!(f, "member('{}')", name.text),
            What::Match(pattern, part) => write!(f, "match('{}', {part})", pattern.as_str()),
            What::Exists(source) => write!(f, "{source}.exists"),
            What::Octets(source) => write!(f, "{source}.hex"),
            What::Readable(source) => write!(f, "{source}.text"),
            What::Text(text) => write!(f, "'{text}'"),
            What::Hex(digits) => write!(f, "0x{digits}"),
            What::Number(number) => write!(f, "{number}"),
            What::Address(address) => write!(f, "{address}"),
            What::Field(field) => write!(f, "{field}"),
            What::Call(function, parts) => call(f, function.name(), parts, ""),
            What::Substring(part, start, length) => {
                let length = length.map_or("all".to_owned(), |length| length.to_string());
                call(f, "substring", std::slice::from_ref(part), &format!(", {start}, {length}"))
            }
            What::Split(parts, field) => call(f, "split", parts.as_slice(), &format!(", {field}")),
            What::IfElse { always, parts } => call(f, if *always { "sifelse" } else { "ifelse" }, parts.as_slice(), ""),
        }
    }
}

/// The number of an enterprise, or any.
struct Enterprise(Option<u32>);

impl fmt::Display for Enterprise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(number) => write!(f, "{number}"),
            None => f.write_str("*"),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option(option) => write!(f, "option[{option}]"),
            Self::Inside(option, code) => write!(f, "option[{option}].option[{code}]"),
            Self::Relay4(code) => write!(f, "relay4[{code}]"),
            Self::Relay6(level, option) => write!(f, "relay6[{level}].option[{option}]"),
            Self::Vendor(number) => write!(f, "vendor[{}]", Enterprise(*number)),
            Self::InVendor(number, code) => write!(f, "vendor[{}].option[{code}]", Enterprise(*number)),
            Self::VendorClass(number) => write!(f, "vendor-class[{}]", Enterprise(*number)),
        }
    }
}

impl fmt::Display for OptionRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Name(name) => f.write_str(&name.text),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClassData(number, 0) => write!(f, "vendor-class[{}].data", Enterprise(*number)),
            Self::ClassData(number, index) => write!(f, "vendor-class[{}].data[{index}]", Enterprise(*number)),
            Self::Peer(level) => write!(f, "relay6[{level}].peeraddr"),
            Self::Link(level) => write!(f, "relay6[{level}].linkaddr"),
            plain => {
                let (group, word) = plain.plain().unwrap_or_default();
                write!(f, "{group}.{word}")
            }
        }
    }
}
