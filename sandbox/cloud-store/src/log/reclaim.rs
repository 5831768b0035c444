//! Giving room back, a little at a time and beside what others do: removing what is noted as to go, writing segments anew
//! that are mostly removed, and removing their files. What a crash cuts off is gone on with at the next start.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::catalog::Segment;
use super::frame::{Frame, Frames, Seed, StreamId};
use super::index::SegmentIndex;
use super::segment::{self, HEAD, Head};
use super::{Shared, failed};
use crate::{Error, Transaction};

/// Parts that are removed at once.
const PARTS: usize = 64;
/// Rows of segments that are looked at at once.
const ROWS: usize = 1000;
/// Segments that are written into one, at most.
const MERGED: usize = 16;

/// Segments that are to be written into one, by their numbers.
type Run = Vec<(u32, Segment)>;
/// Files by their segments and revisions.
type Revisions = Vec<(u32, u32)>;

impl Shared {
    /// Does all of it that there is to do. What fails is left for the next time.
    pub(crate) async fn reclaim(self: &Arc<Self>) -> Result<(), Error> {
        let _alone = self.reclaiming.lock().await;
        if self.is_closed.load(Ordering::SeqCst) {
            return Ok(());
        }
        self.reclaim_alone().await
    }

    /// The same for who sees to it that nobody else does it meanwhile.
    pub(super) async fn reclaim_alone(self: &Arc<Self>) -> Result<(), Error> {
        self.remove_noted().await?;
        // What cannot be done with one file keeps no other from it.
        let mut outcome = self.free_files().await;
        let mut after = 0;
        while let Some((run, looked_at)) = self.run_behind(after).await? {
            if let Some((number, _)) = run.first().copied() {
                if let Err(error) = self.rewrite(run).await {
                    tracing::warn!(%error, segment = number, "a segment of a log is written anew later");
                    outcome = outcome.and(Err(error));
                }
                outcome = outcome.and(self.free_files().await);
            }
            after = looked_at;
        }
        outcome
    }

    /// Removes the parts of streams and groups that are noted as to go.
    async fn remove_noted(self: &Arc<Self>) -> Result<(), Error> {
        loop {
            let shared = Arc::clone(self);
            let more = self.store.free(move |transaction| shared.remove_slice(transaction)).await?;
            if !more {
                return Ok(());
            }
        }
    }

    fn remove_slice(&self, transaction: &mut Transaction<'_>) -> Result<bool, Error> {
        let catalog = self.catalog;
        let Some(id) = catalog.to_remove(transaction)? else { return Ok(false) };
        let ended = if id.is_all() {
            self.remove_group(transaction, id.group)?
        } else {
            self.remove_stream(transaction, id)?
        };
        if ended {
            catalog.removed(transaction, id)?;
        }
        Ok(true)
    }

    fn remove_group(&self, transaction: &mut Transaction<'_>, group: u64) -> Result<bool, Error> {
        let catalog = self.catalog;
        let parts = catalog.parts_of_group(transaction, group, PARTS)?;
        let ended = parts.len() < PARTS;
        for ((id, segment), part) in parts {
            catalog.delete_part(transaction, id, segment)?;
            if id.is_all() {
                catalog.release(transaction, segment, part.stored)?;
            }
        }
        Ok(ended && !catalog.forget_some(transaction, group, PARTS)?)
    }

    fn remove_stream(&self, transaction: &mut Transaction<'_>, id: StreamId) -> Result<bool, Error> {
        let catalog = self.catalog;
        let whole = StreamId::all(id.group);
        let parts = catalog.parts_of_stream(transaction, id, PARTS)?;
        let ended = parts.len() < PARTS;
        for (segment, part) in parts {
            catalog.delete_part(transaction, id, segment)?;
            let Some(mut rest) = catalog.part(transaction, whole, segment)? else { continue };
            rest.stored = rest.stored.saturating_sub(part.stored);
            rest.totals.subtract(&part.totals);
            if rest.stored == 0 {
                catalog.delete_part(transaction, whole, segment)?;
            } else {
                catalog.set_part(transaction, whole, segment, &rest)?;
            }
            catalog.release(transaction, segment, part.stored)?;
        }
        Ok(ended)
    }

    /// Removes files that the store names as freed: all that can be. The first error of the others.
    async fn free_files(self: &Arc<Self>) -> Result<(), Error> {
        let catalog = self.catalog;
        let (mut outcome, mut after) = (Ok(()), None);
        loop {
            let let_go = move |transaction: &mut Transaction<'_>| catalog.let_go(transaction, after, PARTS);
            let freed = self.store.free(let_go).await?;
            let Some(last) = freed.last() else { return outcome };
            after = Some(*last);
            let shared = Arc::clone(self);
            let (gone, left) = super::blocking(move || shared.remove_files(freed)).await?;
            outcome = outcome.and(left);
            let forget = move |transaction: &mut Transaction<'_>| {
                gone.into_iter()
                    .try_for_each(|(number, revision)| catalog.gone(transaction, number, revision))
            };
            self.store.free::<_, Error, _>(forget).await?;
        }
    }

    /// Removes files: which of them are gone for good, and why the first of the others is not.
    fn remove_files(&self, mut files: Revisions) -> Result<(Revisions, Result<(), Error>), Error> {
        let mut outcome = Ok(());
        files.retain(|(number, revision)| {
            let path = self.folder.file(*number, *revision);
            match self.folder.files.remove(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    tracing::warn!(%error, file = %path.display(), "a file of a log is removed later");
                    if outcome.is_ok() {
                        outcome = Err(failed(path)(error));
                    }
                    false
                }
                _ => true,
            }
        });
        self.folder.sync().map_err(failed(self.folder.path.clone()))?;
        Ok((files, outcome))
    }

    /// The first run of segments behind one that is worth being written anew, which may be none, and how far it looked.
    async fn run_behind(&self, after: u32) -> Result<Option<(Run, u32)>, Error> {
        let catalog = self.catalog;
        let rows = self.store.read(move |reader| catalog.segments(reader, after, ROWS)).await?;
        let Some(last) = rows.last().map(|(number, _)| *number) else { return Ok(None) };
        // Less than the reserve has, so that a full disk has room for it once that is given up.
        let run = first_run(&rows, u64::from(self.folder.segment) * 3 / 8);
        let looked_at = run.last().map_or(last, |(number, _)| *number);
        Ok(Some((run, looked_at)))
    }

    /// Writes what is left of a run into one new file. What was removed meanwhile makes it come to nothing.
    async fn rewrite(self: &Arc<Self>, run: Run) -> Result<(), Error> {
        let Some((number, revision)) = run.first().map(|(number, segment)| (*number, segment.revision + 1))
        else {
            return Ok(());
        };
        let catalog = self.catalog;
        // Until it is taken in, the new file is one that is to go.
        let note = move |transaction: &mut Transaction<'_>| catalog.free(transaction, number, revision);
        self.store.free::<_, Error, _>(note).await?;
        self.reserve.open_for(run.iter().map(|(_, segment)| segment.live).sum());
        let (shared, old) = (Arc::clone(self), run.clone());
        let copied = self.store.read(move |reader| shared.copy(reader, &old, revision)).await?;
        let Some((index, length)) = copied else { return Ok(()) };
        let shared = Arc::clone(self);
        let take_in = move |transaction: &mut Transaction<'_>| {
            shared.take_in(transaction, &run, revision, &index, length)
        };
        self.store.free::<_, Error, _>(take_in).await
    }

    /// Copies what is left of a run. None if it cannot be read, or is not as it was.
    fn copy(
        &self,
        reader: &Transaction<'_>,
        run: &Run,
        revision: u32,
    ) -> Result<Option<(SegmentIndex, u32)>, Error> {
        let Some((number, _)) = run.first() else { return Ok(None) };
        let seed = Seed { log: self.id.clone(), segment: *number };
        let (mut bytes, mut index) = (Vec::new(), SegmentIndex::default());
        for (number, segment) in run {
            if self.catalog.segment(reader, *number)? != Some(*segment) {
                return Ok(None);
            }
            let Some(frames) = self.live_frames(reader, *number, segment.revision)? else { return Ok(None) };
            for frame in frames {
                index.add(&frame, HEAD + bytes.len() as u32);
                frame.encode(&seed, HEAD, HEAD, &mut bytes);
            }
        }
        let path = self.folder.file(seed.segment, revision);
        let write = || {
            let file = segment::create(&self.folder, &seed, revision, Head { previous: 0, next: 0 })?;
            file.write_at(&bytes, u64::from(HEAD))?;
            file.sync()
        };
        if let Err(error) = write() {
            // On a full disk it would keep others from being written. That it is to go is noted.
            let _ = self.folder.files.remove(&path);
            return Err(failed(path)(error));
        }
        Ok(Some((index, HEAD + bytes.len() as u32)))
    }

    /// The frames of a segment that are of streams which have something there. None if one of them is damaged: then the
    /// file stays as it is.
    fn live_frames(
        &self,
        reader: &Transaction<'_>,
        number: u32,
        revision: u32,
    ) -> Result<Option<Vec<Frame>>, Error> {
        let path = self.folder.file(number, revision);
        let read = || segment::contents(&*self.folder.files.read(&path)?);
        let bytes = match read() {
            Ok(bytes) => bytes,
            Err(error) => {
                tracing::error!(%error, file = %path.display(), "a segment cannot be read and stays as it is");
                return Ok(None);
            }
        };
        let seed = Seed { log: self.id.clone(), segment: number };
        if Head::decode(&seed, &bytes).is_none() {
            return Ok(None);
        }
        let mut live = HashMap::new();
        let mut frames = Vec::new();
        for found in Frames::new(&seed, bytes.slice(HEAD as usize..), HEAD) {
            let Ok(found) = found else { return Ok(None) };
            let id = found.frame.of;
            let is_live = if let Some(is_live) = live.get(&id) {
                *is_live
            } else {
                let has = self.catalog.part(reader, id, number)?.is_some();
                live.insert(id, has);
                has
            };
            if is_live {
                frames.push(found.frame);
            }
        }
        Ok(Some(frames))
    }

    /// Lets the new file stand for the run, if all of that is as it was when it was read.
    fn take_in(
        &self,
        transaction: &mut Transaction<'_>,
        run: &Run,
        revision: u32,
        index: &SegmentIndex,
        length: u32,
    ) -> Result<(), Error> {
        let catalog = self.catalog;
        let Some((number, _)) = run.first() else { return Ok(()) };
        for (number, segment) in run {
            if catalog.segment(transaction, *number)? != Some(*segment) {
                return Ok(());
            }
        }
        if !catalog.keep(transaction, *number, revision)? {
            return Ok(());
        }
        for (old, segment) in run {
            for id in index.0.keys() {
                catalog.delete_part(transaction, *id, *old)?;
            }
            catalog.delete_segment(transaction, *old)?;
            catalog.free(transaction, *old, segment.revision)?;
        }
        let live = catalog.put_parts(transaction, *number, index, false)?;
        let segment = Segment { revision, length: u64::from(length), live };
        catalog.set_segment(transaction, *number, &segment)?;
        if live == 0 { catalog.release(transaction, *number, 0) } else { Ok(()) }
    }
}

/// The first run that is worth it: segments that follow one another, together with no more than so many bytes that are not
/// removed, and several of them or one that is mostly removed.
fn first_run(rows: &[(u32, Segment)], most: u64) -> Run {
    for (at, (_, segment)) in rows.iter().enumerate() {
        let mut live = 0;
        let mut run = Vec::new();
        for (number, segment) in rows.get(at..).unwrap_or_default().iter().take(MERGED) {
            live += segment.live;
            if live > most {
                break;
            }
            run.push((*number, *segment));
        }
        if run.len() > 1 || (run.len() == 1 && segment.live <= segment.length / 2) {
            return run;
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: &[(u64, u64)], expected: &[u32]) {
        let segment = |(length, live): &(u64, u64)| Segment { revision: 0, length: *length, live: *live };
        let rows: Vec<_> = (1..).zip(rows.iter().map(segment)).collect();
        let run: Vec<_> = first_run(&rows, 50).into_iter().map(|(number, _)| number).collect();
        assert_eq!(run, expected, "{rows:?}");
    }

    #[test]
    fn segments_are_written_anew_where_that_gives_room_back() {
        check(&[], &[]);
        check(&[(100, 100), (100, 91)], &[]);
        check(&[(100, 100), (100, 50)], &[2]);
        check(&[(100, 91), (100, 5), (9, 5), (100, 100)], &[2, 3]);
        check(&[(100, 7), (100, 5), (9, 5)], &[1, 2, 3]);
        check(&[(20, 11)], &[]);
    }
}
