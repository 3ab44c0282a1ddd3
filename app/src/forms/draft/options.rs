//! Options as the form shows them: one row each, however many options of the server's it takes to say it.

use model::{Family, OptionDatum, StandardOption};

/// How the value of a row is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// As that option is typed.
    Standard(&'static StandardOption),
    /// As hexadecimal digits.
    Hex,
    /// As text, sent octet by octet.
    Text,
    /// As the server defines the option.
    Server,
}

impl Notation {
    /// The choices, each with its short word and its label.
    pub const CHOICES: [(&'static str, &'static str); 3] =
        [("hex", "hexadecimal"), ("text", "text"), ("server", "as defined on the server")];

    /// The short word.
    pub fn code(self) -> &'static str {
        match self {
            Self::Standard(_) => "standard",
            Self::Hex => "hex",
            Self::Text => "text",
            Self::Server => "server",
        }
    }

    /// The notation with that short word, of those that can be chosen.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Hex, Self::Text, Self::Server].into_iter().find(|notation| notation.code() == code)
    }
}

/// One option of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionRow {
    /// Tells it from the others of the form.
    pub id: u32,
    /// Its code, as typed.
    pub code: String,
    /// How its value is written.
    pub notation: Notation,
    /// Its value, as typed.
    pub value: String,
    /// Whether clients get it that did not ask for it.
    pub always: bool,
    /// Whether no client gets it.
    pub never: bool,
    /// The server's name for it, empty when there is none.
    name: String,
    /// The option space, where it is another than that of the standard options.
    space: Option<String>,
}

impl OptionRow {
    /// A row for the option that is meant, by name or code; none when none is. Those of IPv6 have no editors: they go by
    /// their code.
    pub(super) fn meant(id: u32, text: &str, family: Family) -> Option<Self> {
        let row = |code: u16, notation| Self {
            id,
            code: code.to_string(),
            notation,
            value: String::new(),
            always: false,
            never: false,
            name: String::new(),
            space: (family == Family::V6).then(|| family.option_space().to_owned()),
        };
        if let Some(option) = StandardOption::meant(text).filter(|_| family == Family::V4) {
            return Some(row(option.code, Notation::Standard(option)));
        }
        let code = text.trim().parse().ok().filter(|code| (1..=highest_code(family)).contains(code))?;
        Some(row(code, if family == Family::V4 { Notation::Hex } else { Notation::Server }))
    }

    /// What people call it.
    pub fn title(&self) -> String {
        let never = if self.never { ", never sent" } else { "" };
        match (self.notation, self.name.as_str()) {
            (Notation::Standard(option), _) => format!("{} ({}){never}", option.name, option.code),
            (_, "") => format!("option {}{never}", self.code),
            (_, name) => format!("{name} ({}){never}", self.code),
        }
    }

    /// Whether its code and notation can be changed: no name of the server's goes with them.
    pub fn is_free(&self) -> bool {
        !matches!(self.notation, Notation::Standard(_)) && self.name.is_empty() && self.is_of_a_usual_space()
    }

    fn is_of_a_usual_space(&self) -> bool {
        self.space.is_none() || self.family() == Family::V6
    }

    fn family(&self) -> Family {
        if self.space.as_deref() == Some(Family::V6.option_space()) { Family::V6 } else { Family::V4 }
    }

    /// What the server is sent.
    pub fn data(&self) -> Vec<OptionDatum> {
        let code = self.code.trim().parse().unwrap_or_default();
        let plain = OptionDatum {
            code,
            name: self.name.clone(),
            data: self.value.trim().to_owned(),
            space: self.space.clone(),
            hex: self.notation == Notation::Hex,
            always: self.always,
            never: self.never,
            ..OptionDatum::default()
        };
        match self.notation {
            Notation::Standard(option) => {
                let data = option.data(&self.value, self.always).into_iter();
                data.map(|datum| OptionDatum { never: self.never, ..datum }).collect()
            }
            Notation::Text => {
                let text = OptionDatum::of_text(code, self.value.trim());
                vec![OptionDatum { data: text.data, hex: true, ..plain }]
            }
            Notation::Hex | Notation::Server => vec![plain],
        }
    }

    /// What is wrong with it by itself.
    pub(super) fn fault(&self) -> Option<String> {
        // What is never sent needs no value.
        if self.never && self.value.trim().is_empty() {
            return None;
        }
        if let Notation::Standard(option) = self.notation {
            return option.fault(&self.value);
        }
        let highest = highest_code(self.family());
        let code = self.code.trim().parse::<u16>().is_ok_and(|code| (1..=highest).contains(&code));
        if self.name.is_empty() && !code {
            return Some(format!("a code is a number from 1 to {highest}"));
        }
        self.data().iter().find_map(OptionDatum::fault)
    }

    fn of(id: u32, datum: &OptionDatum) -> Self {
        let standard = StandardOption::of(datum);
        let (notation, value) = match standard.and_then(|option| Some((option, option.typed(datum)?))) {
            Some((option, typed)) => (Notation::Standard(option), typed),
            None if datum.hex => (Notation::Hex, datum.data.clone()),
            None => (Notation::Server, datum.data.clone()),
        };
        Self {
            id,
            code: datum.code.to_string(),
            notation,
            value,
            always: datum.always,
            never: datum.never,
            name: datum.name.clone(),
            space: datum.space.clone().filter(|space| space != Family::V4.option_space()),
        }
    }
}

/// The highest code of an option (RFC 2132, RFC 8415).
pub(in crate::forms) fn highest_code(family: Family) -> u16 {
    match family {
        Family::V4 => 254,
        Family::V6 => u16::MAX,
    }
}

/// The rows for the options that a reservation has.
pub(super) fn rows(data: &[OptionDatum]) -> Vec<OptionRow> {
    let (vendor, rest) = match StandardOption::gather_parts(data) {
        Some((whole, typed, rest)) => (StandardOption::of(&whole).zip(Some((typed, whole.always))), rest),
        None => (None, data.to_vec()),
    };
    let vendor = vendor.and_then(|(option, (value, always))| {
        let row = OptionRow::meant(0, option.name, Family::V4)?;
        Some(OptionRow { value, always, ..row })
    });
    let first = u32::from(vendor.is_some());
    vendor.into_iter().chain((first..).zip(&rest).map(|(id, datum)| OptionRow::of(id, datum))).collect()
}
