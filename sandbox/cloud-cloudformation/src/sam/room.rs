//! How large a template may become by its transformation. Each step makes little more than the template has already;
//! it is their number that this limits.

use std::cell::Cell;

use serde_json::Value;

use super::{Cause, Outcome};
use crate::template::Weight;

/// What is left of the size that may be made.
pub(super) struct Room(Cell<usize>);

impl Room {
    /// The bytes that a transformation may make.
    // AWS: processed templates have the limit of all templates, one megabyte; what is made on the way has four here.
    pub(super) const BYTES: usize = 4 * 1024 * 1024;

    /// Takes what was just made for that resource.
    pub(super) fn take(&self, id: &str, made: &Value) -> Outcome<()> {
        /// What a value takes beside its text: quotes, commas, a name.
        const EACH: usize = 8;
        let weight = Weight::of(made);
        self.take_bytes(id, weight.bytes.saturating_add(weight.values.saturating_mul(EACH)))
    }

    /// Takes that many bytes before they are made.
    pub(super) fn take_bytes(&self, id: &str, bytes: usize) -> Outcome<()> {
        let Some(left) = self.0.get().checked_sub(bytes) else {
            let reason = format!("Transformed, the template would be larger than {} bytes.", Self::BYTES);
            return Err(Cause::resource(id, reason));
        };
        self.0.set(left);
        Ok(())
    }
}

impl Default for Room {
    fn default() -> Self {
        Self(Cell::new(Self::BYTES))
    }
}
