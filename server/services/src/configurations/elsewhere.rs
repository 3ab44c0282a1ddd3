//! Classes of a server on the others: whether they are the same there, and the edits that make them so.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::future::join_all;
use keaconf::{ClassCopy, Document};
use model::{ClassElsewhere, ClassStanding, ServerName};

use super::Configurations;
use super::view::written;
use crate::patience::beside;
use crate::{Actor, Error, Result};

impl Configurations {
    /// How classes stand on each other server of the family: all of them where none is named. Servers that have their
    /// configuration together are one, and those of the server itself are left out. Nothing is sent.
    pub async fn class_elsewhere(
        &self,
        actor: &Actor,
        server: &ServerName,
        classes: &[String],
    ) -> Result<Vec<ClassElsewhere>> {
        let here = self.show(actor, server).await?;
        let is_gone = |class: &&String| here.copied_classes(std::slice::from_ref(*class), &here).is_none();
        if let Some(gone) = classes.iter().find(is_gone) {
            return Err(Error::not_found(format!("the class “{gone}”")));
        }
        let others = self.others(server).await;
        let there = others.into_iter().map(|(other, with)| {
            let here = &here;
            async move {
                let found = beside(&self.dhcp, &other, Duration::ZERO, self.show(actor, &other)).await;
                standing(here, classes, other, with, found)
            }
        });
        Ok(join_all(there).await)
    }

    /// The other servers of the family, each with its partners: those that get its changes too.
    async fn others(&self, server: &ServerName) -> Vec<(ServerName, Vec<ServerName>)> {
        let mut seen: BTreeSet<ServerName> = self.dhcp.partners(server).await.into_iter().collect();
        seen.insert(server.clone());
        let mut others = Vec::new();
        for other in self.dhcp.names() {
            if self.dhcp.family(&other) == self.dhcp.family(server) && seen.insert(other.clone()) {
                let with = self.dhcp.partners(&other).await;
                seen.extend(with.iter().cloned());
                others.push((other, with));
            }
        }
        others
    }
}

fn standing(
    here: &Document,
    classes: &[String],
    server: ServerName,
    with: Vec<ServerName>,
    found: Result<Document>,
) -> ClassElsewhere {
    let mut elsewhere = ClassElsewhere {
        server,
        with,
        standing: ClassStanding::Unknown,
        edits: Vec::new(),
        kept: Vec::new(),
        problem: String::new(),
    };
    match found.map(|there| here.copied_classes(classes, &there)) {
        Ok(Some(ClassCopy { is_there, edits, kept })) => {
            elsewhere.standing = match (is_there, edits.is_empty()) {
                (false, _) => ClassStanding::Missing,
                (true, true) => ClassStanding::Same,
                (true, false) => ClassStanding::Differs,
            };
            elsewhere.edits = edits.iter().map(written).collect();
            elsewhere.kept = kept;
        }
        Ok(None) => {}
        Err(error) => elsewhere.problem = model::Problem::from(error).text,
    }
    elsewhere
}
