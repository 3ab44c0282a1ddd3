//! Addresses that are held back.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::{Hold, HoldKey, SubnetKey};

use super::Answer;

/// Every running hold, the one that ends first at the top.
#[server(endpoint = "holds/list", input = Json)]
pub async fn list_holds() -> Answer<Vec<Hold>> {
    super::request::run(|services, actor| async move { services.blacklist.list(&actor).await }).await
}

/// Ends a hold, so that the address can be suggested again.
#[server(endpoint = "holds/release", input = Json)]
pub async fn release_hold(hold: HoldKey) -> Answer<()> {
    super::request::run(|services, actor| async move { services.blacklist.release(&actor, &hold).await }).await
}

/// Ends every running hold, of one subnet or of all. How many there were.
#[server(endpoint = "holds/release-all", input = Json)]
pub async fn release_all_holds(subnet: Option<SubnetKey>) -> Answer<u64> {
    super::request::run(|services, actor| async move { services.blacklist.release_all(&actor, subnet.as_ref()).await })
        .await
}
