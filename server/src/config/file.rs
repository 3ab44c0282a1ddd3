//! The configuration file, as it is written (TOML).

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::Fault;
use crate::config::LogFormat;

/// Everything that the file may say; nothing has to be said.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Where accounts, sessions and holds are kept.
    pub data_dir: Option<PathBuf>,
    /// How long a suggested address is held back: `5m`.
    pub blacklist_duration: Option<String>,
    /// The browser's side.
    #[serde(default)]
    pub console: ConsoleSection,
    /// Foreman's side.
    #[serde(default)]
    pub smart_proxy: SmartProxySection,
    /// Everything that Nestor remembers.
    #[serde(default)]
    pub store: StoreSection,
    /// The log.
    #[serde(default)]
    pub log: LogSection,
    /// The Kea servers.
    #[serde(default)]
    pub kea: Vec<KeaSection>,
}

/// `[console]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsoleSection {
    /// Address and port that browsers connect to.
    pub listen: Option<SocketAddr>,
    /// The URL that people type, when a reverse proxy stands before us.
    pub public_url: Option<String>,
    /// Further URLs that people type.
    #[serde(default)]
    pub other_urls: Vec<String>,
    /// Addresses and networks of the reverse proxies whose word is taken for where a request comes from.
    #[serde(default)]
    pub trusted_proxies: Vec<String>,
}

/// `[smart_proxy]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmartProxySection {
    /// Address and port that Foreman connects to; absent: no Smart Proxy.
    pub listen: Option<SocketAddr>,
    /// The version that we show Foreman; it compares this with its own.
    pub version: Option<String>,
    /// Our certificate and its chain (PEM); with it Foreman is served over TLS.
    pub certificate_file: Option<PathBuf>,
    /// The certificate's key (PEM).
    pub key_file: Option<PathBuf>,
    /// The authorities (PEM) whose client certificates are looked at.
    pub ca_file: Option<PathBuf>,
    /// Certificates that those authorities revoked (PEM).
    pub crl_file: Option<PathBuf>,
    /// Who may call: names in client certificates; over plain HTTP, names or addresses of hosts.
    pub trusted_hosts: Option<Vec<String>>,
    /// The hosts of the URLs that Foreman calls us by, beside those in our certificate.
    #[serde(default)]
    pub host_names: Vec<String>,
    /// Whether plain HTTP may be served beyond the loopback.
    #[serde(default)]
    pub allow_plain_http: bool,
    /// Whether an address is tried out before it is suggested.
    #[serde(default)]
    pub ping_free_ip: bool,
    /// Whether a host that refuses the connection of such a try counts as being there. Default: yes.
    pub refused_is_in_use: Option<bool>,
    /// How long calls are remembered: `30d`.
    pub remember_calls_for: Option<String>,
    /// How many calls are remembered at most.
    pub remember_calls: Option<u32>,
}

/// `[store]`
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreSection {
    /// The URL of a `PostgreSQL` database; absent: a file in the data folder.
    pub url: Option<String>,
    /// A file with that URL, for one with a password.
    pub url_file: Option<PathBuf>,
}

impl std::fmt::Debug for StoreSection {
    /// Without the URL: it may hold a password.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("StoreSection").field("url_file", &self.url_file).finish_non_exhaustive()
    }
}

/// `[log]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSection {
    /// What is logged: a level, or levels by module.
    pub filter: Option<String>,
    /// Text or JSON.
    pub format: Option<LogFormat>,
}

/// `[[kea]]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeaSection {
    /// The name that the console shows.
    pub name: Option<String>,
    /// The URL of its control socket.
    pub url: String,
    /// Which daemon it is; absent: kea-dhcp4.
    #[serde(default)]
    pub service: ServiceName,
    /// The user of Basic authentication.
    pub user: Option<String>,
    /// A file with the password.
    pub password_file: Option<PathBuf>,
    /// A file with the certificates (PEM) that the server's own is checked with; absent: the system's.
    pub ca_file: Option<PathBuf>,
    /// A file with our certificate and its key (PEM), when the server asks for one.
    pub client_certificate_file: Option<PathBuf>,
}

/// A daemon of Kea's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ServiceName {
    /// kea-dhcp4.
    #[default]
    Dhcp4,
    /// kea-dhcp6.
    Dhcp6,
}

/// Reads the file.
pub fn read(path: &Path) -> Result<File, Fault> {
    let text = super::contents(path, "the configuration")?;
    let text = String::from_utf8(text)
        .map_err(|_| Fault::new(format!("the configuration {} cannot be read: it is not text", path.display())))?;
    toml::from_str(&text).map_err(|error| {
        let line =
            error.span().map_or(0, |span| text.bytes().take(span.start).filter(|octet| *octet == b'\n').count() + 1);
        Fault::new(format!("the configuration {} is wrong at line {line}: {}", path.display(), error.message()))
    })
}
