//! What an answer and a record must say.

use serde_json::Value;

use super::cell::Outcome;
use super::matrix::{Expected, Part, Row, Sort};

/// Stops a cell that is not as it must be.
macro_rules! must {
    ($holds:expr, $($why:tt)*) => {
        if !$holds {
            return Err(format!($($why)*));
        }
    };
}
pub(crate) use must;

/// What a page shows, of which a part cannot be known: it is shown without that part, and says so.
pub fn check_page(row: &Row, part: Part, status: u16, answer: &Value) -> Outcome<()> {
    let known = row.sort == Sort::Answered;
    let server = &answer[0];
    let health = if known || part != Part::Health { "serving" } else { "unreachable" };
    match part {
        Part::Counts => {
            let filled = &answer["subnets"][0]["utilization"];
            // While a question is open, what was known last is shown; without the library for it, what was read is counted.
            let last = matches!(row.sort, Sort::Silent | Sort::Foreign);
            must!(status == 200 && (filled.is_object() == known || last), "{status} {answer}");
            return Ok(());
        }
        Part::Pair => {
            let reported = server["pairs"][0]["peers"].as_array().is_some_and(|peers| peers[0]["state"].is_string());
            must!(reported == known, "the state of the pair: {answer}");
            must!(finds(server, "warns", "pair is not known") != known, "nothing is reported of the pair: {answer}");
        }
        _ => must!(finds(server, "blocks", "") != known, "it is not reported that something is in the way: {answer}"),
    }
    // What it can do is asked as it starts: by then it has refused us once, and is not asked again.
    let shut_out = row.sort == Sort::Denied && part == Part::Skills && server["health"] == "unreachable";
    must!(status == 200 && (server["health"] == health || shut_out), "not {health}: {status} {answer}");
    Ok(())
}

/// Whether something with this text is found at a server, and shown with an advice.
fn finds(server: &Value, severity: &str, text: &str) -> bool {
    let says = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    let is_it = |finding: &Value| {
        finding["severity"] == severity && says(finding, "text").contains(text) && says(finding, "advice").len() > 10
    };
    server["findings"].as_array().is_some_and(|findings| findings.iter().any(is_it))
}

pub fn check_answer(wanted: Expected, status: u16, answer: &Value) -> Outcome<()> {
    let problem = if status == 200 { problem_of_row(answer) } else { answer["kind"].as_str() };
    must!(problem == wanted.problem, "reported {problem:?} and not {:?}: {status} {answer}", wanted.problem);
    let words = text(&problem_text(answer)).unwrap_or_default();
    must!(problem.is_none() || words.len() > 10, "no words: {answer}");
    if let Some(hook) = wanted.unseen {
        let findings = if answer["rows"].is_array() { &answer["rows"][0]["findings"] } else { &answer["findings"] };
        must!(findings.to_string().contains(hook), "that {hook} is missing is not said: {answer}");
    }
    Ok(())
}

pub fn check_record(wanted: Expected, recorded: Option<&(i64, String)>) -> Outcome<()> {
    let state = recorded.map(|(_, state)| state.as_str());
    // What is not known may have been settled in the meantime.
    let early = wanted.recorded == Some("unknown") && state == wanted.settled;
    must!(state == wanted.recorded || early, "recorded as {state:?} and not {:?}", wanted.recorded);
    Ok(())
}

pub fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// The problem of the only row of a table, if that is what was answered, or that something stands against it.
fn problem_of_row(answer: &Value) -> Option<&str> {
    let row = &answer["rows"][0];
    row["outcome"]["Err"]["kind"].as_str().or_else(|| row["verdict"].as_str().filter(|verdict| *verdict == "blocked"))
}

fn problem_text(answer: &Value) -> Value {
    let row = &answer["rows"][0];
    let texts = [&row["outcome"]["Err"]["text"], &row["findings"][0]["text"], &answer["text"]];
    texts.into_iter().find(|text| text.is_string()).cloned().unwrap_or_default()
}
