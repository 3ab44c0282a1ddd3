//! Expressions of client classes (`test`, `template-test`): read, with the place and the plain words of what is wrong;
//! written; and evaluated over a sample packet, so that the value of every part can be shown.
//!
//! What is taken and refused, and what comes out, was asked of Kea 3.0.3; `server/keaconf/tests/expressions.rs` asks it
//! again. An expression is either a *condition* (true or false) or *text* (octets): `==` makes a condition of two texts.

mod evaluate;
mod fields;
mod lexer;
mod packet;
mod parser;
mod pattern;
mod print;

use std::fmt;
use std::net::IpAddr;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::Family;

pub use evaluate::{Evaluated, Outcome};
pub use fields::{Field, Function, Join};
pub use packet::{Packet, PacketOption, PacketRelay};
pub use pattern::Pattern;

/// How deep parentheses, functions and `not` may be nested.
const MAX_DEPTH: usize = 64;

/// How long an expression may be, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// What an expression comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// True or false: what a `test` is.
    Condition,
    /// Octets: what a `template-test` is.
    Text,
}

/// An expression that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    /// What is outermost in it.
    pub root: Node,
}

/// A part of an expression. Two are equal when they say the same, wherever they stand.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it stands in the text, in bytes.
    pub range: Range<usize>,
    /// What it is.
    pub what: What,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.what == other.what
    }
}

impl Eq for Node {}

/// What a part of an expression is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// `not …`
    Not(Box<Node>),
    /// `… and …`, of two or more.
    Join(Join, Vec<Node>),
    /// `… == …`
    Equal(Box<[Node; 2]>),
    /// `member('…')`
    Member(Name),
    /// `match('…', …)`
    Match(Pattern, Box<Node>),
    /// `….exists`
    Exists(Source),
    /// `'…'`
    Text(String),
    /// `0x…`: the digits.
    Hex(String),
    /// A number: four octets.
    Number(u32),
    /// An address: four or sixteen octets.
    Address(IpAddr),
    /// `….hex`
    Octets(Source),
    /// `….text`
    Readable(Source),
    /// A field of the packet.
    Field(Field),
    /// `… + …`, of two or more.
    Sum(Vec<Node>),
    /// A function of texts alone.
    Call(Function, Vec<Node>),
    /// `substring(…, start, length)`; no length: `all`.
    Substring(Box<Node>, i64, Option<i64>),
    /// `split(…, separators, field)`
    Split(Box<[Node; 2]>, i64),
    /// `ifelse(condition, …, …)`; `sifelse` where both are always evaluated.
    IfElse {
        /// Whether both texts are always evaluated.
        always: bool,
        /// The condition, the text where it is true, and the other one.
        parts: Box<[Node; 3]>,
    },
}

/// Where an option is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// `option[…]`
    Option(OptionRef),
    /// `option[…].option[…]`
    Inside(OptionRef, u16),
    /// `relay4[…]`: inside of option 82.
    Relay4(u16),
    /// `relay6[…].option[…]`: 0 is the relay next to the server, -1 the one next to the client.
    Relay6(i8, OptionRef),
    /// `vendor[…]`; none: any enterprise.
    Vendor(Option<u32>),
    /// `vendor[…].option[…]`
    InVendor(Option<u32>, u16),
    /// `vendor-class[…]`
    VendorClass(Option<u32>),
}

/// An option, by code or by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptionRef {
    /// By its code.
    Code(u16),
    /// By its name.
    Name(Name),
}

/// A name of a class or an option. Two are equal when they read the same, wherever they stand.
#[derive(Clone, Debug)]
pub struct Name {
    /// The name.
    pub text: String,
    /// Where it stands in the text, quotes and all, in bytes.
    pub range: Range<usize>,
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Name {}

/// What is wrong with an expression, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpressionError {
    /// Where in the text, in bytes; empty where something is missing.
    pub range: Range<usize>,
    /// The line, from 1.
    pub line: u32,
    /// The character in the line, from 1.
    pub column: u32,
    /// What is wrong: a clause without a full stop.
    pub text: String,
}

impl fmt::Display for ExpressionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, character {}: {}", self.line, self.column, self.text)
    }
}

impl std::error::Error for ExpressionError {}

impl ExpressionError {
    /// An error at a place of a text.
    pub fn at(text: &str, range: Range<usize>, words: impl Into<String>) -> Self {
        let before = text.get(..range.start).unwrap_or(text);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let short = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self { range, line: short(line), column: short(column), text: words.into() }
    }
}

impl Expression {
    /// Reads an expression that is wanted to be of this kind. Names of options and classes are not looked up.
    pub fn parse(text: &str, family: Family, wanted: Kind) -> Result<Self, ExpressionError> {
        if text.len() > MAX_BYTES {
            let words = format!("this is longer than {MAX_BYTES} bytes");
            return Err(ExpressionError::at(text, MAX_BYTES..text.len(), words));
        }
        let tokens = lexer::tokens(text)?;
        parser::parse(text, &tokens, family, wanted).map(|root| Self { root })
    }

    /// Its value for a packet, with those of all of its parts. `names` gives the code of an option by its name.
    pub fn evaluate(&self, packet: &Packet, names: &dyn Fn(&str) -> Option<u16>) -> Evaluated {
        evaluate::evaluate(&self.root, packet, names)
    }

    /// The classes that it asks for.
    pub fn classes(&self) -> Vec<&Name> {
        let mut found = Vec::new();
        self.root.each(&mut |node| {
            if let What::Member(name) = &node.what {
                found.push(name);
            }
        });
        found
    }

    /// The options that it has by name.
    pub fn option_names(&self) -> Vec<&Name> {
        let mut found = Vec::new();
        self.root.each(&mut |node| {
            let (What::Exists(source) | What::Octets(source) | What::Readable(source)) = &node.what else { return };
            if let Source::Option(OptionRef::Name(name))
            | Source::Inside(OptionRef::Name(name), _)
            | Source::Relay6(_, OptionRef::Name(name)) = source
            {
                found.push(name);
            }
        });
        found
    }
}

impl Node {
    /// What it comes to.
    pub fn kind(&self) -> Kind {
        match &self.what {
            What::Not(_) | What::Join(..) | What::Equal(_) | What::Member(_) | What::Match(..) | What::Exists(_) => {
                Kind::Condition
            }
            _ => Kind::Text,
        }
    }

    /// Its parts, in the order of the text.
    pub fn parts(&self) -> &[Self] {
        match &self.what {
            What::Not(part) | What::Match(_, part) | What::Substring(part, ..) => std::slice::from_ref(part),
            What::Join(_, parts) | What::Sum(parts) | What::Call(_, parts) => parts,
            What::Equal(parts) | What::Split(parts, _) => parts.as_slice(),
            What::IfElse { parts, .. } => parts.as_slice(),
            What::Member(_)
            | What::Exists(_)
            | What::Text(_)
            | What::Hex(_)
            | What::Number(_)
            | What::Address(_)
            | What::Octets(_)
            | What::Readable(_)
            | What::Field(_) => &[],
        }
    }

    /// Shows it and everything in it.
    fn each<'a>(&'a self, look: &mut impl FnMut(&'a Self)) {
        look(self);
        for part in self.parts() {
            part.each(look);
        }
    }
}

#[cfg(test)]
mod tests;
