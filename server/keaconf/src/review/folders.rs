//! Files outside of the folders that Kea keeps to since 2.4.2, 2.6.3 and 3.0. Of most of them its tests say nothing, and its
//! start fails.

use std::collections::HashSet;

use super::{Finding, Severity, set};
use crate::{Document, Map, Path, Value};

/// A folder of Kea: how it ends on every system, where packages have it, and what names another one to Kea.
struct Folder {
    ends: &'static [&'static str],
    packaged: &'static str,
    variable: &'static str,
}

const DATA: Folder = Folder { ends: &["/lib/kea", "/db/kea"], packaged: "/var/lib/kea", variable: "KEA_DHCP_DATA_DIR" };
const LOG: Folder = Folder { ends: &["/log/kea"], packaged: "/var/log/kea", variable: "KEA_LOG_FILE_DIR" };
const LEGAL: Folder = Folder { variable: "KEA_LEGAL_LOG_DIR", ..LOG };
const SCRIPTS: Folder =
    Folder { ends: &["/kea/scripts"], packaged: "/usr/share/kea/scripts", variable: "KEA_HOOK_SCRIPTS_PATH" };
const SOCKETS: Folder = Folder { ends: &["/run/kea"], packaged: "/run/kea", variable: "KEA_CONTROL_SOCKET_DIR" };
const HOOKS: Folder =
    Folder { ends: &["/kea/hooks"], packaged: "/usr/lib/<architecture>/kea/hooks", variable: "KEA_HOOKS_PATH" };

/// The parameters of hook libraries that name a file or, of legal logs, a folder.
const OF_HOOKS: [(&str, &str, &Folder); 4] = [
    ("libdhcp_run_script.so", "name", &SCRIPTS),
    ("libdhcp_legal_log.so", "prerotate", &SCRIPTS),
    ("libdhcp_legal_log.so", "postrotate", &SCRIPTS),
    ("libdhcp_legal_log.so", "path", &LEGAL),
];

/// What of a configuration Kea would not take from where it is, as packages are made. What runs, it has taken.
pub fn review_folders(document: &Document) -> Vec<Finding> {
    let root = &document.root;
    let mut findings = Vec::new();
    let is_memfile = |database: &&Map| database.text("type").is_none_or(|kind| kind == "memfile");
    if let Some(database) = root.get("lease-database").and_then(Value::as_map).filter(is_memfile) {
        findings.extend(of_file(&Path::root().member("lease-database"), database, "name", &DATA));
    }
    for (path, logger) in document.elements(&Path::root(), root, "loggers") {
        let outputs = document.elements(&path, logger, "output-options");
        findings.extend(outputs.iter().filter_map(|(path, output)| of_file(path, output, "output", &LOG)));
    }
    let sockets = document.elements(&Path::root(), root, "control-sockets");
    findings.extend(sockets.iter().filter_map(|(path, socket)| of_file(path, socket, "socket-name", &SOCKETS)));
    for (path, hook) in document.elements(&Path::root(), root, "hooks-libraries") {
        findings.extend(of_file(&path, hook, "library", &HOOKS));
        let Some(parameters) = hook.get("parameters").and_then(Value::as_map) else { continue };
        let is_of = |library: &str| hook.text("library").is_some_and(|file| file.ends_with(library));
        let named = OF_HOOKS.iter().filter(|(library, ..)| is_of(library));
        let path = path.member("parameters");
        findings.extend(named.filter_map(|(_, name, folder)| of_file(&path, parameters, name, folder)));
    }
    findings
}

/// The same of a step: what was there before is taken.
pub(super) fn moved_out(before: &Document, after: &Document) -> Vec<Finding> {
    let known: HashSet<(Path, String)> = review_folders(before).into_iter().map(|old| (old.path, old.text)).collect();
    let is_new = |finding: &Finding| !known.contains(&(finding.path.clone(), finding.text.clone()));
    review_folders(after).into_iter().filter(is_new).collect()
}

fn of_file(path: &Path, map: &Map, name: &str, folder: &Folder) -> Option<Finding> {
    let file = map.text(name)?;
    // A folder is itself where it lies.
    let (there, bare) =
        if name == "path" { (file, None) } else { file.rsplit_once('/').map(|(there, bare)| (there, Some(bare)))? };
    let there = there.trim_end_matches('/');
    if folder.ends.iter().any(|end| there.ends_with(end)) {
        return None;
    }
    let Folder { packaged, variable, .. } = folder;
    let text = format!(
        "“{file}” is outside of the folder that Kea takes it from, on most systems {packaged}: since 2.4.2, 2.6.3 and 3.0 it \
         does not start with it, unless {variable} names another folder or it runs with -X."
    );
    let path = path.member(name);
    // Programs and leases would have to be moved along; a log begins anew.
    let mend = bare.filter(|_| name == "output").map(|bare| set(path.clone(), bare)).into_iter().collect();
    Some(Finding { rule: "folder", severity: Severity::Warning, path, text, mend })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(inside: &str) -> Document {
        Document::read(format!(r#"{{"Dhcp4":{{{inside}}}}}"#).as_bytes()).unwrap()
    }

    fn paths(inside: &str) -> Vec<String> {
        review_folders(&document(inside)).into_iter().map(|finding| finding.path.to_string()).collect()
    }

    #[test]
    fn files_elsewhere_are_found_and_those_in_the_folders_of_kea_are_not() {
        let elsewhere = r#""lease-database":{"type":"memfile","name":"/srv/leases.csv"},
            "loggers":[{"name":"kea-dhcp4","output-options":[{"output":"/srv/kea.log"},{"output":"stdout"}]}],
            "control-sockets":[{"socket-type":"unix","socket-name":"/tmp/kea.sock"}],
            "hooks-libraries":[{"library":"/opt/lib/libdhcp_run_script.so","parameters":{"name":"/root/notify.sh","sync":false}},
                {"library":"libdhcp_legal_log.so","parameters":{"path":"/srv/legal","prerotate":"/bin/true"}}]"#;
        assert_eq!(paths(elsewhere).len(), 7, "{:?}", paths(elsewhere));
        let inside = r#""lease-database":{"type":"memfile","name":"/var/lib/kea/leases.csv"},
            "loggers":[{"name":"kea-dhcp4","output-options":[{"output":"/usr/local/var/log/kea/kea.log"},{"output":"a.log"}]}],
            "control-sockets":[{"socket-type":"unix","socket-name":"/var/run/kea/kea.sock"}],
            "hooks-libraries":[{"library":"/usr/lib64/kea/hooks/libdhcp_run_script.so",
                "parameters":{"name":"/usr/share/kea/scripts/notify.sh"}},
                {"library":"libdhcp_legal_log.so","parameters":{"path":"/var/log/kea/"}}]"#;
        assert_eq!(paths(inside), Vec::<String>::new());
        let database = r#""lease-database":{"type":"postgresql","name":"kea"}"#;
        assert_eq!(paths(database), Vec::<String>::new(), "the name of a database is no file");
    }

    #[test]
    fn of_a_step_only_what_is_new_is_told() {
        let of = |file: &str| document(&format!(r#""lease-database":{{"type":"memfile","name":"{file}"}}"#));
        assert_eq!(moved_out(&of("/srv/a.csv"), &of("/srv/a.csv")).len(), 0, "it runs like this");
        assert_eq!(moved_out(&of("/srv/a.csv"), &of("/srv/b.csv")).len(), 1);
    }
}
