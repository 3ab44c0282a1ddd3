//! The server functions: what pages can ask for. One file per area, each body one use case.
//!
//! Every function has an address of its own under `/api/` and a row in [`FUNCTIONS`].
#![allow(unreachable_pub, reason = "the macro makes a public twin of each function, which nobody is meant to reach")]

mod blacklist;
mod error;
mod foreman;
mod overview;
mod request;
mod reservations;
mod search;
mod session;
mod subnets;

use model::Role;

pub use blacklist::{list_holds, release_all_holds, release_hold};
pub use error::ApiError;
pub use foreman::{foreman_settings, foreman_subnets, list_calls};
pub use overview::overview;
pub use reservations::{
    create_reservation, delete_reservation, get_reservation, reservation_storage, reservation_verdict, suggest_address,
    update_reservation,
};
pub use search::search;
pub use session::session;
pub use subnets::{get_subnet, list_addresses, list_subnets};

/// What every server function answers.
pub type Answer<T> = Result<T, ApiError>;

/// A server function, as the tests and `nestor routes` list it.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// Its address.
    pub path: &'static str,
    /// The weakest role that may call it.
    pub role: Role,
    /// Whether it changes something.
    pub mutating: bool,
}

/// Every server function. A test compares this with what is registered.
pub const FUNCTIONS: &[Function] = &[
    Function { path: "/api/foreman/calls", role: Role::Viewer, mutating: false },
    Function { path: "/api/foreman/settings", role: Role::Viewer, mutating: false },
    Function { path: "/api/foreman/subnets", role: Role::Viewer, mutating: false },
    Function { path: "/api/holds/list", role: Role::Viewer, mutating: false },
    Function { path: "/api/holds/release", role: Role::Operator, mutating: true },
    Function { path: "/api/holds/release-all", role: Role::Operator, mutating: true },
    Function { path: "/api/overview", role: Role::Viewer, mutating: false },
    Function { path: "/api/reservations/create", role: Role::Operator, mutating: true },
    Function { path: "/api/reservations/delete", role: Role::Operator, mutating: true },
    Function { path: "/api/reservations/get", role: Role::Viewer, mutating: false },
    Function { path: "/api/reservations/storage", role: Role::Viewer, mutating: false },
    Function { path: "/api/reservations/suggest", role: Role::Operator, mutating: true },
    Function { path: "/api/reservations/update", role: Role::Operator, mutating: true },
    Function { path: "/api/reservations/verdict", role: Role::Viewer, mutating: false },
    Function { path: "/api/search", role: Role::Viewer, mutating: false },
    Function { path: "/api/session", role: Role::Viewer, mutating: false },
    Function { path: "/api/subnets/addresses", role: Role::Viewer, mutating: false },
    Function { path: "/api/subnets/get", role: Role::Viewer, mutating: false },
    Function { path: "/api/subnets/list", role: Role::Viewer, mutating: false },
];
