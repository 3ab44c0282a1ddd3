//! One change of the name and comment of a subnet, up to the moment when the server has taken it.

use std::sync::Arc;
use std::time::Duration;

use changes::{LabelsEdit, Verbatim};
use kea::Hook;
use kea::commands::{ContextDelta, Subnet4DeltaAdd, Subnet4DeltaDel, Subnet6DeltaAdd, Subnet6DeltaDel};
use kea::wire::{self, Rest};
use model::{Content, Family, Labels, SubnetKey};
use serde_json::Value;
use services::ports::AppliedEdit;
use services::{Error, Result};

use crate::change::words;
use crate::labels;
use crate::node::Node;

/// A change that the server has taken.
pub(crate) struct AppliedOnServer {
    subnet: SubnetKey,
    /// How it was before, in the server's words.
    was: Verbatim,
    /// What the server is to show now.
    expected: Labels,
    /// Whether a restart of the server would lose it.
    pub(crate) unsaved: bool,
}

/// A subnet as its server holds it.
struct There {
    /// Its prefix, as the server spells it.
    prefix: String,
    context: Rest,
}

impl Node {
    /// Refuses where the hook is missing that changes parts of a subnet.
    pub(crate) async fn refuse_labels(self: &Arc<Self>) -> Result<()> {
        if self.capabilities().await?.has(Hook::SubnetCmds) {
            return Ok(());
        }
        Err(Error::MissingHook { server: self.name.clone(), hook: model::Hook::SubnetCmds })
    }

    /// Makes a change.
    pub(crate) async fn label(self: &Arc<Self>, edit: &LabelsEdit) -> Result<AppliedOnServer> {
        self.refuse_labels().await?;
        let subnet = &edit.subnet;
        let there = self.there(subnet).await?;
        let aim = match &edit.verbatim {
            None => labels::write(&edit.after, &there.context),
            Some(verbatim) => labels::put_back(&read(verbatim)?, &there.context),
        };
        let aim = aim.ok_or_else(|| self.no_room(subnet))?;
        let unsaved = aim != there.context;
        if unsaved {
            self.exchange_context(subnet, &there, &aim).await?;
        }
        let (was, expected) = (written(&there.context)?, labels::read(Some(&aim)));
        Ok(AppliedOnServer { subnet: subnet.clone(), was, expected, unsaved })
    }

    /// What a change left behind, as the server shows it.
    pub(crate) async fn labelled(self: &Arc<Self>, change: AppliedOnServer) -> Result<AppliedEdit> {
        let AppliedOnServer { subnet, was, expected: labels, .. } = change;
        let context = self.there(&subnet).await?.context;
        if labels::read(Some(&context)) != labels {
            return Err(self.vanished());
        }
        let now = (Content::Labels { subnet, labels }, written(&context)?);
        Ok(AppliedEdit { now: Some(now), was: Some(was), not_saved: None, said: Vec::new() })
    }

    /// These labels of a subnet, in the server's words; none: it is called otherwise.
    pub(crate) async fn labels_verbatim(self: &Arc<Self>, of: &SubnetKey, known: &Labels) -> Result<Option<Verbatim>> {
        let context = self.there(of).await?.context;
        if labels::read(Some(&context)) == *known { written(&context).map(Some) } else { Ok(None) }
    }

    async fn there(self: &Arc<Self>, subnet: &SubnetKey) -> Result<There> {
        let config = self.config(Duration::ZERO).await?;
        let found = config.subnets().map(|(known, _)| known).find(|known| known.id == subnet.id);
        let wire::Subnet { subnet: prefix, user_context, .. } =
            found.ok_or_else(|| Error::not_found(format!("subnet {} of the server “{}”", subnet.id, subnet.server)))?;
        Ok(There { prefix: prefix.clone(), context: user_context.clone().unwrap_or_default() })
    }

    /// Sets first and removes then. Where that breaks off, the server is brought back to what it held.
    async fn exchange_context(self: &Arc<Self>, subnet: &SubnetKey, there: &There, aim: &Rest) -> Result<()> {
        let Err(error) = self.send_deltas(subnet.id, &there.prefix, &there.context, aim).await else { return Ok(()) };
        // What never arrived changed nothing.
        if matches!(error, Error::Unreachable { .. } | Error::Unsupported { .. } | Error::MissingHook { .. }) {
            return Err(error);
        }
        let unknown = |what| Err(Error::Unknown { server: self.name.clone(), what });
        let Ok(now) = self.there(subnet).await else { return unknown(words(&error)) };
        if now.context == *aim {
            return Ok(());
        }
        if now.context != there.context {
            let back = self.send_deltas(subnet.id, &now.prefix, &now.context, &there.context).await;
            if let Err(second) = back {
                return unknown(format!(
                    "{}; and the old state could not be restored ({})",
                    words(&error),
                    words(&second)
                ));
            }
        }
        Err(error)
    }

    /// Brings a user context from one state to another. Where only a part was sent, the end is unknown.
    async fn send_deltas(&self, id: u32, prefix: &str, now: &Rest, aim: &Rest) -> Result<()> {
        let of = |(member, value): (&String, &Value)| (member.clone(), value.clone());
        let set: Rest = aim.iter().filter(|(member, value)| now.get(*member) != Some(value)).map(of).collect();
        let gone: Rest = now.iter().filter(|(member, _)| !aim.contains_key(*member)).map(of).collect();
        let delta = |user_context| [ContextDelta { id, subnet: prefix.to_owned(), user_context }];
        let both = !set.is_empty() && !gone.is_empty();
        if !set.is_empty() {
            let subnets = delta(set);
            match self.family() {
                Family::V4 => self.ask(&Subnet4DeltaAdd { subnets }).await?,
                Family::V6 => self.ask(&Subnet6DeltaAdd { subnets }).await?,
            }
        }
        if !gone.is_empty() {
            let subnets = delta(gone);
            let removed = match self.family() {
                Family::V4 => self.ask(&Subnet4DeltaDel { subnets }).await,
                Family::V6 => self.ask(&Subnet6DeltaDel { subnets }).await,
            };
            removed.map_err(|error| match error {
                error if !both => error,
                error => Error::Unknown { server: self.name.clone(), what: words(&error) },
            })?;
        }
        Ok(())
    }

    fn no_room(&self, subnet: &SubnetKey) -> Error {
        let text = format!(
            "the members of the user context of subnet {} that hold a name or a comment hold something else, which Nestor \
             does not overwrite: change it in Kea’s configuration",
            subnet.id
        );
        Error::Refused { server: self.name.clone(), text }
    }
}

fn written(context: &Rest) -> Result<Verbatim> {
    let unwritable = |error| Error::Internal(format!("the name of a subnet cannot be written down: {error}"));
    serde_json::to_string(&labels::members(context)).map(Verbatim).map_err(unwritable)
}

fn read(Verbatim(text): &Verbatim) -> Result<Rest> {
    serde_json::from_str(text).map_err(|error| Error::Internal(format!("the name of a subnet cannot be read: {error}")))
}
