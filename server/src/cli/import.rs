//! `nestor import`: makes a configuration from that of another program.

mod map;
mod notes;
mod read;
mod write;
mod yaml;

use std::io::Write;
use std::path::{Path, PathBuf, absolute};

use clap::Subcommand;

use super::printing;
use crate::Fault;
use crate::config::{self, Overrides, Secret, Settings};
use map::Draft;
use notes::{Notes, Place, Section};

/// Where a password is looked for when it is not known where the configuration will be.
const PASSWORD_FILE: &str = "/etc/nestor/kea.password";

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make a configuration from the settings of a Smart Proxy
    ForemanProxy {
        /// The folder of its settings, such as /etc/foreman-proxy
        dir: PathBuf,
        /// The file to write, and beside it Kea's password; without it the configuration goes to standard output
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Replace files that exist
        #[arg(long, requires = "output")]
        force: bool,
    },
}

pub(super) fn run(command: Command) -> Result<(), Fault> {
    let Command::ForemanProxy { dir, output, force } = command;
    let mut notes = Notes::default();
    let (folder, parts) = read::read(&dir, &mut notes)?;
    let draft = map::map(folder, &mut notes);
    read::others(&parts, &mut notes);
    notes.sort();
    look_at_files(&draft, &mut notes);
    match output {
        Some(output) => to_file(&draft, &notes, &dir, &output, force),
        None => to_standard_output(&draft, notes, &dir),
    }
}

/// Tells which files of TLS cannot be used as they are named.
fn look_at_files(draft: &Draft, notes: &mut Notes) {
    let Some(tls) = draft.listener.as_ref().and_then(|listener| listener.tls.as_ref()) else { return };
    for file in [&tls.certificate, &tls.key, &tls.ca] {
        let path = Path::new(&file.path);
        let text = if path.is_relative() {
            "the path is relative to where the Smart Proxy was started: write it in full".to_owned()
        } else if let Some(why) = read::unreadable(path) {
            format!("{} cannot be read here: {why}", notes::quoted(&file.path))
        } else {
            continue;
        };
        notes.remark(Section::SmartProxy, Some(file.place.clone()), text);
    }
    notes.remark(Section::SmartProxy, None, "The user that runs Nestor must be able to read key_file.");
}

fn to_standard_output(draft: &Draft, mut notes: Notes, dir: &Path) -> Result<(), Fault> {
    if let Some((place, _)) = password(draft) {
        let text = format!(
            "the password is not printed: write it into {PASSWORD_FILE} (install -m 600 /dev/null {PASSWORD_FILE}, then \
             edit it), or give --output"
        );
        notes.remark(Section::Kea, Some(place.clone()), text);
    }
    let text = write::render(draft, &notes, dir, Some(PASSWORD_FILE));
    printing::text_to_output(&text)
        .map_err(|error| Fault::new(format!("the configuration cannot be printed: {error}")))?;
    report(&notes, &[]);
    Ok(())
}

fn to_file(draft: &Draft, notes: &Notes, dir: &Path, output: &Path, force: bool) -> Result<(), Fault> {
    let output = absolute(output).map_err(|error| Fault::new(format!("--output: {error}")))?;
    let secret = password(draft).map(|(_, password)| (output.with_file_name("kea.password"), password));
    if !force {
        write::must_be_new(&output)?;
        secret.as_ref().map_or(Ok(()), |(file, _)| write::must_be_new(file))?;
    }
    let named = secret.as_ref().map(|(file, _)| text_of(file)).transpose()?;
    let text = write::render(draft, notes, dir, named);
    if let Some((file, password)) = &secret {
        write::private(file, &format!("{}\n", password.reveal()), force)?;
    }
    if let Err(fault) = write::private(&output, &text, force) {
        if let Some((file, _)) = secret.filter(|_| !force) {
            drop(std::fs::remove_file(file));
        }
        return Err(fault);
    }
    let mut said = vec![format!("Written: {}", output.display())];
    said.extend(secret.map(|(file, _)| format!("Written: {}", file.display())));
    said.push(match config::read(&output).and_then(|file| Settings::new(file, Overrides::default())) {
        Ok(_) => format!("Next: nestor check --config {}", output.display()),
        Err(fault) => format!("Still to fix: {fault}"),
    });
    report(notes, &said);
    Ok(())
}

/// The password of the Kea servers; they share one.
fn password(draft: &Draft) -> Option<&(Place, Secret)> {
    draft.kea.iter().find_map(|server| server.password.as_ref())
}

fn text_of(path: &Path) -> Result<&str, Fault> {
    path.to_str().ok_or_else(|| Fault::new(format!("--output: {} is not a text in UTF-8", path.display())))
}

/// Reports to the operator; a closed pipe is no reason to fail.
fn report(notes: &Notes, ending: &[String]) {
    let mut out = std::io::stderr().lock();
    let mut list = |title: &str, texts: Vec<String>| {
        if !texts.is_empty() {
            drop(writeln!(out, "{title}\n  {}\n", texts.join("\n  ")));
        }
    };
    list("To check:", notes.remarks.iter().map(ToString::to_string).collect());
    list("Not carried over:", notes.dropped.iter().map(ToString::to_string).collect());
    for line in ending {
        drop(writeln!(out, "{line}"));
    }
}
