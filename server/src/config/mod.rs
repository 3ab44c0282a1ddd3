//! The configuration: a file, over it the environment, over that the flags of the command line. Every error names the
//! setting and where it came from.

mod file;
mod files;
mod settings;
mod smart_proxy;
mod store;

pub use file::ServiceName;
pub use file::read;
pub(crate) use files::contents;
pub use settings::{Console, Kea, Log, LogFormat, Overrides, Settings};
pub use smart_proxy::{Ping, SmartProxy, Tls, trusted_hosts};
pub use store::StoreOverrides;
pub(crate) use store::{from_file, store_url};

/// A text that is never shown: neither in a log nor in a `Debug` output.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides the text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one place that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("[hidden]")
    }
}
