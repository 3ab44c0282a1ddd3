//! The test bench: the classes of a server tried with a packet, with what is typed and not applied yet.

use model::{ConfigEdit, PacketTrial, SamplePacket, ServerName};

use super::Configurations;
use super::preview::read_edits;
use super::templates::family;
use crate::{Actor, Error, Result};

impl Configurations {
    /// Which classes a packet belongs to, and which subnets and pools are open to it, were these edits made. Nothing is sent.
    pub async fn try_packet(
        &self,
        actor: &Actor,
        server: &ServerName,
        sample: &SamplePacket,
        edits: &[ConfigEdit],
    ) -> Result<PacketTrial> {
        let document = self.show(actor, server).await?;
        family(&document)?;
        let edited = document.edited(&read_edits(edits)?);
        let edited = edited.map_err(|error| Error::invalid("edits", error.to_string()))?;
        edited.try_packet(sample).map_err(|fields| Error::Invalid { fields })
    }
}
