//! Findings that were silenced.

use model::{ServerName, Silenced};

use super::{Home, NOW};

pub(super) async fn findings_are_silenced_once_and_shown_again(home: &Home) {
    let store = home.open().await;
    let [kea1, kea2]: [ServerName; 2] = ["kea1", "kea2"].map(|name| name.parse().unwrap());
    let of = |server: &ServerName, finding: &str, reason: &str| Silenced {
        server: server.clone(),
        finding: finding.to_owned(),
        text: "Pools overlap.".to_owned(),
        reason: reason.to_owned(),
        actor: "alice".to_owned(),
        at: NOW,
    };
    for one in [of(&kea1, "a@subnet4[id=1]", "x"), of(&kea1, "b@", "y"), of(&kea2, "b@", "z")] {
        store.silence(&one).await.unwrap();
    }
    store.silence(&of(&kea1, "b@", "another reason")).await.unwrap();
    let known = store.silenced(&kea1).await.unwrap();
    assert_eq!(known, [of(&kea1, "a@subnet4[id=1]", "x"), of(&kea1, "b@", "another reason")]);
    assert!(store.show_again(&kea1, "b@").await.unwrap());
    assert!(!store.show_again(&kea1, "b@").await.unwrap());
    assert_eq!(store.silenced(&kea1).await.unwrap().len(), 1);
    drop(store);
    let again = home.open().await;
    assert_eq!(again.silenced(&kea2).await.unwrap().len(), 1, "of the other server it stays, over a restart");
}
