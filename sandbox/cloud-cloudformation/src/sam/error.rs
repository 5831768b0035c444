//! Why a serverless template cannot be transformed, in the words of AWS's transform.

use std::fmt;

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The resource that holds it, if one does.
    pub logical_id: Option<String>,
    /// The sentence.
    pub message: String,
}

impl Cause {
    /// A mistake of one resource.
    pub fn resource(logical_id: &str, reason: impl fmt::Display) -> Self {
        Self {
            logical_id: Some(logical_id.to_owned()),
            message: format!("Resource with id [{logical_id}] is invalid. {reason}"),
        }
    }

    /// A mistake of one event of a function.
    pub fn event(function: &str, event: &str, reason: impl fmt::Display) -> Self {
        Self::resource(function, format!("Event with id [{event}] is invalid. {reason}"))
    }

    /// A mistake of the template as a whole.
    pub fn template(message: impl Into<String>) -> Self {
        Self { logical_id: None, message: message.into() }
    }
}

/// All mistakes of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamError {
    causes: Vec<Cause>,
}

impl SamError {
    /// At least one mistake.
    pub fn new(causes: Vec<Cause>) -> Self {
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
