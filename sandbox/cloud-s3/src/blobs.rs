//! Contents as files: written aside, made durable, then named for good. A file is never changed, and goes only when it was
//! said that nothing names it any more: what is merely not named stays, since the loss may be the records'.
//!
//! Every block of a file has a checksum in the file's record: what is read is what was written, or an error.

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use cloud_core::AwsError;
use cloud_wire::Body;
use futures_util::stream;
use tokio::sync::mpsc;

use crate::{
    error::damaged,
    intake::{Intake, Written},
    readers::Readers,
    state::{Blob, Object},
};

/// How much of a file has one checksum, and is read at once.
pub(crate) const BLOCK: u64 = 256 * 1024;

/// A folder of blobs. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Blobs(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    readers: Mutex<Readers>,
    /// Where blobs go that may be removed.
    unused: mpsc::UnboundedSender<String>,
}

/// Blobs that may be removed, as they come up.
pub(crate) type Unused = mpsc::UnboundedReceiver<String>;

impl Inner {
    fn readers(&self) -> MutexGuard<'_, Readers> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remove(&self, ids: Vec<String>) {
        for id in ids {
            // Without a receiver the service is closing: the next start removes what was freed.
            let _ = self.unused.send(id);
        }
    }

    fn file(&self, id: &str) -> PathBuf {
        self.folder.join(id)
    }

    /// Where a blob lies until its record is durable.
    fn incoming(&self) -> PathBuf {
        self.folder.join("incoming")
    }

    fn open(&self, blob: &Blob) -> Result<File, AwsError> {
        let path = self.file(&blob.id);
        // One whose record is durable may not have been moved yet.
        let file = File::open(&path).or_else(|_| File::open(self.incoming().join(&blob.id)));
        let file = file.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => damaged(&path, "is missing"),
            _ => AwsError::internal(error),
        })?;
        let length = file.metadata().map_err(AwsError::internal)?.len();
        if length == blob.size { Ok(file) } else { Err(damaged(&path, "has another length than it had")) }
    }
}

/// An object that is being read: its blobs stay as long as this does.
#[derive(Debug)]
pub(crate) struct Lease {
    blobs: Arc<Inner>,
    object: Arc<Object>,
}

impl Drop for Lease {
    fn drop(&mut self) {
        let gone = self.blobs.readers().end(self.object.blobs.iter().map(|blob| blob.id.as_str()));
        self.blobs.remove(gone);
    }
}

impl std::ops::Deref for Lease {
    type Target = Object;

    fn deref(&self) -> &Object {
        &self.object
    }
}

impl Blobs {
    /// Opens the folder. What was being written when a process ended comes with it, to be settled.
    pub(crate) fn open(folder: PathBuf) -> io::Result<(Self, Incoming, Unused)> {
        let (unused, removals) = mpsc::unbounded_channel();
        let inner = Inner { folder, readers: Mutex::default(), unused };
        folders::make_private(&inner.incoming())?;
        let entries = std::fs::read_dir(inner.incoming())?;
        let names = entries.map(|entry| Ok(entry?.file_name().into_string().ok()));
        let names: Vec<Option<String>> = names.collect::<io::Result<_>>()?;
        let incoming = Incoming(names.into_iter().flatten().collect());
        Ok((Self(Arc::new(inner)), incoming, removals))
    }

    /// Holds an object's blobs. Whoever frees them may have come between finding the object and this: look again.
    pub(crate) fn lease(&self, object: Arc<Object>) -> Lease {
        self.0.readers().begin(object.blobs.iter().map(|blob| blob.id.as_str()));
        Lease { blobs: Arc::clone(&self.0), object }
    }

    /// Writes a body. What fails, or is not settled, leaves nothing.
    pub(crate) async fn write(&self, id: String, body: Body, intake: Intake) -> Result<Fresh, AwsError> {
        let path = self.0.incoming().join(&id);
        let file = File::options().write(true).create_new(true).mode(0o600).open(&path);
        let mut fresh = Fresh { path: Some(path), written: None };
        let file = tokio::fs::File::from_std(file.map_err(AwsError::internal)?);
        let written = intake.take(id, body, file).await?;
        let folder = tokio::fs::File::open(self.0.incoming()).await.map_err(AwsError::internal)?;
        folder.sync_all().await.map_err(AwsError::internal)?;
        fresh.written = Some(written);
        Ok(fresh)
    }

    /// Moves blobs whose record is durable to where they belong.
    pub(crate) fn settle(&self, ids: &[String]) {
        for id in ids {
            if let Err(error) = std::fs::rename(self.0.incoming().join(id), self.0.file(id)) {
                // It is read where it lies, and moved at the next start.
                tracing::warn!(%error, blob = id, "a new object's file was not moved");
            }
        }
    }

    /// Removes blobs whose record did not become durable.
    pub(crate) fn discard(&self, ids: &[String]) {
        for id in ids {
            // Should that fail, the next start removes it.
            let _ = std::fs::remove_file(self.0.incoming().join(id));
        }
    }

    /// Lets blobs go that no record names any more, once nobody reads them.
    pub(crate) fn free(&self, ids: Vec<String>) {
        let gone = self.0.readers().free(ids);
        self.0.remove(gone);
    }

    /// Where the files are.
    pub(crate) fn folder(&self) -> PathBuf {
        self.0.folder.clone()
    }
}

/// Blobs that were being written when a process ended.
pub(crate) struct Incoming(HashSet<String>);

impl Incoming {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.0.contains(id)
    }

    /// Moves those that are named to where they belong, for their records became durable. The others are removed, unless it
    /// is not known of all records what they name.
    pub(crate) fn settle(self, blobs: &Blobs, named: &HashSet<String>, is_complete: bool) -> io::Result<()> {
        for id in self.0 {
            let path = blobs.0.incoming().join(&id);
            if named.contains(&id) {
                std::fs::rename(path, blobs.0.file(&id))?;
            } else if is_complete {
                std::fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}

/// Removes files; gives those that are gone, also after a power failure.
pub(crate) fn remove_files(folder: &Path, ids: Vec<String>) -> Vec<String> {
    let removed = |id: &String| match std::fs::remove_file(folder.join(id)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(%error, blob = id, "a freed object's file stays until the next start");
            false
        }
        _ => true,
    };
    let gone: Vec<String> = ids.into_iter().filter(removed).collect();
    if gone.is_empty() {
        return gone;
    }
    if let Err(error) = File::open(folder).and_then(|folder| folder.sync_all()) {
        tracing::warn!(%error, "freed objects' files may be there again: they are removed at the next start");
        return Vec::new();
    }
    gone
}

/// A blob that is written and that no record names yet. It is gone with this, unless it was kept.
#[derive(Debug)]
pub(crate) struct Fresh {
    /// None once it is kept.
    path: Option<PathBuf>,
    written: Option<Written>,
}

impl Fresh {
    /// What was written, for a record that is about to be made durable: from now on the file stays. Whoever fails to make
    /// the record removes it at the next start.
    pub(crate) fn keep(mut self) -> Option<Written> {
        self.path = None;
        self.written.take()
    }

    /// What was written.
    pub(crate) fn written(&self) -> Option<&Written> {
        self.written.as_ref()
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            // Should that fail, the next start removes it.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// A part of an object's contents. The first block is read now, so that damage is an answer of its own.
pub(crate) async fn read(lease: Lease, offset: u64, length: u64) -> Result<Body, AwsError> {
    let mut reading = Reading { lease, blob: 0, file: None, offset, left: length };
    reading.skip();
    let first = if length == 0 { None } else { Some(next(reading).await?) };
    let chunks = stream::try_unfold(first, |state| async move {
        match state {
            None => Ok(None),
            Some((chunk, reading)) if reading.left == 0 => Ok(Some((chunk, None))),
            Some((chunk, reading)) => Ok(Some((chunk, Some(next(reading).await?)))),
        }
    });
    Ok(Body::from_stream(chunks, Some(length)))
}

/// Where a reader is.
struct Reading {
    lease: Lease,
    /// The index of the blob.
    blob: usize,
    file: Option<File>,
    /// Within the blob.
    offset: u64,
    left: u64,
}

async fn next(mut reading: Reading) -> Result<(Bytes, Reading), AwsError> {
    let read = tokio::task::spawn_blocking(move || reading.block().map(|chunk| (chunk, reading)));
    read.await.map_err(AwsError::internal)?
}

impl Reading {
    /// Goes on to the blob that the offset is in.
    fn skip(&mut self) {
        while let Some(blob) = self.lease.object.blobs.get(self.blob)
            && self.offset >= blob.size
        {
            self.offset -= blob.size;
            self.blob += 1;
            self.file = None;
        }
    }

    /// Bytes up to the end of the block, the blob or what was asked for.
    fn block(&mut self) -> Result<Bytes, AwsError> {
        let object = Arc::clone(&self.lease.object);
        let blob = object.blobs.get(self.blob);
        let blob = blob.ok_or_else(|| AwsError::internal("an object is shorter than its record says"))?;
        let file = match &self.file {
            Some(file) => file,
            None => self.file.insert(self.lease.blobs.open(blob)?),
        };
        let index = self.offset / BLOCK;
        let start = index * BLOCK;
        let block = read_block(file, start, BLOCK.min(blob.size - start)).map_err(|error| {
            damaged(&self.lease.blobs.file(&blob.id), &format!("cannot be read: {error}"))
        })?;
        if !is_sound(blob, index, &block) {
            return Err(damaged(&self.lease.blobs.file(&blob.id), "is not as it was written"));
        }
        let from = (self.offset - start) as usize;
        let take = (block.len() - from).min(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.offset += take as u64;
        self.left -= take as u64;
        self.skip();
        Ok(block.slice(from..from + take))
    }
}

fn read_block(file: &File, start: u64, length: u64) -> io::Result<Bytes> {
    let mut block = vec![0; length as usize];
    file.read_exact_at(&mut block, start)?;
    Ok(block.into())
}

/// Whether a block is the one that was written. Files from before there were checksums are taken as they are.
fn is_sound(blob: &Blob, index: u64, block: &[u8]) -> bool {
    let stated = usize::try_from(index).ok().and_then(|index| blob.blocks.get(index));
    blob.blocks.is_empty() || stated == Some(&crate::intake::block_sum(block))
}

/// The folder's files, for who looks after them.
#[cfg(test)]
pub(crate) fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().filter(|entry| entry.path().is_file()))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
