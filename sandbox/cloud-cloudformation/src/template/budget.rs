//! What one evaluation may make. Functions multiply what they are given, so each asks here before it allocates.

use std::cell::Cell;

use serde_json::{Map, Value};

use super::{Path, Result, TemplateError};

/// What is left for one evaluation: of the properties of one resource, of all outputs, or of a whole template that is
/// looked at before anything is made.
#[derive(Debug)]
pub struct Budget {
    bytes: Cell<usize>,
    values: Cell<usize>,
}

/// What something takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Weight {
    /// Bytes of text.
    pub(crate) bytes: usize,
    /// Texts, numbers, lists, maps.
    pub(crate) values: usize,
}

impl Budget {
    /// How many bytes of text an evaluation may make.
    // LIMIT: AWS states no number for evaluated templates; the largest template has a quarter of this.
    pub const BYTES: usize = 4 * 1024 * 1024;
    /// How many values.
    pub const VALUES: usize = 100_000;

    /// Takes from what is left, or says which function of which resource wanted more. Nothing is taken then.
    pub(super) fn take(&self, weight: Weight, path: &Path<'_>) -> Result<()> {
        let bytes = self.bytes.get().checked_sub(weight.bytes);
        let values = self.values.get().checked_sub(weight.values);
        let (Some(bytes), Some(values)) = (bytes, values) else { return Err(too_large(path)) };
        self.bytes.set(bytes);
        self.values.set(values);
        Ok(())
    }

    /// Whether a mistake is that an evaluation wanted more than there is.
    pub fn is_exhausted(error: &TemplateError) -> bool {
        error.message().ends_with(ADVICE)
    }

    /// Takes one text of that many bytes.
    pub(super) fn text(&self, bytes: usize, path: &Path<'_>) -> Result<()> {
        self.take(Weight { bytes, values: 1 }, path)
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self { bytes: Cell::new(Self::BYTES), values: Cell::new(Self::VALUES) }
    }
}

impl Weight {
    /// What a value takes.
    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::String(text) => Self { bytes: text.len(), values: 1 },
            Value::Array(items) => items.iter().map(Self::of).fold(Self { bytes: 0, values: 1 }, Self::plus),
            Value::Object(members) => Self::of_members(members),
            _ => Self { bytes: 8, values: 1 },
        }
    }

    /// What a map takes.
    pub(crate) fn of_members(members: &Map<String, Value>) -> Self {
        members
            .iter()
            .map(|(name, value)| Self::of(value).plus(Self { bytes: name.len(), values: 0 }))
            .fold(Self { bytes: 0, values: 1 }, Self::plus)
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            bytes: self.bytes.saturating_add(other.bytes),
            values: self.values.saturating_add(other.values),
        }
    }
}

const ADVICE: &str = "Repeat less, or shorten what is repeated.";

/// `Fn::Join of resource A makes more than … bytes`.
fn too_large(path: &Path<'_>) -> TemplateError {
    let steps = path.steps();
    let function = steps.iter().rfind(|step| *step == "Ref" || step.starts_with("Fn::"));
    let what = function.map_or("A value", String::as_str);
    let place = match steps.as_slice() {
        [section, id, ..] => format!(" of {} {id}", section.trim_end_matches('s').to_ascii_lowercase()),
        _ => String::new(),
    };
    let message = format!(
        "Template error: {what}{place} makes more than {} bytes or {} values when the template is evaluated. {ADVICE}",
        Budget::BYTES,
        Budget::VALUES
    );
    TemplateError::at(path, message)
}
