//! `nestor import foreman-proxy`: from a folder as Smart Proxies have it to a configuration that Nestor takes.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{path, run};
use server::config::{self, Overrides, Settings};
use tempfile::TempDir;

const PASSWORD: &str = "hunter2-Ω is a secret";

struct Proxy {
    folder: TempDir,
}

impl Proxy {
    /// With the files of TLS, and the settings that the plugin for Kea has.
    fn new() -> Self {
        let proxy = Self { folder: TempDir::new().unwrap() };
        std::fs::create_dir(proxy.at("settings.d")).unwrap();
        for name in ["cert.pem", "key.pem", "ca.pem"] {
            proxy.write(name, "");
        }
        let home = path(proxy.folder.path()).to_owned();
        proxy.write(
            "settings.yml",
            &format!(
                "---
# An installer wrote this
:settings_directory: /etc/foreman-proxy/settings.d
:ssl_certificate: {home}/cert.pem
:ssl_ca_file: {home}/ca.pem
:ssl_private_key: {home}/key.pem
:trusted_hosts:
  - Foreman.example.org
  - foreman2.example.org
:foreman_url: https://foreman.example.org
:daemon: true
:bind_host: ['*']
:https_port: 8443
:log_file: /var/log/foreman-proxy/proxy.log
:log_level: WARN
"
            ),
        );
        proxy
            .write("settings.d/dhcp.yml", "---\n:enabled: https\n:use_provider: :dhcp_kea_api\n:ping_free_ip: false\n");
        proxy.write(
            "settings.d/dhcp_kea_api.yml",
            &format!(
                "---
:kea_api_url: http://192.0.2.9:8000/
:kea_api_username: foreman
:kea_api_password: '{PASSWORD}'
:managed_subnets: ['192.0.2.0/24']
:blacklist_duration_minutes: 5
:surprise: 1
"
            ),
        );
        proxy.write("settings.d/tftp.yml", "---\n:enabled: https\n:tftproot: /var/lib/tftpboot\n");
        proxy.write("settings.d/dns_nsupdate.yml", "---\n:dns_key: /x\n");
        proxy
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.at(name), text).unwrap();
    }

    /// Exit code, standard output, standard error.
    fn import(&self, more: &[&str]) -> (Option<i32>, String, String) {
        let output = run(&[&["import", "foreman-proxy", path(self.folder.path())][..], more].concat(), "");
        let text = |octets| String::from_utf8(octets).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    }

    fn refused(&self, more: &[&str]) -> String {
        let (code, out, said) = self.import(more);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{said}");
        said
    }
}

fn mode(path: &Path) -> u32 {
    path.symlink_metadata().unwrap().permissions().mode() & 0o777
}

fn settings(file: &Path) -> Settings {
    Settings::new(config::read(file).unwrap(), Overrides::default()).unwrap()
}

#[test]
fn a_whole_folder_becomes_a_configuration() {
    let proxy = Proxy::new();
    let file = proxy.at("nestor.toml");
    let (code, out, said) = proxy.import(&["--output", path(&file)]);
    assert_eq!((code, out.as_str()), (Some(0), ""), "{said}");

    let settings = settings(&file);
    let foreman = settings.smart_proxy.unwrap();
    assert_eq!(foreman.listen, "0.0.0.0:8443".parse().unwrap());
    let tls = foreman.tls.unwrap();
    let files = [tls.certificate_file, tls.key_file, tls.ca_file];
    assert_eq!(files, ["cert.pem", "key.pem", "ca.pem"].map(|name| proxy.at(name)));
    assert_eq!(foreman.trusted_hosts.unwrap(), ["foreman.example.org", "foreman2.example.org"]);
    assert!(foreman.ping.is_none());
    assert_eq!((settings.blacklist_duration.0, settings.log.filter.as_str()), (300, "warn"));
    let [kea] = &settings.kea[..] else { unreachable!("one server") };
    assert_eq!((kea.name.as_str(), kea.url.as_str()), ("kea", "http://192.0.2.9:8000/"));
    let (user, password) = kea.auth.as_ref().unwrap();
    assert_eq!((user.as_str(), password.reveal()), ("foreman", PASSWORD));

    let text = std::fs::read_to_string(&file).unwrap();
    let flat = text.replace("\n# ", " ").replace("   ", " ").replace("  ", " ");
    for key in [
        ":settings_directory: (line 3)",
        ":foreman_url: (line 10)",
        ":daemon: (line 11)",
        ":log_file: (line 14)",
        "dhcp_kea_api.yml :managed_subnets: (line 5)",
        "dhcp_kea_api.yml :surprise: (line 7)",
        "settings.d/tftp.yml: this part is on",
        "settings.d: not about DHCP with Kea, and not on by themselves: dns_nsupdate.yml",
    ] {
        assert!(said.contains(key), "{key} is not reported: {said}");
        assert!(flat.contains(key), "{key} is not in the file: {text}");
    }
    assert!(said.contains("lower case") && flat.contains("lower case"));
    assert!(said.contains("nestor check --config"), "{said}");
    assert!(!said.contains("hunter2") && !text.contains("hunter2"));
    assert_eq!((mode(&file), mode(&proxy.at("kea.password"))), (0o600, 0o600));
}

#[test]
fn what_exists_is_replaced_only_on_request() {
    let proxy = Proxy::new();
    let (file, password) = (proxy.at("nestor.toml"), proxy.at("kea.password"));
    proxy.write("kea.password", "another\n");
    assert!(proxy.refused(&["--output", path(&file)]).contains("--force"));
    assert!(!file.exists(), "nothing is written by half");
    std::fs::remove_file(&password).unwrap();
    proxy.write("target", "mine");
    symlink(proxy.at("target"), &file).unwrap();
    assert!(proxy.refused(&["--output", path(&file)]).contains("exists already"));
    assert!(!password.exists(), "nothing is written by half");

    let (code, _, said) = proxy.import(&["--output", path(&file), "--force"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(std::fs::read_to_string(proxy.at("target")).unwrap(), "mine", "a link is replaced, not followed");
    assert_eq!((mode(&file), mode(&password)), (0o600, 0o600));
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).unwrap();
    assert_eq!(proxy.import(&["--output", path(&file), "--force"]).0, Some(0));
    assert_eq!(mode(&file), 0o600);
    settings(&file);
    let left: Vec<_> = std::fs::read_dir(proxy.folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().ends_with(".new")), "{left:?}");
    assert!(proxy.refused(&["--output", path(&proxy.at("no/such/folder.toml"))]).contains("cannot be written"));
    assert!(proxy.refused(&["--force"]).contains("--output"));
}

#[test]
fn on_standard_output_the_password_is_left_to_the_operator() {
    let proxy = Proxy::new();
    let (code, out, said) = proxy.import(&[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(out.contains("/etc/nestor/kea.password") && said.contains("install -m 600"), "{said}");
    assert!(!out.contains("hunter2") && !said.contains("hunter2"));
    let file = proxy.at("elsewhere.toml");
    std::fs::write(&file, out.replace("/etc/nestor/kea.password", path(&proxy.at("ca.pem")))).unwrap();
    settings(&file);
}

#[test]
fn little_is_enough_for_a_configuration_that_is_taken() {
    let proxy = Proxy::new();
    for name in ["settings.d/dhcp.yml", "settings.d/dhcp_kea_api.yml"] {
        std::fs::remove_file(proxy.at(name)).unwrap();
    }
    proxy.write("settings.yml", "---\n");
    let file = proxy.at("nestor.toml");
    let (code, _, said) = proxy.import(&["--output", path(&file)]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(settings(&file).smart_proxy, None);
    assert!(said.contains("would not have started") && said.contains("used dhcp_isc"), "{said}");

    proxy.write("settings.yml", ":http_port: 8000\n");
    assert_eq!(proxy.import(&["--output", path(&file), "--force"]).0, Some(0));
    let foreman = settings(&file).smart_proxy.unwrap();
    assert_eq!((foreman.listen, foreman.tls, foreman.trusted_hosts), ("0.0.0.0:8000".parse().unwrap(), None, None));

    let tls = ":ssl_certificate: relative.pem\n:ssl_private_key: /nowhere/key.pem\n:ssl_ca_file: /nowhere/ca.pem\n";
    proxy.write("settings.yml", tls);
    let (_, _, said) = proxy.import(&["--output", path(&file), "--force"]);
    assert!(said.contains("relative to where") && said.contains("/nowhere/key.pem cannot be read"), "{said}");
    assert_eq!(settings(&file).smart_proxy.unwrap().trusted_hosts.unwrap(), ["*"]);
}

#[test]
fn what_is_wrong_has_its_file_and_line() {
    let proxy = Proxy::new();
    proxy.write("settings.d/dhcp.yml", "---\n:enabled: true\n:subnets: [a\n:server: x\n");
    let said = proxy.refused(&[]);
    assert!(said.contains("settings.d/dhcp.yml is wrong at line 4"), "{said}");
    proxy.write("settings.d/dhcp.yml", "---\n:a: &a [x,x,x]\n:b: &b [*a,*a,*a]\n:c: [*b,*b,*b]\n");
    assert!(proxy.refused(&[]).contains("line 2: an anchor"));
    proxy.write("settings.d/dhcp.yml", &"#".repeat(300 * 1024));
    assert!(proxy.refused(&[]).contains("larger than 256 KiB"));
    std::fs::write(proxy.at("settings.d/dhcp.yml"), b":a: \xff\n").unwrap();
    assert!(proxy.refused(&[]).contains("UTF-8"));
    std::fs::remove_file(proxy.at("settings.d/dhcp.yml")).unwrap();
    std::fs::create_dir(proxy.at("settings.d/dhcp.yml")).unwrap();
    assert!(proxy.refused(&[]).contains("not a file"));
    std::fs::remove_file(proxy.at("settings.yml")).unwrap();
    assert!(proxy.refused(&[]).contains("/etc/foreman-proxy"));
}

#[test]
fn other_parts_do_not_stand_in_the_way() {
    let proxy = Proxy::new();
    proxy.write("settings.d/bmc.yml", ":enabled: [\n");
    symlink("/nowhere", proxy.at("settings.d/logs.yml")).unwrap();
    assert!(Command::new("mkfifo").arg(proxy.at("settings.d/pipe.yml")).status().unwrap().success());
    let (code, _, said) = proxy.import(&[]);
    assert_eq!(code, Some(0), "{said}");
    for name in ["bmc.yml", "logs.yml", "pipe.yml"] {
        assert!(said.contains(&format!("settings.d/{name}: not about DHCP with Kea, and not read")), "{said}");
    }
}

#[test]
fn names_from_the_files_have_no_effect() {
    let proxy = Proxy::new();
    let key = "\"x\\nallow_plain_http = true\\e[2J\": 1\n";
    let tls = ":ssl_certificate: /c\n:ssl_private_key: /k\n:ssl_ca_file: \"/a\\\"\\nversion = '9'\"\n";
    proxy.write("settings.yml", &format!("{key}{tls}:trusted_hosts: [\"a\\nallow_plain_http = true\"]\n"));
    let file = proxy.at("nestor.toml");
    let (code, _, said) = proxy.import(&["--output", path(&file)]);
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains('\u{1b}'), "{said:?}");
    let foreman = settings(&file).smart_proxy.unwrap();
    assert_eq!(foreman.tls.unwrap().ca_file, Path::new("/a\"\nversion = '9'"));
    assert_eq!((foreman.version.as_str(), foreman.trusted_hosts), ("3.18.0", Some(Vec::new())));
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.lines().any(|line| line.starts_with("allow_plain_http")), "{text}");
}
