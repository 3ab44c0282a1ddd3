//! Kea's configurations as documents: read, looked up, edited, compared, merged, judged, and written as they were but
//! for what was edited. Nothing here talks to anybody: texts come in, texts and findings go out.

mod children;
mod commands;
mod diff;
mod document;
mod edit;
mod identity;
mod inherit;
mod locate;
mod merge;
mod number;
mod parts;
mod path;
mod places;
mod plan;
mod read;
mod redact;
mod review;
mod table;
mod text;
mod value;
mod words;
mod write;

pub use commands::{Command, commands};
pub use diff::{Change, What, differences};
pub use document::{Daemon, Document, DocumentError};
pub use edit::{Edit, EditError, Op};
pub use identity::{Identities, Keys};
pub use inherit::{Effective, Origin};
pub use merge::{Clash, Merged, merge};
pub use number::Number;
pub use parts::{Followers, Part};
pub use path::{Path, PathError, Step};
pub use places::Places;
pub use plan::{Plan, Unplannable};
pub use read::{Escapes, Includes, MAX_BYTES, MAX_DEPTH, Position, Source, SyntaxError, read, read_file, read_json};
pub use redact::{REDACTED, SUFFIXES, is_secret, redacted};
pub use review::{Finding, Severity, Way, review};
pub use table::{Kind, Level, Parameter, Table, Unknown};
pub use text::Text;
pub use value::{Map, Value};
pub use words::Words;
pub use write::Layout;
