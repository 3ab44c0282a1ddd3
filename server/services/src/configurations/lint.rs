//! The text of a configuration file, judged before any server reads it.

use keaconf::{Document, Lint, LintLine, Plan};
use model::{ConfigLint, ConfigLintLine, Permission, ServerName};

use super::Configurations;
use super::history::aside;
use super::view::level;
use crate::{Actor, Result};

impl Configurations {
    /// What stands against the text of a configuration file, as Kea would read it when it starts, and what differs in it from
    /// what a server runs. Nothing is sent there. What the file includes is on another machine, and is not read.
    pub async fn lint(&self, actor: &Actor, server: &ServerName, text: &str) -> Result<ConfigLint> {
        actor.may(Permission::Look)?;
        let text = text.to_owned();
        let lint = aside(move || keaconf::lint("", text.as_bytes(), &mut unread)).await?;
        // Also of a server that does not answer the file can be judged.
        let running = match &lint.document {
            Some(_) => self.dhcp.running(server).await.map(|running| running.shown().clone()),
            None => return Ok(shown(lint, Err("It cannot be read, so it is not compared.".to_owned()))),
        };
        let running =
            running.map_err(|_| "The server does not say what it runs, so the two are not compared.".to_owned());
        aside(move || shown(lint, running)).await
    }
}

/// Why a file that another includes is not read.
fn unread(_: &str) -> std::result::Result<Vec<u8>, String> {
    Err("what a file includes cannot be read from here: use “nestor config lint” where it is".to_owned())
}

fn shown(lint: Lint, running: std::result::Result<Document, String>) -> ConfigLint {
    let Lint { document, mut lines } = lint;
    lines.sort_by_key(|line| (line.line, line.column));
    let lines = lines.into_iter().map(line).collect();
    let compared = running.and_then(|running| differing(&running, &document.ok_or_else(String::new)?));
    let (mut words, total, not_compared) = match compared {
        Ok((words, total, left_out)) => (words, Some(u32::try_from(total).unwrap_or(u32::MAX)), left_out),
        Err(why) => (Vec::new(), None, Some(why)),
    };
    words.truncate(ConfigLint::MOST);
    ConfigLint { lines, words, total, not_compared }
}

/// What a server would run otherwise, the first of it in words; how much that is, and what is not compared. Secrets are not:
/// nobody learns whether one is right.
fn differing(running: &Document, file: &Document) -> std::result::Result<(Vec<String>, usize, Option<String>), String> {
    if running.daemon != file.daemon {
        let (file, runs) = (file.daemon.root(), running.daemon.root());
        return Err(format!(
            "It is a configuration of {file}, and the server runs one of {runs}: they are not compared."
        ));
    }
    let groups = running.root.iter().filter(|(_, value)| value.as_map().is_some());
    let names = groups.filter_map(|(name, _)| name.as_str());
    let groups: Vec<&str> = names.filter(|name| !file.root.has(name)).collect();
    let left_out = (!groups.is_empty()).then(|| {
        format!("The file has no {}: Kea’s defaults would hold there, and are not compared.", groups.join(", "))
    });
    let mut plan = Plan::to_file(running, &file.without_copies().redacted());
    // Words look at all subnets for each change: of those that are not shown they would take minutes.
    let more = plan.changes.len().saturating_sub(ConfigLint::MOST);
    plan.changes.truncate(ConfigLint::MOST);
    let words = plan.words();
    let total = words.len() + more;
    Ok((words, total, left_out))
}

fn line(line: LintLine) -> ConfigLintLine {
    let LintLine { severity, rule, line, column, path, text, .. } = line;
    ConfigLintLine { rule: rule.to_owned(), level: level(severity), line, column, path, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUNS: &str = r#"{"Dhcp4":{"valid-lifetime":3600,"control-sockets":[{"socket-type":"http","socket-port":8001,
        "authentication":{"type":"basic","clients":[{"user":"a","password":"right"}]}}]}}"#;

    fn of(text: &str) -> ConfigLint {
        let running = Document::read(RUNS.as_bytes()).unwrap().redacted();
        shown(keaconf::lint("", text.as_bytes(), &mut unread), Ok(running))
    }

    #[test]
    fn what_would_run_otherwise_is_said_and_secrets_are_not_compared() {
        assert_eq!(of(RUNS).words, Vec::<String>::new());
        assert_eq!(of(&RUNS.replace("right", "wrong")).words, Vec::<String>::new());
        let other = of(&RUNS.replace("3600", "900"));
        assert_eq!((other.words.len(), other.total), (1, Some(1)));
        assert!(other.words[0].contains("3600") && other.words[0].contains("900"), "{other:?}");
        let dhcp6 = of(r#"{"Dhcp6":{}}"#);
        assert!(dhcp6.not_compared.is_some_and(|why| why.contains("Dhcp6")));
    }

    #[test]
    fn of_many_differences_the_first_are_told_and_all_are_counted() {
        let subnet = |n: usize| format!(r#"{{"id":{},"subnet":"10.{}.{}.0/24"}}"#, n + 1, n / 256, n % 256);
        let subnets: Vec<_> = (0..ConfigLint::MOST + 50).map(subnet).collect();
        let with = format!(r#"{{"Dhcp4":{{"subnet4":[{}],"valid-lifetime""#, subnets.join(","));
        let found = of(&RUNS.replace(r#"{"Dhcp4":{"valid-lifetime""#, &with));
        assert_eq!((found.words.len(), found.total), (ConfigLint::MOST, Some(250)), "{:?}", found.words.last());
    }

    #[test]
    fn what_stands_against_it_comes_in_the_order_of_its_lines() {
        let found = of("{ \"Dhcp4\": {\n  \"valid-lifetme\": 1,\n  \"renew-timr\": 2 } }");
        let places: Vec<_> = found.lines.iter().map(|one| (one.line, one.path.as_str())).collect();
        assert!(places.contains(&(2, "valid-lifetme")) && places.is_sorted(), "{places:?}");
        let broken = of("{ \"Dhcp4\": { \"renew-timer\" 2 } }");
        assert_eq!((broken.lines.len(), broken.lines[0].rule.as_str()), (1, "syntax"));
    }
}
