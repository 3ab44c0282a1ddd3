//! DHCP options as they are set on a subnet or a reservation.

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

    /// Whether both say the same, however it is spelled.
    pub fn is_equivalent_to(&self, other: &Self) -> bool {
        self.is_same_option(other)
            && (self.hex, self.always) == (other.hex, other.always)
            && self.bare_data(other.hex) == other.bare_data(other.hex)
    }

    /// The option space that is meant.
    pub fn space(&self) -> &str {
        self.space.as_deref().unwrap_or(Family::V4.option_space())
    }

    fn bare_data(&self, hex: bool) -> String {
        let kept = |c: &char| !(c.is_whitespace() || hex && *c == ':');
        let bare: String = self.data.chars().filter(kept).collect();
        if hex { bare.trim_start_matches("0x").to_ascii_lowercase() } else { bare }
    }
}
