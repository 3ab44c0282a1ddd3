//! The DHCP provider for an existing Smart Proxy: what it hands back is what Nestor answers.

use std::process::Command;

use crate::support::{Nestor, kea};

#[tokio::test(flavor = "multi_thread")]
async fn the_provider_hands_calls_on_and_answers_back() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/packaging/smart_proxy_dhcp_nestor/test/contract.rb");
    let output = Command::new("ruby").args([script, &nestor.foreman, "192.0.2.0", "192.0.2.50"]).output();
    let output = output.expect("ruby is missing: make ruby installs it");
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(output.status.success(), "{said}");
    assert_eq!(said.lines().filter(|line| line.starts_with("ok ")).count(), 15, "{said}");
    let (_, calls) = nestor.foreman("GET", "/logs", &[]).await;
    // Foreman's own log tab has the first eight characters of the number of a call.
    assert!(calls.contains("\"request_id\":\"contract\""), "{calls}");
}
