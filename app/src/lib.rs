//! The console: pages, and the server functions that feed them. Compiled twice: to WebAssembly for the browser
//! (feature `hydrate`), and natively for rendering on the server (feature `ssr`).

pub mod api;
