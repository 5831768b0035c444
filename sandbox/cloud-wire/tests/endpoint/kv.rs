//! A made-up service of the JSON protocol.

use cloud_wire::{Member, Protocol, Schema, ServiceModel};

static TEXT: Schema = Schema::string("Text").min(1).max(8);

cloud_wire::structure! {
    pub struct EchoInput as ECHO_INPUT {
        text: String = Member::new("Text", &TEXT).required(),
    }
}
cloud_wire::errors! { NoSuchThing = ("NoSuchThing", 404, "Message") }
cloud_wire::operations! {
    Echo(super::EchoInput) -> super::EchoInput = "POST" "/" 200, super::ECHO_INPUT, super::ECHO_INPUT;
    Panic(()) -> () = "POST" "/" 200, cloud_wire::shape::UNIT, cloud_wire::shape::UNIT;
    Wait(()) -> () = "POST" "/" 200, cloud_wire::shape::UNIT, cloud_wire::shape::UNIT;
    Take(()) -> () = "POST" "/" 200, cloud_wire::shape::UNIT, cloud_wire::shape::UNIT;
}
pub static MODEL: ServiceModel = ServiceModel {
    id: "kv",
    signing_name: "kv",
    endpoint_prefix: "kv",
    protocol: Protocol::Json11,
    also: &[],
    query_compatible: false,
    target_prefix: "Kv_1",
    api_version: "1",
    xml_namespace: "",
    validation_code: "ValidationException",
    names_input: false,
    operations: OPERATIONS,
    errors: ERRORS,
    selectors: &[],
    wrong_token: ServiceModel::WRONG_TOKEN,
    wrong_union: ServiceModel::WRONG_UNION,
};
