//! A made-up service with bodies that stream.

use cloud_wire::{Member, Protocol, Schema, ServiceModel};

static TEXT: Schema = Schema::string("Text");
static BODY: Schema = Schema::blob("Body");
static LENGTH: Schema = Schema::integer("Length");

cloud_wire::streaming_structure! {
    pub struct PutInput as PUT_INPUT {
        bucket: String = Member::new("Bucket", &TEXT).uri("Bucket").required(),
        key: String = Member::new("Key", &TEXT).uri("Key").required(),
        body: cloud_wire::Body = Member::new("Body", &BODY).payload().streaming(),
    }
    pub struct GetOutput as GET_OUTPUT {
        length: Option<i64> = Member::new("Length", &LENGTH).header("content-length"),
        body: cloud_wire::Body = Member::new("Body", &BODY).payload().streaming(),
    }
}
cloud_wire::structure! {
    pub struct PutOutput as PUT_OUTPUT {
        e_tag: Option<String> = Member::new("ETag", &TEXT).header("etag"),
    }
    pub struct GetInput as GET_INPUT {
        bucket: String = Member::new("Bucket", &TEXT).uri("Bucket").required(),
        key: String = Member::new("Key", &TEXT).uri("Key").required(),
    }
}
cloud_wire::errors! { NoSuchKey = ("NoSuchKey", 404, "message") }
cloud_wire::operations! {
    GetObject(super::GetInput) -> super::GetOutput = "GET" "/{Bucket}/{Key+}" 200, super::GET_INPUT, super::GET_OUTPUT;
    PutObject(super::PutInput) -> super::PutOutput = "PUT" "/{Bucket}/{Key+}" 200, super::PUT_INPUT, super::PUT_OUTPUT;
}
pub static MODEL: ServiceModel = ServiceModel {
    id: "s3",
    signing_name: "s3",
    endpoint_prefix: "s3",
    protocol: Protocol::RestXml,
    also: &[],
    query_compatible: false,
    target_prefix: "",
    api_version: "1",
    xml_namespace: "",
    validation_code: "InvalidArgument",
    names_input: false,
    operations: OPERATIONS,
    errors: ERRORS,
    selectors: &["acl"],
    wrong_token: ServiceModel::WRONG_TOKEN,
    wrong_union: ServiceModel::WRONG_UNION,
};
