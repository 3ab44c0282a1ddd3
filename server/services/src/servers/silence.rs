//! Findings that are known and may stay so: silenced with a reason, and shown again.

use model::{Permission, ServerName, Silenced, Silencing};

use super::Servers;
use crate::{Actor, Caller, Error, Event, Mode, Result};

/// How many characters a reason may have.
const LONGEST_REASON: usize = 1_000;

/// How many findings are silenced at once.
const AT_ONCE: usize = 1_000;

impl Servers {
    /// What is silenced of a server, in the order in which it was.
    pub async fn silenced(&self, actor: &Actor, server: &ServerName) -> Result<Vec<Silenced>> {
        actor.may(Permission::Look)?;
        Ok(self.store.silenced(server).await?)
    }

    /// Silences findings of a server: they do not count any more, neither on the overview nor in the log.
    pub async fn silence(
        &self,
        caller: &Caller,
        server: &ServerName,
        findings: &[Silencing],
        reason: &str,
    ) -> Result<()> {
        caller.actor.may(Permission::Reserve)?;
        self.refuse_unknown(server)?;
        let reason = read_reason(reason)?;
        if findings.is_empty() || findings.len() > AT_ONCE {
            return Err(Error::invalid("findings", format!("name a finding at least, and {AT_ONCE} at most")));
        }
        if caller.mode == Mode::DryRun {
            return Ok(());
        }
        let (actor, at) = (caller.actor.label(), self.gate.clock.now());
        for Silencing { finding, text } in findings {
            let (finding, text) = (finding.clone(), text.clone());
            let silenced =
                Silenced { server: server.clone(), finding, text, reason: reason.clone(), actor: actor.clone(), at };
            self.store.silence(&silenced).await?;
        }
        tracing::info!(%actor, %server, count = findings.len(), reason, "findings were silenced");
        self.look_after_silence(server).await
    }

    /// Has a finding be shown again.
    pub async fn show_again(&self, caller: &Caller, server: &ServerName, finding: &str) -> Result<()> {
        caller.actor.may(Permission::Reserve)?;
        self.refuse_unknown(server)?;
        if caller.mode == Mode::DryRun {
            return Ok(());
        }
        if !self.store.show_again(server, finding).await? {
            return Err(Error::not_found("the silenced finding"));
        }
        tracing::info!(actor = %caller.actor.label(), %server, finding, "a finding is shown again");
        self.look_after_silence(server).await
    }

    /// What needs attention is another sum now.
    async fn look_after_silence(&self, server: &ServerName) -> Result<()> {
        self.check(&Actor::System, server).await?;
        self.gate.events.publish(Event::Servers);
        Ok(())
    }

    fn refuse_unknown(&self, server: &ServerName) -> Result<()> {
        let known = self.dhcp.names().contains(server);
        if known { Ok(()) } else { Err(Error::not_found(format!("the server “{server}”"))) }
    }
}

/// A reason, which others read in lists and in a terminal.
fn read_reason(reason: &str) -> Result<String> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Error::invalid("reason", "say why it may stay so: others will read it"));
    }
    if reason.chars().count() > LONGEST_REASON || reason.chars().any(char::is_control) {
        return Err(Error::invalid("reason", format!("it is one line of {LONGEST_REASON} characters at most")));
    }
    Ok(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_a_line_that_says_something() {
        assert_eq!(read_reason(" known "), Ok("known".to_owned()));
        for wrong in ["", "  ", "a\u{1b}[2J", &"x".repeat(1_001)] {
            assert!(matches!(read_reason(wrong), Err(Error::Invalid { .. })), "{wrong}");
        }
    }
}
