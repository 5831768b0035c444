//! CreateTopic.

use std::collections::BTreeMap;

use cloud_core::{AwsError, Caller, Maker};
use cloud_store::{Key, Transaction};

use crate::attributes;
use crate::error::{because, invalid};
use crate::names;
use crate::open::{Failed, Sns};
use crate::ops::{data_protection, tags};
use crate::record::Topic;
use crate::shapes::{Code, CreateTopicInput, CreateTopicResponse};
use crate::state::number;

/// Topics of one realm.
// LIMIT: AWS has 100,000; here each is held in memory.
const MOST: usize = 20_000;

/// A topic that is to be made.
pub(crate) struct Wanted {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    pub tags: Option<BTreeMap<String, String>>,
    pub data_protection: Option<String>,
    pub maker: Maker,
}

pub(crate) async fn create_topic(
    sns: &Sns,
    _caller: &Caller,
    input: CreateTopicInput,
) -> Result<CreateTopicResponse, AwsError> {
    let wanted = Wanted {
        name: input.name,
        attributes: input.attributes.unwrap_or_default(),
        tags: input.tags.map(tags::read).transpose()?,
        data_protection: input.data_protection_policy.filter(|text| !text.is_empty()),
        maker: Maker::NOBODY,
    };
    let name = make(sns, wanted).await?;
    Ok(CreateTopicResponse { topic_arn: Some(names::arn(&sns.context, &name)) })
}

/// Makes a topic, unless there is one that is the same. Its name.
pub(crate) async fn make(sns: &Sns, wanted: Wanted) -> Result<String, AwsError> {
    let topic = read(&wanted)?;
    let records = sns.records.clone();
    if records.topics.view().len() >= MOST && records.topics.get(&wanted.name).is_none() {
        return Err(Code::TopicLimitExceededException
            .error("There are as many topics as this cloud holds: delete some first."));
    }
    let work = move |transaction: &mut Transaction<'_>| {
        let name = wanted.name.clone();
        if let Some(present) = records.topics.within(transaction).get(&name)? {
            check_same(&wanted, &topic, &present).map_err(Failed)?;
            return Ok(name);
        }
        let id = number(transaction, &Key::text("topic"))?;
        records.topics.within(transaction).put(name.clone(), Topic { id, ..topic })?;
        Ok(name)
    };
    sns.records.store.transact(work).await.map_err(|Failed(error)| error)
}

/// A request as the topic that it wants.
fn read(wanted: &Wanted) -> Result<Topic, AwsError> {
    let is_fifo = match wanted.attributes.get("FifoTopic").map(String::as_str) {
        None | Some("false") => false,
        Some("true") => true,
        Some(other) => {
            return Err(because(
                "Attributes",
                format!("FifoTopic: Invalid value [{other}]. Must be true or false."),
            ));
        }
    };
    names::check_new(&wanted.name, is_fifo)?;
    let mut topic = Topic { name: wanted.name.clone(), made_by: wanted.maker.clone(), ..Topic::default() };
    for (name, value) in &wanted.attributes {
        attributes::topic(name, value, true).map_err(|reason| because("Attributes", reason))?;
        set(&mut topic, name, value);
    }
    let only_fifo = ["ContentBasedDeduplication", "FifoThroughputScope"];
    if !is_fifo
        && only_fifo.iter().any(|name| wanted.attributes.get(*name).is_some_and(|value| value != "false"))
    {
        return Err(because(
            "Attributes",
            "Content-based deduplication and throughput scopes are of FIFO topics alone",
        ));
    }
    if let Some(policy) = &wanted.data_protection {
        data_protection::check(policy)?;
        topic.data_protection = Some(policy.clone());
    }
    if let Some(tags) = &wanted.tags {
        tags::RULES.add(&mut topic.tags, tags.clone())?;
    }
    Ok(topic)
}

/// Sets an attribute that was looked at.
pub(crate) fn set(topic: &mut Topic, name: &str, value: &str) {
    if name == "Policy" {
        topic.policy = Some(value.to_owned()).filter(|value| !value.is_empty());
    } else if value.is_empty() || (name == "FifoTopic" && value == "false") {
        topic.attributes.remove(name);
    } else {
        topic.attributes.insert(name.to_owned(), value.to_owned());
    }
}

/// Whether the same was made before: by this step of a stack, or as a request names it.
// AWS: what a request names must be as it is; what it does not name may be otherwise.
fn check_same(wanted: &Wanted, topic: &Topic, present: &Topic) -> Result<(), AwsError> {
    if wanted.maker != Maker::NOBODY {
        let is_repeated = wanted.maker.repeats(Some(&present.made_by), || {
            invalid(format!("Topic Name: the topic {} exists already", wanted.name))
        })?;
        if is_repeated {
            return Ok(());
        }
    }
    let differs = |name: &String| match name.as_str() {
        "Policy" => topic.policy != present.policy,
        name => topic.attributes.get(name) != present.attributes.get(name),
    };
    if wanted.attributes.keys().any(differs) {
        return Err(because("Attributes", "Topic already exists with different attributes"));
    }
    if wanted.tags.as_ref().is_some_and(|tags| *tags != present.tags) {
        return Err(because("Tags", "Topic already exists with different tags"));
    }
    Ok(())
}
