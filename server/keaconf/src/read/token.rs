use super::Position;
use crate::{Number, Text};

/// The least part of a text that means something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Open(Bracket),
    Close(Bracket),
    Colon,
    Comma,
    Text(Text),
    Number(Number),
    Null,
    Bool(bool),
    Include(Text),
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bracket {
    Map,
    List,
}

impl Bracket {
    pub(super) fn open(self) -> char {
        if self == Self::Map { '{' } else { '[' }
    }

    pub(super) fn close(self) -> char {
        if self == Self::Map { '}' } else { ']' }
    }
}

/// A token, where it begins, and where the text goes on.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) start: Position,
    pub(super) end: Position,
}

impl Token {
    /// What is there, for a sentence.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Open(bracket) => bracket.open().to_string(),
            Self::Close(bracket) => bracket.close().to_string(),
            Self::Colon => "a colon".to_owned(),
            Self::Comma => "a comma".to_owned(),
            Self::Text(text) => format!("\"{text}\""),
            Self::Number(number) => number.to_string(),
            Self::Null => "null".to_owned(),
            Self::Bool(truth) => truth.to_string(),
            Self::Include(file) => format!("the include of \"{file}\""),
            Self::End => "the end of the text".to_owned(),
        }
    }
}
