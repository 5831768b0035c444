//! An RSA key that signs.
//!
//! Signatures with SHA-256 are AWS-LC's. With SHA-1 it verifies and does not sign any more, as neither does any other library
//! that is kept and has no open advisory; so that one is put together here, as RFC 8017 has it, by the arithmetic of
//! `crypto-bigint`, whose powers take as long for every key. AWS-LC verifies each before it is given out.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_SHA256, UnparsedPublicKey,
};
use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, ConcatenatingMul as _, NonZero, Odd, Resize as _};
use sha1::{Digest as _, Sha1};

use super::Version;

/// What stands before the hash: that it is one of SHA-1 (RFC 8017, 9.2, note 1).
const IS_SHA1: [u8; 15] =
    [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14];

/// A private key.
#[derive(Debug)]
pub(super) struct Key {
    pair: KeyPair,
    parts: Parts,
}

impl Key {
    /// From PKCS #8; none where that is no RSA key.
    pub(super) fn read(pkcs8: &[u8]) -> Option<Self> {
        Some(Self { pair: KeyPair::from_pkcs8(pkcs8).ok()?, parts: Parts::read(pkcs8)? })
    }

    /// A signature of PKCS #1, version 1.5; none where the machine fails at it.
    pub(super) fn sign(&self, version: Version, text: &[u8]) -> Option<Vec<u8>> {
        let length = self.pair.public_modulus_len();
        if version == Version::Sha256 {
            let mut signature = vec![0; length];
            self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature).ok()?;
            return Some(signature);
        }
        let signature = self.parts.raise(&encoded(text, length)?)?;
        let public = self.pair.public_key();
        let verifying = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, public);
        verifying.verify(text, &signature).ok()?;
        Some(signature)
    }
}

/// A text's hash as long as a signature is (EMSA-PKCS1-v1_5).
fn encoded(text: &[u8], length: usize) -> Option<Vec<u8>> {
    let hash = Sha1::digest(text);
    let filling = length.checked_sub(3 + IS_SHA1.len() + hash.len())?;
    let mut encoded = vec![0, 1];
    encoded.resize(2 + filling, 0xff);
    encoded.push(0);
    encoded.extend(IS_SHA1);
    encoded.extend(hash);
    Some(encoded)
}

/// The numbers of a private key, by which its power is taken in two halves.
struct Parts {
    p: Prime,
    q: Prime,
    /// The inverse of the second prime by the first.
    inverse: BoxedUint,
    /// Bytes of a signature.
    length: usize,
}

struct Prime {
    params: BoxedMontyParams,
    number: NonZero<BoxedUint>,
    exponent: BoxedUint,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").finish_non_exhaustive()
    }
}

impl Prime {
    fn of(number: &[u8], exponent: &[u8], bits: u32) -> Option<Self> {
        let number = BoxedUint::from_be_slice(number, bits).ok()?;
        let exponent = BoxedUint::from_be_slice(exponent, bits).ok()?;
        let params = BoxedMontyParams::new(Odd::new(number.clone()).into_option()?);
        Some(Self { params, number: NonZero::new(number).into_option()?, exponent })
    }

    /// The power of a number by it.
    fn raise(&self, number: &BoxedUint) -> BoxedUint {
        BoxedMontyForm::new(number.rem(&self.number), &self.params).pow(&self.exponent).retrieve()
    }
}

impl Parts {
    fn read(pkcs8: &[u8]) -> Option<Self> {
        let (_, mut outer) = element(pkcs8, SEQUENCE)?;
        for tag in [INTEGER, SEQUENCE] {
            outer = element(outer, tag)?.0;
        }
        let (_, octets) = element(outer, OCTETS)?;
        let (_, mut inner) = element(octets, SEQUENCE)?;
        let mut numbers = Vec::new();
        for _ in 0..9 {
            let (rest, number) = element(inner, INTEGER)?;
            numbers.push(unpadded(number));
            inner = rest;
        }
        let [_, modulus, _, _, p, q, of_p, of_q, inverse] = numbers.try_into().ok()?;
        let bits = u32::try_from(p.len().max(q.len())).ok()?.checked_mul(8)?;
        Some(Self {
            p: Prime::of(p, of_p, bits)?,
            q: Prime::of(q, of_q, bits)?,
            inverse: BoxedUint::from_be_slice(inverse, bits).ok()?,
            length: modulus.len(),
        })
    }

    /// The private power of a number, by the remainders of both primes (RFC 8017, 5.2.1).
    fn raise(&self, number: &[u8]) -> Option<Vec<u8>> {
        let bits = u32::try_from(number.len()).ok()?.checked_mul(8)?;
        let number = BoxedUint::from_be_slice(number, bits).ok()?;
        let (by_p, by_q) = (self.p.raise(&number), self.q.raise(&number));
        let p = &self.p.number;
        let factor = by_p.sub_mod(&by_q.rem(p), p).mul_mod(&self.inverse, p);
        let whole = factor.concatenating_mul(self.q.number.as_ref()).wrapping_add(by_q.resize(bits));
        let bytes = whole.to_be_bytes();
        let ours = bytes.len().checked_sub(self.length)?;
        bytes.get(ours..).map(<[u8]>::to_vec)
    }
}

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const SEQUENCE: u8 = 0x30;

/// The first element of DER: what follows it, and what it holds.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (head, rest) = der.split_first_chunk::<2>()?;
    if head[0] != tag {
        return None;
    }
    let (length, rest) = match head[1] {
        short @ 0..=0x7f => (usize::from(short), rest),
        long => {
            let (bytes, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
            let length = bytes
                .iter()
                .try_fold(0_usize, |length, byte| Some(length.checked_mul(256)? + usize::from(*byte)));
            (length?, rest)
        }
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((rest, content))
}

/// A number without the zero that says that it is positive.
fn unpadded(number: &[u8]) -> &[u8] {
    number.strip_prefix(&[0]).unwrap_or(number)
}
