//! What the made-up service does: all that a service's author writes besides its model.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use cloud_core::{AwsError, Caller, TagRules, page};
use cloud_wire::{EventStream, Service, ServiceModel};
use futures_util::{StreamExt, stream};

use crate::shapes::{
    Chunk, Code, ConverseRequest, ConverseResponse, Events, GetThingRequest, ListThingsRequest,
    ListThingsResponse, Note, Pause, PutThingRequest, RemoveThingRequest, Thing, WatchThingRequest,
    WatchThingResponse,
};

/// What is said of tags that may not be.
const TAGS: TagRules = TagRules { most: 2, ..TagRules::plain("BadTag") };

/// Things by their names, seen by one protocol or several.
pub struct Toy {
    pub model: &'static ServiceModel,
    pub things: Mutex<BTreeMap<String, Thing>>,
}

impl Service for Toy {
    fn model(&self) -> &'static ServiceModel {
        self.model
    }

    cloud_wire::dispatch! { crate::shapes;
        Converse => converse,
        GetThing => get_thing,
        ListThings => list_things,
        PutThing => put_thing,
        RemoveThing => remove_thing,
        WatchThing => watch_thing,
    }
}

impl Toy {
    fn change<T>(&self, change: impl FnOnce(&mut BTreeMap<String, Thing>) -> T) -> T {
        change(&mut self.things.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn find(&self, name: &str) -> Result<Thing, AwsError> {
        self.change(|things| things.get(name).cloned()).ok_or_else(|| no_such_thing(name))
    }
}

fn no_such_thing(name: &str) -> AwsError {
    Code::NoSuchThing.error(format!("There is no thing {name}"))
}

async fn put_thing(toy: &Toy, _: &Caller, input: PutThingRequest) -> Result<Thing, AwsError> {
    let mut tags = BTreeMap::new();
    TAGS.add(&mut tags, input.tags.unwrap_or_default())?;
    let thing = Thing {
        name: Some(input.name.clone()),
        choice: input.choice,
        data: input.data,
        made: "2026-11-30T00:00:00.5Z".parse().ok(),
        settings: input.settings,
        tags: Some(tags),
        token: input.token,
    };
    toy.change(|things| things.insert(input.name, thing.clone()));
    Ok(thing)
}

async fn get_thing(toy: &Toy, _: &Caller, input: GetThingRequest) -> Result<Thing, AwsError> {
    toy.find(&input.name)
}

async fn remove_thing(toy: &Toy, _: &Caller, input: RemoveThingRequest) -> Result<(), AwsError> {
    toy.change(|things| things.remove(&input.name)).map(drop).ok_or_else(|| no_such_thing(&input.name))
}

async fn list_things(
    toy: &Toy,
    _: &Caller,
    input: ListThingsRequest,
) -> Result<ListThingsResponse, AwsError> {
    let prefix = input.prefix.unwrap_or_default();
    let names: Vec<String> = toy.change(|things| things.keys().cloned().collect());
    let found = names.into_iter().filter(|name| name.starts_with(&prefix)).map(|name| (name.clone(), name));
    let (names, next_token) =
        page::page(found, input.next_token.as_deref(), page::size(input.max_results, 50));
    Ok(ListThingsResponse { names: Some(names), next_token })
}

/// So many events of each kind; one more time than ten and the thing is gone.
async fn watch_thing(
    toy: &Toy,
    _: &Caller,
    input: WatchThingRequest,
) -> Result<WatchThingResponse, AwsError> {
    let thing = toy.find(&input.name)?;
    let name = input.name.clone();
    let events = stream::iter(0..input.times.unwrap_or(1)).flat_map(move |time| {
        if time == 10 {
            return stream::iter(vec![Err(no_such_thing(&input.name))]);
        }
        let note = Note { text: Some(format!("time {time}")), choice: thing.choice.clone() };
        let bytes = thing.data.clone();
        let chunk = Chunk { number: Some(time), bytes };
        stream::iter(vec![
            Ok(Events::Note(note)),
            Ok(Events::Chunk(chunk)),
            Ok(Events::Pause(Pause::default())),
        ])
    });
    Ok(WatchThingResponse { name: Some(name), events: EventStream::new(events) })
}

/// Says each event again, in capitals; what is not told to the end is an error of the caller's.
async fn converse(toy: &Toy, _: &Caller, input: ConverseRequest) -> Result<ConverseResponse, AwsError> {
    toy.find(&input.name)?;
    let answered = input.said.map(|event| {
        Ok(match event? {
            Events::Note(note) => {
                Events::Note(Note { text: note.text.map(|text| text.to_uppercase()), ..note })
            }
            other => other,
        })
    });
    Ok(ConverseResponse { name: Some(input.name), answered: EventStream::new(answered) })
}
