//! The words of expressions: fields of the packet, functions, and what joins conditions.

use crate::Family;

/// A field of the packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// `pkt.iface`
    Interface,
    /// `pkt.src`
    From,
    /// `pkt.dst`
    To,
    /// `pkt.len`
    Length,
    /// `pkt4.mac`
    Mac,
    /// `pkt4.hlen`
    MacLength,
    /// `pkt4.htype`
    HardwareType,
    /// `pkt4.ciaddr`
    Ciaddr,
    /// `pkt4.giaddr`
    Giaddr,
    /// `pkt4.yiaddr`
    Yiaddr,
    /// `pkt4.siaddr`
    Siaddr,
    /// `pkt4.msgtype`, `pkt6.msgtype`
    MessageType(Family),
    /// `pkt4.transid`, `pkt6.transid`
    Transaction(Family),
    /// `vendor.enterprise`
    Enterprise,
    /// `vendor-class.enterprise`
    ClassEnterprise,
    /// `vendor-class[…].data[…]`; no enterprise: any.
    ClassData(Option<u32>, u8),
    /// `relay6[…].peeraddr`
    Peer(i8),
    /// `relay6[…].linkaddr`
    Link(i8),
}

/// Those that are two words with a point between.
const PLAIN: [(Field, &str, &str); 17] = [
    (Field::Interface, "pkt", "iface"),
    (Field::From, "pkt", "src"),
    (Field::To, "pkt", "dst"),
    (Field::Length, "pkt", "len"),
    (Field::Mac, "pkt4", "mac"),
    (Field::MacLength, "pkt4", "hlen"),
    (Field::HardwareType, "pkt4", "htype"),
    (Field::Ciaddr, "pkt4", "ciaddr"),
    (Field::Giaddr, "pkt4", "giaddr"),
    (Field::Yiaddr, "pkt4", "yiaddr"),
    (Field::Siaddr, "pkt4", "siaddr"),
    (Field::MessageType(Family::V4), "pkt4", "msgtype"),
    (Field::Transaction(Family::V4), "pkt4", "transid"),
    (Field::MessageType(Family::V6), "pkt6", "msgtype"),
    (Field::Transaction(Family::V6), "pkt6", "transid"),
    (Field::Enterprise, "vendor", "enterprise"),
    (Field::ClassEnterprise, "vendor-class", "enterprise"),
];

impl Field {
    /// The field of these two words.
    pub(super) fn of_words(group: &str, word: &str) -> Option<Self> {
        PLAIN.iter().find(|row| (row.1, row.2) == (group, word)).map(|row| row.0)
    }

    /// The words of a group, for saying which there are.
    pub(super) fn words(group: &str) -> String {
        let words: Vec<_> = PLAIN.iter().filter(|row| row.1 == group).map(|row| row.2).collect();
        words.join(", ")
    }

    /// The two words that it is; none: it has an index.
    pub(super) fn plain(self) -> Option<(&'static str, &'static str)> {
        PLAIN.iter().find(|row| row.0 == self).map(|row| (row.1, row.2))
    }
}

/// A function of texts alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// `concat`
    Concat,
    /// `lcase`
    LowerCase,
    /// `ucase`
    UpperCase,
    /// `hexstring`
    HexString,
    /// `addrtotext`
    AddressToText,
    /// `int8totext` and the like.
    NumberToText {
        /// How many octets the number has.
        octets: usize,
        /// Whether it may be negative.
        signed: bool,
    },
}

const fn number(octets: usize, signed: bool) -> Function {
    Function::NumberToText { octets, signed }
}

const FUNCTIONS: [(Function, &str, usize); 11] = [
    (Function::Concat, "concat", 2),
    (Function::LowerCase, "lcase", 1),
    (Function::UpperCase, "ucase", 1),
    (Function::HexString, "hexstring", 2),
    (Function::AddressToText, "addrtotext", 1),
    (number(1, true), "int8totext", 1),
    (number(2, true), "int16totext", 1),
    (number(4, true), "int32totext", 1),
    (number(1, false), "uint8totext", 1),
    (number(2, false), "uint16totext", 1),
    (number(4, false), "uint32totext", 1),
];

impl Function {
    /// The function of a name, and how many texts it takes.
    pub(super) fn of_name(name: &str) -> Option<(Self, usize)> {
        FUNCTIONS.iter().find(|row| row.1 == name).map(|row| (row.0, row.2))
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        FUNCTIONS.iter().find(|row| row.0 == self).map_or("", |row| row.1)
    }
}

/// What joins conditions. `sand` and `sor` are `and` and `or` that always evaluate both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Join {
    /// `sor`
    Sor,
    /// `or`
    Or,
    /// `sand`
    Sand,
    /// `and`
    And,
}

impl Join {
    /// All of them, the one that binds least first.
    pub const ALL: [Self; 4] = [Self::Sor, Self::Or, Self::Sand, Self::And];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sor => "sor",
            Self::Or => "or",
            Self::Sand => "sand",
            Self::And => "and",
        }
    }

    /// What of a side decides at once: `false` for `and`. Kea then does not look at the other sides, unless it always does.
    pub(super) fn decider(self) -> bool {
        matches!(self, Self::Or | Self::Sor)
    }

    /// Whether all sides are always evaluated.
    pub(super) fn always(self) -> bool {
        matches!(self, Self::Sor | Self::Sand)
    }
}
