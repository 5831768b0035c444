//! What a YAML text is made of, before it is known what it means.

use crate::Mark;

/// One token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// `%YAML`, `%TAG`.
    Directive(Vec<String>),
    /// `---`.
    DocumentStart,
    /// `...`.
    DocumentEnd,
    /// The end of the text.
    End,
    /// Indentation begins a list.
    BlockSequenceStart,
    /// Indentation begins a map.
    BlockMappingStart,
    /// Indentation ends either.
    BlockEnd,
    /// `[`.
    FlowSequenceStart,
    /// `]`.
    FlowSequenceEnd,
    /// `{`.
    FlowMappingStart,
    /// `}`.
    FlowMappingEnd,
    /// `- `.
    BlockEntry,
    /// `,`.
    FlowEntry,
    /// `? `, or the start of what turned out to be a key.
    Key,
    /// `:`.
    Value,
    /// `*name`.
    Alias,
    /// `&name`.
    Anchor,
    /// `!handle!suffix`.
    Tag(String, String),
    /// Text, and whether it was written without quotes.
    Scalar(String, bool),
}

/// A token and where it began.
pub(super) type Placed = (Token, Mark);
