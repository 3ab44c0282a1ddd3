//! Looks at hosts that answer, refuse, or keep silent, each in network namespaces of its own.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod support;

use std::future::Future;
use std::io::Write;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures::future::join_all;
use pinger::{Echo, Probe};
use services::ports::{Answered, PingError, Pinger, Presence};
use support::responder::answer_instead;
use support::{Host, Rights, inside, ip};

/// With which rights echoes can be sent.
const BOTH: [Rights; 2] = [Rights::Raw, Rights::Datagram];

/// How long one look may take.
const LIMIT: Duration = Duration::from_millis(1500);

const BY_ECHO: Presence = Presence::Answers(Answered::Echo);
const BY_CONNECTION: Presence = Presence::Answers(Answered::Connected);
const BY_REFUSAL: Presence = Presence::Answers(Answered::RefusedConnection);

/// A probe to which a refused connection means nothing.
fn lenient() -> Probe {
    Probe::new(false)
}

/// A probe to which a refused connection shows presence.
fn strict() -> Probe {
    Probe::new(true)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

async fn timed_look(probe: &Probe, address: Ipv4Addr) -> Result<Presence, PingError> {
    let start = Instant::now();
    let presence = probe.look(address).await;
    assert!(start.elapsed() < LIMIT, "{address} took {:?}", start.elapsed());
    presence
}

fn look(probe: &Probe, address: Ipv4Addr) -> Result<Presence, PingError> {
    block_on(timed_look(probe, address))
}

fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

#[test]
fn an_answered_echo_is_presence_and_ends_the_look() {
    inside(|| {
        let host = Host::new(1);
        // Its TCP leads nowhere, so that only the echo can end the look early.
        host.ip("rule add ipproto tcp prio 1 blackhole");
        for rights in BOTH {
            rights.just(|| {
                let start = Instant::now();
                assert_eq!(look(&lenient(), host.address()), Ok(BY_ECHO), "{rights:?}");
                assert!(start.elapsed() < Duration::from_millis(500), "{rights:?}: {:?}", start.elapsed());
            });
        }
    });
}

#[test]
fn an_open_port_is_presence_and_ends_the_look() {
    inside(|| {
        let host = Host::new(1);
        host.ignore_echo();
        let _listener = host.listen();
        for rights in BOTH {
            rights.just(|| {
                let start = Instant::now();
                assert_eq!(look(&lenient(), host.address()), Ok(BY_CONNECTION), "{rights:?}");
                assert!(start.elapsed() < Duration::from_millis(500), "{rights:?}: {:?}", start.elapsed());
            });
        }
    });
}

#[test]
fn a_refused_connection_is_presence_only_if_the_operator_says_so() {
    inside(|| {
        let host = Host::new(1);
        host.ignore_echo();
        for rights in BOTH {
            rights.just(|| {
                assert_eq!(look(&strict(), host.address()), Ok(BY_REFUSAL), "{rights:?}");
                assert_eq!(look(&lenient(), host.address()), Ok(Presence::Silent), "{rights:?}");
            });
        }
    });
}

#[test]
fn a_refused_connection_does_not_end_a_look_for_the_echo() {
    inside(|| {
        let host = Host::new(1);
        answer_instead(&host, Duration::from_millis(400), host.address());
        for rights in BOTH {
            rights.just(|| assert_eq!(look(&lenient(), host.address()), Ok(BY_ECHO), "{rights:?}"));
        }
    });
}

#[test]
fn a_free_address_is_silent() {
    inside(|| {
        let host = Host::new(1);
        for rights in BOTH {
            // The second look finds the kernel knowing already that no host answered its ARP request.
            for _ in 0..2 {
                rights.just(|| assert_eq!(look(&strict(), host.at(99)), Ok(Presence::Silent), "{rights:?}"));
            }
        }
    });
}

#[test]
fn a_host_that_drops_everything_is_silent() {
    inside(|| {
        let host = Host::new(1);
        // Frames to a hardware address that is not the host's: sent, and passed over.
        ip(&format!("neigh replace {} lladdr 02:00:00:00:00:99 dev v1", host.address()));
        for rights in BOTH {
            rights.just(|| assert_eq!(look(&strict(), host.address()), Ok(Presence::Silent), "{rights:?}"));
        }
    });
}

#[test]
fn what_a_router_calls_unreachable_is_silent() {
    inside(|| {
        let router = Host::new(1);
        router.set("ip_forward", "1");
        ip(&format!("route add 10.50.0.0/16 via {}", router.address()));
        router.ip("route add unreachable 10.50.1.0/24");
        router.ip("route add prohibit 10.50.2.0/24");
        router.ip("route add blackhole 10.50.3.0/24");
        for rights in BOTH {
            for subnet in 1..=3 {
                let address = Ipv4Addr::new(10, 50, subnet, 1);
                rights.just(|| assert_eq!(look(&strict(), address), Ok(Presence::Silent), "{rights:?} {address}"));
            }
        }
    });
}

#[test]
fn what_this_machine_has_no_route_to_is_silent() {
    inside(|| {
        ip("route add unreachable 10.50.1.0/24");
        for rights in BOTH {
            rights.just(|| {
                for address in [Ipv4Addr::new(10, 50, 1, 1), Ipv4Addr::new(10, 60, 0, 1)] {
                    assert_eq!(look(&strict(), address), Ok(Presence::Silent), "{rights:?} {address}");
                }
            });
        }
    });
}

#[test]
fn what_this_machine_may_not_send_to_is_an_error() {
    inside(|| {
        ip("route add prohibit 10.50.2.0/24");
        ip("route add blackhole 10.50.3.0/24");
        for rights in [Rights::Nothing, Rights::Raw, Rights::Datagram] {
            rights.just(|| {
                for address in [Ipv4Addr::new(10, 50, 2, 1), Ipv4Addr::new(10, 50, 3, 1)] {
                    assert_eq!(look(&strict(), address).unwrap_err().address, address, "{rights:?}");
                }
            });
        }
    });
}

#[test]
fn an_answer_from_another_address_does_not_count() {
    inside(|| {
        let host = Host::new(1);
        host.add_address(3);
        answer_instead(&host, Duration::ZERO, host.at(3));
        for rights in BOTH {
            rights.just(|| {
                let probe = lenient();
                assert_eq!(look(&probe, host.address()), Ok(Presence::Silent), "{rights:?}");
                assert_eq!(look(&probe, host.at(3)), Ok(BY_ECHO), "{rights:?}: the host does answer");
            });
        }
    });
}

#[test]
fn a_late_answer_does_not_count_for_the_next_look() {
    inside(|| {
        let host = Host::new(1);
        answer_instead(&host, Duration::from_millis(1300), host.address());
        for rights in BOTH {
            rights.just(|| {
                let probe = lenient();
                assert_eq!(look(&probe, host.address()), Ok(Presence::Silent), "{rights:?}");
                assert_eq!(look(&probe, host.address()), Ok(Presence::Silent), "{rights:?}: answered late");
            });
        }
    });
}

#[test]
fn the_least_rights_that_suffice_are_used() {
    inside(|| {
        let echo = |rights: Rights| rights.just(|| lenient().echo());
        assert_eq!(echo(Rights::Nothing), None);
        assert_eq!(echo(Rights::Raw), Some(Echo::Raw));
        assert_eq!(echo(Rights::Datagram), Some(Echo::Datagram));
        assert_eq!(echo(Rights::Everything), Some(Echo::Datagram));
    });
}

#[test]
fn without_rights_tcp_alone_decides() {
    inside(|| {
        let closed = Host::new(1);
        let open = Host::new(2);
        let _listener = open.listen();
        Rights::Nothing.just(|| {
            assert_eq!(look(&lenient(), open.address()), Ok(BY_CONNECTION));
            assert_eq!(look(&lenient(), closed.address()), Ok(Presence::Silent), "it would answer an echo");
            assert_eq!(look(&strict(), closed.address()), Ok(BY_REFUSAL));
            assert_eq!(look(&strict(), closed.at(99)), Ok(Presence::Silent));
        });
    });
}

#[test]
fn missing_rights_are_warned_of_once() {
    inside(|| {
        let host = Host::new(1);
        let warnings = |rights: Rights| {
            rights.just(|| {
                logged(|| {
                    let probe = strict();
                    for _ in 0..3 {
                        assert_eq!(look(&probe, host.at(99)), Ok(Presence::Silent));
                    }
                })
            })
        };
        let log = warnings(Rights::Nothing);
        assert_eq!(log.lines().count(), 1, "{log}");
        assert!(log.contains("WARN") && log.contains(pinger::CANNOT_ECHO), "{log}");
        for rights in BOTH {
            assert_eq!(warnings(rights), "", "{rights:?}");
        }
    });
}

#[test]
fn half_a_look_is_warned_of_once() {
    inside(|| {
        let host = Host::new(1);
        ip("rule add ipproto icmp prio 1 prohibit");
        for rights in BOTH {
            rights.just(|| {
                let log = logged(|| {
                    let probe = lenient();
                    for _ in 0..3 {
                        assert_eq!(look(&probe, host.address()), Ok(Presence::Silent));
                    }
                    assert_eq!(look(&strict(), host.address()), Ok(BY_REFUSAL));
                });
                assert_eq!(log.lines().count(), 1, "{rights:?}: {log}");
                assert!(log.contains("WARN"), "{log}");
            });
        }
    });
}

#[test]
fn many_looks_at_once_keep_their_answers_apart() {
    inside(|| {
        let host = Host::new(1);
        let present = 2..34;
        present.clone().skip(1).for_each(|last| host.add_address(last));
        for rights in BOTH {
            rights.just(|| {
                let probe = lenient();
                let start = Instant::now();
                // Neighbours in the list: one that is there, one that is not.
                let addresses = present.clone().flat_map(|last| [last, last + 32]);
                let looks = addresses.map(async |last| (last, timed_look(&probe, host.at(last)).await));
                let seen = block_on(join_all(looks));
                assert!(start.elapsed() < Duration::from_secs(3), "{rights:?}: {:?}", start.elapsed());
                assert_eq!(seen.len(), 64);
                for (last, presence) in seen {
                    let truth = if present.contains(&last) { BY_ECHO } else { Presence::Silent };
                    assert_eq!(presence, Ok(truth), "{rights:?} {last}");
                }
            });
        }
    });
}

#[test]
fn no_socket_stays_open_behind_a_look() {
    inside(|| {
        let host = Host::new(1);
        let open = Host::new(2);
        open.ignore_echo();
        let _listener = open.listen();
        for rights in BOTH {
            rights.just(|| {
                let probe = lenient();
                block_on(async {
                    let before = open_files();
                    assert_eq!(probe.look(open.address()).await, Ok(BY_CONNECTION));
                    assert_eq!(open_files(), before, "{rights:?}: after a connection");
                    let many = || join_all((0..64).map(|n| probe.look(host.at(2 + n))));
                    many().await;
                    assert_eq!(open_files(), before, "{rights:?}: after looks that ended");
                    let given_up = tokio::time::timeout(Duration::from_millis(100), many());
                    assert!(given_up.await.is_err());
                    assert_eq!(open_files(), before, "{rights:?}: after looks that were given up");
                });
            });
        }
    });
}

/// What is written to the log meanwhile, by this thread.
fn logged(what: impl FnOnce()) -> String {
    let written = Arc::new(Mutex::new(Vec::new()));
    let writer = {
        let written = written.clone();
        move || Log(written.clone())
    };
    let subscriber = tracing_subscriber::fmt().with_writer(writer).with_ansi(false).finish();
    tracing::subscriber::with_default(subscriber, what);
    let written = written.lock().unwrap();
    String::from_utf8(written.clone()).unwrap()
}

struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(octets)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
