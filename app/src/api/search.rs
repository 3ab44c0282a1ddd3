//! Finding anything.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::SearchAnswer;

use super::Answer;

/// Finds clients by address, hardware address in any notation or host name, and subnets by prefix or name.
#[server(endpoint = "search", input = Json)]
pub async fn search(text: String) -> Answer<SearchAnswer> {
    super::request::run(|services, actor| async move { services.search.find(&actor, &text).await }).await
}
