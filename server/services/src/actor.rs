//! Who acts, and what they may do.

use model::{Permission, Role, UserName};

use crate::{Error, Result};

/// Who acts. Every use case gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A user who signed in.
    User {
        /// Their name.
        name: UserName,
        /// What they may do.
        role: Role,
    },
    /// A Foreman, on the Smart Proxy routes.
    Foreman {
        /// The name in its certificate, or its address.
        peer: String,
    },
    /// An operator with a shell on our host.
    CommandLine,
    /// Nestor itself.
    System,
}

impl Actor {
    /// Refuses unless the actor may do this.
    pub fn may(&self, permission: Permission) -> Result<()> {
        let allowed = match self {
            Self::User { role, .. } => role.may(permission),
            Self::Foreman { .. } => matches!(permission, Permission::Look | Permission::Reserve),
            Self::CommandLine | Self::System => true,
        };
        if allowed { Ok(()) } else { Err(Error::Forbidden) }
    }

    /// The name that holds and logs show.
    pub fn label(&self) -> String {
        match self {
            Self::User { name, .. } => name.to_string(),
            Self::Foreman { peer } => format!("Foreman ({peer})"),
            Self::CommandLine => "command line".to_owned(),
            Self::System => "Nestor".to_owned(),
        }
    }
}
