//! Signing in, staying signed in, signing out.

use crate::support::{Nestor, PASSWORD, cookie_of, kea, run};
use reqwest::header::{LOCATION, SET_COOKIE};
use serde_json::json;
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
