//! What a change is of, and what a server holds of that.

use serde::{Deserialize, Serialize};

use crate::{ConfigurationChange, Labels, Reservation, ReservationKey, ServerName, Storage, SubnetKey};

/// What a change is of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A reservation; where its identifier was changed, by the new one.
    Reservation(ReservationKey),
    /// An element of a server’s configuration.
    Config(Element),
}

/// An element of a server’s configuration.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Element {
    /// A subnet itself: its name and comment.
    Subnet(SubnetKey),
    /// Whatever of the configuration is within that subnet, or is it; of subnet 0: of several subnets, or of none.
    Configuration(SubnetKey),
}

impl Element {
    /// The subnet that it is, or lies in.
    pub fn subnet(&self) -> &SubnetKey {
        let (Self::Subnet(subnet) | Self::Configuration(subnet)) = self;
        subnet
    }
}

impl Subject {
    /// The subnet that it is, or lies in.
    pub fn subnet(&self) -> &SubnetKey {
        match self {
            Self::Reservation(key) => &key.subnet,
            Self::Config(element) => element.subnet(),
        }
    }

    /// The server that it is on.
    pub fn server(&self) -> &ServerName {
        &self.subnet().server
    }

    /// Which reservation, where it is one.
    pub fn reservation(&self) -> Option<&ReservationKey> {
        match self {
            Self::Reservation(key) => Some(key),
            Self::Config(_) => None,
        }
    }

    /// The same in that subnet, which is the same network on another server.
    #[must_use]
    pub fn in_subnet(&self, subnet: SubnetKey) -> Self {
        match self {
            Self::Reservation(key) => Self::Reservation(ReservationKey { subnet, ..key.clone() }),
            Self::Config(Element::Subnet(_)) => Self::Config(Element::Subnet(subnet)),
            Self::Config(Element::Configuration(_)) => Self::Config(Element::Configuration(subnet)),
        }
    }

    /// What it is, as a part of a sentence.
    pub fn label(&self) -> String {
        match self {
            Self::Reservation(key) => format!("the reservation for {}", key.identifier),
            Self::Config(Element::Subnet(subnet)) => format!("the name of subnet {subnet}"),
            Self::Config(Element::Configuration(subnet)) => format!("the configuration of “{}”", subnet.server),
        }
    }

    /// What several of its kind are.
    pub fn plural(&self) -> &'static str {
        match self {
            Self::Reservation(_) => "reservations",
            Self::Config(Element::Subnet(_)) => "names of subnets",
            Self::Config(Element::Configuration(_)) => "parts of configurations",
        }
    }

    /// Its short name in a list of several.
    pub fn short(&self) -> String {
        match self {
            Self::Reservation(key) => key.identifier.to_string(),
            Self::Config(Element::Configuration(subnet)) if subnet.is_global() => subnet.server.to_string(),
            Self::Config(Element::Subnet(subnet) | Element::Configuration(subnet)) => subnet.to_string(),
        }
    }
}

/// A subject as a server holds it, or is to hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A reservation.
    Reservation(Box<Reservation>),
    /// Name and comment of a subnet.
    Labels {
        /// The subnet.
        subnet: SubnetKey,
        /// The two.
        labels: Labels,
    },
    /// A change of the configuration that was made.
    Configuration {
        /// The subnet that it is within, or of number 0.
        subnet: SubnetKey,
        /// What was changed.
        change: ConfigurationChange,
    },
}

impl From<Reservation> for Content {
    fn from(reservation: Reservation) -> Self {
        Self::Reservation(Box::new(reservation))
    }
}

impl Content {
    /// What it is a state of.
    pub fn subject(&self) -> Subject {
        match self {
            Self::Reservation(reservation) => Subject::Reservation(reservation.key()),
            Self::Labels { subnet, .. } => Subject::Config(Element::Subnet(subnet.clone())),
            Self::Configuration { subnet, .. } => Subject::Config(Element::Configuration(subnet.clone())),
        }
    }

    /// The reservation, where it is one.
    pub fn reservation(&self) -> Option<&Reservation> {
        match self {
            Self::Reservation(reservation) => Some(reservation),
            Self::Labels { .. } | Self::Configuration { .. } => None,
        }
    }

    /// The reservation, where it is one.
    pub fn into_reservation(self) -> Option<Reservation> {
        match self {
            Self::Reservation(reservation) => Some(*reservation),
            Self::Labels { .. } | Self::Configuration { .. } => None,
        }
    }

    /// Name and comment, where it is these.
    pub fn labels(&self) -> Option<&Labels> {
        match self {
            Self::Reservation(_) | Self::Configuration { .. } => None,
            Self::Labels { labels, .. } => Some(labels),
        }
    }

    /// What was changed of a configuration, where it is that.
    pub fn configuration(&self) -> Option<&ConfigurationChange> {
        match self {
            Self::Reservation(_) | Self::Labels { .. } => None,
            Self::Configuration { change, .. } => Some(change),
        }
    }

    /// Where it is kept.
    pub fn storage(&self) -> Storage {
        match self {
            Self::Reservation(reservation) => reservation.storage,
            Self::Labels { .. } | Self::Configuration { .. } => Storage::Configuration,
        }
    }

    /// Whether both say the same, wherever they are kept.
    pub fn is_equivalent_to(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Reservation(one), Self::Reservation(other)) => one.is_equivalent_to(other),
            (one, other) => one == other,
        }
    }

    /// The same in that subnet, which is the same network on another server.
    #[must_use]
    pub fn in_subnet(&self, subnet: SubnetKey) -> Self {
        match self {
            Self::Reservation(reservation) => Reservation { subnet, ..Reservation::clone(reservation) }.into(),
            Self::Labels { labels, .. } => Self::Labels { subnet, labels: labels.clone() },
            Self::Configuration { change, .. } => Self::Configuration { subnet, change: change.clone() },
        }
    }
}
