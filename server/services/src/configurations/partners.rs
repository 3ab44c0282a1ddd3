//! What the other servers of a pair get of a change, before it is made.

use std::time::Duration;

use ::changes::{ConfigurationAim, ConfigurationEdit};
use keaconf::Plan;
use model::{ConfigPartner, ServerName, SubnetKey, as_sentence};

use super::Configurations;
use super::preview::commands_of;
use crate::Error;
use crate::patience::beside;

impl Configurations {
    /// What the partners of a server get of a plan of it. One that does not answer is waited for a moment at most.
    pub async fn on_partners(&self, server: &ServerName, plan: &Plan) -> Vec<ConfigPartner> {
        let mut all = Vec::new();
        if plan.changes.is_empty() {
            return all;
        }
        let edit = ConfigurationEdit::of(server, plan, String::new(), None);
        for partner in self.dhcp.partners(server).await {
            all.push(self.on_partner(&partner, plan, &edit).await);
        }
        all
    }

    async fn on_partner(&self, partner: &ServerName, plan: &Plan, edit: &ConfigurationEdit) -> ConfigPartner {
        let said = |text: String, waits| ConfigPartner { server: partner.clone(), text, waits, commands: Vec::new() };
        let first = &edit.subnet.server;
        if edit.is_of_one_server(self.dhcp.family(partner)) {
            return said(format!("{partner} does not get it: this is of {first} alone."), false);
        }
        let running = beside(&self.dhcp, partner, Duration::ZERO, self.dhcp.running(partner));
        let theirs = match running.await {
            Ok(running) => running.bare().clone(),
            Err(Error::Unreachable { .. }) => {
                return said(format!("{partner} does not answer: it gets the same when it does."), true);
            }
            Err(error) => return said(format!("{partner} gets the same once it can be asked: {error}."), true),
        };
        let aim = ConfigurationAim { subnet: SubnetKey::global(partner.clone()), edit: edit.clone(), is_own: false };
        let cannot = |why: &str| {
            said(format!("{partner} cannot take it, and the change waits for it: {}", as_sentence(why)), true)
        };
        match aim.plan(&plan.running, &theirs) {
            Err(text) => cannot(&text),
            // Whether theirs is the secret that is given, nobody learns.
            Ok(_) if plan.gives_secrets() => said(format!("{partner} gets the same after {first}."), false),
            Ok(there) if there.changes.is_empty() => said(format!("{partner} is so already."), false),
            Ok(there) => match there.refusals().next() {
                Some(finding) => cannot(&finding.text),
                None => ConfigPartner {
                    commands: commands_of(&there, partner),
                    ..said(format!("{partner} gets the same after {first}."), false)
                },
            },
        }
    }
}
