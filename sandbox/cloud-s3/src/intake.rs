//! Bytes on their way into a file: counted, digested, and compared with what their sender said of them.

use cloud_core::AwsError;
use cloud_wire::{
    Body,
    checksum::{Algorithm, Checksum},
};
use tokio::{fs::File, io::AsyncWriteExt};

use crate::{
    blobs::BLOCK,
    error::bad,
    state::{Blob, Sum},
};

/// What is said of a body before it comes.
#[derive(Debug, Default)]
pub(crate) struct Intake {
    /// `Content-MD5`.
    pub(crate) md5: Option<String>,
    /// Whether it is the body of a part, of which a wrong MD5 is shown back as it came.
    pub(crate) is_part: bool,
    /// The checksum in the head.
    pub(crate) stated: Option<Sum>,
    /// The checksum that is wanted if none is stated, in the head or after the body.
    pub(crate) wanted: Option<Algorithm>,
}

/// What was written.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) blob: Blob,
    /// MD5, in hexadecimal.
    pub(crate) md5: String,
    /// The stated checksum, which is right, or the wanted one; CRC64NVME if neither was.
    pub(crate) sum: Sum,
}

/// The CRC64NVME of a blob, from those of its blocks.
pub(crate) fn whole(blob: &Blob) -> Vec<u8> {
    let mut left = blob.size;
    let mut sum = 0_u64.to_be_bytes().to_vec();
    for block in &blob.blocks {
        let length = BLOCK.min(left);
        left -= length;
        sum = Algorithm::Crc64Nvme.combine(&sum, &block.to_be_bytes(), length).unwrap_or_default();
    }
    sum
}

/// The checksum of one block.
pub(crate) fn block_sum(block: &[u8]) -> u64 {
    let mut sum = Algorithm::Crc64Nvme.start();
    sum.update(block);
    number(&sum.finish())
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

impl Intake {
    /// Writes a body to a file and makes it durable.
    pub(crate) async fn take(self, id: String, mut body: Body, mut file: File) -> Result<Written, AwsError> {
        let algorithm = self.stated.as_ref().and_then(Sum::algorithm).or(self.wanted);
        let mut digests = Digests::new(algorithm);
        while let Some(chunk) = body.next().await {
            let chunk = chunk?;
            digests.update(&chunk);
            file.write_all(&chunk).await.map_err(AwsError::internal)?;
        }
        file.flush().await.map_err(AwsError::internal)?;
        file.sync_all().await.map_err(AwsError::internal)?;
        let (blob, md5, sum) = digests.finish(id);
        check_md5(self.md5.as_deref(), &md5, self.is_part)?;
        let sum = sum.map(|sum| check_sum(self.stated.as_ref(), sum)).transpose()?;
        // What followed the body was verified as it came.
        let trailing = body
            .trailers()
            .iter()
            .find_map(|(name, value)| Some(Sum::new(Algorithm::of_header(name)?, value.as_str())));
        let stated = trailing.or(sum);
        let sum = stated.unwrap_or_else(|| Sum::new(Algorithm::Crc64Nvme, Algorithm::encode(&whole(&blob))));
        Ok(Written { blob, md5: hex::encode(md5), sum })
    }
}

// AWS: "BadDigest: The Content-MD5 you specified did not match what we received."
pub(crate) fn check_md5(stated: Option<&str>, calculated: &[u8], is_part: bool) -> Result<(), AwsError> {
    let Some(stated) = stated else { return Ok(()) };
    let expected = Algorithm::Md5.decode(stated).unwrap_or_default();
    if expected == calculated {
        return Ok(());
    }
    Err(bad("BadDigest", "The Content-MD5 you specified did not match what we received.")
        .with("ExpectedDigest", if is_part { stated.to_owned() } else { hex::encode(expected) })
        .with("CalculatedDigest", Algorithm::encode(calculated)))
}

fn check_sum(stated: Option<&Sum>, calculated: Checksum) -> Result<Sum, AwsError> {
    let algorithm = calculated.algorithm();
    let Some(stated) = stated else { return Ok(Sum::new(algorithm, calculated.finish_base64())) };
    calculated.verify(&stated.value)?;
    Ok(stated.clone())
}

/// All that is computed as bytes pass.
struct Digests {
    md5: Checksum,
    /// The one that was asked for.
    sum: Option<Checksum>,
    block: Checksum,
    /// Bytes of the block so far.
    filled: u64,
    blocks: Vec<u64>,
    size: u64,
}

impl Digests {
    fn new(algorithm: Option<Algorithm>) -> Self {
        Self {
            md5: Algorithm::Md5.start(),
            sum: algorithm.map(Algorithm::start),
            block: Algorithm::Crc64Nvme.start(),
            filled: 0,
            blocks: Vec::new(),
            size: 0,
        }
    }

    fn update(&mut self, mut bytes: &[u8]) {
        self.size += bytes.len() as u64;
        self.md5.update(bytes);
        if let Some(sum) = &mut self.sum {
            sum.update(bytes);
        }
        while !bytes.is_empty() {
            let take = bytes.len().min((BLOCK - self.filled) as usize);
            let (now, rest) = bytes.split_at(take);
            self.block.update(now);
            self.filled += take as u64;
            if self.filled == BLOCK {
                self.end_block();
            }
            bytes = rest;
        }
    }

    fn end_block(&mut self) {
        let block = std::mem::replace(&mut self.block, Algorithm::Crc64Nvme.start());
        self.blocks.push(number(&block.finish()));
        self.filled = 0;
    }

    fn finish(mut self, id: String) -> (Blob, Vec<u8>, Option<Checksum>) {
        if self.filled > 0 {
            self.end_block();
        }
        let blob = Blob { id, size: self.size, blocks: self.blocks, checksum: None };
        (blob, self.md5.finish(), self.sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_make_up_the_whole_however_the_bytes_come() {
        let bytes: Vec<u8> = (0..BLOCK * 2 + 1000).map(|n| (n % 251) as u8).collect();
        for length in [0, 1, BLOCK as usize - 1, BLOCK as usize, BLOCK as usize + 1, bytes.len()] {
            for piece in [1000, 65_536, 1 << 20] {
                let mut digests = Digests::new(Some(Algorithm::Crc64Nvme));
                bytes[..length].chunks(piece).for_each(|piece| digests.update(piece));
                let (blob, _, sum) = digests.finish("x".into());
                assert_eq!(blob.blocks.len(), length.div_ceil(BLOCK as usize));
                assert_eq!(whole(&blob), sum.unwrap().finish(), "{length} in {piece}");
                for (index, block) in bytes[..length].chunks(BLOCK as usize).enumerate() {
                    assert_eq!(blob.blocks[index], block_sum(block));
                }
            }
        }
    }
}
