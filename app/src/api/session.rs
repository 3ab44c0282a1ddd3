//! Who is signed in.

use leptos::prelude::*;
use model::Account;

use super::Answer;
use super::wire::Wire;

/// Who is signed in.
#[server(endpoint = "session", protocol = Wire)]
pub async fn session() -> Answer<Account> {
    super::request::run(|services, actor| async move { services.accounts.account_of(&actor) }).await
}
