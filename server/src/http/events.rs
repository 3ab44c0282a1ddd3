//! The event stream: notifies open pages of what changed, so that they ask again.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::sse::{Event as Message, Sse};
use axum::response::{IntoResponse, Response};
use futures::Stream;
use serde_json::json;
use services::{Event, Services, SessionKey};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Interval, interval};
use tower_sessions::Session;

use super::{console, session};
use crate::listen::Stopping;
use crate::seats::{Seat, Seats};

/// How often a stream looks whether its session goes on, and shows that it lives.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// How many streams one session may have at a time; browsers themselves open no more than six to one host.
const MOST_OF_A_SESSION: usize = 16;

/// The streams of each session. Cheap to clone.
pub(crate) type Streams = Arc<Seats<Vec<u8>>>;

struct Listener {
    _seat: Seat<Vec<u8>>,
    services: Services,
    session: Session,
    events: Receiver<Event>,
    heartbeat: Interval,
    stopping: Stopping,
    /// What is to be sent next.
    queue: VecDeque<Message>,
}

/// Sends what changes from now on, until the session or the program ends.
pub(super) async fn stream(
    State(state): State<console::State>,
    session: Session,
    key: Option<Extension<SessionKey>>,
) -> Response {
    let whose = key.map(|Extension(key)| key.id_hash).unwrap_or_default();
    let Some(seat) = state.streams.take(whose, MOST_OF_A_SESSION) else {
        let again = [(header::RETRY_AFTER, "30")];
        let text = "This session has too many pages open that listen for changes: close some.\n";
        return (StatusCode::TOO_MANY_REQUESTS, again, text).into_response();
    };
    let events = state.services.events.subscribe();
    let listener = Listener {
        _seat: seat,
        events,
        queue: VecDeque::from([servers(&state.services)]),
        services: state.services,
        session,
        heartbeat: interval(HEARTBEAT),
        stopping: state.stopping,
    };
    // Without this a proxy in between might collect the stream before it passes it on.
    ([("x-accel-buffering", "no")], Sse::new(messages(listener))).into_response()
}

fn messages(listener: Listener) -> impl Stream<Item = Result<Message, Infallible>> {
    futures::stream::unfold(listener, |mut listener| async move {
        let message = listener.next().await?;
        Some((Ok(message), listener))
    })
}

impl Listener {
    async fn next(&mut self) -> Option<Message> {
        if let Some(message) = self.queue.pop_front() {
            return Some(message);
        }
        tokio::select! {
            () = self.stopping.closed() => None,
            event = self.events.recv() => match event {
                Ok(Event::Subnet(key)) => Some(change(&json!({ "subnet": key.to_string() }))),
                // Browsers drop an event without data.
                Ok(Event::Calls) => Some(Message::default().event("calls").data("{}")),
                // A page that fell behind repaints everything.
                Ok(Event::Servers) | Err(RecvError::Lagged(_)) => {
                    self.queue.push_back(change(&json!({ "subnet": null })));
                    Some(servers(&self.services))
                }
                Err(RecvError::Closed) => None,
            },
            _ = self.heartbeat.tick() => {
                session::goes_on(&self.services, &self.session).await.then(|| Message::default().comment("alive"))
            }
        }
    }
}

/// Which servers do not answer: pages are live only while all do.
fn servers(services: &Services) -> Message {
    Message::default().event("servers").data(json!({ "silent": services.servers.silent() }).to_string())
}

fn change(data: &serde_json::Value) -> Message {
    Message::default().event("change").data(data.to_string())
}
