//! Subnets and their addresses.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::{AddressPage, AddressQuery, SubnetKey, SubnetList, SubnetSummary};

use super::Answer;

/// Every subnet of every server.
#[server(endpoint = "subnets/list", input = Json)]
pub async fn list_subnets() -> Answer<SubnetList> {
    super::request::run(|services, actor| async move { services.subnets.list(&actor).await }).await
}

/// One subnet.
#[server(endpoint = "subnets/get", input = Json)]
pub async fn get_subnet(subnet: SubnetKey) -> Answer<SubnetSummary> {
    super::request::run(|services, actor| async move { services.subnets.get(&actor, &subnet).await }).await
}

/// Some of a subnet's addresses: leases, reservations, holds, gaps and special addresses, merged.
#[server(endpoint = "subnets/addresses", input = Json)]
pub async fn list_addresses(subnet: SubnetKey, query: AddressQuery) -> Answer<AddressPage> {
    super::request::run(|services, actor| async move { services.subnets.addresses(&actor, &subnet, &query).await })
        .await
}
