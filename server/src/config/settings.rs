//! The configuration, checked and complete.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use http::Uri;
use model::{IpNetwork, Seconds, ServerName};
use serde::Deserialize;

use super::file::{ConsoleSection, File, KeaSection, ServiceName};
use super::{Secret, SmartProxy, StoreOverrides, contents, store_url};
use crate::Fault;

/// What the command line and the environment say; it wins over the file.
#[derive(Debug, Default, Clone, clap::Args)]
pub struct Overrides {
    /// Folder for accounts, sessions and held addresses
    #[arg(long, env = "NESTOR_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Where everything is remembered.
    #[command(flatten)]
    pub store: StoreOverrides,
    /// Address and port for browsers [default: 127.0.0.1:3000]
    #[arg(long, env = "NESTOR_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,
    /// The URL that people type, when a reverse proxy is in front of the console
    #[arg(long, env = "NESTOR_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// Control socket of kea-dhcp4; takes the place of every server in the configuration file
    #[arg(long, env = "NESTOR_KEA", value_name = "URL")]
    pub kea: Option<String>,
    /// User for Kea's Basic authentication
    #[arg(long, env = "NESTOR_KEA_USER", value_name = "NAME", requires = "kea")]
    pub kea_user: Option<String>,
    /// File with the password for Kea
    #[arg(long, env = "NESTOR_KEA_PASSWORD_FILE", value_name = "FILE", requires = "kea_user")]
    pub kea_password_file: Option<PathBuf>,
    /// Address and port for Foreman; without it there is no Smart Proxy
    #[arg(long, env = "NESTOR_SMART_PROXY_LISTEN", value_name = "ADDRESS:PORT")]
    pub smart_proxy_listen: Option<SocketAddr>,
    /// How long a suggested address is held back [default: 5m]
    #[arg(long, env = "NESTOR_BLACKLIST_DURATION", value_name = "DURATION")]
    pub blacklist_duration: Option<String>,
    /// What is logged: error, warn, info, debug, trace [default: info]
    #[arg(long, env = "NESTOR_LOG", value_name = "FILTER")]
    pub log: Option<String>,
}

/// The whole configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where accounts, sessions and holds are kept.
    pub data_dir: PathBuf,
    /// The URL of a database that takes the place of the file in the data folder.
    pub store_url: Option<Secret>,
    /// How long a suggested address is held back.
    pub blacklist_duration: Seconds,
    /// The browser's side.
    pub console: Console,
    /// Foreman's side, when it is on.
    pub smart_proxy: Option<SmartProxy>,
    /// The log.
    pub log: Log,
    /// The Kea servers, in the operator's order.
    pub kea: Vec<Kea>,
}

/// The browser's side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Console {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The URL that people type, when it is not that of `listen`; without a path.
    pub public_url: Option<String>,
    /// Further URLs, of the same scheme.
    pub other_urls: Vec<String>,
    /// The reverse proxies whose word is taken for where a request comes from.
    pub trusted_proxies: Vec<IpNetwork>,
}

impl Console {
    fn new(section: ConsoleSection, listen: Option<SocketAddr>, public_url: Option<String>) -> Result<Self, Fault> {
        let listen = listen.or(section.listen).unwrap_or_else(|| (Ipv4Addr::LOCALHOST, 3000).into());
        let public_url = public_url.or(section.public_url);
        let public_url = public_url.map(|url| origin(&url, "console.public_url")).transpose()?;
        let others = section.other_urls.iter().map(|url| origin(url, "console.other_urls"));
        let other_urls = others.collect::<Result<Vec<_>, _>>()?;
        let scheme = |url: &str| url.split("://").next().unwrap_or_default().to_owned();
        if let Some(other) = other_urls.iter().find(|other| public_url.as_deref().map(scheme) != Some(scheme(other))) {
            return Err(Fault::new(format!(
                "console.other_urls: “{other}” must have the scheme of console.public_url: cookies are for one of them"
            )));
        }
        Ok(Self { listen, public_url, other_urls, trusted_proxies: networks(&section.trusted_proxies)? })
    }

    /// Every URL that people type.
    pub fn urls(&self) -> impl Iterator<Item = &str> {
        self.public_url.iter().chain(&self.other_urls).map(String::as_str)
    }
}

/// The log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// What is logged.
    pub filter: String,
    /// How.
    pub format: LogFormat,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines.
    Json,
}

/// One Kea server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kea {
    /// The name that the console shows.
    pub name: ServerName,
    /// The URL of its control socket.
    pub url: String,
    /// Which daemon it is.
    pub service: ServiceName,
    /// User and password of Basic authentication.
    pub auth: Option<(String, Secret)>,
    /// Certificates (PEM) to check the server's own with.
    pub ca: Option<Vec<u8>>,
    /// Our certificate and its key (PEM).
    pub client_certificate: Option<Secret>,
}

impl Settings {
    /// Joins the file and what overrides it, and checks the whole.
    pub fn new(file: File, over: Overrides) -> Result<Self, Fault> {
        let missing = "no data folder is set: give --data-dir DIR, or data_dir in the configuration file";
        let data_dir = over.data_dir.or(file.data_dir).ok_or_else(|| Fault::new(missing))?;
        let kea = match over.kea {
            Some(url) => {
                vec![KeaSection {
                    url,
                    user: over.kea_user,
                    password_file: over.kea_password_file,
                    ..KeaSection::default()
                }]
            }
            None => file.kea,
        };
        if kea.is_empty() {
            return Err(Fault::new(
                "no Kea server is set: give --kea URL, or a [[kea]] section in the configuration file",
            ));
        }
        let proxy_listen = over.smart_proxy_listen.or(file.smart_proxy.listen);
        Ok(Self {
            data_dir,
            store_url: store_url(file.store, over.store)?,
            blacklist_duration: hold_time(over.blacklist_duration.or(file.blacklist_duration))?,
            console: Console::new(file.console, over.listen, over.public_url)?,
            smart_proxy: proxy_listen.map(|listen| SmartProxy::new(listen, file.smart_proxy)).transpose()?,
            log: Log {
                filter: over.log.or(file.log.filter).unwrap_or_else(|| "info".to_owned()),
                format: file.log.format.unwrap_or_default(),
            },
            kea: servers(kea)?,
        })
    }
}

fn servers(sections: Vec<KeaSection>) -> Result<Vec<Kea>, Fault> {
    let mut servers: Vec<Kea> = Vec::new();
    for section in sections {
        let server = server(section)?;
        if servers.iter().any(|other| other.name == server.name) {
            return Err(Fault::new(format!(
                "two Kea servers have the name “{}”: give each [[kea]] a name of its own",
                server.name
            )));
        }
        servers.push(server);
    }
    Ok(servers)
}

fn server(section: KeaSection) -> Result<Kea, Fault> {
    let name = section.name.unwrap_or_else(|| "kea".to_owned());
    let name: ServerName = name.parse().map_err(|error| Fault::new(format!("kea.name: {error}")))?;
    let auth = match (section.user, section.password_file) {
        (Some(user), Some(file)) => Some((user, Secret::new(first_line(&contents(&file, "kea.password_file:")?)?))),
        (Some(user), None) => Some((user, Secret::new(""))),
        (None, Some(_)) => {
            return Err(Fault::new(format!("kea “{name}”: a password file needs a user: give user too")));
        }
        (None, None) => None,
    };
    let ca = section.ca_file.map(|file| contents(&file, "kea.ca_file:")).transpose()?;
    let identity =
        section.client_certificate_file.map(|file| contents(&file, "kea.client_certificate_file:")).transpose()?;
    let client_certificate = identity.map(|pem| Secret::new(String::from_utf8_lossy(&pem)));
    Ok(Kea { name, url: section.url, service: section.service, auth, ca, client_certificate })
}

/// A password is the first line of its file, without the end of the line.
fn first_line(octets: &[u8]) -> Result<String, Fault> {
    let text = std::str::from_utf8(octets).map_err(|_| Fault::new("kea.password_file: it is not text"))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

fn hold_time(text: Option<String>) -> Result<Seconds, Fault> {
    let Some(text) = text else { return Ok(Seconds(300)) };
    let wrong = |why: &str| Fault::new(format!("blacklist_duration: “{text}” {why}: write it like 5m, 300s or 1h"));
    let duration = humantime::parse_duration(&text).map_err(|_| wrong("is not a duration"))?;
    if !(Duration::from_secs(1)..=Duration::from_hours(24)).contains(&duration) {
        return Err(wrong("is not between 1 second and 1 day"));
    }
    i64::try_from(duration.as_secs()).map(Seconds).map_err(|_| wrong("is too long"))
}

/// Addresses and networks.
fn networks(texts: &[String]) -> Result<Vec<IpNetwork>, Fault> {
    let network = |text: &String| {
        let wrong =
            |_| format!("console.trusted_proxies: “{text}” is no address or network like 192.0.2.1 or 10.0.0.0/8");
        text.parse().map_err(wrong).map_err(Fault::new)
    };
    texts.iter().map(network).collect()
}

/// Scheme, host and port of a URL that has nothing else.
fn origin(url: &str, setting: &str) -> Result<String, Fault> {
    let wrong = || Fault::new(format!("{setting}: “{url}” is not a URL like https://nestor.example.org"));
    let uri: Uri = url.trim_end_matches('/').parse().map_err(|_| wrong())?;
    match (uri.scheme_str(), uri.authority(), uri.path_and_query().map_or("/", |path| path.as_str())) {
        (Some(scheme @ ("http" | "https")), Some(authority), "/" | "") => {
            Ok(format!("{scheme}://{}", authority.as_str().to_ascii_lowercase()))
        }
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overrides() -> Overrides {
        Overrides { data_dir: Some("d".into()), kea: Some("http://127.0.0.1:8001/".to_owned()), ..Overrides::default() }
    }

    #[test]
    fn flags_win_over_the_file() {
        let file = toml::from_str(
            "data_dir = 'x'\nblacklist_duration = '10m'\n[console]\nlisten = '127.0.0.1:1'\n[[kea]]\nurl = 'http://a/'\n[[kea]]\nname = 'b'\nurl = 'http://b/'",
        );
        let settings = Settings::new(file.unwrap(), overrides()).unwrap();
        assert_eq!(settings.data_dir, PathBuf::from("d"));
        assert_eq!(settings.console.listen, "127.0.0.1:1".parse().unwrap());
        assert_eq!(settings.blacklist_duration, Seconds(600));
        assert_eq!(settings.kea.len(), 1);
    }

    #[test]
    fn servers_are_of_ipv4_unless_said() {
        let file = "data_dir = 'x'\n[[kea]]\nname = 'a'\nurl = 'http://a/'\n\
                    [[kea]]\nname = 'b'\nurl = 'http://b/'\nservice = 'dhcp6'";
        let settings = Settings::new(toml::from_str(file).unwrap(), Overrides::default()).unwrap();
        let services: Vec<_> = settings.kea.iter().map(|kea| kea.service).collect();
        assert_eq!(services, [ServiceName::Dhcp4, ServiceName::Dhcp6]);
        assert!(toml::from_str::<File>("[[kea]]\nurl = 'http://a/'\nservice = 'd2'").is_err());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let fault = |over: Overrides| Settings::new(File::default(), over).unwrap_err().to_string();
        assert!(fault(Overrides::default()).contains("--data-dir"));
        assert!(fault(Overrides { kea: None, ..overrides() }).contains("--kea"));
        assert!(fault(Overrides { blacklist_duration: Some("5".to_owned()), ..overrides() }).contains("5m"));
        assert!(
            fault(Overrides { public_url: Some("example.org/x".to_owned()), ..overrides() }).contains("public_url")
        );
        let others = |text: &str| {
            let section = format!("[console]\npublic_url = 'https://a'\nother_urls = ['{text}']");
            Settings::new(toml::from_str(&section).unwrap(), overrides())
        };
        assert_eq!(others("https://B:8443/").unwrap().console.other_urls, ["https://b:8443"]);
        assert!(others("http://b").unwrap_err().to_string().contains("scheme") && others("b").is_err());
        let proxies = |text: &str| {
            let file = toml::from_str(&format!("[console]\ntrusted_proxies = ['{text}']")).unwrap();
            Settings::new(file, overrides()).map(|settings| settings.console.trusted_proxies.len())
        };
        assert_eq!([proxies("10.0.0.0/8").unwrap(), proxies("::1").unwrap()], [1, 1]);
        assert!(proxies("proxy.example.org").unwrap_err().to_string().contains("trusted_proxies"));
        let missing =
            Overrides { kea_user: Some("u".to_owned()), kea_password_file: Some("/nowhere".into()), ..overrides() };
        assert!(fault(missing).contains("/nowhere"));
    }

    #[test]
    fn secrets_are_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        std::fs::write(&file, "hunter2 is a secret\n").unwrap();
        let over = Overrides { kea_user: Some("u".to_owned()), kea_password_file: Some(file), ..overrides() };
        let settings = Settings::new(File::default(), over).unwrap();
        assert_eq!(settings.kea[0].auth.as_ref().unwrap().1.reveal(), "hunter2 is a secret");
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
