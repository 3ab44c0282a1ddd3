//! People who come and go while the program runs, and strangers who guess.

use std::time::Duration;

use futures::future::join_all;
use reqwest::header::{LOCATION, SET_COOKIE};
use serde_json::json;
use tempfile::TempDir;

use crate::support::{Nestor, PASSWORD, cookie_of, kea, lay_accounts, path, run};

/// Runs `nestor user` on the folder of a running server; gives what it says.
fn user(nestor: &Nestor, words: &[&str], input: &str) -> (Option<i32>, String) {
    let output = run(&[&["user"], words, &["--data-dir", path(&nestor.data)]].concat(), input);
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.code(), said.lines().filter(|line| !line.contains(" WARN ")).collect::<Vec<_>>().join("\n"))
}

fn did(nestor: &Nestor, words: &[&str]) -> String {
    let (code, said) = user(nestor, words, "");
    assert_eq!(code, Some(0), "{words:?}: {said}");
    said
}

async fn status(nestor: &Nestor, cookie: &str) -> u16 {
    nestor.call("/api/session", &json!({}), cookie).await.0
}

/// Tries to sign in with these headers; gives how that ended: `in`, or a code of the form, or a status.
async fn try_in(nestor: &Nestor, name: &str, password: &str, headers: &[(&str, &str)]) -> String {
    let request = nestor.client.post(format!("{}/login", nestor.console)).header("origin", &nestor.console);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let body = format!("name={name}&password={}", password.replace(' ', "+"));
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
    let answer = request.send().await.unwrap();
    let Some(location) = answer.headers().get(LOCATION) else { return answer.status().to_string() };
    location.to_str().unwrap().split_once("failed=").map_or("in", |(_, code)| code).to_owned()
}

/// The cookie that a browser keeps of having signed in.
async fn device_of(nestor: &Nestor, name: &str) -> String {
    let answer = nestor.form("/login", &[("name", name), ("password", PASSWORD)], "").await;
    let cookies: Vec<_> =
        answer.headers().get_all(SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap().to_owned()).collect();
    assert_eq!(cookies.len(), 2, "{cookies:?}");
    assert!(cookies[0].starts_with("nestor=") && cookies[1].starts_with("nestor-device="), "{cookies:?}");
    assert!(cookies[1].contains("HttpOnly") && cookies[1].contains("SameSite=Strict"), "{cookies:?}");
    cookies[1].split(';').next().unwrap().to_owned()
}

fn count(answers: &[String], which: &str) -> usize {
    answers.iter().filter(|answer| *answer == which).count()
}

#[tokio::test]
async fn of_many_guesses_at_once_few_are_looked_at() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let device = device_of(&nestor, "viewer").await;
    let guess = |name: String| {
        let nestor = &nestor;
        async move { try_in(nestor, &name, "wrong password", &[]).await }
    };
    let one = join_all((0..60).map(|_| guess("viewer".to_owned()))).await;
    assert_eq!((count(&one, "credentials"), count(&one, "throttled")), (5, 55), "{one:?}");

    // Strangers go on, with whatever names; the owner comes in from a device that is known.
    let strangers = join_all((0..60).map(|number| guess(format!("guess-{number}"))));
    let owner = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        try_in(&nestor, "viewer", PASSWORD, &[("cookie", &device)]).await
    };
    let (strangers, owner) = tokio::join!(strangers, owner);
    assert_eq!((count(&strangers, "credentials"), count(&strangers, "throttled")), (15, 45), "{strangers:?}");
    assert_eq!(owner, "in");
    assert_eq!(try_in(&nestor, "viewer", PASSWORD, &[]).await, "throttled", "without it even the owner waits");

    // A client with the sign of a device guesses no more than a few times either, and it is worth nothing elsewhere.
    let shown = [("cookie", device.as_str())];
    let guesses = join_all((0..15).map(|_| try_in(&nestor, "viewer", "wrong password", &shown))).await;
    assert_eq!(count(&guesses, "credentials") + count(&guesses, "503 Service Unavailable"), 10, "{guesses:?}");
    assert_eq!(try_in(&nestor, "admin", "wrong password", &shown).await, "throttled");

    assert!(did(&nestor, &["list"]).contains("locked"), "{}", did(&nestor, &["list"]));
    did(&nestor, &["unlock", "viewer"]);
    assert!(!did(&nestor, &["list"]).contains("locked"), "{}", did(&nestor, &["list"]));
    assert_eq!(try_in(&nestor, "viewer", PASSWORD, &[]).await, "in");
}

/// More wait than are looked at in some seconds: they are sent away, with a time to come again.
#[tokio::test]
async fn passwords_wait_in_a_queue_that_ends() {
    let folder = TempDir::new().unwrap();
    let kea = kea();
    lay_accounts(folder.path());
    let file = folder.path().join("proxies.toml");
    std::fs::write(&file, "[console]\ntrusted_proxies = ['127.0.0.1']\n").unwrap();
    let nestor = Nestor::start(folder.path(), &kea, &["--config", path(&file)]);
    let guess = |number: usize| {
        let nestor = &nestor;
        async move {
            let way = format!("203.0.113.66, 198.51.100.{number}");
            try_in(nestor, &format!("guess-{number}"), "wrong password", &[("x-forwarded-for", &way)]).await
        }
    };
    let answers = join_all((0..80).map(guess)).await;
    assert_eq!(count(&answers, "throttled"), 0, "each comes from elsewhere: {answers:?}");
    assert!(count(&answers, "503 Service Unavailable") >= 20, "{answers:?}");
    assert!(count(&answers, "credentials") >= 34, "{answers:?}");

    // Behind a trusted proxy a stranger who guesses locks no other user out.
    let stranger = [("x-forwarded-for", "198.51.100.200")];
    for _ in 0..5 {
        assert_eq!(try_in(&nestor, "viewer", "wrong password", &stranger).await, "credentials");
    }
    assert_eq!(try_in(&nestor, "viewer", PASSWORD, &stranger).await, "throttled");
    let forged = [("x-forwarded-for", "198.51.100.201, 198.51.100.200")];
    assert_eq!(try_in(&nestor, "viewer", PASSWORD, &forged).await, "throttled", "the caller's own words count nothing");
    assert_eq!(try_in(&nestor, "viewer", PASSWORD, &[("forwarded", "for=198.51.100.202")]).await, "in");
}

#[tokio::test]
async fn leavers_lose_their_access_at_once() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    assert_eq!(did(&nestor, &["list"]).lines().count(), 3);
    let (viewer, operator, admin) =
        (nestor.sign_in("viewer").await, nestor.sign_in("operator").await, nestor.sign_in("admin").await);
    let mut stream = nestor.get("/events", &operator).await;

    did(&nestor, &["disable", "operator"]);
    assert_eq!([status(&nestor, &operator).await, status(&nestor, &viewer).await], [401, 200]);
    let ended = async { while stream.chunk().await.unwrap().is_some() {} };
    tokio::time::timeout(Duration::from_secs(5), ended).await.expect("the open stream ends too");
    assert_eq!(try_in(&nestor, "operator", PASSWORD, &[]).await, "credentials");
    assert!(did(&nestor, &["list"]).contains("disabled"));
    did(&nestor, &["enable", "operator"]);
    assert_eq!(status(&nestor, &operator).await, 401, "what ended stays so");
    let operator = nestor.sign_in("operator").await;

    let release = json!({ "hold": { "subnet": { "server": "kea", "id": 1 }, "address": "192.0.2.7" } });
    assert_ne!(nestor.call("/api/holds/release", &release, &operator).await.0, 403);
    did(&nestor, &["role", "operator", "viewer"]);
    assert_eq!(nestor.call("/api/holds/release", &release, &operator).await.0, 403);
    assert_eq!(status(&nestor, &operator).await, 200, "a user who may do less is still signed in");

    let (code, said) = user(&nestor, &["password", "viewer", "--password-stdin"], "another long password\n");
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(status(&nestor, &viewer).await, 401);
    assert_eq!(try_in(&nestor, "viewer", PASSWORD, &[]).await, "credentials");
    assert_eq!(try_in(&nestor, "viewer", "another long password", &[]).await, "in");

    did(&nestor, &["remove", "viewer"]);
    assert_eq!(try_in(&nestor, "viewer", "another long password", &[]).await, "credentials");
    for (words, says) in [
        (&["remove", "viewer"][..], "does not exist"),
        (&["remove", "admin"], "only administrator"),
        (&["disable", "admin"], "only administrator"),
        (&["role", "admin", "viewer"], "only administrator"),
        (&["unlock", "nobody"], "does not exist"),
        (&["password", "admin", "--password-stdin"], "12 to 1024"),
    ] {
        let (code, said) = user(&nestor, words, "short\n");
        assert!(code == Some(2) && said.contains(says) && said.lines().count() == 1, "{words:?}: {said}");
    }
    assert_eq!(status(&nestor, &admin).await, 200);
}

#[tokio::test]
async fn a_cookie_of_a_device_is_no_session() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let device = device_of(&nestor, "admin").await;
    assert_eq!(status(&nestor, &device).await, 401);
    let answer = nestor.form("/login", &[("name", "admin"), ("password", PASSWORD)], &device).await;
    assert_eq!(status(&nestor, &cookie_of(&answer)).await, 200);
}
