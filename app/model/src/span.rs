//! Spans of time exactly, as people type them: "1 d 12 h".

/// The units, the longest first, each with its seconds.
const UNITS: [(&str, i64); 5] = [("w", 604_800), ("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];

/// A span of whole seconds in words that [`read_span`] reads back: `129600` is "1 d 12 h". Weeks are shown as days.
pub fn exact_span(seconds: i64) -> String {
    if seconds <= 0 {
        return format!("{seconds} s");
    }
    let mut left = seconds;
    let mut parts = Vec::new();
    for (unit, length) in &UNITS[1..] {
        if left >= *length {
            parts.push(format!("{} {unit}", left / length));
            left %= length;
        }
    }
    parts.join(" ")
}

/// The seconds of a span: a bare number, or numbers with units as in "1 d 12 h", "90 min", "2w". None: it is no span.
pub fn read_span(text: &str) -> Option<i64> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(seconds);
    }
    let mut rest = text.trim();
    let mut total: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, after) = rest.split_at(digits);
        let after = after.trim_start();
        let end = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, next) = after.split_at(end);
        let length = length_of(&unit.to_ascii_lowercase())?;
        total = total.checked_add(number.parse::<i64>().ok()?.checked_mul(length)?)?;
        rest = next.trim_start_matches([' ', ',']);
    }
    (!text.trim().is_empty()).then_some(total)
}

fn length_of(unit: &str) -> Option<i64> {
    let unit = match unit {
        "week" | "weeks" => "w",
        "day" | "days" => "d",
        "hour" | "hours" => "h",
        "m" | "minute" | "minutes" => "min",
        "sec" | "second" | "seconds" => "s",
        other => other,
    };
    UNITS.iter().find(|(name, _)| *name == unit).map(|(_, length)| *length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_back_as_they_are_shown() {
        for (seconds, text) in [
            (129_600, "1 d 12 h"),
            (3_600, "1 h"),
            (90, "1 min 30 s"),
            (604_800, "7 d"),
            (4_294_967_295, "49710 d 6 h 28 min 15 s"),
            (0, "0 s"),
        ] {
            assert_eq!((exact_span(seconds).as_str(), read_span(text)), (text, Some(seconds)));
        }
    }

    #[test]
    fn what_people_type_is_read() {
        for (text, seconds) in [
            ("3600", 3_600),
            (" 1d12h ", 129_600),
            ("2 weeks", 1_209_600),
            ("1 hour, 5 minutes", 3_900),
            ("90m", 5_400),
            ("-1", -1),
        ] {
            assert_eq!(read_span(text), Some(seconds), "{text}");
        }
        for text in ["", "h", "1 x", "1 d 5", "1.5 h", "99999999999999999999", "9223372036854775807 d"] {
            assert_eq!(read_span(text), None, "{text}");
        }
    }
}
