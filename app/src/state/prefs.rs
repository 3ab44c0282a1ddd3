//! How the user likes the console to look; kept in cookies, so that the first paint is right.

use std::str::FromStr;

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use model::AddressQuery;
use serde::{Deserialize, Serialize};
use web_sys::HtmlDocument;

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
        cookie(header, Self::COOKIE).and_then(|value| value.parse().ok()).unwrap_or_default()
    }
}

impl FromStr for Theme {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text).ok_or(())
    }
}

/// How many rows a page of addresses has, unless its own address says otherwise. The server provides it as a context, read
/// from the cookie [`PageSize::COOKIE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize(pub u32);

impl PageSize {
    /// The name of the cookie.
    pub const COOKIE: &'static str = "rows";

    /// What a `Cookie` header says; anything else than one of [`AddressQuery::SIZES`] is [`AddressQuery::ROWS`].
    pub fn from_cookies(header: &str) -> Self {
        let size = cookie(header, Self::COOKIE).and_then(|value| value.parse().ok());
        Self(size.filter(|size| AddressQuery::SIZES.contains(size)).unwrap_or(AddressQuery::ROWS))
    }

    /// The one that counts now: what the server provides, in a browser what its cookie says.
    pub fn here() -> Self {
        use_context().unwrap_or_else(|| {
            let document = document().dyn_into::<HtmlDocument>().ok();
            let cookies = document.and_then(|document| document.cookie().ok());
            Self::from_cookies(&cookies.unwrap_or_default())
        })
    }
}

/// Keeps a preference for a year. For event handlers.
pub fn keep(name: &str, value: &str) {
    if let Ok(document) = document().dyn_into::<HtmlDocument>() {
        let secure = if window().is_secure_context() { "; Secure" } else { "" };
        let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax{secure}");
        let _ = document.set_cookie(&cookie);
    }
}

fn cookie<'a>(header: &'a str, wanted: &str) -> Option<&'a str> {
    let mut pairs = header.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == wanted).map(|(_, value)| value)
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
    #[test]
    fn the_cookie_says_how_many_rows_a_page_has() {
        assert_eq!(PageSize::from_cookies("theme=dark; rows=500"), PageSize(500));
        for nonsense in ["", "rows=", "rows=7", "rows=4294967296", "myrows=500"] {
            assert_eq!(PageSize::from_cookies(nonsense), PageSize(AddressQuery::ROWS), "{nonsense}");
        }
    }
}
