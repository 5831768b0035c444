//! The checksums that S3's clients send along with bodies, computed as the bytes pass.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use cloud_core::AwsError;
use crc_fast::CrcAlgorithm;
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
    Crc(Box<crc_fast::Digest>),
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

    /// The algorithm of that name, as in `x-amz-checksum-algorithm`.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// How many bytes a checksum has.
    pub const fn length(self) -> usize {
        match self {
            Self::Crc32 | Self::Crc32c => 4,
            Self::Crc64Nvme => 8,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Md5 => 16,
        }
    }

    /// The bytes of a checksum in base64; none if it is not one of this algorithm.
    pub fn decode(self, text: &str) -> Option<Vec<u8>> {
        BASE64.decode(text).ok().filter(|bytes| bytes.len() == self.length())
    }

    /// The checksum in base64, as it travels.
    pub fn encode(bytes: &[u8]) -> String {
        BASE64.encode(bytes)
    }

    /// The checksum of two pieces as one, from theirs and the length of the second; none where that cannot be told.
    pub fn combine(self, first: &[u8], second: &[u8], second_length: u64) -> Option<Vec<u8>> {
        let number =
            |bytes: &[u8]| bytes.iter().fold(0, |number: u64, byte| (number << 8) | u64::from(*byte));
        let algorithm = match self {
            Self::Crc32 => CrcAlgorithm::Crc32IsoHdlc,
            Self::Crc32c => CrcAlgorithm::Crc32Iscsi,
            Self::Crc64Nvme => CrcAlgorithm::Crc64Nvme,
            Self::Sha1 | Self::Sha256 | Self::Md5 => return None,
        };
        let whole = crc_fast::checksum_combine(algorithm, number(first), number(second), second_length);
        whole.to_be_bytes().get(8 - self.length()..).map(<[u8]>::to_vec)
    }

    /// Starts a checksum.
    pub fn start(self) -> Checksum {
        let state = match self {
            Self::Crc32 => State::crc(CrcAlgorithm::Crc32IsoHdlc),
            Self::Crc32c => State::crc(CrcAlgorithm::Crc32Iscsi),
            Self::Crc64Nvme => State::crc(CrcAlgorithm::Crc64Nvme),
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
            State::Crc(digest) => digest.update(bytes),
            State::Sha1(hasher) => hasher.update(bytes),
            State::Sha256(hasher) => hasher.update(bytes),
            State::Md5(hasher) => hasher.update(bytes),
        }
    }

    /// The checksum's bytes.
    pub fn finish(self) -> Vec<u8> {
        match self.state {
            State::Crc(digest) => {
                let bytes = digest.finalize().to_be_bytes();
                bytes.get(bytes.len() - self.algorithm.length()..).unwrap_or_default().into()
            }
            State::Sha1(hasher) => hasher.finalize().to_vec(),
            State::Sha256(hasher) => hasher.finalize().to_vec(),
            State::Md5(hasher) => hasher.finalize().to_vec(),
        }
    }

    /// The checksum in base64, as it travels.
    pub fn finish_base64(self) -> String {
        BASE64.encode(self.finish())
    }

    /// Which checksum it is.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
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

impl State {
    fn crc(algorithm: CrcAlgorithm) -> Self {
        Self::Crc(Box::new(crc_fast::Digest::new(algorithm)))
    }
}

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
    #[test]
    fn pieces_combine_where_the_algorithm_lets_them() {
        let of = |algorithm: Algorithm, bytes: &[u8]| {
            let mut checksum = algorithm.start();
            checksum.update(bytes);
            checksum.finish()
        };
        for algorithm in Algorithm::ALL {
            let (first, second) = (of(algorithm, b"12345"), of(algorithm, b"6789"));
            let combined = algorithm.combine(&first, &second, 4);
            let can = matches!(algorithm, Algorithm::Crc32 | Algorithm::Crc32c | Algorithm::Crc64Nvme);
            assert_eq!(combined, can.then(|| of(algorithm, b"123456789")), "{algorithm:?}");
        }
    }
}
