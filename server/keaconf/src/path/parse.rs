use std::fmt;
use std::str::FromStr;

use super::{Path, Step};
use crate::Text;

/// Why a path means nothing, as a sentence without its full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError(pub(crate) String);

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PathError {}

impl FromStr for Path {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let mut reader = Reader { text, at: 0 };
        let mut steps = Vec::new();
        while !reader.rest().is_empty() {
            if reader.take('[') {
                if steps.is_empty() {
                    return Err(reader.error("a path begins with a name"));
                }
                steps.push(reader.element()?);
            } else {
                if !steps.is_empty() && !reader.take('.') {
                    return Err(reader.error("a dot or [ must follow here"));
                }
                steps.push(Step::Member(reader.word(".[]=,")?));
            }
        }
        Ok(Self(steps))
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn take(&mut self, character: char) -> bool {
        let found = self.rest().starts_with(character);
        self.at += if found { character.len_utf8() } else { 0 };
        found
    }

    fn error(&self, what: &str) -> PathError {
        PathError(format!(
            "the path “{}” is wrong at its character {}: {what}",
            self.text,
            self.text[..self.at].chars().count() + 1
        ))
    }

    /// What stands in brackets; the first of them was read.
    fn element(&mut self) -> Result<Step, PathError> {
        let digits = self.rest().find(|c: char| !c.is_ascii_digit()).unwrap_or(0);
        if self.rest()[digits..].starts_with(']')
            && let Ok(place) = self.rest()[..digits].parse()
        {
            self.at += digits + 1;
            return Ok(Step::At(place));
        }
        let mut keys = Vec::new();
        loop {
            let name = self.word("=,].[")?;
            if !self.take('=') {
                return Err(self.error("write [name=value], as in [id=10]"));
            }
            let value = self.word(",]")?;
            keys.push((name.shown().into_owned(), value));
            if self.take(']') {
                return Ok(Step::Element(keys));
            }
            if !self.take(',') {
                return Err(self.error("] is missing"));
            }
        }
    }

    /// A word up to one of these characters, or in quotes.
    fn word(&mut self, ends: &str) -> Result<Text, PathError> {
        if self.take('"') {
            return self.quoted();
        }
        let end = self.rest().find(|c: char| ends.contains(c)).unwrap_or(self.rest().len());
        let word = &self.rest()[..end];
        if word.is_empty() {
            return Err(self.error("a word is missing"));
        }
        if let Some(wrong) = word.find(['"', '\\']) {
            self.at += wrong;
            return Err(self.error("a word with \" or \\ in it stands in quotes"));
        }
        self.at += end;
        Ok(word.trim().into())
    }

    fn quoted(&mut self) -> Result<Text, PathError> {
        let mut bytes = Vec::new();
        loop {
            let Some(character) = self.rest().chars().next() else { return Err(self.error("\" is missing")) };
            self.at += character.len_utf8();
            match character {
                '"' => return Ok(bytes.into()),
                '\\' if self.take('x') => {
                    let byte = self.rest().get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
                    bytes.push(byte.ok_or_else(|| self.error("two hexadecimal digits follow \\x"))?);
                    self.at += 2;
                }
                '\\' => match self.rest().chars().next() {
                    Some(next @ ('"' | '\\')) => {
                        bytes.push(u8::try_from(next).unwrap_or_default());
                        self.at += 1;
                    }
                    _ => return Err(self.error("only \\\", \\\\ and \\xNN may follow a backslash")),
                },
                other => bytes.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn steps() -> impl Strategy<Value = Path> {
        let text = prop_oneof![
            "[a-z-]{1,8}".prop_map(|text| Text::from(text.as_str())),
            "\\PC{0,5}".prop_map(|text| Text::from(text.as_str())),
            prop::collection::vec(any::<u8>(), 0..4).prop_map(Text::from),
        ];
        let key = ("[a-z-]{1,6}", text.clone());
        let step = prop_oneof![
            text.clone().prop_map(Step::Member),
            prop::collection::vec(key, 1..3).prop_map(Step::Element),
            (0_usize..1000).prop_map(Step::At),
        ];
        (text, prop::collection::vec(step, 0..5))
            .prop_map(|(first, rest)| Path::from([vec![Step::Member(first)], rest].concat()))
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_as_the_same(path in steps()) {
            prop_assert_eq!(path.to_string().parse::<Path>(), Ok(path));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,20}") {
            let _ = text.parse::<Path>();
        }
    }

    #[test]
    fn paths_read_as_people_write_them() {
        let path: Path = "subnet4[id=10].pools[pool=192.0.2.10-192.0.2.20].option-data[space=dhcp4, code=6]"
            .parse()
            .expect("a path");
        assert_eq!(
            path.to_string(),
            "subnet4[id=10].pools[pool=192.0.2.10-192.0.2.20].option-data[space=dhcp4,code=6]"
        );
        assert!("".parse::<Path>().expect("the whole").is_root());
        for (text, says) in [
            ("subnet4[id]", "the path “subnet4[id]” is wrong at its character 11: write [name=value], as in [id=10]"),
            ("subnet4[id=1", "the path “subnet4[id=1” is wrong at its character 13: ] is missing"),
            ("subnet4..id", "the path “subnet4..id” is wrong at its character 9: a word is missing"),
            ("[id=1]", "the path “[id=1]” is wrong at its character 2: a path begins with a name"),
            ("a\"b", "the path “a\"b” is wrong at its character 2: a word with \" or \\ in it stands in quotes"),
        ] {
            assert_eq!(text.parse::<Path>().expect_err(text).to_string(), says);
        }
    }
}
