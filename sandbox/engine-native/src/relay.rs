//! The way from a cell to the cloud: what connects to the cloud's port of its loopback is connected to the cloud, byte by byte.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

use crate::connections;

/// Connections of one environment at once.
const CONNECTIONS: usize = 128;

/// Relays until it is aborted.
pub(crate) async fn relay(listener: TcpListener, to: SocketAddr) {
    connections::each(listener, CONNECTIONS, move |mut inside| async move {
        let Ok(mut outside) = TcpStream::connect(to).await else { return };
        let _ = outside.set_nodelay(true);
        // That either side breaks off is its own matter.
        let _ = copy_bidirectional(&mut inside, &mut outside).await;
    })
    .await;
}

/// Where the cloud is, from the address that its clients are told: its own machine, whatever it listens to.
pub(crate) fn address(endpoint_url: &str) -> Option<SocketAddr> {
    let url: http::Uri = endpoint_url.parse().ok()?;
    let port = url.port_u16().unwrap_or(80);
    let host = url.host()?.trim_matches(['[', ']']);
    let host = match host.parse() {
        Ok(std::net::IpAddr::V6(ip)) if !ip.is_unspecified() => ip.into(),
        Ok(std::net::IpAddr::V4(ip)) if !ip.is_unspecified() => ip.into(),
        _ => std::net::Ipv4Addr::LOCALHOST.into(),
    };
    Some(SocketAddr::new(host, port))
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[test]
    fn the_cloud_is_on_this_machine() {
        for (url, expected) in [
            ("http://127.0.0.1:4566", "127.0.0.1:4566"),
            ("http://0.0.0.0:4566", "127.0.0.1:4566"),
            ("http://localhost:4566/", "127.0.0.1:4566"),
            ("http://[::1]:4566", "[::1]:4566"),
            ("http://192.168.1.2:80", "192.168.1.2:80"),
        ] {
            assert_eq!(address(url).map(|address| address.to_string()).as_deref(), Some(expected), "{url}");
        }
        assert_eq!(address("no url at all"), None);
    }

    #[tokio::test]
    async fn bytes_go_both_ways() {
        let cloud = TcpListener::bind("127.0.0.1:0").await.expect("bound");
        let inside = TcpListener::bind("127.0.0.1:0").await.expect("bound");
        let (to, at) = (cloud.local_addr().expect("bound"), inside.local_addr().expect("bound"));
        let relaying = tokio::spawn(relay(inside, to));
        let mut function = TcpStream::connect(at).await.expect("connected");
        let (mut served, _) = cloud.accept().await.expect("it comes");
        function.write_all(b"ask").await.expect("sent");
        let mut asked = [0; 3];
        served.read_exact(&mut asked).await.expect("it comes");
        served.write_all(&asked).await.expect("sent");
        drop(served);
        let mut answer = String::new();
        function.read_to_string(&mut answer).await.expect("it comes");
        assert_eq!(answer, "ask");
        relaying.abort();
    }
}
