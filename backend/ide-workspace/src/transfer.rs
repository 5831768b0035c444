//! Bringing files in and out: uploads and downloads as bytes on a channel.

use std::{
    fs::{self, File},
    io::{self, Read},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use ide_core::{CallContext, Channel, Router};
use protocol::{
    CallError, ErrorCode, WorkspacePath,
    file::{Download, DownloadFile, MAX_TRANSFER, UploadFile},
};

use crate::{
    archive::pack,
    blocking,
    error::{Context, Result, WorkspaceError},
    files::Files,
    tree::{Part, Tree},
};

/// Bytes read from disk at once.
const PIECE: usize = 256 * 1024;

/// Uploads and downloads; cheap to clone.
#[derive(Clone)]
pub(crate) struct Transfers {
    tree: Arc<Tree>,
    files: Files,
    /// Where archives are packed.
    scratch: Arc<Path>,
}

impl Transfers {
    pub(crate) fn open(tree: Arc<Tree>, files: Files, state: &Path) -> io::Result<Self> {
        let scratch = state.join("scratch");
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&scratch)?;
        Ok(Self { tree, files, scratch: PathBuf::into_boxed_path(scratch).into() })
    }

    /// Answers the calls `file.upload` and `file.download`.
    pub(crate) fn register(&self, router: &mut Router) {
        let transfers = self.clone();
        router.on(move |context: CallContext, call: UploadFile| {
            let transfers = transfers.clone();
            async move {
                let channel = context.session.open_channel(call.channel)?;
                transfers.upload(channel, call).await
            }
        });
        let transfers = self.clone();
        router.on(move |context: CallContext, call: DownloadFile| {
            let transfers = transfers.clone();
            async move {
                let channel = context.session.open_channel(call.channel)?;
                Ok(transfers.download(channel, call.path).await?)
            }
        });
    }

    async fn upload(&self, mut channel: Channel, call: UploadFile) -> Result<(), CallError> {
        let UploadFile { path, size, overwrite, .. } = call;
        if size > MAX_TRANSFER {
            let reason = format!("it is larger than {} MiB", MAX_TRANSFER >> 20);
            return Err(WorkspaceError::refused("upload", &path, ErrorCode::Limit, reason).into());
        }
        let (tree, place) = (Arc::clone(&self.tree), path.clone());
        let (mut part, mode) = blocking(move || begin(&tree, &place, overwrite)).await?;
        let mut left = size;
        while left > 0 {
            let refused = |reason| WorkspaceError::refused("upload", &path, ErrorCode::Invalid, reason);
            let bytes = channel.recv().await.ok_or_else(|| refused("its bytes ended early"))?;
            left = left
                .checked_sub(bytes.len() as u64)
                .ok_or_else(|| refused("it has more bytes than were announced"))?;
            part = blocking(move || part.write("upload", &bytes).map(|()| part)).await?;
        }
        blocking(move || part.finish("upload", mode, overwrite)).await?;
        self.files.changed(&path).await;
        Ok(())
    }

    async fn download(&self, channel: Channel, path: WorkspacePath) -> Result<Download> {
        let (tree, scratch) = (Arc::clone(&self.tree), Arc::clone(&self.scratch));
        let (file, download) = blocking(move || source(&tree, &path, &scratch)).await?;
        tokio::spawn(send(channel, file, download.size));
        Ok(download)
    }
}

fn begin(tree: &Tree, path: &WorkspacePath, overwrite: bool) -> Result<(Part, Option<u32>)> {
    let slot = tree.slot_with_folders("upload", path)?;
    if !overwrite && slot.metadata("upload")?.is_some() {
        let reason = "something of that name exists already";
        return Err(WorkspaceError::refused("upload", path, ErrorCode::Exists, reason));
    }
    let mode = slot.writable("upload")?;
    Ok((slot.part("upload")?, mode))
}

fn source(tree: &Tree, path: &WorkspacePath, scratch: &Path) -> Result<(File, Download)> {
    if tree.metadata(path).of("download", path)?.is_dir() {
        let folder = tree.dir(path).of("download", path)?;
        let file = pack(&folder, scratch, MAX_TRANSFER).of("download", path)?;
        let size = file.metadata().of("download", path)?.len();
        let name = if path.is_root() { "workspace" } else { path.name() };
        return Ok((file, Download { name: format!("{name}.zip"), size }));
    }
    let (file, metadata) = tree.file("download", path)?;
    if metadata.len() > MAX_TRANSFER {
        let reason = format!("it is larger than {} MiB", MAX_TRANSFER >> 20);
        return Err(WorkspaceError::refused("download", path, ErrorCode::Limit, reason));
    }
    Ok((file, Download { name: path.name().to_owned(), size: metadata.len() }))
}

/// Sends exactly `size` bytes. Where the file has become shorter the channel ends early, and the browser sees
/// that bytes are missing.
async fn send(channel: Channel, file: File, size: u64) {
    let mut rest = file.take(size);
    loop {
        let (file, piece) = blocking(move || {
            let mut piece = Vec::with_capacity(PIECE);
            let read = rest.by_ref().take(PIECE as u64).read_to_end(&mut piece).map(|_| piece);
            (rest, read)
        })
        .await;
        rest = file;
        match piece {
            Ok(piece) if piece.is_empty() => return,
            Ok(piece) => {
                if channel.send(Bytes::from(piece)).await.is_err() {
                    return;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "a download ends early");
                return;
            }
        }
    }
}
