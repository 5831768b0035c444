//! Clients that hang up: before their request is let in, while it is done, while its answer is read.

use futures_util::stream;

use super::*;

const WAIT: [(&str, &str); 2] =
    [("x-amz-target", "Kv_1.Wait"), ("content-type", "application/x-amz-json-1.1")];

static CHUNK: [u8; 64 * 1024] = [b'x'; 64 * 1024];

/// An answer without an end that holds something.
pub(crate) fn endless(held: &Arc<()>) -> Body {
    let chunks =
        stream::unfold(Arc::clone(held), |held| async move { Some((Ok(Bytes::from_static(&CHUNK)), held)) });
    Body::from_stream(chunks, None)
}

async fn until(what: &str, mut so: impl FnMut() -> bool) {
    let so = async {
        while !so() {
            tokio::task::yield_now().await;
        }
    };
    let in_time = tokio::time::timeout(std::time::Duration::from_secs(20), so).await;
    assert!(in_time.is_ok(), "it never happened: {what}");
}

impl Cloud {
    fn wait(&self) -> Vec<u8> {
        self.signed("kv", "POST", "/", &WAIT, b"{}")
    }

    /// Hangs up when the operation has begun.
    async fn begin_and_leave(&self) {
        let begun = self.kv.begun.load(Ordering::SeqCst);
        let gone = self.connect(&self.wait()).await;
        until("it begins", || self.kv.begun.load(Ordering::SeqCst) > begun).await;
        drop(gone);
    }

    fn ended(&self) -> usize {
        self.kv.ended.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn what_was_let_in_is_done_whoever_hangs_up() {
    let cloud = Cloud::start().await;
    for _ in 0..3 {
        cloud.begin_and_leave().await;
    }
    // Those who are gone are seen to be gone: what follows is answered, and has taken no place of theirs.
    check(&cloud.kv("Echo", r#"{"Text":"hi"}"#).await, "200", r#"{"Text":"hi"}"#);
    assert_eq!(cloud.ended(), 0);
    cloud.kv.may_end.notify_waiters();
    until("all have ended", || cloud.ended() == 3).await;
    until("nothing is held", || cloud.context.memory().used() == 0).await;
}

#[tokio::test]
async fn what_was_not_let_in_ends_with_its_connection() {
    let cloud = Cloud::start().await;
    let request = cloud.wait();
    for length in 0..request.len() {
        drop(cloud.connect(&request[..length]).await);
    }
    let mut forged = request;
    let last = forged.len() - 1;
    forged[last] = b' ';
    assert!(cloud.raw(&forged).await.contains("InvalidSignatureException"));
    assert_eq!(cloud.kv.begun.load(Ordering::SeqCst), 0);
    until("nothing is held", || cloud.context.memory().used() == 0).await;
}

#[tokio::test]
async fn a_source_that_leaves_too_many_behind_is_throttled_and_nobody_else() {
    let cloud = Cloud::start().await;
    for _ in 0..PLACES / 2 {
        cloud.begin_and_leave().await;
    }
    let refused = cloud.kv("Echo", r#"{"Text":"hi"}"#).await;
    check(&refused, "400", r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#);
    let unsigned = [("x-amz-content-sha256", "UNSIGNED-PAYLOAD")];
    let refused = cloud.raw(&cloud.signed("s3", "GET", "/bucket/none", &unsigned, b"")).await;
    assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("<Code>SlowDown</Code>"), "{refused}");
    let stranger = "GET /items HTTP/1.1\r\nhost: abc.execute-api.localhost\r\nconnection: close\r\n\r\n";
    check(&cloud.raw(stranger.as_bytes()).await, "200", "front /items");
    cloud.kv.may_end.notify_waiters();
    until("all have ended", || cloud.ended() as u64 == PLACES / 2).await;
    check(&cloud.kv("Echo", r#"{"Text":"hi"}"#).await, "200", r#"{"Text":"hi"}"#);
}

#[tokio::test]
async fn an_answer_that_nobody_reads_any_more_holds_nothing() {
    let cloud = Cloud::start().await;
    let unsigned = [("x-amz-content-sha256", "UNSIGNED-PAYLOAD")];
    let mut reader = cloud.connect(&cloud.signed("s3", "GET", "/bucket/endless", &unsigned, b"")).await;
    reader.read_exact(&mut vec![0; 1 << 20]).await.unwrap();
    assert_eq!(Arc::strong_count(&cloud.blobs.1), 2);
    drop(reader);
    until("it is let go", || Arc::strong_count(&cloud.blobs.1) == 1).await;
}

#[tokio::test]
async fn the_end_waits_for_those_whose_clients_are_gone() {
    let cloud = Cloud::start().await;
    cloud.begin_and_leave().await;
    cloud.shutdown.cancel();
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!cloud.served.is_finished());
    cloud.kv.may_end.notify_waiters();
    assert!(cloud.served.await.unwrap().is_ok());
    assert_eq!(cloud.kv.ended.load(Ordering::SeqCst), 1);
}
