//! Icons: line drawings on a grid of 24, stroked with the colour of the text. They never stand alone for a meaning, so
//! that assistive technology skips them.

use leptos::prelude::*;

/// A drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is what its name says")]
pub enum Glyph {
    Bolt,
    Bookmark,
    BookmarkCheck,
    Check,
    CheckCircle,
    ChevronDown,
    ChevronLeft,
    ChevronRight,
    Clock,
    Close,
    Copy,
    Database,
    Delete,
    Download,
    Edit,
    Error,
    Exchange,
    File,
    Filter,
    Foreman,
    History,
    Hourglass,
    Info,
    Monitor,
    Moon,
    More,
    Networks,
    NoEntry,
    Overview,
    Pause,
    Plus,
    Refresh,
    Release,
    Router,
    Search,
    Server,
    SignOut,
    SortDown,
    SortUp,
    Sun,
    Undo,
    User,
    Warning,
}

impl Glyph {
    fn strokes(self) -> &'static str {
        match self {
            Self::Bolt => "M13 3 5 14h6l-1 7 9-11h-6z",
            Self::Bookmark => "M7 4h10v16l-5-4-5 4z",
            Self::BookmarkCheck => "M7 4h10v16l-5-4-5 4z M9.5 9.5l2 2 3-3.5",
            Self::Check => "M5 13l4 4L19 7",
            Self::CheckCircle => "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18z M8 12.5l3 3 5-6",
            Self::ChevronDown => "M6 9l6 6 6-6",
            Self::ChevronLeft => "M15 6l-6 6 6 6",
            Self::ChevronRight => "M9 6l6 6-6 6",
            Self::Clock => "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18z M12 7v5l3.5 2",
            Self::Close => "M6 6l12 12 M18 6 6 18",
            Self::Copy => "M9 9h11v11H9z M5 15H4V4h11v1",
            Self::Database => "M5 6c0-3 14-3 14 0v12c0 3-14 3-14 0z M5 6c0 3 14 3 14 0 M5 12c0 3 14 3 14 0",
            Self::Delete => "M5 7h14 M9 7V4h6v3 M7 7l1 13h8l1-13 M10 11v5 M14 11v5",
            Self::Download => "M12 4v10 M8 10l4 4 4-4 M5 15v5h14v-5",
            Self::Edit => "M4 20l1-4L16 5l3 3L8 19z M13.5 7.5l3 3",
            Self::Error => "M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3z M12 8v5 M12 16h.01",
            Self::Exchange => "M4 8h15l-4-4 M20 16H5l4 4",
            Self::File => "M6 3h8l4 4v14H6z M14 3v4h4 M9 12h6 M9 16h6",
            Self::Filter => "M3 5h18l-7 8v6l-4-2v-4z",
            Self::Foreman => "M3 17h18v3H3z M5 17v-2a7 7 0 0 1 14 0v2 M10 8.3V13 M14 8.3V13",
            Self::History => "M4 12a8 8 0 1 0 2.5-5.8 M4 3v5h5 M12 8v4.5l3 1.5",
            Self::Hourglass => "M7 4h10 M7 20h10 M8 4v3l4 5 4-5V4 M8 20v-3l4-5 4 5v3",
            Self::Info => "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18z M12 11v5 M12 8h.01",
            Self::Monitor => "M3 5h18v11H3z M9 20h6 M12 16v4",
            Self::Moon => "M20 14A8.5 8.5 0 0 1 10 4a8.5 8.5 0 1 0 10 10z",
            Self::More => "M5 12h.01 M12 12h.01 M19 12h.01",
            Self::Networks => "M9 3h6v5H9z M3 16h6v5H3z M15 16h6v5h-6z M12 8v4 M6 16v-4h12v4",
            Self::NoEntry => "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18z M5.7 5.7l12.6 12.6",
            Self::Overview => "M4 4h7v7H4z M14 4h6v4h-6z M14 11h6v9h-6z M4 14h7v6H4z",
            Self::Pause => "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18z M10 9v6 M14 9v6",
            Self::Plus => "M12 5v14 M5 12h14",
            Self::Refresh => "M20 12a8 8 0 1 1-2.5-5.8 M20 3v5h-5",
            Self::Release => "M12 4v10 M8 8l4-4 4 4 M5 14v6h14v-6",
            Self::Router => "M3 14h18v6H3z M7 17h.01 M11 17h.01 M17 14v-3 M14 8.5c1.5-2 4.5-2 6 0",
            Self::Search => "M11 4a7 7 0 1 0 0 14a7 7 0 0 0 0-14z M16 16l5 5",
            Self::Server => "M4 5h16v6H4z M4 13h16v6H4z M8 8h.01 M8 16h.01",
            Self::SignOut => "M14 4H5v16h9 M10 12h11 M17 8l4 4-4 4",
            Self::SortDown => "M12 5v14 M6 13l6 6 6-6",
            Self::SortUp => "M12 19V5 M6 11l6-6 6 6",
            Self::Sun => {
                "M12 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8z M12 3v1 M12 20v1 M3 12h1 M20 12h1 M5.6 5.6l.7.7 M17.7 17.7l.7.7 M5.6 18.4l.7-.7 M17.7 6.3l.7-.7"
            }
            Self::Undo => "M9 14 4 9l5-5 M4 9h10a5.5 5.5 0 0 1 0 11h-3",
            Self::User => "M12 4a4 4 0 1 0 0 8a4 4 0 0 0 0-8z M4 20.5c0-7.5 16-7.5 16 0",
            Self::Warning => "M12 4 2.8 20h18.4z M12 10v4.5 M12 17.3h.01",
        }
    }
}

/// A drawing, as high as the line it stands in.
#[component]
pub fn Icon(
    /// Which.
    glyph: Glyph,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" width="16" height="16" aria-hidden="true" focusable="false">
            <path d=glyph.strokes()></path>
        </svg>
    }
    .into_any()
}

/// Our bird: a kea's head with its hooked bill.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg class="logo" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
            <path class="logo-body" d="M5 29C4 16 8 5 18 4c6-.5 10 4 9 10-2-2-5-2.5-7-1 0 7-2 12-3 16z"></path>
            <path class="logo-bill" d="M20 13c2-1.5 5-1 7 1 .8 3.2 0 5.8-2.3 7.6.3-3.2-1.2-5.6-4.7-6.6z"></path>
            <path class="logo-wing" d="M5 29c0-6 2-10 6-13 .6 5 0 9-1.5 13z"></path>
            <circle class="logo-eye" cx="18.5" cy="9.5" r="1.7"></circle>
        </svg>
    }
    .into_any()
}
