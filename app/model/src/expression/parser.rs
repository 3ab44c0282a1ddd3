//! Reads the pieces of an expression.

use std::ops::Range;

use super::lexer::{Placed, Token};
use super::{ExpressionError, Field, Function, Join, Kind, MAX_DEPTH, Name, Node, OptionRef, Pattern, Source, What};
use crate::Family;

type Result<T> = std::result::Result<T, ExpressionError>;

/// Reads all pieces as one expression of a kind.
pub(super) fn parse(text: &str, tokens: &[Placed], family: Family, wanted: Kind) -> Result<Node> {
    let mut parser = Parser { text, tokens, at: 0, depth: 0, family };
    let root = parser.expression()?;
    if parser.at < tokens.len() {
        let words = match parser.tokens[parser.at].0 {
            Token::Sign(")") => "there is no opening parenthesis to this one",
            Token::Sign("==") => "== compares two texts, and not what == comes to",
            _ => "and, or, + or == is missing before this",
        };
        return Err(parser.error(words));
    }
    parser.of_kind(root, wanted)
}

struct Parser<'a> {
    text: &'a str,
    tokens: &'a [Placed],
    at: usize,
    depth: usize,
    family: Family,
}

impl Parser<'_> {
    fn expression(&mut self) -> Result<Node> {
        if self.depth == MAX_DEPTH {
            return Err(self.error(format!("this is nested more than {MAX_DEPTH} deep")));
        }
        self.depth += 1;
        let node = self.joined(&Join::ALL);
        self.depth -= 1;
        node
    }

    /// Conditions that are joined by one of these words, the one that binds least first.
    fn joined(&mut self, joins: &[Join]) -> Result<Node> {
        let Some((join, tighter)) = joins.split_first() else { return self.negated() };
        let first = self.joined(tighter)?;
        if !self.is_word(join.word()) {
            return Ok(first);
        }
        let mut parts = vec![self.of_kind(first, Kind::Condition)?];
        while self.take(&Token::Word(join.word())) {
            let part = self.joined(tighter)?;
            parts.push(self.of_kind(part, Kind::Condition)?);
        }
        Ok(spanned(What::Join(*join, parts)))
    }

    fn negated(&mut self) -> Result<Node> {
        let from = self.here().start;
        if !self.take(&Token::Word("not")) {
            return self.compared();
        }
        if self.depth == MAX_DEPTH {
            return Err(self.error(format!("this is nested more than {MAX_DEPTH} deep")));
        }
        self.depth += 1;
        let part = self.negated();
        self.depth -= 1;
        let part = self.of_kind(part?, Kind::Condition)?;
        Ok(Node { range: from..part.range.end, what: What::Not(Box::new(part)) })
    }

    fn compared(&mut self) -> Result<Node> {
        let left = self.summed()?;
        if !self.is_sign("==") {
            return Ok(left);
        }
        let left = self.of_kind(left, Kind::Text)?;
        self.at += 1;
        let right = self.summed()?;
        let right = self.of_kind(right, Kind::Text)?;
        Ok(spanned(What::Equal(Box::new([left, right]))))
    }

    fn summed(&mut self) -> Result<Node> {
        let first = self.operand()?;
        if !self.is_sign("+") {
            return Ok(first);
        }
        let mut parts = vec![self.of_kind(first, Kind::Text)?];
        while self.take(&Token::Sign("+")) {
            let part = self.operand()?;
            parts.push(self.of_kind(part, Kind::Text)?);
        }
        Ok(spanned(What::Sum(parts)))
    }

    fn operand(&mut self) -> Result<Node> {
        let from = self.here();
        let Some((token, _)) = self.tokens.get(self.at) else {
            return Err(self.error("the expression ends too early"));
        };
        self.at += 1;
        let what = match token {
            Token::Sign("(") => {
                let inside = self.expression()?;
                self.close()?;
                return Ok(Node { range: from.start..self.end(), what: inside.what });
            }
            Token::Text(text) => What::Text(text.clone()),
            Token::Hex(digits) => What::Hex(digits.clone()),
            Token::Address(address) => What::Address(*address),
            Token::Number(number) => {
                let number = u32::try_from(*number);
                What::Number(number.map_err(|_| self.fault(&from, "numbers go from 0 to 4294967295"))?)
            }
            Token::Word(word) => self.worded(word, &from)?,
            Token::Name(_) | Token::Sign(_) => {
                return Err(self
                    .fault(&from, "an option, a field of the packet, a function, a text or a number is wanted here"));
            }
        };
        Ok(Node { range: from.start..self.end(), what })
    }

    /// What begins with a word.
    fn worded(&mut self, word: &str, from: &Range<usize>) -> Result<What> {
        if let Some((function, count)) = Function::of_name(word) {
            return Ok(What::Call(function, self.texts(count)?));
        }
        match word {
            "option" => self.option(),
            "relay4" => {
                self.only(Family::V4, word, from)?;
                let code = self.indexed(Self::code)?;
                self.form(Source::Relay4(code))
            }
            "relay6" => {
                self.only(Family::V6, word, from)?;
                self.relay6()
            }
            "vendor" if self.is_sign("[") => self.vendor(),
            "vendor-class" if self.is_sign("[") => self.vendor_class(),
            "pkt4" | "pkt6" => {
                self.only(if word == "pkt4" { Family::V4 } else { Family::V6 }, word, from)?;
                self.field(word)
            }
            "pkt" | "vendor" | "vendor-class" => self.field(word),
            "member" => self.member(),
            "match" => self.matched(),
            "substring" | "split" => self.cut(word),
            "ifelse" | "sifelse" => self.either(word == "sifelse"),
            "and" | "or" | "sand" | "sor" => Err(self.fault(from, format!("a condition is missing before {word}"))),
            _ => {
                Err(self.fault(from, format!("“{word}” belongs to an option or to the packet, and cannot stand alone")))
            }
        }
    }

    fn option(&mut self) -> Result<What> {
        let option = self.indexed(Self::option_ref)?;
        let dot = self.at;
        if self.take(&Token::Sign(".")) && self.take(&Token::Word("option")) {
            let code = self.indexed(Self::code)?;
            return self.form(Source::Inside(option, code));
        }
        self.at = dot;
        self.form(Source::Option(option))
    }

    fn relay6(&mut self) -> Result<What> {
        let level = self.indexed(|parser| parser.number(-32, 31, "the nest level of a relay"))?;
        let level = i8::try_from(level).unwrap_or_default();
        self.sign(".", "relay6[…] needs .option[…], .peeraddr or .linkaddr")?;
        if self.take(&Token::Word("peeraddr")) {
            return Ok(What::Field(Field::Peer(level)));
        }
        if self.take(&Token::Word("linkaddr")) {
            return Ok(What::Field(Field::Link(level)));
        }
        if !self.take(&Token::Word("option")) {
            return Err(self.error("relay6[…] needs .option[…], .peeraddr or .linkaddr"));
        }
        let option = self.indexed(Self::option_ref)?;
        self.form(Source::Relay6(level, option))
    }

    fn vendor(&mut self) -> Result<What> {
        let enterprise = self.indexed(Self::enterprise)?;
        let needs = "vendor[…] needs .exists or .option[…]";
        self.sign(".", needs)?;
        if self.take(&Token::Word("exists")) {
            return Ok(What::Exists(Source::Vendor(enterprise)));
        }
        if !self.take(&Token::Word("option")) {
            return Err(self.error(needs));
        }
        let code = self.indexed(Self::code)?;
        self.form(Source::InVendor(enterprise, code))
    }

    fn vendor_class(&mut self) -> Result<What> {
        let enterprise = self.indexed(Self::enterprise)?;
        let needs = "vendor-class[…] needs .exists or .data";
        self.sign(".", needs)?;
        if self.take(&Token::Word("exists")) {
            return Ok(What::Exists(Source::VendorClass(enterprise)));
        }
        if !self.take(&Token::Word("data")) {
            return Err(self.error(needs));
        }
        let index =
            if self.is_sign("[") { self.indexed(|parser| parser.number(0, 255, "the number of a part"))? } else { 0 };
        Ok(What::Field(Field::ClassData(enterprise, u8::try_from(index).unwrap_or_default())))
    }

    /// A field of two words.
    fn field(&mut self, group: &str) -> Result<What> {
        let needs = format!("{group} needs a point and one of: {}", Field::words(group));
        self.sign(".", &needs)?;
        let field = match self.tokens.get(self.at) {
            Some((Token::Word(word), _)) => Field::of_words(group, word),
            _ => None,
        };
        let field = field.ok_or_else(|| self.error(needs))?;
        self.at += 1;
        Ok(What::Field(field))
    }

    /// `.exists`, `.hex` or `.text`
    fn form(&mut self, source: Source) -> Result<What> {
        let needs = match source {
            Source::Option(_) => "option[…] needs .hex, .text, .exists or .option[…]",
            Source::Relay4(_) => "relay4[…] needs .hex, .text or .exists",
            _ => "this option needs .hex, .text or .exists",
        };
        self.sign(".", needs)?;
        let what = match self.tokens.get(self.at) {
            Some((Token::Word("exists"), _)) => What::Exists(source),
            Some((Token::Word("hex"), _)) => What::Octets(source),
            Some((Token::Word("text"), _)) => What::Readable(source),
            _ => return Err(self.error(needs)),
        };
        self.at += 1;
        Ok(what)
    }

    fn member(&mut self) -> Result<What> {
        self.open()?;
        let range = self.here();
        let name = self.constant("the name of a class in single quotes is wanted here")?;
        self.close()?;
        Ok(What::Member(Name { text: name, range }))
    }

    fn matched(&mut self) -> Result<What> {
        self.open()?;
        let range = self.here();
        let pattern = self.constant("a pattern in single quotes is wanted here")?;
        // The quote before it counts too.
        let place = |at: usize| range.start + 1 + at..range.end;
        let pattern =
            Pattern::parse(&pattern).map_err(|(at, words)| ExpressionError::at(self.text, place(at), words))?;
        self.comma()?;
        let part = self.text_argument()?;
        self.close()?;
        Ok(What::Match(pattern, Box::new(part)))
    }

    fn cut(&mut self, word: &str) -> Result<What> {
        self.open()?;
        let first = self.text_argument()?;
        self.comma()?;
        if word == "split" {
            let separators = self.text_argument()?;
            self.comma()?;
            let field = self.any_number("the number of a field, from 1,")?;
            self.close()?;
            return Ok(What::Split(Box::new([first, separators]), field));
        }
        let start = self.any_number("where to start, a number,")?;
        self.comma()?;
        let all = self.take(&Token::Word("all"));
        let length = if all { None } else { Some(self.any_number("a length, a number or all,")?) };
        self.close()?;
        Ok(What::Substring(Box::new(first), start, length))
    }

    fn either(&mut self, always: bool) -> Result<What> {
        self.open()?;
        let condition = self.expression()?;
        let condition = self.of_kind(condition, Kind::Condition)?;
        self.comma()?;
        let then = self.text_argument()?;
        self.comma()?;
        let otherwise = self.text_argument()?;
        self.close()?;
        Ok(What::IfElse { always, parts: Box::new([condition, then, otherwise]) })
    }

    /// So many texts in parentheses.
    fn texts(&mut self, count: usize) -> Result<Vec<Node>> {
        self.open()?;
        let mut texts = Vec::with_capacity(count);
        for number in 0..count {
            if number > 0 {
                self.comma()?;
            }
            texts.push(self.text_argument()?);
        }
        self.close()?;
        Ok(texts)
    }

    fn text_argument(&mut self) -> Result<Node> {
        let node = self.expression()?;
        self.of_kind(node, Kind::Text)
    }

    /// What stands in brackets.
    fn indexed<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.sign("[", "an opening bracket is missing: write the code or name in […]")?;
        let inside = read(self)?;
        self.sign("]", "a closing bracket is missing")?;
        Ok(inside)
    }

    fn option_ref(&mut self) -> Result<OptionRef> {
        if let Some((Token::Name(name), range)) = self.tokens.get(self.at) {
            self.at += 1;
            return Ok(OptionRef::Name(Name { text: name.clone(), range: range.clone() }));
        }
        self.code().map(OptionRef::Code)
    }

    fn code(&mut self) -> Result<u16> {
        if let Some((Token::Name(_), _)) = self.tokens.get(self.at) {
            return Err(self.error("an option inside of another goes by its code, not by its name"));
        }
        let most = if self.family == Family::V4 { 255 } else { 65_535 };
        Ok(u16::try_from(self.number(0, most, "the code of an option")?).unwrap_or_default())
    }

    fn enterprise(&mut self) -> Result<Option<u32>> {
        if self.take(&Token::Sign("*")) {
            return Ok(None);
        }
        let number = self.number(0, u32::MAX.into(), "the number of an enterprise, or *,")?;
        Ok(Some(u32::try_from(number).unwrap_or_default()))
    }

    fn number(&mut self, least: i64, most: i64, what: &str) -> Result<i64> {
        let range = self.here();
        let number = self.any_number(what)?;
        if (least..=most).contains(&number) {
            return Ok(number);
        }
        Err(self.fault(&range, format!("{number} is not between {least} and {most}")))
    }

    fn any_number(&mut self, what: &str) -> Result<i64> {
        let Some((Token::Number(number), _)) = self.tokens.get(self.at) else {
            return Err(self.error(format!("{what} is wanted here")));
        };
        self.at += 1;
        Ok(*number)
    }

    fn constant(&mut self, words: &str) -> Result<String> {
        let Some((Token::Text(text), _)) = self.tokens.get(self.at) else { return Err(self.error(words)) };
        self.at += 1;
        Ok(text.clone())
    }

    fn open(&mut self) -> Result<()> {
        self.sign("(", "an opening parenthesis is missing")
    }

    fn close(&mut self) -> Result<()> {
        let words = match self.tokens.get(self.at) {
            Some((Token::Sign(","), _)) => "there is one value too many before the closing parenthesis",
            Some((Token::Sign("=="), _)) => "== compares two texts, and not what == comes to",
            _ => "a closing parenthesis is missing",
        };
        self.sign(")", words)
    }

    fn comma(&mut self) -> Result<()> {
        let words = match self.tokens.get(self.at) {
            Some((Token::Sign(")"), _)) => "a value is missing before the closing parenthesis",
            _ => "a comma is missing",
        };
        self.sign(",", words)
    }

    fn sign(&mut self, sign: &'static str, words: &str) -> Result<()> {
        if self.take(&Token::Sign(sign)) { Ok(()) } else { Err(self.error(words)) }
    }

    fn take(&mut self, token: &Token) -> bool {
        let there = self.tokens.get(self.at).is_some_and(|(own, _)| own == token);
        self.at += usize::from(there);
        there
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.tokens.get(self.at), Some((Token::Word(own), _)) if *own == word)
    }

    fn is_sign(&self, sign: &str) -> bool {
        matches!(self.tokens.get(self.at), Some((Token::Sign(own), _)) if *own == sign)
    }

    fn only(&self, family: Family, word: &str, range: &Range<usize>) -> Result<()> {
        if self.family == family {
            return Ok(());
        }
        Err(self.fault(range, format!("{word} is for {family} alone")))
    }

    fn of_kind(&self, node: Node, wanted: Kind) -> Result<Node> {
        let words = match (node.kind(), wanted) {
            (Kind::Text, Kind::Condition) => "this is text where a condition is wanted: compare it with ==",
            (Kind::Condition, Kind::Text) => "this is a condition where text is wanted",
            _ => return Ok(node),
        };
        Err(self.fault(&node.range, words))
    }

    /// Where the next piece stands; at the end, where one would.
    fn here(&self) -> Range<usize> {
        self.tokens.get(self.at).map_or(self.text.len()..self.text.len(), |(_, range)| range.clone())
    }

    /// Where the last piece ended.
    fn end(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |(_, range)| range.end)
    }

    fn error(&self, words: impl Into<String>) -> ExpressionError {
        self.fault(&self.here(), words)
    }

    fn fault(&self, range: &Range<usize>, words: impl Into<String>) -> ExpressionError {
        ExpressionError::at(self.text, range.clone(), words)
    }
}

/// A part from its first part to its last.
fn spanned(what: What) -> Node {
    let node = Node { range: 0..0, what };
    let (first, last) = (node.parts().first(), node.parts().last());
    let range = first.map_or(0, |part| part.range.start)..last.map_or(0, |part| part.range.end);
    Node { range, ..node }
}
