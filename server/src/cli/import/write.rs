//! Writes the configuration: as text with comments, and into files that only their owner reads.

use std::fmt::Write as _;
use std::fs::{OpenOptions, remove_file, rename};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::map::Draft;
use super::notes::{Notes, Section, quoted};
use crate::Fault;

/// How wide comments are, in characters.
const WIDTH: usize = 118;

/// The folder that installed servers keep their data in.
const DATA_DIR: &str = "/var/lib/nestor";

/// The configuration as text. `password_file` is where the password of the Kea servers is.
pub(super) fn render(draft: &Draft, notes: &Notes, folder: &Path, password_file: Option<&str>) -> String {
    let mut out = String::new();
    comment(
        &mut out,
        "",
        &format!("Made by “nestor import foreman-proxy” from {}.", quoted(&folder.to_string_lossy())),
    );
    if !notes.dropped.is_empty() {
        out.push_str("#\n# Not carried over:\n");
        for dropped in &notes.dropped {
            comment(&mut out, "- ", &dropped.to_string());
        }
    }
    out.push('\n');
    setting(&mut out, "data_dir", DATA_DIR);
    remarks(&mut out, notes, Section::Top);
    setting(&mut out, "blacklist_duration", &draft.blacklist_duration);

    out.push_str("\n[console]\n");
    setting(&mut out, "listen", "127.0.0.1:3000");

    out.push_str("\n[smart_proxy]\n");
    remarks(&mut out, notes, Section::SmartProxy);
    smart_proxy(&mut out, draft);

    out.push_str("\n[log]\n");
    remarks(&mut out, notes, Section::Log);
    setting(&mut out, "filter", draft.log_filter);

    out.push('\n');
    remarks(&mut out, notes, Section::Kea);
    for (number, server) in draft.kea.iter().enumerate() {
        out.push_str(if number == 0 { "[[kea]]\n" } else { "\n[[kea]]\n" });
        setting(&mut out, "name", &server.name);
        setting(&mut out, "url", &server.url);
        if let Some(user) = &server.user {
            setting(&mut out, "user", user);
        }
        if let (Some(_), Some(file)) = (&server.password, password_file) {
            setting(&mut out, "password_file", file);
        }
    }
    out
}

fn smart_proxy(out: &mut String, draft: &Draft) {
    match &draft.listener {
        Some(listener) => setting(out, "listen", &listener.address.to_string()),
        None => out.push_str("# listen = \"127.0.0.1:8000\"\n"),
    }
    if let Some(tls) = draft.listener.as_ref().and_then(|listener| listener.tls.as_ref()) {
        for (key, file) in [("certificate_file", &tls.certificate), ("key_file", &tls.key), ("ca_file", &tls.ca)] {
            setting(out, key, &file.path);
        }
    }
    if draft.listener.as_ref().is_some_and(|listener| listener.tls.is_none() && !listener.address.ip().is_loopback()) {
        out.push_str("allow_plain_http = true\n");
    }
    if let Some(hosts) = &draft.trusted_hosts {
        let hosts: Vec<String> = hosts.iter().map(|host| literal(host)).collect();
        _ = writeln!(out, "trusted_hosts = [{}]", hosts.join(", "));
    }
    _ = writeln!(out, "ping_free_ip = {}", draft.ping_free_ip);
}

fn remarks(out: &mut String, notes: &Notes, section: Section) {
    for remark in notes.remarks.iter().filter(|remark| remark.section == section) {
        comment(out, "", &remark.to_string());
    }
}

fn setting(out: &mut String, key: &str, value: &str) {
    _ = writeln!(out, "{key} = {}", literal(value));
}

fn literal(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// A comment, broken between words. Nothing in it begins a line of its own.
fn comment(out: &mut String, bullet: &str, text: &str) {
    let mut line = format!("# {bullet}");
    let indent = format!("# {}", " ".repeat(bullet.len()));
    let mut begun = false;
    for word in text.split_whitespace() {
        let wide = line.chars().count() + 1 + word.chars().count() > WIDTH;
        if begun && wide {
            out.push_str(line.trim_end());
            out.push('\n');
            line.clone_from(&indent);
        } else if begun {
            line.push(' ');
        }
        line.extend(word.chars().map(|c| if c.is_control() { ' ' } else { c }));
        begun = true;
    }
    out.push_str(line.trim_end());
    out.push('\n');
}

/// Fails when there is something at that path.
pub(super) fn must_be_new(path: &Path) -> Result<(), Fault> {
    if path.symlink_metadata().is_ok() { Err(taken(path)) } else { Ok(()) }
}

/// Writes a file that its owner alone may read. Without `replace`, what is there stays as it is.
pub(super) fn private(path: &Path, text: &str, replace: bool) -> Result<(), Fault> {
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::AlreadyExists => taken(path),
        _ => Fault::new(format!("{} cannot be written: {error}", path.display())),
    };
    if !replace {
        return create(path, text).map_err(failed);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}.new", std::process::id()));
    create(&beside, text).map_err(failed)?;
    rename(&beside, path).map_err(|error| {
        drop(remove_file(&beside));
        failed(error)
    })
}

fn create(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        drop(remove_file(path));
    }
    written
}

fn taken(path: &Path) -> Fault {
    Fault::new(format!("{} exists already: choose another --output, or replace it with --force", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_broken_between_words() {
        let mut out = String::new();
        comment(&mut out, "- ", &"word ".repeat(60));
        assert!(out.lines().count() > 1 && out.lines().all(|line| line.chars().count() <= WIDTH), "{out}");
        assert!(out.starts_with("# - word") && out.lines().nth(1).unwrap().starts_with("#   word"), "{out}");
        let mut long = String::new();
        comment(&mut long, "", &"x".repeat(300));
        assert_eq!(long, format!("# {}\n", "x".repeat(300)));
    }

    #[test]
    fn nothing_foreign_begins_a_line() {
        let mut out = String::new();
        comment(&mut out, "- ", "a\nallow_plain_http = true\r\u{85}b");
        assert!(out.lines().all(|line| line.starts_with('#')), "{out}");
        let evil = "a\"\nb = '''";
        let parsed: toml::Table = toml::from_str(&format!("x = {}", literal(evil))).unwrap();
        assert_eq!((parsed.len(), parsed["x"].as_str()), (1, Some(evil)));
    }
}
