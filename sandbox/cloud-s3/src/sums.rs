//! The checksums of requests and answers, between the shapes' many members and one value.

use cloud_core::AwsError;
use cloud_wire::checksum::Algorithm;

use crate::{
    error::bad,
    shapes::{ChecksumAlgorithm, ChecksumType},
    state::{ObjectSum, Sum, SumKind},
};

/// The checksums that a request's members state, by algorithm.
macro_rules! stated {
    ($input:expr) => {
        [
            (cloud_wire::checksum::Algorithm::Crc32, $input.checksum_crc32.clone()),
            (cloud_wire::checksum::Algorithm::Crc32c, $input.checksum_crc32_c.clone()),
            (cloud_wire::checksum::Algorithm::Crc64Nvme, $input.checksum_crc64_nvme.clone()),
            (cloud_wire::checksum::Algorithm::Sha1, $input.checksum_sha1.clone()),
            (cloud_wire::checksum::Algorithm::Sha256, $input.checksum_sha256.clone()),
        ]
    };
}

/// Puts a checksum into the member of its algorithm.
macro_rules! show {
    ($output:expr, $sum:expr) => {
        if let Some(sum) = $sum {
            use cloud_wire::checksum::Algorithm;
            let value = Some(sum.value.clone());
            match sum.algorithm() {
                Some(Algorithm::Crc32) => $output.checksum_crc32 = value,
                Some(Algorithm::Crc32c) => $output.checksum_crc32_c = value,
                Some(Algorithm::Crc64Nvme) => $output.checksum_crc64_nvme = value,
                Some(Algorithm::Sha1) => $output.checksum_sha1 = value,
                Some(Algorithm::Sha256) => $output.checksum_sha256 = value,
                Some(Algorithm::Md5) | None => {}
            }
        }
    };
}

pub(crate) use {show, stated};

/// The one checksum that is stated, well-formed.
pub(crate) fn one(stated: [(Algorithm, Option<String>); 5]) -> Result<Option<Sum>, AwsError> {
    let mut sums = stated.into_iter().filter_map(|(algorithm, value)| Some((algorithm, value?)));
    let Some((algorithm, value)) = sums.next() else { return Ok(None) };
    if sums.next().is_some() {
        return Err(bad(
            "InvalidRequest",
            "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
        ));
    }
    if algorithm.decode(&value).is_none() {
        let message = format!("Value for {} header is invalid.", algorithm.header());
        return Err(bad("InvalidRequest", &message));
    }
    Ok(Some(Sum::new(algorithm, value)))
}

/// `Content-MD5`, well-formed.
pub(crate) fn checked_md5(md5: Option<String>) -> Result<Option<String>, AwsError> {
    match md5 {
        Some(md5) if Algorithm::Md5.decode(&md5).is_none() => {
            Err(bad("InvalidDigest", "The Content-MD5 you specified was invalid.").with("Content-MD5", md5))
        }
        md5 => Ok(md5),
    }
}

/// An algorithm that is asked for by name.
pub(crate) fn algorithm(name: Option<&ChecksumAlgorithm>) -> Result<Option<Algorithm>, AwsError> {
    let Some(name) = name else { return Ok(None) };
    let known = Algorithm::of_name(&name.as_str().to_ascii_uppercase());
    known.map(Some).ok_or_else(|| {
        let message = "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, \
                       CRC32C, CRC64NVME, SHA1, SHA256]";
        bad("InvalidRequest", message)
    })
}

/// What the checksum of a multipart upload is to be over.
// AWS: "Checking object integrity", the table of algorithms and types.
pub(crate) fn kind(
    algorithm: Option<Algorithm>,
    asked: Option<&ChecksumType>,
) -> Result<Option<SumKind>, AwsError> {
    let Some(algorithm) = algorithm else {
        return match asked {
            None => Ok(None),
            Some(_) => Err(bad(
                "InvalidRequest",
                "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
            )),
        };
    };
    let refused = |kind: &str| {
        let name = algorithm.name().to_ascii_lowercase();
        let message = format!("The {kind} checksum type cannot be used with the {name} checksum algorithm.");
        Err(bad("InvalidRequest", &message))
    };
    match (asked, algorithm) {
        (None, Algorithm::Crc64Nvme) => Ok(Some(SumKind::FullObject)),
        (None, _) => Ok(Some(SumKind::Composite)),
        (Some(ChecksumType::Composite), Algorithm::Crc64Nvme) => refused("COMPOSITE"),
        (Some(ChecksumType::FullObject), Algorithm::Sha1 | Algorithm::Sha256) => refused("FULL_OBJECT"),
        (Some(ChecksumType::Composite), _) => Ok(Some(SumKind::Composite)),
        (Some(ChecksumType::FullObject), _) => Ok(Some(SumKind::FullObject)),
        (Some(_), _) => Err(bad("InvalidRequest", "Value for x-amz-checksum-type header is invalid.")),
    }
}

impl SumKind {
    pub(crate) fn shown(self) -> ChecksumType {
        match self {
            Self::FullObject => ChecksumType::FullObject,
            Self::Composite => ChecksumType::Composite,
        }
    }
}

/// A checksum of all the bytes.
pub(crate) fn full(sum: Sum) -> ObjectSum {
    ObjectSum { sum, kind: SumKind::FullObject }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message<T>(result: Result<T, AwsError>) -> String {
        result.err().map(|error| format!("{}: {}", error.code(), error.message())).unwrap_or_default()
    }

    #[test]
    fn one_checksum_that_could_be_right() {
        let stated = |crc: Option<&str>, sha: Option<&str>| {
            one([
                (Algorithm::Crc32, crc.map(str::to_owned)),
                (Algorithm::Crc32c, None),
                (Algorithm::Crc64Nvme, None),
                (Algorithm::Sha1, None),
                (Algorithm::Sha256, sha.map(str::to_owned)),
            ])
        };
        assert_eq!(stated(None, None).unwrap(), None);
        assert_eq!(stated(Some("y/Q5Jg=="), None).unwrap(), Some(Sum::new(Algorithm::Crc32, "y/Q5Jg==")));
        for (crc, sha, expected) in [
            (Some("y/Q5Jg"), None, "InvalidRequest: Value for x-amz-checksum-crc32 header is invalid."),
            (Some(""), None, "InvalidRequest: Value for x-amz-checksum-crc32 header is invalid."),
            (None, Some("y/Q5Jg=="), "InvalidRequest: Value for x-amz-checksum-sha256 header is invalid."),
            (
                Some("y/Q5Jg=="),
                Some("x"),
                "InvalidRequest: Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
            ),
        ] {
            assert_eq!(message(stated(crc, sha)), expected);
        }
        for md5 in ["__invalid__", "000", "not base64 encoded checksum", "MTIz", ""] {
            let error = checked_md5(Some(md5.into())).unwrap_err();
            assert_eq!((error.code(), &error.members()["Content-MD5"]), ("InvalidDigest", &md5.into()));
        }
    }

    #[test]
    fn algorithms_go_with_the_types_that_they_can() {
        use Algorithm::{Crc32, Crc32c, Crc64Nvme, Sha1, Sha256};
        let (composite, full) = (Some(ChecksumType::Composite), Some(ChecksumType::FullObject));
        for (algorithm, asked, expected) in [
            (Crc32, &None, Some(SumKind::Composite)),
            (Sha1, &None, Some(SumKind::Composite)),
            (Crc64Nvme, &None, Some(SumKind::FullObject)),
            (Crc32c, &full, Some(SumKind::FullObject)),
            (Sha256, &composite, Some(SumKind::Composite)),
            (Crc64Nvme, &full, Some(SumKind::FullObject)),
            (Crc64Nvme, &composite, None),
            (Sha1, &full, None),
            (Sha256, &full, None),
        ] {
            let seen = kind(Some(algorithm), asked.as_ref()).ok().flatten();
            assert_eq!(seen, expected, "{algorithm:?} {asked:?}");
        }
        assert!(message(kind(None, full.as_ref())).contains("can only be used with"));
        assert_eq!(kind(None, None).unwrap(), None);
    }
}
