//! What an answer and a record must say.

use serde_json::Value;

use crate::cell::Outcome;
use crate::matrix::{Expected, Row, Sort};

/// Stops a cell that is not as it must be.
macro_rules! must {
    ($holds:expr, $($why:tt)*) => {
        if !$holds {
            return Err(format!($($why)*));
        }
    };
}
pub(crate) use must;

/// Being out of reach is an answer of its own.
pub fn check_health(row: &Row, status: u16, answer: &Value) -> Outcome<()> {
    let health = if row.sort == Sort::Answered { "serving" } else { "unreachable" };
    must!(status == 200 && answer[0]["health"] == health, "not {health}: {status} {answer}");
    Ok(())
}

pub fn check_answer(wanted: Expected, status: u16, answer: &Value) -> Outcome<()> {
    let problem = if status == 200 { problem_of_row(answer) } else { answer["kind"].as_str() };
    must!(problem == wanted.problem, "told {problem:?} and not {:?}: {status} {answer}", wanted.problem);
    let words = text(&problem_text(answer)).unwrap_or_default();
    must!(problem.is_none() || words.len() > 10, "no words: {answer}");
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

/// The problem of the only row of a table, if that is what was answered.
fn problem_of_row(answer: &Value) -> Option<&str> {
    answer["rows"][0]["outcome"]["Err"]["kind"].as_str()
}

fn problem_text(answer: &Value) -> Value {
    let row = &answer["rows"][0]["outcome"]["Err"]["text"];
    if row.is_null() { answer["text"].clone() } else { row.clone() }
}
