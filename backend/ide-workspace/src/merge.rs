//! Bringing two changed texts together: the least edits from one to another, and merging by lines against the
//! text both came from. Pure; it knows neither files nor documents.

use std::{ops::Range, time::Duration};

use similar::{Algorithm, DiffOp, TextMerge};

/// One replacement: the bytes of `range` in the text before become `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced.
    pub range: Range<usize>,
    /// What comes there.
    pub text: String,
}

/// How two changes of one text met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Merged {
    /// Nothing overlaps: the text with both changes.
    Clean(String),
    /// Both changed the same lines differently.
    Conflict,
}

/// A diff stops refining after this: the edits grow, the result stays right.
const DIFF_TIME: Duration = Duration::from_millis(500);
/// Changed regions up to this many characters are refined by character.
const REFINED: usize = 4096;

/// Merges by lines what `ours` and `theirs` made of `base`.
pub(crate) fn merge(base: &str, ours: &str, theirs: &str) -> Merged {
    if ours == theirs || base == theirs {
        return Merged::Clean(ours.to_owned());
    }
    if base == ours {
        return Merged::Clean(theirs.to_owned());
    }
    let merge = TextMerge::from_lines(base, ours, theirs);
    if merge.is_conflicted() { Merged::Conflict } else { Merged::Clean(merge.to_string()) }
}

/// The edits that bring the change from `base` to `theirs` into `ours`, in order: none where it is there already. Nothing
/// where one of them meets what `ours` changed, or touches it within a line.
pub(crate) fn rebase(base: &str, ours: &str, theirs: &str) -> Option<Vec<Edit>> {
    let (own, wanted) = (edits(base, ours), edits(base, theirs));
    let mut rest = own.as_slice();
    let (mut grown, mut rebased) = (0, Vec::new());
    for edit in wanted {
        while let [first, others @ ..] = rest
            && first.range.end < edit.range.start
        {
            grown += first.growth();
            rest = others;
        }
        let near = rest.iter().take_while(|own| own.range.start <= edit.range.end);
        let mut shift = grown;
        let mut is_there = false;
        for own in near {
            if *own == edit {
                is_there = true;
            } else if own.is_line_before(&edit, base) {
                shift += own.growth();
            } else if !own.is_line_after(&edit, base) {
                return None;
            }
        }
        if !is_there {
            rebased.push(edit.shifted_by(shift)?);
        }
    }
    Some(rebased)
}

/// The edits that make `after` of `before`, in order, as small as is cheap: what they leave alone keeps cursors.
pub(crate) fn edits(before: &str, after: &str) -> Vec<Edit> {
    let (old, new) = (lines(before), lines(after));
    let mut edits = Vec::new();
    let mut from = 0;
    let mut to = 0;
    for op in diff(&old, &new) {
        let width = |lines: &[&str], range: Range<usize>| {
            lines.get(range).unwrap_or_default().iter().map(|line| line.len()).sum::<usize>()
        };
        let (old_width, new_width) = (width(&old, op.old_range()), width(&new, op.new_range()));
        if !matches!(op, DiffOp::Equal { .. }) {
            let (old, new) = (&before[from..from + old_width], &after[to..to + new_width]);
            edits.extend(refine(old, new).into_iter().map(|edit| edit.shifted(from)));
        }
        from += old_width;
        to += new_width;
    }
    edits
}

impl Edit {
    /// By how much the text is longer after it.
    fn growth(&self) -> isize {
        self.text.len() as isize - self.range.len() as isize
    }

    fn shifted_by(self, by: isize) -> Option<Self> {
        let range = self.range.start.checked_add_signed(by)?..self.range.end.checked_add_signed(by)?;
        Some(Self { range, ..self })
    }

    /// Whether it ends where `next` begins, with whole lines.
    fn is_line_before(&self, next: &Self, base: &str) -> bool {
        let at = next.range.start;
        let begins_a_line = at == 0 || base.get(..at).is_some_and(|before| before.ends_with('\n'));
        self.range.end == at && begins_a_line && (self.text.is_empty() || self.text.ends_with('\n'))
    }

    /// Whether it begins where `last` ends, with a line of its own.
    fn is_line_after(&self, last: &Self, base: &str) -> bool {
        self.range.start == last.range.end && (self.text.starts_with('\n') || last.is_line_before(self, base))
    }

    fn shifted(mut self, by: usize) -> Self {
        self.range = self.range.start + by..self.range.end + by;
        self
    }
}

/// Character by character where that is cheap, else one replacement between what both begin and end with.
fn refine(old: &str, new: &str) -> Vec<Edit> {
    if old.is_empty() || new.is_empty() || old.len() + new.len() > REFINED {
        return vec![replace_middle(old, new)];
    }
    let offsets =
        |text: &str| -> Vec<usize> { text.char_indices().map(|(at, _)| at).chain([text.len()]).collect() };
    let (old_at, new_at) = (offsets(old), offsets(new));
    let (old_chars, new_chars): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
    let span = |at: &[usize], range: Range<usize>| at[range.start]..at[range.end];
    diff(&old_chars, &new_chars)
        .into_iter()
        .filter(|op| !matches!(op, DiffOp::Equal { .. }))
        .map(|op| Edit {
            range: span(&old_at, op.old_range()),
            text: new[span(&new_at, op.new_range())].to_owned(),
        })
        .collect()
}

fn replace_middle(old: &str, new: &str) -> Edit {
    let shared = |pairs: &mut dyn Iterator<Item = (char, char)>| -> usize {
        pairs.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
    };
    let head = shared(&mut old.chars().zip(new.chars()));
    let tail = shared(&mut old[head..].chars().rev().zip(new[head..].chars().rev()));
    Edit { range: head..old.len() - tail, text: new[head..new.len() - tail].to_owned() }
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn diff<T: Eq + std::hash::Hash + Ord + Clone>(old: &[T], new: &[T]) -> Vec<DiffOp> {
    // LIMIT: wall-clock time bounds the work here, not the meaning: any outcome is a right set of edits.
    let deadline = std::time::Instant::now().checked_add(DIFF_TIME);
    similar::capture_diff_slices_deadline(Algorithm::Myers, old, new, deadline)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn apply(before: &str, edits: &[Edit]) -> String {
        let mut text = before.to_owned();
        for edit in edits.iter().rev() {
            text.replace_range(edit.range.clone(), &edit.text);
        }
        text
    }

    fn check(base: &str, ours: &str, theirs: &str, merged: Option<&str>) {
        let want = merged.map_or(Merged::Conflict, |text| Merged::Clean(text.to_owned()));
        assert_eq!(merge(base, ours, theirs), want);
    }

    #[test]
    fn a_change_is_brought_into_a_text_that_was_changed_elsewhere() {
        let check = |base: &str, ours: &str, theirs: &str, expected: Option<&str>| {
            let made = rebase(base, ours, theirs).map(|edits| apply(ours, &edits));
            assert_eq!(made.as_deref(), expected, "{base:?} {ours:?} {theirs:?}");
        };
        check("a bar\n", "a bar\n", "a foo\n", Some("a foo\n"));
        check("a bar\n", "a foo\n", "a foo\n", Some("a foo\n"));
        check("a bar\n", "a bar\nmore\n", "a foo\n", Some("a foo\nmore\n"));
        check("bar\nb\n", "new\nbar\nb\n", "foo\nb\n", Some("new\nfoo\nb\n"));
        check("x\nbar\n", "bar\n", "x\nfoo\n", Some("foo\n"));
        check("bar", "bar\nmore", "foo", Some("foo\nmore"));
        check("bar typed", "bar typed more", "foo typed", Some("foo typed more"));
        check("bar bar bar", "bar x bar bar", "foo bar foo", Some("foo x bar foo"));
        check("bar\n", "bard\n", "foo\n", None);
        check("bar\n", "xbar\n", "foo\n", None);
        check("bar\n", "b\n", "foo\n", None);
        check("bar\n", "", "foo\n", None);
    }

    #[test]
    fn merges_what_does_not_overlap() {
        check("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", Some("A\nb\nC\n"));
        check("a\nb\nc\n", "a\nb\nc\n", "x\n", Some("x\n"));
        check("a\nb\nc\n", "a\nb\nc\nd\n", "0\na\nb\nc\n", Some("0\na\nb\nc\nd\n"));
        check("a\nb\n", "a\nB\n", "a\nB\n", Some("a\nB\n"));
        check("a\nb\nc\n", "a\nours\nc\n", "a\ntheirs\nc\n", None);
        check("a\n", "", "a\nb\n", None);
    }

    #[test]
    fn edits_are_small() {
        let edits = edits("fn main() {\n    one();\n}\n", "fn main() {\n    two();\n}\n");
        assert!(edits.iter().map(|edit| edit.text.len()).sum::<usize>() <= 3);
        assert!(edits.iter().all(|edit| edit.range.start >= 16 && edit.range.end <= 19));
    }

    proptest! {
        #[test]
        fn edits_lead_from_one_text_to_the_other(before in "(a|b|ü|😀|\n){0,60}", after in "(a|b|ü|😀|\n){0,60}") {
            prop_assert_eq!(apply(&before, &edits(&before, &after)), after);
        }

        #[test]
        fn no_line_is_lost(
            base in proptest::collection::vec("[a-e]", 0..12),
            ours_at in 0usize..12, theirs_at in 0usize..12,
        ) {
            let with = |at: usize, new: &str| {
                let mut lines: Vec<&str> = base.iter().map(String::as_str).collect();
                lines.insert(at.min(lines.len()), new);
                lines.join("\n") + "\n"
            };
            let text: String = base.iter().flat_map(|line| [line, "\n"]).collect();
            let (ours, theirs) = (with(ours_at, "OURS"), with(theirs_at, "THEIRS"));
            if let Merged::Clean(merged) = merge(&text, &ours, &theirs) {
                prop_assert!(merged.contains("OURS\n") && merged.contains("THEIRS\n"));
                let rest: Vec<&str> =
                    merged.lines().filter(|line| !matches!(*line, "OURS" | "THEIRS")).collect();
                prop_assert_eq!(rest, base.iter().map(String::as_str).collect::<Vec<_>>());
            } else {
                prop_assert_eq!(ours_at.min(base.len()), theirs_at.min(base.len()));
            }
        }
    }
}
