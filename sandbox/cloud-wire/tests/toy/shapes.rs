//! Shapes of the model `toy` (2026-11-30). Written by `cargo xtask shapes` from `shapes.toml`; do not edit.
#![allow(
    missing_docs,
    unreachable_pub,
    dead_code,
    clippy::all,
    clippy::pedantic,
    reason = "generated from the model, whose documentation is AWS's"
)]

use std::collections::BTreeMap;

use cloud_wire::{Member, Schema, ServiceModel};

pub static CHOICES: Schema = Schema::list("Choices", &CHOICE);
pub static DATA: Schema = Schema::blob("Data");
pub static MOMENT: Schema = Schema::timestamp("Moment");
pub static NAME: Schema = Schema::string("Name").min(1).max(32).pattern("[a-z0-9]+");
pub static NAMES: Schema = Schema::list("Names", &NAME);
pub static NUMBER: Schema = Schema::integer("Number");
pub static SETTINGS: Schema = Schema::document("Settings");
pub static TAGS: Schema = Schema::map("Tags", &TEXT, &TEXT);
pub static TEXT: Schema = Schema::string("Text");

cloud_wire::union! {
    pub enum Choice as CHOICE {
        Text(String) = Member::new("Text", &TEXT),
        Number(i32) = Member::new("Number", &NUMBER),
        Many(Vec<Choice>) = Member::new("Many", &CHOICES),
        Inner(Box<Choice>) = Member::new("Inner", &CHOICE),
    }
}

cloud_wire::events! {
    pub enum Events as EVENTS throws ["NoSuchThing"] {
        Chunk(Chunk) = Member::new("Chunk", &CHUNK),
        Note(Note) = Member::new("Note", &NOTE),
        Pause(Pause) = Member::new("Pause", &PAUSE),
    }
}

cloud_wire::structure! {
    pub struct Chunk as CHUNK {
        number: Option<i32> = Member::new("Number", &NUMBER).event_header(),
        bytes: Option<bytes::Bytes> = Member::new("Bytes", &DATA).event_payload(),
    }
    pub struct GetThingRequest as GET_THING_REQUEST {
        name: String = Member::new("Name", &NAME).uri("Name").required(),
    }
    pub struct ListThingsRequest as LIST_THINGS_REQUEST {
        prefix: Option<String> = Member::new("Prefix", &TEXT).query("Prefix"),
        max_results: Option<i32> = Member::new("MaxResults", &NUMBER).query("MaxResults"),
        next_token: Option<String> = Member::new("NextToken", &TEXT).query("NextToken"),
    }
    pub struct ListThingsResponse as LIST_THINGS_RESPONSE {
        names: Option<Vec<String>> = Member::new("Names", &NAMES),
        next_token: Option<String> = Member::new("NextToken", &TEXT),
    }
    pub struct Note as NOTE {
        text: Option<String> = Member::new("Text", &TEXT),
        choice: Option<Choice> = Member::new("Choice", &CHOICE),
    }
    pub struct Pause as PAUSE {
    }
    pub struct PutThingRequest as PUT_THING_REQUEST {
        name: String = Member::new("Name", &NAME).uri("Name").required(),
        choice: Option<Choice> = Member::new("Choice", &CHOICE),
        data: Option<bytes::Bytes> = Member::new("Data", &DATA),
        settings: Option<serde_json::Value> = Member::new("Settings", &SETTINGS),
        tags: Option<BTreeMap<String, String>> = Member::new("Tags", &TAGS),
        token: Option<String> = Member::new("Token", &TEXT).idempotency(),
    }
    pub struct RemoveThingRequest as REMOVE_THING_REQUEST {
        name: String = Member::new("Name", &NAME).uri("Name").required(),
    }
    pub struct Thing as THING {
        name: Option<String> = Member::new("Name", &NAME),
        choice: Option<Choice> = Member::new("Choice", &CHOICE),
        data: Option<bytes::Bytes> = Member::new("Data", &DATA),
        made: Option<jiff::Timestamp> = Member::new("Made", &MOMENT),
        settings: Option<serde_json::Value> = Member::new("Settings", &SETTINGS),
        tags: Option<BTreeMap<String, String>> = Member::new("Tags", &TAGS),
        token: Option<String> = Member::new("Token", &TEXT),
    }
    pub struct WatchThingRequest as WATCH_THING_REQUEST {
        name: String = Member::new("Name", &NAME).uri("Name").required(),
        times: Option<i32> = Member::new("Times", &NUMBER).query("Times"),
    }
}

cloud_wire::streaming_structure! {
    pub struct ConverseRequest as CONVERSE_REQUEST {
        name: String = Member::new("Name", &NAME).uri("Name").required(),
        said: cloud_wire::EventStream<Events> = Member::new("Said", &EVENTS).payload(),
    }
    pub struct ConverseResponse as CONVERSE_RESPONSE {
        name: Option<String> = Member::new("Name", &NAME).header("Name"),
        answered: cloud_wire::EventStream<Events> = Member::new("Answered", &EVENTS).payload(),
    }
    pub struct WatchThingResponse as WATCH_THING_RESPONSE {
        name: Option<String> = Member::new("Name", &NAME).header("Name"),
        events: cloud_wire::EventStream<Events> = Member::new("Events", &EVENTS).payload(),
    }
}

cloud_wire::errors! {
    BadTag = ("BadTag", 400, "message"),
    NoSuchThing = ("NoSuchThing", 404, "message" as "Toy.NonExistentThing"),
}

cloud_wire::operations! {
    Converse(super::ConverseRequest) -> super::ConverseResponse = "POST" "/things/{Name}/conversation" 200, super::CONVERSE_REQUEST, super::CONVERSE_RESPONSE;
    GetThing(super::GetThingRequest) -> super::Thing = "GET" "/things/{Name}" 200, super::GET_THING_REQUEST, super::THING;
    ListThings(super::ListThingsRequest) -> super::ListThingsResponse = "GET" "/things" 200, super::LIST_THINGS_REQUEST, super::LIST_THINGS_RESPONSE, .pages("NextToken", "NextToken", &["MaxResults"]);
    PutThing(super::PutThingRequest) -> super::Thing = "PUT" "/things/{Name}" 201, super::PUT_THING_REQUEST, super::THING;
    RemoveThing(super::RemoveThingRequest) -> () = "DELETE" "/things/{Name}" 204, super::REMOVE_THING_REQUEST, cloud_wire::shape::UNIT;
    WatchThing(super::WatchThingRequest) -> super::WatchThingResponse = "GET" "/things/{Name}/events" 200, super::WATCH_THING_REQUEST, super::WATCH_THING_RESPONSE, .host_prefix("watch-");
}

pub static MODEL: ServiceModel = ServiceModel {
    id: "toy",
    signing_name: "toy",
    endpoint_prefix: "toy",
    protocol: cloud_wire::Protocol::RestJson,
    also: &[],
    query_compatible: true,
    target_prefix: "Toy",
    api_version: "2026-11-30",
    xml_namespace: "http://toy.test/doc/2026-11-30/",
    validation_code: "ValidationException",
    names_input: false,
    operations: OPERATIONS,
    errors: ERRORS,
    selectors: &[],
    wrong_token: cloud_wire::Refusal("NoSuchPage", 400, "There is no such page"),
    wrong_union: (
        cloud_wire::Refusal("EmptyChoice", 400, "Supplied {shape} is empty"),
        cloud_wire::Refusal("AmbiguousChoice", 400, "Supplied {shape} has more than one of its members"),
    ),
};
