//! Searching in files, replacing what was found, and taking that back.
//!
//! It finds files as quick open does, reads those that are open as they are written now, and runs no program. It changes
//! files only through their documents. Pages and what they show are none of its business.

mod globs;
mod hunt;
mod lines;
mod pattern;
mod replace;
mod steps;
mod template;

use std::{io, path::PathBuf, sync::Arc};

use bytes::Bytes;
use cap_std::{ambient_authority, fs::Dir};
use ide_core::{CallContext, ChannelSender, Clock, Router, Texts, blocking};
use protocol::{
    CallError, ErrorCode,
    search::{
        CancelSearch, FindText, FoundFile, FoundText, ListReplacements, MAX_CONTEXT, ReplaceText, UndoReplace,
    },
};
use tokio::sync::{Semaphore, mpsc};

use crate::{
    globs::Globs,
    hunt::{Hunt, Tally},
    pattern::Pattern,
    replace::{Replacer, check_count},
    template::Template,
};

/// Searches at once; others wait.
const AT_ONCE: usize = 4;
/// Files with something in them that wait to be sent.
const WAITING: usize = 16;

/// Where the workspace lies.
#[derive(Clone, Debug)]
pub struct SearchConfig {
    /// Its folder.
    pub root: PathBuf,
    /// Where is kept what was replaced.
    pub state: PathBuf,
}

/// Searches a workspace.
pub struct Search {
    root: Arc<Dir>,
    texts: Arc<dyn Texts>,
    replacer: Replacer,
    places: Semaphore,
}

impl Search {
    /// Opens the folder.
    pub fn open(
        config: &SearchConfig,
        texts: Arc<dyn Texts>,
        clock: Arc<dyn Clock>,
    ) -> io::Result<Arc<Self>> {
        let root = Arc::new(Dir::open_ambient_dir(&config.root, ambient_authority())?);
        let replacer = Replacer::open(Arc::clone(&texts), &config.state, clock)?;
        Ok(Arc::new(Self { root, texts, replacer, places: Semaphore::new(AT_ONCE) }))
    }

    /// Answers the calls of `protocol::search`.
    pub fn register(self: &Arc<Self>, router: &mut Router) {
        router
            .with(self)
            .on(|search, context, call: FindText| async move { search.find(&context, call).await })
            .on(|_, context, call: CancelSearch| async move {
                context.session.close_channel(call.channel);
                Ok(())
            })
            .on(|search, context, call: ReplaceText| async move {
                search.replacer.replace(context.person(), call).await
            })
            .on(|search, context, call: UndoReplace| async move {
                search.replacer.undo(context.person(), &call.step).await
            })
            .on(|search, _, _: ListReplacements| async move { search.replacer.list().await });
    }

    async fn find(&self, context: &CallContext, call: FindText) -> Result<FoundText, CallError> {
        let hunt = Arc::new(hunt(&call)?);
        let (channel, _) = context.session.open_channel(call.channel)?.split();
        let place = tokio::select! {
            place = self.places.acquire() => place,
            () = channel.closed() => return Ok(FoundText::default()),
        };
        let (found, results) = mpsc::channel(WAITING);
        let (root, texts, work) = (Arc::clone(&self.root), Arc::clone(&self.texts), Arc::clone(&hunt));
        let running = blocking(move || work.run(&root, &*texts, &found));
        let telling = async {
            tell(channel, results).await;
            hunt.tally.end();
        };
        tokio::join!(running, telling);
        drop(place);
        Ok(hunt.tally.sum())
    }
}

/// Tells what is found until that is all, or until nobody wants it any more.
async fn tell(channel: ChannelSender, mut results: mpsc::Receiver<FoundFile>) {
    let telling = async {
        while let Some(file) = results.recv().await {
            let Ok(mut line) = serde_json::to_vec(&file) else { continue };
            line.push(b'\n');
            if channel.send(Bytes::from(line)).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = telling => {}
        () = channel.closed() => {}
    }
}

fn hunt(call: &FindText) -> Result<Hunt, CallError> {
    let query = &call.query;
    let pattern = Pattern::new(query)?;
    let template = call.replacement.as_deref().map(|text| Template::new(text, &pattern)).transpose()?;
    check_count(query.files.as_ref().map_or(0, Vec::len))?;
    if call.context > MAX_CONTEXT {
        let message = format!("Cannot give so many lines around matches: at most {MAX_CONTEXT}.");
        let error = CallError::new(ErrorCode::Limit, message);
        return Err(error.because("context-lines", &[("most", &MAX_CONTEXT)]));
    }
    Ok(Hunt {
        pattern,
        template,
        globs: Globs::new(query)?,
        ignored: query.ignored,
        files: query.files.clone(),
        context: call.context,
        tally: Tally::default(),
    })
}
