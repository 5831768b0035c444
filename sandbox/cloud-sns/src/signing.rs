//! The signature under what is delivered: the cloud's key and certificate, and the text that is signed.
//!
//! The key is made when something is signed first. It lies with its certificate in one file that only its owner reads, and is
//! the same for all realms and after every start: who keeps the certificate goes on to verify by it.
// AWS: "Verifying the signatures of Amazon SNS messages".

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cloud_core::{AwsError, Context};
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use sha2::{Digest as _, Sha256};
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;

use key::Key;

mod key;
#[cfg(test)]
mod tests;

/// The file within the cloud's folder.
const FILE: &str = "sns-signing.pem";
/// How certificates are called, and how that goes on: the digits of a hash, then `.pem`.
const NAME: &str = "SimpleNotificationService-";
const DIGITS: usize = 32;
/// Whom a certificate is of.
const SUBJECT: &str = "sns.amazonaws.com";
/// The years in which a certificate counts. Machines' clocks are what they are.
const YEARS: (i32, i32) = (2000, 2100);

/// Which hash is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    Sha1,
    Sha256,
}

impl Version {
    /// That which a topic's attribute says.
    // AWS: the first, unless it says otherwise.
    pub(crate) fn of(attribute: Option<&String>) -> Self {
        if attribute.is_some_and(|version| version == "2") { Self::Sha256 } else { Self::Sha1 }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "1",
            Self::Sha256 => "2",
        }
    }
}

/// A signature as envelopes have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signature {
    pub version: Version,
    /// In base64.
    pub value: String,
    /// Where its certificate is.
    pub certificate: String,
}

/// Who signs for all realms of a cloud. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Signer(Arc<Inner>);

/// What signs, once the key is there.
#[derive(Clone, Debug)]
pub(crate) struct Pen {
    kept: Arc<Kept>,
    /// Where its certificate is.
    certificate: String,
}

impl Pen {
    /// Signs a text. This takes milliseconds.
    pub(crate) fn sign(&self, version: Version, text: &str) -> Result<Signature, AwsError> {
        let signed = self.kept.key.sign(version, text.as_bytes());
        let signed = signed.ok_or_else(|| AwsError::internal("SNS could not sign a message"))?;
        Ok(Signature { version, value: STANDARD.encode(signed), certificate: self.certificate.clone() })
    }
}

#[derive(Debug)]
struct Inner {
    file: PathBuf,
    kept: OnceCell<Arc<Kept>>,
    /// Held by who looks for the file and makes it: whoever waits for that may go away, and another begin anew.
    opening: Mutex<()>,
}

/// The key with its certificate.
#[derive(Debug)]
struct Kept {
    key: Key,
    /// In PEM.
    certificate: String,
    /// The file name by which it is asked for.
    name: String,
}

impl Signer {
    /// The one whose key lies in that folder.
    pub fn in_folder(folder: &Path) -> Self {
        let (file, kept) = (folder.join(FILE), OnceCell::new());
        Self(Arc::new(Inner { file, kept, opening: Mutex::default() }))
    }

    /// What signs; the key is made now if there is none.
    pub(crate) async fn pen(&self, context: &Context) -> Result<Pen, AwsError> {
        let kept = self.kept().await?;
        let base = context.endpoint().unwrap_or("http://localhost").trim_end_matches('/');
        let certificate = format!("{base}/{}", kept.name);
        Ok(Pen { kept, certificate })
    }

    /// Signs texts.
    pub(crate) async fn sign(
        &self,
        context: &Context,
        version: Version,
        texts: Vec<String>,
    ) -> Result<Vec<Signature>, AwsError> {
        let pen = self.pen(context).await?;
        let work = move || texts.iter().map(|text| pen.sign(version, text)).collect();
        spawn_blocking(work).await.map_err(AwsError::internal)?
    }

    /// The certificate that is asked for by a path, in PEM.
    pub(crate) async fn certificate(&self, path: &str) -> Result<Option<String>, AwsError> {
        // What nothing was signed with nobody can ask for: strangers have no key made.
        if self.0.kept.get().is_none() && !self.0.file.exists() {
            return Ok(None);
        }
        let kept = self.kept().await?;
        Ok((path.strip_prefix('/') == Some(&kept.name)).then(|| kept.certificate.clone()))
    }

    async fn kept(&self) -> Result<Arc<Kept>, AwsError> {
        let make = || async {
            let inner = Arc::clone(&self.0);
            let open = move || {
                let _opening = inner.opening.lock().unwrap_or_else(PoisonError::into_inner);
                Kept::open(&inner.file)
            };
            let kept = spawn_blocking(open).await.map_err(AwsError::internal)?;
            kept.map(Arc::new).map_err(|error| {
                let file = self.0.file.display();
                tracing::error!(%file, %error, "the key that SNS signs with cannot be used: remove the file to have another made");
                AwsError::internal(error)
            })
        };
        self.0.kept.get_or_try_init(make).await.cloned()
    }
}

/// Whether a path is one of a certificate.
pub(crate) fn is_certificate(path: &str) -> bool {
    let name = path.strip_prefix('/').and_then(|name| name.strip_prefix(NAME));
    name.and_then(|name| name.strip_suffix(".pem"))
        .is_some_and(|digits| digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

impl Kept {
    /// What is kept; made now where there is none.
    fn open(file: &Path) -> io::Result<Self> {
        match fs::read(file) {
            Ok(pem) => Self::read(&pem),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let pem = make().map_err(io::Error::other)?;
                keep(file, pem.as_bytes())?;
                Self::read(pem.as_bytes())
            }
            Err(error) => Err(error),
        }
    }

    fn read(pem: &[u8]) -> io::Result<Self> {
        let wrong = |error| io::Error::new(io::ErrorKind::InvalidData, error);
        let key = PrivatePkcs8KeyDer::from_pem_slice(pem).map_err(io::Error::other)?;
        let key = Key::read(key.secret_pkcs8_der()).ok_or_else(|| wrong("it holds no RSA key"))?;
        let der = CertificateDer::from_pem_slice(pem).map_err(io::Error::other)?;
        let digits: String = hex::encode(Sha256::digest(&der)).chars().take(DIGITS).collect();
        Ok(Self { key, certificate: armoured(&der), name: format!("{NAME}{digits}.pem") })
    }
}

/// A certificate in PEM.
fn armoured(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines = text.as_bytes().chunks(64).map(String::from_utf8_lossy);
    let lines: Vec<_> = lines.collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

/// A new key with its certificate, in PEM.
fn make() -> Result<String, rcgen::Error> {
    let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?;
    let mut params = CertificateParams::new(vec![SUBJECT.to_owned()])?;
    params.distinguished_name.push(DnType::CommonName, SUBJECT);
    params.not_before = rcgen::date_time_ymd(YEARS.0, 1, 1);
    params.not_after = rcgen::date_time_ymd(YEARS.1, 1, 1);
    Ok(format!("{}{}", key.serialize_pem(), params.self_signed(&key)?.pem()))
}

/// Whole or not at all: beside it, flushed, then renamed.
fn keep(file: &Path, pem: &[u8]) -> io::Result<()> {
    let new = file.with_extension("pem.new");
    let _ = fs::remove_file(&new);
    let mut output = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    output.write_all(pem)?;
    output.sync_all()?;
    fs::rename(new, file)?;
    let folder = file.parent().unwrap_or_else(|| Path::new("."));
    fs::File::open(folder)?.sync_all()
}

/// The text of an envelope that is signed: names and values in turn, those that are there.
pub(crate) fn signed_text<'a>(members: impl IntoIterator<Item = (&'a str, Option<&'a str>)>) -> String {
    let told = members.into_iter().filter_map(|(name, value)| Some((name, value?)));
    told.flat_map(|(name, value)| [name, "\n", value, "\n"]).collect()
}
