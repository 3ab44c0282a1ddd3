//! Ways into running programs that may be killed at any moment.

use std::time::Duration;

use reqwest::header::COOKIE;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

use super::{Nestor, form};

/// A way into one program.
#[derive(Clone)]
pub struct ApiClient {
    client: Client,
    console: String,
    foreman: String,
    cookie: String,
}

/// What became of a request.
#[derive(Clone, Debug)]
pub enum Answer {
    /// It was done; this was said.
    Done(Value),
    /// It was not done, and the program is sure of that.
    Refused(String),
    /// It may have been done, or may yet be: no answer came, or one that says so.
    Unsure(String),
}

impl ApiClient {
    pub fn of(nestor: &Nestor, cookie: &str) -> Self {
        let (client, cookie) = (nestor.client.clone(), cookie.to_owned());
        Self { client, console: nestor.console.clone(), foreman: nestor.foreman.clone(), cookie }
    }

    /// A server function.
    pub async fn call(&self, path: &str, arguments: &Value) -> Answer {
        let request = self.client.post(format!("{}{path}", self.console)).header(COOKIE, &self.cookie);
        let request = request.header("sec-fetch-site", "same-origin").header("content-type", "application/json");
        match answered(request.body(arguments.to_string())).await {
            Ok((200, text)) => Answer::Done(serde_json::from_str(&text).expect("JSON")),
            Ok((status, text)) => {
                let problem: Value = serde_json::from_str(&text).unwrap_or_default();
                let kind = problem["kind"].as_str().unwrap_or_default();
                let unsure = matches!(kind, "unknown" | "not-saved" | "internal" | "");
                let text = format!("{path}: {status} {text}");
                if unsure { Answer::Unsure(text) } else { Answer::Refused(text) }
            }
            Err(answer) => answer,
        }
    }

    /// A call of Foreman.
    pub async fn foreman(&self, method: Method, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request =
            self.client.request(method, format!("{}{path}", self.foreman)).header("accept", "application/json");
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form(fields));
        match answered(request).await {
            Ok((200, text)) => Answer::Done(serde_json::from_str(&text).unwrap_or_default()),
            // What is wrong with the request, what is in the way, and a server that cannot be reached.
            Ok((status @ (403 | 404 | 409 | 503), text)) => Answer::Refused(format!("{path}: {status} {text}")),
            Ok((status, text)) => Answer::Unsure(format!("{path}: {status} {text}")),
            Err(answer) => answer,
        }
    }

    /// A server function that must answer.
    pub async fn ask(&self, path: &str, arguments: &Value) -> Value {
        match self.call(path, arguments).await {
            Answer::Done(value) => value,
            other => panic!("{path} {arguments}: {other:?}"),
        }
    }
}

/// Longer than the program gives anything. A request that meets the end of a program may otherwise wait without end.
const TIME_LIMIT: Duration = Duration::from_secs(90);

async fn answered(request: RequestBuilder) -> Result<(u16, String), Answer> {
    // A refused connection was sent nothing.
    let unsure = |error: reqwest::Error| {
        if error.is_connect() { Answer::Refused(error.to_string()) } else { Answer::Unsure(error.to_string()) }
    };
    let response = request.timeout(TIME_LIMIT).send().await.map_err(unsure)?;
    let status = response.status().as_u16();
    Ok((status, response.text().await.map_err(unsure)?))
}
