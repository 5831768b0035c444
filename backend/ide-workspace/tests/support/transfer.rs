//! Bytes in and out of a workspace, as a tab sends and takes them.

use protocol::{
    CallError, ErrorCode,
    file::{Download, DownloadFile, UploadFile},
};

use super::{Tab, path, soon};

/// Uploads bytes as a file that is said to have `size` of them.
pub(crate) async fn upload(
    tab: &Tab,
    name: &str,
    bytes: &[u8],
    size: u64,
    overwrite: bool,
) -> Result<(), ErrorCode> {
    let (channel, _inbound) = tab.channel();
    tab.send_on(channel, bytes);
    let call = UploadFile { path: path(name), channel, size, overwrite };
    tab.call(call).await.map_err(|error| error.code)
}

/// Downloads a file, or a folder as an archive.
pub(crate) async fn download(tab: &Tab, name: &str) -> Result<(Download, Vec<u8>), CallError> {
    let (channel, mut inbound) = tab.channel();
    let begun = tab.call(DownloadFile { path: path(name), channel }).await?;
    let mut bytes = Vec::new();
    while (bytes.len() as u64) < begun.size {
        bytes.extend(soon("bytes", inbound.recv()).await.unwrap());
    }
    Ok((begun, bytes))
}
