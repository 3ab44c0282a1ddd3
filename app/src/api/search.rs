//! Finding anything.

use leptos::prelude::*;
use model::{SearchAnswer, SearchHints};

use super::Answer;
use super::wire::Wire;

/// Finds clients by address, MAC address in any notation, host name or a part of anything that is shown, and subnets by
/// prefix or name. Clients come in pages, from `offset` on.
#[server(endpoint = "search", protocol = Wire)]
pub async fn search(text: String, #[server(default)] offset: u32) -> Answer<SearchAnswer> {
    super::request::run(|services, actor| async move { services.search.find(&actor, &text, offset).await }).await
}

/// The same for a list below a search box: a few of the best, in words.
#[server(endpoint = "search/hints", protocol = Wire)]
pub async fn hints(text: String) -> Answer<SearchHints> {
    super::request::run(|services, actor| async move { services.search.hints(&actor, &text).await }).await
}
