//! Hook libraries, with their parameters as far as the console understands them. These may hold passwords: what has no
//! field here is not kept.

use reqwest::Url;
use serde::{Deserialize, Serialize};

use super::{Record, null_is_default};

/// A hook library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookLibrary {
    /// File name or path, such as `libdhcp_host_cmds.so`.
    pub library: String,
    /// What of its parameters is of use here.
    #[serde(default, deserialize_with = "null_is_default")]
    pub parameters: HookParameters,
}

impl Record for HookLibrary {}

/// The parameters of any hook library.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct HookParameters {
    /// Of the `ha` hook: the relationships that the server is part of; one, but for the hub of a hub and spokes.
    #[serde(deserialize_with = "null_is_default")]
    pub high_availability: Vec<HighAvailability>,
}

/// A high-availability relationship as it is configured (Kea ARM, hook library `ha`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct HighAvailability {
    /// Which of the peers the server itself is.
    pub this_server_name: String,
    /// `hot-standby`, `load-balancing` or `passive-backup`.
    pub mode: String,
    /// All servers of the relationship, this one included.
    #[serde(deserialize_with = "null_is_default")]
    pub peers: Vec<HaPeer>,
}

/// One server of a relationship.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct HaPeer {
    /// Its name, the same in the configurations of all of them.
    pub name: String,
    /// `primary`, `secondary`, `standby` or `backup`.
    pub role: String,
    /// Where the others reach it; since Kea 3.0 usually not its control socket, though the same machine.
    pub url: String,
}

impl HaPeer {
    /// The machine that it is on, as the others name it. None when its address cannot be read.
    pub fn host(&self) -> Option<String> {
        Url::parse(&self.url).ok()?.host_str().map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_of_peers_are_not_kept() {
        let text = r#"{"library": "libdhcp_ha.so", "parameters": {"high-availability": [{"this-server-name": "a",
            "mode": "hot-standby", "trust-anchor": "s3cret", "peers": [{"name": "a", "role": "primary", "later": 1,
            "url": "http://192.0.2.1:8005/", "basic-auth-user": "s3cret", "basic-auth-password": "s3cret"}]}]}}"#;
        let hook: HookLibrary = serde_json::from_str(text).unwrap();
        let relationship = &hook.parameters.high_availability[0];
        assert_eq!((relationship.this_server_name.as_str(), relationship.peers[0].role.as_str()), ("a", "primary"));
        assert_eq!(relationship.peers[0].host().as_deref(), Some("192.0.2.1"));
        assert!(!format!("{hook:?}").contains("s3cret"));
    }

    #[test]
    fn other_hooks_have_other_parameters_or_none() {
        for text in [r#"{"library": "x.so"}"#, r#"{"library": "x.so", "parameters": {"path": "/"}}"#] {
            let hook: HookLibrary = serde_json::from_str(text).unwrap();
            assert_eq!(hook.parameters.high_availability, []);
        }
    }
}
