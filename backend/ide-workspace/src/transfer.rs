//! Bringing files in and out: uploads and downloads as bytes on a channel.

use std::{
    fs::{self, File},
    io::{self, Read},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use ide_core::{Channel, Events, Router, Session, blocking};
use protocol::{
    CallError, ErrorCode, Event, PersonId, Reasons, Said, WorkspacePath,
    file::{self, CancelTransfer, Download, DownloadFile, MAX_DOWNLOAD, MAX_UPLOAD, UploadFile},
};

use crate::{
    archive::{Archive, pack},
    error::{Context, EXISTS, Result, TreeContext, Why, WorkspaceError, shown, too_large},
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
    events: Events,
    /// Where archives are packed.
    scratch: Arc<Path>,
}

impl Transfers {
    pub(crate) fn open(tree: Arc<Tree>, files: Files, events: Events, state: &Path) -> io::Result<Self> {
        let scratch = state.join("scratch");
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&scratch)?;
        Ok(Self { tree, files, events, scratch: PathBuf::into_boxed_path(scratch).into() })
    }

    /// Answers the calls `file.upload`, `file.download` and `file.cancel`.
    pub(crate) fn register(&self, router: &mut Router) {
        router
            .with(self)
            .on(|_, context, call: CancelTransfer| async move {
                context.session.close_channel(call.channel);
                Ok(())
            })
            .on(|transfers, context, call: UploadFile| async move {
                let channel = context.session.open_channel(call.channel)?;
                transfers.upload(context.person(), channel, call).await
            })
            .on(|transfers, context, call: DownloadFile| async move {
                let channel = context.session.open_channel(call.channel)?;
                let (file, download) = transfers.source(call.path.clone()).await?;
                tokio::spawn(async move {
                    if let Err(error) = send(channel, file, download.size).await {
                        transfers.tell_failed(&context.session, &call, &error);
                    }
                });
                Ok(download)
            });
    }

    async fn upload(&self, by: &PersonId, mut channel: Channel, call: UploadFile) -> Result<(), CallError> {
        let UploadFile { path, size, overwrite, .. } = call;
        if size > MAX_UPLOAD {
            let reason = too_large(MAX_UPLOAD);
            return Err(WorkspaceError::refused("upload", &path, ErrorCode::Limit, reason).into());
        }
        let (tree, place) = (Arc::clone(&self.tree), path.clone());
        let mut part = blocking(move || begin(&tree, &place, overwrite)).await?;
        let mut left = size;
        while left > 0 {
            let refused = |reason: Why| WorkspaceError::refused("upload", &path, ErrorCode::Invalid, reason);
            let bytes = channel
                .recv()
                .await
                .ok_or_else(|| refused(Why::named("cut-off", "its bytes ended early")))?;
            left = left.checked_sub(bytes.len() as u64).ok_or_else(|| {
                refused(Why::named("too-many-bytes", "it has more bytes than were announced"))
            })?;
            part = blocking(move || part.write("upload", &bytes).map(|()| part)).await?;
        }
        self.files.put(by, part, overwrite).await?;
        self.files.changed(&path).await;
        Ok(())
    }

    async fn source(&self, path: WorkspacePath) -> Result<(File, Download)> {
        let (tree, scratch) = (Arc::clone(&self.tree), Arc::clone(&self.scratch));
        blocking(move || source(&tree, &path, &scratch)).await
    }

    fn tell_failed(&self, session: &Session, call: &DownloadFile, error: &io::Error) {
        tracing::warn!(%error, path = %call.path, "a download ends early");
        let path = shown(&call.path);
        let said =
            Said::new(format!("'{path}' changed while it was downloaded ({error}); download it again"))
                .because("download-failed", &[("path", &path), ("reason", &error)]);
        let reasons = Reasons::of("reason", said.reason);
        let failed = file::Event::DownloadFailed { channel: call.channel, reason: said.message, reasons };
        self.events.publish_to(session, None, &Event::File(failed));
    }
}

fn begin(tree: &Tree, path: &WorkspacePath, overwrite: bool) -> Result<Part> {
    let slot = tree.slot_with_folders("upload", path)?;
    if !overwrite && slot.metadata("upload")?.is_some() {
        return Err(WorkspaceError::refused("upload", path, ErrorCode::Exists, EXISTS));
    }
    let mode = slot.writable("upload")?;
    slot.part("upload", mode)
}

fn source(tree: &Tree, path: &WorkspacePath, scratch: &Path) -> Result<(File, Download)> {
    if tree.metadata(path).of("download", path)?.is_dir() {
        let folder = tree.dir(path).of("download", path)?;
        let Archive { file, left_out } = pack(&folder, scratch, MAX_DOWNLOAD).in_tree("download", path)?;
        let size = file.metadata().of("download", path)?.len();
        let name = if path.is_root() { "workspace" } else { path.name() };
        return Ok((file, Download { name: format!("{name}.zip"), size, left_out }));
    }
    let (file, metadata) = tree.file("download", path)?;
    if metadata.len() > MAX_DOWNLOAD {
        let reason = too_large(MAX_DOWNLOAD);
        return Err(WorkspaceError::refused("download", path, ErrorCode::Limit, reason));
    }
    Ok((file, Download { name: path.name().to_owned(), size: metadata.len(), left_out: 0 }))
}

/// Sends exactly `size` bytes, unless the file has become shorter, or the tab went away.
async fn send(channel: Channel, file: File, size: u64) -> io::Result<()> {
    let (mut rest, mut left) = (file.take(size), size);
    while left > 0 {
        let (file, piece) = blocking(move || {
            let mut piece = Vec::with_capacity(PIECE);
            let read = rest.by_ref().take(PIECE as u64).read_to_end(&mut piece).map(|_| piece);
            (rest, read)
        })
        .await;
        rest = file;
        let piece = piece?;
        if piece.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        left -= piece.len() as u64;
        if channel.send(Bytes::from(piece)).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}
