//! What is said about a change in words, and what can be done about it.

use model::{Applied, Batch, Change, ChangeState, Content, Element, Reservation, Subject, Verb, Version};

use crate::components::icon::Glyph;

/// What a batch did: "admin added 197 reservations". `newest`: one of its changes.
pub(super) fn batch(newest: &Change, batch: &Batch) -> String {
    let verb = match batch.verb {
        _ if batch.undoes => "undid changes of",
        Some(Verb::Create) => "added",
        Some(Verb::Change) | None => "changed",
        Some(Verb::Delete) => "deleted",
        Some(Verb::Move) => "moved",
    };
    format!("{} {verb} {} {}", newest.actor, batch.changes, newest.subject.plural())
}

/// What a user can do about a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// Take it back.
    Undo,
    /// Make one of its versions again, whatever is there now.
    Restore(Version),
    /// Ask the server how it stands.
    Settle,
    /// Let it wait no longer, or ask no more how it ended.
    GiveUp,
    /// Have the server save what runs.
    Save,
}

impl Act {
    /// What can be done about that change, what is needed most at the start.
    pub(super) fn of(change: &Change) -> Vec<Self> {
        let made = matches!(change.state, ChangeState::Done | ChangeState::NotSaved);
        let mut acts = match change.state {
            ChangeState::Pending | ChangeState::Unknown => vec![Self::Settle, Self::GiveUp],
            ChangeState::NotSaved => vec![Self::Save],
            // What is being made just now ends by itself.
            ChangeState::Open | ChangeState::Done | ChangeState::Refused => Vec::new(),
        };
        // What repeats another goes back together with it.
        if made && change.undone_by.is_none() && change.repeats.is_none() {
            acts.push(Self::Undo);
        }
        // A version that is nothing is no version: that is what undo and delete are for.
        if made && change.before.is_some() {
            acts.push(Self::Restore(Version::Before));
        }
        if made && change.after.is_some() {
            acts.push(Self::Restore(Version::After));
        }
        acts
    }

    /// What its button says.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Undo => "Undo",
            Self::Restore(Version::Before) => "Restore the previous version",
            Self::Restore(Version::After) => "Restore this version",
            Self::Settle => "Ask the server again",
            Self::GiveUp => "Abandon",
            Self::Save => "Save on the server",
        }
    }

    /// Its drawing.
    pub(super) fn glyph(self) -> Glyph {
        match self {
            Self::Undo => Glyph::Undo,
            Self::Restore(_) => Glyph::History,
            Self::Settle => Glyph::Refresh,
            Self::GiveUp => Glyph::Close,
            Self::Save => Glyph::Database,
        }
    }

    /// Whether the page asks once more before it is done.
    pub(super) fn asks(self) -> bool {
        !matches!(self, Self::Settle | Self::Save)
    }
}

/// What was changed: what the reservation is called, or which subnet.
pub(super) fn subject(change: &Change) -> String {
    let title = change.version().and_then(Content::reservation).map(Reservation::title);
    title.unwrap_or_else(|| change.subject.short())
}

/// What to look for on the page of the subnet; empty: the whole page is meant.
pub(super) fn wanted(change: &Change) -> String {
    change.subject.reservation().map_or_else(String::new, |_| subject(change))
}

/// The change in words.
pub(super) fn title(change: &Change) -> String {
    let verb = match (change.verb, &change.subject) {
        (Verb::Create, _) => "Reserve",
        (Verb::Change, Subject::Config(Element::Subnet(_))) => "Name",
        (Verb::Change, Subject::Config(Element::Configuration(_))) => "Configure",
        (Verb::Change, _) => "Change",
        (Verb::Delete, _) => "Delete",
        (Verb::Move, _) => "Move",
    };
    format!("{verb} {}", subject(change))
}

/// For whom: name and client; of a subnet what it is called.
pub(super) fn about(change: &Change) -> String {
    match change.version() {
        Some(Content::Labels { labels, .. }) => labels.name.clone().unwrap_or_else(|| "no name".to_owned()),
        Some(Content::Configuration { change, .. }) => configured(&change.words),
        version => {
            let name = version.and_then(Content::reservation).and_then(|known| known.host_name.clone());
            let client = change.subject.short();
            name.map_or_else(|| client.clone(), |name| format!("{name} · {client}"))
        }
    }
}

/// The first difference, and how many more there are.
fn configured(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first, rest @ ..] => format!("{first}, and {} more", rest.len()),
    }
}

/// How the change stands, in a sentence.
pub(super) fn stands(change: &Change) -> String {
    let server = change.subject.server();
    match change.state {
        ChangeState::Open => format!("In progress on {server}."),
        ChangeState::Done => format!("Applied and saved on {server}."),
        ChangeState::NotSaved => {
            format!("Applied on {server}, but not saved: a restart of {server} would lose it.")
        }
        ChangeState::Pending => format!("Not applied on {server} yet. Retrying automatically."),
        ChangeState::Refused => format!("Not applied: nothing was changed on {server}."),
        ChangeState::Unknown => format!("It is not known whether it was applied: {server} gave no answer."),
    }
}

/// What is said where nothing was to be done, with what is to be known of that.
pub(super) fn so_already(change: &Change, applied: &Applied) -> String {
    let so = format!("Nothing was to be done: {} has it so already.", change.subject.server());
    std::iter::once(so).chain(applied.findings.iter().map(|finding| finding.text.clone())).collect::<Vec<_>>().join(" ")
}

/// What is said when something was done about a change, and when that was undone.
pub(super) fn done(act: Act, change: &Change) -> (String, String) {
    let (subject, server, number) = (subject(change), change.subject.server(), change.number);
    let done = match act {
        Act::Undo => format!("The change of {subject} is undone."),
        Act::Restore(Version::Before) => format!("{subject} is back to the version before change {number}."),
        Act::Restore(Version::After) => format!("{subject} is back to the version of change {number}."),
        Act::Settle => format!("{server} was asked again about {subject}."),
        Act::GiveUp => format!("The change of {subject} on {server} is abandoned."),
        Act::Save => format!("{server} has saved its running configuration."),
    };
    let undone = if act == Act::Undo {
        format!("The change of {subject} is applied again.")
    } else {
        format!("{subject} is restored.")
    };
    (done, undone)
}

#[cfg(test)]
pub(super) mod tests;
