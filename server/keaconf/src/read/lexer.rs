use super::token::{Bracket, Placed, Token};
use super::{Escapes, Includes, MAX_BYTES, MAX_INCLUDES, Position, SyntaxError};
use crate::Number;

/// Takes a text apart into tokens, going into included files where somebody brings them.
pub(super) struct Lexer<'a> {
    /// The file that is read, below it those that include it.
    inputs: Vec<Input>,
    files: Vec<String>,
    escapes: Escapes,
    includes: Option<Includes<'a>>,
    bytes: usize,
}

struct Input {
    text: Vec<u8>,
    at: usize,
    position: Position,
}

impl Input {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn rest(&self) -> &[u8] {
        &self.text[self.at..]
    }

    fn step(&mut self) {
        let Some(byte) = self.peek() else { return };
        self.at += 1;
        if byte == b'\n' {
            self.position.line += 1;
            self.position.column = 1;
        } else if byte & 0xc0 != 0x80 {
            // Bytes within a character of UTF-8 are no column of their own.
            self.position.column += 1;
        }
    }

    fn skip(&mut self, count: usize) {
        (0..count).for_each(|_| self.step());
    }

    fn skip_while(&mut self, goes_on: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&goes_on) {
            self.step();
        }
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

impl<'a> Lexer<'a> {
    pub(super) fn new(
        name: &str,
        text: &[u8],
        escapes: Escapes,
        includes: Option<Includes<'a>>,
    ) -> Result<Self, SyntaxError> {
        let mut lexer = Self { inputs: Vec::new(), files: Vec::new(), escapes, includes, bytes: 0 };
        lexer.enter(name, text.to_vec())?;
        Ok(lexer)
    }

    pub(super) fn into_files(self) -> Vec<String> {
        self.files
    }

    pub(super) fn error(&self, position: Position, text: impl Into<String>) -> SyntaxError {
        let file = usize::try_from(position.file).ok().and_then(|at| self.files.get(at));
        SyntaxError { file: file.cloned().unwrap_or_default(), position, text: text.into() }
    }

    fn enter(&mut self, name: &str, text: Vec<u8>) -> Result<(), SyntaxError> {
        let file = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        let position = Position { file, line: 1, column: 1 };
        self.files.push(name.to_owned());
        self.bytes += text.len();
        if self.bytes > MAX_BYTES {
            return Err(self.error(position, format!("the text is larger than {} MiB", MAX_BYTES >> 20)));
        }
        self.inputs.push(Input { text, at: 0, position });
        Ok(())
    }

    fn input(&mut self) -> Option<&mut Input> {
        self.inputs.last_mut()
    }

    /// The next token. After the end there are only ends.
    pub(super) fn next(&mut self) -> Result<Placed, SyntaxError> {
        loop {
            self.skip_blanks()?;
            let Some(input) = self.input() else { return Ok(end(Position::default())) };
            let start = input.position;
            let Some(byte) = input.peek() else {
                if self.inputs.len() == 1 {
                    return Ok(end(start));
                }
                self.inputs.pop();
                continue;
            };
            let token = match byte {
                b'{' => self.single(Token::Open(Bracket::Map)),
                b'}' => self.single(Token::Close(Bracket::Map)),
                b'[' => self.single(Token::Open(Bracket::List)),
                b']' => self.single(Token::Close(Bracket::List)),
                b':' => self.single(Token::Colon),
                b',' => self.single(Token::Comma),
                b'"' => self.text(start)?,
                b'<' => match self.include(start)? {
                    Some(token) => token,
                    None => continue,
                },
                _ => self.word(start)?,
            };
            let end = self.input().map_or(start, |input| input.position);
            return Ok(Placed { token, start, end });
        }
    }

    fn single(&mut self, token: Token) -> Token {
        if let Some(input) = self.input() {
            input.step();
        }
        token
    }

    fn skip_blanks(&mut self) -> Result<(), SyntaxError> {
        while let Some(input) = self.input() {
            input.skip_while(is_space);
            let start = input.position;
            match input.rest() {
                [b'#', ..] | [b'/', b'/', ..] => input.skip_while(|byte| byte != b'\n'),
                [b'/', b'*', ..] => {
                    input.skip(2);
                    while !input.rest().is_empty() && !input.rest().starts_with(b"*/") {
                        input.step();
                    }
                    if input.rest().is_empty() {
                        return Err(self.error(start, "the comment that begins here is not closed: add */"));
                    }
                    input.skip(2);
                }
                _ => break,
            }
        }
        Ok(())
    }

    /// A text in quotes; the quote is next.
    fn text(&mut self, start: Position) -> Result<Token, SyntaxError> {
        let escapes = self.escapes;
        let mut bytes = Vec::new();
        let fault = {
            let Some(input) = self.input() else { return Ok(Token::End) };
            input.step();
            loop {
                let here = input.position;
                match input.peek() {
                    None => break Some((start, "the text that begins here is not closed: add \"")),
                    Some(b'"') => {
                        input.step();
                        break None;
                    }
                    Some(b'\n' | b'\r') => {
                        break Some((
                            start,
                            "the text that begins here is not closed in its line: add \", or write \\n",
                        ));
                    }
                    Some(byte) if byte < 0x20 => {
                        break Some((here, "a control character stands in a text: write \\t or \\u00XX for it"));
                    }
                    Some(b'\\') => {
                        if let Err(text) = escape(input, escapes, &mut bytes) {
                            break Some((here, text));
                        }
                    }
                    Some(byte) => {
                        bytes.push(byte);
                        input.step();
                    }
                }
            }
        };
        match fault {
            Some((position, text)) => Err(self.error(position, text)),
            None => Ok(Token::Text(bytes.into())),
        }
    }

    /// `<?include "file"?>`: goes into the file where somebody brings it, else it is a token.
    fn include(&mut self, start: Position) -> Result<Option<Token>, SyntaxError> {
        let Some(input) = self.input() else { return Ok(None) };
        let file = directive(input);
        let Some(file) = file else { return Err(self.error(start, "an include is written <?include \"file\"?>")) };
        let token = Token::Include(file.as_str().into());
        let Some(includes) = &mut self.includes else { return Ok(Some(token)) };
        if self.inputs.len() > MAX_INCLUDES {
            return Err(self.error(start, format!("files include each other more than {MAX_INCLUDES} deep")));
        }
        match includes(&file) {
            Ok(text) => self.enter(&file, text).map(|()| None),
            Err(reason) => Err(self.error(start, format!("the included file \"{file}\" cannot be read: {reason}"))),
        }
    }

    /// A number, or a word without quotes.
    fn word(&mut self, start: Position) -> Result<Token, SyntaxError> {
        let Some(input) = self.input() else { return Ok(Token::End) };
        let from = input.at;
        input.skip_while(|byte| byte.is_ascii_alphanumeric() || b"+-._".contains(&byte) || byte >= 0x80);
        let word = input.text[from..input.at].to_vec();
        let word = String::from_utf8_lossy(&word).into_owned();
        match word.as_str() {
            "null" => return Ok(Token::Null),
            "true" => return Ok(Token::Bool(true)),
            "false" => return Ok(Token::Bool(false)),
            _ => {}
        }
        if let Some(number) = Number::parse(&word) {
            return Ok(Token::Number(number));
        }
        let small = word.to_ascii_lowercase();
        let text = if ["null", "true", "false"].contains(&small.as_str()) {
            format!("{small} is written in small letters")
        } else if word.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
            format!("{word} is no number that Kea can read")
        } else if word.is_empty() {
            let byte = self.input().and_then(|input| input.peek()).unwrap_or_default();
            match byte {
                b'\'' => "texts stand in double quotes: write \" instead of '".to_owned(),
                byte if byte.is_ascii_graphic() => format!("{} has no place here", char::from(byte)),
                byte => format!("the character with the code {byte} has no place here"),
            }
        } else if word.starts_with('\u{feff}') {
            "the file begins with a byte order mark: save it without one".to_owned()
        } else {
            format!("{word} must stand in double quotes: \"{word}\"")
        };
        Err(self.error(start, text))
    }
}

fn end(position: Position) -> Placed {
    Placed { token: Token::End, start: position, end: position }
}

/// The file of an include; `<` is next.
fn directive(input: &mut Input) -> Option<String> {
    let mut take = |word: &[u8]| {
        let found = input.rest().starts_with(word);
        input.skip(if found { word.len() } else { 0 });
        input.skip_while(is_space);
        found
    };
    if !(take(b"<?") && take(b"include")) || input.peek() != Some(b'"') {
        return None;
    }
    input.step();
    let from = input.at;
    input.skip_while(|byte| byte != b'"' && byte != b'\n');
    let file = String::from_utf8_lossy(&input.text[from..input.at]).into_owned();
    input.skip(1);
    input.skip_while(is_space);
    let closed = input.rest().starts_with(b"?>");
    input.skip(2);
    closed.then_some(file)
}

/// What a backslash and what follows it stand for; the backslash is next.
fn escape(input: &mut Input, escapes: Escapes, bytes: &mut Vec<u8>) -> Result<(), &'static str> {
    let plain = match input.rest().get(1) {
        Some(byte @ (b'"' | b'\\' | b'/')) => *byte,
        Some(b'b') => 8,
        Some(b'f') => 12,
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'u') => return unicode(input, escapes, bytes),
        _ => {
            return Err(
                "only \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u00XX may follow a backslash: write \\\\ for itself",
            );
        }
    };
    bytes.push(plain);
    input.skip(2);
    Ok(())
}

fn unicode(input: &mut Input, escapes: Escapes, bytes: &mut Vec<u8>) -> Result<(), &'static str> {
    const WRONG: &str = "four hexadecimal digits must follow \\u";
    let unit = |text: &[u8]| -> Option<u32> {
        let digits = text.strip_prefix(b"\\u")?.get(..4).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
        u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let first = unit(input.rest()).ok_or(WRONG)?;
    if escapes == Escapes::Bytes {
        bytes.push(u8::try_from(first).map_err(|_| "Kea takes no \\u above 00FF: write the character itself")?);
        input.skip(6);
        return Ok(());
    }
    let second = if (0xd800..0xdc00).contains(&first) { unit(&input.rest()[6..]) } else { None };
    let second = second.filter(|low| (0xdc00..0xe000).contains(low));
    let code = second.map_or(first, |low| 0x1_0000 + ((first - 0xd800) << 10) + (low - 0xdc00));
    let character = char::from_u32(code).ok_or("\\u stands for half of a character here")?;
    bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    input.skip(if second.is_some() { 12 } else { 6 });
    Ok(())
}
