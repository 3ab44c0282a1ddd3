//! Sessions: tower-sessions over our own store. Nothing else touches a session but this file, `login` and `setup`.
//!
//! Only a digest of a session's id is stored, so that a stolen database signs nobody in. Saving never brings a session
//! back that was ended meanwhile.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use model::{Problem, Seconds, Timestamp};
use services::ports::{self, SessionRecord, StoreError};
use services::{Actor, Error, Services, SessionKey, SignedIn};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error as StoreFault, Result as StoreAnswer, SessionStore};
use tower_sessions::{Expiry, Session, SessionManagerLayer};

use super::{assets, console, routes};

/// A session that nobody uses ends after this many minutes.
const IDLE: time::Duration = time::Duration::minutes(30);

/// A session ends after this long, used or not.
const ABSOLUTE: Seconds = Seconds(12 * 3_600);

/// A session's use is noted at most this often.
const NOTE_USE: Seconds = Seconds(60);

const ACCOUNT: &str = "account";
const SIGNED_IN_AT: &str = "signed_in_at";
const USED_AT: &str = "used_at";

/// The layer that finds the session of a request.
pub(super) fn layer(services: &Services, secure: bool) -> SessionManagerLayer<Sessions> {
    // A name with this prefix is taken by browsers only over TLS, from this host, for every path.
    let name = if secure { "__Host-nestor" } else { "nestor" };
    SessionManagerLayer::new(Sessions(services.accounts.sessions()))
        .with_name(name)
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Strict)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(IDLE))
}

/// Starts a session for somebody who just proved who they are. The id is a new one: one that was planted before is
/// worth nothing.
pub(super) async fn start(session: &Session, who: &SignedIn, now: Timestamp) -> Result<(), Error> {
    let fault =
        |error: tower_sessions::session::Error| Error::Internal(format!("the session could not be kept: {error}"));
    session.clear().await;
    session.cycle_id().await.map_err(fault)?;
    session.insert(ACCOUNT, who.id).await.map_err(fault)?;
    session.insert(SIGNED_IN_AT, now).await.map_err(fault)?;
    session.insert(USED_AT, now).await.map_err(fault)
}

/// Ends a session.
pub(super) async fn end(session: &Session) {
    if let Err(error) = session.flush().await {
        tracing::error!(%error, "a session could not be ended");
    }
}

/// Who is signed in with this session, as their account is now.
pub(super) async fn actor(services: &Services, session: &Session) -> Option<Actor> {
    let id: i64 = session.get(ACCOUNT).await.ok()??;
    let signed_in_at: Timestamp = session.get(SIGNED_IN_AT).await.ok()??;
    if services.now().since(signed_in_at) >= ABSOLUTE {
        end(session).await;
        return None;
    }
    let account = services.accounts.by_id(id).await.ok()??;
    Some(Actor::User { name: account.name, role: account.role })
}

/// Whether the session is still one of somebody; asks the store, not the copy at hand.
pub(super) async fn goes_on(services: &Services, session: &Session) -> bool {
    session.load().await.is_ok() && actor(services, session).await.is_some()
}

/// Notes that the session is in use, which puts its end off.
async fn note_use(services: &Services, session: &Session) {
    let now = services.now();
    let used: Option<Timestamp> = session.get(USED_AT).await.ok().flatten();
    if used.is_none_or(|used| now.since(used) >= NOTE_USE)
        && let Err(error) = session.insert(USED_AT, now).await
    {
        tracing::warn!(%error, "the use of a session could not be noted");
    }
}

/// Lets only those through who are signed in, but for the pages and files that anybody may see.
pub(super) async fn require(
    State(state): State<console::State>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    if assets::is_file(path) || path == "/healthz" || path == "/readyz" {
        return next.run(request).await;
    }
    if let Some(actor) = actor(&state.services, &session).await {
        if path != app::routes::EVENTS {
            note_use(&state.services, &session).await;
        }
        request.extensions_mut().insert(actor);
        // What waits for its turn looks again whether the session is still there.
        if let Some(id) = session.id() {
            request.extensions_mut().insert(SessionKey(id_hash(&id)));
        }
        return next.run(request).await;
    }
    if routes::OPEN_PAGES.contains(&path) {
        return next.run(request).await;
    }
    let page = request.method() == axum::http::Method::GET && !path.starts_with("/api/") && path != app::routes::EVENTS;
    if page {
        let wanted = request.uri().path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str);
        return Redirect::to(&app::routes::login(wanted)).into_response();
    }
    (StatusCode::UNAUTHORIZED, axum::Json(app::api::ApiError(Problem::from(Error::Unauthenticated)))).into_response()
}

/// Our table of sessions, as tower-sessions wants one.
#[derive(Clone)]
pub(super) struct Sessions(Arc<dyn ports::Sessions>);

impl fmt::Debug for Sessions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Sessions")
    }
}

fn id_hash(id: &Id) -> Vec<u8> {
    Sha256::digest(id.0.to_be_bytes()).to_vec()
}

fn row(record: &Record) -> StoreAnswer<SessionRecord> {
    let data = serde_json::to_vec(&record.data).map_err(|error| StoreFault::Encode(error.to_string()))?;
    Ok(SessionRecord { id_hash: id_hash(&record.id), data, until: Timestamp(record.expiry_date.unix_timestamp()) })
}

#[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
fn fault(error: StoreError) -> StoreFault {
    StoreFault::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> StoreAnswer<()> {
        loop {
            match self.0.insert_session(&row(record)?).await {
                // 128 random bits were dealt twice, or so the table says: deal again.
                Err(StoreError::Exists) => record.id = Id::default(),
                outcome => return outcome.map_err(fault),
            }
        }
    }

    async fn save(&self, record: &Record) -> StoreAnswer<()> {
        // A session that was ended meanwhile stays ended.
        self.0.update_session(&row(record)?).await.map(drop).map_err(fault)
    }

    async fn load(&self, id: &Id) -> StoreAnswer<Option<Record>> {
        let now = Timestamp(OffsetDateTime::now_utc().unix_timestamp());
        let Some(found) = self.0.load_session(&id_hash(id), now).await.map_err(fault)? else { return Ok(None) };
        let data = serde_json::from_slice(&found.data).map_err(|error| StoreFault::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(found.until.0)
            .map_err(|error| StoreFault::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> StoreAnswer<()> {
        self.0.delete_session(&id_hash(id)).await.map_err(fault)
    }
}
