use super::super::yaml;
use super::*;

fn source(file: &str, yaml: &str) -> Source {
    Source::new(file, yaml::parse(yaml).unwrap())
}

const KEA_API: &str = ":kea_api_url: http://192.0.2.9:8000/\n";

/// The draft and what is said about it; `kea` is that of the plugin.
fn mapped(global: &str, dhcp: &str, kea: &str) -> (Draft, Notes) {
    let folder = Folder {
        global: source("settings.yml", global),
        dhcp: Some(source("settings.d/dhcp.yml", &format!(":use_provider: dhcp_kea_api\n{dhcp}"))),
        kea: None,
        kea_api: Some(source("settings.d/dhcp_kea_api.yml", kea)),
    };
    let mut notes = Notes::default();
    let draft = map(folder, &mut notes);
    (draft, notes)
}

fn remarked(notes: &Notes, text: &str) -> bool {
    notes.remarks.iter().any(|remark| remark.to_string().contains(text))
}

fn dropped(notes: &Notes, key: &str) -> String {
    let found = notes.dropped.iter().find(|dropped| dropped.place.key.as_ref().is_some_and(|(name, _)| name == key));
    found.map_or_else(|| panic!("{key} is not dropped: {notes:?}"), |dropped| dropped.why.clone())
}

const TLS: &str =
    ":ssl_certificate: /c\n:ssl_private_key: /k\n:ssl_ca_file: /a\n:trusted_hosts: [foreman.example.org]\n";

fn listen(global: &str, dhcp: &str) -> (String, bool, Notes) {
    let (draft, notes) = mapped(global, dhcp, KEA_API);
    let listener = draft.listener.unwrap();
    (listener.address.to_string(), listener.tls.is_some(), notes)
}

#[test]
fn tls_is_taken_before_plain_http() {
    let (address, tls, notes) = listen(&format!("{TLS}:http_port: 8000\n:bind_host: 192.0.2.5\n"), ":enabled: true\n");
    assert_eq!((address.as_str(), tls), ("192.0.2.5:8443", true));
    assert!(dropped(&notes, "http_port").contains("one port"));
    let (address, tls, _) = listen(&format!("{TLS}:https_port: 9090\n:bind_host: ['*']\n"), ":enabled: https\n");
    assert_eq!((address.as_str(), tls), ("0.0.0.0:9090", true));
}

#[test]
fn dhcp_over_plain_http_alone_stays_so() {
    let (address, tls, notes) = listen(&format!("{TLS}:http_port: 8001\n"), ":enabled: http\n");
    assert_eq!((address.as_str(), tls), ("0.0.0.0:8001", false));
    assert!(dropped(&notes, "ssl_private_key").contains("plain HTTP"));
    assert!(remarked(&notes, "allow_plain_http"));
    let (address, _, notes) = listen(":http_port: 8001\n:bind_host: localhost\n", ":enabled: true\n");
    assert_eq!(address, "127.0.0.1:8001");
    assert!(!remarked(&notes, "allow_plain_http"));
    let (_, tls, notes) = listen(":http_port: 8001\n:ssl_ca_file: /a\n", ":enabled: https\n");
    assert!(!tls && remarked(&notes, "not served at all"));
    assert!(dropped(&notes, "ssl_ca_file").contains("TLS needs"));
}

#[test]
fn without_a_port_nothing_is_listened_on() {
    let (draft, notes) = mapped(":bind_host: '*'\n", "", KEA_API);
    assert_eq!(draft.listener, None);
    assert!(remarked(&notes, "would not have started"));
    let (draft, notes) = mapped(TLS, ":enabled: http\n", KEA_API);
    assert!(draft.listener.is_none() && remarked(&notes, "no http_port"), "{notes:?}");
}

#[test]
fn of_several_addresses_one_is_taken_and_never_more_than_were() {
    let host = |hosts: &str| listen(&format!("{TLS}:bind_host: {hosts}\n"), "").0;
    assert_eq!(host("[192.0.2.5, 192.0.2.6]"), "192.0.2.5:8443");
    assert_eq!(host("[192.0.2.5, '*']"), "0.0.0.0:8443");
    assert_eq!(host("'::'"), "[::]:8443");
    assert_eq!(host("[proxy.example.org, '2001:db8::1']"), "[2001:db8::1]:8443");
    assert_eq!(host("proxy.example.org"), "127.0.0.1:8443");
    assert_eq!(host("{a: b}"), "127.0.0.1:8443");
    let (_, _, notes) = listen(&format!("{TLS}:bind_host: [192.0.2.5, 192.0.2.6]\n"), "");
    assert!(remarked(&notes, "not listened on: 192.0.2.6"));
    let (address, _, notes) = listen(&format!("{TLS}:https_port: 70000\n"), "");
    assert!(address.ends_with(":8443") && remarked(&notes, "not a port"));
}

#[test]
fn trusted_hosts_never_let_more_in_than_before_without_a_word() {
    let hosts = |list: &str| {
        let (draft, notes) =
            mapped(&format!("{}:trusted_hosts: {list}\n", TLS.replace(":trusted", ":old")), "", KEA_API);
        (draft.trusted_hosts.unwrap(), notes)
    };
    let (list, notes) = hosts("[Foreman.Example.ORG, foreman.example.org, b]");
    assert_eq!(list, ["foreman.example.org", "b"]);
    assert!(remarked(&notes, "“Foreman.Example.ORG” is written in lower case"));
    assert!(remarked(&notes, "first “CN=”"));
    let (list, notes) = hosts("['*', a]");
    assert!(list == ["a"] && remarked(&notes, "“*” is omitted"));
    let (list, notes) = hosts("[a b, '', \"c\\nd\", e]");
    assert!(list == ["e"] && remarked(&notes, "“c\\nd” is omitted"), "{notes:?}");
    let (list, notes) = hosts("[]");
    assert!(list.is_empty() && remarked(&notes, "403"));
    let (list, notes) = hosts("[[a]]");
    assert!(list.is_empty() && remarked(&notes, "not a list"));
    let (list, notes) = hosts("");
    assert!(list == ["*"] && remarked(&notes, "every host with a certificate"));
    let (draft, notes) = mapped(":http_port: 8000\n", "", KEA_API);
    assert!(draft.trusted_hosts.is_none() && remarked(&notes, "every host that reaches the port"));
}

#[test]
fn dhcp_settings_have_the_defaults_of_the_smart_proxy() {
    assert!(mapped(TLS, "", KEA_API).0.ping_free_ip);
    assert!(!mapped(TLS, ":ping_free_ip: false\n", KEA_API).0.ping_free_ip);
    let (draft, notes) = mapped(TLS, ":ping_free_ip: 3\n", KEA_API);
    assert!(draft.ping_free_ip && remarked(&notes, "neither"));
    let (_, notes) = mapped(TLS, ":enabled: false\n:subnets: [192.0.2.0/255.255.255.0]\n:server: h\n", KEA_API);
    assert!(remarked(&notes, "DHCP was off"));
    assert!(dropped(&notes, "subnets").contains("every subnet") && dropped(&notes, "server").contains("URL"));
}

#[test]
fn log_levels_are_ours() {
    let level = |level: &str| mapped(&format!("{TLS}:log_level: {level}\n"), "", KEA_API).0.log_filter;
    let found = ["DEBUG", "info", "WARN", "ERROR", "FATAL", "UNKNOWN", "x", ""].map(level);
    assert_eq!(found, ["debug", "info", "warn", "error", "error", "error", "info", "info"]);
}

#[test]
fn the_hold_time_is_the_one_that_was_meant() {
    let hold =
        |value: &str| mapped(TLS, "", &format!("{KEA_API}:blacklist_duration_minutes: {value}\n")).0.blacklist_duration;
    let found = ["5", "60", "61", "1800", "99999999", "0", "-3", "x", ""].map(hold);
    assert_eq!(found, ["5m", "60m", "61s", "1800s", "86400s", "5m", "5m", "5m", "5m"]);
    let (draft, notes) = mapped(TLS, "", KEA_API);
    assert!(draft.blacklist_duration == "5m" && remarked(&notes, "5 seconds"));
}

#[test]
fn both_providers_are_read() {
    let user = ":kea_api_username: foreman\n:kea_api_password: 1234\n";
    let (draft, notes) = mapped(TLS, "", &format!("{KEA_API}{user}:cache_ttl: 60\n:managed_subnets: []\n"));
    let [kea] = &draft.kea[..] else { panic!("{draft:?}") };
    assert_eq!(
        (kea.name.as_str(), kea.url.as_str(), kea.user.as_deref()),
        ("kea", "http://192.0.2.9:8000/", Some("foreman"))
    );
    assert_eq!(kea.password.as_ref().unwrap().1.reveal(), "1234");
    assert!(
        dropped(&notes, "cache_ttl").contains("Kea itself")
            && dropped(&notes, "managed_subnets").contains("every subnet")
    );

    let folder = Folder {
        global: source("settings.yml", TLS),
        dhcp: Some(source("settings.d/dhcp.yml", ":use_provider: dhcp_kea\n")),
        kea: Some(source(
            "settings.d/dhcp_kea.yml",
            ":dhcp_kea_url: https://kea\n:dhcp_kea_username: ~\n:dhcp_kea_password: ~\n:dhcp_kea_verify_ssl: false\n\
             :dhcp_kea_lease_timeout: 60\n",
        )),
        kea_api: Some(source("settings.d/dhcp_kea_api.yml", KEA_API)),
    };
    let mut notes = Notes::default();
    let draft = map(folder, &mut notes);
    assert_eq!((draft.kea[0].url.as_str(), &draft.kea[0].user), ("https://kea", &None));
    assert!(remarked(&notes, "ca_file") && dropped(&notes, "dhcp_kea_verify_ssl").contains("always"));
    assert!(
        notes.dropped.iter().any(|dropped| dropped.to_string().contains("dhcp_kea_api.yml: it belongs to a provider"))
    );
    assert!(dropped(&notes, "dhcp_kea_lease_timeout").contains("limits"));
}

#[test]
fn another_provider_is_reported_and_leaves_a_place_for_the_url() {
    let folder = Folder {
        global: source("settings.yml", TLS),
        dhcp: Some(source("settings.d/dhcp.yml", ":enabled: true\n")),
        ..Folder::default()
    };
    let mut notes = Notes::default();
    let draft = map(folder, &mut notes);
    assert_eq!(draft.kea[0].url, "http://127.0.0.1:8000/");
    assert!(remarked(&notes, "used dhcp_isc, not Kea") && remarked(&notes, "until you write the URL"));
}

#[test]
fn several_servers_share_user_and_password() {
    let several = ":kea_api_url: [http://a/, http://b/]\n:kea_api_username: u\n:kea_api_password: p\n";
    let (draft, _) = mapped(TLS, "", several);
    let found: Vec<_> =
        draft.kea.iter().map(|kea| (kea.name.as_str(), kea.url.as_str(), kea.user.as_deref())).collect();
    assert_eq!(found, [("kea", "http://a/", Some("u")), ("kea-2", "http://b/", Some("u"))]);
    assert!(draft.kea.iter().all(|kea| kea.password.is_some()));
}

#[test]
fn credentials_in_the_url_are_neither_kept_nor_shown() {
    let (draft, notes) = mapped(TLS, "", ":kea_api_url: http://u:hunter2@kea:8000/x?y\n");
    assert_eq!(draft.kea[0].url, "http://kea:8000/x");
    assert!(remarked(&notes, "are omitted") && !format!("{draft:?}{notes:?}").contains("hunter2"));
    let (draft, notes) = mapped(TLS, "", ":kea_api_url: kea:8000\n");
    assert!(draft.kea[0].url == "http://kea:8000" && remarked(&notes, "no scheme"));
    assert!(remarked(&mapped(TLS, "", ":kea_api_url: ftp://kea/\n").1, "correct it"));
    assert!(remarked(&mapped(TLS, "", ":kea_api_url:\n").1, "default"));
}

#[test]
fn passwords_that_cannot_be_used_are_dropped() {
    let (draft, notes) = mapped(TLS, "", &format!("{KEA_API}:kea_api_password: hunter2\n"));
    assert!(draft.kea[0].password.is_none() && dropped(&notes, "kea_api_password").contains("no user"));
    let (draft, notes) = mapped(TLS, "", &format!("{KEA_API}:kea_api_username: u\n:kea_api_password: \"a\\nb\"\n"));
    assert!(draft.kea[0].password.is_none() && dropped(&notes, "kea_api_password").contains("one line"));
    let said: Vec<String> = notes.dropped.iter().map(ToString::to_string).collect();
    assert!(!said.concat().contains("hunter2"));
}

#[test]
fn every_key_is_carried_over_or_named() {
    let global = "
:settings_directory: /x
:foreman_url: https://f
:foreman_ssl_ca: /x
:foreman_ssl_cert: /x
:foreman_ssl_key: /x
:daemon: true
:daemon_pid: /x
:log_file: STDOUT
:log_buffer: 1
:log_buffer_errors: 1
:forward_verify: true
:dns_resolv_timeouts: [1]
:file_logging_pattern: x
:system_logging_pattern: x
:ssl_disabled_ciphers: []
:tls_disabled_versions: []
:invented: hunter2
:daemon: false
";
    let (_, notes) = mapped(&format!("{TLS}{global}"), ":invented_too: 1\n", &format!("{KEA_API}:and_this: 1\n"));
    for line in global.lines().filter_map(|line| line.strip_prefix(':')) {
        dropped(&notes, line.split(':').next().unwrap());
    }
    assert_eq!(notes.dropped.len(), 16 + 2 + 2, "{notes:?}");
    let twice: Vec<_> = notes.dropped.iter().filter(|dropped| dropped.why.contains("again below")).collect();
    assert!(matches!(twice[..], [one] if one.place.to_string() == "settings.yml :daemon: (line 11)"), "{twice:?}");
    assert!(
        dropped(&notes, "invented").contains("knows no such") && dropped(&notes, "and_this").contains("knows no such")
    );
    assert!(!format!("{notes:?}").contains("hunter2"));
}
