//! Takes an expression apart as Kea does: at each place the longest of what fits.

use std::net::IpAddr;
use std::ops::Range;

use super::ExpressionError;

/// One piece of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A word of the language.
    Word(&'static str),
    /// A sign: `(`, `)`, `[`, `]`, `,`, `.`, `+`, `*`, `==`.
    Sign(&'static str),
    /// A name before `]`.
    Name(String),
    /// A text, without its quotes.
    Text(String),
    /// Hexadecimal digits, without `0x`.
    Hex(String),
    /// A number.
    Number(i64),
    /// An address.
    Address(IpAddr),
}

/// A piece, and where it stands.
pub(super) type Placed = (Token, Range<usize>);

const SIGNS: [&str; 9] = ["==", "(", ")", "[", "]", ",", ".", "+", "*"];

const WORDS: [&str; 51] = [
    "and",
    "or",
    "not",
    "sand",
    "sor",
    "option",
    "relay4",
    "relay6",
    "exists",
    "text",
    "hex",
    "all",
    "member",
    "match",
    "vendor",
    "vendor-class",
    "enterprise",
    "data",
    "pkt",
    "pkt4",
    "pkt6",
    "iface",
    "src",
    "dst",
    "len",
    "mac",
    "hlen",
    "htype",
    "ciaddr",
    "giaddr",
    "yiaddr",
    "siaddr",
    "msgtype",
    "transid",
    "peeraddr",
    "linkaddr",
    "substring",
    "split",
    "concat",
    "lcase",
    "ucase",
    "ifelse",
    "sifelse",
    "hexstring",
    "addrtotext",
    "int8totext",
    "int16totext",
    "int32totext",
    "uint8totext",
    "uint16totext",
    "uint32totext",
];

/// All pieces of an expression.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, ExpressionError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        if matches!(first, ' ' | '\t' | '\n') {
            at += 1;
            continue;
        }
        let (token, length) =
            token(&text[at..]).map_err(|(words, length)| ExpressionError::at(text, at..at + length, words))?;
        tokens.push((token, at..at + length));
        at += length;
    }
    Ok(tokens)
}

/// What is wrong, and how many bytes are.
type Fault = (String, usize);

/// The piece that a text begins with, and its length.
fn token(rest: &str) -> Result<(Token, usize), Fault> {
    if let Some(inside) = rest.strip_prefix('\'') {
        let end = inside.find(['\'', '\n']).filter(|end| inside[*end..].starts_with('\''));
        let unclosed =
            || ("the closing quote of this text is missing".to_owned(), rest.find('\n').unwrap_or(rest.len()));
        let end = end.ok_or_else(unclosed)?;
        return Ok((Token::Text(inside[..end].to_owned()), end + 2));
    }
    if let Some(length) = name(rest) {
        return Ok((Token::Name(rest[..length].to_owned()), length));
    }
    let word = WORDS.iter().filter(|word| rest.starts_with(**word)).max_by_key(|word| word.len());
    let digits = number(rest);
    let address = address(rest);
    let longest = word.map_or(0, |word| word.len()).max(digits).max(address);
    if longest > 0 && longest == address {
        let spelled = &rest[..longest];
        let parsed = spelled.parse().map_err(|_| (format!("{spelled} is not an address"), longest))?;
        return Ok((Token::Address(parsed), longest));
    }
    if longest > 0 && longest == digits {
        return digits_token(&rest[..longest]).map(|token| (token, longest));
    }
    if let Some(word) = word {
        return Ok((Token::Word(word), word.len()));
    }
    let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
    sign.map(|sign| (Token::Sign(sign), sign.len())).ok_or_else(|| unknown(rest))
}

/// The length of a name that stands before `]`.
fn name(rest: &str) -> Option<usize> {
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let length = rest.bytes().position(|byte| !inside(byte))?;
    let name = &rest.as_bytes()[..length];
    let plain = name.first()?.is_ascii_alphabetic() && name.last()?.is_ascii_alphanumeric();
    (plain && rest[length..].trim_start_matches([' ', '\t', '\n']).starts_with(']')).then_some(length)
}

/// The length of a number in decimal or hexadecimal digits.
fn number(rest: &str) -> usize {
    let count = |text: &str, digit: fn(&u8) -> bool| text.bytes().take_while(digit).count();
    if let Some(digits) = rest.strip_prefix("0x").or_else(|| rest.strip_prefix("0X")) {
        match count(digits, u8::is_ascii_hexdigit) {
            0 => {}
            length => return 2 + length,
        }
    }
    let digits = rest.strip_prefix('-').unwrap_or(rest);
    match count(digits, u8::is_ascii_digit) {
        0 => 0,
        length => rest.len() - digits.len() + length,
    }
}

fn digits_token(spelled: &str) -> Result<Token, Fault> {
    if let Some(digits) = spelled.strip_prefix("0x").or_else(|| spelled.strip_prefix("0X")) {
        return Ok(Token::Hex(digits.to_owned()));
    }
    let number = spelled.parse().map_err(|_| (format!("{spelled} is too large"), spelled.len()))?;
    Ok(Token::Number(number))
}

/// The length of what looks like an address: four groups of digits with points, or hexadecimal groups with two colons.
fn address(rest: &str) -> usize {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut four = digits(rest);
    for _ in 0..3 {
        let more = rest[four..].strip_prefix('.').map_or(0, digits);
        four = if four == 0 || more == 0 { 0 } else { four + 1 + more };
    }
    let six = rest.bytes().take_while(|byte| byte.is_ascii_hexdigit() || *byte == b':' || *byte == b'.').count();
    // Two colons with nothing but hexadecimal digits before and between.
    let colons = rest[..six].split(':').take(2).filter(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let has_two = rest[..six].bytes().filter(|byte| *byte == b':').count() >= 2 && colons.count() == 2;
    if has_two { six } else { four }
}

/// What people write that is not of the language.
fn unknown(rest: &str) -> Fault {
    let known = [
        ("!=", "there is no != here: write not … == …"),
        ("!", "write not instead of !"),
        ("=", "write == to compare"),
        ("<", "== is the only comparison"),
        (">", "== is the only comparison"),
        ("&", "write and instead of &"),
        ("|", "write or instead of |"),
        ("\"", "texts stand in single quotes"),
        ("’", "texts stand in plain single quotes (')"),
        ("‘", "texts stand in plain single quotes (')"),
        ("#", "comments cannot stand here"),
        ("/", "comments cannot stand here, and there is no division"),
        ("-", "there is no subtraction"),
        ("\r", "lines end with a carriage return: Kea refuses that here"),
    ];
    if let Some((sign, words)) = known.iter().find(|(sign, _)| rest.starts_with(*sign)) {
        return ((*words).to_owned(), sign.len());
    }
    let length = rest.find(|c: char| !c.is_alphanumeric() && c != '-' && c != '_').unwrap_or(rest.len());
    if length > 0 {
        return (format!("“{}” is no word of this language", &rest[..length]), length);
    }
    let first = rest.chars().next().unwrap_or_default();
    (format!("“{first}” cannot stand here"), first.len_utf8())
}
