//! Pages that are never a first visit are not loaded by every visit: they are pieces of the browser half, each loaded
//! when the user opens the first of its pages. `server/site/build/pieces.rs` takes the program apart by what is marked
//! here. On the server there are no pieces, and pages are called directly.

use std::future::pending;

use leptos::prelude::*;
use leptos_router::ChooseView;
use leptos_router::hooks::use_url;
use leptos_router::location::Url;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::account::AccountPage;
use super::changes::ChangesPage;
use super::configuring::{
    BulkPage, CheckPage, ClassesPage, ConfigurationPage, DdnsPage, DefinitionsPage, FindingsPage, HistoryPage,
    HooksPage, LoggingPage, NewSubnetPage, OptionsPage, ParametersPage, SettingsPage, SharedNetworksPage,
    TemplatesPage,
};
use super::foreman::ForemanPage;
use super::import::ImportPage;
use super::networks::NetworksPage;
use super::networks::subnet::SubnetPage;
use super::search::SearchPage;
use super::servers::ServersPage;
use crate::routes;

/// What is loaded in one go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// The pages of [`Reserving`].
    Reserving,
    /// The pages of [`Overseeing`].
    Overseeing,
    /// The pages of [`Configuring`].
    Configuring,
    /// The pages of [`Equipping`].
    Equipping,
}

/// The pages of networks and their addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the page of its name")]
pub enum Reserving {
    Networks,
    Subnet,
}

/// All others: on which one looks after servers and what others do, searches and imports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the page of its name")]
pub enum Overseeing {
    Servers,
    Foreman,
    Changes,
    Account,
    Search,
    Import,
}

/// The pages of what servers run: what clients get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the page of its name")]
pub enum Configuring {
    Configuration,
    Parameters,
    Options,
    SharedNetworks,
    Settings,
    NewSubnet,
    Bulk,
}

/// The pages of what servers run: what they have for it, and what stands against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the page of its name")]
pub enum Equipping {
    Definitions,
    Classes,
    Hooks,
    Ddns,
    Logging,
    Templates,
    Findings,
    Check,
    History,
}

#[wasm_split(reserving, fallible, preload(load_reserving))]
#[allow(clippy::unnecessary_wraps, reason = "in the browser it fails when the piece does not come")]
fn reserving(page: Reserving) -> Result<AnyView, SplitLoaderError> {
    Ok(match page {
        Reserving::Networks => view! { <NetworksPage/> }.into_any(),
        Reserving::Subnet => view! { <SubnetPage/> }.into_any(),
    })
}

#[wasm_split(overseeing, fallible, preload(load_overseeing))]
#[allow(clippy::unnecessary_wraps, reason = "in the browser it fails when the piece does not come")]
fn overseeing(page: Overseeing) -> Result<AnyView, SplitLoaderError> {
    Ok(match page {
        Overseeing::Servers => view! { <ServersPage/> }.into_any(),
        Overseeing::Foreman => view! { <ForemanPage/> }.into_any(),
        Overseeing::Changes => view! { <ChangesPage/> }.into_any(),
        Overseeing::Account => view! { <AccountPage/> }.into_any(),
        Overseeing::Search => view! { <SearchPage/> }.into_any(),
        Overseeing::Import => view! { <ImportPage/> }.into_any(),
    })
}

#[wasm_split(configuring, fallible, preload(load_configuring))]
#[allow(clippy::unnecessary_wraps, reason = "in the browser it fails when the piece does not come")]
fn configuring(page: Configuring) -> Result<AnyView, SplitLoaderError> {
    Ok(match page {
        Configuring::Configuration => view! { <ConfigurationPage/> }.into_any(),
        Configuring::Parameters => view! { <ParametersPage/> }.into_any(),
        Configuring::Options => view! { <OptionsPage/> }.into_any(),
        Configuring::SharedNetworks => view! { <SharedNetworksPage/> }.into_any(),
        Configuring::Settings => view! { <SettingsPage/> }.into_any(),
        Configuring::NewSubnet => view! { <NewSubnetPage/> }.into_any(),
        Configuring::Bulk => view! { <BulkPage/> }.into_any(),
    })
}

#[wasm_split(equipping, fallible, preload(load_equipping))]
#[allow(clippy::unnecessary_wraps, reason = "in the browser it fails when the piece does not come")]
fn equipping(page: Equipping) -> Result<AnyView, SplitLoaderError> {
    Ok(match page {
        Equipping::Definitions => view! { <DefinitionsPage/> }.into_any(),
        Equipping::Classes => view! { <ClassesPage/> }.into_any(),
        Equipping::Hooks => view! { <HooksPage/> }.into_any(),
        Equipping::Ddns => view! { <DdnsPage/> }.into_any(),
        Equipping::Logging => view! { <LoggingPage/> }.into_any(),
        Equipping::Templates => view! { <TemplatesPage/> }.into_any(),
        Equipping::Findings => view! { <FindingsPage/> }.into_any(),
        Equipping::Check => view! { <CheckPage/> }.into_any(),
        Equipping::History => view! { <HistoryPage/> }.into_any(),
    })
}

impl Piece {
    /// The piece that the page at this path is in; none for what every visit loads.
    pub fn of(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let is = |page: &str, part: &str| page.trim_start_matches('/') == part;
        let among = |pages: &[&str], part: &str| pages.iter().any(|page| is(page, part));
        let what_clients_get = [routes::CONFIGURATION, routes::PARAMETERS, routes::OPTIONS, routes::SHARED_NETWORKS];
        let others =
            [routes::SERVERS, routes::FOREMAN, routes::CHANGES, routes::ACCOUNT, routes::SEARCH, routes::IMPORT];
        match parts[..] {
            [first, _, tab, ..] if is(routes::SERVERS, first) => {
                Some(if among(&what_clients_get, tab) { Self::Configuring } else { Self::Equipping })
            }
            [first, _, _, _, ..] if is(routes::NETWORKS, first) => Some(Self::Configuring),
            [first, form] if [routes::NEW_SUBNET, routes::BULK].contains(&format!("/{first}/{form}").as_str()) => {
                Some(Self::Configuring)
            }
            [first, ..] if is(routes::NETWORKS, first) => Some(Self::Reserving),
            [first, ..] if among(&others, first) => Some(Self::Overseeing),
            _ => None,
        }
    }

    /// Its name, as it is marked.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reserving => "reserving",
            Self::Overseeing => "overseeing",
            Self::Configuring => "configuring",
            Self::Equipping => "equipping",
        }
    }

    /// Loads it, unless it is there. Its pages can be shown at once from then on.
    ///
    /// # Errors
    /// It did not come; the next load asks for it anew.
    pub async fn load(self) -> Result<(), SplitLoaderError> {
        match self {
            Self::Reserving => load_reserving().await,
            Self::Overseeing => load_overseeing().await,
            Self::Configuring => load_configuring().await,
            Self::Equipping => load_equipping().await,
        }
    }

    /// Loads it, or has the browser leave for the page that the router is on its way to.
    async fn load_or_leave(self) {
        if self.load().await.is_err() {
            ask_anew(&use_url().get_untracked());
            pending::<()>().await;
        }
    }
}

impl ChooseView for Reserving {
    async fn choose(self) -> AnyView {
        shown(reserving(self).await)
    }

    async fn preload(&self) {
        Piece::Reserving.load_or_leave().await;
    }
}

impl ChooseView for Overseeing {
    async fn choose(self) -> AnyView {
        shown(overseeing(self).await)
    }

    async fn preload(&self) {
        Piece::Overseeing.load_or_leave().await;
    }
}

impl ChooseView for Configuring {
    async fn choose(self) -> AnyView {
        shown(configuring(self).await)
    }

    async fn preload(&self) {
        Piece::Configuring.load_or_leave().await;
    }
}

impl ChooseView for Equipping {
    async fn choose(self) -> AnyView {
        shown(equipping(self).await)
    }

    async fn preload(&self) {
        Piece::Equipping.load_or_leave().await;
    }
}

/// The page. The router loads its piece before it asks for it.
fn shown(page: Result<AnyView, SplitLoaderError>) -> AnyView {
    page.unwrap_or_else(|_| ().into_any())
}

/// Has the browser ask the server for a page. When a piece does not come, the server most likely has another version by
/// now, whose pages know their own pieces; when it does not answer at all, the browser has words for that.
fn ask_anew(url: &Url) {
    let mut page = url.path().to_owned();
    for (mark, part) in [('?', url.search()), ('#', url.hash())] {
        let part = part.trim_start_matches(mark);
        if !part.is_empty() {
            page.push(mark);
            page.push_str(part);
        }
    }
    // The way back has changed the address already, and going where one is may load nothing.
    let here = location().pathname().is_ok_and(|path| path == url.path());
    drop(if here { location().reload() } else { location().assign(&page) });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_the_piece_of_their_page() {
        for first in ["/", "/login", "/setup", "/nowhere", "", "/networking"] {
            assert_eq!(Piece::of(first), None, "{first}");
        }
        for page in ["/networks", "/networks/", "/networks/main/3"] {
            assert_eq!(Piece::of(page), Some(Piece::Reserving), "{page}");
        }
        for page in ["/servers", "/foreman", "/changes", "/account", "/search", "/import"] {
            assert_eq!(Piece::of(page), Some(Piece::Overseeing), "{page}");
        }
        for page in [
            "/servers/main/configuration",
            "/servers/main/parameters",
            "/networks/main/3/settings",
            "/networks/new",
            "/networks/bulk",
        ] {
            assert_eq!(Piece::of(page), Some(Piece::Configuring), "{page}");
        }
        for page in ["/servers/main/classes", "/servers/main/hooks/", "/servers/main/history"] {
            assert_eq!(Piece::of(page), Some(Piece::Equipping), "{page}");
        }
    }
}
