//! A session by drawn schedules: connections come and go, break off and overtake one another, and the browser has each frame
//! once and in order.

use std::cell::Cell;
use std::collections::BTreeMap;

use ::schedules::{Actor, run};
use futures_util::FutureExt;
use protocol::Grants;
use tokio::sync::mpsc;

use super::*;
use crate::somebody::somebody;

const TEXTS: u32 = 12;
const CHANNELS: [ChannelId; 2] = [ChannelId(1), ChannelId(2)];
const ALL: usize = (TEXTS * 3) as usize;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// Sends texts, or bytes of a channel.
async fn send(session: &Session, on: Option<ChannelId>) {
    for number in 0..TEXTS {
        tokio::task::yield_now().await;
        match on {
            None => session.push_text(number.to_string().into()),
            Some(channel) => session.push_binary(channel, number.to_string().as_bytes()).unwrap(),
        }
    }
}

/// A browser whose connections break, with what was on its way; a new one may be there before the old one is found dead.
async fn browse(
    sessions: &Sessions,
    session: &Session,
    broken: mpsc::UnboundedSender<Connection>,
    page: &Page,
    seed: u64,
) -> Vec<Frame> {
    let (mut dice, mut received) = (Dice(seed), Vec::new());
    while received.len() < ALL {
        let asked = Some(session.id());
        let come = sessions.connect(session.principal().clone(), asked, received.len() as u64);
        let (connection, resumed) = come.unwrap();
        assert!(resumed, "seed {seed}: the session is gone");
        page.is_there.set(true);
        for _ in 0..dice.roll(8) {
            let next = session.next_frame(connection.number);
            let Ok(next) = tokio::time::timeout(Duration::from_secs(1), next).await else {
                // Time passes only while nobody can go on: nothing may lie there.
                let missed = session.next_frame(connection.number).now_or_never();
                assert!(missed.is_none(), "seed {seed}: nobody was told of {missed:?}");
                break;
            };
            let frame = next.unwrap();
            if dice.roll(5) == 0 {
                // Lost on its way.
                break;
            }
            received.push(frame);
            if dice.roll(2) == 0 {
                assert!(session.acknowledged(received.len() as u64), "seed {seed}");
            }
        }
        page.is_there.set(false);
        if dice.roll(2) == 0 {
            page.broken.set(page.broken.get() + 1);
            broken.send(connection).unwrap();
        }
    }
    // Time enough for all that can go on.
    let last = sessions.connect(session.principal().clone(), Some(session.id()), received.len() as u64);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(page.broken.get(), 0, "seed {seed}: these do not hear that they were overtaken");
    drop(last);
    session.end();
    received
}

/// What serves connections that are dead, until they hear of the one that overtook them.
async fn serve_broken(mut broken: mpsc::UnboundedReceiver<Connection>, page: &Page) {
    while let Some(connection) = broken.recv().await {
        // What it sends arrives nowhere.
        while connection.session.next_frame(connection.number).await.is_some() {}
        page.broken.set(page.broken.get() - 1);
    }
}

/// What is known of the browser's page.
#[derive(Default)]
struct Page {
    /// Whether it has a connection that nothing is wrong with.
    is_there: Cell<bool>,
    /// Connections that break and were not found dead.
    broken: Cell<usize>,
}

/// Something that receives no frames.
async fn nothing(work: Actor<'_, ()>) -> Vec<Frame> {
    work.await;
    Vec::new()
}

async fn check(seed: u64) {
    let sessions = Sessions::new();
    let (first, _) = sessions.connect(somebody("a", Grants::owner()), None, 0).unwrap();
    let session = first.session.clone();
    let channels = CHANNELS.map(|channel| session.open_channel(channel).unwrap());
    drop(first);
    let (broken, dead) = mpsc::unbounded_channel();
    let page = Page::default();
    let actors: Vec<Actor<'_, Vec<Frame>>> = vec![
        Box::pin(browse(&sessions, &session, broken, &page, seed)),
        Box::pin(nothing(Box::pin(serve_broken(dead, &page)))),
        Box::pin(nothing(Box::pin(send(&session, None)))),
        Box::pin(nothing(Box::pin(send(&session, Some(CHANNELS[0]))))),
        Box::pin(nothing(Box::pin(send(&session, Some(CHANNELS[1]))))),
    ];
    let presence = session.presence();
    let look = || {
        let is_away = page.is_there.get() && !*presence.borrow();
        assert!(!is_away, "seed {seed}: a browser that is there counts as away");
    };
    let received = run(seed, actors, look).await.swap_remove(0);
    let mut by_kind: BTreeMap<Option<u32>, Vec<String>> = BTreeMap::new();
    for frame in received {
        let (kind, text) = match &frame {
            Frame::Text(text) => (None, text.to_vec()),
            Frame::Binary(bytes) => {
                let (channel, payload) = link::parse_binary(bytes).unwrap();
                (Some(channel.0), payload.to_vec())
            }
        };
        by_kind.entry(kind).or_default().push(String::from_utf8(text).unwrap());
    }
    assert_eq!(by_kind.len(), 3, "seed {seed}");
    for (kind, texts) in by_kind {
        assert!(
            texts.iter().cloned().eq((0..TEXTS).map(|number| number.to_string())),
            "seed {seed}, {kind:?}: {texts:?}"
        );
    }
    drop(channels);
}

#[tokio::test(start_paused = true)]
async fn no_order_of_connections_loses_or_repeats_a_frame() {
    for seed in 0..200 {
        check(seed).await;
    }
}
