//! What was found, for people.

use model::{CheckLevel, CheckLine, Silenced};

use super::Findings;
use crate::cli::printing::say;

/// How many items of a line are shown; `--json` has more.
const MOST_ITEMS: usize = 8;

/// Prints everything, line by line: a word for how bad it is, then what was found, then what to do. `urls` are those of the
/// servers, in their order.
pub(super) fn print(findings: &Findings, urls: &[String]) {
    for line in &findings.nestor {
        print_line("", line);
    }
    for (at, server) in findings.servers.iter().enumerate() {
        let url = urls.get(at).map(|url| format!(" at {url}")).unwrap_or_default();
        for line in &server.lines {
            print_line(&format!("kea “{}{url}”: ", server.server), line);
        }
        for Silenced { text, reason, actor, at, .. } in &server.silenced {
            say!("known  kea “{}{url}”: {text}", server.server);
            say!("       silenced by {actor} at {at}: {reason}");
        }
    }
    match findings.faults() {
        0 => say!("No problems were found."),
        faults => say!("{faults} to fix."),
    }
}

fn print_line(whose: &str, line: &CheckLine) {
    let word = match line.level {
        CheckLevel::Fine => "ok   ",
        CheckLevel::Hint => "hint ",
        CheckLevel::Warning => "warn ",
        CheckLevel::Fault => "FAULT",
    };
    say!("{word}  {whose}{}", line.text);
    if !line.advice.is_empty() {
        say!("       {}", line.advice);
    }
    for item in line.items.iter().take(MOST_ITEMS) {
        say!("       - {item}");
    }
    if let Some(more) = line.items.len().checked_sub(MOST_ITEMS).filter(|more| *more > 0) {
        say!("       - … and {more} more");
    }
    for text in line.lines.iter().flat_map(|text| text.lines()) {
        say!("         {text}");
    }
}
