//! Why a change stands as it does: a code with what belongs to it. Here, and nowhere else, it becomes a sentence.

use serde::{Deserialize, Serialize};

use crate::ServerName;

/// What stands where a sentence names something.
const NOBODY: &str = "nobody-and-nothing";

/// Why a change stands as it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Reason {
    /// Its server did not answer, and nothing was changed.
    Unreachable {
        /// The server.
        server: ServerName,
        /// What exactly was seen, fit for people’s eyes.
        why: String,
    },
    /// Its server said no, and nothing was changed.
    Refused {
        /// The server.
        server: ServerName,
        /// Its own words.
        text: String,
    },
    /// It was not sent to its server, as it does not fit what that runs.
    Unfit {
        /// The server.
        server: ServerName,
        /// Why not.
        text: String,
    },
    /// Its server is not set up for this.
    Unsupported {
        /// The server.
        server: ServerName,
        /// What it would need.
        fix: String,
    },
    /// It was sent, and no usable answer came.
    NoAnswer {
        /// The server.
        server: ServerName,
        /// What was sent and what was seen.
        what: String,
    },
    /// It works, but a restart of its server would lose it.
    NotSaved {
        /// The server.
        server: ServerName,
        /// Why saving failed.
        text: String,
    },
    /// It has no leases any more after it refused a configuration, and serves no client.
    NotServing {
        /// The server.
        server: ServerName,
        /// What was tried, and what was seen.
        text: String,
    },
    /// Nestor’s own database does not work.
    Store,
    /// A fault of Nestor’s own.
    Internal,
    /// It waits for a partner that does not answer.
    Waits {
        /// The partner.
        server: ServerName,
    },
    /// The partner has no such subnet: nothing was to be done.
    NoSuchSubnet {
        /// Whether it had to be waited for before.
        waited: bool,
    },
    /// What was changed is of the server that it was changed on alone.
    OfOneServer,
    /// The partner never had what is taken back here.
    NeverHad,
    /// It was so already.
    WasSo {
        /// Whether the server had to be waited for before.
        waited: bool,
    },
    /// Made when its server was back.
    MadeLater,
    /// A later change of the same took its place while it waited.
    LaterChange,
    /// The program that made it ended in the middle of it.
    ProgramEnded,
    /// It ended, and that could not be recorded.
    EndNotRecorded,
    /// No answer came; the server was asked, and has it.
    FoundMade,
    /// It was not made.
    NotMade,
    /// Another client changed it since.
    Overtaken,
    /// It broke off in the middle, and the old state was restored.
    PutBack,
    /// It broke off in the middle, and how it was is not known.
    Gone,
    /// Its server was started again before it was saved.
    Lost,
    /// Its server saved it later.
    SavedLater,
    /// Whether the server loaded its saved file again is not known.
    ReloadNotSeen,
    /// It was given up.
    GivenUp {
        /// Who.
        by: String,
    },
    /// It was to be taken back, as nobody confirmed it in time, and could not be: it stays until somebody decides.
    NotTakenBack {
        /// Why not.
        why: String,
    },
    /// It was to be taken back, and was confirmed in time.
    Confirmed {
        /// By whom.
        by: String,
    },
    /// It could not be taken back when its time came, and was kept then.
    Kept {
        /// By whom.
        by: String,
    },
    /// A sentence: of a time before there were codes, or of what none stands for.
    Verbatim {
        /// The sentence.
        text: String,
    },
}

impl Reason {
    /// What is to be said, and what is to be done about it; empty: nothing.
    pub fn text_and_advice(&self) -> (String, String) {
        let said = |text: &str| (text.to_owned(), String::new());
        match self {
            Self::Unreachable { server, why } => (
                format!("The DHCP server “{server}” does not answer."),
                format!("{} Nothing was changed.", as_sentence(why)),
            ),
            Self::Refused { server, text } => {
                (format!("The DHCP server “{server}” refused."), format!("Nothing was changed. It said: {text}"))
            }
            Self::Unfit { server, text } => (
                format!("It does not fit what “{server}” runs."),
                format!("Nothing was sent there: {text}"),
            ),
            Self::Unsupported { server, fix } => {
                (format!("The DHCP server “{server}” cannot do this."), as_sentence(fix))
            }
            Self::NoAnswer { server, what } => (
                format!("The DHCP server “{server}” did not confirm the change."),
                format!("{} Check whether the change was made before you try again.", as_sentence(what)),
            ),
            Self::NotSaved { server, text } => (
                format!("The change works, but “{server}” could not save it."),
                format!(
                    "A restart of the server would lose it. It said: {text}. Fix that, then save again."
                ),
            ),
            Self::NotServing { server, text } => (
                format!("The DHCP server “{server}” serves no clients."),
                format!(
                    "{} Restart it now. If it does not start, Kea’s log says what stands in the way.",
                    as_sentence(text)
                ),
            ),
            Self::Store => (
                "Nestor’s own database does not work; nothing was changed.".to_owned(),
                "Check that its disk has space and its data folder is in place, or that PostgreSQL runs. Nestor’s log says \
                 what failed."
                    .to_owned(),
            ),
            Self::Internal => (
                "Something went wrong inside Nestor.".to_owned(),
                "Try again; if it stays, look for the request id in Nestor’s log.".to_owned(),
            ),
            Self::Waits { server } => (
                format!("Waiting for “{server}”, which does not answer."),
                "Applied as soon as it does.".to_owned(),
            ),
            Self::NoSuchSubnet { waited: false } => said("It does not have that subnet."),
            Self::NoSuchSubnet { waited: true } => {
                said("The server does not have that subnet: nothing to do.")
            }
            Self::OfOneServer => said("Not changed: this is of the other server alone."),
            Self::NeverHad => said("Not changed: it never had what is taken back."),
            Self::WasSo { waited: false } => said("Already in place."),
            Self::WasSo { waited: true } => said("Already in place when the server came back."),
            Self::MadeLater => said("Applied when the server came back."),
            Self::LaterChange => said("Superseded by a later change."),
            Self::ProgramEnded => said("Nestor stopped while this was being applied."),
            Self::EndNotRecorded => said("The outcome could not be recorded."),
            Self::FoundMade => said("No answer came; a check found the change on the server."),
            Self::NotMade => said("Not applied: nothing has changed."),
            Self::Overtaken => said("Changed elsewhere since; the newer version stays."),
            Self::PutBack => said("Interrupted halfway; the previous version was restored."),
            Self::Gone => said("It is gone, and its previous version is not known."),
            Self::Lost => said("Lost: the server was restarted before it was saved."),
            Self::SavedLater => said("Saved later."),
            Self::ReloadNotSeen => {
                said("Whether the file was loaded is not known; the history of the server says what it runs.")
            }
            Self::GivenUp { by } => said(&format!("Given up by {by}.")),
            Self::NotTakenBack { why } => (
                "Not confirmed in time, and it could not be taken back: it stays for now.".to_owned(),
                format!("{} Keep it, or take it back once that is mended.", as_sentence(why)),
            ),
            Self::Confirmed { by } => said(&format!("Confirmed by {by}: it stays.")),
            Self::Kept { by } => said(&format!("Not confirmed in time; {by} decided to keep it.")),
            Self::Verbatim { text } => said(text),
        }
    }

    /// One of each code whose sentence has this text in what is always the same of it, in whatever capitals.
    pub fn that_say(text: &str) -> Vec<Self> {
        let text = text.to_lowercase();
        let says = |reason: &Self| reason.sentence().to_lowercase().replace(NOBODY, "\n").contains(&text);
        Self::one_of_each().into_iter().filter(says).collect()
    }

    fn one_of_each() -> Vec<Self> {
        let Ok(server) = NOBODY.parse::<ServerName>() else { return Vec::new() };
        let text = || NOBODY.to_owned();
        vec![
            Self::Unreachable { server: server.clone(), why: text() },
            Self::Refused { server: server.clone(), text: text() },
            Self::Unfit { server: server.clone(), text: text() },
            Self::Unsupported { server: server.clone(), fix: text() },
            Self::NoAnswer { server: server.clone(), what: text() },
            Self::NotSaved { server: server.clone(), text: text() },
            Self::NotServing { server: server.clone(), text: text() },
            Self::Store,
            Self::Internal,
            Self::Waits { server },
            Self::NoSuchSubnet { waited: false },
            Self::NoSuchSubnet { waited: true },
            Self::OfOneServer,
            Self::NeverHad,
            Self::WasSo { waited: false },
            Self::WasSo { waited: true },
            Self::MadeLater,
            Self::LaterChange,
            Self::ProgramEnded,
            Self::EndNotRecorded,
            Self::FoundMade,
            Self::NotMade,
            Self::Overtaken,
            Self::PutBack,
            Self::Gone,
            Self::Lost,
            Self::SavedLater,
            Self::ReloadNotSeen,
            Self::GivenUp { by: text() },
            Self::NotTakenBack { why: text() },
            Self::Confirmed { by: text() },
            Self::Kept { by: text() },
        ]
    }

    /// All of it, in one line.
    pub fn sentence(&self) -> String {
        let (text, advice) = self.text_and_advice();
        format!("{text} {advice}").trim().to_owned()
    }
}

/// The text as a sentence: a capital at its start, a full stop at its end.
pub fn as_sentence(text: &str) -> String {
    let mut chars = text.chars();
    let capital: String = chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default();
    if capital.ends_with(['.', '!', '?']) || capital.is_empty() { capital } else { capital + "." }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_a_code_with_data() {
        let refused = Reason::Refused { server: "kea1".parse().unwrap(), text: "no room".to_owned() };
        let json = serde_json::to_string(&refused).unwrap();
        assert_eq!(json, r#"{"code":"refused","server":"kea1","text":"no room"}"#);
        assert_eq!(serde_json::from_str::<Reason>(&json).unwrap(), refused);
        assert_eq!(serde_json::to_string(&Reason::FoundMade).unwrap(), r#"{"code":"found-made"}"#);
        assert_eq!(refused.sentence(), "The DHCP server “kea1” refused. Nothing was changed. It said: no room");
        assert_eq!(Reason::Verbatim { text: "As it was told.".to_owned() }.sentence(), "As it was told.");
    }

    #[test]
    fn reasons_are_found_by_what_they_say() {
        let server: ServerName = "kea1".parse().unwrap();
        let code = |reason: &Reason| {
            let json = serde_json::to_string(reason).unwrap();
            json.split(['}', ',']).next().unwrap().to_owned()
        };
        let saying = |text: &str| Reason::that_say(text).iter().map(code).collect::<Vec<_>>();
        assert_eq!(saying("could NOT save it"), [r#"{"code":"not-saved""#]);
        assert_eq!(saying("came back"), [r#"{"code":"was-so""#, r#"{"code":"made-later""#]);
        assert_eq!(saying("nobody-and"), [""; 0]);
        let not_saved = Reason::NotSaved { server, text: "no room".to_owned() };
        assert_eq!(code(&not_saved), saying("could not save")[0]);
        let mut codes: Vec<_> = Reason::one_of_each().iter().map(code).collect();
        codes.dedup();
        assert_eq!(codes.len(), 30, "all but what was said once");
        assert!(Reason::one_of_each().iter().all(|reason| !reason.sentence().is_empty()));
    }

    #[test]
    fn what_was_seen_becomes_a_sentence() {
        assert_eq!([as_sentence("no route"), as_sentence("Why?"), as_sentence("")], ["No route.", "Why?", ""]);
    }
}
