//! DHCP servers in memory.

mod node;
mod ports;
mod words;

use std::fmt;
use std::sync::{Arc, Mutex};

use ::changes::{After, Edit, Verbatim};
use model::{Hook, Labels, Lease, RawRecord, Reservation, ServerName, Storage, Subnet, SubnetKey, Timestamp};
use tokio::sync::Notify;

use super::lock;
use super::script::Script;
use crate::{Error, Result};
use node::Node;
use words::Archive;

/// What a server does at a call instead of what is asked. Those after [`Fault::Refuses`] are of `write` alone, where each
/// change counts as a call.
#[derive(Debug, Clone)]
pub enum Fault {
    /// It waits with it for the signal to go on.
    Waits(Arc<Notify>),
    /// It is started again just before: what was not saved is lost.
    Restarts,
    /// It is silent from this call on.
    FallsSilent,
    /// It does not answer this one; nothing is done.
    Unreachable,
    /// It refuses, in those words; nothing is done.
    Refuses(&'static str),
    /// Nothing is done, and no answer comes.
    RequestLost,
    /// It does it, does not save it, and no answer comes.
    AnswerLost,
    /// It does it, and cannot save it, for that reason. Of `save` too.
    NotSaved(&'static str),
    /// It breaks off in the middle, saves that, and no answer comes: the old reservation is gone, the new one not there.
    BrokenOff,
    /// It breaks off in the middle of a move, saves that, and no answer comes: the reservation is in both places.
    HalfMoved,
}

/// Something that changes a server, and was asked of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// One change.
    Write(ServerName, Box<Edit>),
    /// To save what it runs, apart from a change.
    Save(ServerName),
}

impl fmt::Display for Asked {
    /// In a line, by what is reserved: `main: replace 192.0.2.9 by 192.0.2.10`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write(server, edit) => write!(out, "{server}: {}", said(edit)),
            Self::Save(server) => write!(out, "{server}: save"),
        }
    }
}

fn said(edit: &Edit) -> String {
    let edit = match edit {
        Edit::Reservation(edit) => edit,
        Edit::Configuration(edit) => return format!("configure {}", edit.change.words.join("; ")),
        Edit::Labels(edit) => {
            let verb = if edit.verbatim.is_some() { "restore" } else { "call" };
            return format!("{verb} {} {}", edit.subnet.id, edit.after.name.as_deref().unwrap_or("nothing"));
        }
    };
    let after = edit.expected();
    match (edit.before(), &after, edit.after()) {
        (None, Some(new), After::Wanted { .. }) => format!("add {}", place(new)),
        (Some(old), Some(new), After::Wanted { .. }) => format!("replace {} by {}", place(old), place(new)),
        (None, Some(was), _) => format!("restore {}", place(was)),
        (Some(now), Some(was), _) => format!("restore {} by {}", place(now), place(was)),
        (old, None, _) => format!("remove {}", old.map(place).unwrap_or_default()),
    }
}

fn place(reservation: &Reservation) -> String {
    let place = match reservation.storage {
        Storage::Configuration => "",
        Storage::Database => " (database)",
    };
    format!("{}{place}", reservation.title())
}

/// DHCP servers in memory. Each runs something, and has saved something, which need not be the same.
#[derive(Debug, Default)]
pub struct MemoryDhcp {
    nodes: Mutex<Vec<Node>>,
    archive: Mutex<Archive>,
    script: Script<Fault>,
    asked: Mutex<Vec<Asked>>,
    calls: Mutex<Vec<(ServerName, &'static str)>>,
}

impl MemoryDhcp {
    /// One more server, which serves these subnets of its own and keeps new reservations there.
    pub fn add_server(&self, name: &ServerName, storage: Storage, subnets: Vec<Subnet>) {
        lock(&self.nodes).push(Node::new(name.clone(), storage, subnets));
    }

    /// One more subnet of its server.
    pub fn add_subnet(&self, subnet: &Subnet) {
        self.each(&subnet.key.server, |node| node.subnets.push(subnet.clone()));
    }

    /// Makes two servers partners of each other.
    pub fn pair(&self, one: &ServerName, other: &ServerName) {
        for node in lock(&self.nodes).iter_mut() {
            if node.name == *one {
                node.partners.push(other.clone());
            } else if node.name == *other {
                node.partners.push(one.clone());
            }
        }
    }

    /// The `nth` call from now on of that method of the port goes wrong at that server; 1 is the next one.
    pub fn fault(&self, server: &ServerName, method: &'static str, nth: usize, fault: Fault) {
        self.script.add(Some(server.to_string()), method, nth, fault);
    }

    /// The methods of faults that did not come: a test that has some left did not test what it says.
    pub fn faults_to_come(&self) -> Vec<&'static str> {
        self.script.to_come()
    }

    /// The server does not answer until it is [back](Self::back).
    pub fn silence(&self, server: &ServerName) {
        self.each(server, |node| node.silent = true);
    }

    /// The server answers again, and was not started again meanwhile.
    pub fn back(&self, server: &ServerName) {
        self.each(server, |node| node.silent = false);
    }

    /// Whether the server's disk is full: it runs what it is asked to, and cannot save it.
    pub fn full_disk(&self, server: &ServerName, full: bool) {
        self.each(server, |node| node.full = full);
    }

    /// The server lacks the hook library with which it says how full its subnets are.
    pub fn without_counts(&self, server: &ServerName) {
        self.each(server, |node| node.lacks.push(Hook::StatCmds));
    }

    /// The server is started again: what was not saved is lost.
    pub fn restart(&self, server: &ServerName) {
        self.each(server, Node::restart);
    }

    /// A reservation is made past Nestor, in the place of one of the same client, and saved. `beside`: what it says
    /// that we have no words for.
    pub fn put(&self, reservation: &Reservation, beside: &str) {
        let beside = beside.to_owned();
        self.each(&reservation.subnet.server, |node| node.put_from_outside(reservation.clone(), beside.clone()));
    }

    /// A reservation is deleted past Nestor, and that is saved.
    pub fn take(&self, reservation: &Reservation) {
        self.each(&reservation.subnet.server, |node| node.take_from_outside(reservation));
    }

    /// A subnet is renamed past Nestor, and that is saved.
    pub fn call_subnet(&self, subnet: &SubnetKey, labels: &Labels) {
        self.each(&subnet.server, |node| node.call_from_outside(subnet, labels));
    }

    /// What the server calls its subnets, and what it will call them after a restart.
    pub fn called(&self, subnet: &SubnetKey) -> [Option<Labels>; 2] {
        let mut both = [None, None];
        self.each(&subnet.server, |node| both = node.called(subnet));
        both
    }

    /// The server cannot store any more what a subnet is called: it lacks a hook.
    pub fn takes_no_labels(&self, server: &ServerName) {
        self.each(server, |node| node.lacks.push(Hook::SubnetCmds));
    }

    /// The server has this configuration, and has saved it.
    pub fn give_document(&self, server: &ServerName, document: &keaconf::Document) {
        self.each(server, |node| node.give_document(document));
    }

    /// The server says from now on that it was given a whole configuration then.
    pub fn loaded_at(&self, server: &ServerName, at: Timestamp) {
        self.each(server, |node| node.loaded_at = at);
    }

    /// The configuration that it runs, and the one that it would run after a restart.
    pub fn documents(&self, server: &ServerName) -> Option<[keaconf::Document; 2]> {
        let mut both = None;
        self.each(server, |node| both = node.documents().cloned());
        both
    }

    /// A client has a lease.
    pub fn lease(&self, lease: &Lease) {
        self.each(&lease.subnet.server, |node| node.leases.push(lease.clone()));
    }

    /// It has a record that is not understood.
    pub fn put_raw(&self, record: &RawRecord) {
        self.each(&record.subnet.server, |node| node.raw.push(record.clone()));
    }

    /// Every reservation that the server works with, those of its configuration first.
    pub fn running(&self, server: &ServerName) -> Vec<Reservation> {
        self.list(server, Node::running)
    }

    /// Every reservation that it will work with after a restart, those of its configuration first.
    pub fn saved(&self, server: &ServerName) -> Vec<Reservation> {
        self.list(server, Node::saved)
    }

    /// What a reservation that runs says that we have no words for; none: it is not there.
    pub fn beside(&self, reservation: &Reservation) -> Option<String> {
        let mut nodes = lock(&self.nodes);
        let node = nodes.iter_mut().find(|node| node.name == reservation.subnet.server)?;
        node.held(reservation).map(|held| held.beside.clone())
    }

    /// What was asked of the servers since this was last asked, in that order.
    pub fn take_asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *lock(&self.asked))
    }

    /// The methods of the port that were called at a server since this was last asked, in their order.
    pub fn take_calls(&self, server: &ServerName) -> Vec<&'static str> {
        let mut calls = lock(&self.calls);
        let (mine, others) = std::mem::take(&mut *calls).into_iter().partition(|(of, _)| of == server);
        *calls = others;
        let mine: Vec<_> = mine;
        mine.into_iter().map(|(_, method)| method).collect()
    }

    /// The words that a server would have for a reservation and what else it says.
    pub fn words(&self, reservation: &Reservation, beside: &str) -> Verbatim {
        lock(&self.archive).words(reservation, beside)
    }

    fn each(&self, server: &ServerName, work: impl FnMut(&mut Node)) {
        lock(&self.nodes).iter_mut().filter(|node| node.name == *server).for_each(work);
    }

    fn list(&self, server: &ServerName, of: impl Fn(&Node) -> Vec<Reservation>) -> Vec<Reservation> {
        lock(&self.nodes).iter().filter(|node| node.name == *server).flat_map(of).collect()
    }

    /// What comes in the way of a call, before the server does anything. What is left for the server itself to do wrong.
    async fn call(&self, server: &ServerName, method: &'static str) -> Result<Option<Fault>> {
        lock(&self.calls).push((server.clone(), method));
        let fault = match self.script.call(Some(server.as_str()), method) {
            Some(Fault::Waits(go_on)) => {
                go_on.notified().await;
                None
            }
            Some(Fault::Restarts) => {
                self.restart(server);
                None
            }
            Some(Fault::FallsSilent) => {
                self.silence(server);
                None
            }
            fault => fault,
        };
        let silent = lock(&self.nodes).iter().find(|node| node.name == *server).map(|node| node.silent);
        match (silent, fault) {
            (None, _) => Err(Error::not_found(format!("the server “{server}”"))),
            (Some(true), _) | (_, Some(Fault::Unreachable)) => Err(unreachable(server)),
            (_, Some(Fault::Refuses(text))) => Err(Error::Refused { server: server.clone(), text: text.to_owned() }),
            (_, fault) => Ok(fault),
        }
    }

    /// What a server that answers says.
    async fn ask<T>(&self, server: &ServerName, method: &'static str, look: impl FnOnce(&mut Node) -> T) -> Result<T> {
        self.call(server, method).await?;
        self.at(server, look)
    }

    fn at<T>(&self, server: &ServerName, work: impl FnOnce(&mut Node) -> T) -> Result<T> {
        let mut nodes = lock(&self.nodes);
        let node = nodes.iter_mut().find(|node| node.name == *server);
        node.map(work).ok_or_else(|| Error::not_found(format!("the server “{server}”")))
    }
}

/// What a server says that cannot save.
const FULL: &str = "the disk is full";

fn unreachable(server: &ServerName) -> Error {
    Error::Unreachable { server: server.clone(), why: "it is silent".to_owned() }
}
