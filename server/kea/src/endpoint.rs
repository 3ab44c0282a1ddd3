//! Where one control socket is, how to prove who we are, and how long we are willing to wait.

use std::fmt;
use std::time::Duration;

use reqwest::{Certificate, Identity, Url};

use crate::tls::{CertificateRole, OwnCertificate};

/// A value that must not be seen: `Debug` hides it, and nothing prints or serialises it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The secret itself, for the one place that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Name and password of HTTP Basic authentication, the only kind that Kea has.
#[derive(Clone, Debug)]
pub struct BasicAuth {
    /// The user name; contains no colon.
    pub user: String,
    /// The password; may be empty.
    pub password: Secret,
}

/// Which of Kea's daemons answers at a control socket.
///
/// A daemon's own socket does not look at it. The Control Agent passes commands on by it (Kea ARM, "Management API").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Service {
    /// `kea-dhcp4`, for IPv4.
    #[default]
    Dhcp4,
    /// `kea-dhcp6`, for IPv6.
    Dhcp6,
}

impl Service {
    /// Its name in a command.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dhcp4 => "dhcp4",
            Self::Dhcp6 => "dhcp6",
        }
    }
}

/// How long to wait and how much to accept.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Until the connection stands, TLS included.
    pub connect: Duration,
    /// Whole time of a command that only reads, from queueing to the last byte of the answer, all attempts together.
    pub read: Duration,
    /// Whole time of a command that changes something.
    pub write: Duration,
    /// Whole time of `config-test`, which parses a whole configuration.
    pub test: Duration,
    /// Largest answer, in bytes.
    pub answer_bytes: usize,
    /// Deepest nesting of an answer.
    pub answer_depth: usize,
    /// Commands under way at once. Kea runs one at a time, in the thread that serves DHCP.
    pub in_flight: usize,
    /// For how long refused credentials are not tried again.
    pub denied_pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            read: Duration::from_secs(15),
            write: Duration::from_secs(30),
            test: Duration::from_mins(1),
            answer_bytes: 32 << 20,
            answer_depth: 64,
            in_flight: 2,
            denied_pause: Duration::from_secs(30),
        }
    }
}

/// Why an endpoint cannot be used; each is one sentence for the author of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// It cannot be parsed as a URL with a host.
    #[error("this is not a URL such as http://192.0.2.1:8004/")]
    NotAUrl,
    /// The scheme is something else.
    #[error("the URL must begin with http:// or https://")]
    Scheme,
    /// Credentials in a URL end up in logs.
    #[error("user name and password must not be in the URL")]
    CredentialsInUrl,
    /// Kea knows neither.
    #[error("the URL must not have a query or a fragment")]
    QueryInUrl,
    /// Basic authentication separates name and password by a colon.
    #[error("the user name must not be empty or contain a colon or control characters")]
    UserName,
    /// TLS settings of a plain HTTP address would be silently without effect.
    #[error("certificates need a URL that begins with https://")]
    CertificateWithoutTls,
    /// The CA bundle.
    #[error("the CA file holds no readable PEM certificate")]
    Ca,
    /// The client certificate.
    #[error("the client certificate file must hold a PEM certificate and its private key")]
    Identity,
    /// Nothing to verify the server against, or a certificate that the TLS library refuses.
    #[error("TLS cannot be set up with these certificates, or this machine has no CA certificates")]
    Tls,
}

/// Address, daemon, credentials, certificates and limits of one Kea control socket.
#[derive(Clone)]
pub struct Endpoint {
    pub(crate) url: Url,
    pub(crate) service: Service,
    pub(crate) auth: Option<BasicAuth>,
    pub(crate) ca: Vec<Certificate>,
    pub(crate) identity: Option<Identity>,
    certificates: Vec<OwnCertificate>,
    pub(crate) limits: Limits,
}

impl Endpoint {
    /// An endpoint of a `kea-dhcp4` without credentials, verified against the machine's own CA certificates if it is
    /// `https`.
    pub fn new(url: &str) -> Result<Self, EndpointError> {
        let url = Url::parse(url.trim()).map_err(|_| EndpointError::NotAUrl)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(EndpointError::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EndpointError::CredentialsInUrl);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(EndpointError::QueryInUrl);
        }
        let service = Service::default();
        let (ca, certificates) = (Vec::new(), Vec::new());
        Ok(Self { url, service, auth: None, ca, identity: None, certificates, limits: Limits::default() })
    }

    /// Says which daemon commands are for.
    #[must_use]
    pub fn with_service(mut self, service: Service) -> Self {
        self.service = service;
        self
    }

    /// Adds HTTP Basic credentials.
    pub fn with_auth(mut self, user: impl Into<String>, password: Secret) -> Result<Self, EndpointError> {
        let user = user.into();
        if user.is_empty() || user.contains(|c: char| c == ':' || c.is_control()) {
            return Err(EndpointError::UserName);
        }
        self.auth = Some(BasicAuth { user, password });
        Ok(self)
    }

    /// Trusts the certificates of this PEM bundle, and only those.
    pub fn with_ca(mut self, pem: &[u8]) -> Result<Self, EndpointError> {
        self.needs_tls()?;
        self.ca = Certificate::from_pem_bundle(pem).map_err(|_| EndpointError::Ca)?;
        self.certificates.extend(OwnCertificate::of(pem, CertificateRole::Authority));
        if self.ca.is_empty() { Err(EndpointError::Ca) } else { Ok(self) }
    }

    /// Shows a client certificate; the PEM text holds the certificate and its private key.
    pub fn with_client_identity(mut self, pem: &Secret) -> Result<Self, EndpointError> {
        self.needs_tls()?;
        self.identity = Some(Identity::from_pem(pem.reveal().as_bytes()).map_err(|_| EndpointError::Identity)?);
        self.certificates.extend(OwnCertificate::of(pem.reveal().as_bytes(), CertificateRole::Client));
        Ok(self)
    }

    /// Replaces the limits. No time is longer than an hour, and one to four commands are under way at once.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        let at_most_an_hour = |time: Duration| time.min(Duration::from_hours(1));
        self.limits = Limits {
            connect: at_most_an_hour(limits.connect),
            read: at_most_an_hour(limits.read),
            write: at_most_an_hour(limits.write),
            test: at_most_an_hour(limits.test),
            denied_pause: at_most_an_hour(limits.denied_pause),
            in_flight: limits.in_flight.clamp(1, 4),
            ..limits
        };
        self
    }

    /// The address; it never contains credentials.
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// The daemon that commands are for, as it was configured: what answers may be another one
    /// ([`RunningConfig::service`](crate::wire::RunningConfig::service)).
    pub fn service(&self) -> Service {
        self.service
    }

    /// The certificates that it was given.
    pub fn certificates(&self) -> &[OwnCertificate] {
        &self.certificates
    }

    /// The machine that it is on, as the address names it.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// The port that the address names, or that is meant by its scheme.
    pub fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or_default()
    }

    /// Whether TLS is used.
    pub fn is_tls(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The user name that goes there with a password; none: there are none.
    pub fn user(&self) -> Option<&str> {
        self.auth.as_ref().map(|auth| auth.user.as_str())
    }

    fn needs_tls(&self) -> Result<(), EndpointError> {
        if self.is_tls() { Ok(()) } else { Err(EndpointError::CertificateWithoutTls) }
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("url", &self.url())
            .field("service", &self.service)
            .field("auth", &self.auth)
            .field("own_ca", &!self.ca.is_empty())
            .field("client_certificate", &self.identity.is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked() {
        let refused = |url| Endpoint::new(url).map(|e| e.url().to_owned()).unwrap_err();
        assert_eq!(refused("kea.example.org"), EndpointError::NotAUrl);
        assert_eq!(refused("http://"), EndpointError::NotAUrl);
        assert_eq!(refused("file:///etc/passwd"), EndpointError::Scheme);
        assert_eq!(refused("http://user:pw@192.0.2.1/"), EndpointError::CredentialsInUrl);
        assert_eq!(refused("http://192.0.2.1/?x"), EndpointError::QueryInUrl);
        assert_eq!(Endpoint::new(" https://[2001:db8::1]:8004 ").unwrap().url(), "https://[2001:db8::1]:8004/");
    }

    #[test]
    fn commands_are_for_ipv4_unless_said() {
        let endpoint = Endpoint::new("http://192.0.2.1/").unwrap();
        assert_eq!(endpoint.service(), Service::Dhcp4);
        assert_eq!(endpoint.with_service(Service::Dhcp6).service(), Service::Dhcp6);
    }

    #[test]
    fn certificates_are_checked() {
        let plain = Endpoint::new("http://192.0.2.1/").unwrap();
        assert_eq!(plain.with_ca(b"x").unwrap_err(), EndpointError::CertificateWithoutTls);
        let tls = Endpoint::new("https://192.0.2.1/").unwrap();
        assert_eq!(tls.clone().with_ca(b"not PEM").unwrap_err(), EndpointError::Ca);
        assert_eq!(tls.with_client_identity(&Secret::new("not PEM")).unwrap_err(), EndpointError::Identity);
    }

    #[test]
    fn limits_stay_within_reason() {
        let limits = Limits { read: Duration::MAX, in_flight: usize::MAX, ..Limits::default() };
        let endpoint = Endpoint::new("http://192.0.2.1/").unwrap().with_limits(limits);
        assert_eq!((endpoint.limits.read, endpoint.limits.in_flight), (Duration::from_hours(1), 4));
    }

    #[test]
    fn debug_shows_no_secret() {
        let endpoint = Endpoint::new("http://192.0.2.1/").unwrap();
        assert_eq!(endpoint.clone().with_auth("a:b", Secret::new("")).unwrap_err(), EndpointError::UserName);
        let shown = format!("{:?}", endpoint.with_auth("console", Secret::new("s3cret")).unwrap());
        assert!(shown.contains("console") && !shown.contains("s3cret"), "{shown}");
    }
}
