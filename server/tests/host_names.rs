//! A Kea that is named by a host name, where the name is not known, or where no name server answers for a long time:
//! that is reported in time. In a place of its own, so that the name servers of the machine are not asked.

use std::time::{Duration, Instant};

use crate::support::{namespace, path, without_settings};
use tempfile::TempDir;

/// `nestor check` where the only name server is this machine itself. Whether something listens there decides $SILENT.
const SCENE: &str = r#"
ip link set lo up
echo "nameserver 127.0.0.1" >"$RUN/resolv.conf"
echo "hosts: files dns" >"$RUN/nsswitch.conf"
mount --bind "$RUN/resolv.conf" /etc/resolv.conf
mount --bind "$RUN/nsswitch.conf" /etc/nsswitch.conf
if [ "$SILENT" ]; then
    "$SOCAT" -u UDP4-RECV:53,bind=127.0.0.1 OPEN:/dev/null &
    until grep -q ":0035 " /proc/net/udp; do sleep 0.01; done
fi
"$NESTOR" check --data-dir "$RUN/data" --listen 127.0.0.1:0 --kea http://kea.example.org:8004/ || [ $? = 1 ]
"#;

/// What `nestor check` says of such a Kea, and how long that takes.
fn checked(silent: &str) -> (String, Duration) {
    let folder = TempDir::new().unwrap();
    let mut command = without_settings(namespace::shell(SCENE));
    command.env("RUN", path(folder.path())).env("SILENT", silent).env("NESTOR", env!("CARGO_BIN_EXE_nestor"));
    let begun = Instant::now();
    let output = command.output().unwrap();
    let report = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(output.status.success(), "{report}");
    (report, begun.elapsed())
}

#[test]
fn a_name_that_is_not_known_is_reported_at_once() {
    let (report, took) = checked("");
    assert!(
        report.contains("The DHCP server “kea” does not answer.") && report.contains("Its host name is not known."),
        "{report}"
    );
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn a_silent_name_server_holds_no_caller_up() {
    let (report, took) = checked("yes");
    assert!(report.contains("The DHCP server “kea” does not answer."), "{report}");
    assert!(report.contains("Its host name is not known."), "{report}");
    // Three questions, one after the other, of five seconds each; the system gives up a name after ten.
    assert!(took < Duration::from_secs(3 * 5 + 10), "{took:?}");
    assert!(took > Duration::from_secs(3), "the name server was not asked: {took:?}");
}
