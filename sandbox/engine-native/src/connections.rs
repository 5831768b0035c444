//! Whoever connects at a cell's loopback, so many at a time.

use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Serves each connection, at most so many at once, until it is aborted: then they end, too.
pub(crate) async fn each<F>(listener: TcpListener, most: usize, serve: impl Fn(TcpStream) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(most));
    let mut all = JoinSet::new();
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        // What has ended needs not be kept.
        while all.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        // Without it answers are only slower.
        let _ = stream.set_nodelay(true);
        let served = serve(stream);
        all.spawn(async move {
            let _place = place;
            served.await;
        });
    }
}
