//! Reads Kea's JSON: with `//`, `#` and `/* */` comments, `<?include "file"?>`, and commas more than needed.
//!
//! What is taken and refused was found out with `kea-dhcp4 -t` (3.0.3). Two limits are ours: what is nested more than
//! [`MAX_DEPTH`] deep, or larger than [`MAX_BYTES`], is refused, so that hostile input neither overflows the stack nor
//! fills the memory.

mod error;
mod lexer;
mod parser;
mod token;

use std::fmt;

use crate::{Text, Value};

pub use error::SyntaxError;

/// How deep maps and lists may be nested.
pub const MAX_DEPTH: usize = 200;

/// How large a text may be, with what it includes: 64 MiB.
pub const MAX_BYTES: usize = 64 << 20;

/// How deep files may include each other; the same as Kea's.
const MAX_INCLUDES: usize = 10;

/// What `\u00e9` stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escapes {
    /// One byte, as Kea reads it: characters outside of ASCII are the bytes of their UTF-8.
    Bytes,
    /// One character, as JSON says.
    Characters,
}

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Position {
    /// Which of the files: 0 is the one that was read, others were included.
    pub file: u32,
    /// The line, from 1.
    pub line: u32,
    /// The character in the line, from 1.
    pub column: u32,
}

/// A text that was read: its value, and where each part of it stands.
#[derive(Clone)]
pub struct Source {
    /// What it says.
    pub value: Value,
    /// Where each value begins, in the order of the text: a map or list comes before its parts.
    pub(crate) positions: Vec<Position>,
    /// The files that it was read from, by [`Position::file`].
    pub files: Vec<String>,
}

/// What was read may hold secrets.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("files", &self.files).finish_non_exhaustive()
    }
}

/// What brings the bytes of an included file, or a sentence on why it cannot.
pub type Includes<'a> = &'a mut dyn FnMut(&str) -> Result<Vec<u8>, String>;

/// Reads a text whose includes stay as they are.
pub fn read(text: &[u8]) -> Result<Value, SyntaxError> {
    parser::parse(lexer::Lexer::new("", text, Escapes::Bytes, None)?).map(|source| source.value)
}

/// Reads JSON that people or programs wrote, not Kea: `\u00e9` is a character, and nothing is included.
pub fn read_json(text: &[u8]) -> Result<Value, SyntaxError> {
    let none = &mut |_: &str| Err("only Kea’s own files include others".to_owned());
    parser::parse(lexer::Lexer::new("", text, Escapes::Characters, Some(none))?).map(|source| source.value)
}

/// Reads a file as Kea does: what it includes takes the place of the include.
pub fn read_file(name: &str, text: &[u8], includes: Includes<'_>) -> Result<Source, SyntaxError> {
    parser::parse(lexer::Lexer::new(name, text, Escapes::Bytes, Some(includes))?)
}

/// An include as Kea reads it, and the name of a member that stands for one.
pub(crate) fn include(file: &Text) -> Text {
    let mut bytes = b"<?include \"".to_vec();
    bytes.extend_from_slice(file.as_bytes());
    bytes.extend_from_slice(b"\"?>");
    bytes.into()
}
