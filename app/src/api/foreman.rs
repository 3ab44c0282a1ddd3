//! The Foreman side.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::ForemanSettings;

use super::Answer;

/// How Foreman reaches us.
#[server(name = AskForemanSettings, endpoint = "foreman/settings", input = Json)]
pub async fn foreman_settings() -> Answer<ForemanSettings> {
    super::request::run(|services, actor| async move {
        actor.may(model::Permission::Look)?;
        Ok(services.settings.foreman.clone())
    })
    .await
}
