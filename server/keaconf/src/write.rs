//! Writes a value as JSON, for Kea and for others.

use std::fmt::Write as _;

use crate::{Escapes, Map, Text, Value, read};

/// How it is to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// All in one line, without blanks.
    Compact,
    /// A line for each member and element, four blanks for each level.
    Indented,
}

impl Value {
    /// The text that Kea reads as this value: ASCII, each byte outside of it as `\u00XX`.
    pub fn to_kea(&self, layout: Layout) -> String {
        write(self, layout, Escapes::Bytes)
    }

    /// JSON for people and other programs. Bytes that are no UTF-8 become the Latin-1 characters that Kea shows for them.
    pub fn to_json(&self, layout: Layout) -> String {
        write(self, layout, Escapes::Characters)
    }
}

fn write(value: &Value, layout: Layout, escapes: Escapes) -> String {
    let mut writer = Writer { out: String::new(), layout, escapes };
    writer.value(value, 0);
    writer.out
}

struct Writer {
    out: String,
    layout: Layout,
    escapes: Escapes,
}

impl Writer {
    fn value(&mut self, value: &Value, depth: usize) {
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(truth) => self.out.push_str(if *truth { "true" } else { "false" }),
            Value::Number(number) => self.out.push_str(&number.json()),
            Value::Text(text) => self.text(text),
            Value::List(items) => self.list(items, depth),
            Value::Map(map) => self.map(map, depth),
            Value::Include(file) => self.out.push_str(&read::include(file).shown()),
        }
    }

    fn list(&mut self, items: &[Value], depth: usize) {
        self.out.push('[');
        for (at, item) in items.iter().enumerate() {
            self.separate(at, depth + 1);
            self.value(item, depth + 1);
        }
        self.close(items.is_empty(), depth, ']');
    }

    fn map(&mut self, map: &Map, depth: usize) {
        self.out.push('{');
        for (at, (name, value)) in map.iter().enumerate() {
            self.separate(at, depth + 1);
            // An include among the members brings their names with it.
            if !matches!(value, Value::Include(file) if read::include(file) == *name) {
                self.text(name);
                self.out.push_str(if self.layout == Layout::Compact { ":" } else { ": " });
            }
            self.value(value, depth + 1);
        }
        self.close(map.is_empty(), depth, '}');
    }

    fn separate(&mut self, at: usize, depth: usize) {
        if at > 0 {
            self.out.push(',');
        }
        self.line(depth);
    }

    fn close(&mut self, empty: bool, depth: usize, bracket: char) {
        if !empty {
            self.line(depth);
        }
        self.out.push(bracket);
    }

    fn line(&mut self, depth: usize) {
        if self.layout == Layout::Indented {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n("    ", depth));
        }
    }

    fn text(&mut self, text: &Text) {
        self.out.push('"');
        if self.escapes == Escapes::Bytes {
            for byte in text.as_bytes() {
                self.character(char::from(*byte), *byte >= 0x80);
            }
        } else {
            for character in text.shown().chars() {
                self.character(character, false);
            }
        }
        self.out.push('"');
    }

    fn character(&mut self, character: char, escaped: bool) {
        match character {
            '"' => self.out.push_str("\\\""),
            '\\' => self.out.push_str("\\\\"),
            '\n' => self.out.push_str("\\n"),
            '\r' => self.out.push_str("\\r"),
            '\t' => self.out.push_str("\\t"),
            _ if escaped || character < ' ' => {
                // Writing to a String cannot fail.
                let _ = write!(self.out, "\\u{:04x}", u32::from(character));
            }
            _ => self.out.push(character),
        }
    }
}
