//! `[ip, user, ..., status = 4*, bytes > 1000]`: messages of words, `[bracketed]` and `"quoted"` ones counting as one.

use super::PatternError;
use super::condition::{Actual, Condition};

/// Conditions on columns, before and after an ellipsis if there is one.
#[derive(Debug)]
pub(super) struct Columns {
    before: Vec<Column>,
    after: Option<Vec<Column>>,
}

/// One of these groups of conditions must hold in full; none if there is no condition.
type Column = Vec<Vec<Condition>>;

impl Columns {
    pub(super) fn parse(text: &str) -> Result<Self, PatternError> {
        let mut columns = Self { before: Vec::new(), after: None };
        for part in split(text) {
            let part = part.trim();
            if part == "..." {
                if columns.after.replace(Vec::new()).is_some() {
                    return Err(PatternError::Expected("one ellipsis at most"));
                }
                continue;
            }
            let column = column(part)?;
            columns.after.as_mut().unwrap_or(&mut columns.before).push(column);
        }
        Ok(columns)
    }

    pub(super) fn matches(&self, message: &str) -> bool {
        let words = words(message);
        let after = self.after.as_deref().unwrap_or_default();
        let wanted = self.before.len() + after.len();
        let fits = if self.after.is_some() { words.len() >= wanted } else { words.len() == wanted };
        let tail = words.len().saturating_sub(after.len());
        fits && self.before.iter().zip(&words).all(holds)
            && after.iter().zip(words.iter().skip(tail)).all(holds)
    }
}

fn holds((column, word): (&Column, &&str)) -> bool {
    column.is_empty()
        || column.iter().any(|all| all.iter().all(|condition| condition.holds(Actual::Text(word))))
}

/// The parts between commas, those in quotes and regular expressions left alone.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut quote) = (0, None);
    for (index, letter) in text.char_indices() {
        match (letter, quote) {
            ('"' | '%', None) => quote = Some(letter),
            (letter, Some(open)) if letter == open => quote = None,
            (',', None) => {
                parts.push(text.get(start..index).unwrap_or_default());
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

/// `status = 4* && status != 404 || …`: a name, or comparisons that repeat it.
fn column(text: &str) -> Result<Column, PatternError> {
    let mut rest = name(text)?;
    if rest.trim().is_empty() {
        return Ok(Vec::new());
    }
    let mut any = Vec::new();
    let mut all = Vec::new();
    loop {
        let (condition, after) = Condition::parse(rest)?;
        all.push(condition);
        let after = after.trim_start();
        if let Some(next) = after.strip_prefix("&&") {
            rest = name(next)?;
        } else if let Some(next) = after.strip_prefix("||") {
            any.push(std::mem::take(&mut all));
            rest = name(next)?;
        } else if after.is_empty() {
            any.push(all);
            return Ok(any);
        } else {
            return Err(PatternError::Expected("&&, || or a comma"));
        }
    }
}

fn name(text: &str) -> Result<&str, PatternError> {
    let text = text.trim_start();
    let end =
        text.find(|letter: char| !(letter.is_alphanumeric() || "_-".contains(letter))).unwrap_or(text.len());
    if end == 0 {
        return Err(PatternError::Expected("a column's name"));
    }
    Ok(text.get(end..).unwrap_or_default())
}

fn words(message: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = message.trim_start();
    while let Some(first) = rest.chars().next() {
        let closing = match first {
            '"' => Some('"'),
            '[' => Some(']'),
            _ => None,
        };
        let inner = rest.get(1..).filter(|_| closing.is_some()).unwrap_or_default();
        let closed = closing.and_then(|closing| inner.find(closing));
        let (word, after) = if let Some(end) = closed {
            (inner.get(..end), inner.get(end + 1..))
        } else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            (rest.get(..end), rest.get(end..))
        };
        words.extend(word);
        rest = after.unwrap_or_default().trim_start();
    }
    words
}
