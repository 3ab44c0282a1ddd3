//! The servers themselves: how they are, what they have not saved, and where the two of a pair differ.

use leptos::prelude::*;
use model::{
    Applied, BatchUndone, Change, Drift, Identifier, ServerCheck, ServerName, ServerStatus, Silenced, Silencing,
    SubnetKey,
};

use super::Answer;
use super::wire::Wire;

/// Every server, with its pairs and its unsettled changes.
#[server(endpoint = "servers/list", protocol = Wire)]
pub async fn list_servers() -> Answer<Vec<ServerStatus>> {
    super::request::run(|services, actor| async move { services.servers.list(&actor).await }).await
}

/// What is wrong with a server, and how it is mended. Nothing is changed.
#[server(endpoint = "servers/check", protocol = Wire)]
pub async fn check_server(server: ServerName) -> Answer<ServerCheck> {
    super::request::run(|services, actor| async move { services.servers.check(&actor, &server).await }).await
}

/// Has a server save what runs; its changes that were not saved are done then.
#[server(endpoint = "servers/save", protocol = Wire)]
pub async fn save_server(server: ServerName) -> Answer<()> {
    super::request::act(|services, caller| async move { services.servers.save(&caller, &server).await }).await
}

/// Has a server that hands out no leases serve again: it is given what it runs once more, or loads its saved file.
#[server(endpoint = "servers/repair", protocol = Wire)]
pub async fn repair_server(server: ServerName) -> Answer<()> {
    super::request::act(|services, caller| async move { services.servers.repair(&caller, &server).await }).await
}

/// The findings of a server that are silenced, with who silenced them and why.
#[server(endpoint = "servers/silenced", protocol = Wire)]
pub async fn list_silenced(server: ServerName) -> Answer<Vec<Silenced>> {
    super::request::run(|services, actor| async move { services.servers.silenced(&actor, &server).await }).await
}

/// Silences findings of a server, for a reason that others read.
#[server(endpoint = "servers/silence", protocol = Wire)]
pub async fn silence_findings(server: ServerName, findings: Vec<Silencing>, reason: String) -> Answer<()> {
    super::request::change(|services, caller| async move {
        services.servers.silence(&caller, &server, &findings, &reason).await
    })
    .await
}

/// Has a silenced finding of a server be shown again.
#[server(endpoint = "servers/show-again", protocol = Wire)]
pub async fn show_again(server: ServerName, finding: String) -> Answer<()> {
    super::request::change(
        |services, caller| async move { services.servers.show_again(&caller, &server, &finding).await },
    )
    .await
}

/// Where the reservations of a server and of its partners differ, subnet by subnet. Subnets without differences are left
/// away.
#[server(endpoint = "servers/drift", protocol = Wire)]
pub async fn list_drift(server: ServerName) -> Answer<Vec<Drift>> {
    super::request::run(|services, actor| async move { services.servers.drift(&actor, &server).await }).await
}

/// Makes the reservation of a client in `to` the same as the one in `from`; where `from` has none, it is deleted.
#[server(endpoint = "servers/align", protocol = Wire)]
pub async fn align_reservation(from: SubnetKey, to: SubnetKey, identifier: Identifier) -> Answer<Applied> {
    super::request::change(
        |services, caller| async move { services.servers.align(&caller, &from, &to, &identifier).await },
    )
    .await
}

/// The saved changes that a server does not hold any more: it was started from an older file, or configured anew.
#[server(endpoint = "servers/lost", protocol = Wire)]
pub async fn list_lost(server: ServerName) -> Answer<Vec<Change>> {
    super::request::run(|services, actor| async move { services.changes.lost(&actor, &server).await }).await
}

/// Makes these of them again.
#[server(endpoint = "servers/put-back", protocol = Wire)]
pub async fn put_back(server: ServerName, numbers: Vec<i64>) -> Answer<BatchUndone> {
    super::request::change(
        |services, caller| async move { services.changes.put_back(&caller, &server, &numbers).await },
    )
    .await
}
