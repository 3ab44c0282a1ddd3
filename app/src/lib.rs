//! The console: pages, and the server functions that feed them. Compiled twice: to WebAssembly for the browser
//! (feature `hydrate`), and natively for rendering on the server (feature `ssr`).
// The types of views are as deep as the pages.
#![recursion_limit = "256"]

pub mod api;
pub mod app;
pub mod components;
pub mod forms;
pub mod live;
pub mod pages;
pub mod routes;
mod shell;
pub mod state;

pub use app::App;
pub use shell::shell;
pub use state::{PageSize, Theme};
