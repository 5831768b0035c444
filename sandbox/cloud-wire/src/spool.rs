//! Where a request's body waits until it is whole: its first kilobytes in memory, all else in a file of the data folder
//! that has no name. So whoever sends slowly, without end, or with a false signature holds kilobytes of memory, and
//! what a whole body then takes is asked of the cloud's budget before it is allocated.

use std::io::SeekFrom;
use std::path::PathBuf;
use std::sync::Arc;

use budget::{Budget, Reservation, Source};
use bytes::Bytes;
use cloud_core::{AwsError, Context};
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};

use crate::body::{Body, too_large};
use crate::room;

/// Bytes of a body that wait in memory.
const KEPT: usize = 32 * 1024;
/// Bytes of bodies that may wait on disk, over all requests: thirty of the largest packages from one address.
const DISK: u64 = 4 << 30;
/// How many times a body is in memory while it is worked on: as it came, read, and handed on.
const COPIES: u64 = 3;

/// The place of one request's body. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Spool {
    shared: Arc<Shared>,
    /// Who pays for what waits.
    source: Source,
}

struct Shared {
    memory: Budget,
    disk: Budget,
    folder: PathBuf,
}

/// A body that has come whole.
pub(crate) struct Spooled {
    memory: Budget,
    length: u64,
    digest: String,
    place: Place,
}

enum Place {
    Memory { bytes: Vec<u8>, held: Reservation },
    File { file: File, held: Reservation },
}

impl Spool {
    /// The places of a cloud's requests, until [`Spool::of`] says whose.
    pub(crate) fn new(context: &Context) -> Self {
        let shared = Shared {
            memory: context.memory().clone(),
            disk: Budget::new("bodies on disk", DISK),
            folder: context.data_dir().to_owned(),
        };
        Self { shared: Arc::new(shared), source: Source::named("request", "") }
    }

    /// The place of a request by that source.
    pub(crate) fn of(&self, source: Source) -> Self {
        Self { shared: Arc::clone(&self.shared), source }
    }

    /// Who pays for what waits.
    pub(crate) fn source(&self) -> &Source {
        &self.source
    }

    /// Room for what must be in memory before the body is whole.
    pub(crate) fn room(&self, bytes: u64) -> Result<Reservation, AwsError> {
        Ok(self.shared.memory.reserve(&self.source, bytes)?)
    }

    /// Takes the whole body, refused beyond `limit` bytes with `EntityTooLarge`.
    pub(crate) async fn fill(&self, body: Body, limit: u64) -> Result<Spooled, AwsError> {
        self.take(body, limit, None).await
    }

    /// The same, whose SHA-256 is asked for.
    pub(crate) async fn digest(&self, body: Body, limit: u64) -> Result<Spooled, AwsError> {
        self.take(body, limit, Some(Sha256::new())).await
    }

    async fn take(
        &self,
        mut body: Body,
        limit: u64,
        mut hasher: Option<Sha256>,
    ) -> Result<Spooled, AwsError> {
        let mut length = 0;
        let held = self.shared.memory.reserve(&self.source, 0)?;
        let mut place = Place::Memory { bytes: Vec::new(), held };
        while let Some(chunk) = body.next().await {
            let chunk = chunk?;
            length += chunk.len() as u64;
            if length > limit {
                return Err(too_large());
            }
            if let Some(hasher) = &mut hasher {
                hasher.update(&chunk);
            }
            place = self.add(place, &chunk).await?;
        }
        let digest = hasher.map(|hasher| hex::encode(hasher.finalize())).unwrap_or_default();
        Ok(Spooled { memory: self.shared.memory.clone(), length, digest, place })
    }

    async fn add(&self, place: Place, chunk: &[u8]) -> Result<Place, AwsError> {
        match place {
            Place::Memory { mut bytes, mut held } if bytes.len() + chunk.len() <= KEPT => {
                held.grow(chunk.len() as u64)?;
                bytes.extend_from_slice(chunk);
                Ok(Place::Memory { bytes, held })
            }
            Place::Memory { bytes, .. } => {
                let mut file = self.file().await?;
                let mut held = self.shared.disk.reserve(&self.source, bytes.len() as u64)?;
                write(&mut file, &mut held, &bytes).await?;
                write(&mut file, &mut held, chunk).await?;
                Ok(Place::File { file, held })
            }
            Place::File { mut file, mut held } => {
                write(&mut file, &mut held, chunk).await?;
                Ok(Place::File { file, held })
            }
        }
    }

    /// A file without a name: nothing of it remains, however this process ends.
    async fn file(&self) -> Result<File, AwsError> {
        let folder = self.shared.folder.clone();
        let made = tokio::task::spawn_blocking(move || tempfile::tempfile_in(folder)).await;
        let mut file = File::from_std(made.map_err(AwsError::internal)?.map_err(AwsError::internal)?);
        file.set_max_buf_size(KEPT);
        Ok(file)
    }
}

async fn write(file: &mut File, held: &mut Reservation, bytes: &[u8]) -> Result<(), AwsError> {
    held.grow(bytes.len() as u64)?;
    file.write_all(bytes).await.map_err(AwsError::internal)
}

impl Spooled {
    /// Its SHA-256 in hexadecimal, where that was asked for.
    pub(crate) fn digest(&self) -> &str {
        &self.digest
    }

    /// All of it in memory, paid for by `owner` as long as a clone of the bytes lives.
    pub(crate) async fn into_bytes(self, owner: &Source) -> Result<Bytes, AwsError> {
        if self.length == 0 {
            return Ok(Bytes::new());
        }
        let room = room::when_free(&self.memory, owner, COPIES * self.length).await?;
        let bytes = match self.place {
            Place::Memory { bytes, held } => {
                drop(held);
                bytes
            }
            Place::File { mut file, held: _held } => {
                let mut bytes = vec![0; usize::try_from(self.length).map_err(AwsError::internal)?];
                file.flush().await.map_err(AwsError::internal)?;
                file.seek(SeekFrom::Start(0)).await.map_err(AwsError::internal)?;
                file.read_exact(&mut bytes).await.map_err(AwsError::internal)?;
                bytes
            }
        };
        Ok(room.hold(bytes))
    }
}

#[cfg(test)]
mod tests {
    use cloud_core::Settings;
    use futures_util::stream;

    use super::*;

    struct Fixture {
        spool: Spool,
        _folder: tempfile::TempDir,
    }

    fn fixture(memory: u64) -> Fixture {
        let folder = tempfile::tempdir().unwrap();
        let memory = Budget::new("tests", memory);
        let context = Context::new(Settings { memory, ..Settings::new(folder.path()) });
        let spool = Spool::new(&context).of(Source::named("test", "stranger"));
        Fixture { spool, _folder: folder }
    }

    fn body(length: usize, piece: usize) -> (Vec<u8>, Body) {
        let whole: Vec<u8> = (0..length).map(|number| (number % 251) as u8).collect();
        let pieces: Vec<_> = whole.chunks(piece).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        (whole, Body::from_stream(stream::iter(pieces), None))
    }

    #[tokio::test]
    async fn bodies_of_any_size_come_back_whole_and_their_owner_pays() {
        let owner = Source::named("test", "owner");
        for (length, piece) in
            [(0, 1), (1, 1), (KEPT, 1000), (KEPT + 1, 1000), (KEPT + 1, KEPT), (1 << 20, 10_000)]
        {
            let Fixture { spool, _folder } = fixture(16 << 20);
            let (whole, body) = body(length, piece);
            let spooled = spool.digest(body, 1 << 20).await.unwrap();
            assert!(spool.shared.memory.used() <= KEPT as u64, "{length}: only its start waits in memory");
            assert_eq!(spool.shared.disk.used() > 0, length > KEPT);
            assert_eq!(spooled.digest(), hex::encode(Sha256::digest(&whole)));
            let bytes = spooled.into_bytes(&owner).await.unwrap();
            assert_eq!(bytes, whole);
            assert_eq!(spool.shared.memory.held_by(&owner), COPIES * length as u64);
            assert_eq!(spool.shared.memory.held_by(spool.source()), 0);
            drop(bytes);
            assert_eq!((spool.shared.memory.used(), spool.shared.disk.used()), (0, 0));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_too_large_breaks_off_or_finds_no_room_holds_nothing() {
        let Fixture { spool, _folder } = fixture(1 << 20);
        let code = |error: AwsError| (error.code().to_owned(), error.http_status());
        let refused = spool.fill(body(1001, 10).1, 1000).await.err().map(code);
        assert_eq!(refused, Some(("EntityTooLarge".into(), 400)));

        let broken = stream::iter([Ok(Bytes::from(vec![0; 100_000])), Err(AwsError::new("Broken", ""))]);
        let refused = spool.fill(Body::from_stream(broken, None), 1 << 20).await.err().map(code);
        assert_eq!(refused, Some(("Broken".into(), 400)));

        let owner = Source::named("test", "owner");
        let large = spool.fill(body(200_000, 1000).1, 1 << 20).await.unwrap();
        let refused = large.into_bytes(&owner).await.map_err(code);
        assert_eq!(refused.unwrap_err(), ("RequestEntityTooLargeException".to_owned(), 413));

        let other = spool.shared.memory.reserve(&Source::named("test", "other"), 500_000).unwrap();
        let waiting = spool.fill(body(100_000, 1000).1, 1 << 20).await.unwrap();
        let refused = waiting.into_bytes(&owner).await.map_err(code);
        assert_eq!(refused.unwrap_err(), ("ServiceUnavailable".to_owned(), 503));
        drop(other);
        assert_eq!((spool.shared.memory.used(), spool.shared.disk.used()), (0, 0));
    }
}
