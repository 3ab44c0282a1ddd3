//! What a DHCP server knows a client by (RFC 2131 `chaddr`, RFC 2132 option 61, RFC 3046 option 82, RFC 8415 DUID).

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Family;

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// Not pairs of hexadecimal digits.
    #[error("“{0}” is not hexadecimal: write it like 02:00:5e:10:00:01")]
    NotHexadecimal(String),
    /// Quotes around what is not a text.
    #[error("{0} is not a text that can be sent: use letters, digits and signs of ASCII between the quotes")]
    NotText(String),
    /// A length that the kind of identifier cannot have.
    #[error("{found} octets are not possible here: {allowed}")]
    Length {
        /// How many octets were given.
        found: usize,
        /// What would be right, in words.
        allowed: &'static str,
    },
}

/// Some octets, printed as lower-case hexadecimal pairs with colons.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Octets(Vec<u8>);

impl Octets {
    /// The longest identifier that Kea keeps: a client id.
    pub const MAX: usize = 255;

    /// The octets themselves.
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// Printable ASCII text, where the octets are that: people put text into client and circuit ids.
    pub fn text(&self) -> Option<String> {
        let printable = !self.0.is_empty() && self.0.iter().all(|octet| (0x20..0x7f).contains(octet));
        printable.then(|| String::from_utf8_lossy(&self.0).into_owned())
    }
}

impl FromStr for Octets {
    type Err = IdentifierError;

    /// Reads `02:00:5e`, `02-00-5e`, `0200.5e10`, `02005e` and `0x02005e`; single digits between separators count as
    /// one octet (`2:0:5e`).
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let bad = || IdentifierError::NotHexadecimal(text.to_owned());
        let bare = text.trim();
        let bare = bare.strip_prefix("0x").or_else(|| bare.strip_prefix("0X")).unwrap_or(bare);
        let groups: Vec<&str> = bare.split([':', '-', '.', ' ']).collect();
        let mut digits = String::new();
        for group in &groups {
            if group.is_empty() || !group.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return Err(bad());
            }
            if group.len() % 2 == 1 {
                if groups.len() == 1 || group.len() > 1 {
                    return Err(bad());
                }
                digits.push('0');
            }
            digits.push_str(group);
        }
        let octets: Vec<u8> =
            (0..digits.len() / 2).filter_map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).ok()).collect();
        match octets.len() {
            1..=Self::MAX => Ok(Self(octets)),
            found => Err(IdentifierError::Length { found, allowed: "1 to 255" }),
        }
    }
}

impl TryFrom<Vec<u8>> for Octets {
    type Error = IdentifierError;

    fn try_from(octets: Vec<u8>) -> Result<Self, IdentifierError> {
        match octets.len() {
            1..=Self::MAX => Ok(Self(octets)),
            found => Err(IdentifierError::Length { found, allowed: "1 to 255" }),
        }
    }
}

impl TryFrom<String> for Octets {
    type Error = IdentifierError;

    fn try_from(text: String) -> Result<Self, IdentifierError> {
        text.parse()
    }
}

impl From<Octets> for String {
    fn from(octets: Octets) -> Self {
        octets.to_string()
    }
}

impl fmt::Display for Octets {
    // Lists have tens of thousands of these: one piece of text is many times faster than formatting each octet.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(self.0.len() * 3);
        for (at, octet) in self.0.iter().enumerate() {
            if at > 0 {
                text.push(':');
            }
            text.extend([octet >> 4, octet & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or_default()));
        }
        out.write_str(&text)
    }
}

impl fmt::Debug for Octets {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// A hardware address: 6 octets for Ethernet, 8 for EUI-64, 20 for `InfiniBand` (RFC 4390), and anything from 1 to 20 for
/// other hardware. The server keeps them all.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HwAddress(Octets);

impl HwAddress {
    /// The octets.
    pub fn octets(&self) -> &Octets {
        &self.0
    }

    /// Whether it can tell clients apart: nothing but zeros stands for no address, and nothing but ones for all of them.
    pub fn identifies(&self) -> bool {
        let octets = self.0.as_slice();
        ![0, u8::MAX].iter().any(|blank| octets.iter().all(|octet| octet == blank))
    }

    /// Whether it has a length that hardware in use has; of any other it is worth asking whether some of it is missing.
    pub fn has_usual_length(&self) -> bool {
        matches!(self.0.as_slice().len(), 6 | 8 | 20)
    }
}

impl TryFrom<Octets> for HwAddress {
    type Error = IdentifierError;

    fn try_from(octets: Octets) -> Result<Self, IdentifierError> {
        match octets.as_slice().len() {
            1..=20 => Ok(Self(octets)),
            found => Err(IdentifierError::Length { found, allowed: "a MAC address has 1 to 20, that of Ethernet 6" }),
        }
    }
}

impl FromStr for HwAddress {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        text.parse::<Octets>()?.try_into()
    }
}

impl TryFrom<String> for HwAddress {
    type Error = IdentifierError;

    fn try_from(text: String) -> Result<Self, IdentifierError> {
        text.parse()
    }
}

impl From<HwAddress> for String {
    fn from(address: HwAddress) -> Self {
        address.to_string()
    }
}

impl fmt::Display for HwAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// Which of a client's identifiers a reservation is keyed by (Kea: `host-reservation-identifiers`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentifierKind {
    /// The hardware address of the interface.
    HwAddress,
    /// The client identifier, DHCP option 61.
    ClientId,
    /// The DHCP unique identifier (RFC 8415), in IPv4 the one inside of a client identifier (RFC 4361).
    Duid,
    /// The relay agent's circuit id, option 82 sub-option 1.
    CircuitId,
    /// What the flexible-identifier hook computed.
    FlexId,
}

impl IdentifierKind {
    /// Every kind, the usual one first.
    pub const ALL: [Self; 5] = [Self::HwAddress, Self::ClientId, Self::Duid, Self::CircuitId, Self::FlexId];

    /// The kinds that servers of the family know clients by, the usual one first.
    pub fn of_family(family: Family) -> &'static [Self] {
        match family {
            Family::V4 => &Self::ALL,
            Family::V6 => &[Self::Duid, Self::HwAddress, Self::FlexId],
        }
    }

    /// The short word of forms and of addresses, the same as in JSON: `hw-address`.
    pub fn code(self) -> &'static str {
        match self {
            Self::HwAddress => "hw-address",
            Self::ClientId => "client-id",
            Self::Duid => "duid",
            Self::CircuitId => "circuit-id",
            Self::FlexId => "flex-id",
        }
    }

    /// The kind with that short word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The name that people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::HwAddress => "MAC address",
            Self::ClientId => "Client id",
            Self::Duid => "DUID",
            Self::CircuitId => "Circuit id",
            Self::FlexId => "Flex id",
        }
    }

    /// How many octets a server takes, and that in words. Leases may have DUIDs of any length that a client sends.
    fn lengths(self) -> (RangeInclusive<usize>, &'static str) {
        match self {
            Self::HwAddress => (1..=20, "a MAC address has 1 to 20, that of Ethernet 6"),
            Self::ClientId => (2..=255, "a client id has 2 to 255"),
            Self::Duid => (3..=130, "a DUID has 3 to 130"),
            Self::CircuitId => (1..=128, "a circuit id has 1 to 128"),
            Self::FlexId => (1..=128, "a flex id has 1 to 128"),
        }
    }
}

/// An identifier of a client, with its kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "value")]
pub enum Identifier {
    /// By hardware address.
    HwAddress(HwAddress),
    /// By client identifier.
    ClientId(Octets),
    /// By DUID.
    Duid(Octets),
    /// By circuit id.
    CircuitId(Octets),
    /// By flexible identifier.
    FlexId(Octets),
}

impl Identifier {
    /// Reads the value of an identifier of that kind, in any usual notation: hexadecimal, and where people put text into
    /// identifiers (client, circuit and flex ids) also text in single or double quotes.
    pub fn parse(kind: IdentifierKind, text: &str) -> Result<Self, IdentifierError> {
        let octets = match kind {
            IdentifierKind::HwAddress | IdentifierKind::Duid => text.parse::<Octets>()?,
            IdentifierKind::ClientId | IdentifierKind::CircuitId | IdentifierKind::FlexId => octets_or_text(text)?,
        };
        let parsed = match kind {
            IdentifierKind::HwAddress => Self::HwAddress(octets.try_into()?),
            IdentifierKind::ClientId => Self::ClientId(octets),
            IdentifierKind::Duid => Self::Duid(octets),
            IdentifierKind::CircuitId => Self::CircuitId(octets),
            IdentifierKind::FlexId => Self::FlexId(octets),
        };
        parsed.length_fault().map_or(Ok(parsed), Err)
    }

    /// What is wrong with its length; none: a server takes it.
    pub fn length_fault(&self) -> Option<IdentifierError> {
        let ((possible, allowed), found) = (self.kind().lengths(), self.octets().0.len());
        (!possible.contains(&found)).then_some(IdentifierError::Length { found, allowed })
    }

    /// The one spelling of whom it means: a client id that is a hardware address after the octet 1 (RFC 2132 §9.14) means
    /// that address, one that is a DUID after the octet 255 and four octets of IAID (RFC 4361 §6.1) that DUID. Identifiers
    /// of one spelling are of one client.
    #[must_use]
    pub fn canonical(&self) -> Self {
        let of_client_id = |id: &Octets| match id.as_slice() {
            [1, address @ ..] if address.len() == 6 => {
                Some(Self::HwAddress(HwAddress::try_from(Octets(address.to_vec())).ok()?))
            }
            [255, _, _, _, _, duid @ ..] if duid.len() >= 3 => Some(Self::Duid(Octets(duid.to_vec()))),
            _ => None,
        };
        match self {
            Self::ClientId(id) => of_client_id(id).unwrap_or_else(|| self.clone()),
            other => other.clone(),
        }
    }

    /// Whether it can tell clients apart; see [`HwAddress::identifies`].
    pub fn identifies(&self) -> bool {
        self.canonical().hw_address().is_none_or(HwAddress::identifies)
    }

    /// Whether both mean one client, in whatever spelling.
    pub fn is_same_client(&self, other: &Self) -> bool {
        self == other || (self.identifies() && self.canonical() == other.canonical())
    }

    /// Which kind it is.
    pub fn kind(&self) -> IdentifierKind {
        match self {
            Self::HwAddress(_) => IdentifierKind::HwAddress,
            Self::ClientId(_) => IdentifierKind::ClientId,
            Self::Duid(_) => IdentifierKind::Duid,
            Self::CircuitId(_) => IdentifierKind::CircuitId,
            Self::FlexId(_) => IdentifierKind::FlexId,
        }
    }

    /// Its octets.
    pub fn octets(&self) -> &Octets {
        match self {
            Self::HwAddress(address) => address.octets(),
            Self::ClientId(octets) | Self::Duid(octets) | Self::CircuitId(octets) | Self::FlexId(octets) => octets,
        }
    }

    /// The hardware address, where it is one.
    pub fn hw_address(&self) -> Option<&HwAddress> {
        match self {
            Self::HwAddress(address) => Some(address),
            _ => None,
        }
    }
}

fn octets_or_text(text: &str) -> Result<Octets, IdentifierError> {
    let bare = text.trim();
    let quoted = ['\'', '"'].into_iter().find_map(|quote| bare.strip_prefix(quote)?.strip_suffix(quote));
    let Some(inner) = quoted else { return bare.parse() };
    let octets = Octets::try_from(inner.as_bytes().to_vec())?;
    // Other characters have more than one encoding, and control characters damage Kea's files.
    if octets.text().is_some() { Ok(octets) } else { Err(IdentifierError::NotText(bare.to_owned())) }
}

impl fmt::Display for Identifier {
    /// The value alone: colons for every kind.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.octets().fmt(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_notation_of_a_mac_is_the_same_address() {
        for text in [
            "02:00:5E:10:00:01",
            "02-00-5e-10-00-01",
            "0200.5e10.0001",
            "02005e100001",
            " 2:0:5e:10:0:1 ",
            "0x02005E100001",
        ] {
            assert_eq!(text.parse::<HwAddress>().unwrap().to_string(), "02:00:5e:10:00:01", "{text}");
        }
    }

    #[test]
    fn what_is_not_an_identifier_is_refused() {
        for text in ["", ":", "02:00:5e:10:00:0g", "0200 5e10 001", "2005e100001", "02::5e:10:00:01"] {
            assert!(text.parse::<HwAddress>().is_err(), "{text}");
        }
        assert!("ab".repeat(256).parse::<Octets>().is_err());
    }

    #[test]
    fn every_length_that_a_server_keeps_is_an_identifier() {
        use IdentifierKind::{CircuitId, ClientId, Duid, FlexId, HwAddress};
        for (kind, shortest, longest) in
            [(HwAddress, 1, 20), (ClientId, 2, 255), (Duid, 3, 130), (CircuitId, 1, 128), (FlexId, 1, 128)]
        {
            let parse = |octets: usize| Identifier::parse(kind, &"ab".repeat(octets));
            for octets in [shortest, longest] {
                let parsed = parse(octets).unwrap();
                let json = serde_json::to_string(&parsed).unwrap();
                assert_eq!(serde_json::from_str::<Identifier>(&json).unwrap(), parsed, "{kind:?} of {octets}");
            }
            assert!(parse(shortest - 1).is_err() && parse(longest + 1).is_err(), "{kind:?}");
        }
    }

    #[test]
    fn one_client_has_one_spelling() {
        let id = |kind, text: &str| Identifier::parse(kind, text).unwrap();
        let mac = id(IdentifierKind::HwAddress, "02:00:5e:10:00:01");
        assert!(mac.is_same_client(&id(IdentifierKind::ClientId, "01:02:00:5e:10:00:01")));
        assert!(!mac.is_same_client(&id(IdentifierKind::ClientId, "02:02:00:5e:10:00:01")));
        assert!(!mac.is_same_client(&id(IdentifierKind::ClientId, "01:02:00:5e:10:00:01:00")));
        let duid = id(IdentifierKind::Duid, "00:02:00:00:ab:11:68");
        let inside = id(IdentifierKind::ClientId, "ff:b5:5e:67:ff:00:02:00:00:ab:11:68");
        assert!(duid.is_same_client(&inside) && inside.is_same_client(&duid));
        assert!(inside.is_same_client(&id(IdentifierKind::ClientId, "ff:00:00:00:01:00:02:00:00:ab:11:68")));
        assert!(!duid.is_same_client(&id(IdentifierKind::FlexId, "00:02:00:00:ab:11:68")));
    }

    #[test]
    fn zeros_or_ones_identify_no_client() {
        let mac = |text: &str| Identifier::parse(IdentifierKind::HwAddress, text).unwrap();
        for blank in ["00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "00", "ff:ff"] {
            assert!(!mac(blank).identifies(), "{blank}");
        }
        let blank = Identifier::parse(IdentifierKind::ClientId, "01:00:00:00:00:00:00").unwrap();
        assert!(!blank.identifies() && !blank.is_same_client(&mac("00:00:00:00:00:00")));
        assert!(mac("00:00:00:00:00:01").identifies());
    }

    #[test]
    fn infiniband_addresses_have_twenty_octets() {
        let text = ["a0"; 20].join(":");
        assert_eq!(text.parse::<HwAddress>().unwrap().to_string(), text);
    }

    #[test]
    fn text_in_quotes_is_an_identifier_where_people_put_text() {
        for kind in [IdentifierKind::ClientId, IdentifierKind::CircuitId, IdentifierKind::FlexId] {
            for text in ["'port-7'", " \"port-7\" ", "70:6f:72:74:2d:37", "706F72742D37"] {
                assert_eq!(Identifier::parse(kind, text).unwrap().to_string(), "70:6f:72:74:2d:37", "{text}");
            }
            for text in ["''", "'", "'port", "port-7", "'ü'", "'a\nb'"] {
                assert!(Identifier::parse(kind, text).is_err(), "{text}");
            }
        }
        assert!(Identifier::parse(IdentifierKind::HwAddress, "'port-7'").is_err());
        assert!(Identifier::parse(IdentifierKind::Duid, "'port-7'").is_err());
    }

    #[test]
    fn kinds_have_one_spelling() {
        for kind in IdentifierKind::ALL {
            assert_eq!(IdentifierKind::from_code(kind.code()), Some(kind));
            let text = if kind == IdentifierKind::HwAddress { "02:00:5e:10:00:01" } else { "66:6f:6f" };
            assert_eq!(Identifier::parse(kind, text).unwrap().kind(), kind);
        }
        assert_eq!("666f6f".parse::<Octets>().unwrap().text().as_deref(), Some("foo"));
    }
}
