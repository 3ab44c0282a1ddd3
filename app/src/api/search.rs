//! Finding anything.

use leptos::prelude::*;
use model::SearchAnswer;

use super::Answer;
use super::wire::Wire;

/// Finds clients by address, hardware address in any notation or host name, and subnets by prefix or name.
#[server(endpoint = "search", protocol = Wire)]
pub async fn search(text: String) -> Answer<SearchAnswer> {
    super::request::run(|services, actor| async move { services.search.find(&actor, &text).await }).await
}
