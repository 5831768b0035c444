//! The `.br` twins: each file once more, compressed with brotli as far as it goes, so that the server only copies.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context, Result, anyhow};

use super::{Mode, collect, has_extension};

/// Fonts are compressed already; source maps are for the one developer.
const LEFT_ALONE: [&str; 3] = ["woff2", "map", "br"];
/// A smaller file fits the first packet anyhow.
const WORTHWHILE: usize = 256;

/// Writes the twins of all files in a folder, on all cores.
pub(super) fn compress_folder(folder: &Path, mode: Mode) -> Result<()> {
    if mode == Mode::Dev {
        return Ok(());
    }
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.retain(|file| !LEFT_ALONE.iter().any(|left| has_extension(file, left)));
    files.sort_by_key(|file| fs::metadata(file).map_or(0, |metadata| metadata.len()));
    let queue = std::sync::Mutex::new(files);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..thread::available_parallelism().map_or(1, usize::from))
            .map(|_| scope.spawn(|| drain(&queue)))
            .collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| anyhow!("failed to compress"))?)
    })
}

/// The `.br` beside a file.
pub(super) fn twin(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".br");
    PathBuf::from(name)
}

/// The largest file is last in the queue and so first out of it.
fn drain(queue: &std::sync::Mutex<Vec<PathBuf>>) -> Result<()> {
    loop {
        let next = queue.lock().map_err(|_| anyhow!("failed to share the queue"))?.pop();
        let Some(file) = next else { return Ok(()) };
        compress(&file).with_context(|| format!("failed to compress {}", file.display()))?;
    }
}

fn compress(file: &Path) -> Result<()> {
    let bytes = fs::read(file)?;
    if bytes.len() < WORTHWHILE {
        return Ok(());
    }
    let packed = brotli_11(&bytes)?;
    if packed.len() < bytes.len() {
        fs::write(twin(file), packed)?;
    }
    Ok(())
}

fn brotli_11(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 64 * 1024, 11, 22);
    writer.write_all(bytes)?;
    Ok(writer.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_unpacks() {
        let text = "the same words again and again; ".repeat(200);
        let packed = brotli_11(text.as_bytes()).unwrap();
        let mut plain = Vec::new();
        brotli::BrotliDecompress(&mut packed.as_slice(), &mut plain).unwrap();
        assert!(plain == text.as_bytes() && packed.len() < 200);
    }
}
