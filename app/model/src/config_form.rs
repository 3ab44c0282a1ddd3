//! The pages on which parts of what a server runs are edited.

use serde::{Deserialize, Serialize};

/// The page on which a part of a configuration is edited. Parts are named by their paths.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConfigForm {
    /// The settings of the subnet of this number.
    Subnet(u32),
    /// The addresses of a subnet, where reservations are edited and leases released.
    Addresses {
        /// Its number; 0: that of global reservations.
        subnet: u32,
        /// Only those with this text.
        text: String,
    },
    /// A shared network; empty: the list of them.
    SharedNetwork(String),
    /// A client class; empty: the list of them.
    Class(String),
    /// The options of a part; empty: of the server as a whole.
    Options(String),
    /// The parameters of a part; empty: of the server as a whole.
    Parameters(String),
    /// The definitions of options.
    Definitions,
    /// The hook libraries.
    Hooks,
    /// The loggers.
    Loggers,
    /// The DNS updates.
    Ddns,
}

impl ConfigForm {
    /// Whether what is edited here is seen on a page: it is that page, or is listed there.
    pub fn is_on(&self, page: &Self) -> bool {
        match (self, page) {
            (Self::SharedNetwork(_), Self::SharedNetwork(one)) | (Self::Class(_), Self::Class(one))
                if one.is_empty() =>
            {
                true
            }
            _ => self == page,
        }
    }
}

/// A part, what people call it, and where it is edited.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ConfigPlace {
    /// Its path.
    pub path: String,
    /// What people call it.
    pub label: String,
    /// The page on which it is edited; none: as JSON alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<ConfigForm>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_all_of_its_kind_on_it() {
        let class = |path: &str| ConfigForm::Class(path.to_owned());
        assert!(class("client-classes[name=a]").is_on(&class("")) && class("a").is_on(&class("a")));
        assert!(!class("a").is_on(&class("b")) && !class("a").is_on(&ConfigForm::SharedNetwork(String::new())));
        let parameters = |path: &str| ConfigForm::Parameters(path.to_owned());
        assert!(!parameters("client-classes[name=a]").is_on(&parameters("")), "those of a part are on its own page");
    }
}
