//! Posting over TLS, to a server whose certificate an authority of the test signed.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A server that says it has that name. Its port.
async fn server(authority: &Authority, name: &str, years: (i32, i32), status: &'static str) -> u16 {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(years.0, 1, 1);
    params.not_after = rcgen::date_time_ymd(years.1, 1, 1);
    let chain = vec![params.signed_by(&key, &**authority).unwrap().der().clone()];
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, PrivatePkcs8KeyDer::from(key.serialize_der()).into())
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            // Who does not trust it ends the connection.
            let Ok(mut socket) = acceptor.accept(socket).await else { continue };
            let mut bytes = [0; 4096];
            let read = socket.read(&mut bytes).await.unwrap();
            assert!(bytes[..read].starts_with(b"POST /x HTTP/1.1\r\n"));
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            socket.write_all(answer.as_bytes()).await.unwrap();
            let _ = socket.shutdown().await;
        }
    });
    port
}

/// What becomes of a message to an endpoint, with that authority trusted.
async fn posted(authority: &Authority, url: &str) -> String {
    let poster = Poster::trusting(Trust::Only(vec![authority.der().to_vec()]));
    match poster.post(url, &[("content-type", "text/plain".to_owned())], Bytes::from_static(b"m")).await {
        Ok(delivered) if delivered.function_error.is_none() => "delivered".to_owned(),
        Ok(delivered) => String::from_utf8(delivered.payload.to_vec()).unwrap(),
        Err(error) => format!("refused: {}", error.error().message()),
    }
}

#[tokio::test]
async fn a_message_goes_to_who_proves_that_he_is_meant() {
    let (ours, others) = (authority(), authority());
    for (signed_by, name, years, status, says) in [
        (&ours, "localhost", (2000, 4000), "200 OK", "delivered"),
        (&others, "localhost", (2000, 4000), "200 OK", "invalid peer certificate: BadSignature"),
        (&ours, "example.com", (2000, 4000), "200 OK", "not valid for name"),
        (&ours, "localhost", (2000, 2001), "200 OK", "expired"),
        (&ours, "localhost", (2000, 4000), "403 No", "refused: https://localhost:"),
        (&ours, "localhost", (2000, 4000), "503 No", "it answered 503"),
        (&ours, "localhost", (2000, 4000), "302 Found\r\nlocation: /y", "it answered 302"),
    ] {
        let port = server(signed_by, name, years, status).await;
        let told = posted(&ours, &format!("https://localhost:{port}/x")).await;
        assert!(told.contains(says), "{name} {years:?} {status}: {told}");
    }
}

#[tokio::test]
async fn who_does_not_speak_tls_gets_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut bytes = [0; 4096];
        let read = socket.read(&mut bytes).await.unwrap();
        socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        bytes[..read].to_vec()
    });
    let told = posted(&authority(), &format!("https://localhost:{port}/x")).await;
    assert!(told.contains("client error (Connect)"), "{told}");
    let heard = heard.await.unwrap();
    assert!(!heard.windows(4).any(|bytes| bytes == b"POST"), "nothing of the message is told before");
}

#[tokio::test]
async fn where_nobody_is_trusted_it_is_said_what_to_do() {
    let poster = Poster::trusting(Trust::Only(Vec::new()));
    let delivered = poster.post("https://localhost:1/", &[], Bytes::new()).await.unwrap();
    assert_eq!(&delivered.payload[..], NOBODY.as_bytes());
}

#[test]
fn a_name_and_a_password_are_said_by_a_header_and_not_by_the_address() {
    let check = |url: &str, address: &str, credentials: Option<&str>| {
        assert_eq!(apart(url), (address.to_owned(), credentials.map(str::to_owned)), "{url}");
    };
    check("https://example.com/x?y=z", "https://example.com/x?y=z", None);
    check("https://ann:secret@example.com/x", "https://example.com/x", Some("Basic YW5uOnNlY3JldA=="));
    check("http://ann:a%40b@example.com:81/", "http://example.com:81/", Some("Basic YW5uOmFAYg=="));
    check("https://ann@example.com/", "https://example.com/", Some("Basic YW5uOg=="));
}
