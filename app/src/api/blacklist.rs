//! Addresses that are held back.

use leptos::prelude::*;
use model::{AddressRange, Exclusion, Hold, HoldKey, SubnetKey};

use super::Answer;
use super::wire::Wire;

/// Every running hold, the one that ends first at the top.
#[server(endpoint = "holds/list", protocol = Wire)]
pub async fn list_holds() -> Answer<Vec<Hold>> {
    super::request::run(|services, actor| async move { services.blacklist.list(&actor).await }).await
}

/// Ends a hold, so that the address can be suggested again.
#[server(endpoint = "holds/release", protocol = Wire)]
pub async fn release_hold(hold: HoldKey) -> Answer<()> {
    super::request::act(|services, caller| async move { services.blacklist.release(&caller.actor, &hold).await }).await
}

/// Ends every running hold, of one subnet or of all. How many there were.
#[server(endpoint = "holds/release-all", protocol = Wire)]
pub async fn release_all_holds(subnet: Option<SubnetKey>) -> Answer<u64> {
    super::request::act(|services, caller| async move {
        services.blacklist.release_all(&caller.actor, subnet.as_ref()).await
    })
    .await
}

/// The excluded ranges of one subnet or of all.
#[server(endpoint = "exclusions/list", protocol = Wire)]
pub async fn list_exclusions(subnet: Option<SubnetKey>) -> Answer<Vec<Exclusion>> {
    super::request::run(|services, actor| async move { services.blacklist.exclusions(&actor, subnet.as_ref()).await })
        .await
}

/// Excludes a range: its addresses are no longer suggested or reserved.
#[server(endpoint = "exclusions/add", protocol = Wire)]
pub async fn add_exclusion(subnet: SubnetKey, range: AddressRange, reason: String) -> Answer<()> {
    super::request::act(|services, caller| async move {
        services.blacklist.exclude(&caller.actor, &subnet, range, &reason).await
    })
    .await
}

/// Takes an exclusion away.
#[server(endpoint = "exclusions/remove", protocol = Wire)]
pub async fn remove_exclusion(subnet: SubnetKey, range: AddressRange) -> Answer<()> {
    super::request::act(
        |services, caller| async move { services.blacklist.include(&caller.actor, &subnet, range).await },
    )
    .await
}
