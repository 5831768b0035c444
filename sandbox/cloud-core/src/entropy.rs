//! Randomness as an argument, so that tests see the same ids every time.

use std::fmt;
use std::sync::Mutex;

use rand::{Rng, RngCore, SeedableRng, rngs::StdRng};
use uuid::Uuid;

const UPPER_ALNUM: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const LOWER_ALNUM: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// A source of random bytes.
pub trait Entropy: Send + Sync + fmt::Debug {
    /// Fills the slice. From [`SystemEntropy`] the bytes are fit for secrets.
    fn fill(&self, bytes: &mut [u8]);

    /// A version 4 UUID.
    fn uuid(&self) -> Uuid {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// Letters A–Z and digits 2–7, as in the ids of keys and roles.
    fn upper(&self, length: usize) -> String {
        self.pick(UPPER_ALNUM, length)
    }

    /// Letters a–z and digits, as in the ids of APIs.
    fn lower(&self, length: usize) -> String {
        self.pick(LOWER_ALNUM, length)
    }

    /// That many characters of an alphabet (of at most 256), each equally likely.
    fn pick(&self, alphabet: &[u8], length: usize) -> String {
        let fair = 256 - 256 % alphabet.len().max(1);
        let mut text = String::with_capacity(length);
        while text.len() < length {
            let mut byte = [0];
            self.fill(&mut byte);
            let [byte] = byte.map(usize::from);
            if byte < fair
                && let Some(&letter) = alphabet.get(byte % alphabet.len())
            {
                text.push(char::from(letter));
            }
        }
        text
    }
}

/// The operating system's generator, through a thread-local CSPRNG.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill(bytes);
    }
}

/// The same bytes in every run. For tests only.
#[derive(Debug)]
pub struct SeededEntropy(Mutex<StdRng>);

impl SeededEntropy {
    /// Starts from that seed.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).fill_bytes(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeded_ids_repeat_and_keep_their_form() {
        let (a, b) = (SeededEntropy::new(1), SeededEntropy::new(1));
        assert_eq!(a.uuid(), b.uuid());
        let id = a.upper(17);
        assert_eq!(id.len(), 17);
        assert!(id.bytes().all(|byte| UPPER_ALNUM.contains(&byte)));
    }
}
