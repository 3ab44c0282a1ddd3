//! What the operator has to know about an import.

use std::fmt;

/// The part of the configuration that a remark stands beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// The settings before the first section.
    Top,
    SmartProxy,
    Log,
    Kea,
}

/// Where a setting stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The file, as it is called in the folder.
    pub(super) file: String,
    /// The key and its line.
    pub(super) key: Option<(String, usize)>,
}

impl Place {
    /// A whole file.
    pub(super) fn file(file: impl Into<String>) -> Self {
        Self { file: file.into(), key: None }
    }
}

/// Keys were chosen by the author of the file, and end in a terminal and in comments: nothing in them takes effect.
impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", quoted(&self.file))?;
        self.key.as_ref().map_or(Ok(()), |(key, line)| write!(out, " :{}: (line {line})", quoted(key)))
    }
}

/// A setting that was left behind, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dropped {
    pub(super) place: Place,
    pub(super) why: String,
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Remark {
    pub(super) section: Section,
    /// What it is about; none: the configuration as a whole.
    pub(super) place: Option<Place>,
    pub(super) text: String,
}

impl fmt::Display for Dropped {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.place, self.why)
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.place.as_ref().map_or(Ok(()), |place| write!(out, "{place}: "))?;
        out.write_str(&self.text)
    }
}

/// Everything that the operator has to know.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Notes {
    pub(super) dropped: Vec<Dropped>,
    pub(super) remarks: Vec<Remark>,
}

impl Notes {
    pub(super) fn drop(&mut self, place: Place, why: impl Into<String>) {
        self.dropped.push(Dropped { place, why: why.into() });
    }

    /// Puts what was left behind in the order in which it is written there, the main file first.
    pub(super) fn sort(&mut self) {
        let order = |dropped: &Dropped| {
            let Place { file, key } = &dropped.place;
            (file != "settings.yml", file.clone(), key.as_ref().map(|(_, line)| *line))
        };
        self.dropped.sort_by_key(order);
    }

    pub(super) fn remark(&mut self, section: Section, place: Option<Place>, text: impl Into<String>) {
        self.remarks.push(Remark { section, place, text: text.into() });
    }
}

/// A foreign text on one line, cut to a readable length.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 200;
    let cut: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    // Quotation marks need no escape: what is escaped stands in sentences and comments, never in a literal.
    cut.replace("\\\"", "\"").replace("\\'", "'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_texts_stay_on_their_line() {
        let place = Place { file: "settings.yml".to_owned(), key: Some(("a\nb = 1\u{1b}[2J".to_owned(), 7)) };
        assert_eq!(place.to_string(), "settings.yml :a\\nb = 1\\u{1b}[2J: (line 7)");
        assert!(quoted(&"x".repeat(5000)).len() <= 200);
    }
}
