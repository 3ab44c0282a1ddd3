//! A change as a row.

use std::borrow::Cow;

use changes::Verbatim;
use model::{
    Change, ChangeState, Content, Element, Identifier, IdentifierKind, Reservation, ReservationKey, Subject, Timestamp,
    Verb,
};
use serde::de::DeserializeOwned;
use services::ports::{ChangeRecord, StoreError};
use sqlx::{Database, FromRow};

use super::Db;
use crate::error::damaged_row;
use crate::text::{keepable, subnet_of};

/// What people see of the change `c`.
pub(super) const SEEN: &str = "c.number, c.at, c.actor, c.verb, c.subject, c.server, c.subnet_id, c.identifier_kind, \
    c.identifier, c.before, c.after, c.state, c.reason, c.batch, c.undoes, c.repeats, c.alone, \
    (SELECT max(u.number) FROM changes AS u WHERE u.undoes = c.number AND u.state NOT IN ('open', 'refused')) \
    AS undone_by";

/// What the rest of its record is made of.
pub(super) const REST: &str = "c.was, c.now, c.wanted, c.request, c.owner, c.confirm_until";

row! {
    /// What people see of a change.
    pub(super) struct Seen {
        number: i64,
        at: i64,
        actor: String,
        verb: String,
        subject: String,
        server: String,
        subnet_id: i64,
        identifier_kind: String,
        identifier: String,
        before: Option<String>,
        after: Option<String>,
        state: String,
        reason: Option<String>,
        batch: Option<String>,
        undoes: Option<i64>,
        undone_by: Option<i64>,
        repeats: Option<i64>,
        alone: bool,
    }
}

row! {
    /// What the rest of its record is made of.
    struct Rest {
        was: Option<String>,
        now: Option<String>,
        wanted: Option<String>,
        request: Option<String>,
        owner: String,
        confirm_until: Option<i64>,
    }
}

/// The whole of a change.
pub(super) struct Record {
    seen: Seen,
    rest: Rest,
}

impl FromRow<'_, <Db as Database>::Row> for Record {
    fn from_row(row: &<Db as Database>::Row) -> sqlx::Result<Self> {
        Ok(Self { seen: Seen::from_row(row)?, rest: Rest::from_row(row)? })
    }
}

impl Seen {
    pub(super) fn change(self) -> Result<Change, StoreError> {
        let number = self.number;
        let damaged = || damaged_row("change", number);
        let reason = value(self.reason.as_deref(), number)?;
        let subnet = subnet_of(&self.server, self.subnet_id).ok_or_else(damaged)?;
        let (before, after) = (self.before.as_deref(), self.after.as_deref());
        let (subject, before, after) = match (self.subject.as_str(), self.identifier_kind.as_str()) {
            (CONFIG, SUBNET) => {
                let held =
                    |json| Ok(value(json, number)?.map(|labels| Content::Labels { subnet: subnet.clone(), labels }));
                let (before, after) = (held(before)?, held(after)?);
                (Subject::Config(Element::Subnet(subnet)), before, after)
            }
            (CONFIG, CONFIGURATION) => {
                let held = |json| {
                    Ok(value(json, number)?.map(|change| Content::Configuration { subnet: subnet.clone(), change }))
                };
                let (before, after) = (held(before)?, held(after)?);
                (Subject::Config(Element::Configuration(subnet)), before, after)
            }
            (RESERVATION, kind) => {
                let kind = IdentifierKind::from_code(kind).ok_or_else(damaged)?;
                let identifier = Identifier::parse(kind, &self.identifier).map_err(|_| damaged())?;
                let held = |json| Ok(value::<Reservation>(json, number)?.map(Content::from));
                (Subject::Reservation(ReservationKey { subnet, identifier }), held(before)?, held(after)?)
            }
            _ => return Err(damaged()),
        };
        let mut change = Change {
            number,
            at: Timestamp(self.at),
            actor: self.actor,
            verb: Verb::from_code(&self.verb).ok_or_else(damaged)?,
            subject,
            before,
            after,
            state: ChangeState::Open,
            reason: None,
            detail: String::new(),
            batch: self.batch,
            undoes: self.undoes,
            undone_by: self.undone_by,
            repeats: self.repeats,
            single_server: self.alone,
        };
        change.stands(ChangeState::from_code(&self.state).ok_or_else(damaged)?, reason);
        Ok(change)
    }
}

impl Record {
    pub(super) fn record(self) -> Result<ChangeRecord, StoreError> {
        let wanted = value(self.rest.wanted.as_deref(), self.seen.number)?;
        Ok(ChangeRecord {
            change: self.seen.change()?,
            was: self.rest.was.map(Verbatim),
            now: self.rest.now.map(Verbatim),
            wanted,
            request: self.rest.request,
            owner: self.rest.owner,
            confirm_until: self.rest.confirm_until.map(Timestamp),
        })
    }
}

fn value<T: DeserializeOwned>(json: Option<&str>, number: i64) -> Result<Option<T>, StoreError> {
    json.map(serde_json::from_str).transpose().map_err(|_| damaged_row("change", number))
}

/// The words for what a change is of.
const RESERVATION: &str = "reservation";
pub(super) const CONFIG: &str = "config";

/// The word for a subnet as an element of a configuration.
pub(super) const SUBNET: &str = "subnet";

/// The words for a subject: what it is of, and by what it is named in its subnet.
pub(super) fn named(subject: &Subject) -> [Cow<'static, str>; 3] {
    match subject {
        Subject::Reservation(key) => {
            [RESERVATION.into(), key.identifier.kind().code().into(), key.identifier.to_string().into()]
        }
        Subject::Config(Element::Subnet(subnet)) => [CONFIG.into(), SUBNET.into(), subnet.id.to_string().into()],
        Subject::Config(Element::Configuration(subnet)) => {
            [CONFIG.into(), CONFIGURATION.into(), subnet.id.to_string().into()]
        }
    }
}

/// The word for a change of parts of a configuration.
pub(super) const CONFIGURATION: &str = "configuration";

/// A subject as it is kept.
pub(super) fn json_of(held: &Content) -> serde_json::Result<String> {
    match held {
        Content::Reservation(reservation) => serde_json::to_string(reservation),
        Content::Labels { labels, .. } => serde_json::to_string(labels),
        Content::Configuration { change, .. } => serde_json::to_string(change),
    }
}

/// What of a reservation is searched; prefixes count as addresses.
pub(super) struct Searched<'a> {
    pub(super) address: Option<String>,
    pub(super) host_name: Option<Cow<'a, str>>,
}

impl<'a> Searched<'a> {
    pub(super) fn of(reservation: Option<&'a Reservation>) -> Self {
        let address = reservation.map(Reservation::what).filter(|what| !what.is_empty());
        let host_name = reservation.and_then(|reservation| reservation.host_name.as_deref());
        Self { address, host_name: host_name.map(keepable) }
    }
}
