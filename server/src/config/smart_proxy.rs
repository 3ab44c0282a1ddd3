//! Foreman's side of the configuration, checked and complete.

use std::net::SocketAddr;
use std::path::PathBuf;

use model::Seconds;
use smart_proxy::ANY_CERTIFICATE;

use super::file::SmartProxySection;
use crate::Fault;
use crate::listen::Name;

/// Foreman's side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmartProxy {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The version that Foreman sees.
    pub version: String,
    /// The hosts of the URLs that Foreman calls it by, beside those in the certificate.
    pub host_names: Vec<String>,
    /// How it proves who it is, and checks who calls; none: plain HTTP.
    pub tls: Option<Tls>,
    /// Who may call; none: every host that can reach the port.
    pub trusted_hosts: Option<Vec<String>>,
    /// Whether an address is tried out before it is suggested, and how; none: not.
    pub ping: Option<Ping>,
    /// How long calls are remembered.
    pub remember_calls_for: Seconds,
    /// How many calls are remembered at most.
    pub remember_calls: u32,
}

/// The files of a listener with TLS. They are read again when they change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The certificate and its chain (PEM).
    pub certificate_file: PathBuf,
    /// The certificate's key (PEM).
    pub key_file: PathBuf,
    /// The authorities (PEM) that client certificates come from.
    pub ca_file: PathBuf,
    /// Certificates that those authorities revoked (PEM).
    pub crl_file: Option<PathBuf>,
}

/// How an address is tried out before it is suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ping {
    /// Whether a host that refuses the connection counts as present.
    pub refused_is_in_use: bool,
}

impl SmartProxy {
    /// Checks the section.
    pub(super) fn new(listen: SocketAddr, section: SmartProxySection) -> Result<Self, Fault> {
        let files = (section.certificate_file, section.key_file, section.ca_file);
        let tls = match files {
            (Some(certificate_file), Some(key_file), Some(ca_file)) => {
                Some(Tls { certificate_file, key_file, ca_file, crl_file: section.crl_file })
            }
            (None, None, None) if section.crl_file.is_none() => None,
            _ => {
                return Err(Fault::new(
                    "smart_proxy: TLS needs certificate_file, key_file and ca_file: give all three",
                ));
            }
        };
        let trusted_hosts = trusted_hosts(section.trusted_hosts, tls.is_some())?;
        if tls.is_none() && !listen.ip().is_loopback() && !section.allow_plain_http {
            return Err(Fault::new(format!(
                "smart_proxy.listen: {listen} would serve Foreman without TLS to the network: give certificate_file, \
                 key_file and ca_file, or allow it with allow_plain_http = true",
            )));
        }
        if let Some(name) = section.host_names.iter().find(|name| Name::parse(name).is_none()) {
            let text = "is no host like nestor.example.org, 192.0.2.1 or nestor.example.org:8443";
            return Err(Fault::new(format!("smart_proxy.host_names: “{}” {text}", name.escape_debug())));
        }
        let ping = Ping { refused_is_in_use: section.refused_is_in_use.unwrap_or(true) };
        Ok(Self {
            listen,
            version: section.version.unwrap_or_else(|| smart_proxy::VERSION.to_owned()),
            host_names: section.host_names,
            tls,
            trusted_hosts,
            ping: section.ping_free_ip.then_some(ping),
            remember_calls_for: remember_for(section.remember_calls_for)?,
            remember_calls: section.remember_calls.unwrap_or(100_000),
        })
    }
}

/// Checks the list of those who may call a listener with or without TLS.
pub fn trusted_hosts(list: Option<Vec<String>>, tls: bool) -> Result<Option<Vec<String>>, Fault> {
    let wrong = |why: &str| Err(Fault::new(format!("smart_proxy.trusted_hosts: {why}")));
    let Some(hosts) = list else {
        if tls {
            return wrong(
                "say whose certificates may call, by name: every host that your certificate authority knows could call \
                 otherwise ([\"*\"] allows just that)",
            );
        }
        return Ok(None);
    };
    if let Some(host) = hosts.iter().find(|host| host.is_empty() || host.contains(|c: char| !c.is_ascii_graphic())) {
        return wrong(&format!("“{}” is not a host name", host.escape_debug()));
    }
    if !tls && hosts.iter().any(|host| host == ANY_CERTIFICATE) {
        return wrong("“*” stands for every certificate, and plain HTTP has none: name hosts or addresses");
    }
    Ok(Some(hosts))
}

fn remember_for(text: Option<String>) -> Result<Seconds, Fault> {
    let Some(text) = text else { return Ok(Seconds(30 * 86_400)) };
    let wrong = || {
        Fault::new(format!("smart_proxy.remember_calls_for: “{text}” is not a duration like 30d (1 hour to 10 years)"))
    };
    let seconds = humantime::parse_duration(&text).map_err(|_| wrong())?.as_secs();
    let allowed = (3_600..=3_650 * 86_400).contains(&seconds);
    i64::try_from(seconds).ok().filter(|_| allowed).map(Seconds).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TLS: &str = "certificate_file = 'c'\nkey_file = 'k'\nca_file = 'a'\n";

    fn read(listen: &str, text: &str) -> Result<SmartProxy, String> {
        let section = toml::from_str(text).map_err(|error| error.to_string())?;
        SmartProxy::new(listen.parse().unwrap(), section).map_err(|fault| fault.to_string())
    }

    #[test]
    fn nothing_has_to_be_said_on_loopback() {
        let expected = SmartProxy {
            listen: "127.0.0.1:8000".parse().unwrap(),
            version: smart_proxy::VERSION.to_owned(),
            host_names: Vec::new(),
            tls: None,
            trusted_hosts: None,
            ping: None,
            remember_calls_for: Seconds(30 * 86_400),
            remember_calls: 100_000,
        };
        assert_eq!(read("127.0.0.1:8000", "").unwrap(), expected);
    }

    #[test]
    fn everything_can_be_said() {
        let text = format!(
            "{TLS}crl_file = 'r'\nversion = '3.12.0'\nhost_names = ['nestor.example.org']\ntrusted_hosts = ['a.example.com', '*']\nping_free_ip = true\n\
             refused_is_in_use = false\nremember_calls_for = '2h'\nremember_calls = 5"
        );
        let files = ["c", "k", "a", "r"].map(PathBuf::from);
        let [certificate_file, key_file, ca_file, crl_file] = files;
        let expected = SmartProxy {
            listen: "0.0.0.0:8443".parse().unwrap(),
            version: "3.12.0".to_owned(),
            host_names: vec!["nestor.example.org".to_owned()],
            tls: Some(Tls { certificate_file, key_file, ca_file, crl_file: Some(crl_file) }),
            trusted_hosts: Some(vec!["a.example.com".to_owned(), "*".to_owned()]),
            ping: Some(Ping { refused_is_in_use: false }),
            remember_calls_for: Seconds(7_200),
            remember_calls: 5,
        };
        assert_eq!(read("0.0.0.0:8443", &text).unwrap(), expected);
        let ping = read("127.0.0.1:1", "ping_free_ip = true").unwrap().ping;
        assert_eq!(ping, Some(Ping { refused_is_in_use: true }));
    }

    #[test]
    fn tls_needs_three_files_and_a_list() {
        assert!(read("127.0.0.1:1", TLS).unwrap_err().contains("trusted_hosts"));
        assert!(read("127.0.0.1:1", &format!("{TLS}trusted_hosts = []")).is_ok(), "no host is trusted");
        for line in TLS.lines() {
            let text = format!("{}trusted_hosts = []", TLS.replace(&format!("{line}\n"), ""));
            assert!(read("127.0.0.1:1", &text).unwrap_err().contains("all three"), "{line}");
        }
        assert!(read("127.0.0.1:1", "crl_file = 'r'").unwrap_err().contains("all three"));
    }

    #[test]
    fn plain_http_stays_on_loopback_unless_it_is_allowed() {
        for listen in ["0.0.0.0:1", "192.0.2.1:1", "[::]:1", "[2001:db8::1]:1"] {
            assert!(read(listen, "").unwrap_err().contains("allow_plain_http"), "{listen}");
            assert!(read(listen, "trusted_hosts = ['a']").unwrap_err().contains("allow_plain_http"), "{listen}");
            assert!(read(listen, "allow_plain_http = true").is_ok(), "{listen}");
        }
        assert!(read("127.0.0.9:1", "").is_ok() && read("[::1]:1", "").is_ok());
    }

    #[test]
    fn lists_hold_names_that_a_host_can_have() {
        let list = |hosts: &str| read("127.0.0.1:1", &format!("trusted_hosts = [{hosts}]"));
        assert!(list("'Foreman.example.com', '192.0.2.1', '2001:db8::1'").is_ok());
        for wrong in ["''", "' '", "'a b'", "\"a\\u0000\"", "'ä'"] {
            assert!(list(wrong).unwrap_err().contains("is not a host name"), "{wrong}");
        }
        assert!(list("'*'").unwrap_err().contains("plain HTTP has none"));
    }

    #[test]
    fn our_own_names_are_hosts() {
        assert!(read("127.0.0.1:1", "host_names = ['Nestor', '192.0.2.1:8000', '[::1]']").is_ok());
        for wrong in ["", "a b", "http://a", "a:b"] {
            let fault = read("127.0.0.1:1", &format!("host_names = ['{wrong}']")).unwrap_err();
            assert!(fault.contains("host_names"), "{fault}");
        }
    }

    #[test]
    fn calls_are_remembered_for_an_hour_or_more() {
        for wrong in ["1m", "soon", "20y"] {
            let fault = read("127.0.0.1:1", &format!("remember_calls_for = '{wrong}'")).unwrap_err();
            assert!(fault.contains(wrong) && fault.contains("30d"), "{fault}");
        }
    }
}
