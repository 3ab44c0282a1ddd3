//! Whether a server answers, from what was seen of it: decided in one place, without asking. Pure; callers bring the time.

use std::time::{Duration, Instant};

/// A question that is open for longer than this makes pages go on without the server.
const QUIET_AFTER: Duration = Duration::from_millis(800);

/// How long after its last answer a server is asked whether it is there.
const HEARTBEAT: Duration = Duration::from_secs(2);

/// The first pause between two tries at a silent server; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The pause before a try where a question has failed.
const IN_DOUBT: Duration = Duration::from_millis(300);

/// How long after a try another one may begin beside it.
const ANOTHER_AFTER: Duration = Duration::from_millis(200);

/// How a server stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It answers.
    Answering,
    /// It answered last, and has left a question open for a while.
    Quiet,
    /// It refuses our credentials since then.
    Refusing(Instant),
    /// It does not answer since then.
    Silent(Instant),
}

/// What a question may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    /// Go, with its own deadline.
    Go,
    /// Go, but the server was not there a moment ago: an absent one refuses at once.
    Briefly,
    /// Go only if the next try, which it causes, finds it within a moment: else it would wait for nothing.
    AfterTry,
}

/// How a try at a server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Try {
    /// It answered, whatever it said.
    Answered,
    /// It refused our credentials.
    Refused,
    /// Nothing is there, or something that is not Kea.
    Absent,
    /// No answer came.
    Nothing,
}

/// What was seen of a server.
#[derive(Debug, Default)]
pub(crate) struct Contact {
    /// The last answer.
    heard: Option<Instant>,
    /// Since when a question is open that nothing was answered since.
    open_since: Option<Instant>,
    /// How many questions are open.
    open: usize,
    /// How many of them make Kea work for a long time, as changes do.
    long: usize,
    trouble: Option<Trouble>,
    /// When the last try ended.
    last_try: Option<Instant>,
    /// Whether a request came since the last try.
    wanted: bool,
}

/// A server that does not serve us.
#[derive(Debug)]
struct Trouble {
    since: Instant,
    refuses: bool,
    /// Whether it says so itself, or its machine does: then callers do not wait.
    at_once: bool,
    tries: u32,
}

impl Contact {
    /// How it stands.
    pub(crate) fn state(&self, now: Instant) -> State {
        match &self.trouble {
            Some(trouble) if trouble.refuses => State::Refusing(trouble.since),
            Some(trouble) => State::Silent(trouble.since),
            None if self.quiet_at().is_some_and(|at| at <= now) => State::Quiet,
            None => State::Answering,
        }
    }

    /// Whether it does not answer, and neither it nor its machine says no.
    pub(crate) fn is_mute(&self) -> bool {
        self.trouble.as_ref().is_some_and(|trouble| !trouble.at_once)
    }

    /// When it becomes quiet, if nothing comes until then. None: nothing is open.
    pub(crate) fn quiet_at(&self) -> Option<Instant> {
        self.open_since.map(|since| since + QUIET_AFTER)
    }

    /// Whether a question may go. One that may not is a reason to try again soon.
    pub(crate) fn admit(&mut self) -> Admission {
        let Some(trouble) = self.trouble.as_ref().filter(|trouble| !trouble.refuses) else { return Admission::Go };
        let admission = if trouble.at_once { Admission::Briefly } else { Admission::AfterTry };
        self.want();
        admission
    }

    /// A caller would like it to be back.
    pub(crate) fn want(&mut self) {
        self.wanted |= self.trouble.is_some();
    }

    /// A question failed: perhaps it is gone.
    pub(crate) fn doubt(&mut self) {
        self.wanted = true;
    }

    /// A question is on its way. `long`: it may keep the server busy.
    pub(crate) fn asked(&mut self, now: Instant, long: bool) {
        self.open += 1;
        self.long += usize::from(long);
        self.open_since.get_or_insert(now);
    }

    /// A question is over. `answered`: by an answer, whatever it said. One that was given up early proves nothing.
    pub(crate) fn over(&mut self, now: Instant, long: bool, answered: bool) {
        self.open = self.open.saturating_sub(1);
        self.long = self.long.saturating_sub(usize::from(long));
        if answered {
            self.heard = Some(now);
            self.open_since = (self.open > 0).then_some(now);
            self.trouble = None;
        } else if self.open == 0 && self.quiet_at().is_some_and(|at| at > now) {
            self.open_since = None;
        }
    }

    /// A try begins.
    pub(crate) fn trying(&mut self) {
        self.wanted = false;
    }

    /// A try that began then is over.
    pub(crate) fn tried(&mut self, began: Instant, now: Instant, outcome: Try) {
        self.last_try = Some(now);
        let excused = self.heard.is_some_and(|heard| heard >= began) || self.long > 0;
        match outcome {
            Try::Answered => self.trouble = None,
            // Others were answered meanwhile, or it is at work on a change of ours.
            Try::Nothing if excused && self.trouble.is_none() => {}
            Try::Refused => self.trouble_since(now, true, true),
            Try::Absent => self.trouble_since(now, false, true),
            Try::Nothing => self.trouble_since(now, false, false),
        }
    }

    fn trouble_since(&mut self, now: Instant, refuses: bool, at_once: bool) {
        let trouble = match self.trouble.take() {
            Some(known) if known.refuses == refuses => Trouble { at_once, tries: known.tries + 1, ..known },
            _ => Trouble { since: now, refuses, at_once, tries: 1 },
        };
        self.trouble = Some(trouble);
    }

    /// When it is to be tried next.
    pub(crate) fn next_try(&self, now: Instant) -> Instant {
        match (&self.trouble, self.last_try) {
            (None, Some(last)) if self.wanted => last + IN_DOUBT,
            (None, last) => self.heard.max(last).map_or(now, |last| last + HEARTBEAT),
            (Some(trouble), Some(last)) => {
                let pause = FIRST_PAUSE * 2u32.saturating_pow(trouble.tries.saturating_sub(1).min(16));
                last + if self.wanted { FIRST_PAUSE } else { pause.min(LONGEST_PAUSE) }
            }
            (Some(_), None) => now,
        }
    }

    /// Whether another try beside one that began then may find it, as a caller wants to know: the server may have come
    /// back meanwhile, and the try still waits for what it was.
    pub(crate) fn may_be_back(&self, began: Instant, now: Instant) -> bool {
        self.trouble.is_some() && self.wanted && now - began >= ANOTHER_AFTER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// A server that answered a moment ago, and now.
    fn answering() -> (Contact, Instant) {
        let now = Instant::now();
        let mut contact = Contact::default();
        contact.asked(now, false);
        contact.over(now, false, true);
        (contact, now)
    }

    /// One that was tried for five seconds.
    fn silent() -> (Contact, Instant) {
        let (mut contact, now) = answering();
        contact.tried(now + SECOND, now + 6 * SECOND, Try::Nothing);
        (contact, now + 6 * SECOND)
    }

    #[test]
    fn an_open_question_makes_it_quiet_and_an_answer_ends_that() {
        let (mut contact, now) = answering();
        contact.asked(now, false);
        assert_eq!(contact.state(now), State::Answering);
        assert_eq!(contact.state(now + SECOND), State::Quiet);
        contact.asked(now + SECOND, false);
        contact.over(now + SECOND, false, true);
        assert_eq!(contact.state(now + SECOND), State::Answering, "it answers, one after the other");
        assert_eq!(contact.state(now + 2 * SECOND), State::Quiet, "and still has one open");
    }

    #[test]
    fn what_is_given_up_late_leaves_it_quiet_and_early_does_not() {
        let (mut contact, now) = answering();
        contact.asked(now, false);
        contact.over(now + SECOND / 10, false, false);
        assert_eq!(contact.state(now + 5 * SECOND), State::Answering);
        contact.asked(now, false);
        contact.over(now + SECOND, false, false);
        assert_eq!(contact.state(now + SECOND), State::Quiet, "the next caller does not wait again");
    }

    #[test]
    fn only_a_try_that_nothing_excuses_makes_it_silent() {
        let (mut contact, now) = answering();
        contact.asked(now, false);
        contact.over(now + 2 * SECOND, false, true);
        contact.tried(now + SECOND, now + 6 * SECOND, Try::Nothing);
        assert_eq!(contact.state(now + 2 * SECOND), State::Answering, "others were answered");
        contact.asked(now + 6 * SECOND, true);
        contact.tried(now + 6 * SECOND, now + 11 * SECOND, Try::Nothing);
        assert_eq!(contact.state(now + 11 * SECOND), State::Quiet, "it is at work on a change of ours");
        contact.over(now + 12 * SECOND, true, false);
        contact.tried(now + 12 * SECOND, now + 17 * SECOND, Try::Nothing);
        assert_eq!(contact.state(now + 17 * SECOND), State::Silent(now + 17 * SECOND));
    }

    #[test]
    fn no_caller_waits_for_a_silent_server() {
        let (mut contact, now) = silent();
        assert_eq!((contact.admit(), contact.is_mute()), (Admission::AfterTry, true));
        contact.tried(now + SECOND, now + SECOND, Try::Absent);
        assert!(!contact.is_mute());
        assert_eq!(contact.state(now), State::Silent(now), "since when it first was");
        assert_eq!(contact.admit(), Admission::Briefly, "nothing listens: that is known at once");
        contact.tried(now + 2 * SECOND, now + 2 * SECOND, Try::Answered);
        assert_eq!((contact.admit(), contact.state(now)), (Admission::Go, State::Answering));
    }

    #[test]
    fn any_answer_ends_silence() {
        let (mut contact, now) = silent();
        contact.asked(now, true);
        contact.over(now, true, true);
        assert_eq!(contact.state(now), State::Answering);
    }

    #[test]
    fn pauses_grow_unless_a_caller_wants_to_know() {
        let (mut contact, mut now) = silent();
        let mut pauses = Vec::new();
        for _ in 0..7 {
            let next = contact.next_try(now);
            pauses.push((next - now).as_secs());
            now = next;
            contact.trying();
            contact.tried(now, now, Try::Absent);
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);
        contact.want();
        assert_eq!(contact.next_try(now), now + SECOND);
        assert!(contact.may_be_back(now, now + SECOND) && !contact.may_be_back(now, now));
    }

    #[test]
    fn one_that_answers_is_asked_two_seconds_after_it_was_heard() {
        let (mut contact, now) = answering();
        assert_eq!(contact.next_try(now), now + 2 * SECOND);
        contact.asked(now + SECOND, false);
        contact.over(now + SECOND, false, true);
        assert_eq!(contact.next_try(now), now + 3 * SECOND);
        assert_eq!(Contact::default().next_try(now), now, "at once, when nothing is known");
    }

    #[test]
    fn refused_credentials_are_no_silence() {
        let (mut contact, now) = answering();
        contact.tried(now, now, Try::Refused);
        assert_eq!((contact.state(now), contact.admit()), (State::Refusing(now), Admission::Go));
        contact.tried(now + SECOND, now + SECOND, Try::Absent);
        assert_eq!(contact.state(now), State::Silent(now + SECOND));
    }
}
