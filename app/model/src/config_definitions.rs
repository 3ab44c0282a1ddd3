//! The definitions of options that a server has beside Kea's own, as pages show and edit them.

use serde::{Deserialize, Serialize};

use crate::{ConfigPlace, Family, OptionDatum, OptionKind};

/// The definitions of options of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigDefinitions {
    /// Whether the server is for IPv6.
    pub v6: bool,
    /// The definitions: those of the whole server, then those of its classes.
    pub definitions: Vec<ConfigDefinition>,
    /// The spaces that there are, the server's own first. A definition may be of any other.
    pub spaces: Vec<String>,
    /// Kea's words for what a value is made of.
    pub types: Vec<String>,
}

/// A definition of an option.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ConfigDefinition {
    /// Its path.
    pub path: String,
    /// The class for whose clients alone it is; none: it is for all.
    pub class: Option<String>,
    /// What it says.
    pub written: OptionDefinition,
    /// Where it is used: the first [`Self::MOST`] places.
    pub uses: Vec<ConfigPlace>,
    /// In how many places it is used.
    pub used: u32,
}

impl ConfigDefinition {
    /// How many places are answered.
    pub const MOST: usize = 20;
}

/// What a definition says, as it is typed and shown: what does not fit is kept as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OptionDefinition {
    /// The space of the option.
    pub space: String,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What its value is made of: Kea's word.
    pub kind: String,
    /// The types of the fields of a record, with commas between them; empty: it is no record.
    #[serde(default)]
    pub fields: String,
    /// Whether the value, or the last field of a record, may repeat.
    #[serde(default)]
    pub array: bool,
    /// The space of the options inside of it; empty: it has none.
    #[serde(default)]
    pub encapsulates: String,
}

impl OptionDefinition {
    /// What the value is made of, in words: `record of uint8, string`, `list of ipv4-address`.
    pub fn made_of(&self) -> String {
        let record = !self.fields.trim().is_empty();
        let kind = if record { format!("record of {}", self.fields) } else { self.kind.clone() };
        match (record, self.array) {
            (_, false) => kind,
            (true, true) => format!("{kind}, the last repeated"),
            (false, true) => format!("list of {kind}"),
        }
    }
}

/// An option to be chosen by its name, of which forms know no more than what its value is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefinedOption {
    /// Its space; none: `dhcp4`.
    pub space: Option<String>,
    /// Its code.
    pub code: u16,
    /// Its name.
    pub name: String,
    /// What it is, and what its value is made of, in words.
    pub about: String,
    /// What its value is made of: Kea's word; empty: it has several fields.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// Whether the value repeats.
    #[serde(default)]
    pub array: bool,
    /// The option of the server's own space that it stands in, and that has no value of its own; none: it stands by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<u16>,
}

impl DefinedOption {
    /// Whether it has no value, and is only there or not.
    pub fn has_no_value(&self) -> bool {
        self.kind == "empty"
    }

    /// What its value is made of, where forms know it; none: it is typed as the server takes it.
    pub fn value_kind(&self) -> Option<OptionKind> {
        OptionKind::named(&self.kind, self.array)
    }

    /// The one of these that an option is.
    pub fn of<'a>(all: &'a [Self], datum: &OptionDatum) -> Option<&'a Self> {
        all.iter().find(|option| option.space == datum.space && option.code == datum.code)
    }

    /// How lists show it: `acme (234)`, `controller (vendor-4491 1)`.
    pub fn label(&self) -> String {
        let own = [Family::V4, Family::V6].map(Family::option_space);
        match self.space.as_deref().filter(|space| !own.contains(space)) {
            Some(space) => format!("{} ({space} {})", self.name, self.code),
            None => format!("{} ({})", self.name, self.code),
        }
    }

    /// The one of these that is meant: by how lists show it, its name, or its code where it is of the server's own space.
    pub fn meant<'a>(all: &'a [Self], text: &str, family: Family) -> Option<&'a Self> {
        let text = text.trim();
        let is_own = |option: &Self| option.space.as_deref().is_none_or(|space| space == family.option_space());
        let by = |wanted: &dyn Fn(&Self) -> bool| all.iter().find(|option| wanted(option));
        by(&|option| option.label() == text)
            .or_else(|| by(&|option| is_own(option) && option.code.to_string() == text))
            .or_else(|| by(&|option| option.name == text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_value_is_made_of_is_said_in_words() {
        let of = |kind: &str, fields: &str, array: bool| {
            let (kind, fields) = (kind.to_owned(), fields.to_owned());
            OptionDefinition { kind, fields, array, ..OptionDefinition::default() }.made_of()
        };
        assert_eq!(of("fqdn", "", false), "fqdn");
        assert_eq!(of("ipv4-address", "", true), "list of ipv4-address");
        assert_eq!(of("record", "uint8, uint16", true), "record of uint8, uint16, the last repeated");
    }

    #[test]
    fn a_defined_option_is_meant_by_label_code_or_name() {
        let option = |space: Option<&str>, code: u16, name: &str| DefinedOption {
            space: space.map(str::to_owned),
            code,
            name: name.to_owned(),
            ..DefinedOption::default()
        };
        let all = [option(Some("vendor-4491"), 234, "tv"), option(None, 234, "acme"), option(None, 235, "tv")];
        let meant = |text: &str| DefinedOption::meant(&all, text, Family::V4).map(DefinedOption::label);
        assert_eq!(meant("234").as_deref(), Some("acme (234)"), "a code is of the server's own space");
        assert_eq!(meant("tv (vendor-4491 234)").as_deref(), Some("tv (vendor-4491 234)"));
        assert_eq!(meant(" acme ").as_deref(), Some("acme (234)"));
        assert_eq!(meant("1"), None);
    }
}
