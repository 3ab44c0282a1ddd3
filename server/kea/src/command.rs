//! What makes a type a command: its name, what it answers, and whether it changes anything.

use serde::Serialize;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, IgnoredAny};

/// A command of Kea's API. The value's own serialisation is the `arguments` object; `null` or `{}` means none are sent.
pub trait Command: Serialize + Sync {
    /// The name as Kea spells it, such as `lease4-get`.
    const NAME: &'static str;
    /// Whether it changes anything. A lost answer to such a command is [`Ambiguous`].
    ///
    /// [`Ambiguous`]: crate::ErrorKind::Ambiguous
    const MUTATES: bool = false;
    /// Whether it is sent again where its connection broke before it was answered: done twice, it has done the same as
    /// once, and answers the same. So it is with all that only reads. Of what changes something that is to be said of each,
    /// and is true of few: what is added or deleted a second time is refused, what is loaded a second time stops the service
    /// twice.
    const REPEATABLE: bool = !Self::MUTATES;
    /// Which of the endpoint's [`Limits`](crate::Limits) is its deadline.
    const DEADLINE: DeadlineClass = DeadlineClass::Read;
    /// Whether the texts in it and in its answer are Kea’s octets, a character up to U+00FF for each, and no UTF-8.
    const OCTETS: bool = false;

    /// What Kea puts into the answer's `arguments` on success.
    type Answer: DeserializeOwned + Into<Self::Reply>;
    /// What the caller gets.
    type Reply;

    /// The name that is sent, for the types that stand for several commands.
    fn name(&self) -> &'static str {
        Self::NAME
    }

    /// The reply of a success. `text`: what Kea says of it.
    fn reply(answer: Self::Answer, text: String) -> Self::Reply {
        drop(text);
        answer.into()
    }

    /// The reply when there is nothing (result 3), for the commands where that is an ordinary outcome.
    fn empty() -> Option<Self::Reply> {
        None
    }
}

/// Classes of deadlines; the times are in [`Limits`](crate::Limits).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadlineClass {
    /// A look-up.
    Read,
    /// A change.
    Write,
    /// A check of a whole configuration.
    Test,
}

/// The answer of a command that only says that it was done; whatever else Kea adds is not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done;

impl<'de> Deserialize<'de> for Done {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

/// What Kea says of a success, as “Configuration successful.”; often nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said(pub String);

impl From<Done> for Said {
    fn from(_: Done) -> Self {
        Self::default()
    }
}

impl From<Done> for () {
    fn from(_: Done) {}
}
