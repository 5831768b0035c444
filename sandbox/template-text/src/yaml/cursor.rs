//! A place in a text that moves forward, and the classes of characters that YAML 1.1 knows.

use crate::Mark;

/// A text, and where in it the reader is.
pub(super) struct Cursor {
    text: Vec<char>,
    at: usize,
    mark: Mark,
}

impl Cursor {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.chars().collect(), at: 0, mark: Mark { line: 1, column: 1 } }
    }

    /// How many characters were read.
    pub(super) fn index(&self) -> usize {
        self.at
    }

    /// Where the next character is.
    pub(super) fn mark(&self) -> Mark {
        self.mark
    }

    /// The column of the next character, counted from zero.
    pub(super) fn column(&self) -> isize {
        isize::try_from(self.mark.column).unwrap_or(isize::MAX) - 1
    }

    /// The next character; nothing at the end.
    pub(super) fn peek(&self) -> Option<char> {
        self.look(0)
    }

    /// The character that many places on.
    pub(super) fn look(&self, ahead: usize) -> Option<char> {
        self.text.get(self.at + ahead).copied()
    }

    /// Whether the text goes on with those characters.
    pub(super) fn at_text(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(ahead, c)| self.look(ahead) == Some(c))
    }

    /// Whether `---` or `...` stands here, at the start of a line and by itself.
    pub(super) fn at_document_indicator(&self) -> bool {
        self.column() == 0 && (self.at_text("---") || self.at_text("...")) && ends_word(self.look(3))
    }

    /// Takes one character of a line.
    pub(super) fn take(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        self.mark.column += 1;
        Some(c)
    }

    /// Takes that many characters of a line.
    pub(super) fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.take();
        }
    }

    /// Takes characters for as long as they are such ones.
    pub(super) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some(c) = self.peek().filter(|c| wanted(*c)) {
            taken.push(c);
            self.take();
        }
        taken
    }

    /// Takes a line's end, if one is here, as the one character that it means.
    pub(super) fn take_break(&mut self) -> Option<char> {
        let (width, means) = match (self.peek()?, self.look(1)) {
            ('\r', Some('\n')) => (2, '\n'),
            ('\r' | '\n' | '\u{85}', _) => (1, '\n'),
            (c @ ('\u{2028}' | '\u{2029}'), _) => (1, c),
            _ => return None,
        };
        self.at += width;
        self.mark = Mark { line: self.mark.line + 1, column: 1 };
        Some(means)
    }
}

/// A space or a tab.
pub(super) fn is_blank(c: Option<char>) -> bool {
    matches!(c, Some(' ' | '\t'))
}

/// A line's end.
pub(super) fn is_break(c: Option<char>) -> bool {
    matches!(c, Some('\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}'))
}

/// A blank, a line's end or the end of the text.
pub(super) fn ends_word(c: Option<char>) -> bool {
    c.is_none() || is_blank(c) || is_break(c)
}
