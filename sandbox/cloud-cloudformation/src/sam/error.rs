//! Why a serverless template cannot be transformed, in the words of AWS's transform.

use std::fmt;

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The resource that holds it, if one does.
    pub logical_id: Option<String>,
    /// The sentence.
    pub message: String,
    /// Whether nothing else is looked at after it.
    pub last: bool,
    /// What mistakes are sorted by.
    place: String,
}

impl Cause {
    /// A mistake of one resource.
    pub fn resource(logical_id: &str, reason: impl fmt::Display) -> Self {
        Self {
            logical_id: Some(logical_id.to_owned()),
            message: format!("Resource with id [{logical_id}] is invalid. {reason}"),
            last: false,
            place: logical_id.to_owned(),
        }
    }

    /// A mistake of one event of a function.
    pub fn event(function: &str, event: &str, reason: impl fmt::Display) -> Self {
        Self::resource(function, format!("Event with id [{event}] is invalid. {reason}"))
    }

    /// A mistake of an event of a state machine that shows when it is transformed.
    // AWS: here the machine is not named.
    pub fn machine_event(event: &str, reason: impl fmt::Display) -> Self {
        let message = format!("Event with id [{event}] is invalid. {reason}");
        Self { place: event.to_owned(), ..Self::template(message) }
    }

    /// A mistake of the template as a whole.
    pub fn template(message: impl Into<String>) -> Self {
        let message = message.into();
        Self { logical_id: None, place: message.clone(), message, last: false }
    }

    /// A mistake of the template's structure.
    pub fn structure(reason: impl fmt::Display) -> Self {
        Self::template(format!("Structure of the SAM template is invalid. {reason}"))
    }

    /// A mistake in an API's definition, after which nothing else is looked at.
    pub fn definition(reason: impl fmt::Display) -> Self {
        Self::structure(reason).last()
    }

    /// A logical id that the template has already.
    pub fn taken(logical_id: &str, made: &str, made_type: &str) -> Self {
        let message = format!(
            "Transforming resource with id [{logical_id}] attempts to create a new resource with id [{made}] and type \
             \"{made_type}\". A resource with that id already exists within this template. Please use a different id \
             for that resource."
        );
        Self { logical_id: Some(logical_id.to_owned()), place: logical_id.to_owned(), message, last: false }
    }

    /// The mistake, after which nothing else is looked at.
    #[must_use]
    pub fn last(self) -> Self {
        Self { last: true, ..self }
    }
}

/// All mistakes of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamError {
    causes: Vec<Cause>,
}

impl SamError {
    /// At least one mistake. The same words are said once.
    pub fn new(mut causes: Vec<Cause>) -> Self {
        let mut said = std::collections::BTreeSet::new();
        causes.retain(|cause| said.insert(cause.message.clone()));
        causes.sort_by(|one, other| one.place.cmp(&other.place));
        Self { causes }
    }

    /// The mistakes, in the order in which AWS reports them.
    pub fn causes(&self) -> &[Cause] {
        &self.causes
    }
}

impl From<Cause> for SamError {
    fn from(cause: Cause) -> Self {
        Self::new(vec![cause])
    }
}

impl fmt::Display for SamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.causes.len();
        write!(f, "Invalid Serverless Application Specification document. Number of errors found: {count}.")?;
        self.causes.iter().try_for_each(|cause| write!(f, " {}", cause.message))
    }
}

impl std::error::Error for SamError {}
