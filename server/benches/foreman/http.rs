//! As little of HTTP/1.1 as the measurements need: one request for each connection, as Foreman does it.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::Outcome;

/// How long an answer may take. Foreman gives up after a minute.
const TIME_LIMIT: Duration = Duration::from_mins(2);

/// A request that can be sent again and again.
pub(crate) struct Request {
    to: SocketAddr,
    octets: Vec<u8>,
}

impl Request {
    /// A `GET` with the headers that matter of Foreman's.
    pub(crate) fn get(to: SocketAddr, path: &str) -> Self {
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: {to}\r\nAccept: application/json\r\nUser-Agent: rest-client/2.1.0\r\n\
             X-Request-Id: 6f0d9f1e-2f1b-4c1c-9d52-0d6c2b9c4f11\r\nConnection: close\r\n\r\n"
        );
        Self { to, octets: head.into_bytes() }
    }

    /// A page of the console as a browser opens it; `cookie`: of the one who is signed in.
    #[allow(dead_code, reason = "not every benchmark looks at pages")]
    pub(crate) fn page(to: SocketAddr, path: &str, cookie: &str) -> Self {
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: {to}\r\nAccept: text/html\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
        );
        Self { to, octets: head.into_bytes() }
    }

    /// A `POST` of JSON as a page of the console sends it; `cookie`: of the one who is signed in.
    pub(crate) fn console(to: SocketAddr, path: &str, cookie: &str, body: &str) -> Self {
        let kind = "application/json\r\nSec-Fetch-Site: same-origin";
        Self::post(to, path, &format!("Cookie: {cookie}\r\nContent-Type: {kind}"), body)
    }

    /// A form as a browser sends it.
    pub(crate) fn form(to: SocketAddr, path: &str, body: &str) -> Self {
        let kind = "application/x-www-form-urlencoded";
        Self::post(to, path, &format!("Origin: http://{to}\r\nContent-Type: {kind}"), body)
    }

    fn post(to: SocketAddr, path: &str, headers: &str, body: &str) -> Self {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {to}\r\n{headers}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        Self { to, octets: request.into_bytes() }
    }

    /// A command for Kea.
    pub(crate) fn kea(to: SocketAddr, user: &str, password: &str, command: &str) -> Self {
        let credentials = base64(format!("{user}:{password}").as_bytes());
        let headers = format!("Content-Type: application/json\r\nAuthorization: Basic {credentials}");
        Self::post(to, "/", &headers, command)
    }
}

/// Sends requests, each over a new connection; its buffer lives as long as itself.
pub(crate) struct Caller {
    buffer: Vec<u8>,
}

/// What was answered.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    /// The cookie that it sets, without its attributes.
    pub(crate) cookie: Option<String>,
    pub(crate) body: &'a [u8],
    /// From before the connection is made until the last octet is here.
    pub(crate) took: Duration,
}

/// What the head says of the body.
struct Head {
    status: u16,
    cookie: Option<String>,
    begins: usize,
    length: Option<usize>,
    /// Whether the body comes in pieces, each with its size before it.
    chunked: bool,
}

impl Caller {
    pub(crate) fn new() -> Self {
        Self { buffer: vec![0; 64 << 10] }
    }

    /// Connects, asks, and reads the whole answer.
    pub(crate) fn call(&mut self, request: &Request) -> Outcome<Answer<'_>> {
        let start = Instant::now();
        let mut stream = TcpStream::connect(request.to)?;
        stream.set_read_timeout(Some(TIME_LIMIT))?;
        stream.write_all(&request.octets)?;
        let (head, end) = self.receive(&mut stream)?;
        let took = start.elapsed();
        let end = if head.chunked { join(&mut self.buffer, head.begins, end)? } else { end };
        Ok(Answer { status: head.status, cookie: head.cookie, body: &self.buffer[head.begins..end], took })
    }

    fn receive(&mut self, stream: &mut TcpStream) -> Outcome<(Head, usize)> {
        let mut filled = 0;
        let mut head: Option<Head> = None;
        loop {
            if let Some(length) = head.as_ref().and_then(|head| head.length.map(|length| head.begins + length))
                && filled >= length
            {
                break;
            }
            if filled == self.buffer.len() {
                self.buffer.resize(filled * 2, 0);
            }
            match stream.read(&mut self.buffer[filled..]) {
                Ok(0) => break,
                Ok(more) => filled += more,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
            if head.is_none() {
                head = Head::read(&self.buffer[..filled])?;
            }
        }
        let head = head.ok_or("the connection was closed before an answer came")?;
        if head.length.is_some_and(|length| head.begins + length != filled) {
            return Err("the answer is shorter or longer than announced".into());
        }
        Ok((head, filled))
    }
}

impl Head {
    /// None while it is not complete.
    fn read(octets: &[u8]) -> Outcome<Option<Self>> {
        let Some(end) = octets.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
        let text = std::str::from_utf8(&octets[..end])?;
        let mut lines = text.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).ok_or("no status line")?.parse()?;
        let field = |wanted: &str| {
            let fields = text.split("\r\n").skip(1).filter_map(|line| line.split_once(':'));
            fields.filter(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim()).next()
        };
        // Without a length it lasts until the connection is closed.
        let length = field("content-length").map(str::parse).transpose()?;
        let chunked = field("transfer-encoding").is_some_and(|encoding| encoding.eq_ignore_ascii_case("chunked"));
        let cookie = field("set-cookie").and_then(|cookie| cookie.split(';').next()).map(str::to_owned);
        Ok(Some(Self { status, cookie, begins: end + 4, length, chunked }))
    }
}

/// Takes the sizes out from between the pieces (RFC 9112 §7.1); where the whole ends then.
fn join(buffer: &mut [u8], begins: usize, end: usize) -> Outcome<usize> {
    let (mut from, mut to) = (begins, begins);
    loop {
        let line = buffer[from..end].windows(2).position(|two| two == b"\r\n").ok_or("a piece without a size")?;
        let size = usize::from_str_radix(std::str::from_utf8(&buffer[from..from + line])?, 16)?;
        from += line + 2;
        if size == 0 {
            return Ok(to);
        }
        if from + size + 2 > end {
            return Err("the answer was cut off".into());
        }
        buffer.copy_within(from..from + size, to);
        (from, to) = (from + size + 2, to + size);
    }
}

fn base64(octets: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in octets.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, octet| bits << 8 | u32::from(*octet)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let digit = char::from(ALPHABET[(bits >> (18 - 6 * place) & 63) as usize]);
            text.push(if place <= three.len() { digit } else { '=' });
        }
    }
    text
}
