//! The text of scalars: plain, quoted, and in blocks.

use super::cursor::{ends_word, is_blank, is_break};
use super::malformed;
use super::scanner::Scanner;
use crate::{Mark, Result};

/// Blanks and line ends between words, which become fewer.
#[derive(Default)]
struct Gap {
    blanks: String,
    first_break: Option<char>,
    more_breaks: String,
}

impl Gap {
    fn is_line(&self) -> bool {
        self.first_break.is_some()
    }

    fn add_break(&mut self, c: char) {
        if self.first_break.is_none() {
            self.blanks.clear();
            self.first_break = Some(c);
        } else {
            self.more_breaks.push(c);
        }
    }

    /// One line's end is a space, of several the first is none.
    fn fold_into(&mut self, text: &mut String) {
        match self.first_break {
            None => text.push_str(&self.blanks),
            Some('\n') if self.more_breaks.is_empty() => text.push(' '),
            Some('\n') => text.push_str(&self.more_breaks),
            Some(other) => {
                text.push(other);
                text.push_str(&self.more_breaks);
            }
        }
        *self = Self::default();
    }
}

/// What becomes of the line ends after a block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomping {
    Strip,
    Clip,
    Keep,
}

impl Scanner {
    /// Text without quotes.
    pub(super) fn plain(&mut self) -> Result<(String, bool)> {
        let mut text = String::new();
        let mut gap = Gap::default();
        let indent = self.indent + 1;
        while !self.cursor.at_document_indicator() && self.cursor.peek() != Some('#') {
            while !self.ends_plain() {
                gap.fold_into(&mut text);
                text.extend(self.cursor.take());
            }
            let next = self.cursor.peek();
            if !is_blank(next) && !is_break(next) {
                break;
            }
            self.plain_gap(&mut gap, indent)?;
            if self.flow == 0 && self.cursor.column() < indent {
                break;
            }
        }
        self.key_allowed |= gap.is_line();
        Ok((text, true))
    }

    fn ends_plain(&self) -> bool {
        let (c, after) = (self.cursor.peek(), self.cursor.look(1));
        let in_flow = self.flow > 0;
        match c {
            _ if ends_word(c) => true,
            Some(':') if ends_word(after) => true,
            Some(':') if in_flow && after.is_some_and(|after| ",[]{}".contains(after)) => true,
            Some('?') => in_flow && ends_word(after),
            Some(',' | '[' | ']' | '{' | '}') => in_flow,
            _ => false,
        }
    }

    fn plain_gap(&mut self, gap: &mut Gap, indent: isize) -> Result<()> {
        loop {
            match self.cursor.peek() {
                Some('\t') if gap.is_line() && self.cursor.column() < indent => {
                    return Err(malformed(self.cursor.mark(), "Found a tab in the indentation"));
                }
                Some(c @ (' ' | '\t')) => {
                    if !gap.is_line() {
                        gap.blanks.push(c);
                    }
                    self.cursor.take();
                }
                _ => match self.cursor.take_break() {
                    Some(c) => gap.add_break(c),
                    None => return Ok(()),
                },
            }
        }
    }

    /// Text in quotes.
    pub(super) fn quoted(&mut self) -> Result<(String, bool)> {
        let start = self.cursor.mark();
        let quote = self.cursor.take();
        let mut text = String::new();
        loop {
            if self.cursor.at_document_indicator() {
                return Err(malformed(start, "Found the end of the document inside of quotes"));
            }
            let joined = self.quoted_words(quote, &mut text, start)?;
            match self.cursor.peek() {
                None => return Err(malformed(start, "Found the end of the text inside of quotes")),
                next if next == quote => break,
                _ => self.quoted_gap(&mut text, joined),
            }
        }
        self.cursor.take();
        Ok((text, false))
    }

    /// Takes what is not blank. Whether it ended with an escaped line's end, which joins the lines.
    fn quoted_words(&mut self, quote: Option<char>, text: &mut String, start: Mark) -> Result<bool> {
        let double = quote == Some('"');
        loop {
            match (self.cursor.peek(), self.cursor.look(1)) {
                (next, _) if ends_word(next) => return Ok(false),
                (Some('\''), Some('\'')) if !double => {
                    text.push('\'');
                    self.cursor.skip(2);
                }
                (next, _) if next == quote => return Ok(false),
                (Some('\\'), after) if double && is_break(after) => {
                    self.cursor.take();
                    self.cursor.take_break();
                    return Ok(true);
                }
                (Some('\\'), _) if double => text.push(self.escape(start)?),
                _ => text.extend(self.cursor.take()),
            }
        }
    }

    fn quoted_gap(&mut self, text: &mut String, joined: bool) {
        let mut gap = Gap::default();
        loop {
            if let Some(c) = self.cursor.peek().filter(|c| matches!(c, ' ' | '\t')) {
                // After an escaped line's end the next line's indentation means nothing.
                if !joined && !gap.is_line() {
                    gap.blanks.push(c);
                }
                self.cursor.take();
            } else if let Some(c) = self.cursor.take_break() {
                if joined { gap.more_breaks.push(c) } else { gap.add_break(c) }
            } else {
                break;
            }
        }
        if joined { text.push_str(&gap.more_breaks) } else { gap.fold_into(text) }
    }

    fn escape(&mut self, start: Mark) -> Result<char> {
        self.cursor.take();
        let digits = match self.cursor.take() {
            Some('0') => return Ok('\0'),
            Some('a') => return Ok('\u{7}'),
            Some('b') => return Ok('\u{8}'),
            Some('t' | '\t') => return Ok('\t'),
            Some('n') => return Ok('\n'),
            Some('v') => return Ok('\u{b}'),
            Some('f') => return Ok('\u{c}'),
            Some('r') => return Ok('\r'),
            Some('e') => return Ok('\u{1b}'),
            Some(c @ (' ' | '"' | '/' | '\\')) => return Ok(c),
            Some('N') => return Ok('\u{85}'),
            Some('_') => return Ok('\u{a0}'),
            Some('L') => return Ok('\u{2028}'),
            Some('P') => return Ok('\u{2029}'),
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            _ => return Err(malformed(start, "Found an unknown escape inside of quotes")),
        };
        let wrong = || malformed(start, "Found an escape that is no character inside of quotes");
        let code = (0..digits).try_fold(0_u32, |code, _| {
            let digit = self.cursor.take().and_then(|c| c.to_digit(16)).ok_or_else(wrong)?;
            Ok(code << 4 | digit)
        })?;
        char::from_u32(code).ok_or_else(wrong)
    }

    /// Text in a block: `|` keeps its lines, `>` folds them.
    pub(super) fn block(&mut self, literal: bool) -> Result<String> {
        self.cursor.take();
        let (chomping, increment) = self.block_header()?;
        let mut indent = match increment {
            0 => 0,
            more => self.indent.max(0) + more,
        };
        let (mut text, mut last_break) = (String::new(), None);
        let mut breaks = self.block_breaks(&mut indent)?;
        let mut was_more_indented = false;
        while self.cursor.column() == indent && self.cursor.peek().is_some() {
            let more_indented = is_blank(self.cursor.peek());
            if !literal && last_break == Some('\n') && !was_more_indented && !more_indented {
                if breaks.is_empty() {
                    text.push(' ');
                }
            } else {
                text.extend(last_break);
            }
            text.push_str(&breaks);
            was_more_indented = more_indented;
            text.push_str(&self.cursor.take_while(|c| !is_break(Some(c))));
            last_break = self.cursor.take_break();
            breaks = self.block_breaks(&mut indent)?;
        }
        if chomping != Chomping::Strip {
            text.extend(last_break);
        }
        if chomping == Chomping::Keep {
            text.push_str(&breaks);
        }
        Ok(text)
    }

    /// What stands behind `|` or `>`: how it ends, and how deep it is where that is said.
    fn block_header(&mut self) -> Result<(Chomping, isize)> {
        let (mut chomping, mut increment) = (Chomping::Clip, 0);
        for _ in 0..2 {
            match self.cursor.peek() {
                Some(c @ ('+' | '-')) if chomping == Chomping::Clip => {
                    chomping = if c == '+' { Chomping::Keep } else { Chomping::Strip };
                }
                Some(c @ '1'..='9') if increment == 0 => {
                    increment = c.to_digit(10).and_then(|digit| digit.try_into().ok()).unwrap_or(0);
                }
                _ => break,
            }
            self.cursor.take();
        }
        self.cursor.take_while(|c| matches!(c, ' ' | '\t'));
        if self.cursor.peek() == Some('#') {
            self.cursor.take_while(|c| !is_break(Some(c)));
        }
        if self.cursor.peek().is_some() && self.cursor.take_break().is_none() {
            return Err(malformed(self.cursor.mark(), "Found more than a comment behind | or >"));
        }
        Ok((chomping, increment))
    }

    /// Empty lines of a block, and its depth where that is not known yet.
    fn block_breaks(&mut self, indent: &mut isize) -> Result<String> {
        let (mut breaks, mut deepest) = (String::new(), 0);
        loop {
            let inside = |column: isize| *indent == 0 || column < *indent;
            while inside(self.cursor.column()) && self.cursor.peek() == Some(' ') {
                self.cursor.take();
            }
            deepest = deepest.max(self.cursor.column());
            if inside(self.cursor.column()) && self.cursor.peek() == Some('\t') {
                return Err(malformed(self.cursor.mark(), "Found a tab in the indentation"));
            }
            match self.cursor.take_break() {
                Some(c) => breaks.push(c),
                None => break,
            }
        }
        if *indent == 0 {
            *indent = deepest.max(self.indent + 1).max(1);
        }
        Ok(breaks)
    }
}
