//! What is signed is verified, by the certificate that is given out; and the key stays the same.

use std::os::unix::fs::PermissionsExt as _;

use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
};
use rustls::server::ParsedCertificate;

use super::*;

/// Whether a certificate's key says that a signature is under a text.
fn verifies(pem: &str, version: Version, text: &str, signature: &str) -> bool {
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
    let key = ParsedCertificate::try_from(&der).unwrap().subject_public_key_info();
    let by = match version {
        Version::Sha1 => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
        Version::Sha256 => &RSA_PKCS1_2048_8192_SHA256,
    };
    let signature = STANDARD.decode(signature).unwrap();
    UnparsedPublicKey::new(by, key).verify(text.as_bytes(), &signature).is_ok()
}

#[tokio::test]
async fn each_version_is_verified_by_the_certificate_under_its_own_text_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (context, _clock) = Context::for_test(folder.path());
    let signer = Signer::in_folder(folder.path());
    for version in [Version::Sha1, Version::Sha256] {
        let given = signer.sign(&context, version, vec!["a".into(), "b".into()]).await.unwrap();
        let path = given[0].certificate.strip_prefix("http://localhost").unwrap();
        assert!(is_certificate(path), "{path}");
        let pem = signer.certificate(path).await.unwrap().unwrap();
        for (text, place, is_under) in [("a", 0, true), ("b", 1, true), ("b", 0, false), ("a", 1, false)] {
            let verified = verifies(&pem, version, text, &given[place].value);
            assert_eq!(verified, is_under, "{version:?} {text} {place}");
        }
        let again = signer.sign(&context, version, vec!["a".into()]).await.unwrap();
        assert_eq!(again[0], given[0], "there is no chance in it: what is sent again is the same");
    }
}

#[tokio::test]
async fn the_key_is_made_once_and_only_its_owner_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let (context, _clock) = Context::for_test(folder.path());
    let signer = Signer::in_folder(folder.path());
    let unknown = format!("/{NAME}{}.pem", "0".repeat(DIGITS));
    assert_eq!(signer.certificate(&unknown).await.unwrap(), None);
    assert!(!folder.path().join(FILE).exists(), "to ask for a certificate makes none");
    let first = signer.pen(&context).await.unwrap();
    let mode = fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // Another process.
    let next = Signer::in_folder(folder.path());
    let path = first.certificate.strip_prefix("http://localhost").unwrap();
    assert!(next.certificate(path).await.unwrap().is_some());
    assert_eq!(next.certificate(&unknown).await.unwrap(), None);
    let sign = |pen: Pen| pen.sign(Version::Sha256, "x").unwrap();
    assert_eq!(sign(next.pen(&context).await.unwrap()), sign(first));
    fs::write(folder.path().join(FILE), "x").unwrap();
    let damaged = Signer::in_folder(folder.path()).pen(&context).await.unwrap_err();
    assert_eq!(damaged.http_status(), 500, "another is not made in place of one that cannot be read");
}

#[test]
fn paths_of_certificates_are_told_from_others() {
    let digits = "0123456789abcdef0123456789abcdef";
    for (path, is_one) in [
        (format!("/{NAME}{digits}.pem"), true),
        (format!("/{NAME}{digits}"), false),
        (format!("/{NAME}{digits}0.pem"), false),
        (format!("/x/{NAME}{digits}.pem"), false),
        (format!("/{NAME}../../sns-signing.pem"), false),
        ("/".to_owned(), false),
    ] {
        assert_eq!(is_certificate(&path), is_one, "{path}");
    }
}

#[test]
fn members_are_signed_with_their_names_those_that_are_there() {
    let text = signed_text([("Message", Some("a\nb")), ("Subject", None), ("Type", Some("t"))]);
    assert_eq!(text, "Message\na\nb\nType\nt\n");
}
