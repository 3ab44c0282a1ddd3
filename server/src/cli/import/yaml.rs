//! Reads the YAML that Ruby programs keep settings in: one document, a mapping at its top, symbols for keys.
//!
//! The author of the file is not trusted: there are limits to its size, its depth and its number of values. Aliases and
//! tags are refused, because settings need neither, and they are what attacks on readers of YAML are made of.

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput, Tag};

/// The largest text that is read, in octets. Real files have a few thousand.
pub(super) const LARGEST: usize = 256 * 1024;

/// How deep lists and mappings may be nested.
const DEEPEST: usize = 16;

/// How many values a document may have.
const MOST_VALUES: usize = 10_000;

/// A setting: a key of the mapping at the top.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The key, without the colon that makes it a symbol.
    pub(super) key: String,
    /// Where the key stands, from 1.
    pub(super) line: usize,
    pub(super) value: Value,
}

/// The value of a setting.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// Nothing: empty, `~` or `null`.
    Null,
    /// Any other scalar, as it is written; numbers and truth values are texts too.
    Text(String),
    List(Vec<Value>),
    /// A mapping: no setting that is carried over has one.
    Map,
}

/// Only the kind: the value may be a password.
impl std::fmt::Debug for Value {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Null => "Null",
            Self::Text(_) => "Text",
            Self::List(_) => "List",
            Self::Map => "Map",
        })
    }
}

/// Why a text is not read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// Where, from 1.
    pub(super) line: usize,
    /// Half a sentence.
    pub(super) why: String,
}

impl Wrong {
    fn new(line: usize, why: impl Into<String>) -> Self {
        Self { line, why: why.into() }
    }
}

impl Value {
    fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text of a scalar.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value, in the spellings of YAML 1.1, which Ruby reads.
    pub(super) fn truth(&self) -> Option<bool> {
        match self.text()?.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => Some(true),
            "false" | "no" | "off" => Some(false),
            _ => None,
        }
    }

    /// The texts of a list, or of a single scalar; `None` when something else stands there or among them.
    pub(super) fn texts(&self) -> Option<Vec<String>> {
        match self {
            Self::Text(text) => Some(vec![text.clone()]),
            Self::List(values) => values.iter().map(|value| value.text().map(str::to_owned)).collect(),
            Self::Null | Self::Map => None,
        }
    }
}

/// The settings of a document, in the order in which they stand; a text without a document has none.
pub(super) fn parse(text: &str) -> Result<Vec<Entry>, Wrong> {
    if text.len() > LARGEST {
        return Err(Wrong::new(1, format!("it is larger than {} KiB", LARGEST / 1024)));
    }
    let mut reader = Reader { parser: Parser::new_from_str(text), values: 0 };
    let (_, _) = reader.next()?; // the beginning of the stream
    match reader.next()? {
        (Event::DocumentStart(_), _) => {}
        _ => return Ok(Vec::new()),
    }
    let entries = match reader.next()? {
        (Event::MappingStart(anchor, tag), line) => {
            plain(anchor, tag.as_deref(), line)?;
            reader.entries()?
        }
        (Event::Scalar(text, style, anchor, tag), line)
            if scalar(&text, style, anchor, tag.as_deref(), line)?.is_null() =>
        {
            Vec::new()
        }
        (_, line) => return Err(Wrong::new(line, "settings are expected, each written as “:key: value”")),
    };
    let (_, _) = reader.next()?; // the end of the document
    match reader.next()? {
        (Event::StreamEnd, _) => Ok(entries),
        (_, line) => Err(Wrong::new(line, "a second document begins; only the first would be used: remove it")),
    }
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    values: usize,
}

impl<'a> Reader<'a> {
    /// The next event and its line.
    fn next(&mut self) -> Result<(Event<'a>, usize), Wrong> {
        match self.parser.next_event() {
            Some(Ok((event, Span { start, .. }))) => Ok((event, start.line().max(1))),
            Some(Err(error)) => Err(Wrong::new(error.marker().line().max(1), error.info())),
            None => Err(Wrong::new(1, "it ends too early")),
        }
    }

    fn entries(&mut self) -> Result<Vec<Entry>, Wrong> {
        let mut entries = Vec::new();
        loop {
            let (key, line) = match self.next()? {
                (Event::MappingEnd, _) => return Ok(entries),
                (Event::Scalar(text, style, anchor, tag), line) => {
                    (scalar(&text, style, anchor, tag.as_deref(), line)?, line)
                }
                (_, line) => return Err(Wrong::new(line, "a key is expected, written as “:key:”")),
            };
            let Value::Text(key) = key else { return Err(Wrong::new(line, "a key is empty")) };
            let (event, at) = self.next()?;
            entries.push(Entry { key, line, value: self.value(event, at, 1)? });
        }
    }

    fn value(&mut self, event: Event<'a>, line: usize, depth: usize) -> Result<Value, Wrong> {
        self.values += 1;
        if self.values > MOST_VALUES {
            return Err(Wrong::new(line, format!("it has more than {MOST_VALUES} values")));
        }
        if depth > DEEPEST {
            return Err(Wrong::new(line, format!("lists and mappings are nested more than {DEEPEST} deep")));
        }
        match event {
            Event::Scalar(text, style, anchor, tag) => scalar(&text, style, anchor, tag.as_deref(), line),
            Event::SequenceStart(anchor, tag) => {
                plain(anchor, tag.as_deref(), line)?;
                let mut values = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => return Ok(Value::List(values)),
                        (event, line) => values.push(self.value(event, line, depth + 1)?),
                    }
                }
            }
            Event::MappingStart(anchor, tag) => {
                plain(anchor, tag.as_deref(), line)?;
                loop {
                    match self.next()? {
                        (Event::MappingEnd, _) => return Ok(Value::Map),
                        (event, line) => drop(self.value(event, line, depth + 1)?),
                    }
                }
            }
            Event::Alias(_) => Err(Wrong::new(line, "an alias (*name) is used: write the value itself there")),
            _ => Err(Wrong::new(line, "a value is expected")),
        }
    }
}

fn scalar(text: &str, style: ScalarStyle, anchor: usize, tag: Option<&Tag>, line: usize) -> Result<Value, Wrong> {
    let is_text = tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
    plain(anchor, if is_text { None } else { tag }, line)?;
    if is_text || style != ScalarStyle::Plain {
        return Ok(Value::Text(text.to_owned()));
    }
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        text => Value::Text(symbol(text).unwrap_or(text).to_owned()),
    })
}

/// The name of a Ruby symbol: `:name` or `:"name"`.
fn symbol(text: &str) -> Option<&str> {
    let name = text.strip_prefix(':').filter(|name| !name.is_empty())?;
    let within = |quote| name.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    Some(within('"').or_else(|| within('\'')).unwrap_or(name))
}

fn plain(anchor: usize, tag: Option<&Tag>, line: usize) -> Result<(), Wrong> {
    if anchor != 0 {
        return Err(Wrong::new(line, "an anchor (&name) is used: remove it, and write values where they are used"));
    }
    if tag.is_some() {
        return Err(Wrong::new(line, "a tag (!name) is used: remove it"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Value {
        Value::Text(value.to_owned())
    }

    fn only(yaml: &str) -> Value {
        let mut entries = parse(yaml).unwrap();
        assert_eq!(entries.len(), 1);
        entries.remove(0).value
    }

    fn wrong(yaml: &str) -> (usize, String) {
        let Wrong { line, why } = parse(yaml).unwrap_err();
        (line, why)
    }

    #[test]
    fn symbols_are_read_as_their_names() {
        let entries =
            parse("---\n# comment\n:enabled: https\n:use_provider: :dhcp_kea_api\nplain: 1\n:\"quoted\": 'x'\n");
        let entries: Vec<_> = entries.unwrap().into_iter().map(|e| (e.key, e.line, e.value)).collect();
        let expected =
            [("enabled", 3, "https"), ("use_provider", 4, "dhcp_kea_api"), ("plain", 5, "1"), ("quoted", 6, "x")];
        assert_eq!(entries, expected.map(|(key, line, value)| (key.to_owned(), line, text(value))));
    }

    #[test]
    fn quoted_scalars_stay_as_they_are() {
        assert_eq!(only(":a: ':b'"), text(":b"));
        assert_eq!(only(":a: \"~\""), text("~"));
        assert_eq!(only(":a: :b"), text("b"));
        assert_eq!(only(":a: !!str null"), text("null"));
        for null in [":a:", ":a: ~", ":a: null"] {
            assert_eq!(only(null), Value::Null);
        }
    }

    #[test]
    fn lists_are_read_in_both_notations() {
        let both = Value::List(vec![text("a.example.org"), text("*")]);
        assert_eq!(only(":a: [a.example.org, '*']"), both);
        assert_eq!(only(":a:\n  - a.example.org\n  - '*'\n"), both);
        assert_eq!(only(":a:\n- a.example.org\n- '*'\n"), both);
        assert_eq!(only(":a: []"), Value::List(vec![]));
        assert_eq!(only(":a:\n  :b: {:c: 1}\n  :d: [1]\n"), Value::Map);
        assert_eq!(only(":a: x").texts().unwrap(), ["x"]);
        assert_eq!(only(":a: [[x]]").texts(), None);
    }

    #[test]
    fn a_text_without_settings_has_none() {
        for empty in ["", "---\n", "# nothing\n", "---\n~\n"] {
            assert_eq!(parse(empty), Ok(Vec::new()), "{empty:?}");
        }
    }

    #[test]
    fn faults_have_their_line() {
        assert_eq!(wrong(":a: 1\n:b: [1, 2\n:c: 3\n").0, 3);
        assert_eq!(wrong(":a: 1\n- b\n").0, 2);
        assert_eq!(wrong(":bind_host: *\n").0, 1);
        assert_eq!(wrong("- a\n").0, 1);
        assert_eq!(wrong(":a: 1\n---\n:b: 2\n").0, 2);
        assert_eq!(wrong("\n:a: \"x\n\n").0, 2);
    }

    #[test]
    fn what_settings_do_not_need_is_refused() {
        assert!(wrong(":a: &x 1\n:b: *x\n").1.contains("anchor"));
        assert!(wrong(":a: !ruby/object:Gem::Requirement {}\n").1.contains("tag"));
        let (line, why) = wrong(&format!("\n:a: {}", "[".repeat(100)));
        assert!(line == 2 && why.contains("deep"), "{why}");
        assert!(wrong(&format!(":a:\n  {}x", "- ".repeat(100))).1.contains("deep"));
        assert!(wrong(&format!(":a: [{}]", "1,".repeat(20_000))).1.contains("values"));
        assert!(wrong(&" ".repeat(LARGEST + 1)).1.contains("256 KiB"));
    }

    #[test]
    fn no_value_is_shown() {
        assert!(!format!("{:?}", parse(":kea_api_password: hunter2").unwrap()).contains("hunter2"));
    }
}
