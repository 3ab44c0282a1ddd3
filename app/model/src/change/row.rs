//! A change in JSON: what is of a reservation has the names that it had when there was nothing else.

use serde::{Deserialize, Serialize};

use super::{Change, ChangeState, Verb};
use crate::{ConfigurationChange, Content, Element, Labels, Reason, Reservation, ReservationKey, Subject, Timestamp};

#[derive(Serialize, Deserialize)]
pub(super) struct Row {
    number: i64,
    at: Timestamp,
    actor: String,
    verb: Verb,
    key: Option<ReservationKey>,
    before: Option<Reservation>,
    after: Option<Reservation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    element: Option<Element>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    labels_before: Option<Labels>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    labels_after: Option<Labels>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    configuration_before: Option<ConfigurationChange>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    configuration_after: Option<ConfigurationChange>,
    state: ChangeState,
    #[serde(default, skip_deserializing)]
    reason: Option<Reason>,
    detail: String,
    batch: Option<String>,
    undoes: Option<i64>,
    undone_by: Option<i64>,
    repeats: Option<i64>,
    #[serde(default)]
    alone: bool,
}

impl From<Change> for Row {
    fn from(change: Change) -> Self {
        let (key, element) = match change.subject {
            Subject::Reservation(key) => (Some(key), None),
            Subject::Config(element) => (None, Some(element)),
        };
        let Parts { reservation: before, labels: labels_before, configuration: configuration_before } =
            Parts::of(change.before);
        let Parts { reservation: after, labels: labels_after, configuration: configuration_after } =
            Parts::of(change.after);
        Self {
            number: change.number,
            at: change.at,
            actor: change.actor,
            verb: change.verb,
            key,
            before,
            after,
            element,
            labels_before,
            labels_after,
            configuration_before,
            configuration_after,
            state: change.state,
            reason: change.reason,
            detail: change.detail,
            batch: change.batch,
            undoes: change.undoes,
            undone_by: change.undone_by,
            repeats: change.repeats,
            alone: change.single_server,
        }
    }
}

impl TryFrom<Row> for Change {
    type Error = &'static str;

    fn try_from(row: Row) -> Result<Self, Self::Error> {
        let subject = row.key.map(Subject::Reservation).or(row.element.map(Subject::Config));
        let subject = subject.ok_or("a change is of a key or of an element")?;
        let held = |parts: Parts| {
            let subnet = || subject.subnet().clone();
            let labels = parts.labels.map(|labels| Content::Labels { subnet: subnet(), labels });
            let configuration = parts.configuration.map(|change| Content::Configuration { subnet: subnet(), change });
            parts.reservation.map(Content::from).or(labels).or(configuration)
        };
        let before =
            Parts { reservation: row.before, labels: row.labels_before, configuration: row.configuration_before };
        let after = Parts { reservation: row.after, labels: row.labels_after, configuration: row.configuration_after };
        Ok(Self {
            number: row.number,
            at: row.at,
            actor: row.actor,
            verb: row.verb,
            before: held(before),
            after: held(after),
            subject,
            state: row.state,
            reason: row.reason,
            detail: row.detail,
            batch: row.batch,
            undoes: row.undoes,
            undone_by: row.undone_by,
            repeats: row.repeats,
            single_server: row.alone,
        })
    }
}

/// What is held, by its kind: one of them at most.
#[derive(Default)]
struct Parts {
    reservation: Option<Reservation>,
    labels: Option<Labels>,
    configuration: Option<ConfigurationChange>,
}

impl Parts {
    fn of(held: Option<Content>) -> Self {
        match held {
            Some(Content::Reservation(reservation)) => Self { reservation: Some(*reservation), ..Self::default() },
            Some(Content::Labels { labels, .. }) => Self { labels: Some(labels), ..Self::default() },
            Some(Content::Configuration { change, .. }) => Self { configuration: Some(change), ..Self::default() },
            None => Self::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(subject: Subject, before: Option<Content>, after: Option<Content>) -> Change {
        Change { number: 7, state: ChangeState::Done, ..Change::begun(Timestamp(9), "alice", subject, before, after) }
    }

    #[test]
    fn every_subject_goes_there_and_back() {
        let subnet: crate::SubnetKey = "kea1/3".parse().unwrap();
        let element = Subject::Config(Element::Subnet(subnet.clone()));
        let labels = |name: &str| Labels { name: Some(name.to_owned()), comment: None };
        let held = |name: &str| Some(Content::Labels { subnet: subnet.clone(), labels: labels(name) });
        let named = change(element, held("old"), held("new"));
        let json = serde_json::to_value(&named).unwrap();
        assert_eq!(json["element"]["subnet"]["id"], 3);
        assert_eq!((json["labels_after"]["name"].as_str(), json["key"].is_null()), (Some("new"), true));
        assert_eq!(serde_json::from_value::<Change>(json).unwrap(), named);

        let element = Subject::Config(Element::Configuration(subnet.clone()));
        let words = ConfigurationChange::new(vec!["renew-timer from 1 to 2".to_owned()], "why".to_owned(), None);
        let configured = change(element, None, Some(Content::Configuration { subnet: subnet.clone(), change: words }));
        let json = serde_json::to_value(&configured).unwrap();
        assert_eq!(json["configuration_after"]["words"][0], "renew-timer from 1 to 2");
        assert_eq!(serde_json::from_value::<Change>(json).unwrap(), configured);

        let identifier = "02:00:5e:10:00:01".parse().map(crate::Identifier::HwAddress).unwrap();
        let key = ReservationKey { subnet: subnet.clone(), identifier };
        let new = crate::NewReservation::of(subnet, key.identifier.clone());
        let reservation = new.over(None, crate::Storage::Configuration);
        let reserved = change(Subject::Reservation(key), None, Some(reservation.into()));
        let json = serde_json::to_value(&reserved).unwrap();
        assert!(json.get("element").is_none() && json["before"].is_null(), "as it was when there was nothing else");
        assert_eq!((&json["key"]["subnet"]["server"], &json["after"]["subnet"]["id"]), (&"kea1".into(), &3.into()));
        assert_eq!(serde_json::from_value::<Change>(json).unwrap(), reserved);
    }
}
