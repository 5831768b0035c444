//! Text in files: looking for it, replacing it, and taking that back.
//!
//! `search.find` gives what it finds by a channel, as it finds it: a [`FoundFile`] a line, as JSON; files come in no order.
//! Its reply may overtake the last ones, and tells how many there are. A search ends early when its channel does
//! ([`CancelSearch`]).

use serde::{Deserialize, Serialize};

use crate::{
    ChannelId, Reason, WorkspacePath,
    language::{Position, Range},
    requests,
};

requests! {
    Files Read "search.find" = FindText -> FoundText;
    Files Read "search.cancel" = CancelSearch -> ();
    Files Write "search.replace" = ReplaceText -> Replaced;
    Files Write "search.undo" = UndoReplace -> Replaced;
    Files Read "search.replacements" = ListReplacements -> Vec<Replacement>;
}

/// Bytes of a pattern, or of what comes in its place.
pub const MAX_PATTERN: usize = 4096;
/// Globs that a search includes, or excludes.
pub const MAX_GLOBS: usize = 32;
/// Bytes of a glob.
pub const MAX_GLOB: usize = 1024;
/// Matches of one search; it ends with them.
pub const MAX_MATCHES: u64 = 20_000;
/// Lines around each match at most.
pub const MAX_CONTEXT: u32 = 10;
/// Files that one call replaces in, or a search is limited to, at most.
pub const MAX_FILES: usize = 1000;
/// Bytes of a line that are shown, and of what comes in a match's place.
pub const MAX_SHOWN: usize = 512;
/// Largest file that is searched, in bytes.
pub const MAX_SEARCHED: u64 = crate::document::MAX_DOCUMENT;

/// What is looked for, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own in the page")]
pub struct Query {
    /// A text, or an expression of the crate `regex`; at most [`MAX_PATTERN`] bytes.
    pub pattern: String,
    /// Whether it is an expression.
    #[serde(default)]
    pub regex: bool,
    /// Whether capitals differ from small letters.
    #[serde(default)]
    pub case: bool,
    /// Whether it must begin and end where words do.
    #[serde(default)]
    pub word: bool,
    /// Globs as in `.gitignore`: only files that one of them fits; all files where there is none.
    #[serde(default)]
    pub include: Vec<String>,
    /// Globs of files and folders that are left out.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// Whether files are searched, too, that `.gitignore` leaves out.
    #[serde(default)]
    pub ignored: bool,
    /// Only these files, whatever leaves them out; at most [`MAX_FILES`].
    #[serde(default)]
    pub files: Option<Vec<WorkspacePath>>,
}

/// Looks for a text in the files of the workspace; in those that are open, as they are written now.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindText {
    /// What.
    pub query: Query,
    /// What would come in place of each match, to be shown: in an expression's, `$1` or `${name}` is what a group met, `$&`
    /// the match, `$$` a dollar sign, `\n` a new line, `\t` a tab, `\\` a backslash.
    #[serde(default)]
    pub replacement: Option<String>,
    /// Lines around each match that are given, too; at most [`MAX_CONTEXT`].
    #[serde(default)]
    pub context: u32,
    /// Carries what is found.
    pub channel: ChannelId,
}

/// A search came to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundText {
    /// How many files were searched.
    pub searched: u64,
    /// In how many something was found.
    pub files: u64,
    /// How many matches there are.
    pub matches: u64,
    /// Whether there are more than [`MAX_MATCHES`]: the rest was not looked for.
    pub more: bool,
    /// Files that could not be searched: larger than [`MAX_SEARCHED`], or not readable.
    pub skipped: u64,
}

/// What was found in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundFile {
    /// Which.
    pub path: WorkspacePath,
    /// The lines, in their order.
    pub lines: Vec<FoundLine>,
}

/// A line in which something was found, or around one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundLine {
    /// Which, from 0.
    pub line: u32,
    /// Its text, or at most [`MAX_SHOWN`] bytes of it.
    pub text: String,
    /// UTF-16 code units of the line that are missing before `text`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cut: u32,
    /// The matches that begin in it; none of a line around others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matches: Vec<FoundMatch>,
}

/// A match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundMatch {
    /// Where it is in its file.
    pub range: Range,
    /// What would come in its place, where that was asked for: at most [`MAX_SHOWN`] bytes of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Ends a search.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelSearch {
    /// The channel of its results.
    pub channel: ChannelId,
}

/// Replaces matches. Each file is changed whole or not at all, and what it was is kept before it is changed. Calls of one
/// `step` are taken back as one.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplaceText {
    /// Names the step; a UUID that the page draws.
    pub step: String,
    /// What was looked for.
    pub query: Query,
    /// What comes in its place, as in [`FindText::replacement`].
    pub replacement: String,
    /// Where; at most [`MAX_FILES`].
    pub files: Vec<ReplaceIn>,
}

/// Matches of a file that are replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplaceIn {
    /// The file.
    pub path: WorkspacePath,
    /// Where each begins. Where no match begins at one of them any more, the file is left as it is.
    pub matches: Vec<Position>,
}

/// Takes a step back: its files become what they were. What was written in them since stays, where it can.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UndoReplace {
    /// Which.
    pub step: String,
}

/// What became of the files of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// How many files were changed.
    pub files: u64,
    /// How many matches were replaced in them, or taken back.
    pub matches: u64,
    /// Those that were left as they were.
    pub refused: Vec<Unreplaced>,
}

/// A file that was left as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreplaced {
    /// Which.
    pub path: WorkspacePath,
    /// Why, in English.
    pub message: String,
    /// Why, in no language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// Asks for the steps that can be taken back, the last one first.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListReplacements {}

/// A step that can be taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replacement {
    /// Its name.
    pub step: String,
    /// When it began, in milliseconds since 1970.
    pub at_ms: i64,
    /// What was looked for.
    pub pattern: String,
    /// What came in its place.
    pub replacement: String,
    /// How many files it changed.
    pub files: u64,
}
