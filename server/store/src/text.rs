//! What goes into the tables, and what comes out of them.

use std::borrow::Cow;
use std::net::IpAddr;

use model::SubnetKey;

/// The text as both databases can keep it: `PostgreSQL` takes no NUL (U+0000), which becomes its snapshot.
pub(crate) fn keepable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{2400}")) } else { Cow::Borrowed(text) }
}

/// The subnet of a row.
pub(crate) fn subnet_of(server: &str, id: i64) -> Option<SubnetKey> {
    Some(SubnetKey { server: server.parse().ok()?, id: id.try_into().ok()? })
}

/// The address of a row.
pub(crate) fn address_of(text: &str) -> Option<IpAddr> {
    text.parse().ok()
}
