//! Numbers that keep their spelling.

use std::borrow::Cow;
use std::fmt;

/// A number of a configuration, as it was written: Kea tells 1 from 1.0, and no spelling is changed that nobody edited.
/// Two are equal when Kea reads the same in both.
#[derive(Clone)]
pub struct Number(Box<str>);

impl Number {
    /// Reads what Kea's files take as a number: `12`, `-0.5`, `1e9`, also `+1`, `007`, `.5` and `1.`; integers fit in
    /// 64 bits, and other numbers are finite.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        let read = if digits.bytes().all(|byte| byte.is_ascii_digit()) {
            text.parse::<i64>().is_ok()
        } else {
            is_decimal(digits) && text.parse::<f64>().is_ok_and(f64::is_finite)
        };
        read.then(|| Self(text.into()))
    }

    /// Whether it is written as an integer.
    pub fn is_integer(&self) -> bool {
        self.as_i64().is_some()
    }

    /// The integer, if it is written as one.
    pub fn as_i64(&self) -> Option<i64> {
        self.0.parse().ok()
    }

    /// Its value; integers above 2^53 are rounded.
    pub fn as_f64(&self) -> f64 {
        self.0.parse().unwrap_or_default()
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A spelling that JSON allows: its own where it does.
    pub(crate) fn json(&self) -> Cow<'_, str> {
        let (sign, digits) = match self.0.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", self.0.strip_prefix('+').unwrap_or(&self.0)),
        };
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        let (whole, rest) = digits.split_at(end);
        let short = whole.trim_start_matches('0');
        let short = if short.is_empty() { "0" } else { short };
        let bare_point = rest.strip_prefix('.').filter(|after| !after.starts_with(|c: char| c.is_ascii_digit()));
        if whole == short && bare_point.is_none() && !self.0.starts_with('+') {
            return Cow::Borrowed(&self.0);
        }
        Cow::Owned(match bare_point {
            Some(after) => format!("{sign}{short}.0{after}"),
            None => format!("{sign}{short}{rest}"),
        })
    }
}

/// Digits with a point among or beside them, an exponent, or both.
fn is_decimal(digits: &str) -> bool {
    let (mantissa, exponent) = digits.split_once(['e', 'E']).map_or((digits, None), |(m, e)| (m, Some(e)));
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent = exponent.map(|text| text.strip_prefix(['+', '-']).unwrap_or(text));
    all_digits(whole)
        && all_digits(part)
        && !(whole.is_empty() && part.is_empty())
        && exponent.is_none_or(|text| !text.is_empty() && all_digits(text))
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(value.to_string().into())
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (self.as_i64(), other.as_i64()) {
            (None, None) => self.as_f64().total_cmp(&other.as_f64()).is_eq(),
            (mine, theirs) => mine == theirs,
        }
    }
}

impl Eq for Number {}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_kea_takes_is_a_number() {
        for text in ["0", "+1", "01", "-0", "-01", "1.", ".5", "1e5", "1.5E+5", "1.e5", "+1.5", "-.5"] {
            assert!(Number::parse(text).is_some(), "{text}");
        }
        for text in
            ["", "-", "+", ".", "-.", "1e", "1e+", "0x10", "nan", "inf", "1.2.3", "1e400", "9223372036854775808"]
        {
            assert!(Number::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn json_has_the_same_value_in_a_spelling_of_its_own() {
        for (text, json) in [
            ("12", "12"),
            ("-0", "-0"),
            ("+1", "1"),
            ("-007", "-7"),
            ("000", "0"),
            (".5", "0.5"),
            ("-.5", "-0.5"),
            ("1.", "1.0"),
            ("1.e5", "1.0e5"),
            ("+.5e-3", "0.5e-3"),
            ("1.50", "1.50"),
            ("0.5", "0.5"),
        ] {
            let number = Number::parse(text).expect(text);
            assert_eq!(number.json(), json);
            assert_eq!(Number::parse(json).expect(json), number, "{text}");
            serde_json::from_str::<serde_json::Value>(json).expect(json);
        }
    }

    #[test]
    fn numbers_are_equal_when_kea_reads_the_same() {
        let number = |text: &str| Number::parse(text).expect(text);
        assert_eq!(number("1e3"), number("1000.0"));
        assert_eq!(number("+7"), number("07"));
        assert_ne!(number("1"), number("1.0"));
        assert_ne!(number("9007199254740993"), number("9007199254740992"));
    }
}
