use std::collections::HashSet;

use super::lexer::Lexer;
use super::token::{Bracket, Placed, Token};
use super::{MAX_DEPTH, Position, Source, SyntaxError, include};
use crate::{Map, Text, Value};

/// Reads the whole text as one value.
pub(super) fn parse(lexer: Lexer<'_>) -> Result<Source, SyntaxError> {
    let mut parser = Parser { lexer, positions: Vec::new() };
    let first = parser.lexer.next()?;
    if first.token == Token::End {
        return Err(parser.lexer.error(first.start, "the text is empty: a configuration begins with {"));
    }
    let value = parser.value(first, 0)?;
    let after = parser.lexer.next()?;
    if after.token != Token::End {
        let text = format!("nothing may follow the end of the configuration, but {} does", after.token.shown());
        return Err(parser.lexer.error(after.start, text));
    }
    Ok(Source { value, positions: parser.positions, files: parser.lexer.into_files() })
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    positions: Vec<Position>,
}

impl Parser<'_> {
    fn value(&mut self, first: Placed, depth: usize) -> Result<Value, SyntaxError> {
        self.positions.push(first.start);
        match first.token {
            Token::Open(_) if depth >= MAX_DEPTH => {
                Err(self.lexer.error(first.start, format!("this is nested more than {MAX_DEPTH} levels deep")))
            }
            Token::Open(Bracket::Map) => self.map(first.start, depth + 1).map(Value::Map),
            Token::Open(Bracket::List) => self.list(first.start, depth + 1).map(Value::List),
            Token::Text(text) => Ok(Value::Text(text)),
            Token::Number(number) => Ok(Value::Number(number)),
            Token::Null => Ok(Value::Null),
            Token::Bool(truth) => Ok(Value::Bool(truth)),
            Token::Include(file) => Ok(Value::Include(file)),
            other => Err(self.lexer.error(first.start, format!("a value is missing before {}", other.shown()))),
        }
    }

    /// The members of a map whose bracket was read.
    fn map(&mut self, open: Position, depth: usize) -> Result<Map, SyntaxError> {
        let mut members: Vec<(Text, Value)> = Vec::new();
        let mut names = HashSet::new();
        let mut state = Commas::default();
        while let Some(next) = self.element(Bracket::Map, open, &mut state)? {
            let (name, value) = match next.token {
                Token::Include(ref file) => (include(file), self.value(next.clone(), depth)?),
                Token::Text(ref name) => {
                    let colon = self.lexer.next()?;
                    if colon.token != Token::Colon {
                        return Err(self.lexer.error(next.end, format!("a colon is missing after \"{name}\"")));
                    }
                    let first = self.lexer.next()?;
                    (name.clone(), self.value(first, depth)?)
                }
                other => {
                    let text = format!("the name of a member is missing before {}: it stands in quotes", other.shown());
                    return Err(self.lexer.error(next.start, text));
                }
            };
            if !names.insert(name.clone()) {
                return Err(self.lexer.error(next.start, format!("\"{name}\" stands in this map already")));
            }
            members.push((name, value));
        }
        Ok(members.into_iter().collect())
    }

    /// The elements of a list whose bracket was read.
    fn list(&mut self, open: Position, depth: usize) -> Result<Vec<Value>, SyntaxError> {
        let mut items = Vec::new();
        let mut state = Commas::default();
        while let Some(next) = self.element(Bracket::List, open, &mut state)? {
            items.push(self.value(next, depth)?);
        }
        Ok(items)
    }

    /// The first token of the next element; none: the bracket was closed. Like Kea, takes commas more than needed, but
    /// none before the first element.
    fn element(&mut self, of: Bracket, open: Position, state: &mut Commas) -> Result<Option<Placed>, SyntaxError> {
        loop {
            let next = self.lexer.next()?;
            match next.token {
                Token::Close(bracket) if bracket == of => return Ok(None),
                Token::End | Token::Close(_) => return Err(self.not_closed(of, open, &next)),
                Token::Comma if state.elements == 0 => {
                    return Err(self.lexer.error(next.start, "nothing stands before this comma: remove it"));
                }
                Token::Comma => state.comma = true,
                _ => {
                    // What an include brings may end with a comma, or begin after one.
                    let included = matches!(next.token, Token::Include(_));
                    if state.elements > 0 && !state.comma && !included && !state.included {
                        let text = format!("a comma is missing between {} and what is before it", next.token.shown());
                        return Err(self.lexer.error(next.start, text));
                    }
                    *state = Commas { elements: state.elements + 1, comma: false, included };
                    return Ok(Some(next));
                }
            }
        }
    }

    fn not_closed(&self, of: Bracket, open: Position, found: &Placed) -> SyntaxError {
        let (begin, line, column) = (of.open(), open.line, open.column);
        let text = match found.token {
            Token::Close(other) => {
                let (wrong, right) = (other.close(), of.close());
                format!("the {begin} of line {line}, column {column} is closed with {wrong}: {right} is missing")
            }
            _ => format!("the {begin} of line {line}, column {column} is never closed: {} is missing", of.close()),
        };
        self.lexer.error(found.start, text)
    }
}

#[derive(Default)]
struct Commas {
    elements: usize,
    comma: bool,
    included: bool,
}
