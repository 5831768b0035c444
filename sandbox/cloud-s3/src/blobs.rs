//! Contents as files: written aside, made durable, then named for good. A file is never changed.

use std::{
    collections::HashSet,
    io,
    path::{Path, PathBuf},
};

use cloud_core::AwsError;
use cloud_wire::{
    Body,
    checksum::{Algorithm, Checksum},
};
use futures_util::stream;
use tokio::{
    fs::{self, File},
    io::AsyncWriteExt,
};

use crate::state::{Blob, Object};

/// A folder of blobs.
#[derive(Clone, Debug)]
pub(crate) struct Blobs(PathBuf);

/// What was written.
pub(crate) struct Written {
    pub(crate) blob: Blob,
    /// MD5, in hexadecimal.
    pub(crate) md5: String,
}

impl Blobs {
    /// Opens the folder and removes what no record names: writes that were cut off.
    pub(crate) fn open(folder: PathBuf, used: &HashSet<&str>) -> io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            if !used.contains(entry.file_name().to_string_lossy().as_ref()) {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(Self(folder))
    }

    fn file(&self, id: &str) -> PathBuf {
        self.0.join(id)
    }

    /// Writes a body; `stated` are the checksums its sender gave. What fails leaves nothing.
    pub(crate) async fn write(
        &self,
        id: String,
        body: Body,
        stated: &[(Algorithm, String)],
    ) -> Result<Written, AwsError> {
        let path = self.file(&id);
        let written = self.write_file(&path, body, stated).await;
        match written {
            Ok((size, md5)) => Ok(Written { blob: Blob { id, size }, md5 }),
            Err(error) => {
                // It is collected at the next start if this fails too.
                let _ = fs::remove_file(&path).await;
                Err(error)
            }
        }
    }

    async fn write_file(
        &self,
        path: &Path,
        mut body: Body,
        stated: &[(Algorithm, String)],
    ) -> Result<(u64, String), AwsError> {
        let mut file = File::create_new(path).await.map_err(AwsError::internal)?;
        let mut sums: Vec<Checksum> = stated.iter().map(|(algorithm, _)| algorithm.start()).collect();
        let mut md5 = Algorithm::Md5.start();
        let mut size = 0;
        while let Some(chunk) = body.next().await {
            let chunk = chunk?;
            size += chunk.len() as u64;
            md5.update(&chunk);
            for sum in &mut sums {
                sum.update(&chunk);
            }
            file.write_all(&chunk).await.map_err(AwsError::internal)?;
        }
        for (sum, (_, stated)) in sums.into_iter().zip(stated) {
            sum.verify(stated)?;
        }
        file.flush().await.map_err(AwsError::internal)?;
        file.sync_all().await.map_err(AwsError::internal)?;
        File::open(&self.0)
            .await
            .map_err(AwsError::internal)?
            .sync_all()
            .await
            .map_err(AwsError::internal)?;
        Ok((size, hex::encode(md5.finish())))
    }

    /// A part of an object's contents.
    pub(crate) async fn read(&self, object: &Object, offset: u64, length: u64) -> Result<Body, AwsError> {
        let mut pieces = Vec::new();
        let (mut skip, mut left) = (offset, length);
        for blob in &object.blobs {
            let from = skip.min(blob.size);
            let take = (blob.size - from).min(left);
            skip -= from;
            left -= take;
            if take > 0 {
                pieces.push((self.file(&blob.id), from, take));
            }
        }
        if let [(path, from, take)] = pieces.as_slice() {
            return Body::from_file(path, *from, *take).await.map_err(AwsError::internal);
        }
        let chunks =
            stream::try_unfold((pieces.into_iter(), None::<Body>), |(mut pieces, mut current)| async move {
                loop {
                    if let Some(body) = &mut current
                        && let Some(chunk) = body.next().await
                    {
                        return Ok(Some((chunk?, (pieces, current))));
                    }
                    let Some((path, from, take)) = pieces.next() else { return Ok(None) };
                    current = Some(Body::from_file(&path, from, take).await.map_err(AwsError::internal)?);
                }
            });
        Ok(Body::from_stream(chunks, Some(length)))
    }

    /// Removes blobs that no record names any more.
    pub(crate) async fn remove(&self, blobs: &[Blob]) {
        for blob in blobs {
            if let Err(error) = fs::remove_file(self.file(&blob.id)).await {
                tracing::warn!(%error, blob = blob.id, "a replaced object's file stays until the next start");
            }
        }
    }
}
