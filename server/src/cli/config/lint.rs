//! `nestor config lint`: what stands against a configuration file.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use keaconf::{Edit, LintLine, Severity};
use serde::Serialize;

use crate::Fault;

#[derive(clap::Args)]
pub(in crate::cli) struct Options {
    /// The file, as kea-dhcp4 and the others read it
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Rules whose findings are known and may stay: they are left out, and do not count. What Kea refuses stays
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = clap::builder::NonEmptyStringValueParser::new())]
    except: Vec<String>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

/// A finding, and where in which file it stands.
#[derive(Serialize)]
struct Said {
    severity: &'static str,
    rule: &'static str,
    file: String,
    line: u32,
    column: u32,
    path: String,
    text: String,
    /// The edits that mend it, as `nestor config plan` takes them.
    mend: serde_json::Value,
}

/// Exit codes: 0 nothing but warnings and hints, but for what is left out; 1 Kea refuses it, or it does harm; 2 the file
/// cannot be read.
pub(super) fn run(options: &Options) -> Result<ExitCode, Fault> {
    let name = options.file.display().to_string();
    let text = std::fs::read(&options.file).map_err(|error| Fault::new(format!("{name} cannot be read: {error}")))?;
    let folder = options.file.parent().unwrap_or(Path::new("."));
    let mut lines = lines(&name, &text, folder);
    let is_left_out = |line: &mut Said| {
        line.severity != Severity::Refused.word() && options.except.iter().any(|rule| rule == line.rule)
    };
    let left_out: Vec<&str> = lines.extract_if(.., is_left_out).map(|line| line.rule).collect();
    let report = if options.json { json(&lines)? } else { words(&lines) + &except_note(&options.except, &left_out) };
    // Nobody reading is no reason to end in another way.
    drop(std::io::stdout().write_all(report.as_bytes()));
    let bad = [Severity::Refused, Severity::Error].map(Severity::word);
    Ok(ExitCode::from(u8::from(lines.iter().any(|line| bad.contains(&line.severity)))))
}

/// Kea looks from the folder that it was started in, which nobody knows here: the file's own is tried as well.
fn lines(name: &str, text: &[u8], folder: &Path) -> Vec<Said> {
    let mut include = |file: &str| {
        let read = std::fs::read(file).or_else(|_| std::fs::read(folder.join(file)));
        read.map_err(|error| error.to_string())
    };
    keaconf::lint(name, text, &mut include).lines.into_iter().map(said).collect()
}

fn said(line: LintLine) -> Said {
    let LintLine { severity, rule, file, line, column, path, text, mend } = line;
    let mend = serde_json::from_str(&Edit::write_all(&mend)).unwrap_or_default();
    Said { severity: severity.word(), rule, file, line, column, path, text, mend }
}

fn json(lines: &[Said]) -> Result<String, Fault> {
    let text = serde_json::to_string(lines).map_err(|error| Fault::new(error.to_string()))?;
    Ok(text + "\n")
}

/// How much was left out; a rule that leaves nothing out is misspelt, or no longer needed.
fn except_note(except: &[String], left_out: &[&str]) -> String {
    let is_idle = |rule: &&String| !left_out.contains(&rule.as_str());
    let listed = |rules: Vec<&String>| rules.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let idle = listed(except.iter().filter(is_idle).collect());
    let used = listed(except.iter().filter(|rule| !is_idle(rule)).collect());
    let mut notes = Vec::new();
    if !used.is_empty() {
        notes.push(format!("{} left out ({used}).\n", left_out.len()));
    }
    if !idle.is_empty() {
        notes.push(format!(
            "Nothing was left out for {idle}: no finding of it may stay. --json names the rule of each.\n"
        ));
    }
    notes.concat()
}

fn words(lines: &[Said]) -> String {
    let mut report: Vec<String> = lines
        .iter()
        .map(|line| {
            let path = if line.path.is_empty() { String::new() } else { format!("{}: ", line.path) };
            format!("{}:{}:{}: {}: {path}{}", line.file, line.line, line.column, line.severity, line.text)
        })
        .collect();
    let count = |severity: Severity| lines.iter().filter(|line| line.severity == severity.word()).count();
    let [refused, errors, warnings, hints] =
        [Severity::Refused, Severity::Error, Severity::Warning, Severity::Hint].map(count);
    report.push(if lines.is_empty() {
        "No problems were found.".to_owned()
    } else {
        format!("{refused} refused, {errors} errors, {warnings} warnings, {hints} hints.")
    });
    report.join("\n") + "\n"
}
