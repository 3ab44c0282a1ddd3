//! `/logs`: what Foreman's own log tab shows of us.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use model::{CallOutcome, ForemanCall, Timestamp, Why};
use serde_json::{Value, json};
use services::Ledger;

use crate::call::Caller;
use crate::params::Fields;
use crate::refusal::Refusal;

pub(crate) const LOGS: &str = "/logs";
pub(crate) const LOGS_SLASH: &str = "/logs/";

/// The log routes.
pub(crate) fn routes(ledger: Ledger) -> Router {
    Router::new().route(LOGS, get(logs)).route(LOGS_SLASH, get(logs)).with_state(ledger)
}

async fn logs(State(ledger): State<Ledger>, Caller(actor): Caller, fields: Fields) -> Result<Json<Value>, Refusal> {
    let calls = ledger.log(&actor, fields.since()).await?;
    Ok(Json(json!({
        // The Smart Proxy's own sizes: 2,000 entries, 1,000 older problems; 3 is the level of errors.
        "info": { "size": 2000, "tail_size": 1000, "level": null, "level_tail": 3, "failed_modules": {} },
        "logs": calls.iter().map(entry).collect::<Vec<_>>(),
    })))
}

fn entry(call: &ForemanCall) -> Value {
    let Timestamp(at) = call.at;
    #[expect(clippy::cast_precision_loss, reason = "seconds of any year that matters are exact")]
    let mut entry = json!({ "timestamp": at as f64, "level": level(call.outcome), "message": message(call) });
    if let (Some(id), Some(entry)) = (&call.request_id, entry.as_object_mut()) {
        entry.insert("request_id".to_owned(), id.chars().take(8).collect::<String>().into());
    }
    entry
}

fn level(outcome: CallOutcome) -> &'static str {
    match outcome {
        CallOutcome::Answered | CallOutcome::NotFound => "INFO",
        CallOutcome::Exhausted => "WARN",
        CallOutcome::Refused | CallOutcome::Failed => "ERROR",
    }
}

/// The whole call in a line.
fn message(call: &ForemanCall) -> String {
    let parameters = call.parameters.replace('\n', " ");
    let asked = [call.method.as_str(), &call.path, &parameters].join(" ");
    let why: Vec<_> = call.why.iter().map(in_words).collect();
    let why = if why.is_empty() { String::new() } else { format!(" ({})", why.join("; ")) };
    let millis = call.took_micros.div_ceil(1_000);
    format!("{}: {} {}{why} [{}, {millis} ms]", asked.trim_end(), call.status, call.answer, call.caller)
}

fn in_words(why: &Why) -> String {
    match why {
        Why::Said(text) => text.clone(),
        Why::Clash { key, address, host_name } => {
            let name = host_name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
            let address = address.map(|address| format!(" {address}")).unwrap_or_default();
            format!("{} has{name}{address} in subnet {}", key.identifier, key.subnet)
        }
        Why::PassedOver { address, because } => format!("{address} is {because}"),
    }
}
