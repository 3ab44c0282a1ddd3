use std::fmt;

use super::Position;

/// Why a text cannot be read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The file, where it has a name.
    pub file: String,
    /// Where in it.
    pub position: Position,
    /// What is wrong there: a sentence without its full stop.
    pub text: String,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.file.is_empty() {
            write!(f, "{}: ", self.file)?;
        }
        write!(f, "line {}, column {}: {}", self.position.line, self.position.column, self.text)
    }
}

impl std::error::Error for SyntaxError {}
