//! The checksums that S3's clients send along with bodies, computed as the bytes pass.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use cloud_core::AwsError;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// Which checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// The one of gzip.
    Crc32,
    /// Castagnoli's.
    Crc32c,
    /// 64 bits, as in NVMe.
    Crc64Nvme,
    /// 160 bits.
    Sha1,
    /// 256 bits.
    Sha256,
    /// `Content-MD5`.
    Md5,
}

/// A checksum in the making.
#[derive(Clone)]
pub struct Checksum {
    algorithm: Algorithm,
    state: State,
}

#[derive(Clone)]
enum State {
    Crc32(crc32fast::Hasher),
    Crc32c(u32),
    Crc64(u64),
    Sha1(Sha1),
    Sha256(Sha256),
    Md5(Md5),
}

impl Algorithm {
    /// Those that travel as `x-amz-checksum-…`.
    pub const ALL: [Self; 5] = [Self::Crc32, Self::Crc32c, Self::Crc64Nvme, Self::Sha1, Self::Sha256];

    /// `CRC32`, as in `x-amz-checksum-algorithm`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64Nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Md5 => "MD5",
        }
    }

    /// `x-amz-checksum-crc32`.
    pub const fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
            Self::Md5 => "content-md5",
        }
    }

    /// The algorithm of an `x-amz-checksum-…` header or trailer.
    pub fn of_header(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.header().eq_ignore_ascii_case(name))
    }

    /// Starts a checksum.
    pub fn start(self) -> Checksum {
        let state = match self {
            Self::Crc32 => State::Crc32(crc32fast::Hasher::new()),
            Self::Crc32c => State::Crc32c(!0),
            Self::Crc64Nvme => State::Crc64(!0),
            Self::Sha1 => State::Sha1(Sha1::new()),
            Self::Sha256 => State::Sha256(Sha256::new()),
            Self::Md5 => State::Md5(Md5::new()),
        };
        Checksum { algorithm: self, state }
    }
}

impl Checksum {
    /// Takes more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Crc32(hasher) => hasher.update(bytes),
            State::Crc32c(crc) => {
                *crc = bytes.iter().fold(*crc, |crc, &byte| (crc >> 8) ^ CRC32C[index(crc, byte)]);
            }
            State::Crc64(crc) => {
                *crc = bytes.iter().fold(*crc, |crc, &byte| (crc >> 8) ^ CRC64NVME[index(crc as u32, byte)]);
            }
            State::Sha1(hasher) => hasher.update(bytes),
            State::Sha256(hasher) => hasher.update(bytes),
            State::Md5(hasher) => hasher.update(bytes),
        }
    }

    /// The checksum's bytes.
    pub fn finish(self) -> Vec<u8> {
        match self.state {
            State::Crc32(hasher) => hasher.finalize().to_be_bytes().into(),
            State::Crc32c(crc) => (!crc).to_be_bytes().into(),
            State::Crc64(crc) => (!crc).to_be_bytes().into(),
            State::Sha1(hasher) => hasher.finalize().to_vec(),
            State::Sha256(hasher) => hasher.finalize().to_vec(),
            State::Md5(hasher) => hasher.finalize().to_vec(),
        }
    }

    /// The checksum in base64, as it travels.
    pub fn finish_base64(self) -> String {
        BASE64.encode(self.finish())
    }

    /// `BadDigest` unless the checksum is the stated one.
    pub fn verify(self, stated: &str) -> Result<(), AwsError> {
        let name = self.algorithm.name();
        if self.finish_base64() == stated {
            return Ok(());
        }
        Err(AwsError::new(
            "BadDigest",
            format!("The {name} you specified did not match the calculated checksum."),
        ))
    }
}

fn index(crc: u32, byte: u8) -> usize {
    usize::from((crc as u8) ^ byte)
}

static CRC32C: LazyLock<[u32; 256]> = LazyLock::new(|| {
    std::array::from_fn(|byte| {
        (0..8).fold(byte as u32, |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0x82f6_3b78 } else { crc >> 1 })
    })
});

static CRC64NVME: LazyLock<[u64; 256]> = LazyLock::new(|| {
    std::array::from_fn(|byte| {
        (0..8).fold(
            byte as u64,
            |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0x9a6c_9329_ac4b_c9b5 } else { crc >> 1 },
        )
    })
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_values_of_the_catalogue() {
        for (algorithm, expected) in [
            (Algorithm::Crc32, "cbf43926"),
            (Algorithm::Crc32c, "e3069283"),
            (Algorithm::Crc64Nvme, "ae8b14860a799888"),
            (Algorithm::Sha1, "f7c3bc1d808e04732adf679965ccc34ca7ae3441"),
            (Algorithm::Md5, "25f9e794323b453885f5181f1b624d0b"),
        ] {
            let mut checksum = algorithm.start();
            checksum.update(b"12345");
            checksum.update(b"6789");
            assert_eq!(hex::encode(checksum.finish()), expected, "{algorithm:?}");
        }
    }
}
