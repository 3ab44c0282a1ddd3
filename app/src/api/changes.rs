//! What was changed, by whom, and the way back.

use leptos::prelude::*;
use model::{Applied, BatchUndone, ChangePage, ChangeQuery, Version, WayBack};

use super::Answer;
use super::wire::Wire;

/// Changes, newest first.
#[server(endpoint = "changes/list", protocol = Wire)]
pub async fn list_changes(query: ChangeQuery) -> Answer<ChangePage> {
    super::request::run(|services, actor| async move { services.changes.list(&actor, &query).await }).await
}

/// The same changes as CSV, the newest 50,000 at most.
#[server(endpoint = "changes/export", protocol = Wire)]
pub async fn export_changes(query: ChangeQuery) -> Answer<String> {
    super::request::run(|services, actor| async move { services.changes.export(&actor, &query).await }).await
}

/// Takes a change back, unless its subject was changed since. Parts that may harm the host of a server are for administrators
/// alone, who give their password once more.
#[server(endpoint = "changes/undo", protocol = Wire)]
pub async fn undo_change(number: i64, #[server(default)] password: Option<String>) -> Answer<Applied> {
    super::request::change(|services, caller| async move {
        let confirmed = super::request::confirm(&services, &caller.actor, password).await?;
        services.changes.undo(&caller, number, confirmed).await
    })
    .await
}

/// What is to be known before a change is undone, or (`version`) before one of its versions is restored. Changes nothing.
#[server(endpoint = "changes/way-back", protocol = Wire)]
pub async fn get_way_back(number: i64, #[server(default)] version: Option<Version>) -> Answer<WayBack> {
    super::request::run(|services, actor| async move { services.changes.way_back(&actor, number, version).await }).await
}

/// Takes a change back at once that is taken back later unless it is confirmed.
#[server(endpoint = "changes/take-back", protocol = Wire)]
pub async fn take_back(number: i64) -> Answer<()> {
    super::request::act(
        |services, caller| async move { services.changes.take_back_now(&caller, number).await.map(drop) },
    )
    .await
}

/// Whether a change could be undone as things are now. Changes nothing.
#[server(endpoint = "changes/can-undo", protocol = Wire)]
pub async fn can_undo(number: i64) -> Answer<bool> {
    super::request::change(|services, caller| async move { services.changes.can_undo(&caller, number).await }).await
}

/// Whether anything of a batch could be undone as things are now. Changes nothing.
#[server(endpoint = "changes/can-undo-batch", protocol = Wire)]
pub async fn can_undo_batch(batch: String) -> Answer<bool> {
    super::request::change(|services, caller| async move { services.changes.can_undo_batch(&caller, &batch).await })
        .await
}

/// Makes what a change is of again as it was before or after it, whatever it is now. With a password as `undo`.
#[server(endpoint = "changes/restore", protocol = Wire)]
pub async fn restore_version(
    number: i64,
    version: Version,
    #[server(default)] password: Option<String>,
) -> Answer<Applied> {
    super::request::change(|services, caller| async move {
        let confirmed = super::request::confirm(&services, &caller.actor, password).await?;
        services.changes.restore(&caller, number, version, confirmed).await
    })
    .await
}

/// Takes every change of a batch back that was not changed since; the last one first.
#[server(endpoint = "changes/undo-batch", protocol = Wire)]
pub async fn undo_batch(batch: String) -> Answer<BatchUndone> {
    super::request::change(|services, caller| async move { services.changes.undo_batch(&caller, &batch).await }).await
}

/// Asks the server once more how an unsettled change stands, and finishes it if it can be.
#[server(endpoint = "changes/settle", protocol = Wire)]
pub async fn settle_change(number: i64) -> Answer<Applied> {
    super::request::act(|services, caller| async move { services.changes.settle(&caller, number).await }).await
}

/// Gives up a change that waits for its server.
#[server(endpoint = "changes/give-up", protocol = Wire)]
pub async fn give_up_change(number: i64) -> Answer<()> {
    super::request::act(|services, caller| async move { services.changes.give_up(&caller.actor, number).await }).await
}
