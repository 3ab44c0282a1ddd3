//! Version and state of a daemon (Kea ARM, "Management API" and hook library `ha`).

use serde::Deserialize;

use super::null_is_default;

/// The `arguments` of `version-get`.
#[derive(Debug, Deserialize)]
pub struct VersionAnswer {
    /// Several lines, of which the first begins with the version.
    pub extended: String,
}

/// What a daemon says of its build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Such as `3.0.3`.
    pub number: String,
    /// The whole text: libraries, backends.
    pub extended: String,
}

impl Version {
    /// Whether its statistics count a declined address as an assigned one too, as Kea does since 3.1.2.
    pub fn counts_declined_as_assigned(&self) -> bool {
        let digits = |part: &str| part.chars().take_while(char::is_ascii_digit).collect::<String>().parse::<u32>();
        let parts = self.number.split('.').map(digits).collect::<Result<Vec<_>, _>>();
        parts.map_or(true, |parts| parts >= vec![3, 1, 2])
    }
}

impl From<VersionAnswer> for Version {
    fn from(VersionAnswer { extended }: VersionAnswer) -> Self {
        Self { number: extended.split_whitespace().next().unwrap_or_default().to_owned(), extended }
    }
}

/// The `arguments` of `status-get`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Status {
    /// Process id on its own machine.
    pub pid: u64,
    /// Seconds since the start.
    pub uptime: u64,
    /// Seconds since the configuration was last loaded.
    pub reload: u64,
    /// Off by configuration, or (a sign of trouble) after a `config-set` that failed late.
    #[serde(default)]
    pub multi_threading_enabled: Option<bool>,
    /// Whether DHCP is served; absent before Kea 2.7.
    #[serde(default)]
    pub dhcp_state: Option<DhcpState>,
    /// Whether it listens for clients.
    #[serde(default)]
    pub sockets: Option<Sockets>,
    /// One entry for each relationship; empty without the `ha` hook.
    #[serde(default, deserialize_with = "null_is_default")]
    pub high_availability: Vec<HaStatus>,
}

/// The sockets that clients are listened to on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Sockets {
    /// `ready`, `retrying` or `failed`.
    pub status: String,
    /// What went wrong with each that could not be opened.
    #[serde(deserialize_with = "null_is_default")]
    pub errors: Vec<String>,
}

/// Who switched DHCP service off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct DhcpState {
    /// No DHCP is served at all.
    pub globally_disabled: bool,
    /// By `dhcp-disable` of a person.
    pub disabled_by_user: bool,
    /// By this server's own high availability: numbers of origins.
    #[serde(deserialize_with = "null_is_default")]
    pub disabled_by_local_command: Vec<u64>,
    /// By the partner.
    #[serde(deserialize_with = "null_is_default")]
    pub disabled_by_remote_command: Vec<u64>,
    /// By a database that is away.
    #[serde(deserialize_with = "null_is_default")]
    pub disabled_by_db_connection: Vec<u64>,
}

/// One high-availability relationship.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct HaStatus {
    /// `hot-standby`, `load-balancing` or `passive-backup`.
    pub ha_mode: String,
    /// Both sides.
    pub ha_servers: HaServers,
}

/// The two sides of a relationship, seen from here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct HaServers {
    /// This server.
    pub local: HaLocal,
    /// The partner; there is none in `passive-backup`.
    #[serde(default)]
    pub remote: Option<HaRemote>,
}

/// This server's part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct HaLocal {
    /// `primary`, `secondary`, `standby`, `backup`.
    pub role: String,
    /// Names of the servers whose clients it serves.
    #[serde(deserialize_with = "null_is_default")]
    pub scopes: Vec<String>,
    /// Name in the configuration.
    pub server_name: String,
    /// Such as `hot-standby` or `partner-down`.
    pub state: String,
}

/// The partner's part, as it was last heard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct HaRemote {
    /// Seconds since it was last heard.
    pub age: u64,
    /// Whether it was heard at all since the start.
    pub in_touch: bool,
    /// Like this server's.
    pub role: String,
    /// Name in the configuration.
    pub server_name: String,
    /// Last known; empty if never heard.
    pub last_state: String,
    /// Names of the servers whose clients it served.
    #[serde(deserialize_with = "null_is_default")]
    pub last_scopes: Vec<String>,
    /// Heartbeats fail.
    pub communication_interrupted: bool,
    /// Clients that tried while it was silent.
    pub connecting_clients: u64,
    /// Of those, the ones that it did not answer.
    pub unacked_clients: u64,
    /// How many more until it is taken for dead.
    pub unacked_clients_left: u64,
    /// Seconds that its clock is ahead.
    pub clock_skew: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declined_address_is_an_assigned_one_since_3_1_2() {
        let of = |number: &str| Version { number: number.to_owned(), extended: String::new() };
        let counts = |number| of(number).counts_declined_as_assigned();
        assert_eq!(["2.6.4", "3.0.3", "3.1.1", "3.0.10-git"].map(counts), [false; 4]);
        assert_eq!(["3.1.2", "3.1.2-git", "3.1.10", "3.2.0", "4.0.0", ""].map(counts), [true; 6]);
    }
}
