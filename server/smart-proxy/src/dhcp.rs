//! The DHCP routes: read the input, ask one use case, say what it answered.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures::{StreamExt as _, stream};
use model::{Applied, ChangeState, HostName, Identifier, NewReservation, Subnet, Why};
use serde_json::{Value, json};
use services::{Actor, Created, Foreman, Record};

use crate::call::{Caller, Segments, not_found};
use crate::call_trace::CallTrace;
use crate::params::{self, BootServer, Fields, Named, Wish};
use crate::record::{self, Entry, SubnetEntry};
use crate::refusal::{HTML, JSON, Refusal};

pub(crate) const SUBNETS: &str = "/dhcp";
pub(crate) const SUBNETS_SLASH: &str = "/dhcp/";
pub(crate) const SUBNET: &str = "/dhcp/{network}";
pub(crate) const UNUSED_IP: &str = "/dhcp/{network}/unused_ip";
pub(crate) const BY_MAC: &str = "/dhcp/{network}/mac/{mac}";
pub(crate) const BY_IP: &str = "/dhcp/{network}/ip/{ip}";

/// How long the name of a boot server may take to be looked up. Foreman waits a minute for the whole answer.
const LOOK_UP_WITHIN: Duration = Duration::from_secs(5);

/// What a route answers.
type Answer<T> = Result<T, Refusal>;

/// The DHCP routes.
pub(crate) fn routes(foreman: Foreman) -> Router {
    Router::new()
        .route(SUBNETS, get(subnets))
        .route(SUBNETS_SLASH, get(subnets))
        .route(SUBNET, get(records).post(create))
        .route(UNUSED_IP, get(unused_ip))
        .route(BY_MAC, get(by_mac).delete(delete_by_mac).post(posted_by_mac))
        .route(BY_IP, get(by_ip).delete(delete_by_ip).post(posted_by_ip))
        .with_state(Arc::new(foreman))
}

async fn subnets(
    State(foreman): State<Arc<Foreman>>,
    Caller(actor): Caller,
    trace: CallTrace,
) -> Answer<Json<Vec<SubnetEntry>>> {
    let (subnets, missing) = foreman.subnets(&actor).await?;
    trace.because(missing);
    trace.answered(format!("{} subnets", subnets.len()));
    Ok(Json(subnets.into_iter().map(SubnetEntry::from).collect()))
}

async fn records(
    State(foreman): State<Arc<Foreman>>,
    Caller(actor): Caller,
    Segments(network): Segments<String>,
) -> Answer<Response> {
    let subnet = known(&foreman, &actor, &network).await?;
    let records = foreman.records(&actor, &subnet).await?;
    let pieces = stream::iter(record::listing(&subnet, records)).then(async |piece| {
        // A fast reader would have all of it written before any other request runs.
        tokio::task::yield_now().await;
        Ok::<_, Infallible>(Bytes::from(piece))
    });
    Ok(([(CONTENT_TYPE, JSON)], Body::from_stream(pieces)).into_response())
}

async fn by_mac(
    State(foreman): State<Arc<Foreman>>,
    Caller(actor): Caller,
    Segments((network, mac)): Segments<(String, String)>,
    trace: CallTrace,
) -> Answer<Response> {
    params::address(&network)?;
    let hw_address = params::mac(&mac.to_ascii_lowercase())?;
    let subnet = known(&foreman, &actor, &network).await?;
    let record = foreman.by_mac(&actor, &subnet, &hw_address).await?;
    let subnet = record::with_mask(&subnet);
    let entry = record.as_ref().and_then(|record| Entry::of(&subnet, record));
    let nothing = || Refusal::not_found(format!("No DHCP record for MAC {network}/{} found", mac.to_ascii_lowercase()));
    let entry = entry.ok_or_else(nothing)?;
    trace.answered(entry.summary());
    Ok(Json(entry).into_response())
}

async fn by_ip(
    State(foreman): State<Arc<Foreman>>,
    Caller(actor): Caller,
    Segments((network, ip)): Segments<(String, String)>,
    trace: CallTrace,
) -> Answer<Response> {
    params::address(&network)?;
    let address = params::address(&ip)?;
    let subnet = known(&foreman, &actor, &network).await?;
    let records = match address {
        IpAddr::V4(address) => foreman.by_ip(&actor, &subnet, address).await?,
        IpAddr::V6(_) => Vec::new(),
    };
    let subnet = record::with_mask(&subnet);
    let entries: Vec<Entry<'_>> = records.iter().filter_map(|record| Entry::of(&subnet, record)).collect();
    if entries.is_empty() {
        return Err(Refusal::not_found(format!("No DHCP records for IP {network}/{ip} found")));
    }
    trace.answered(entries.iter().map(Entry::summary).collect::<Vec<_>>().join(", "));
    Ok(Json(entries).into_response())
}

async fn unused_ip(
    State(foreman): State<Arc<Foreman>>,
    Caller(actor): Caller,
    Segments(network): Segments<String>,
    trace: CallTrace,
    fields: Fields,
) -> Answer<Json<Value>> {
    params::address(&network)?;
    let (ends, client) = (fields.ends()?, fields.client()?);
    let subnet = known(&foreman, &actor, &network).await?;
    let range = params::range(ends, &subnet)?;
    let (ip, why) = foreman.unused_ip(&actor, &subnet, range, client.as_ref()).await?;
    trace.because(why);
    trace.because(fields.without_effect(&params::OF_AN_UNUSED_IP).map(Why::Said));
    match ip {
        Some(ip) => trace.answered(ip.to_string()),
        None => trace.exhausted(),
    }
    Ok(Json(json!({ "ip": ip })))
}

async fn create(
    State(foreman): State<Arc<Foreman>>,
    Caller(actor): Caller,
    Segments(network): Segments<String>,
    trace: CallTrace,
    fields: Fields,
) -> Answer<Response> {
    if fields.is_disguised() {
        return Ok(not_found().await.into_response());
    }
    let (made, more) = make(&foreman, &actor, &network, &fields).await.map_err(Refusal::labelled_json)?;
    trace.answered(made);
    trace.because(more);
    trace.because(fields.without_effect(&params::OF_A_WISH).map(Why::Said));
    // Foreman takes no body for success, and a body that is not JSON for failure.
    Ok([(CONTENT_TYPE, JSON)].into_response())
}

/// Makes a reservation; how, in a few words, and what else the ledger should say of it.
async fn make(foreman: &Foreman, actor: &Actor, network: &str, fields: &Fields) -> Answer<(&'static str, Vec<Why>)> {
    let (net, named) = (params::address(network)?, Named::read(fields)?);
    let Some(subnet) = find(foreman, actor, net).await? else {
        return Err(Refusal::wrong(format!("No Subnet detected for: {network}")));
    };
    if let Some(wanted) = named.wanted(fields)
        && foreman.restore_deleted(actor, &subnet, &wanted).await?.is_some()
    {
        return Ok(("restored as it was", Vec::new()));
    }
    let wish = Wish::read(fields)?;
    let ip = wish.ip;
    let new = NewReservation {
        address: Some(ip.into()),
        host_name: Some(wish.host_name.into()),
        next_server: next_server(wish.boot_server).await?,
        boot_file_name: wish.boot_file,
        record_name: wish.record_name,
        ..NewReservation::of(subnet.key.clone(), Identifier::HwAddress(wish.mac))
    };
    match foreman.create(actor, &subnet, &new, &wish.related_macs).await? {
        Created::Made(applied) => Ok(("created", notes(&applied))),
        Created::Same(_) => Ok(("exists already, exactly so", Vec::new())),
        Created::Clash(record) => Err(Refusal::clash(format!("Record {network}/{ip} already exists"), &record)),
    }
}

/// What is worth knowing of a reservation that was made: what did not stand in its way, and what became of it on the
/// other servers of a pair.
fn notes(applied: &Applied) -> Vec<Why> {
    let findings = applied.findings.iter().map(|finding| finding.text.clone());
    let peers = applied.peers.iter().map(|peer| match peer.state {
        ChangeState::Done => format!("also created on “{}”", peer.server),
        ChangeState::Pending => format!("not on “{}” yet, retrying automatically: {}", peer.server, peer.detail),
        _ => format!("not created on “{}”: {}", peer.server, peer.detail),
    });
    findings.chain(peers).map(Why::Said).collect()
}

async fn delete_by_mac(
    State(foreman): State<Arc<Foreman>>,
    Caller(actor): Caller,
    Segments((network, mac)): Segments<(String, String)>,
    trace: CallTrace,
) -> Answer<Response> {
    let (net, mac) = (params::address(&network)?, params::mac(&mac.to_ascii_lowercase())?);
    let deleted = match find(&foreman, &actor, net).await? {
        Some(subnet) => foreman.delete_by_mac(&actor, &subnet, &mac).await?,
        None => None,
    };
    Ok(gone(&trace, deleted.as_slice()))
}

async fn delete_by_ip(
    State(foreman): State<Arc<Foreman>>,
    Caller(actor): Caller,
    Segments((network, ip)): Segments<(String, String)>,
    trace: CallTrace,
) -> Answer<Response> {
    let (net, ip) = (params::address(&network)?, params::address(&ip)?);
    let deleted = match (find(&foreman, &actor, net).await?, ip) {
        (Some(subnet), IpAddr::V4(ip)) => foreman.delete_by_ip(&actor, &subnet, ip).await?,
        _ => Vec::new(),
    };
    Ok(gone(&trace, &deleted))
}

/// A form may ask to be taken for a deletion; nothing else is posted to a record.
async fn if_deletion(fields: &Fields, deletion: impl Future<Output = Answer<Response>>) -> Answer<Response> {
    if fields.is_deletion() { deletion.await } else { Ok(not_found().await.into_response()) }
}

async fn posted_by_mac(
    foreman: State<Arc<Foreman>>,
    caller: Caller,
    segments: Segments<(String, String)>,
    trace: CallTrace,
    fields: Fields,
) -> Answer<Response> {
    if_deletion(&fields, Box::pin(delete_by_mac(foreman, caller, segments, trace))).await
}

async fn posted_by_ip(
    foreman: State<Arc<Foreman>>,
    caller: Caller,
    segments: Segments<(String, String)>,
    trace: CallTrace,
    fields: Fields,
) -> Answer<Response> {
    if_deletion(&fields, Box::pin(delete_by_ip(foreman, caller, segments, trace))).await
}

/// Gone, whether it was there or not.
fn gone(trace: &CallTrace, deleted: &[Record]) -> Response {
    trace.answered(match deleted {
        [] => "nothing to delete",
        [Record::Lease(_), ..] => "lease released",
        [Record::Reservation(_), ..] => "deleted",
    });
    [(CONTENT_TYPE, HTML)].into_response()
}

async fn find(foreman: &Foreman, actor: &Actor, network: IpAddr) -> Answer<Option<Subnet>> {
    match network {
        IpAddr::V4(network) => Ok(foreman.subnet(actor, network).await?),
        IpAddr::V6(_) => Ok(None),
    }
}

async fn known(foreman: &Foreman, actor: &Actor, network: &str) -> Answer<Subnet> {
    let found = find(foreman, actor, params::address(network)?).await?;
    found.ok_or_else(|| Refusal::not_found(format!("Subnet {network} could not found")))
}

async fn next_server(server: Option<BootServer>) -> Answer<Option<Ipv4Addr>> {
    match server {
        None => Ok(None),
        Some(BootServer::Address(address)) => Ok(Some(address)),
        Some(BootServer::Name(name)) => look_up(&name).await.map(Some),
    }
}

/// Of several addresses the lowest: the same name must give the same address again, or the same request would not be
/// the same reservation.
async fn look_up(name: &HostName) -> Answer<Ipv4Addr> {
    let looking = tokio::net::lookup_host((name.as_str(), 0));
    let found = match tokio::time::timeout(LOOK_UP_WITHIN, looking).await {
        Ok(Ok(found)) => found,
        Ok(Err(error)) => return Err(Refusal::wrong(format!("nextServer: {name} cannot be looked up: {error}"))),
        Err(_) => return Err(Refusal::wrong(format!("nextServer: {name} could not be looked up in 5 seconds"))),
    };
    let addresses = found.filter_map(|socket| match socket.ip() {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    });
    addresses.min().ok_or_else(|| Refusal::wrong(format!("nextServer: {name} has no IPv4 address")))
}
