//! DHCP options as they are set on a subnet or a reservation.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::Family;

/// One option with its value, in Kea's own text form (`192.0.2.1, 192.0.2.2`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OptionDatum {
    /// The option's code (RFC 2132); 0 when the server named it by name alone.
    pub code: u16,
    /// The option's name, empty when the server has none for it.
    pub name: String,
    /// The value.
    pub data: String,
    /// The option space; none: `dhcp4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<String>,
    /// Whether the value is hexadecimal digits instead of text (Kea: `csv-format` is false).
    #[serde(default)]
    pub hex: bool,
    /// Whether clients get it that did not ask for it (Kea: `always-send`).
    #[serde(default)]
    pub always: bool,
    /// Whether no client gets it, whatever else is set (Kea: `never-send`). It may then be without a value.
    #[serde(default)]
    pub never: bool,
    /// Only members of one of these classes get it (Kea: `client-classes`); empty: everybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub client_classes: Vec<String>,
}

impl OptionDatum {
    /// Its name, or its code where it has none.
    pub fn title(&self) -> String {
        if self.name.is_empty() { format!("option {}", self.code) } else { self.name.clone() }
    }

    /// A text under a code that the server has no definition of: written as the octets of the text.
    pub fn of_text(code: u16, text: &str) -> Self {
        Self { code, data: crate::option_catalogue::hex(text.as_bytes()), hex: true, ..Self::default() }
    }

    /// What is wrong with it by itself.
    pub fn fault(&self) -> Option<String> {
        if self.code == 0 && self.name.is_empty() {
            return Some("say which option it is".to_owned());
        }
        let text = crate::reservation::text_fault;
        text(&self.name, 128).or_else(|| text(&self.data, 4_096)).or_else(|| crate::option_catalogue::fault(self))
    }

    /// Whether both are the same option, whatever their values. Servers add the name or the code that was left out.
    pub fn is_same_option(&self, other: &Self) -> bool {
        let same_name = !self.name.is_empty() && self.name == other.name;
        let same_code = self.code != 0 && self.code == other.code;
        self.space() == other.space() && (same_code || same_name)
    }

    /// Whether both say the same, however it is spelled. For whom they say it is left out: a change of the value keeps that.
    pub fn is_equivalent_to(&self, other: &Self) -> bool {
        let alike = crate::option_catalogue::spelled_alike;
        let nothing = |datum: &Self| datum.data.trim().is_empty();
        self.is_same_option(other)
            && (self.always, self.never) == (other.always, other.never)
            && ((nothing(self) && nothing(other)) || alike(self) == alike(other))
    }

    /// The routers that it names: the default ones (option 3 of IPv4), or those of routes (33, 121, and 249 of Microsoft).
    pub fn routers(&self) -> Vec<IpAddr> {
        if self.never || self.space() != Family::V4.option_space() {
            return Vec::new();
        }
        match self.code {
            3 => self.addresses(),
            33 => self.addresses().into_iter().skip(1).step_by(2).collect(),
            121 | 249 => self.routes().map(|(_, router)| router).collect(),
            _ => Vec::new(),
        }
    }

    /// The routers of its routes to everywhere (121): clients that know these do without option 3.
    pub fn default_routers(&self) -> Vec<IpAddr> {
        self.routes().filter(|(network, _)| network == "0.0.0.0/0").map(|(_, router)| router).collect()
    }

    fn routes(&self) -> impl Iterator<Item = (String, IpAddr)> {
        self.parts().filter_map(|route| {
            let (network, router) = route.split_once(" - ")?;
            Some((network.trim().to_owned(), router.trim().parse().ok()?))
        })
    }

    /// The value as people read it, whatever way it is written. None: it stands in octets, of which it is not known what
    /// they mean.
    pub fn readable(&self) -> Option<String> {
        crate::option_catalogue::readable(self)
    }

    /// The addresses in it, whatever way they are written.
    pub fn addresses(&self) -> Vec<IpAddr> {
        self.parts().filter_map(|part| part.parse().ok()).collect()
    }

    /// The first of the texts in it, such as a domain name.
    pub fn first(&self) -> Option<String> {
        self.parts().next()
    }

    /// The number in it, in digits or in hexadecimal ones behind `0x`.
    pub fn number(&self) -> Option<i64> {
        crate::option_catalogue::number(&self.first()?)
    }

    fn parts(&self) -> impl Iterator<Item = String> {
        let parts = self.readable().unwrap_or_default();
        let parts: Vec<_> = parts.split(',').map(|part| part.trim().to_owned()).collect();
        parts.into_iter().filter(|part| !part.is_empty())
    }

    /// The option space that is meant.
    pub fn space(&self) -> &str {
        self.space.as_deref().unwrap_or(Family::V4.option_space())
    }
}
