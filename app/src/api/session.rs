//! Who is signed in.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::Account;

use super::Answer;

/// Who is signed in.
#[server(endpoint = "session", input = Json)]
pub async fn session() -> Answer<Account> {
    super::request::run(|services, actor| async move { services.accounts.account_of(&actor) }).await
}
