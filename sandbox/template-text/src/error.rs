//! What is wrong with a template, in AWS's words, and where.

use std::fmt;

use super::{Mark, Path};

/// The answer of everything that reads templates.
pub type Result<T> = std::result::Result<T, TemplateError>;

/// One mistake in a template.
///
/// AWS names no place for most mistakes; here its sentence is followed by the path and, where the text is at hand, line and
/// column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    message: String,
    steps: Vec<String>,
    mark: Option<Mark>,
}

impl TemplateError {
    /// A mistake of the template as a whole.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), steps: Vec::new(), mark: None }
    }

    /// A mistake at a place.
    pub fn at(path: &Path<'_>, message: impl Into<String>) -> Self {
        Self { message: message.into(), steps: path.steps(), mark: None }
    }

    /// The sentence without its place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The steps from the top of the template to the mistake.
    pub fn steps(&self) -> &[String] {
        &self.steps
    }

    /// Line and column, once known.
    pub fn mark(&self) -> Option<Mark> {
        self.mark
    }

    /// Path and place in the text, of a mistake for which AWS names none.
    pub fn place(&self) -> Option<String> {
        if self.steps.is_empty() {
            return None;
        }
        let path = self.steps.join("/");
        Some(self.mark.map_or_else(|| format!("/{path}"), |mark| format!("/{path}, {mark}")))
    }

    /// States where in the text it is.
    #[must_use]
    pub fn marked(mut self, mark: Mark) -> Self {
        self.mark.get_or_insert(mark);
        self
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match (self.place(), self.mark) {
            (Some(place), _) => write!(f, " ({place})"),
            (None, Some(mark)) => write!(f, " ({mark})"),
            (None, None) => Ok(()),
        }
    }
}

impl std::error::Error for TemplateError {}
