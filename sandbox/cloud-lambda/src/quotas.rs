//! What AWS lets an account, a function and an event have.
// AWS: "Lambda quotas"; those that can be raised as they are at first.

use cloud_core::{AwsError, Quota, Refusal};

pub(crate) const POLICY: Quota = Quota {
    name: "Function resource-based policy",
    most: 20 * 1024,
    unit: "bytes",
    refusal: Refusal(
        "PolicyLengthExceededException",
        400,
        "The final policy size is bigger than the limit ({most}).",
    ),
};
pub(crate) const LAYERS: Quota = Quota {
    name: "Function layers",
    most: 5,
    unit: "layers",
    refusal: Refusal("InvalidParameterValueException", 400, "Cannot reference more than {most} layers."),
};
// LIMIT: AWS raises it to 10 where it is asked to; the text is ours.
pub(crate) const FILTERS: Quota = Quota {
    name: "Filters of an event source mapping",
    most: 5,
    unit: "filters",
    refusal: Refusal(
        "InvalidParameterValueException",
        400,
        "An event source mapping can have {most} filters, and {much} are given.",
    ),
};
/// Bytes of all environment variables, measured as the JSON text of the map.
pub(crate) const ENVIRONMENT: usize = 4096;
/// Bytes of a package that travels within a request.
pub(crate) const ZIPPED: usize = 52_428_800;
/// Bytes of what packages unpack to.
pub(crate) const UNZIPPED: u64 = 262_144_000;
/// Bytes of all packages. LIMIT: the disk is what bounds them here.
pub(crate) const CODE_STORAGE: i64 = 80_530_636_800;
/// Invocations of an account that run at once.
pub(crate) const CONCURRENCY: i32 = 1000;
/// How many of these must stay for the functions that reserve nothing.
pub(crate) const UNRESERVED: i32 = 100;
/// MB of memory.
pub(crate) const MEMORY: i32 = 10_240;
/// Seconds that an invocation may take.
pub(crate) const TIMEOUT: i32 = 900;
/// Bytes of an event that its caller waits for, and of the answer; "1 MB for the asynchronous request" since January 2026.
pub(crate) const SYNCHRONOUS: usize = 6_291_456;
pub(crate) const ASYNCHRONOUS: usize = 1_048_576;
/// Operations of a durable execution, itself among them.
pub(crate) const OPERATIONS: u64 = 3000;
/// Bytes that a durable execution keeps: of its input, and of the results and errors of its operations.
pub(crate) const EXECUTION_BYTES: u64 = 100 << 20;
/// Bytes of one operation's payload, and of its error.
pub(crate) const OPERATION: usize = 1_048_576;
/// Seconds that an execution may take whose end somebody waits for.
pub(crate) const AWAITED: i32 = 900;
/// Bytes of the values of all headers of an answer at a function URL. LIMIT: AWS states none; as at an API.
pub(crate) const URL_HEAD: usize = 10_240;
/// Bytes of the JSON before the body of an answer that streams. LIMIT: AWS states none.
pub(crate) const PRELUDE: usize = 32_768;
/// "Up to 3,583 bytes of base64-encoded data about the invoking client."
pub(crate) const CLIENT_CONTEXT: usize = 3583;
/// Letters of a function's name where nothing is said with it: "it is limited to 64 characters in length".
pub(crate) const NAME: usize = 64;

/// Whether there may be so much, in the words that say whose fault it is.
// AWS: of these errors Lambda's model has a member `Type`.
pub(crate) fn check(quota: &Quota, much: usize) -> Result<(), AwsError> {
    quota.check(much).map_err(|error| error.with("Type", "User"))
}
