//! The first page.

use leptos::prelude::*;
use model::Overview;

use super::Answer;
use super::wire::Wire;

/// How everything is, at a glance.
#[server(name = AskOverview, endpoint = "overview", protocol = Wire)]
pub async fn overview() -> Answer<Overview> {
    super::request::run(|services, actor| async move { services.overview.get(&actor).await }).await
}
