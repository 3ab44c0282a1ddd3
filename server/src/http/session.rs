//! Sessions: tower-sessions over our own store. Nothing else touches a session but this file, `login` and `setup`.
//!
//! Only a digest of a session's id is stored, so that a stolen database signs no one in. Saving never brings a session
//! back that was ended meanwhile.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use model::{Problem, ProblemKind, Seconds, Timestamp};
use services::ports::{self, SessionRecord, StoreError};
use services::{Actor, Error, Services, SessionKey, SignedIn};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error as StoreFault, Result as StoreAnswer, SessionStore};
use tower_sessions::{Expiry, Session, SessionManagerLayer};

use super::{assets, console, health, routes, unavailable};

/// An unused session ends after this long.
const IDLE: Seconds = Seconds(30 * 60);

/// A session ends after this long, used or not.
const ABSOLUTE: Seconds = Seconds(12 * 3_600);

/// A session's use is noted at most this often.
const NOTE_USE: Seconds = Seconds(60);

const ACCOUNT: &str = "account";
const GENERATION: &str = "generation";
const SIGNED_IN_AT: &str = "signed_in_at";
const USED_AT: &str = "used_at";

/// The layer that finds the session of a request.
pub(super) fn layer(services: &Services, secure: bool) -> SessionManagerLayer<Sessions> {
    // A name with this prefix is taken by browsers only over TLS, from this host, for every path.
    let name = if secure { "__Host-nestor" } else { "nestor" };
    SessionManagerLayer::new(Sessions { store: services.accounts.sessions(), services: services.clone() })
        .with_name(name)
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Strict)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(time::Duration::seconds(IDLE.0)))
}

/// Starts a session for a user who just proved who they are. The id is a new one: one that was planted before is
/// worth nothing.
pub(super) async fn start(session: &Session, who: &SignedIn, now: Timestamp) -> Result<(), Error> {
    session.clear().await;
    session.cycle_id().await.map_err(lost)?;
    session.insert(ACCOUNT, who.id).await.map_err(lost)?;
    session.insert(GENERATION, who.generation).await.map_err(lost)?;
    session.insert(SIGNED_IN_AT, now).await.map_err(lost)?;
    session.insert(USED_AT, now).await.map_err(lost)?;
    // Here, and not after the answer is made: a user who cannot be remembered is not signed in.
    session.save().await.map_err(lost)
}

/// Ends a session.
pub(super) async fn end(session: &Session) -> Result<(), Error> {
    session.flush().await.map_err(lost)
}

/// What keeps a session from being read or kept is the store, or what stands in it.
#[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
fn lost(error: tower_sessions::session::Error) -> Error {
    Error::Store(format!("a session could not be read or kept: {error}"))
}

/// The user of a session.
struct Visitor {
    actor: Actor,
    key: Option<SessionKey>,
}

/// Who is signed in with this session, as their account is now; none: no user. An error, where the store does not say.
async fn visitor(services: &Services, session: &Session) -> Result<Option<Visitor>, Error> {
    let Some(id) = session.get(ACCOUNT).await.map_err(lost)? else { return Ok(None) };
    let Some(signed_in_at) = session.get::<Timestamp>(SIGNED_IN_AT).await.map_err(lost)? else { return Ok(None) };
    if services.now().since(signed_in_at) >= ABSOLUTE {
        if let Err(error) = end(session).await {
            tracing::warn!(%error, "a session that is over could not be taken away; it stays over");
        }
        return Ok(None);
    }
    let generation = session.get(GENERATION).await.map_err(lost)?.unwrap_or_default();
    let account = services.accounts.signed_in(id, generation).await?;
    let key = session.id().map(|session| SessionKey { id_hash: id_hash(&session), account: id, generation });
    Ok(account.map(|account| Visitor { actor: Actor::User { name: account.name, role: account.role }, key }))
}

/// Whether the session is still signed in; asks the store, not the copy at hand. While the store does not say,
/// it goes on: it cannot have been ended there.
pub(super) async fn goes_on(services: &Services, session: &Session) -> bool {
    let found = async {
        session.load().await.map_err(lost)?;
        visitor(services, session).await
    };
    !matches!(found.await, Ok(None))
}

/// Notes that the session is in use, which puts its end off.
async fn note_use(services: &Services, session: &Session) {
    let now = services.now();
    let noted = async {
        let used: Option<Timestamp> = session.get(USED_AT).await?;
        if used.is_none_or(|used| now.since(used) >= NOTE_USE) { session.insert(USED_AT, now).await } else { Ok(()) }
    };
    if let Err(error) = noted.await {
        tracing::warn!(%error, "the use of a session could not be noted");
    }
}

/// Lets only those through who are signed in, but for public pages and files.
pub(super) async fn require(
    State(state): State<console::State>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    if assets::is_file(path) || health::is_asked_at(path) {
        return next.run(request).await;
    }
    let open = routes::OPEN_PAGES.contains(&path);
    let visitor = match visitor(&state.services, &session).await {
        Ok(visitor) => visitor,
        // A user who is about to sign in hears of it from the form.
        Err(_) if open => None,
        Err(error) => return unavailable::answer(&request, error),
    };
    if let Some(Visitor { actor, key }) = visitor {
        if let Some(problem) = another(&request, &actor) {
            return (StatusCode::UNAUTHORIZED, axum::Json(app::api::ApiError(problem))).into_response();
        }
        if path != app::routes::EVENTS {
            note_use(&state.services, &session).await;
        }
        request.extensions_mut().insert(actor);
        // A change that waits for its lock looks again whether the session is still there.
        if let Some(key) = key {
            request.extensions_mut().insert(key);
        }
        return next.run(request).await;
    }
    if open {
        // Before the first account there is nobody to sign in: the page says where one comes from.
        let lost = path == app::routes::LOGIN && request.uri().query().is_none() && request.method() == Method::GET;
        if lost && state.services.accounts.are_none().await {
            return Redirect::to(&app::routes::login_because(app::routes::OVERVIEW, "no-account")).into_response();
        }
        return next.run(request).await;
    }
    let page = request.method() == Method::GET && !path.starts_with("/api/") && path != app::routes::EVENTS;
    if page {
        let wanted = request.uri().path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str);
        let page = if was_signed_in(&request) {
            app::routes::login_because(wanted, "ended")
        } else {
            app::routes::login(wanted)
        };
        return Redirect::to(&page).into_response();
    }
    (StatusCode::UNAUTHORIZED, axum::Json(app::api::ApiError(Problem::from(Error::Unauthenticated)))).into_response()
}

/// That a call comes from a page that somebody else opened, in a browser where another person has signed in since: what
/// was typed there is not theirs to send.
fn another(request: &Request, actor: &Actor) -> Option<Problem> {
    let page_of = request.headers().get(app::api::PAGE_OF)?.to_str().unwrap_or_default();
    let Actor::User { name, .. } = actor else { return None };
    (name.as_str() != page_of).then(|| {
        Problem::new(
            ProblemKind::Unauthenticated,
            format!("This page is of “{page_of}”, and in this browser “{name}” is signed in now."),
            format!("Sign in as “{page_of}” to go on here, or reload the page to go on as “{name}”."),
        )
    })
}

/// Whether the browser was signed in before: it still has a cookie of ours.
fn was_signed_in(request: &Request) -> bool {
    let cookies = request.headers().get_all(axum::http::header::COOKIE).iter();
    let ours = |cookie: &str| cookie.trim().trim_start_matches("__Host-").starts_with("nestor");
    cookies.filter_map(|cookies| cookies.to_str().ok()).any(|cookies| cookies.split(';').any(ours))
}

/// Our table of sessions, as tower-sessions wants one.
#[derive(Clone)]
pub(super) struct Sessions {
    store: Arc<dyn ports::Sessions>,
    services: Services,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Sessions")
    }
}

fn id_hash(id: &Id) -> Vec<u8> {
    Sha256::digest(id.0.to_be_bytes()).to_vec()
}

impl Sessions {
    /// A session that is used now. Its end is counted by our own clock: the one of the system may be set meanwhile.
    fn row(&self, record: &Record) -> StoreAnswer<SessionRecord> {
        let data = serde_json::to_vec(&record.data).map_err(|error| StoreFault::Encode(error.to_string()))?;
        Ok(SessionRecord { id_hash: id_hash(&record.id), data, until: self.services.now().plus(IDLE) })
    }
}

#[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
fn fault(error: StoreError) -> StoreFault {
    StoreFault::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> StoreAnswer<()> {
        loop {
            match self.store.insert_session(&self.row(record)?).await {
                // 128 random bits were dealt twice, or so the table says: deal again.
                Err(StoreError::Exists) => record.id = Id::default(),
                outcome => return outcome.map_err(fault),
            }
        }
    }

    async fn save(&self, record: &Record) -> StoreAnswer<()> {
        // A session that was ended meanwhile stays ended. All that is ever saved so is that it was used: that this
        // could not be noted is no reason to keep back an answer that is made already.
        if let Err(error) = self.store.update_session(&self.row(record)?).await {
            tracing::warn!(%error, "the use of a session could not be noted");
        }
        Ok(())
    }

    async fn load(&self, id: &Id) -> StoreAnswer<Option<Record>> {
        let now = self.services.now();
        let Some(found) = self.store.load_session(&id_hash(id), now).await.map_err(fault)? else { return Ok(None) };
        let data = serde_json::from_slice(&found.data).map_err(|error| StoreFault::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(found.until.0)
            .map_err(|error| StoreFault::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> StoreAnswer<()> {
        self.store.delete_session(&id_hash(id)).await.map_err(fault)
    }
}
