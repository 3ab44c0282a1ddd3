//! The HTTP(S) transport.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use reqwest::header::{CONTENT_TYPE, DATE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::tls::TlsInfo;
use reqwest::{Client, Response, StatusCode};
use tracing::debug;

use super::names::Names;
use super::{Answer, Fault};
use crate::{Endpoint, EndpointError, TlsFault, UnreachableReason, tls};

/// Kea closes an idle connection after 30 s; we must be first.
const IDLE: Duration = Duration::from_secs(20);

/// A connection that answered so short a time ago is not one that Kea is just closing for being idle.
const BUSY: Duration = Duration::from_secs(1);

/// Connections to one control socket.
///
/// Kea dies of some hundred open connections, so there are few: at most as many in use as commands in flight, and as
/// many idle.
pub(crate) struct Http {
    /// For look-ups: keeps connections open.
    kept: Client,
    /// For changes: a new connection, but for those that follow at once. On one that Kea is just closing it would be
    /// unknown whether the change was received.
    fresh: Client,
    endpoint: Endpoint,
    /// When the certificate of the other side ends, in seconds since 1970; 0: it showed none yet.
    certificate_end: AtomicI64,
    /// How many seconds its clock was ahead of ours with its last answer; none: it did not say its time yet.
    clock_ahead: AtomicI64,
}

/// That a clock is not known.
const NOT_SAID: i64 = i64::MIN;

impl Http {
    pub(crate) fn new(endpoint: &Endpoint) -> Result<Self, EndpointError> {
        Ok(Self {
            kept: client(endpoint, IDLE)?,
            fresh: client(endpoint, BUSY)?,
            endpoint: endpoint.clone(),
            certificate_end: AtomicI64::new(0),
            clock_ahead: AtomicI64::new(NOT_SAID),
        })
    }

    /// Sends one request body. It waits as long as it takes; the caller sets the deadline.
    pub(crate) async fn post(&self, body: Vec<u8>, on_fresh_connection: bool) -> Result<Answer, Fault> {
        let client = if on_fresh_connection { &self.fresh } else { &self.kept };
        // Kea takes exactly this type, without a charset. A body of known length is not sent in chunks, which it refuses.
        let mut request = client.post(self.endpoint.url.clone()).body(body);
        request = request.header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(auth) = &self.endpoint.auth {
            request = request.basic_auth(&auth.user, Some(auth.password.reveal()));
        }
        let response = request.send().await.map_err(|error| self.fault(&error))?;
        self.note_certificate(&response);
        self.note_clock(&response);
        let status = response.status();
        let body = if status == StatusCode::OK { self.read(response).await? } else { Vec::new() };
        Ok(Answer { status: status.as_u16(), body })
    }

    async fn read(&self, mut response: Response) -> Result<Vec<u8>, Fault> {
        let limit = self.endpoint.limits.answer_bytes;
        let announced = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
        if announced > limit {
            return Err(Fault::TooLarge);
        }
        let mut body = Vec::with_capacity(announced);
        while let Some(chunk) = response.chunk().await.map_err(|error| self.fault(&error))? {
            if body.len() + chunk.len() > limit {
                return Err(Fault::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// When the certificate of the other side ends, in seconds since 1970, once it has shown one.
    pub(crate) fn certificate_end(&self) -> Option<i64> {
        Some(self.certificate_end.load(Ordering::Relaxed)).filter(|end| *end != 0)
    }

    /// How many seconds the clock of the other side was ahead of ours with its last answer, once it has said its time.
    pub(crate) fn clock_ahead(&self) -> Option<i64> {
        Some(self.clock_ahead.load(Ordering::Relaxed)).filter(|ahead| *ahead != NOT_SAID)
    }

    fn note_clock(&self, response: &Response) {
        let said = response.headers().get(DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
        let since_1970 =
            |time: SystemTime| i64::try_from(time.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs()).ok();
        if let (Some(theirs), Some(ours)) = (said.and_then(since_1970), since_1970(SystemTime::now())) {
            self.clock_ahead.store(theirs - ours, Ordering::Relaxed);
        }
    }

    fn note_certificate(&self, response: &Response) {
        let shown = response.extensions().get::<TlsInfo>().and_then(TlsInfo::peer_certificate);
        if let Some(end) = shown.and_then(tls::end_of) {
            self.certificate_end.store(end, Ordering::Relaxed);
        }
    }

    /// Sorts an error by what lies at the bottom of it.
    fn fault(&self, error: &reqwest::Error) -> Fault {
        let causes = || std::iter::successors(Some(error as &(dyn StdError + 'static)), |error| cause(*error));
        debug!(cause = causes().last().map(tracing::field::display), "Kea's HTTP socket");
        let tls = causes().find_map(|cause| cause.downcast_ref::<rustls::Error>());
        // TLS 1.3 lets the server refuse our certificate after the handshake; it does so before it reads any request.
        let is_of_handshake = |tls: &&rustls::Error| {
            let refused = |alert: rustls::AlertDescription| tls::refuses_certificate(alert);
            error.is_connect() || matches!(tls, rustls::Error::AlertReceived(alert) if refused(*alert))
        };
        if let Some(tls) = tls.filter(is_of_handshake) {
            return Fault::NotSent(UnreachableReason::Tls(TlsFault::of(tls, self.endpoint.identity.is_some())));
        }
        if !error.is_connect() {
            return Fault::Cut;
        }
        let refused = |cause: &io::Error| cause.kind() == io::ErrorKind::ConnectionRefused;
        Fault::NotSent(if error.is_timeout() {
            UnreachableReason::ConnectTimeout
        } else if causes().filter_map(|cause| cause.downcast_ref()).any(refused) {
            UnreachableReason::Refused
        } else if causes().any(|cause| cause.to_string().contains("dns error")) {
            UnreachableReason::Name
        } else {
            UnreachableReason::Broken
        })
    }
}

fn client(endpoint: &Endpoint, idle: Duration) -> Result<Client, EndpointError> {
    // The first caller sets it for the process; all of this program choose the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .connect_timeout(endpoint.limits.connect)
        .dns_resolver(Arc::new(Names::within(endpoint.limits.connect)))
        .pool_idle_timeout(idle)
        .pool_max_idle_per_host(endpoint.limits.in_flight)
        .http1_only()
        .no_proxy()
        .redirect(Policy::none())
        .referer(false)
        .tls_info(true)
        .retry(reqwest::retry::never());
    // Without TLS the machine's own certificates are not needed, and a small container may have none.
    if !endpoint.ca.is_empty() || endpoint.url.scheme() == "http" {
        builder = builder.tls_certs_only(endpoint.ca.clone());
    }
    if let Some(identity) = &endpoint.identity {
        builder = builder.identity(identity.clone());
    }
    builder.build().map_err(|_| EndpointError::Tls)
}

/// The next cause; an I/O error hides the error that it carries from `source`.
fn cause<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}
