//! How the user likes the console to look; kept in a cookie, so that the first paint is right.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Light or dark. The server provides it as a context, read from the cookie [`Theme::COOKIE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// The name of the cookie.
    pub const COOKIE: &'static str = "theme";

    /// Every theme.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The value in cookie and document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// What a `Cookie` header says; anything unknown is [`Theme::System`].
    pub fn from_cookies(header: &str) -> Self {
        let mut pairs = header.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(name, _)| *name == Self::COOKIE).and_then(|(_, value)| value.parse().ok()).unwrap_or_default()
    }
}

impl FromStr for Theme {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_says_the_theme() {
        assert_eq!(Theme::from_cookies("a=b; theme=dark; c=d"), Theme::Dark);
        assert_eq!(Theme::from_cookies("theme=light"), Theme::Light);
        assert_eq!(Theme::from_cookies("theme=\"><script>"), Theme::System);
        assert_eq!(Theme::from_cookies("mytheme=dark"), Theme::System);
        assert_eq!(Theme::from_cookies(""), Theme::System);
    }
}
