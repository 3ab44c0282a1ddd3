//! TLS: what the certificate files say, and what is wrong with them.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use model::{Seconds, Timestamp};
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use rustls::server::{NoServerSessionStorage, VerifierBuilderError, WebPkiClientVerifier};
use rustls::{CertificateError, Error as TlsError, RootCertStore, ServerConfig};
use sha2::{Digest, Sha256};
use x509_parser::prelude::{CertificateRevocationList, FromDer, GeneralName, X509Certificate};

use crate::Fault;
use crate::config::{Tls, contents};

/// How long before its end a certificate is complained about.
const SOON: Seconds = Seconds(30 * 86_400);

/// What the files say, once they fit together.
#[derive(Debug, Clone)]
pub(crate) struct Credentials {
    /// The settings for new connections.
    pub(crate) config: Arc<ServerConfig>,
    /// The first host name in our certificate: what Foreman must call us.
    pub(crate) host_name: Option<String>,
    /// Every name and address in our certificate; `*.` at the beginning of one stands for one label.
    pub(crate) host_names: Vec<String>,
    own: Validity,
    authorities: Vec<(String, Validity)>,
    /// Issuers of revocation lists, each with the end of its list; none: there is no end.
    revocations: Option<Vec<(String, Option<Timestamp>)>>,
    files: Tls,
    /// Of everything that was read.
    digest: [u8; 32],
}

#[derive(Debug, Clone, Copy)]
struct Validity {
    from: Timestamp,
    until: Timestamp,
}

/// Something that files which fit together still leave to wish for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// Whether calls fail because of it.
    pub(crate) grave: bool,
    /// What is wrong.
    pub(crate) text: String,
    /// What to do.
    pub(crate) advice: &'static str,
}

impl Credentials {
    /// Reads the files.
    pub(crate) fn read(files: &Tls) -> Result<Self, Fault> {
        let mut read = Read::default();
        let chain: Vec<CertificateDer> = read.blocks(&files.certificate_file, "certificate_file", "certificate")?;
        let key = read.key(&files.key_file)?;
        let authorities: Vec<CertificateDer> = read.blocks(&files.ca_file, "ca_file", "certificate")?;
        let lists: Option<Vec<CertificateRevocationListDer>> =
            files.crl_file.as_deref().map(|file| read.blocks(file, "crl_file", "revocation list (CRL)")).transpose()?;
        let own = parsed(&chain[0], "certificate_file", &files.certificate_file)?;
        let issuers = authorities.iter().map(|one| {
            let one = parsed(one, "ca_file", &files.ca_file)?;
            Ok((one.subject().to_string(), Validity::of(&one)))
        });
        let (validity, host_name, host_names) = (Validity::of(&own), host_name(&own), host_names(&own));
        Ok(Self {
            authorities: issuers.collect::<Result<_, Fault>>()?,
            revocations: lists.as_deref().map(|lists| ends(lists, files)).transpose()?,
            config: Arc::new(config(chain.clone(), key, authorities, lists.unwrap_or_default(), files)?),
            own: validity,
            host_name,
            host_names,
            files: files.clone(),
            digest: read.digest.finalize().into(),
        })
    }

    /// Whether both were read from the same contents.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        self.digest == other.digest
    }

    /// What they hold, in a line.
    pub(crate) fn summary(&self) -> String {
        let lists = self.revocations.as_ref().map_or(0, Vec::len);
        let (until, authorities) = (self.own.until, self.authorities.len());
        format!("ours ends at {until}; authorities: {authorities}; revocation lists: {lists}")
    }

    /// What is wrong with them at this time.
    pub(crate) fn complaints(&self, now: Timestamp) -> Vec<Complaint> {
        let complaints = [self.about_our_certificate(now), self.about_our_name()];
        let authorities = self.authorities.iter().filter(|(_, validity)| validity.until.since(now).0 < SOON.0).map(
            |(name, validity)| {
                let (until, left) = (validity.until, validity.until.since(now));
                let ends = if until < now { "expired".to_owned() } else { format!("expires in {left},") };
                let text = format!("ca_file: the authority {name} {ends} at {until}");
                Complaint { grave: false, text, advice: "Put the authority's current certificate into the file." }
            },
        );
        let revocations = self.about_revocations(now);
        complaints.into_iter().flatten().chain(authorities).chain(revocations).collect()
    }

    fn about_our_certificate(&self, now: Timestamp) -> Option<Complaint> {
        let Validity { from, until } = self.own;
        let file = self.files.certificate_file.display();
        let advice = "Have the certificate renewed; Nestor takes the new one by itself.";
        let problem = if now < from {
            format!("is not valid before {from}")
        } else if now > until {
            format!("expired at {until}: Foreman refuses it")
        } else if until.since(now).0 < SOON.0 {
            format!("expires in {}, at {until}", until.since(now))
        } else {
            return None;
        };
        let grave = now < from || now > until;
        Some(Complaint { grave, text: format!("certificate_file: {file} {problem}"), advice })
    }

    fn about_our_name(&self) -> Option<Complaint> {
        let text = "certificate_file: the certificate has no host name among its alternative names".to_owned();
        let advice = "Foreman looks there for the host of the URL it calls: have a certificate with that name made.";
        self.host_name.is_none().then_some(Complaint { grave: false, text, advice })
    }

    fn about_revocations(&self, now: Timestamp) -> Vec<Complaint> {
        let Some(lists) = &self.revocations else { return Vec::new() };
        let outdated = lists.iter().filter_map(|(issuer, end)| {
            let end = end.filter(|end| *end < now)?;
            let text = format!("crl_file: the list of {issuer} ended at {end}: its certificates are refused");
            let advice = "Fetch the authority's current list; Nestor takes it by itself.";
            Some(Complaint { grave: true, text, advice })
        });
        let listed: BTreeSet<&str> = lists.iter().map(|(issuer, _)| issuer.as_str()).collect();
        let missing = self.authorities.iter().filter(|(name, _)| !listed.contains(name.as_str())).map(|(name, _)| {
            let text = format!("crl_file: there is no list of {name}: certificates that it issued itself are refused");
            Complaint { grave: false, text, advice: "Add that authority's list to the file." }
        });
        outdated.chain(missing).collect()
    }
}

impl Validity {
    fn of(certificate: &X509Certificate<'_>) -> Self {
        let validity = certificate.validity();
        Self { from: Timestamp(validity.not_before.timestamp()), until: Timestamp(validity.not_after.timestamp()) }
    }
}

/// Reads files, and remembers what was in them without keeping it.
#[derive(Default)]
struct Read {
    digest: Sha256,
}

impl Read {
    /// Every block of one kind in a file, at least one.
    fn blocks<T: PemObject>(&mut self, file: &Path, setting: &str, kind: &str) -> Result<Vec<T>, Fault> {
        let text = self.text(file, setting)?;
        let wrong = |why: String| Fault::new(format!("smart_proxy.{setting}: {} {why}", file.display()));
        let blocks: Result<Vec<T>, pem::Error> = T::pem_slice_iter(&text).collect();
        let blocks = blocks.map_err(|error| wrong(format!("is no PEM file: {error}")))?;
        if blocks.is_empty() { Err(wrong(format!("holds no {kind} in PEM form"))) } else { Ok(blocks) }
    }

    fn key(&mut self, file: &Path) -> Result<PrivateKeyDer<'static>, Fault> {
        let text = self.text(file, "key_file")?;
        PrivateKeyDer::from_pem_slice(&text).map_err(|error| {
            let why = match error {
                pem::Error::NoItemsFound => "holds no key in PEM form, or one with a passphrase: remove the passphrase",
                // The error's own text may repeat what stands in the file.
                _ => "is no PEM file",
            };
            Fault::new(format!("smart_proxy.key_file: {} {why}", file.display()))
        })
    }

    fn text(&mut self, file: &Path, setting: &str) -> Result<Vec<u8>, Fault> {
        let text = contents(file, &format!("smart_proxy.{setting}:"))?;
        self.digest.update(Sha256::digest(&text));
        Ok(text)
    }
}

fn parsed<'a>(der: &'a CertificateDer<'_>, setting: &str, file: &Path) -> Result<X509Certificate<'a>, Fault> {
    let parsed = X509Certificate::from_der(der);
    parsed.map(|(_, certificate)| certificate).map_err(|_| {
        Fault::new(format!("smart_proxy.{setting}: {} holds something that is no certificate", file.display()))
    })
}

fn host_name(certificate: &X509Certificate<'_>) -> Option<String> {
    let names = certificate.subject_alternative_name().ok()??;
    names.value.general_names.iter().find_map(|name| match name {
        GeneralName::DNSName(name) if !name.contains('*') => Some((*name).to_owned()),
        _ => None,
    })
}

/// The names that a client may compare with: the common ones only where there are no others.
fn host_names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let alternative = certificate.subject_alternative_name().ok().flatten();
    let names: Vec<String> = alternative
        .iter()
        .flat_map(|names| &names.value.general_names)
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
            GeneralName::IPAddress(octets) => address(octets).map(|address| address.to_string()),
            _ => None,
        })
        .collect();
    if !names.is_empty() {
        return names;
    }
    let common = certificate.subject().iter_common_name().filter_map(|name| name.as_str().ok());
    common.map(str::to_ascii_lowercase).collect()
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(octets).map(IpAddr::from);
    four.or_else(|_| <[u8; 16]>::try_from(octets).map(IpAddr::from)).ok()
}

/// The issuer and the end of each list.
fn ends(lists: &[CertificateRevocationListDer<'_>], files: &Tls) -> Result<Vec<(String, Option<Timestamp>)>, Fault> {
    let read = |list: &CertificateRevocationListDer<'_>| {
        let (_, list) = CertificateRevocationList::from_der(list).map_err(|_| wrong_list(files))?;
        Ok((list.issuer().to_string(), list.next_update().map(|end| Timestamp(end.timestamp()))))
    };
    lists.iter().map(read).collect()
}

fn wrong_list(files: &Tls) -> Fault {
    let file = files.crl_file.as_deref().unwrap_or(Path::new(""));
    Fault::new(format!("smart_proxy.crl_file: {} holds a list that cannot be used", file.display()))
}

fn config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    authorities: Vec<CertificateDer<'static>>,
    lists: Vec<CertificateRevocationListDer<'static>>,
    files: &Tls,
) -> Result<ServerConfig, Fault> {
    let provider = Arc::new(ring::default_provider());
    let mut roots = RootCertStore::empty();
    for authority in authorities {
        roots.add(authority).map_err(|error| {
            Fault::new(format!(
                "smart_proxy.ca_file: {} holds a certificate that is of no authority: {error}",
                files.ca_file.display()
            ))
        })?;
    }
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .with_crls(lists)
        .enforce_revocation_expiration()
        // A client that shows none hears of it in HTTP, as Foreman expects.
        .allow_unauthenticated()
        .build()
        .map_err(|error| match error {
            VerifierBuilderError::InvalidCrl(_) => wrong_list(files),
            error => Fault::new(format!("smart_proxy.ca_file: {}: {error}", files.ca_file.display())),
        })?;
    let builder = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|error| Fault::new(format!("TLS cannot be set up: {error}")))?;
    let mut config = builder
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)
        .map_err(|error| unfit(&error, files))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // A session that is taken up again would not be checked against time and revocations again.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}

/// Why certificate and key cannot be used.
fn unfit(error: &TlsError, files: &Tls) -> Fault {
    let (certificate, key) = (files.certificate_file.display(), files.key_file.display());
    Fault::new(match error {
        TlsError::InconsistentKeys(_) => format!(
            "smart_proxy.key_file: {key} is not the key of {certificate}, whose first certificate must be our own"
        ),
        TlsError::InvalidCertificate(CertificateError::BadEncoding) => {
            format!("smart_proxy.certificate_file: {certificate} holds something that is no certificate")
        }
        TlsError::General(_) => {
            format!("smart_proxy.key_file: {key} is of a kind that is not supported: use RSA, ECDSA or Ed25519")
        }
        error => format!("smart_proxy.certificate_file: {certificate}: {error}"),
    })
}
