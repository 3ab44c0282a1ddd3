//! The patterns of `match`: regular expressions as ECMAScript has them, of octets, for a whole text.
//!
//! What is matched is followed as a set of places, so that no pattern takes long. Patterns that look back or ahead
//! (`\1`, `(?=…)`, `\b`) are taken as Kea takes them, and are not tried out here.

use std::collections::BTreeSet;

/// How many steps a match may take.
const MAX_STEPS: usize = 100_000;

/// How deep groups may be nested.
const MAX_GROUPS: usize = 50;

/// A pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    /// None: it looks back or ahead.
    root: Option<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// An octet out of these.
    One(Set),
    /// The first of the places.
    Begin,
    /// The last.
    End,
    /// One after the other.
    All(Vec<Part>),
    /// One of these.
    Any(Vec<Part>),
    /// So often; no upper limit: as often as it goes.
    Times(Box<Part>, u32, Option<u32>),
}

/// Ranges of octets, or all others.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
struct Set {
    ranges: Vec<(u8, u8)>,
    others: bool,
}

impl Set {
    fn of(ranges: &[(u8, u8)], others: bool) -> Self {
        Self { ranges: ranges.to_vec(), others }
    }

    fn has(&self, octet: u8) -> bool {
        self.ranges.iter().any(|(from, to)| (*from..=*to).contains(&octet)) != self.others
    }
}

const DIGIT: &[(u8, u8)] = &[(b'0', b'9')];
const WORD: &[(u8, u8)] = &[(b'0', b'9'), (b'A', b'Z'), (b'_', b'_'), (b'a', b'z')];
const SPACE: &[(u8, u8)] = &[(9, 13), (b' ', b' ')];

/// The classes that `[:…:]` names.
const NAMED: [(&str, &[(u8, u8)]); 15] = [
    ("alnum", &[(b'0', b'9'), (b'A', b'Z'), (b'a', b'z')]),
    ("alpha", &[(b'A', b'Z'), (b'a', b'z')]),
    ("blank", &[(9, 9), (b' ', b' ')]),
    ("cntrl", &[(0, 31), (127, 127)]),
    ("digit", DIGIT),
    ("graph", &[(33, 126)]),
    ("lower", &[(b'a', b'z')]),
    ("print", &[(32, 126)]),
    ("punct", &[(33, 47), (58, 64), (91, 96), (123, 126)]),
    ("space", SPACE),
    ("upper", &[(b'A', b'Z')]),
    ("xdigit", &[(b'0', b'9'), (b'A', b'F'), (b'a', b'f')]),
    ("d", DIGIT),
    ("s", SPACE),
    ("w", WORD),
];

/// Where something is wrong, and what.
type Fault = (usize, &'static str);

impl Pattern {
    /// Reads a pattern; what is wrong comes with its place in it, in bytes.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let mut reader = Reader { text: text.as_bytes(), at: 0, depth: 0, groups: Vec::new(), looks_around: false };
        let root = reader.alternatives()?;
        match reader.peek() {
            None => Ok(Self { text: text.to_owned(), root: (!reader.looks_around).then_some(root) }),
            Some(b')') => Err((reader.at, "there is no opening parenthesis to this one in the pattern")),
            Some(_) => Err((reader.at, "there is nothing before this that could be repeated")),
        }
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the whole of a text matches; or a clause on why that cannot be said here.
    pub(super) fn matches(&self, octets: &[u8]) -> Result<bool, &'static str> {
        let root = self.root.as_ref().ok_or("patterns that look back or ahead are not tried out here")?;
        let mut matcher = Matcher { octets, steps: 0 };
        let ends =
            matcher.ends(root, &BTreeSet::from([0])).ok_or("this pattern takes too long to be tried out here")?;
        Ok(ends.contains(&octets.len()))
    }
}

struct Matcher<'a> {
    octets: &'a [u8],
    steps: usize,
}

impl Matcher<'_> {
    /// The places where a part may end that begins at one of these; none: it takes too many steps.
    fn ends(&mut self, part: &Part, starts: &BTreeSet<usize>) -> Option<BTreeSet<usize>> {
        self.steps += 1 + starts.len();
        if self.steps > MAX_STEPS {
            return None;
        }
        let octets = self.octets;
        Some(match part {
            Part::One(set) => {
                let fits = |at: &&usize| octets.get(**at).is_some_and(|octet| set.has(*octet));
                starts.iter().filter(fits).map(|at| at + 1).collect()
            }
            Part::Begin => starts.iter().copied().filter(|at| *at == 0).collect(),
            Part::End => starts.iter().copied().filter(|at| *at == octets.len()).collect(),
            Part::All(parts) => {
                let mut places = starts.clone();
                for part in parts {
                    places = self.ends(part, &places)?;
                }
                places
            }
            Part::Any(parts) => {
                let mut places = BTreeSet::new();
                for part in parts {
                    places.extend(self.ends(part, starts)?);
                }
                places
            }
            Part::Times(part, least, most) => self.times(part, starts, *least, *most)?,
        })
    }

    fn times(
        &mut self,
        part: &Part,
        starts: &BTreeSet<usize>,
        least: u32,
        most: Option<u32>,
    ) -> Option<BTreeSet<usize>> {
        let mut places = starts.clone();
        for _ in 0..least {
            let next = self.ends(part, &places)?;
            if next == places {
                break;
            }
            places = next;
        }
        let mut all = places.clone();
        for _ in least..most.unwrap_or(u32::MAX) {
            places = self.ends(part, &places)?;
            let before = all.len();
            all.extend(&places);
            if all.len() == before {
                break;
            }
        }
        Some(all)
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
    /// The groups so far, and whether each is closed.
    groups: Vec<bool>,
    looks_around: bool,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self, text: &str) -> bool {
        let there = self.text[self.at..].starts_with(text.as_bytes());
        self.at += if there { text.len() } else { 0 };
        there
    }

    fn next(&mut self) -> Option<u8> {
        let octet = self.peek()?;
        self.at += 1;
        Some(octet)
    }

    fn alternatives(&mut self) -> Result<Part, Fault> {
        let mut parts = vec![self.sequence()?];
        while self.take("|") {
            parts.push(self.sequence()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Part::Any(parts) })
    }

    fn sequence(&mut self) -> Result<Part, Fault> {
        let mut parts = Vec::new();
        while let Some(part) = self.term()? {
            parts.push(part);
        }
        Ok(Part::All(parts))
    }

    /// An anchor, or an atom and how often; none: the sequence ends.
    fn term(&mut self) -> Result<Option<Part>, Fault> {
        if self.take("^") {
            return Ok(Some(Part::Begin));
        }
        if self.take("$") {
            return Ok(Some(Part::End));
        }
        if self.take("\\b") || self.take("\\B") {
            self.looks_around = true;
            return Ok(Some(Part::All(Vec::new())));
        }
        if self.take("(?=") || self.take("(?!") {
            self.looks_around = true;
            self.group()?;
            return Ok(Some(Part::All(Vec::new())));
        }
        let Some(mut part) = self.atom()? else { return Ok(None) };
        while let Some((least, most)) = self.repetition()? {
            part = Part::Times(Box::new(part), least, most);
        }
        Ok(Some(part))
    }

    fn atom(&mut self) -> Result<Option<Part>, Fault> {
        if self.take("(?:") {
            return self.group().map(Some);
        }
        if self.take("(") {
            let number = self.groups.len();
            self.groups.push(false);
            let part = self.group()?;
            self.groups[number] = true;
            return Ok(Some(part));
        }
        let one = |ranges: &[(u8, u8)], others| Ok(Some(Part::One(Set::of(ranges, others))));
        match self.peek() {
            None | Some(b')' | b'|' | b'*' | b'+' | b'?' | b'{') => Ok(None),
            Some(b'.') => {
                self.at += 1;
                one(&[(b'\n', b'\n'), (b'\r', b'\r')], true)
            }
            Some(b'[') => {
                self.at += 1;
                self.set().map(|set| Some(Part::One(set)))
            }
            Some(b'\\') => self.escape().map(|set| Some(Part::One(set))),
            Some(octet) => {
                self.at += 1;
                one(&[(octet, octet)], false)
            }
        }
    }

    /// What follows an opening parenthesis.
    fn group(&mut self) -> Result<Part, Fault> {
        if self.depth == MAX_GROUPS {
            return Err((self.at, "the groups of the pattern are nested too deeply"));
        }
        self.depth += 1;
        let part = self.alternatives()?;
        self.depth -= 1;
        match self.peek() {
            Some(b')') => {
                self.at += 1;
                Ok(part)
            }
            None => Err((self.at, "a closing parenthesis is missing in the pattern")),
            Some(_) => Err((self.at, "there is nothing before this that could be repeated")),
        }
    }

    /// How often, as `*`, `+`, `?`, `{2}`, `{2,}` or `{2,5}` say, perhaps with `?` after it.
    fn repetition(&mut self) -> Result<Option<(u32, Option<u32>)>, Fault> {
        let limits = match self.peek() {
            Some(b'*') => (0, None),
            Some(b'+') => (1, None),
            Some(b'?') => (0, Some(1)),
            Some(b'{') => {
                self.at += 1;
                let limits = self.limits()?;
                self.take("?");
                return Ok(Some(limits));
            }
            _ => return Ok(None),
        };
        self.at += 1;
        self.take("?");
        Ok(Some(limits))
    }

    fn limits(&mut self) -> Result<(u32, Option<u32>), Fault> {
        let from = self.at;
        let wrong = (from, "{ needs one or two numbers and }, as in {2} or {2,5}");
        let least = self.number().ok_or(wrong)?;
        let most = if !self.take(",") {
            Some(least)
        } else if self.peek().is_some_and(|octet| octet.is_ascii_digit()) {
            Some(self.number().ok_or(wrong)?)
        } else {
            None
        };
        if !self.take("}") || most.is_some_and(|most| most < least) {
            return Err(wrong);
        }
        Ok((least, most))
    }

    fn number(&mut self) -> Option<u32> {
        let from = self.at;
        while self.peek().is_some_and(|octet| octet.is_ascii_digit()) {
            self.at += 1;
        }
        std::str::from_utf8(&self.text[from..self.at]).ok()?.parse().ok().filter(|number| *number <= 10_000)
    }

    /// What stands for octets outside of brackets.
    fn escape(&mut self) -> Result<Set, Fault> {
        let from = self.at;
        self.at += 1;
        let octet = self.next().ok_or((from, "the pattern ends with a backslash"))?;
        if octet.is_ascii_digit() && octet != b'0' {
            self.at -= 1;
            let number = self.number().and_then(|number| usize::try_from(number).ok());
            let group = number.and_then(|number| self.groups.get(number.checked_sub(1)?));
            if group != Some(&true) {
                return Err((from, "there is no group of this number before this"));
            }
            self.looks_around = true;
            return Ok(Set::default());
        }
        self.escaped(from, octet)
    }

    fn escaped(&mut self, from: usize, octet: u8) -> Result<Set, Fault> {
        let one = |octet: u8| Set::of(&[(octet, octet)], false);
        Ok(match octet {
            b'd' | b'D' => Set::of(DIGIT, octet == b'D'),
            b's' | b'S' => Set::of(SPACE, octet == b'S'),
            b'w' | b'W' => Set::of(WORD, octet == b'W'),
            b'0' => one(0),
            b'f' => one(12),
            b'n' => one(10),
            b'r' => one(13),
            b't' => one(9),
            b'v' => one(11),
            b'c' => one(self.next().ok_or((from, "\\c needs a letter"))? % 32),
            b'x' => one(self.hex(from, 2)?),
            b'u' => one(self.hex(from, 4)?),
            other => one(other),
        })
    }

    fn hex(&mut self, from: usize, count: usize) -> Result<u8, Fault> {
        let digits = self.text.get(self.at..self.at + count).and_then(|digits| std::str::from_utf8(digits).ok());
        let number = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let number = number.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let number = number.ok_or((from, "\\x needs two hexadecimal digits, and \\u four"))?;
        self.at += count;
        u8::try_from(number).map_err(|_| (from, "this is no octet"))
    }

    /// What follows an opening bracket.
    fn set(&mut self) -> Result<Set, Fault> {
        let from = self.at;
        let open = (from, "a closing bracket is missing in the pattern");
        let mut set = Set::of(&[], self.take("^"));
        let mut last: Option<u8> = None;
        loop {
            if self.take("]") {
                return Ok(set);
            }
            let here = self.at;
            let single = self.member(&mut set, open)?;
            if let (Some(low), Some(high)) = (last.take(), single) {
                if high < low {
                    return Err((here, "this range of the pattern ends before it begins"));
                }
                set.ranges.push((low, high));
                continue;
            }
            set.ranges.extend(single.map(|octet| (octet, octet)));
            // A hyphen between two octets makes them a range.
            let is_range = single.is_some()
                && self.peek() == Some(b'-')
                && self.text.get(self.at + 1).is_some_and(|next| *next != b']');
            last = single.filter(|_| is_range);
            self.at += usize::from(is_range);
        }
    }

    /// One octet of a set; none: more than one, which are in it now.
    fn member(&mut self, set: &mut Set, open: Fault) -> Result<Option<u8>, Fault> {
        let from = self.at;
        for (begin, end) in [("[:", ":]"), ("[.", ".]"), ("[=", "=]")] {
            if !self.take(begin) {
                continue;
            }
            let rest = String::from_utf8_lossy(&self.text[self.at..]).into_owned();
            let length = rest.find(end).ok_or(open)?;
            self.at += length + 2;
            let name = &rest[..length];
            if begin != "[:" {
                let octet = name.bytes().next().filter(|_| name.len() == 1);
                return octet.map(Some).ok_or((from, "this names no single character"));
            }
            let ranges = NAMED.iter().find(|named| named.0.eq_ignore_ascii_case(name)).map(|named| named.1);
            set.ranges.extend_from_slice(ranges.ok_or((from, "there is no class of characters of this name"))?);
            return Ok(None);
        }
        let octet = self.next().ok_or(open)?;
        if octet != b'\\' {
            return Ok(Some(octet));
        }
        let octet = self.next().ok_or(open)?;
        if octet == b'b' {
            return Ok(Some(8));
        }
        let escaped = self.escaped(from, octet)?;
        if let ([(low, high)], false) = (escaped.ranges.as_slice(), escaped.others)
            && low == high
        {
            return Ok(Some(*low));
        }
        set.ranges.extend((0..=255).filter(|octet| escaped.has(*octet)).map(|octet| (octet, octet)));
        Ok(None)
    }
}
