//! The console: pages, and the server functions that feed them.
