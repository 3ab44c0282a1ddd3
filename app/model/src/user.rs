//! People who sign in.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a user may do; each role may do everything that the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Look at everything.
    Viewer,
    /// Change reservations, release holds.
    Operator,
    /// Everything.
    Admin,
}

/// What one may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// See subnets, leases, reservations, holds.
    Look,
    /// Make, change and delete reservations; ask for free addresses; release holds.
    Reserve,
    /// Make and change accounts.
    ManageUsers,
    /// Change what a server runs, reads and writes on its host.
    ManageServers,
}

impl Permission {
    /// The weakest role that has it.
    pub fn least_role(self) -> Role {
        match self {
            Self::Look => Role::Viewer,
            Self::Reserve => Role::Operator,
            Self::ManageUsers | Self::ManageServers => Role::Admin,
        }
    }
}

impl Role {
    /// Whether this role has the permission.
    pub fn may(self, permission: Permission) -> bool {
        self >= permission.least_role()
    }

    /// Every role, the weakest first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Operator, Self::Admin];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|role| role.as_str() == text);
        known.ok_or_else(|| format!("“{text}” is not a role: use admin, operator or viewer"))
    }
}

/// The name that a user signs in with: lower-case letters, digits, `-`, `_`, `.` and `@`, at most 64 of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserName(String);

/// Why a text is not a user's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a user’s name has 1 to 64 letters, digits, “-”, “_”, “.” or “@”")]
pub struct UserNameError;

impl UserName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UserName {
    type Err = UserNameError;

    /// Capitals are folded: users need not remember how a name was capitalised.
    fn from_str(text: &str) -> Result<Self, UserNameError> {
        let name = text.trim().to_ascii_lowercase();
        let fits =
            (1..=64).contains(&name.len()) && name.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_.@".contains(&c));
        if fits { Ok(Self(name)) } else { Err(UserNameError) }
    }
}

impl TryFrom<String> for UserName {
    type Error = UserNameError;

    fn try_from(text: String) -> Result<Self, UserNameError> {
        text.parse()
    }
}

impl From<UserName> for String {
    fn from(name: UserName) -> Self {
        name.0
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// A user who can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The name.
    pub name: UserName,
    /// What they may do.
    pub role: Role,
}

/// Why a password is not taken (OWASP ASVS 5.0 §6.2: length and guessability, no composition rules).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too short or too long.
    #[error("a password has 12 to 1024 characters; a few words in a row are easiest to remember")]
    Length,
    /// Easy to guess.
    #[error("this password is too common; choose another")]
    Guessable,
}

/// Whether the password may be used.
pub fn check_password(password: &str, name: &UserName) -> Result<(), PasswordError> {
    if !(12..=1024).contains(&password.len()) {
        return Err(PasswordError::Length);
    }
    let folded = password.to_lowercase();
    let mut distinct: Vec<char> = folded.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let known = ["password", "nestor", "123456", "qwerty", name.as_str()];
    let rest = known.iter().fold(folded, |rest, word| rest.replace(word, ""));
    if distinct.len() < 4 || rest.chars().count() < 6 { Err(PasswordError::Guessable) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessable_passwords_are_refused() {
        let name: UserName = "alice".parse().unwrap();
        for bad in
            ["short", "aaaaaaaaaaaaaaaa", "password1234", "alicealicealice1", "nestor123456", &"long ".repeat(300)]
        {
            assert!(check_password(bad, &name).is_err(), "{bad}");
        }
        for good in ["correct horse battery", "пароль из слов", "Xk3-9fP_2mQz7"] {
            assert!(check_password(good, &name).is_ok(), "{good}");
        }
    }

    #[test]
    fn roles_are_ordered_by_what_they_may_do() {
        assert!(Role::Viewer < Role::Operator && Role::Operator < Role::Admin);
        assert_eq!("operator".parse(), Ok(Role::Operator));
        assert!("root".parse::<Role>().is_err());
    }
}
