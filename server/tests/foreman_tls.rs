//! Who may use Foreman's routes: certificates, the list of trusted hosts, and how both are read again.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::pki::{Authority, Identity, again, common_name, dns, hours, mail, self_signed, subject};
use crate::support::{Kea, Nestor, PASSWORD, kea, path, run};
use rcgen::{DnType, ExtendedKeyUsagePurpose, SerialNumber};
use reqwest::tls::TlsInfo;
use reqwest::{Certificate, Client, Method, Response};
use serde_json::{Value, json};
use tempfile::TempDir;

const TRUSTED: &str = "foreman.example.com";
const YEAR: i64 = 365 * 24;

/// A server with TLS and the files that it reads.
struct Lab {
    nestor: Nestor,
    kea: Kea,
    ours: Authority,
    files: Files,
}

/// The files of a server, in a folder of their own.
struct Files(TempDir);

impl Files {
    fn new(authority: &Authority, trusted: &[&str]) -> Self {
        let files = Self(TempDir::new().unwrap());
        files.put("ca.pem", &authority.pem());
        files.put("crl.pem", &authority.revoking(&[], hours(YEAR)));
        files.identity(&authority.server(&["localhost", "127.0.0.1"], hours(YEAR)));
        files.trust(trusted);
        files
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// As careful programs do it: whole at once.
    fn put(&self, name: &str, text: &str) {
        std::fs::write(self.at("new"), text).unwrap();
        std::fs::rename(self.at("new"), self.at(name)).unwrap();
    }

    fn identity(&self, identity: &Identity) {
        self.put("certificate.pem", &identity.certificate);
        self.put("key.pem", &identity.key);
    }

    fn trust(&self, hosts: &[&str]) {
        self.put("nestor.toml", &format!("{}trusted_hosts = {}\n", self.section(), json!(hosts)));
    }

    fn section(&self) -> String {
        let file = |name: &str, file: &str| format!("{name} = '{}'\n", path(&self.at(file)));
        let files = [
            file("certificate_file", "certificate.pem"),
            file("key_file", "key.pem"),
            file("ca_file", "ca.pem"),
            file("crl_file", "crl.pem"),
        ];
        format!("[smart_proxy]\n{}", files.concat())
    }
}

impl Lab {
    fn new(trusted: &[&str]) -> Self {
        let ours = Authority::new("Lab CA");
        let files = Files::new(&ours, trusted);
        Self::on(ours, files)
    }

    fn on(ours: Authority, files: Files) -> Self {
        let kea = kea();
        let data = files.at("data");
        std::fs::create_dir(&data).unwrap();
        let added =
            run(&["user", "add", "admin", "--role", "admin", "--password-stdin", "--data-dir", path(&data)], PASSWORD);
        assert!(added.status.success());
        let nestor = Nestor::start(&data, &kea, &["--config", path(&files.at("nestor.toml"))]);
        assert!(nestor.foreman.starts_with("https://localhost:"), "{}", nestor.foreman);
        Self { nestor, kea, ours, files }
    }

    /// A caller with this certificate, or without one.
    fn caller(&self, identity: Option<&Identity>) -> Caller {
        let root = Certificate::from_pem(self.ours.pem().as_bytes()).unwrap();
        let mut client = Client::builder().no_proxy().tls_certs_only([root]).tls_info(true);
        if let Some(Identity { certificate, key }) = identity {
            let pem = format!("{certificate}{key}");
            client = client.identity(reqwest::Identity::from_pem(pem.as_bytes()).unwrap());
        }
        Caller { client: client.build().unwrap(), url: self.nestor.foreman.clone() }
    }

    fn port(&self) -> u16 {
        self.nestor.foreman.rsplit(':').next().unwrap().parse().unwrap()
    }

    /// Waits until the log has a line with all of these.
    async fn logs(&self, words: &[&str]) {
        let end = Instant::now() + Duration::from_secs(15);
        while Instant::now() < end {
            if self.nestor.log().lines().any(|line| words.iter().all(|word| line.contains(word))) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no line has {words:?}:\n{}", self.nestor.log());
    }
}

/// A caller of Foreman's routes.
struct Caller {
    client: Client,
    url: String,
}

impl Caller {
    async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> reqwest::Result<Response> {
        let mut request =
            self.client.request(method, format!("{}{path}", self.url)).header("accept", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await
    }

    /// Status and text of an answer; none when there is no answer.
    async fn get(&self, path: &str) -> Option<(u16, String)> {
        let response = self.send(Method::GET, path, &[]).await.ok()?;
        Some((response.status().as_u16(), response.text().await.unwrap()))
    }

    async fn status(&self, path: &str) -> Option<u16> {
        self.get(path).await.map(|(status, _)| status)
    }
}

#[tokio::test]
async fn listed_names_come_in_whatever_their_case() {
    let lab = Lab::new(&["Foreman.Example.com", "alias.example.com"]);
    let mut by_alias = common_name("somebody");
    by_alias.subject_alt_names = vec![dns("x.example.com"), dns("ALIAS.example.com")];
    for identity in [lab.ours.named(TRUSTED), lab.ours.named("FOREMAN.example.COM"), lab.ours.issue(&by_alias)] {
        let caller = lab.caller(Some(&identity));
        let (status, text) = caller.get("/dhcp").await.unwrap();
        assert_eq!(status, 200, "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap()[0]["network"], "192.0.2.0");
    }

    let foreman = lab.caller(Some(&lab.ours.named(TRUSTED)));
    let (_, text) = foreman.get("/v2/features").await.unwrap();
    let dhcp = &serde_json::from_str::<Value>(&text).unwrap()["dhcp"];
    assert_eq!((&dhcp["http_enabled"], &dhcp["https_enabled"]), (&json!(false), &json!(true)));

    // The caller is remembered by the name that was trusted.
    assert_eq!(foreman.status("/dhcp/192.0.2.0/unused_ip?mac=02:00:00:00:00:01").await, Some(200));
    let cookie = lab.nestor.sign_in("admin").await;
    let (_, held) = lab.nestor.call("/api/holds/list", &json!({}), &cookie).await;
    assert!(held.to_string().contains("Foreman (foreman.example.com)"), "{held}");

    let path = "/dhcp/192.0.2.0?mac=02:00:00:00:00:01&ip=192.0.2.77&hostname=a.example.com&name=a.example.com";
    assert_eq!(foreman.send(Method::POST, path, &[]).await.unwrap().status(), 200);
    let made = lab.kea.command("reservation-get", &json!({ "subnet-id": 1, "ip-address": "192.0.2.77" }));
    assert_eq!(made["arguments"]["hw-address"], "02:00:00:00:00:01", "{made}");
}

#[tokio::test]
async fn without_a_certificate_only_the_open_routes_answer() {
    let lab = Lab::new(&[TRUSTED]);
    let anonymous = lab.caller(None);
    let refused = Some((403, "could not read client cert from environment".to_owned()));
    for path in [
        "/dhcp",
        "/dhcp/",
        "/dhcp/192.0.2.0",
        "/dhcp/192.0.2.0/unused_ip",
        "/dhcp/192.0.2.0/no/such",
        "/v2/features",
        "/v2/other",
        "/logs",
        "/logs/",
    ] {
        assert_eq!(anonymous.get(path).await, refused, "{path}");
    }
    for (method, path) in [(Method::POST, "/dhcp/192.0.2.0"), (Method::DELETE, "/dhcp/192.0.2.0/ip/192.0.2.9")] {
        assert_eq!(anonymous.send(method, path, &[]).await.unwrap().status(), 403, "{path}");
    }
    assert_eq!(anonymous.status("/features").await, Some(200));
    assert_eq!(anonymous.status("/version").await, Some(200));
    assert_eq!(anonymous.status("/").await, Some(404));
    assert_eq!(anonymous.status("/features/").await, Some(404));

    // With any certificate allowed, there must be one.
    lab.files.trust(&["*"]);
    lab.nestor.hang_up();
    lab.logs(&["trusted hosts were read again"]).await;
    assert_eq!(anonymous.get("/dhcp").await, Some((403, "No client SSL certificate supplied".to_owned())));
    assert_eq!(lab.caller(Some(&lab.ours.named("anybody"))).status("/dhcp").await, Some(200));
    assert_eq!(lab.caller(Some(&Authority::new("Lab CA").named("anybody"))).status("/dhcp").await, None);
}

#[tokio::test]
async fn no_bad_certificate_gets_in() {
    let lab = Lab::new(&[TRUSTED, "*.trusted.example.com"]);
    lab.files.put("crl.pem", &lab.ours.revoking(&[666, 667], hours(YEAR)));
    lab.nestor.hang_up();
    lab.logs(&["certificates were read again"]).await;
    let ours = &lab.ours;
    let changed = |change: &dyn Fn(&mut rcgen::CertificateParams)| {
        let mut params = common_name(TRUSTED);
        change(&mut params);
        ours.issue(&params)
    };

    // No caller gets an answer with these, not even from the open routes.
    let broken = [
        ("of another authority", Authority::new("Other CA").named(TRUSTED)),
        ("of another authority of the same name", Authority::new("Lab CA").named(TRUSTED)),
        ("self-signed", self_signed(TRUSTED)),
        ("expired", changed(&|params| params.not_after = hours(-1))),
        ("not yet valid", changed(&|params| params.not_before = hours(1))),
        ("for servers only", changed(&|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth])),
        ("for mail only", changed(&|p| p.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection])),
        ("revoked", changed(&|params| params.serial_number = Some(SerialNumber::from(666)))),
    ];
    for (case, identity) in broken {
        let caller = lab.caller(Some(&identity));
        assert_eq!(caller.get("/dhcp").await, None, "{case}");
        assert_eq!(caller.get("/features").await, None, "{case}");
    }
    // They are remembered beside the calls, each with what is wrong with it.
    let cookie = lab.nestor.sign_in("admin").await;
    let query = json!({ "query": { "filter": "problems", "text": "handshake", "before": null } });
    let (_, page) = lab.nestor.call("/api/foreman/calls", &query, &cookie).await;
    let page = page.to_string();
    for why in [
        "no authority in smart_proxy.ca_file",
        "it expired at",
        "not valid before",
        "not made for clients",
        "is revoked",
    ] {
        assert!(page.contains(why), "{why}: {page}");
    }
    // The same without what is wrong with them does come in.
    let sound = changed(&|params| params.serial_number = Some(SerialNumber::from(668)));
    assert_eq!(lab.caller(Some(&sound)).status("/dhcp").await, Some(200));

    let other = |change: &dyn Fn(&mut rcgen::CertificateParams)| {
        let mut params = common_name("evil.example.com");
        change(&mut params);
        ours.issue(&params)
    };
    let names = [
        ("another name", ours.named("evil.example.com")),
        (
            "the name in another attribute",
            ours.issue(&subject(&[
                (DnType::OrganizationName, "CN=foreman.example.com"),
                (DnType::CommonName, "evil.example.com"),
            ])),
        ),
        ("the name as organization only", ours.issue(&subject(&[(DnType::OrganizationName, TRUSTED)]))),
        ("two common names", ours.issue(&subject(&[(DnType::CommonName, TRUSTED), (again(), "evil.example.com")]))),
        ("two common names", ours.issue(&subject(&[(again(), "evil.example.com"), (DnType::CommonName, TRUSTED)]))),
        ("a comma", ours.named("foreman.example.com,evil")),
        ("a space", ours.named("foreman.example.com evil")),
        ("a slash", ours.named("foreman.example.com/CN=evil")),
        ("a NUL", ours.named("foreman.example.com\0.evil.example.com")),
        ("a line break", ours.named("foreman.example.com\n")),
        ("a prefix", ours.named("foreman.example.co")),
        ("a suffix", ours.named("xforeman.example.com")),
        ("a dot at the end", ours.named("foreman.example.com.")),
        ("a wildcard as common name", ours.named("*.example.com")),
        ("a star as common name", ours.named("*")),
        ("a wildcard", other(&|params| params.subject_alt_names = vec![dns("*.example.com"), dns("*")])),
        ("a name under a listed wildcard", ours.named("a.trusted.example.com")),
        ("a mail address", other(&|params| params.subject_alt_names = vec![mail("root@foreman.example.com")])),
        ("the name as mail address", other(&|params| params.subject_alt_names = vec![mail(TRUSTED)])),
        ("no name at all", ours.issue(&subject(&[]))),
    ];
    for (case, identity) in names {
        let caller = lab.caller(Some(&identity));
        for path in ["/dhcp", "/v2/features", "/dhcp/192.0.2.0/unused_ip", "/logs"] {
            let (status, text) = caller.get(path).await.unwrap_or_else(|| panic!("{case} is a matter of HTTP"));
            assert_eq!(status, 403, "{case}: {text}");
            assert!(text.starts_with("Untrusted client ") && !text.contains(['\n', '\0']), "{case}: {text:?}");
        }
        let made = caller.send(Method::POST, "/dhcp/192.0.2.0?mac=02:00:00:00:00:01&ip=192.0.2.9&name=a", &[]).await;
        assert_eq!(made.unwrap().status(), 403, "{case}");
        assert_eq!(caller.status("/features").await, Some(200), "{case}");
    }
    let evil = lab.caller(Some(&ours.named("evil.example.com")));
    let text =
        "Untrusted client evil.example.com attempted to access /192.0.2.0. Check :trusted_hosts: in settings.yml";
    assert_eq!(evil.get("/dhcp/192.0.2.0").await, Some((403, text.to_owned())));
    let none = lab.kea.command("reservation-get-all", &json!({ "subnet-id": 1 }));
    assert_eq!(none["arguments"]["hosts"], json!([]), "nothing was made: {none}");
}

#[tokio::test]
async fn sessions_of_the_console_mean_nothing_here_and_pages_are_refused() {
    let lab = Lab::new(&[TRUSTED]);
    let cookie = lab.nestor.sign_in("admin").await;
    let with_cookie = [("cookie", cookie.as_str())];
    for caller in [lab.caller(None), lab.caller(Some(&lab.ours.named("evil")))] {
        assert_eq!(caller.send(Method::GET, "/dhcp", &with_cookie).await.unwrap().status(), 403);
    }
    let foreman = lab.caller(Some(&lab.ours.named(TRUSTED)));
    assert_eq!(foreman.send(Method::GET, "/dhcp", &with_cookie).await.unwrap().status(), 200);

    for header in [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let answer = foreman.send(method, "/dhcp/192.0.2.0/ip/192.0.2.9", &[header]).await.unwrap();
            assert_eq!(answer.status(), 403, "{header:?}");
        }
    }
    assert_eq!(foreman.send(Method::GET, "/dhcp", &[("sec-fetch-site", "none")]).await.unwrap().status(), 200);
    let foreign = foreman.send(Method::GET, "/dhcp", &[("referer", "https://evil.example/")]).await.unwrap();
    assert_eq!((foreign.status().as_u16(), foreign.headers()["content-type"].to_str().unwrap()), (403, "text/plain"));
    assert_eq!(foreign.text().await.unwrap(), "Forbidden");
    let own = format!("{}/dhcp", lab.nestor.foreman);
    assert_eq!(foreman.send(Method::GET, "/dhcp", &[("referer", &own)]).await.unwrap().status(), 200);
}

#[tokio::test]
async fn the_list_is_read_again_without_a_restart() {
    let lab = Lab::new(&[TRUSTED, "second.example.com"]);
    let foreman = lab.caller(Some(&lab.ours.named(TRUSTED)));
    assert_eq!(foreman.status("/dhcp").await, Some(200));

    // By itself, and for a connection that is open already.
    lab.files.trust(&["second.example.com"]);
    lab.logs(&["trusted hosts were read again", "removed: foreman.example.com"]).await;
    assert_eq!(foreman.status("/dhcp").await, Some(403));

    // On SIGHUP, at once.
    lab.files.trust(&["FOREMAN.example.com"]);
    let asked = Instant::now();
    lab.nestor.hang_up();
    lab.logs(&["trusted hosts were read again", "added: FOREMAN.example.com"]).await;
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    assert_eq!(foreman.status("/dhcp").await, Some(200));

    // What is wrong changes nothing.
    for (text, why) in [
        ("[smart_proxy]\ntrusted_hosts = [".to_owned(), "wrong at line 2"),
        (lab.files.section(), "trusted_hosts: say whose certificates"),
        (format!("{}trusted_hosts = ['a b']", lab.files.section()), "“a b” is not a host name"),
    ] {
        lab.files.put("nestor.toml", &text);
        lab.nestor.hang_up();
        lab.logs(&["ERROR", why, "stay in force"]).await;
        assert_eq!(foreman.status("/dhcp").await, Some(200), "{why}");
        assert_eq!(lab.caller(Some(&lab.ours.named("second.example.com"))).status("/dhcp").await, Some(403), "{why}");
    }
    lab.files.trust(&[]);
    lab.nestor.hang_up();
    lab.logs(&["removed: FOREMAN.example.com"]).await;
    assert_eq!(foreman.status("/dhcp").await, Some(403));
}

/// The certificate that the server shows.
async fn shown(caller: &Caller) -> Vec<u8> {
    let answer = caller.send(Method::GET, "/features", &[]).await.unwrap();
    answer.extensions().get::<TlsInfo>().unwrap().peer_certificate().unwrap().to_vec()
}

#[tokio::test]
async fn certificates_are_read_again_without_a_restart() {
    let lab = Lab::new(&[TRUSTED]);
    let foreman = lab.caller(Some(&lab.ours.named(TRUSTED)));
    let first = shown(&foreman).await;

    // By itself.
    let good = lab.ours.server(&["localhost"], hours(YEAR));
    lab.files.identity(&good);
    lab.logs(&["certificates were read again"]).await;
    let caller = || lab.caller(Some(&lab.ours.named(TRUSTED)));
    let second = shown(&caller()).await;
    assert_ne!(first, second);
    assert_eq!(foreman.status("/dhcp").await, Some(200), "who called before calls on");

    // One that ends soon is said where people look first.
    let cookie = lab.nestor.sign_in("admin").await;
    let own = async || lab.nestor.call("/api/overview", &json!({}), &cookie).await.1["own"].to_string();
    assert_eq!(own().await, "[]");
    lab.files.identity(&lab.ours.server(&["localhost"], hours(20 * 24 + 12)));
    lab.nestor.hang_up();
    let end = Instant::now() + Duration::from_secs(10);
    while !own().await.contains("certificate_file") {
        assert!(Instant::now() < end, "{}", own().await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(own().await.contains("expires in 20 days"), "{}", own().await);
    lab.files.identity(&good);
    lab.nestor.hang_up();
    while own().await != "[]" {
        assert!(Instant::now() < end, "{}", own().await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    // What is broken does not come into force.
    let third = lab.ours.server(&["localhost"], hours(YEAR));
    let expired = lab.ours.server(&["localhost"], hours(-1));
    let list = lab.ours.revoking(&[], hours(YEAR));
    let breakages: [(&str, &dyn Fn(), &str); 6] = [
        ("a key that does not fit", &|| lab.files.put("key.pem", &third.key), "is not the key of"),
        ("no key", &|| std::fs::remove_file(lab.files.at("key.pem")).unwrap(), "key.pem cannot be read"),
        ("half a key", &|| lab.files.put("key.pem", &good.key[..good.key.len() / 2]), "key.pem is no PEM file"),
        ("an expired certificate", &|| lab.files.identity(&expired), "expired at"),
        ("a list that ended", &|| lab.files.put("crl.pem", &lab.ours.revoking(&[], hours(-1))), "ended at"),
        ("no authority", &|| lab.files.put("ca.pem", ""), "holds no certificate"),
    ];
    for (case, break_it, why) in breakages {
        break_it();
        lab.nestor.hang_up();
        lab.logs(&["ERROR", why, "stay in force"]).await;
        assert_eq!(shown(&caller()).await, second, "{case}");
        assert_eq!(caller().status("/dhcp").await, Some(200), "{case}");
        lab.files.identity(&good);
        lab.files.put("crl.pem", &list);
        lab.files.put("ca.pem", &lab.ours.pem());
    }

    // Another authority takes the place of the first.
    let next = Authority::new("Next CA");
    lab.files.put("ca.pem", &next.pem());
    lab.files.put("crl.pem", &next.revoking(&[], hours(YEAR)));
    lab.files.identity(&third);
    lab.nestor.hang_up();
    let end = Instant::now() + Duration::from_secs(5);
    while caller().status("/dhcp").await.is_some() {
        assert!(Instant::now() < end, "the first authority's certificates still come in");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(foreman.status("/dhcp").await, None, "nor by a connection of before");
    let moved = lab.caller(Some(&next.named(TRUSTED)));
    assert_eq!(moved.status("/dhcp").await, Some(200));
}

#[tokio::test]
async fn who_is_revoked_is_refused_at_the_next_call() {
    let lab = Lab::new(&[TRUSTED]);
    let mut params = common_name(TRUSTED);
    params.serial_number = Some(SerialNumber::from(42));
    let stolen = lab.caller(Some(&lab.ours.issue(&params)));
    let kept = lab.ours.named(TRUSTED);
    assert_eq!(stolen.status("/dhcp").await, Some(200));
    lab.files.put("crl.pem", &lab.ours.revoking(&[42], hours(YEAR)));
    lab.nestor.hang_up();
    lab.logs(&["certificates were read again"]).await;
    // Its connection of before is of no use either, once it has heard of that.
    let end = Instant::now() + Duration::from_secs(5);
    while stolen.status("/dhcp").await.is_some() {
        assert!(Instant::now() < end, "a revoked certificate still comes in");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for _ in 0..2 {
        assert_eq!(stolen.status("/dhcp").await, None);
    }
    let kept = lab.caller(Some(&kept));
    assert_eq!(kept.status("/dhcp").await, Some(200));
    lab.logs(&["Its certificate was refused", "it is revoked"]).await;
}

#[tokio::test]
async fn an_outdated_revocation_list_lets_no_caller_in() {
    let ours = Authority::new("Lab CA");
    let files = Files::new(&ours, &[TRUSTED]);
    files.put("crl.pem", &ours.revoking(&[], hours(-1)));
    let lab = Lab::on(ours, files);
    lab.logs(&["ERROR", "crl_file: the list of CN=Lab CA ended at"]).await;
    let foreman = lab.caller(Some(&lab.ours.named(TRUSTED)));
    assert_eq!(foreman.status("/dhcp").await, None);
    assert_eq!(lab.caller(None).status("/dhcp").await, Some(403));
    lab.files.put("crl.pem", &lab.ours.revoking(&[], hours(YEAR)));
    lab.nestor.hang_up();
    lab.logs(&["certificates were read again"]).await;
    assert_eq!(foreman.status("/dhcp").await, Some(200));
}

/// What `openssl s_client` says after it connected with these words.
fn s_client(port: u16, words: &[&str]) -> String {
    let mut command = Command::new("openssl");
    command.args(["s_client", "-connect", &format!("127.0.0.1:{port}")]).args(words);
    let output = command.stdin(Stdio::null()).output().unwrap();
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

#[tokio::test]
async fn only_new_tls_and_http_1_are_spoken() {
    let lab = Lab::new(&[TRUSTED]);
    for (words, protocol) in [(["-tls1_2"], "TLSv1.2"), (["-tls1_3"], "TLSv1.3")] {
        let said = s_client(lab.port(), &words);
        assert!(said.contains(&format!("New, {protocol}, Cipher is")), "{said}");
        assert!(said.contains("CN = Lab CA") || said.contains("CN=Lab CA"), "a certificate is asked for: {said}");
    }
    for old in ["-tls1", "-tls1_1"] {
        let said = s_client(lab.port(), &[old, "-cipher", "ALL:@SECLEVEL=0"]);
        assert!(said.contains("SSL alert number") && said.contains("Cipher is (NONE)"), "{old}: {said}");
    }
    assert!(s_client(lab.port(), &["-alpn", "http/1.1"]).contains("ALPN protocol: http/1.1"));
    assert!(s_client(lab.port(), &["-alpn", "h2"]).contains("alert no application protocol"));
    // Sessions cannot be taken up again, past the look at the revocation list.
    let said = s_client(lab.port(), &["-tls1_2"]);
    assert!(said.contains("Session-ID: \n") && !said.contains("session ticket:"), "{said}");
}

#[tokio::test]
async fn a_caller_that_says_nothing_is_dropped_and_holds_no_other_up() {
    let lab = Lab::new(&[TRUSTED]);
    let began = Instant::now();
    let mut silent: Vec<TcpStream> = (0..200).map(|_| TcpStream::connect(("127.0.0.1", lab.port())).unwrap()).collect();
    let mut half = TcpStream::connect(("127.0.0.1", lab.port())).unwrap();
    half.write_all(&[0x16, 3, 1, 2, 0, 1, 0]).unwrap();
    silent.push(half);
    let foreman = lab.caller(Some(&lab.ours.named(TRUSTED)));
    let called = Instant::now();
    assert_eq!(foreman.status("/dhcp").await, Some(200));
    assert!(called.elapsed() < Duration::from_secs(10), "{:?}", called.elapsed());
    // A client that does not speak TLS at all is gone at once.
    let mut plain = TcpStream::connect(("127.0.0.1", lab.port())).unwrap();
    plain.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    plain.write_all(b"GET /dhcp HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").unwrap();
    let mut said = Vec::new();
    plain.read_to_end(&mut said).unwrap();
    assert!(!said.starts_with(b"HTTP"), "{said:?}");
    let ended = tokio::task::spawn_blocking(move || silent.iter_mut().map(until_closed).max().unwrap()).await.unwrap();
    let took = ended.duration_since(began);
    assert!((9..15).contains(&took.as_secs()), "{took:?}");
}

/// Reads until the other side closes; gives the time of that.
fn until_closed(connection: &mut TcpStream) -> Instant {
    connection.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut rest = Vec::new();
    // A connection that is reset is closed too.
    if let Err(error) = connection.read_to_end(&mut rest) {
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{error}");
    }
    Instant::now()
}

/// What a listener answers to these octets, until it closes the connection.
fn answer(url: &str, request: &[u8]) -> String {
    let mut connection = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    connection.write_all(request).unwrap();
    let mut said = Vec::new();
    drop(connection.read_to_end(&mut said));
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn heads_of_requests_have_limits_on_both_listeners() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    for url in [&nestor.console, &nestor.foreman] {
        let request =
            |headers: &str| format!("GET /features HTTP/1.1\r\nhost: 127.0.0.1\r\n{headers}connection: close\r\n\r\n");
        let many = |count: usize| "x: y\r\n".repeat(count);
        let long = |size: usize| format!("x: {}\r\n", "y".repeat(size));
        for fine in [many(60), long(30_000)] {
            let said = answer(url, request(&fine).as_bytes());
            assert!(said.starts_with("HTTP/1.1 ") && !said.starts_with("HTTP/1.1 4"), "{url}: {said}");
        }
        for large in [many(70), long(70_000)] {
            let said = answer(url, request(&large).as_bytes());
            assert!(said.starts_with("HTTP/1.1 431") || said.is_empty(), "{url}: {said}");
        }
        let began = Instant::now();
        assert_eq!(answer(url, b"GET /features HTTP/1.1\r\nhost: "), "", "{url}");
        assert!((9..15).contains(&began.elapsed().as_secs()), "{url}: {:?}", began.elapsed());
    }
}

#[tokio::test]
async fn a_running_call_ends_before_the_program_and_an_idle_connection_does_not_hold_it_up() {
    let kea = kea();
    let mut nestor = Nestor::before(&kea);
    let address = nestor.foreman.strip_prefix("http://").unwrap().to_owned();
    let form = "mac=02:00:00:00:00:01&ip=192.0.2.77&hostname=a.example.com&name=a.example.com";
    let mut idle = TcpStream::connect(&address).unwrap();
    idle.write_all(b"GET /features HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").unwrap();
    assert_ne!(idle.read(&mut [0; 512]).unwrap(), 0);
    let mut running = TcpStream::connect(&address).unwrap();
    let head =
        "POST /dhcp/192.0.2.0 HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-www-form-urlencoded\r\n";
    write!(running, "{head}content-length: {}\r\n\r\n{}", form.len(), &form[..9]).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    // For a second after the signal it still takes what comes.
    let (began, pause) = (Instant::now(), Duration::from_millis(2_500));
    let answered = std::thread::spawn(move || {
        std::thread::sleep(pause);
        assert!(TcpStream::connect(&address).is_err(), "no other caller is let in any more");
        running.write_all(&form.as_bytes()[9..]).unwrap();
        let mut said = String::new();
        running.read_to_string(&mut said).unwrap();
        said
    });
    assert_eq!(nestor.terminate(), Some(0));
    assert!((pause..Duration::from_secs(8)).contains(&began.elapsed()), "{:?}", began.elapsed());
    let said = answered.join().unwrap();
    assert!(said.starts_with("HTTP/1.1 200 "), "{said}");
    let made = kea.command("reservation-get", &json!({ "subnet-id": 1, "ip-address": "192.0.2.77" }));
    assert_eq!(made["result"], 0, "{made}");
}

#[tokio::test]
async fn over_plain_http_listed_addresses_and_hosts_come_in() {
    let kea = kea();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("nestor.toml");
    let untrusted = "Untrusted client 127.0.0.1 attempted to access . Check :trusted_hosts: in settings.yml";
    for (n, (hosts, status)) in [
        ("'127.0.0.1'", 200),
        ("'192.0.2.1', 'LocalHost'", 200),
        ("'192.0.2.1', 'no-such-host.invalid'", 403),
        ("", 403),
    ]
    .into_iter()
    .enumerate()
    {
        std::fs::write(&file, format!("[smart_proxy]\ntrusted_hosts = [{hosts}]\n")).unwrap();
        let nestor = Nestor::start(&folder.path().join(n.to_string()), &kea, &["--config", path(&file)]);
        assert!(nestor.foreman.starts_with("http://127.0.0.1:"));
        let (answered, text) = nestor.foreman("GET", "/dhcp", &[]).await;
        assert_eq!(answered, status, "{hosts}: {text}");
        assert!(status == 200 || text == untrusted, "{text}");
        assert_eq!(nestor.foreman("GET", "/features", &[]).await.0, 200);
        if n == 0 {
            std::fs::write(&file, "[smart_proxy]\ntrusted_hosts = ['192.0.2.1']\n").unwrap();
            nestor.hang_up();
            let end = Instant::now() + Duration::from_secs(5);
            while nestor.foreman("GET", "/dhcp", &[]).await.0 != 403 {
                assert!(Instant::now() < end, "{}", nestor.log());
            }
            // Without the list every caller would come in: that takes a restart.
            std::fs::write(&file, "").unwrap();
            nestor.hang_up();
            while !nestor.log().contains("trusted_hosts is gone") {
                assert!(Instant::now() < end, "{}", nestor.log());
            }
            assert_eq!(nestor.foreman("GET", "/dhcp", &[]).await.0, 403);
        }
    }
}

/// How the program ends with this section, and what it says.
fn refusal(folder: &Path, section: &str) -> String {
    let file = folder.join("nestor.toml");
    std::fs::write(&file, section).unwrap();
    let data = folder.join("data");
    let words = ["serve", "--config", path(&file), "--data-dir", path(&data), "--kea", "http://127.0.0.1:1/"];
    let output = run(&[&words[..], &["--listen", "127.0.0.1:0"]].concat(), "");
    assert_eq!(output.status.code(), Some(2), "{section}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn what_cannot_be_served_is_refused_with_a_reason() {
    let ours = Authority::new("Lab CA");
    let files = Files::new(&ours, &[TRUSTED]);
    let other = Files::new(&ours, &[TRUSTED]);
    let tls = format!("{}listen = '127.0.0.1:0'\ntrusted_hosts = ['{TRUSTED}']\n", files.section());
    let with = |name: &str, file: &Path| tls.replace(path(&files.at(name)), path(file));
    std::fs::write(files.at("garbage"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    for (section, why) in [
        (tls.replace("trusted_hosts", "#"), "trusted_hosts"),
        (tls.replace("key_file", "#"), "give all three"),
        ("[smart_proxy]\nlisten = '127.0.0.1:0'\ncrl_file = 'x'".to_owned(), "give all three"),
        ("[smart_proxy]\nlisten = '0.0.0.0:0'".to_owned(), "allow_plain_http"),
        ("[smart_proxy]\nlisten = '127.0.0.1:0'\ntrusted_hosts = ['*']".to_owned(), "every certificate"),
        (with("certificate.pem", Path::new("/nowhere.pem")), "certificate_file: /nowhere.pem cannot be read"),
        (with("key.pem", &other.at("key.pem")), "is not the key of"),
        (with("key.pem", &files.at("certificate.pem")), "holds no key"),
        (with("certificate.pem", &files.at("key.pem")), "holds no certificate"),
        (with("certificate.pem", &files.at("garbage")), "no certificate"),
        (with("ca.pem", &files.at("garbage")), "no certificate"),
        (with("crl.pem", &files.at("ca.pem")), "holds no revocation list"),
    ] {
        let said = refusal(other.0.path(), &section);
        assert!(said.contains("nestor: smart_proxy") && said.contains(why), "{why}: {said}");
        assert!(!said.contains("PRIVATE"), "{said}");
    }
}

#[tokio::test]
async fn plain_http_to_the_network_is_served_with_a_warning_when_allowed() {
    let kea = kea();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("nestor.toml");
    std::fs::write(&file, "[smart_proxy]\nlisten = '0.0.0.0:0'\nallow_plain_http = true\n").unwrap();
    let password = folder.path().join("password");
    std::fs::write(&password, kea.password()).unwrap();
    let data = folder.path().join("data");
    let words = ["--config", path(&file), "--data-dir", path(&data), "--kea", &kea.url(), "--kea-user", kea.user()];
    let words = [&words[..], &["--kea-password-file", path(&password), "--listen", "127.0.0.1:0"]].concat();
    let mut server = crate::support::nestor()
        .arg("serve")
        .args(&words)
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut log = std::io::BufReader::new(server.stderr.take().unwrap());
    while !(said.contains("plain HTTP over the network") && said.contains("set smart_proxy.trusted_hosts")) {
        assert_ne!(std::io::BufRead::read_line(&mut log, &mut said).unwrap(), 0, "{said}");
    }
    server.kill().unwrap();
    server.wait().unwrap();
    let output = run(&[&["check"], &words[..]].concat(), "");
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    for what in [
        "plain HTTP to the network",
        "host_names is not set",
        "trusted_hosts is not set",
        "ping_free_ip is off",
        "\"ip-reservations-unique\": false",
    ] {
        assert!(said.contains(what), "{what}: {said}");
    }
}

#[test]
fn check_looks_into_the_certificates() {
    let subnet = json!({ "id": 1, "subnet": "192.0.2.0/24", "pools": [{ "pool": "192.0.2.100-192.0.2.199" }] });
    let kea = Kea::start(json!({ "ip-reservations-unique": false, "subnet4": [subnet] }));
    let ours = Authority::new("Lab CA");
    let files = Files::new(&ours, &[TRUSTED]);
    let check = |section: &str| {
        let kea = format!(
            "[[kea]]\nurl = '{}'\nuser = '{}'\npassword_file = '{}'\n",
            kea.url(),
            kea.user(),
            path(&files.at("password"))
        );
        let head = format!("data_dir = '{}'\n[console]\nlisten = '127.0.0.1:0'\n", path(&files.at("data")));
        files.put("nestor.toml", &format!("{head}{section}listen = '127.0.0.1:0'\n{kea}"));
        let output = run(&["check", "--config", path(&files.at("nestor.toml"))], "");
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    files.put("password", kea.password());
    let section = |hosts: &str| format!("{}trusted_hosts = [{hosts}]\nping_free_ip = true\n", files.section());
    let (code, said) = check(&section("'foreman.example.com'"));
    assert!(code == 0 && said.contains("fit together") && !said.contains("warn   smart_proxy"), "{said}");
    let (code, said) = check(&section("'*'"));
    assert!(code == 0 && said.contains("every host with a certificate"), "{said}");
    let (code, said) = check(&section("'*.example.com'"));
    assert!(code == 0 && said.contains("not a pattern"), "{said}");
    let (code, said) = check(&section(""));
    assert!(code == 0 && said.contains("no host may call"), "{said}");

    files.identity(&ours.server(&["127.0.0.1"], hours(28 * 24 + 12)));
    let (code, said) = check(&section("'a'"));
    assert!(code == 0 && said.contains("expires in 28 days") && said.contains("no host name"), "{said}");
    files.identity(&ours.server(&["localhost"], hours(-1)));
    let (code, said) = check(&section("'a'"));
    assert!(code == 1 && said.contains("FAULT  smart_proxy.certificate_file") && said.contains("expired at"), "{said}");
    files.identity(&ours.server(&["localhost"], hours(YEAR)));
    files.put("crl.pem", &ours.revoking(&[], hours(-1)));
    let (code, said) = check(&section("'a'"));
    assert!(code == 1 && said.contains("FAULT  smart_proxy.crl_file"), "{said}");
    files.put("crl.pem", &Authority::new("Other CA").revoking(&[], hours(YEAR)));
    let (code, said) = check(&section("'a'"));
    assert!(code == 0 && said.contains("there is no list of CN=Lab CA"), "{said}");
    files.put("key.pem", &ours.server(&["localhost"], hours(YEAR)).key);
    let (code, said) = check(&section("'a'"));
    assert!(code == 1 && said.contains("is not the key of"), "{said}");
}
