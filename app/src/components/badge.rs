//! States in one word, with an icon and a colour; never a colour alone.

use leptos::prelude::*;
use model::{ChangeState, ClientState, Health, ServerName, Severity};

use super::icon::{Glyph, Icon};

/// What a colour means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Nothing in particular.
    Neutral,
    /// As it should be.
    Good,
    /// Worth knowing.
    Info,
    /// Worth a look.
    Warn,
    /// Wrong.
    Bad,
}

impl Tone {
    /// The class that the style sheet has for it.
    pub fn class(self) -> &'static str {
        match self {
            Self::Neutral => "tone-neutral",
            Self::Good => "tone-good",
            Self::Info => "tone-info",
            Self::Warn => "tone-warn",
            Self::Bad => "tone-bad",
        }
    }
}

/// A word with an icon.
#[component]
pub fn Badge(
    /// What its colour means.
    tone: Tone,
    /// Its icon.
    glyph: Glyph,
    /// Its word.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <span class=format!("badge {}", tone.class())>
            <Icon glyph/>
            <span>{text}</span>
        </span>
    }
}

/// How things stand with an address.
#[component]
pub fn ClientBadge(
    /// How.
    state: ClientState,
) -> impl IntoView {
    let (tone, glyph) = match state {
        ClientState::Leased => (Tone::Good, Glyph::Exchange),
        ClientState::ReservedInUse => (Tone::Good, Glyph::BookmarkCheck),
        ClientState::ReservedIdle => (Tone::Neutral, Glyph::Bookmark),
        ClientState::Conflict => (Tone::Bad, Glyph::Bolt),
        ClientState::Declined => (Tone::Bad, Glyph::NoEntry),
        ClientState::Expired => (Tone::Neutral, Glyph::Hourglass),
        ClientState::Released => (Tone::Neutral, Glyph::Release),
        ClientState::Held => (Tone::Info, Glyph::Pause),
    };
    view! { <Badge tone glyph text=state.label()/> }
}

/// Whether a server serves.
#[component]
pub fn HealthBadge(
    /// Whether.
    health: Health,
) -> impl IntoView {
    let (tone, glyph, text) = match health {
        Health::Serving => (Tone::Good, Glyph::CheckCircle, "serving"),
        Health::NotServing => (Tone::Bad, Glyph::NoEntry, "not serving"),
        Health::Unreachable => (Tone::Bad, Glyph::Error, "unreachable"),
    };
    view! { <Badge tone glyph text/> }
}

/// How bad a finding or a conflict is.
#[component]
pub fn SeverityBadge(
    /// How bad.
    severity: Severity,
) -> impl IntoView {
    let (tone, glyph, text) = match severity {
        Severity::Warns => (Tone::Warn, Glyph::Warning, "warning"),
        Severity::Blocks => (Tone::Bad, Glyph::Error, "serious"),
    };
    view! { <Badge tone glyph text/> }
}

/// How a change stands.
#[component]
pub fn ChangeBadge(
    /// How.
    state: ChangeState,
    /// The server that it is made on.
    server: ServerName,
) -> impl IntoView {
    let server = String::from(server);
    let (tone, glyph, text) = match state {
        ChangeState::Open => (Tone::Info, Glyph::Hourglass, "in progress".to_owned()),
        ChangeState::Done => (Tone::Good, Glyph::CheckCircle, "done".to_owned()),
        ChangeState::NotSaved => (Tone::Warn, Glyph::Warning, "done, not saved".to_owned()),
        ChangeState::Pending => (Tone::Warn, Glyph::Pause, format!("waiting for {server}")),
        ChangeState::Refused => (Tone::Bad, Glyph::NoEntry, "refused".to_owned()),
        ChangeState::Unknown => (Tone::Bad, Glyph::Info, "unknown".to_owned()),
    };
    view! { <Badge tone glyph text/> }
}
