//! The Foreman side.

use leptos::prelude::*;
use model::{CallPage, CallQuery, ForemanSettings, ForemanSubnet};

use super::Answer;
use super::wire::Wire;

/// How Foreman reaches us.
#[server(name = AskForemanSettings, endpoint = "foreman/settings", protocol = Wire)]
pub async fn foreman_settings() -> Answer<ForemanSettings> {
    super::request::run(|services, actor| async move {
        actor.may(model::Permission::Look)?;
        Ok(services.settings.foreman.clone())
    })
    .await
}

/// Some of Foreman's calls, newest first.
#[server(endpoint = "foreman/calls", protocol = Wire)]
pub async fn list_calls(query: CallQuery) -> Answer<CallPage> {
    super::request::run(|services, actor| async move { services.ledger.list(&actor, &query).await }).await
}

/// Every subnet as Foreman sees it.
#[server(endpoint = "foreman/subnets", protocol = Wire)]
pub async fn foreman_subnets() -> Answer<Vec<ForemanSubnet>> {
    super::request::run(|services, actor| async move { services.foreman.view(&actor).await }).await
}
