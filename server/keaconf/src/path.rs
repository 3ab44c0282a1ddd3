//! Names of the parts of a configuration: by what they are, not by where they stand.
//!
//! `subnet4[id=10].pools[pool=192.0.2.10-192.0.2.20].option-data[space=dhcp4,code=6]`

mod parse;

use std::fmt;

use crate::Text;

pub use parse::PathError;

/// One step into a configuration.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// The member of a map.
    Member(Text),
    /// The element of a list that has these members; of a list of texts or numbers the one whose `value` this is.
    Element(Vec<(String, Text)>),
    /// The element at a place, from 0, of a list whose elements have nothing to be known by.
    At(usize),
}

/// Where a part of a configuration is, from within the map of its daemon.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Path(Vec<Step>);

impl Path {
    /// The whole configuration.
    pub fn root() -> Self {
        Self::default()
    }

    /// Its steps.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Whether it is the whole configuration.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// One step further.
    #[must_use]
    pub fn with(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// The member of a name in the map that it is of.
    #[must_use]
    pub fn member(&self, name: &str) -> Self {
        self.with(Step::Member(name.into()))
    }

    /// What it is part of, and its last step; none for the whole configuration.
    pub fn split(&self) -> Option<(Self, &Step)> {
        let (last, before) = self.0.split_last()?;
        Some((Self(before.to_vec()), last))
    }

    /// The name of its last member: of what kind the part is, or the list that it is of.
    pub fn kind(&self) -> Option<&Text> {
        self.0.iter().rev().find_map(|step| if let Step::Member(name) = step { Some(name) } else { None })
    }

    /// The same part where what is at one path is at another: as it is, where it is no part of that.
    #[must_use]
    pub(crate) fn within(&self, from: &Self, to: &Self) -> Self {
        match self.0.strip_prefix(from.steps()) {
            Some(rest) => Self([to.steps(), rest].concat()),
            None => self.clone(),
        }
    }

    /// Whether it is the other one, or a part of it.
    pub fn starts_with(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }
}

impl From<Vec<Step>> for Path {
    fn from(steps: Vec<Step>) -> Self {
        Self(steps)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Member(name) => {
                    f.write_str(if at == 0 { "" } else { "." })?;
                    write_word(f, name, |byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))?;
                }
                Step::Element(keys) => {
                    f.write_str("[")?;
                    for (number, (name, value)) in keys.iter().enumerate() {
                        f.write_str(if number == 0 { "" } else { "," })?;
                        write!(f, "{name}=")?;
                        write_word(f, value, |byte| byte.is_ascii_graphic() && !b",]\"\\".contains(&byte))?;
                    }
                    f.write_str("]")?;
                }
                Step::At(place) => write!(f, "[{place}]")?,
            }
        }
        Ok(())
    }
}

/// The word as it is where all of its bytes are plain, else in quotes.
fn write_word(f: &mut fmt::Formatter<'_>, word: &Text, plain: impl Fn(u8) -> bool) -> fmt::Result {
    if !word.as_bytes().is_empty() && word.as_bytes().iter().all(|byte| plain(*byte)) {
        return f.write_str(&word.shown());
    }
    f.write_str("\"")?;
    match word.as_str() {
        Some(text) => {
            for character in text.chars() {
                match character {
                    '"' | '\\' => write!(f, "\\{character}")?,
                    _ if character.is_control() && character.is_ascii() => {
                        write!(f, "\\x{:02x}", u32::from(character))?;
                    }
                    _ => write!(f, "{character}")?,
                }
            }
        }
        None => word.as_bytes().iter().try_for_each(|byte| write!(f, "\\x{byte:02x}"))?,
    }
    f.write_str("\"")
}
