//! Points and spans of time. The model reads no clock: callers pass "now".

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// What stands at the end of a point in time that is shown, and how long all of it is.
const MARK: &str = " UTC";
const LENGTH: usize = "2026-11-21 12:30:00 UTC".len();

/// A point in time: whole seconds since 1970-01-01 00:00:00 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Timestamp(pub i64);

/// A span of time in whole seconds, shown as people say it ("3 h", "2 days").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Seconds(pub i64);

impl Timestamp {
    /// The point that many seconds later (or earlier, when negative).
    #[must_use]
    pub fn plus(self, span: Seconds) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    /// How long after `earlier` this is; negative when it is before.
    pub fn since(self, earlier: Self) -> Seconds {
        Seconds(self.0.saturating_sub(earlier.0))
    }

    /// The day that it is on, in UTC: `2026-11-21`.
    pub fn day(self) -> String {
        self.to_string().split(' ').next().unwrap_or_default().to_owned()
    }

    /// When that day begins in UTC (`2026-11-21`); none where there is no such day from the year 1970 on.
    pub fn of_day(day: &str) -> Option<Self> {
        let mut parts = day.splitn(3, '-').map(|part| part.parse::<i64>().ok());
        let (year, month, of_month) = (parts.next()??, parts.next()??, parts.next()??);
        if !(1970..=9_999).contains(&year) || !(1..=12).contains(&month) {
            return None;
        }
        // Days from civil by 400-year eras, the way back of `date`.
        let shifted = if month > 2 { year } else { year - 1 };
        let (era, year_of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
        let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + of_month - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let begin = Self((era * 146_097 + day_of_era - 719_468) * 86_400);
        // The 31st of February is none.
        (begin.date() == (year, month, of_month)).then_some(begin)
    }

    /// The first point in time that a text names as [`Timestamp`]s are shown, and where in the text.
    pub fn find(text: &str) -> Option<(Range<usize>, Self)> {
        let mut ends = text.match_indices(MARK).map(|(at, mark)| at + mark.len());
        ends.find_map(|end| {
            let start = end.checked_sub(LENGTH)?;
            Some((start..end, Self::read(text.get(start..end)?)?))
        })
    }

    /// What is shown as `2026-11-21 12:30:00 UTC`.
    fn read(text: &str) -> Option<Self> {
        let (day, time) = text.strip_suffix(MARK)?.split_once(' ')?;
        let mut parts = time.split(':').map(|part| part.parse::<i64>().ok());
        let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
        let shown = Self::of_day(day)?.plus(Seconds(hour * 3_600 + minute * 60 + second));
        (shown.to_string() == text).then_some(shown)
    }

    /// Year, month and day in the Gregorian calendar (days-to-civil by 400-year eras, as in RFC 3339's calendar).
    fn date(self) -> (i64, i64, i64) {
        let days = self.0.div_euclid(86_400) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        (year_of_era + era * 400 + i64::from(month <= 2), month, day)
    }
}

impl fmt::Display for Timestamp {
    /// `2026-11-21 12:30:00 UTC`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date();
        let second = self.0.rem_euclid(86_400);
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        if !(0..=9_999).contains(&year) {
            return write!(out, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC");
        }
        // Lists have tens of thousands of these: one piece of text is many times faster than formatting six numbers.
        let mut text = String::with_capacity(23);
        for (number, after) in
            [(year / 100, ""), (year % 100, "-"), (month, "-"), (day, " "), (hour, ":"), (minute, ":")]
        {
            push_two_digits(&mut text, number);
            text.push_str(after);
        }
        push_two_digits(&mut text, second);
        text.push_str(" UTC");
        out.write_str(&text)
    }
}

fn push_two_digits(text: &mut String, number: i64) {
    for digit in [number / 10, number % 10] {
        text.push(u32::try_from(digit).ok().and_then(|digit| char::from_digit(digit, 10)).unwrap_or_default());
    }
}

impl fmt::Display for Seconds {
    /// One unit, rounded down, as read at a glance: `40 s`, `12 min`, `3 h`, `2 days`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.abs() {
            span @ 0..120 => write!(out, "{span} s"),
            span @ 120..7_200 => write!(out, "{} min", span / 60),
            span @ 7_200..172_800 => write!(out, "{} h", span / 3_600),
            span => write!(out, "{} days", span / 86_400),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_go_there_and_back() {
        for (day, seconds) in [("1970-01-01", 0), ("2000-02-29", 951_782_400), ("2023-11-14", 1_699_920_000)] {
            assert_eq!(Timestamp::of_day(day), Some(Timestamp(seconds)), "{day}");
            assert_eq!(Timestamp(seconds + 86_399).day(), day);
        }
        for nonsense in
            ["", "2023-02-29", "2023-13-01", "2023-00-10", "2023-04-31", "1969-12-31", "x-1-1", "2023-1", "9e9-1-1"]
        {
            assert_eq!(Timestamp::of_day(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, text) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (1_700_000_000, "2023-11-14 22:13:20 UTC"),
            (1_709_164_800, "2024-02-29 00:00:00 UTC"),
            (4_102_444_799, "2099-12-31 23:59:59 UTC"),
            (-1, "1969-12-31 23:59:59 UTC"),
            (253_402_300_800, "10000-01-01 00:00:00 UTC"),
        ] {
            assert_eq!(Timestamp(seconds).to_string(), text);
        }
    }

    #[test]
    fn points_in_time_are_found_in_sentences() {
        let then = Timestamp(1_709_164_805);
        let text = format!("“é” is held for a until {then}. It was UTC before.");
        let (place, found) = Timestamp::find(&text).unwrap();
        assert_eq!((&text[place], found), ("2024-02-29 00:00:05 UTC", then));
        for none in ["", " UTC", "at 2024-02-30 00:00:05 UTC", "2024-02-29 24:00:00 UTC", "é024-02-29 00:00:05 UTC"] {
            assert_eq!(Timestamp::find(none), None, "{none}");
        }
        let second = Timestamp::find("2024-02-30 00:00:05 UTC, 2024-02-29 00:00:05 UTC");
        assert_eq!(second.map(|(_, at)| at), Some(then), "what is none is passed over");
    }

    #[test]
    fn spans_are_short() {
        for (seconds, text) in
            [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7_200, "2 h"), (-7_200, "2 h"), (200_000, "2 days")]
        {
            assert_eq!(Seconds(seconds).to_string(), text);
        }
    }
}
