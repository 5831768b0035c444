//! What AWS lets an account and an API have.
// AWS: "Amazon API Gateway quotas"; those that can be raised as they are at first.

use cloud_core::{Quota, Refusal};

pub(crate) const REST_APIS: Quota = Quota {
    name: "Regional APIs per account per Region",
    most: 600,
    unit: "APIs",
    refusal: Refusal("LimitExceededException", 429, TOO_MANY),
};
pub(crate) const HTTP_APIS: Quota = Quota {
    name: "APIs per account per Region",
    refusal: Refusal("TooManyRequestsException", 429, TOO_MANY),
    ..REST_APIS
};
pub(crate) const RESOURCES: Quota = Quota {
    name: "Resources per API",
    most: 300,
    unit: "resources",
    refusal: Refusal("LimitExceededException", 429, OF_THIS_API),
};
// LIMIT: AWS states no number of deployments; here each is in memory.
pub(crate) const REST_DEPLOYMENTS: Quota = Quota {
    name: "Deployments per API",
    most: 1000,
    unit: "deployments",
    refusal: Refusal("LimitExceededException", 429, DELETE_SOME),
};
pub(crate) const HTTP_DEPLOYMENTS: Quota =
    Quota { refusal: Refusal("BadRequestException", 400, MAXIMUM), ..REST_DEPLOYMENTS };
pub(crate) const ROUTES: Quota = Quota {
    name: "Routes per API",
    most: 300,
    unit: "routes",
    refusal: Refusal("BadRequestException", 400, MAXIMUM),
};
pub(crate) const INTEGRATIONS: Quota = Quota { name: "Integrations per API", unit: "integrations", ..ROUTES };

const TOO_MANY: &str = "Maximum number of APIs for this account has been reached: {most}";
const OF_THIS_API: &str = "Maximum number of {unit} for this API has been reached: {most}";
const DELETE_SOME: &str =
    "Maximum number of {unit} for this API has been reached: {most}. Delete those that no stage serves.";
const MAXIMUM: &str = "Maximum number of {unit} is {most}";

/// Bytes of a request's or an answer's body: "Payload size", of both kinds.
pub(crate) const PAYLOAD: u64 = 10 * 1024 * 1024;
/// Bytes of a request's or an answer's head: "Total combined size of request line and header values" of HTTP APIs, "of all
/// header values" of REST APIs.
// LIMIT: of answers AWS states it for REST APIs; here it holds for both.
pub(crate) const HEAD: usize = 10_240;
/// Bytes of an imported definition.
pub(crate) const DEFINITION: u64 = 6 * 1024 * 1024;
/// The largest size from which a REST API's answers are compressed: "a non-negative integer between 0 and 10485760".
pub(crate) const MINIMUM_COMPRESSION: i32 = 10_485_760;
/// How long integrations of a kind may take, in milliseconds: "Integration timeout".
pub(crate) const LEAST_TIMEOUT: i32 = 50;
pub(crate) const REST_TIMEOUT: i32 = 29_000;
pub(crate) const HTTP_TIMEOUT: i32 = 30_000;
