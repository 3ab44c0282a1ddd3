//! The Foreman side: how it reaches us, what it asked, what it was answered.

use std::net::IpAddr;

use ipnetwork::IpNetwork;
use serde::{Deserialize, Serialize};

use crate::{AddressRange, ReservationKey, Subnet, SubnetKey, Timestamp};

/// How Foreman reaches us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForemanSettings {
    /// The URL to put into Foreman; none when the routes are off.
    pub url: Option<String>,
    /// How long a suggested address is held, in seconds.
    pub hold_seconds: u32,
}

/// A call of Foreman, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForemanCall {
    /// Grows with every call; 0 as long as it is not kept.
    pub number: i64,
    /// When the answer was ready.
    pub at: Timestamp,
    /// How long the answer took, in microseconds.
    pub took_micros: u32,
    /// Who called: the name in the certificate, else the address.
    pub caller: String,
    /// The caller's IP address, where it is known.
    pub address: Option<String>,
    /// Foreman's own id of the request that the call belongs to.
    pub request_id: Option<String>,
    /// The HTTP method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The fields of query and form, as `name=value` lines.
    pub parameters: String,
    /// The HTTP status of the answer.
    pub status: u16,
    /// How it ended.
    pub outcome: CallOutcome,
    /// What the answer said, in a line: the text of a refusal (Foreman shows its users the status alone), an address.
    pub answer: String,
    /// Whether it asked for a change: a reservation made or deleted, an address held.
    pub changes: bool,
    /// Why it ended so.
    pub why: Vec<Why>,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallOutcome {
    /// It got what it asked for.
    Answered,
    /// There is no such record, which is a good answer too.
    NotFound,
    /// No address is free.
    Exhausted,
    /// The call was wrong, or something stood against it.
    Refused,
    /// We or the DHCP server could not answer.
    Failed,
}

impl CallOutcome {
    /// Every outcome.
    pub const ALL: [Self; 5] = [Self::Answered, Self::NotFound, Self::Exhausted, Self::Refused, Self::Failed];

    /// The short word for it, the same as in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::NotFound => "not-found",
            Self::Exhausted => "exhausted",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    /// The outcome with that short word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.code() == code)
    }

    /// Whether it needs attention.
    pub fn is_a_problem(self) -> bool {
        matches!(self, Self::Exhausted | Self::Refused | Self::Failed)
    }
}

/// A reason why a call ended as it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// In words: a rule, a fault, what was chosen from.
    Said(String),
    /// A reservation that stood in the way.
    Clash {
        /// Which.
        key: ReservationKey,
        /// Its address.
        address: Option<IpAddr>,
        /// Its host name.
        host_name: Option<String>,
    },
    /// An address that looked free and was passed over.
    PassedOver {
        /// The address.
        address: IpAddr,
        /// What it turned out to be: “leased”, “held”.
        because: String,
    },
}

/// Which calls are wanted, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CallQuery {
    /// Which kind.
    pub filter: CallFilter,
    /// A part of the caller, the path, a parameter, the answer or the request id; empty: any.
    pub text: String,
    /// Only calls with a smaller number than this.
    pub before: Option<i64>,
}

/// A kind of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallFilter {
    /// Every call.
    #[default]
    All,
    /// Those that need attention.
    Problems,
    /// Those that asked for a change.
    Changes,
}

/// Some calls, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CallPage {
    /// The calls.
    pub calls: Vec<ForemanCall>,
    /// Whether there are older ones that fit.
    pub older: bool,
}

impl CallPage {
    /// Most calls of one page.
    pub const MOST: usize = 100;
}

/// A subnet as Foreman sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForemanSubnet {
    /// The subnet.
    pub subnet: Subnet,
    /// The range that Foreman fills its form with.
    pub range: Option<AddressRange>,
    /// Why Foreman cannot reach it by its network address, when another one hides it.
    pub hidden_by: Option<SubnetKey>,
}

/// Some of the subnets as Foreman gets them told, by prefix.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ForemanSubnets {
    /// The subnets of this page.
    pub rows: Vec<ForemanSubnet>,
    /// How many come before them.
    pub offset: u32,
    /// How many there are.
    pub total: u32,
    /// The prefixes of the subnets that hide some of these.
    pub hiding: Vec<(SubnetKey, IpNetwork)>,
}

impl ForemanSubnets {
    /// How many rows a page has.
    pub const ROWS: u32 = 100;
}
