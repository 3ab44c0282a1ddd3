//! What the whole console shares: who is signed in, the time of day, notices, display preferences.

mod clock;
mod prefs;
mod session;
mod toasts;

pub use clock::{Clock, relative};
pub use prefs::Theme;
pub use session::{Session, sign_in_again};
pub use toasts::{Toast, ToastAction, ToastKind, Toasts};
