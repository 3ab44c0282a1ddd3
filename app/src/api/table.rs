//! Reservations by the table.

use leptos::prelude::*;
use model::{SubnetKey, Table};

use super::Answer;
use super::wire::Wire;

/// What each row of a table would do. `subnet`: for rows that name none.
#[server(endpoint = "table/check", protocol = Wire)]
pub async fn check_table(text: String, subnet: Option<SubnetKey>) -> Answer<Table> {
    super::request::run(
        |services, actor| async move { services.csv_import.check(&actor, &text, subnet.as_ref()).await },
    )
    .await
}

/// Applies the rows that can be applied, as one batch. The same table again changes nothing.
#[server(endpoint = "table/apply", protocol = Wire)]
pub async fn apply_table(text: String, subnet: Option<SubnetKey>) -> Answer<Table> {
    super::request::change(|services, caller| async move {
        services.csv_import.apply(&caller, &text, subnet.as_ref()).await
    })
    .await
}

/// The reservations of one subnet, or of all, as a table (CSV) that [`apply_table`] takes.
#[server(endpoint = "table/export", protocol = Wire)]
pub async fn export_table(subnet: Option<SubnetKey>) -> Answer<String> {
    super::request::run(|services, actor| async move { services.csv_import.export(&actor, subnet.as_ref()).await })
        .await
}

/// The leases of a subnet, as a table (CSV) that [`apply_table`] takes: it would reserve their addresses for their clients.
#[server(endpoint = "table/export-leases", protocol = Wire)]
pub async fn export_leases(subnet: SubnetKey) -> Answer<String> {
    super::request::run(|services, actor| async move { services.csv_import.export_leases(&actor, &subnet).await }).await
}
