//! The Foreman side.

use leptos::prelude::*;
use model::{CallPage, CallQuery, ForemanSettings, ForemanSubnet, ForemanSubnets};

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

/// Some of these subnets, from that row on.
#[server(name = AskForemanSubnetsPage, endpoint = "foreman/subnets-page", protocol = Wire)]
pub async fn foreman_subnets_page(offset: u32) -> Answer<ForemanSubnets> {
    super::request::run(|services, actor| async move { services.foreman.page(&actor, offset).await }).await
}

/// Every subnet as Foreman sees it.
#[server(name = AskForemanSubnets, endpoint = "foreman/subnets", protocol = Wire)]
pub async fn foreman_subnets() -> Answer<Vec<ForemanSubnet>> {
    super::request::run(|services, actor| async move { services.foreman.view(&actor).await }).await
}
