//! The first page.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::Overview;

use super::Answer;

/// How everything is, at a glance.
#[server(name = AskOverview, endpoint = "overview", input = Json)]
pub async fn overview() -> Answer<Overview> {
    super::request::run(|services, actor| async move { services.overview.get(&actor).await }).await
}
