//! CreateQueue.

use std::collections::BTreeMap;

use cloud_core::{AwsError, Caller, Maker};
use cloud_store::{Key, Transaction};

use crate::attributes::Settings;
use crate::error::no_attribute;
use crate::names;
use crate::open::{Failed, Records, Sqs};
use crate::ops::attributes::check_redrive;
use crate::ops::tags;
use crate::record::{DELETED, Queue};
use crate::shapes::{Code, CreateQueueRequest, CreateQueueResult};

/// AWS: for how long after a deletion no queue of that name is made, in milliseconds.
pub(crate) const DELETED_RECENTLY: u64 = 60_000;
/// Queues of one realm.
// LIMIT: AWS has no bound; here each is held in memory.
const MOST: usize = 20_000;

pub(crate) async fn create_queue(
    sqs: &Sqs,
    caller: &Caller,
    input: CreateQueueRequest,
) -> Result<CreateQueueResult, AwsError> {
    let wanted = Wanted {
        name: input.queue_name,
        attributes: input.attributes.unwrap_or_default(),
        tags: input.tags.unwrap_or_default(),
        maker: Maker::NOBODY,
    };
    let name = make(sqs, wanted).await?;
    Ok(CreateQueueResult { queue_url: Some(names::url(&sqs.context, caller, &name)) })
}

/// A queue that is to be made.
pub(crate) struct Wanted {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
    pub maker: Maker,
}

/// Makes a queue, unless there is one that is the same. Its name.
pub(crate) async fn make(sqs: &Sqs, wanted: Wanted) -> Result<String, AwsError> {
    if wanted.attributes.contains_key("All") {
        return Err(no_attribute("All"));
    }
    let settings = Settings::of_new(&wanted.name, &wanted.attributes)?;
    let mut checked = BTreeMap::new();
    tags::RULES.add(&mut checked, wanted.tags.clone())?;
    let (records, arn) = (sqs.records.clone(), names::arn(&sqs.context, &wanted.name));
    let work = move |transaction: &mut Transaction<'_>| {
        let name = wanted.name.clone();
        let present = records.queues.within(transaction).get(&name)?;
        if let Some(present) = present {
            if !repeats(&wanted, &present, &settings).map_err(Failed)? {
                return Err(Failed(exists(&wanted, &present, &settings)));
            }
            return Ok(name);
        }
        check_recent(&records, transaction, &name).map_err(Failed)?;
        check_redrive(&records, transaction, &settings, &arn).map_err(Failed)?;
        let now = records.now();
        let (id, backlog) = (Records::number(transaction)?, Records::number(transaction)?);
        let queue = Queue {
            name: name.clone(),
            id,
            backlog,
            settings,
            tags: wanted.tags,
            created_ms: now.wall_ms,
            modified_ms: now.wall_ms,
            made_by: wanted.maker,
            ..Queue::default()
        };
        transaction.delete(DELETED, Key::text(&name))?;
        records.queues.within(transaction).put(name.clone(), queue)?;
        Ok(name)
    };
    if sqs.records.queues.view().len() >= MOST {
        return Err(Sqs::over_limit("There are as many queues as this cloud holds: delete some first."));
    }
    sqs.records.store.transact(work).await.map_err(|Failed(error)| error)
}

/// Whether the same was made before: by this step of a stack, or as a request names it.
// AWS: what a request names must be as it is; what it does not name may be otherwise.
fn repeats(wanted: &Wanted, present: &Queue, settings: &Settings) -> Result<bool, AwsError> {
    if wanted.maker != Maker::NOBODY {
        return wanted.maker.repeats(Some(&present.made_by), || {
            Code::QueueNameExists.error(format!("The queue {} exists already.", wanted.name))
        });
    }
    Ok(settings.differs(&present.settings, wanted.attributes.keys()).is_none())
}

fn exists(wanted: &Wanted, present: &Queue, settings: &Settings) -> AwsError {
    let differs = settings.differs(&present.settings, wanted.attributes.keys()).unwrap_or_default();
    Code::QueueNameExists.error(format!(
        "A queue already exists with the same name and a different value for attribute {differs}"
    ))
}

fn check_recent(records: &Records, transaction: &mut Transaction<'_>, name: &str) -> Result<(), AwsError> {
    let since = transaction.get(DELETED, Key::text(name))?;
    let since = since.as_deref().and_then(Key::split_number).map(|(since, _)| since);
    if since.is_none_or(|since| since.saturating_add(DELETED_RECENTLY) <= records.timeline.now()) {
        return Ok(());
    }
    Err(Code::QueueDeletedRecently.error(
        "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
    ))
}
