//! What a head states of the document behind it: its digests are right, or nothing of it is done. Those of objects are looked
//! at as their bytes come, in `intake`.

use cloud_core::AwsError;
use cloud_wire::{checksum::Algorithm, head::Head};

use crate::{error::bad, intake::check_md5, sums};

/// Checks the digests of a document before it is read.
pub(crate) fn check(operation: &str, head: &Head, document: &[u8]) -> Result<(), AwsError> {
    // The bodies of these are no documents.
    if matches!(operation, "PutObject" | "UploadPart") {
        return Ok(());
    }
    let stated = |algorithm: Algorithm| head.header(algorithm.header()).map(str::to_owned);
    let md5 = sums::checked_md5(stated(Algorithm::Md5))?;
    check_md5(md5.as_deref(), &digest(Algorithm::Md5, document), false)?;
    // AWS: the checksums that a completion states are the object's.
    if operation == "CompleteMultipartUpload" {
        return Ok(());
    }
    let sum = sums::one(Algorithm::ALL.map(|algorithm| (algorithm, stated(algorithm))))?;
    // AWS: "DeleteObjects": a digest is required, so that nothing else is deleted than was meant. What follows a body was
    // verified as it came.
    let has_none = md5.is_none() && sum.is_none() && head.header("x-amz-trailer").is_none();
    if operation == "DeleteObjects" && has_none {
        return Err(bad("InvalidRequest", "Missing required header for this request: Content-MD5"));
    }
    let Some((sum, algorithm)) = sum.and_then(|sum| sum.algorithm().map(|algorithm| (sum, algorithm))) else {
        return Ok(());
    };
    let mut calculated = algorithm.start();
    calculated.update(document);
    calculated.verify(&sum.value)
}

fn digest(algorithm: Algorithm, document: &[u8]) -> Vec<u8> {
    let mut digest = algorithm.start();
    digest.update(document);
    digest.finish()
}
