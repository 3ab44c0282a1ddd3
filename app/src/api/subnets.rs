//! Subnets and their addresses.

use leptos::prelude::*;
use model::{
    AddressPage, AddressQuery, Applied, Labels, NetworkPage, NetworkQuery, SubnetChoice, SubnetKey, SubnetList,
    SubnetSummary,
};

use super::Answer;
use super::wire::Wire;

/// Every subnet of every server.
#[server(endpoint = "subnets/list", protocol = Wire)]
pub async fn list_subnets() -> Answer<SubnetList> {
    super::request::run(|services, actor| async move { services.subnets.list(&actor).await }).await
}

/// Some of these subnets, as the list of networks shows them.
#[server(endpoint = "subnets/networks", protocol = Wire)]
pub async fn list_networks(query: NetworkQuery) -> Answer<NetworkPage> {
    super::request::run(|services, actor| async move { services.subnets.networks(&actor, &query).await }).await
}

/// The subnets that match a text, to be chosen from.
#[server(endpoint = "subnets/choices", protocol = Wire)]
pub async fn list_subnet_choices(#[server(default)] text: String) -> Answer<Vec<SubnetChoice>> {
    super::request::run(|services, actor| async move { services.subnets.choices(&actor, &text).await }).await
}

/// One subnet.
#[server(endpoint = "subnets/get", protocol = Wire)]
pub async fn get_subnet(subnet: SubnetKey) -> Answer<SubnetSummary> {
    super::request::run(|services, actor| async move { services.subnets.get(&actor, &subnet).await }).await
}

/// Some of a subnet's addresses: leases, reservations, holds, gaps and special addresses, merged.
#[server(endpoint = "subnets/addresses", protocol = Wire)]
pub async fn list_addresses(subnet: SubnetKey, query: AddressQuery) -> Answer<AddressPage> {
    super::request::run(|services, actor| async move { services.subnets.addresses(&actor, &subnet, &query).await })
        .await
}

/// Calls a subnet something else, unless it is called otherwise by now than it was seen to be.
#[server(endpoint = "subnets/label", protocol = Wire)]
pub async fn label_subnet(subnet: SubnetKey, seen: Labels, wanted: Labels) -> Answer<Applied> {
    super::request::change(
        |services, caller| async move { services.changes.label(&caller, &subnet, &seen, &wanted).await },
    )
    .await
}
