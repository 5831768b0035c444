//! Events of an Alexa skill.

use crate::sam::properties::{Field, Kind::Text, may};
use crate::sam::resource::Made;

use super::Event;

pub(super) const FIELDS: &[Field] = &[may("SkillId", Text)];

/// The permission for the skill.
pub(super) fn make(event: &Event<'_>) -> Vec<Made> {
    let permission = event
        .callee
        .permission("alexa-appkit.amazon.com")
        .copy_as("EventSourceToken", event.properties.get("SkillId"));
    vec![event.named("Permission", permission)]
}
