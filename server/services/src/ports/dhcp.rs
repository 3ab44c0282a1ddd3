//! The DHCP servers, in our own words.
//!
//! Every method answers what the server holds *now*. Errors are [`Error::Unreachable`], [`Error::Refused`],
//! [`Error::Unsupported`], [`Error::MissingHook`], where a record at an address is of no type [`Error::Unreadable`], and for changes also [`Error::Unknown`] and [`Error::NotSaved`].

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use changes::{Edit, Verbatim};
use model::{
    Content, Family, Hook, Identifier, Ipv6Network, Labels, Lease, RawRecord, Reservation, Seconds, ServerName,
    ServerStatus, Storage, Subnet, SubnetKey, Timestamp, Utilization,
};

use crate::{Error, Result};

/// What a change that was made left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedEdit {
    /// How the subject is now; none: it is gone.
    pub now: Option<(Content, Verbatim)>,
    /// How it was before, in the server's words; none: it was not there.
    pub was: Option<Verbatim>,
    /// [`Error::NotSaved`] where it runs, and a restart would lose it.
    pub not_saved: Option<Error>,
    /// What the server said of it; often nothing.
    pub said: Vec<String>,
}

impl AppliedEdit {
    /// What is promised of it: only what is saved counts as done.
    pub fn saved(self) -> Result<Self> {
        match self.not_saved {
            Some(error) => Err(error),
            None => Ok(self),
        }
    }
}

/// Records of a server: those that have a type, and the others as the server wrote them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// Those that have a type.
    pub known: Vec<T>,
    /// The others.
    pub raw: Vec<RawRecord>,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { known: Vec::new(), raw: Vec::new() }
    }
}

/// Whether a server answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contact {
    /// It does.
    Answering,
    /// It did, and has left a question open for a while.
    Quiet,
    /// It refuses our credentials.
    Refusing {
        /// Since when.
        since: Timestamp,
    },
    /// It does not.
    Silent {
        /// Since when.
        since: Timestamp,
    },
}

/// What a server said of its settings, in words that only its adapter reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The words.
    pub text: String,
    /// When it said so.
    pub as_of: Timestamp,
}

/// One life of a server, with one configuration: another one begins when it is started again or configured anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// Its process.
    pub process: u64,
    /// When its configuration was loaded.
    pub loaded_at: Timestamp,
}

impl Life {
    /// Whether both may be the same: servers give the moment as an age in whole seconds.
    pub fn may_be(self, other: Self) -> bool {
        self.process == other.process && self.loaded_at.since(other.loaded_at).0.abs() <= 2
    }
}

/// What a server runs. Cheap to clone; what is made of it is made once for all clones.
#[derive(Debug, Clone)]
pub struct Running {
    document: keaconf::Document,
    /// Its hash; none: the server does not say one.
    pub hash: Option<String>,
    bare: Arc<OnceLock<keaconf::Document>>,
    shown: Arc<OnceLock<keaconf::Document>>,
}

impl Running {
    /// A configuration as a server shows it: **with its secrets**, and with copies of inherited values.
    pub fn new(document: keaconf::Document, hash: Option<String>) -> Self {
        Self { document, hash, bare: Arc::default(), shown: Arc::default() }
    }

    /// The configuration without copies of inherited values, **with its secrets**.
    pub fn bare(&self) -> &keaconf::Document {
        self.bare.get_or_init(|| self.document.without_copies())
    }

    /// The same as it may be shown and kept: without secrets.
    pub fn shown(&self) -> &keaconf::Document {
        self.shown.get_or_init(|| self.bare().redacted())
    }

    /// The configuration as the server shows it, with copies of inherited values.
    pub fn as_shown_by_server(&self) -> &keaconf::Document {
        &self.document
    }

    /// The same where some of the subnets outside of shared networks were read anew, by their numbers; none: it is gone. The
    /// hash of that is not known.
    #[must_use]
    pub fn with_subnets(&self, read: &[(u32, Option<keaconf::Map>)]) -> Self {
        let (mut document, mut bare) = (self.document.clone(), self.bare().clone());
        for (id, shown) in read {
            let own = shown.as_ref().map(|shown| bare.bare_subnet(shown));
            document = document.with_subnet(*id, shown.as_ref());
            bare = bare.with_subnet(*id, own.as_ref());
        }
        Self { bare: Arc::new(bare.into()), ..Self::new(document, None) }
    }
}

/// The servers that share subnets with one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Partners {
    /// All of them.
    pub all: Vec<ServerName>,
    /// Of a subnet that says which relationship it belongs to, by number: those of that relationship.
    pub of_subnet: HashMap<u32, Vec<ServerName>>,
}

impl Partners {
    /// Those that share the subnet of that number, if they have it.
    pub fn of(&self, subnet: u32) -> &[ServerName] {
        self.of_subnet.get(&subnet).unwrap_or(&self.all)
    }
}

/// Some leases of a server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeasePart {
    /// By address; delegated prefixes are where they begin.
    pub leases: Vec<Lease>,
    /// Those that are not understood; of one without an address it may be told with each part.
    pub raw: Vec<RawRecord>,
    /// After which address there may be more; none: there are none.
    pub next: Option<IpAddr>,
}

/// What was seen of a server beside its answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sight {
    /// When the certificate that it shows ends.
    pub certificate_end: Option<Timestamp>,
    /// Certificates that we are set up with for it, and when each ends.
    pub own_certificates: Vec<(String, Timestamp)>,
    /// How far its clock is ahead of that of this machine, to about two seconds.
    pub clock_ahead: Option<Seconds>,
    /// What Nestor was told of the way to it.
    pub told: Option<Told>,
    /// What kept the last question from it; none: nothing, or what the error says by itself.
    pub obstacle: Option<Obstacle>,
}

/// The way to a server, as Nestor was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// A name, or an address, of IPv6 in brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Whether TLS is used.
    pub is_tls: bool,
    /// The user name that goes there with a password; none: there are none.
    pub user: Option<String>,
}

impl Told {
    /// The host, where it is an address.
    pub fn address(&self) -> Option<IpAddr> {
        self.host.trim_start_matches('[').trim_end_matches(']').parse().ok()
    }

    /// Whether it is this machine.
    pub fn is_local(&self) -> bool {
        self.host == "localhost" || self.address().is_some_and(|address| address.is_loopback())
    }
}

/// What keeps questions from a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// Nothing listens there.
    Refused,
    /// No connection comes about in time.
    NoConnection,
    /// It does not take our user name and password, or asks for some.
    Credentials,
}

/// All that a group of DHCP servers can do for us.
pub trait Dhcp: Servers + Subnets + Leases + Reservations {}

impl<T: Servers + Subnets + Leases + Reservations> Dhcp for T {}

/// The servers themselves.
#[async_trait]
pub trait Servers: Send + Sync {
    /// The names of all servers, in the operator's order.
    fn names(&self) -> Vec<ServerName>;

    /// Which family it serves: all its subnets are of that one.
    fn family(&self, server: &ServerName) -> Family;

    /// Whether a server answers, as is known without asking it.
    fn contact(&self, _server: &ServerName) -> Contact {
        Contact::Answering
    }

    /// That a server is silent, and why, if it is known to be.
    fn silence(&self, _server: &ServerName) -> Option<Error> {
        None
    }

    /// Ends when a server has left a question open for so long that a page goes on without it.
    async fn quiet(&self, _server: &ServerName) {
        std::future::pending::<()>().await;
    }

    /// Looks after the contact with a server, until it is not as it was. To be called again and again: a server that does not
    /// answer is asked from here alone.
    async fn attend(&self, _server: &ServerName) {
        std::future::pending::<()>().await;
    }

    /// What a server said last of its settings, to be kept for later.
    fn said(&self, _server: &ServerName) -> Option<Said> {
        None
    }

    /// When it said that; without making the words.
    fn said_at(&self, _server: &ServerName) -> Option<Timestamp> {
        None
    }

    /// What it said before this program began: that counts for as long as it says nothing else.
    fn recall(&self, _server: &ServerName, _said: &Said) {}

    /// How a server is; being unreachable is an answer, not an error. One that does not answer is shown as it last was.
    async fn status(&self, server: &ServerName) -> ServerStatus;

    /// What was seen of it beside its answers, until now.
    fn sight(&self, _server: &ServerName) -> Sight {
        Sight::default()
    }

    /// The hook libraries that the server should have and does not.
    async fn missing_hooks(&self, _server: &ServerName) -> Result<Vec<Hook>> {
        Ok(Vec::new())
    }

    /// The names of the commands that the server knows.
    async fn commands(&self, server: &ServerName) -> Result<Vec<String>> {
        Err(Error::not_found(format!("the commands of “{server}”")))
    }

    /// The configuration that the server runs, **with its secrets**: use cases give it to nobody as it is.
    async fn running(&self, server: &ServerName) -> Result<Running> {
        Err(Error::not_found(format!("the configuration of “{server}”")))
    }

    /// What the server was seen to run last, without asking it: others may have changed it since. Without a hash where only
    /// what Nestor changed was looked at since it was read.
    fn last_running(&self, _server: &ServerName) -> Option<Running> {
        None
    }

    /// The same without copies of inherited values.
    async fn configuration(&self, server: &ServerName) -> Result<keaconf::Document> {
        Ok(self.running(server).await?.bare().clone())
    }

    /// The hash of what the server runs, without reading all of that. It changes with whatever is in it, secrets and
    /// reservations that are kept there too.
    async fn configuration_hash(&self, server: &ServerName) -> Result<String> {
        Err(Error::not_found(format!("the configuration of “{server}”")))
    }

    /// Makes sure that the server serves clients, which one that refused a configuration does not: where it does not, it is
    /// given again what it says that it runs, and if that is of no use what it has on its disk.
    /// [`Error::NotServing`] where it does not for all that.
    async fn heal(&self, _server: &ServerName) -> Result<()> {
        Ok(())
    }

    /// Which life the server lives.
    async fn life(&self, server: &ServerName) -> Result<Life>;

    /// The other servers that must have the same reservations: those of its high-availability relationships, as its
    /// configuration, or theirs, named them last. Where reservations are in a database that all of them share, none.
    async fn partners(&self, server: &ServerName) -> Vec<ServerName>;

    /// The same, and which of them share which subnet, where subnets say that.
    async fn partners_by_subnet(&self, server: &ServerName) -> Partners {
        Partners { all: self.partners(server).await, of_subnet: HashMap::new() }
    }
}

/// Subnets, as configured.
#[async_trait]
pub trait Subnets: Send + Sync {
    /// Every subnet of the server, those of shared networks included, by prefix.
    async fn subnets(&self, server: &ServerName) -> Result<Vec<Subnet>>;

    /// What the server said last of its subnets, and when.
    fn last_subnets(&self, _server: &ServerName) -> Option<(Vec<Subnet>, Timestamp)> {
        None
    }

    /// The client classes that the server has, or that its subnets and pools name.
    async fn classes(&self, server: &ServerName) -> Result<BTreeSet<String>>;

    /// What stands for a subnet where reservations are of none in particular ("global" ones); while the server does not
    /// answer, as it was.
    async fn global(&self, server: &ServerName) -> Result<Subnet>;

    /// Name and comment of a subnet, as its server says them now; none: it has no such subnet.
    async fn labels(&self, subnet: &SubnetKey) -> Result<Option<Labels>> {
        let subnets = self.subnets(&subnet.server).await?;
        Ok(subnets.iter().find(|known| known.key == *subnet).map(Subnet::labels))
    }

    /// Refuses where a server cannot store what a subnet is called, and says what it lacks.
    async fn refuse_labels(&self, server: &ServerName) -> Result<()>;

    /// How full the subnets of the server are; while it does not answer, how full they were.
    async fn utilization(&self, server: &ServerName) -> Result<Vec<(SubnetKey, Utilization)>>;
}

/// Leases.
#[async_trait]
pub trait Leases: Send + Sync {
    /// All leases of the subnet, and all on addresses of its prefix whatever subnet they are of, strays among them, by
    /// address; those of delegated prefixes follow those of addresses, as far as they are in
    /// its prefix pools or among `prefixes`: those are asked for one by one where they are in no pool. Scans in small
    /// pages, so that the server keeps serving meanwhile.
    async fn leases_in(&self, subnet: &Subnet, prefixes: &[Ipv6Network]) -> Result<Listed<Lease>>;

    /// The lease on an address; none where the server is of the other family.
    async fn lease_at(&self, server: &ServerName, address: IpAddr) -> Result<Option<Lease>>;

    /// The lease of exactly that delegated prefix.
    async fn lease_of_prefix(&self, server: &ServerName, prefix: Ipv6Network) -> Result<Option<Lease>>;

    /// The leases of a client, in every subnet: by hardware address, in IPv4 by client id, in IPv6 by DUID. Of other
    /// identifiers none.
    async fn leases_of(&self, server: &ServerName, client: &Identifier) -> Result<Vec<Lease>>;

    /// The leases of that host name (in any capitalisation, with or without a dot at the end), in every subnet.
    async fn leases_named(&self, server: &ServerName, host_name: &str) -> Result<Vec<Lease>>;

    /// Some of the server's leases, whatever subnet they are of: the next ones after an address; none: the first ones.
    async fn leases_after(&self, server: &ServerName, after: Option<IpAddr>) -> Result<LeasePart>;

    /// How many leases the server notes for the number of a subnet, which may be gone: addresses and prefixes.
    async fn count_leases(&self, subnet: &SubnetKey) -> Result<usize>;

    /// Forgets all leases that a subnet has, addresses and prefixes, also where it is gone; the clients are not notified.
    /// Whether there were any.
    async fn wipe_leases(&self, subnet: &SubnetKey) -> Result<bool>;

    /// Forgets a lease, so that its address is free; the client is not notified. Whether there was one.
    async fn release_lease(&self, subnet: &SubnetKey, address: IpAddr) -> Result<bool>;
}

/// Reservations.
#[async_trait]
pub trait Reservations: Send + Sync {
    /// Where a new reservation is kept on that server.
    async fn storage(&self, server: &ServerName) -> Result<Storage>;

    /// All reservations of the subnet, or of none in particular.
    async fn reservations_in(&self, subnet: &SubnetKey) -> Result<Listed<Reservation>>;

    /// The reservations of an address, in every subnet of the server and in none in particular: usually one, several
    /// where subnets overlap or the server allows that. In IPv6 also those of a prefix that begins with it.
    async fn reservations_at(&self, server: &ServerName, address: IpAddr) -> Result<Vec<Reservation>>;

    /// The reservations of an identifier, in every subnet of the server.
    async fn reservations_of(&self, server: &ServerName, identifier: &Identifier) -> Result<Vec<Reservation>>;

    /// The reservations of that host name (spelled likewise), in every subnet of the server.
    async fn reservations_named(&self, server: &ServerName, host_name: &str) -> Result<Vec<Reservation>>;

    /// Every reservation of the server: of its subnets, of none in particular, and of subnets that are gone, which only a
    /// database keeps. Scans slowly, so that the server keeps serving meanwhile.
    async fn all_reservations(&self, server: &ServerName) -> Result<Listed<Reservation>>;

    /// How what a server holds is now, in its words; none: it is not there.
    async fn verbatim(&self, of: &Content) -> Result<Option<Verbatim>>;

    /// Makes changes on one server, in their order, and answers for each. What is `Ok` is on the server's disk. All of
    /// them are saved together: many at once cost one save. Runs to its end even when no caller waits for it any more.
    async fn write(&self, server: &ServerName, edits: Vec<Edit>) -> Vec<Result<AppliedEdit>>;

    /// Saves what runs, so that a restart of the server does not lose it. Also where there is a database: the
    /// configuration may hold reservations all the same.
    async fn save(&self, server: &ServerName) -> Result<()>;

    /// Whether several reservations may share an address on that server.
    async fn shares_addresses(&self, server: &ServerName) -> Result<bool>;
}
