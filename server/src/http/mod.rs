//! What browsers reach. The layers from the outside in: request id, log, headers, limits, host, origin, session, page.

mod account;
mod assets;
mod body;
mod console;
mod device;
mod events;
mod guard;
mod headers;
mod health;
mod login;
mod request_id;
mod routes;
mod session;
mod setup;
mod source;
mod unavailable;

pub(crate) use console::router;
pub use routes::{Route, routes};
pub(crate) use source::Proxies;
