//! What is wrong with a server, what that means, and how it is mended: for `nestor check` and the pages. What decides is pure
//! and stands in `check/lines.rs`.

mod lines;

use std::collections::HashSet;
use std::sync::PoisonError;
use std::time::Duration;

use model::{CheckArea, CheckLine, CheckSummary, Health, Permission, ServerCheck, ServerName, ServerStatus};

use super::Servers;
use crate::configurations::PairPartner;
use crate::patience::beside;
use crate::{Actor, Error, Event, Result};

use lines::{Facts, Partner};

/// What the last check of a server found.
pub(super) type Checked = (Option<CheckSummary>, HashSet<(CheckArea, String)>);

/// What makes a line the same as one of an earlier check: of clocks the sentence says how far they are apart by now.
fn sameness(line: &CheckLine) -> (CheckArea, String) {
    let text = if line.advice == lines::CLOCKS { "its clock is wrong" } else { line.text.as_str() };
    (line.area, text.to_owned())
}

impl Servers {
    /// Looks at every server, in the operator's order. Nothing is changed.
    pub async fn check_all(&self, actor: &Actor) -> Result<Vec<ServerCheck>> {
        let servers = self.list(actor).await?;
        Ok(futures::future::join_all(servers.iter().map(|status| self.inspect(status))).await)
    }

    /// Looks at one server. Nothing is changed.
    pub async fn check(&self, actor: &Actor, server: &ServerName) -> Result<ServerCheck> {
        actor.may(Permission::Look)?;
        let servers = self.list(actor).await?;
        let status = servers.iter().find(|status| status.name == *server);
        let status = status.ok_or_else(|| Error::not_found(format!("the server “{server}”")))?;
        let check = self.inspect(status).await;
        self.note_check(status, &check);
        Ok(check)
    }

    /// Looks at every server while nobody asks, has the log say what is new, and notifies open pages of it. A server that
    /// does not answer is asked nothing.
    pub async fn check_again(&self) -> Result<()> {
        for status in self.list(&Actor::System).await? {
            let check = self.inspect(&status).await;
            self.note_check(&status, &check);
        }
        Ok(())
    }

    /// How much the last check of each server found that is said nowhere else, in the operator's order.
    pub(crate) fn check_summaries(&self) -> Vec<CheckSummary> {
        let checks = self.checks.lock().unwrap_or_else(PoisonError::into_inner);
        let summaries = self.dhcp.names().into_iter().filter_map(|server| checks.get(&server)?.0.clone());
        summaries.collect()
    }

    fn note_check(&self, status: &ServerStatus, check: &ServerCheck) {
        let found: HashSet<_> = check.beyond(&status.findings).map(sameness).collect();
        let summary = check.summary(&status.findings);
        let mut checks = self.checks.lock().unwrap_or_else(PoisonError::into_inner);
        let before = checks.insert(check.server.clone(), (summary.clone(), found.clone()));
        drop(checks);
        let (last, known) = before.unwrap_or_default();
        for line in check.beyond(&status.findings).filter(|line| !known.contains(&sameness(line))) {
            tracing::warn!(server = %check.server, area = line.area.label(), "the check of the server found: {}", line.text);
        }
        for (area, text) in known.difference(&found) {
            tracing::info!(server = %check.server, area = area.label(), "the check of the server does not find any more: {text}");
        }
        if last != summary {
            self.gate.events.publish(Event::Servers);
        }
    }

    async fn inspect(&self, status: &ServerStatus) -> ServerCheck {
        let server = &status.name;
        let answers = status.health != Health::Unreachable;
        // What does not answer is said by the status already, and not asked again.
        let (missing, running, partners) = if answers {
            futures::join!(self.dhcp.missing_hooks(server), self.dhcp.configuration(server), self.partners_of(server))
        } else {
            (Ok(Vec::new()), Err(Error::not_found("a configuration")), Vec::new())
        };
        // What cannot be seen silences nothing.
        let silenced = self.store.silenced(server).await.unwrap_or_default();
        let facts = Facts {
            status,
            sight: self.dhcp.sight(server),
            missing: missing.unwrap_or_default(),
            running: running.ok(),
            partners,
            silenced: silenced.iter().map(|known| known.finding.clone()).collect(),
        };
        ServerCheck { server: server.clone(), lines: lines::lines(&facts), silenced }
    }

    async fn partners_of(&self, server: &ServerName) -> Vec<Partner> {
        let each = PairPartner::of(&*self.dhcp, server).await.into_iter().map(|pair| async move {
            let there = self.dhcp.configuration(&pair.name);
            let running = beside(&self.dhcp, &pair.name, Duration::ZERO, there).await.ok();
            Partner { clock_ahead: self.dhcp.sight(&pair.name).clock_ahead, running, pair }
        });
        futures::future::join_all(each).await
    }
}
