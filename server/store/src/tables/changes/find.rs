//! Which changes are shown.

use model::{Change, ChangeFilter, ChangeQuery, ChangeState, Reason, ReservationKey, Subject, SubnetKey, Verb};
use services::ports::{BatchCount, StoreError};
use sqlx::QueryBuilder;

use super::row::{SEEN, Seen, named};
use super::{Base, Db, POSITION};
use crate::error::{damaged_row, store_error};
use crate::text::{keepable, subnet_of};

/// Those that need attention.
const UNSETTLED: &str = "c.state IN ('open', 'pending', 'not-saved', 'unknown')";

/// All that is searched for a text, a line each.
const SEARCHED: &str = "concat_ws('\n', c.actor, c.identifier, c.old_identifier, c.old_address, c.new_address, \
                        c.old_host_name, c.new_host_name, CASE c.subject WHEN 'config' THEN concat_ws('\n', c.before, \
                        c.after) END)";

/// Whether a change is of no batch, or stands for its batch. What repeats another on a partner stands for none.
const NEWEST_OF_BATCH: &str = " AND (c.batch IS NULL OR (c.repeats IS NULL AND NOT EXISTS (SELECT 1 FROM changes AS n
     WHERE n.batch = c.batch AND n.number > c.number AND n.repeats IS NULL)))";

row! {
    /// Changes of one batch that are alike.
    struct Alike {
        batch: String,
        verb: String,
        state: String,
        server: String,
        subnet_id: i64,
        repeats: i64,
        undoes: i64,
        count: i64,
    }
}

impl Alike {
    fn count(self) -> Option<BatchCount> {
        Some(BatchCount {
            verb: Verb::from_code(&self.verb)?,
            state: ChangeState::from_code(&self.state)?,
            subnet: subnet_of(&self.server, self.subnet_id)?,
            repeats: self.repeats != 0,
            undoes: self.undoes != 0,
            count: u32::try_from(self.count).ok()?,
            batch: self.batch,
        })
    }
}

impl Base {
    pub(super) async fn select_batch_counts(&self, batches: &[String]) -> Result<Vec<BatchCount>, StoreError> {
        if batches.is_empty() {
            return Ok(Vec::new());
        }
        let mut select = QueryBuilder::<Db>::new(
            "SELECT batch, verb, state, server, subnet_id,
             CAST(CASE WHEN repeats IS NULL THEN 0 ELSE 1 END AS BIGINT) AS repeats,
             CAST(CASE WHEN undoes IS NULL THEN 0 ELSE 1 END AS BIGINT) AS undoes, count(*) AS count
             FROM changes WHERE batch IN (",
        );
        let mut wanted = select.separated(", ");
        for batch in batches {
            wanted.push_bind(keepable(batch));
        }
        select.push(") GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7");
        let rows: Result<Vec<Alike>, _> = select.build_query_as().fetch_all(self.readers()).await;
        let counts = rows.map_err(store_error)?.into_iter().map(Alike::count).collect::<Option<_>>();
        counts.ok_or_else(|| damaged_row("the changes", "of a batch"))
    }

    pub(super) async fn select_changes(&self, query: &ChangeQuery, most: usize) -> Result<Vec<Change>, StoreError> {
        let mut select = QueryBuilder::<Db>::new("");
        if let Some(reservation) = &query.reservation {
            push_names(&mut select, reservation);
        }
        select.push(format_args!("SELECT {SEEN} FROM changes AS c WHERE "));
        select.push(match query.filter {
            ChangeFilter::All => "true",
            ChangeFilter::Unsettled => UNSETTLED,
            ChangeFilter::Config => "c.subject = 'config'",
        });
        if let Some(server) = &query.server {
            select.push(" AND c.server = ").push_bind(server.as_str());
        }
        push_part(&mut select, query);
        if let Some(reservation) = &query.reservation {
            push_reservation(&mut select, reservation);
        }
        if let Some(element) = &query.element {
            push_subnet(&mut select, "c", element.subnet());
            let [subject, kind, name] = named(&Subject::Config(element.clone()));
            select.push(" AND c.subject = ").push_bind(subject).push(" AND c.identifier_kind = ").push_bind(kind);
            select.push(" AND c.identifier = ").push_bind(name);
        }
        if let Some(batch) = &query.batch {
            select.push(" AND c.batch = ").push_bind(keepable(batch));
        }
        if let Some(before) = query.before {
            select.push(" AND c.number < ").push_bind(before);
        }
        if let Some(actor) = &query.actor {
            select.push(" AND c.actor = ").push_bind(keepable(actor));
        }
        if let Some(since) = query.since {
            select.push(" AND c.at >= ").push_bind(since.0);
        }
        if let Some(until) = query.until {
            select.push(" AND c.at < ").push_bind(until.0);
        }
        if query.batches_as_one {
            select.push(NEWEST_OF_BATCH);
        }
        if !query.text.is_empty() {
            push_text(&mut select, &query.text)?;
        }
        select.push(" ORDER BY c.number DESC LIMIT ").push_bind(i64::try_from(most).unwrap_or(i64::MAX));
        let rows: Result<Vec<Seen>, _> = select.build_query_as().fetch_all(self.readers()).await;
        rows.map_err(store_error)?.into_iter().map(Seen::change).collect()
    }
}

/// What mentions the text, in itself or in what is said about how it stands.
fn push_text(select: &mut QueryBuilder<Db>, text: &str) -> Result<(), StoreError> {
    select.push(format_args!(" AND ({POSITION}(lower({SEARCHED}), lower("));
    select.push_bind(keepable(text).into_owned()).push(")) > 0");
    let unwritable = |_| damaged_row("the text", "that is searched for");
    // What belongs to a reason, as it is spelled in JSON; then the sentences of codes.
    let spelled = serde_json::to_string(text).map_err(unwritable)?;
    let spelled = spelled.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default().to_owned();
    select.push(format_args!(" OR {POSITION}(lower(c.reason), lower(")).push_bind(spelled).push(")) > 0");
    for reason in Reason::that_say(text) {
        let json = serde_json::to_string(&reason).map_err(unwritable)?;
        let code = json.split([',', '}']).next().unwrap_or_default().to_owned();
        select.push(format_args!(" OR {POSITION}(c.reason, ")).push_bind(code).push(") = 1");
    }
    select.push(")");
    Ok(())
}

/// Under which identifiers the reservation was known, each until it was given the next one: the present one without
/// end, and every one that a change took away from it.
fn push_names(select: &mut QueryBuilder<Db>, reservation: &ReservationKey) {
    select.push("WITH RECURSIVE names (kind, value, until) AS (SELECT ");
    select.push_bind(reservation.identifier.kind().code()).push(", ");
    select.push_bind(reservation.identifier.to_string()).push(", ").push_bind(i64::MAX);
    select.push(
        " UNION SELECT r.old_identifier_kind, r.old_identifier, r.number FROM changes AS r
         JOIN names ON r.identifier_kind = names.kind AND r.identifier = names.value AND r.number < names.until
         WHERE r.old_identifier IS NOT NULL AND r.state <> 'refused'",
    );
    push_subnet(select, "r", &reservation.subnet);
    select.push(") ");
}

/// What was done under one of these names, and what took the name away.
fn push_reservation(select: &mut QueryBuilder<Db>, reservation: &ReservationKey) {
    push_subnet(select, "c", &reservation.subnet);
    select.push(
        " AND EXISTS (SELECT 1 FROM names WHERE c.number <= names.until
         AND ((c.identifier_kind = names.kind AND c.identifier = names.value)
         OR (c.old_identifier_kind = names.kind AND c.old_identifier = names.value)))",
    );
}

/// What is of a subnet, also among what is of several of them, or of another part of a configuration.
fn push_part(select: &mut QueryBuilder<Db>, query: &ChangeQuery) {
    let Some(subnet) = query.subnet.as_ref().filter(|_| query.at.is_none()) else {
        if query.at.is_some() {
            select.push(" AND ");
            push_touching(select, &query.touching);
        }
        return;
    };
    if query.touching.is_empty() {
        return push_subnet(select, "c", subnet);
    }
    select.push(" AND c.server = ").push_bind(subnet.server.as_str().to_owned());
    select.push(" AND (c.subnet_id = ").push_bind(i64::from(subnet.id)).push(" OR (c.subnet_id = 0 AND ");
    push_touching(select, &query.touching);
    select.push("))");
}

/// Changes of a configuration whose edits, forward or back, have one of these texts in them.
fn push_touching(select: &mut QueryBuilder<Db>, texts: &[String]) {
    select.push("(c.subject = 'config' AND (false");
    for text in texts {
        select.push(format_args!(" OR {POSITION}(concat_ws('\n', c.now, c.was), "));
        select.push_bind(keepable(text).into_owned()).push(") > 0");
    }
    select.push("))");
}

fn push_subnet(select: &mut QueryBuilder<Db>, table: &str, subnet: &SubnetKey) {
    select.push(format_args!(" AND {table}.server = ")).push_bind(subnet.server.as_str());
    select.push(format_args!(" AND {table}.subnet_id = ")).push_bind(i64::from(subnet.id));
}
