//! A small HTTP/1.1 proxy in front of a daemon that goes wrong on request, and counts what it was sent.
//!
//! It reads whole requests, one connection upstream for each; that is all that Kea's clients need.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "every user takes a part of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::missing_panics_doc, reason = "test support")]

#[path = "ports.rs"]
#[allow(clippy::duplicate_mod, reason = "several files of support take it")]
mod ports;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

/// What happens to a request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Nothing bad.
    None,
    /// It is read, and the connection is closed.
    Swallow,
    /// It is read, and the connection is reset.
    Reset,
    /// It is read, and nothing ever comes.
    Silence,
    /// It is read, and the proxy says that it will write nothing more; it goes on listening.
    HalfClose,
    /// It reaches the daemon; of the answer only so many bytes come back.
    Cut(usize),
    /// It reaches the daemon; the answer comes back up to there.
    CutAt(Place),
    /// It reaches the daemon; the answer comes back after a while.
    Delay(Duration),
    /// It reaches the daemon after a while.
    Late(Duration),
    /// It reaches the daemon; the answer comes back byte by byte, with so much time between two.
    Drip(Duration),
    /// It reaches the daemon and is answered; then the connection is closed, though it was to be kept.
    CloseAfter,
    /// It reaches the daemon; the answer comes back twice.
    Twice,
    /// It goes nowhere; these bytes come back.
    Answer(Vec<u8>),
    /// It reaches the daemon; these bytes come back in the place of its answer.
    Instead(Vec<u8>),
    /// An answer of so many bytes comes back; its length is announced or not.
    Huge { bytes: usize, announced: bool },
}

/// A place in an answer.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// The end of its head.
    HeadEnd,
    /// The middle of its body.
    Middle,
    /// Before its last byte.
    LastByte,
}

impl Place {
    fn of(self, answer: &[u8]) -> usize {
        let head = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").map_or(0, |head| head + 4);
        match self {
            Self::HeadEnd => head,
            Self::Middle => usize::midpoint(head, answer.len()),
            Self::LastByte => answer.len() - 1,
        }
    }
}

impl Fault {
    /// `Answer` of a status and a body.
    pub fn answer(status: &str, body: &str) -> Self {
        let head =
            format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
        Self::Answer((head + body).into_bytes())
    }
}

#[derive(Debug)]
struct State {
    fault: Fault,
    /// The fault is over after so many requests.
    left: usize,
    /// Only requests with this command meet it.
    only: Option<String>,
    requests: Vec<String>,
    connections: usize,
}

/// Where no other program listens, also while the proxy is closed.
fn own_address() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, ports::free_tcp_port(ports::PROXIES)))
}

/// The proxy; it ends with the test's runtime.
pub struct FaultProxy {
    address: SocketAddr,
    upstream: Option<SocketAddr>,
    state: Arc<Mutex<State>>,
    listener: Option<JoinHandle<()>>,
}

impl FaultProxy {
    /// A proxy in front of a daemon.
    pub async fn before(port: u16) -> Self {
        Self::new(Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))).await
    }

    /// A proxy in front of nothing, for faults that answer by themselves.
    pub async fn alone(fault: Fault) -> Self {
        let proxy = Self::new(None).await;
        proxy.set(fault);
        proxy
    }

    async fn new(upstream: Option<SocketAddr>) -> Self {
        let state = State { fault: Fault::None, left: usize::MAX, only: None, requests: Vec::new(), connections: 0 };
        let address = own_address();
        let mut proxy = Self { address, upstream, state: Arc::new(Mutex::new(state)), listener: None };
        while proxy.try_listen().await.is_err() {
            proxy.address = own_address();
        }
        proxy
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// From now on this happens to every request.
    pub fn set(&self, fault: Fault) {
        self.set_for(usize::MAX, fault);
    }

    /// This happens to the next so many requests.
    pub fn set_for(&self, left: usize, fault: Fault) {
        let mut state = self.state.lock().unwrap();
        (state.fault, state.left, state.only) = (fault, left, None);
    }

    /// From now on this happens to every request with this command, and nothing to others.
    pub fn set_on(&self, command: &str, fault: Fault) {
        let mut state = self.state.lock().unwrap();
        (state.fault, state.left, state.only) = (fault, usize::MAX, Some(command.to_owned()));
    }

    /// Everything that was sent so far, head and body.
    pub fn requests(&self) -> Vec<String> {
        self.state.lock().unwrap().requests.clone()
    }

    /// How many requests with this command were sent so far.
    pub fn count(&self, command: &str) -> usize {
        self.count_about(command, "")
    }

    /// How many requests with this command and this text were sent so far.
    pub fn count_about(&self, command: &str, text: &str) -> usize {
        let state = self.state.lock().unwrap();
        state.requests.iter().filter(|request| is(request, command) && request.contains(text)).count()
    }

    /// How many connections were opened so far.
    pub fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }

    /// Closes the port and all connections: new ones are refused until [`listen`](Self::listen).
    pub async fn refuse(&mut self) {
        if let Some(listener) = self.listener.take() {
            listener.abort();
            let _ = listener.await;
        }
    }

    /// Closes all connections, and from now on does not answer: packets are dropped, as a firewall does it.
    pub async fn blackhole(&mut self) {
        self.refuse().await;
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(self.address).expect("the port is free");
        // No connection is accepted, and the system drops new ones when the queue is full.
        let listener = socket.listen(1).unwrap();
        let mut queue = Vec::new();
        while let Ok(Ok(connection)) = timeout(Duration::from_millis(300), TcpStream::connect(self.address)).await {
            queue.push(connection);
        }
        self.listener = Some(tokio::spawn(async move {
            let _kept = (listener, queue);
            std::future::pending::<()>().await;
        }));
    }

    /// Opens the port, the same as before.
    pub async fn listen(&mut self) {
        self.try_listen().await.expect("the port is free");
    }

    async fn try_listen(&mut self) -> io::Result<()> {
        let listener = TcpListener::bind(self.address).await?;
        self.address = listener.local_addr().unwrap();
        let (state, upstream) = (Arc::clone(&self.state), self.upstream);
        self.listener = Some(tokio::spawn(async move {
            // Open connections end with the listener.
            let mut open = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                state.lock().unwrap().connections += 1;
                let state = Arc::clone(&state);
                open.spawn(async move { serve(client, upstream, &state).await });
            }
        }));
        Ok(())
    }
}

async fn serve(mut client: TcpStream, upstream: Option<SocketAddr>, state: &Mutex<State>) -> Option<()> {
    loop {
        let request = read_message(&mut client).await.ok()?;
        match next_fault(state, &request) {
            Fault::None => client.write_all(&forward(upstream, &request).await?).await.ok()?,
            Fault::Swallow => return None,
            Fault::Reset => return client.set_zero_linger().ok(),
            Fault::HalfClose => {
                client.shutdown().await.ok()?;
                // Until the other side has had enough.
                while client.read_buf(&mut Vec::new()).await.ok()? > 0 {}
                return None;
            }
            Fault::Silence => std::future::pending().await,
            Fault::Cut(bytes) => {
                let answer = forward(upstream, &request).await?;
                return client.write_all(&answer[..bytes.min(answer.len())]).await.ok();
            }
            Fault::CutAt(place) => {
                let answer = forward(upstream, &request).await?;
                return client.write_all(&answer[..place.of(&answer)]).await.ok();
            }
            Fault::Twice => client.write_all(&forward(upstream, &request).await?.repeat(2)).await.ok()?,
            Fault::Delay(time) => {
                let answer = forward(upstream, &request).await?;
                tokio::time::sleep(time).await;
                client.write_all(&answer).await.ok()?;
            }
            Fault::Late(time) => {
                tokio::time::sleep(time).await;
                client.write_all(&forward(upstream, &request).await?).await.ok()?;
            }
            Fault::Drip(time) => {
                for byte in forward(upstream, &request).await? {
                    client.write_all(&[byte]).await.ok()?;
                    tokio::time::sleep(time).await;
                }
            }
            Fault::CloseAfter => return client.write_all(&forward(upstream, &request).await?).await.ok(),
            Fault::Answer(bytes) => client.write_all(&bytes).await.ok()?,
            Fault::Instead(bytes) => {
                forward(upstream, &request).await?;
                client.write_all(&bytes).await.ok()?;
            }
            Fault::Huge { bytes, announced } => return huge(&mut client, bytes, announced).await.ok(),
        }
    }
}

fn next_fault(state: &Mutex<State>, request: &[u8]) -> Fault {
    let mut state = state.lock().unwrap();
    let request = String::from_utf8_lossy(request).into_owned();
    let spared = state.only.as_ref().is_some_and(|command| !is(&request, command));
    state.requests.push(request);
    if state.left == 0 || spared {
        return Fault::None;
    }
    state.left -= 1;
    state.fault.clone()
}

fn is(request: &str, command: &str) -> bool {
    request.contains(&format!("\"command\":\"{command}\""))
}

async fn forward(upstream: Option<SocketAddr>, request: &[u8]) -> Option<Vec<u8>> {
    let mut kea = TcpStream::connect(upstream?).await.ok()?;
    kea.write_all(request).await.ok()?;
    read_message(&mut kea).await.ok()
}

/// One HTTP message with a `Content-Length`, or an error at the end of the connection.
async fn read_message(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut message = Vec::new();
    loop {
        let head = message.windows(4).position(|bytes| bytes == b"\r\n\r\n");
        if head.is_some_and(|head| message.len() >= head + 4 + content_length(&message[..head])) {
            return Ok(message);
        }
        if stream.read_buf(&mut message).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

fn content_length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let line = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    line.map_or(0, |value| value.trim().parse().unwrap())
}

async fn huge(client: &mut TcpStream, bytes: usize, announced: bool) -> io::Result<()> {
    let length = if announced { format!("Content-Length: {bytes}\r\n") } else { String::new() };
    client.write_all(format!("HTTP/1.1 200 OK\r\n{length}\r\n").as_bytes()).await?;
    let block = [b' '; 8 << 10];
    for _ in 0..bytes.div_ceil(block.len()) {
        client.write_all(&block).await?;
    }
    Ok(())
}
