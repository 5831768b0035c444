//! XML by schema: documents in, documents out. No DTD, no entities beyond the five and character references.

mod read;
mod write;

pub(crate) use read::parse;
pub(crate) use write::Writer;
