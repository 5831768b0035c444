//! Replacing in files, and taking it back. What a file was is durable before it is changed; each file is changed through
//! its document, whole or not at all.

use std::{io, path::Path, sync::Arc};

use futures_util::{StreamExt, stream};
use ide_core::{Clock, Texts, blocking, files::shown};
use protocol::{
    CallError, ErrorCode, PersonId, WorkspacePath,
    language::Position,
    search::{MAX_FILES, ReplaceIn, ReplaceText, Replaced, Replacement, Unreplaced},
};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::{
    lines::Places,
    pattern::Pattern,
    steps::{About, Change, Step, Steps},
    template::Template,
};

/// Bytes of text that are held at once while files are changed, or one file's.
const MAX_HELD: usize = 64 << 20;
/// Files that are changed at once.
const AT_ONCE: usize = 8;

/// Replaces, and takes back.
pub(crate) struct Replacer {
    texts: Arc<dyn Texts>,
    steps: Arc<Steps>,
    clock: Arc<dyn Clock>,
    /// One call at a time.
    writing: Mutex<()>,
}

impl Replacer {
    pub(crate) fn open(texts: Arc<dyn Texts>, state: &Path, clock: Arc<dyn Clock>) -> io::Result<Self> {
        Ok(Self { texts, steps: Arc::new(Steps::open(state)?), clock, writing: Mutex::default() })
    }

    pub(crate) async fn list(&self) -> Result<Vec<Replacement>, CallError> {
        let steps = Arc::clone(&self.steps);
        blocking(move || steps.list()).await.map_err(|error| records("read", &error))
    }

    /// Replaces what was chosen in each file.
    pub(crate) async fn replace(&self, by: &PersonId, call: ReplaceText) -> Result<Replaced, CallError> {
        let ReplaceText { step, query, replacement, files } = call;
        let (id, pattern) = (step_id(&step)?, Pattern::new(&query)?);
        let template = Template::new(&replacement, &pattern)?;
        check_count(files.len())?;
        let _one = self.writing.lock().await;
        let at_ms = self.clock.now().as_millisecond();
        let about = About { at_ms, pattern: query.pattern, replacement };
        let steps = Arc::clone(&self.steps);
        let step = blocking(move || steps.begin(id, &about)).await;
        let step = step.map_err(|error| records("write", &error))?;
        let mut work = Work {
            replacer: self,
            by,
            step: Arc::new(step),
            room: 0,
            held: Vec::new(),
            done: Replaced::default(),
        };
        for ReplaceIn { path, matches } in files {
            match self.change(&pattern, &template, path.clone(), &matches).await {
                Ok(change) => work.add(change).await?,
                Err(error) => work.done.refuse(path, error),
            }
        }
        work.make().await?;
        Ok(work.done)
    }

    /// A file's text, and what it becomes.
    async fn change(
        &self,
        pattern: &Pattern,
        template: &Template,
        path: WorkspacePath,
        matches: &[Position],
    ) -> Result<Change, CallError> {
        let before = self.texts.read(&path).await?;
        let Some(after) = replaced(&before, pattern, template, matches) else { return Err(moved_on(&path)) };
        Ok(Change { path, matches: matches.len() as u64, before, after: after.into() })
    }

    /// Takes a step back, the last change first.
    pub(crate) async fn undo(&self, by: &PersonId, step: &str) -> Result<Replaced, CallError> {
        let id = step_id(step)?;
        let _one = self.writing.lock().await;
        let steps = Arc::clone(&self.steps);
        let found = blocking(move || {
            let step = steps.find(id)?;
            Ok((step.numbers()?, Arc::new(step)))
        });
        let (numbers, step) = found.await.map_err(|error| match error {
            error if io::Error::kind(&error) == io::ErrorKind::NotFound => forgotten(),
            error => records("read", &error),
        })?;
        let mut done = Replaced::default();
        for number in numbers.into_iter().rev() {
            let read = Arc::clone(&step);
            let change = blocking(move || read.change(number)).await;
            let Change { path, matches, before, after } = change.map_err(|error| records("read", &error))?;
            match self.texts.rewrite(by, &path, after, before).await {
                Ok(()) => {
                    forget(&step, number).await?;
                    done.count(matches);
                }
                Err(error) => done.refuse(path, error),
            }
        }
        if done.refused.is_empty() {
            let steps = Arc::clone(&self.steps);
            blocking(move || steps.forget(id)).await.map_err(|error| records("write", &error))?;
        }
        Ok(done)
    }
}

/// What a call does.
struct Work<'r> {
    replacer: &'r Replacer,
    by: &'r PersonId,
    step: Arc<Step>,
    /// Bytes that may be kept before it is looked again.
    room: u64,
    /// Changes that are kept and still to be made, by their numbers.
    held: Vec<(u64, Change)>,
    done: Replaced,
}

impl Work<'_> {
    /// Keeps a change; makes those that are held where that is enough.
    async fn add(&mut self, change: Change) -> Result<(), CallError> {
        let size = change.size() as u64;
        if size > self.room {
            let (steps, step) = (Arc::clone(&self.replacer.steps), Arc::clone(&self.step));
            let room = blocking(move || steps.room(&step, size)).await;
            self.room = room.map_err(|error| records("write", &error))?;
        }
        if size > self.room {
            self.done.refuse(change.path.clone(), no_room(&change.path));
            return Ok(());
        }
        self.room -= size;
        let step = Arc::clone(&self.step);
        let kept = blocking(move || step.keep(&change).map(|number| (number, change))).await;
        self.held.push(kept.map_err(|error| records("write", &error))?);
        if self.held.iter().map(|(_, change)| change.size()).sum::<usize>() >= MAX_HELD {
            self.make().await?;
        }
        Ok(())
    }

    /// Makes what is kept durable, and then the changes themselves.
    async fn make(&mut self) -> Result<(), CallError> {
        let step = Arc::clone(&self.step);
        blocking(move || step.sync()).await.map_err(|error| records("write", &error))?;
        let (texts, by) = (&self.replacer.texts, self.by);
        let changes = std::mem::take(&mut self.held).into_iter().map(|(number, change)| async move {
            let Change { path, matches, before, after } = change;
            let made = texts.rewrite(by, &path, before, after).await;
            (number, path, matches, made)
        });
        let mut made = stream::iter(changes).buffered(AT_ONCE);
        while let Some((number, path, matches, made)) = made.next().await {
            match made {
                Ok(()) => self.done.count(matches),
                Err(error) => {
                    forget(&self.step, number).await?;
                    self.done.refuse(path, error);
                }
            }
        }
        Ok(())
    }
}

async fn forget(step: &Arc<Step>, number: u64) -> Result<(), CallError> {
    let step = Arc::clone(step);
    blocking(move || step.forget(number)).await.map_err(|error| records("write", &error))
}

/// The text with what comes in place of the matches that begin at these positions; none where one of them is none.
fn replaced(text: &str, pattern: &Pattern, template: &Template, matches: &[Position]) -> Option<String> {
    let mut wanted = matches.to_vec();
    wanted.sort_unstable();
    let mut wanted = wanted.into_iter().peekable();
    let (mut made, mut kept, mut places) = (String::new(), 0, Places::new(text));
    pattern.find(text, |range| {
        if wanted.next_if_eq(&places.pass(range.start)).is_some() {
            made.push_str(text.get(kept..range.start).unwrap_or_default());
            made.push_str(&template.expand(pattern, text, range.start));
            kept = range.end;
        }
        wanted.peek().is_some()
    });
    made.push_str(text.get(kept..).unwrap_or_default());
    wanted.next().is_none().then_some(made)
}

/// What a call's answer is made of.
trait Outcome {
    fn count(&mut self, matches: u64);
    fn refuse(&mut self, path: WorkspacePath, error: CallError);
}

impl Outcome for Replaced {
    fn count(&mut self, matches: u64) {
        self.files += 1;
        self.matches += matches;
    }

    fn refuse(&mut self, path: WorkspacePath, error: CallError) {
        self.refused.push(Unreplaced { path, message: error.message, reason: error.reason });
    }
}

fn step_id(step: &str) -> Result<Uuid, CallError> {
    Uuid::try_parse(step).map_err(|_| {
        let error = CallError::new(ErrorCode::Invalid, "Cannot replace: a step is named by a UUID.");
        error.because("step-name", &[])
    })
}

/// Refuses more files than a call may name.
pub(crate) fn check_count(files: usize) -> Result<(), CallError> {
    if files <= MAX_FILES {
        return Ok(());
    }
    let message = format!("Cannot take so many files at once: at most {MAX_FILES}; take them in parts.");
    Err(CallError::new(ErrorCode::Limit, message).because("files-at-once", &[("most", &MAX_FILES)]))
}

fn moved_on(path: &WorkspacePath) -> CallError {
    let path = shown(path);
    let message = format!("Cannot replace in '{path}': it changed since it was searched; search again.");
    CallError::new(ErrorCode::Conflict, message).because("moved-on", &[("path", &path)])
}

fn no_room(path: &WorkspacePath) -> CallError {
    let path = shown(path);
    let message = format!(
        "Cannot replace in '{path}': what can be taken back is full; replace in fewer files at once."
    );
    CallError::new(ErrorCode::Limit, message).because("undo-full", &[("path", &path)])
}

fn forgotten() -> CallError {
    let message = "Cannot take that back: it was taken back already, or newer replacements took its place.";
    CallError::new(ErrorCode::NotFound, message).because("step-forgotten", &[])
}

fn records(action: &str, error: &io::Error) -> CallError {
    tracing::error!(%error, action, "the records of what was replaced fail");
    let code = if error.kind() == io::ErrorKind::StorageFull { ErrorCode::Full } else { ErrorCode::Internal };
    let message = format!("Cannot {action} what is kept of replacements: {error}.");
    CallError::new(code, message).because("replacements-kept", &[("action", &action), ("reason", error)])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use protocol::search::Query;

    use super::*;
    use crate::lines::{Found, lines};

    fn check(text: &str, matches: &[(u32, u32)], expected: Option<&str>) {
        let query = Query { pattern: "(a)(b)?".into(), regex: true, ..Query::default() };
        let pattern = Pattern::new(&query).unwrap();
        let template = Template::new("[$2$1]", &pattern).unwrap();
        let matches: Vec<_> = matches.iter().map(|&(line, character)| Position { line, character }).collect();
        assert_eq!(replaced(text, &pattern, &template, &matches).as_deref(), expected, "{text:?}");
    }

    #[test]
    fn only_what_was_chosen_is_replaced_and_nothing_where_that_is_gone() {
        check("ab ab\nab a", &[(1, 0), (0, 3)], Some("ab [ba]\n[ba] a"));
        check("é😀a", &[(0, 3)], Some("é😀[a]"));
        check("ab", &[], Some("ab"));
        check("ab", &[(0, 1)], None);
        check("ab", &[(0, 0), (0, 0)], None);
        check("b", &[(0, 0)], None);
        check("", &[(9, 9)], None);
    }

    /// Where the matches of a text begin, as a page is told.
    fn found(text: &str, pattern: &Pattern) -> Vec<Position> {
        let mut found = Vec::new();
        pattern.find(text, |range| {
            found.push(Found { range, with: None });
            true
        });
        let lines = lines(text, found, 1);
        lines.iter().flat_map(|line| &line.matches).map(|found| found.range.start).collect()
    }

    proptest! {
        #[test]
        fn what_is_replaced_by_itself_stays(text in "[abé😀\n ]{0,40}", pattern in "[abé.^$|*+?\\[\\] ]{1,6}|(\\\\n|a|b|[^b]){1,3}") {
            let query = Query { pattern, regex: true, ..Query::default() };
            let Ok(pattern) = Pattern::new(&query) else { return Ok(()) };
            let template = Template::new("$&", &pattern).unwrap();
            let matches = found(&text, &pattern);
            prop_assert_eq!(replaced(&text, &pattern, &template, &matches), Some(text));
        }

        #[test]
        fn texts_are_replaced_as_the_language_does(text in "[ab\n]{0,40}", pattern in "[ab\n]{1,3}", with in "[ab$]{0,3}") {
            let query = Query { pattern: pattern.clone(), case: true, ..Query::default() };
            let (compiled, expected) = (Pattern::new(&query).unwrap(), text.replace(&pattern, &with));
            let template = Template::new(&with, &compiled).unwrap();
            let matches = found(&text, &compiled);
            prop_assert_eq!(replaced(&text, &compiled, &template, &matches), Some(expected));
        }
    }
}
