//! What the whole console shares: who is signed in, the time of day, notices, display preferences.

mod clock;
mod prefs;
mod scroll;
mod session;
mod toasts;

pub use clock::{Clock, relative};
pub use prefs::{PageSize, Theme, keep};
pub use scroll::keep_scroll;
pub use session::{Session, here, signed_in_again, whose_page};
pub use toasts::{Recheck, Toast, ToastAction, ToastKind, Toasts};
