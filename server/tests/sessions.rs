//! Signing in, staying signed in, signing out.

use crate::support::{Nestor, PASSWORD, cookie_of, kea, run};
use reqwest::header::{LOCATION, SET_COOKIE};
use serde_json::{Value, json};
use tempfile::TempDir;

async fn is_signed_in(nestor: &Nestor, cookie: &str) -> bool {
    nestor.call("/api/session", &json!({}), cookie).await.0 == 200
}

#[tokio::test]
async fn a_session_begins_and_ends() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let response =
        nestor.form("/login", &[("name", " Admin "), ("password", PASSWORD), ("next", "/networks?text=a")], "").await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()[LOCATION]),
        (303, &"/networks?text=a".parse().unwrap())
    );
    let set = response.headers()[SET_COOKIE].to_str().unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict") && set.contains("Path=/"), "{set}");
    let cookie = cookie_of(&response);
    let (_, account) = nestor.call("/api/session", &json!({}), &cookie).await;
    assert_eq!(account, json!({ "name": "admin", "role": "admin" }));

    let out = nestor.form("/logout", &[], &cookie).await;
    assert_eq!(out.headers()[LOCATION], "/login");
    assert!(!is_signed_in(&nestor, &cookie).await, "the old cookie is worth nothing");
}

#[tokio::test]
async fn a_session_id_that_was_planted_is_not_used() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let planted = nestor.sign_in("viewer").await;
    let response = nestor.form("/login", &[("name", "admin"), ("password", PASSWORD)], &planted).await;
    assert_ne!(cookie_of(&response), planted);
    assert!(!is_signed_in(&nestor, &planted).await);
}

#[tokio::test]
async fn a_wrong_name_is_answered_like_a_wrong_password() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let mut answers = Vec::new();
    for (name, password) in [("admin", "wrong password"), ("nobody", "wrong password"), ("", ""), ("admin' --", "x")] {
        let response = nestor.form("/login", &[("name", name), ("password", password)], "").await;
        assert!(response.headers().get(SET_COOKIE).is_none());
        answers.push((
            response.status().as_u16(),
            response.headers()[LOCATION].clone(),
            response.text().await.unwrap(),
        ));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    for _ in 0..5 {
        nestor.form("/login", &[("name", "viewer"), ("password", "wrong password")], "").await;
    }
    let response = nestor.form("/login", &[("name", "viewer"), ("password", PASSWORD)], "").await;
    assert_eq!(response.headers()[LOCATION], "/login?failed=throttled", "even the right password has to wait");
    nestor.sign_in("admin").await;
}

#[tokio::test]
async fn sign_in_leads_to_our_own_pages_only() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    for next in ["//evil.example", "https://evil.example", "/\\evil.example", "/login"] {
        let response = nestor.form("/login", &[("name", "viewer"), ("password", PASSWORD), ("next", next)], "").await;
        assert_eq!(response.headers()[LOCATION], "/", "{next}");
    }
}

#[tokio::test]
async fn the_first_account_is_made_once_by_the_owner_of_the_link() {
    let kea = kea();
    let folder = TempDir::new().unwrap();
    let nestor = Nestor::start(folder.path(), &kea, &[]);
    let link = nestor.setup.clone().unwrap();
    let token = link.split("token=").nth(1).unwrap();
    let set_up = |token: &str, name: &str, password: &str, again: &str| {
        let fields = [("token", token), ("name", name), ("password", password), ("again", again)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let nestor = &nestor;
        async move {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let response = nestor.form("/setup", &fields, "").await;
            response.headers()[LOCATION].to_str().unwrap().to_owned()
        }
    };
    assert_eq!(nestor.get(&link[nestor.console.len()..], "").await.status(), 200);
    assert!(set_up("00", "alice", PASSWORD, PASSWORD).await.ends_with("failed=token"));
    assert!(set_up(token, "alice", "short", "short").await.ends_with("failed=password"));
    assert!(set_up(token, "alice", PASSWORD, "other").await.ends_with("failed=mismatch"));
    assert_eq!(set_up(token, "alice", PASSWORD, PASSWORD).await, "/");
    assert!(set_up(token, "mallory", PASSWORD, PASSWORD).await.ends_with("failed=token"), "the link works once");
}

#[tokio::test]
async fn sessions_survive_a_restart_and_the_set_up_link_is_gone_then() {
    let kea = kea();
    let mut nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("viewer").await;
    nestor.kill9();
    let again = Nestor::start(&nestor.data, &kea, &[]);
    assert!(again.setup.is_none());
    assert!(is_signed_in(&again, &cookie).await);
}

#[tokio::test]
async fn a_stolen_database_signs_no_one_in() {
    let kea = kea();
    let mut nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("admin").await;
    assert_eq!(nestor.terminate(), Some(0));
    let id = cookie.split('=').nth(1).unwrap();
    for file in std::fs::read_dir(&nestor.data).unwrap() {
        let octets = std::fs::read(file.unwrap().path()).unwrap();
        for secret in [id, PASSWORD] {
            assert!(!octets.windows(secret.len()).any(|window| window == secret.as_bytes()));
        }
    }
}

#[test]
fn passwords_that_are_guessed_first_are_refused() {
    let folder = TempDir::new().unwrap();
    for password in ["", "short", "passwordpassword", "aaaaaaaaaaaaaaaa"] {
        let data = crate::support::path(folder.path());
        let output =
            run(&["user", "add", "alice", "--role", "admin", "--password-stdin", "--data-dir", data], password);
        assert_eq!(output.status.code(), Some(2), "{password:?}");
    }
}

#[tokio::test]
async fn a_page_signs_in_without_being_left() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let sign_in = async |password: &str| {
        let request = nestor.client.post(format!("{}/login", nestor.console)).header("origin", &nestor.console);
        let request = request.header("accept", "application/json");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.body(format!("name=viewer&password={}", password.replace(' ', "+"))).send().await.unwrap()
    };
    let wrong = sign_in("wrong password").await;
    assert_eq!(wrong.status(), 401);
    assert!(wrong.headers().get(SET_COOKIE).is_none());
    let problem: Value = serde_json::from_slice(&wrong.bytes().await.unwrap()).unwrap();
    assert_eq!((&problem["kind"], &problem["text"]), (&json!("unauthenticated"), &json!("Name or password is wrong.")));

    let right = sign_in(PASSWORD).await;
    assert_eq!(right.status(), 200);
    let cookie = cookie_of(&right);
    let right: Value = serde_json::from_slice(&right.bytes().await.unwrap()).unwrap();
    assert_eq!(right, json!({ "name": "viewer", "role": "viewer" }));
    assert!(is_signed_in(&nestor, &cookie).await);
    for _ in 0..5 {
        sign_in("wrong password").await;
    }
    assert_eq!(sign_in(PASSWORD).await.status(), 429, "tries count here, too");
}

#[tokio::test]
async fn nobody_acts_on_a_page_that_somebody_else_opened() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("admin").await;
    let call = async |page_of: &str| {
        let request = nestor.client.post(format!("{}/api/session", nestor.console)).header("cookie", &cookie);
        let request = request.header("sec-fetch-site", "same-origin").header("content-type", "application/json");
        let response = request.header("x-nestor-page-of", page_of).body("{}").send().await.unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_slice::<Value>(&response.bytes().await.unwrap()).unwrap())
    };
    assert_eq!(call("admin").await.0, 200);
    let (status, problem) = call("viewer").await;
    assert_eq!((status, &problem["kind"]), (401, &json!("unauthenticated")));
    let text = problem["text"].as_str().unwrap();
    assert!(text.contains("“viewer”") && text.contains("“admin”"), "{text}");
    assert_eq!(call("admin").await.0, 200, "the session itself goes on");
}

#[tokio::test]
async fn the_sign_in_page_says_why_one_is_there() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let sent_to = async |path: &str, cookie: &str| {
        let response = nestor.get(path, cookie).await;
        assert_eq!(response.status(), 303);
        response.headers()[LOCATION].to_str().unwrap().to_owned()
    };
    let shown = async |path: &str| nestor.get(path, "").await.text().await.unwrap();
    assert_eq!(sent_to("/changes", "").await, "/login?next=%2Fchanges");
    assert!(shown("/login?next=%2Fchanges").await.contains("Sign in to go on to /changes."));
    let cookie = nestor.sign_in("viewer").await;
    nestor.form("/logout", &[], &cookie).await;
    let page = sent_to("/changes", &cookie).await;
    assert_eq!(page, "/login?next=%2Fchanges&why=ended");
    assert!(shown(&page).await.contains("Your session has ended. Sign in to go on to /changes."));

    let folder = TempDir::new().unwrap();
    let empty = Nestor::start(folder.path(), &kea, &[]);
    let response = empty.get("/login", "").await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()[LOCATION]),
        (303, &"/login?why=no-account".parse().unwrap())
    );
    let page = empty.get("/login?why=no-account", "").await.text().await.unwrap();
    assert!(page.contains("There is no account yet.") && page.contains("journalctl -u nestor"), "{page}");
    assert!(!page.contains("token"), "strangers see no link");
}

#[tokio::test]
async fn whoever_is_signed_in_changes_their_own_password() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let (here, elsewhere) = (nestor.sign_in("viewer").await, nestor.sign_in("viewer").await);
    let new = "a few words in a row";
    let change = async |current: &str, password: &str, again: &str, cookie: &str| {
        nestor.form("/account", &[("current", current), ("password", password), ("again", again)], cookie).await
    };
    let ended = async |current: &str, password: &str, again: &str| {
        let response = change(current, password, again, &here).await;
        response.headers()[LOCATION].to_str().unwrap().to_owned()
    };
    assert_eq!(ended("wrong password", new, new).await, "/account?failed=current");
    assert_eq!(ended(PASSWORD, new, "other words in a row").await, "/account?failed=mismatch");
    assert_eq!(ended(PASSWORD, "short", "short").await, "/account?failed=password");
    assert_eq!(change(PASSWORD, new, new, "").await.status(), 401, "a stranger changes nothing");
    assert!(is_signed_in(&nestor, &elsewhere).await);

    let changed = change(PASSWORD, new, new, &here).await;
    assert_eq!(changed.headers()[LOCATION], "/account?done=password");
    let cookie = cookie_of(&changed);
    assert!(is_signed_in(&nestor, &cookie).await, "this session goes on");
    assert!(!is_signed_in(&nestor, &elsewhere).await && !is_signed_in(&nestor, &here).await, "every other one is over");
    let sign_in = async |password: &str| {
        let response = nestor.form("/login", &[("name", "viewer"), ("password", password)], "").await;
        response.headers()[LOCATION].to_str().unwrap().to_owned()
    };
    assert_eq!((sign_in(PASSWORD).await.as_str(), sign_in(new).await.as_str()), ("/login?failed=credentials", "/"));
    let page = nestor.get("/account", &cookie).await.text().await.unwrap();
    assert!(page.contains("Change password") && page.contains(env!("CARGO_PKG_VERSION")), "{page}");
    for _ in 0..6 {
        change("wrong password", new, new, &cookie).await;
    }
    let response = change(new, "other words in a row", "other words in a row", &cookie).await;
    assert_eq!(
        response.headers()[LOCATION],
        "/account?failed=throttled",
        "a page that was left open lets nobody guess"
    );
}
