//! `relay far MILLISECONDS PORT` — stands on 127.0.0.1 before another port of it, as if that were so far away there and
//! back. `relay silent` — takes connections and never answers. Either prints its URL.
//!
//! Compiled by `run.sh` with rustc alone, which every build of Nestor needs anyway.

use std::io::{Read, Result, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let far = match words[..] {
        ["silent"] => None,
        ["far", time, port] => {
            let time = time.trim_end_matches("ms").parse().expect("milliseconds, such as 30ms");
            Some((Duration::from_millis(time), port.parse::<u16>().expect("a port")))
        }
        _ => panic!("relay far MILLISECONDS PORT | relay silent"),
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    println!("http://{}/", listener.local_addr()?);
    // Connections to a silent server stay open: the caller has to time out by itself.
    let mut open = Vec::new();
    for client in listener.incoming() {
        match far {
            Some((time, port)) => drop(thread::spawn(move || connect(client?, time, port))),
            None => open.push(client?),
        }
    }
    Ok(())
}

/// One connection. It stands a whole way there and back after it was asked for.
fn connect(client: TcpStream, time: Duration, port: u16) -> Result<()> {
    let stands = Instant::now() + time;
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    for end in [&client, &server] {
        end.set_nodelay(true)?;
    }
    let (from, to) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || carry(from, to, stands, time / 2));
    carry(server, client, stands, time / 2);
    Ok(())
}

/// Carries what comes from one end to the other, each piece so much later than it came.
fn carry(mut from: TcpStream, mut to: TcpStream, stands: Instant, later: Duration) {
    let (pieces, arriving) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        for (at, piece) in arriving {
            thread::sleep(at.saturating_duration_since(Instant::now()));
            if to.write_all(&piece).is_err() {
                break;
            }
        }
        drop(to.shutdown(Shutdown::Write));
    });
    let mut buffer = [0; 64 << 10];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let at = Instant::now().max(stands) + later;
        if pieces.send((at, buffer[..count].to_vec())).is_err() {
            break;
        }
    }
}
