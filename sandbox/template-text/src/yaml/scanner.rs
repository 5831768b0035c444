//! Text to tokens, as YAML 1.1 has them and `libyaml` and PyYAML find them: indentation counts in block context alone,
//! a key is known by the colon that follows it on its line.

use std::collections::{BTreeMap, VecDeque};

use super::cursor::{Cursor, ends_word, is_blank, is_break};
use super::malformed;
use super::token::{Placed, Token};
use crate::{Mark, Result};

/// What may turn out to be a key.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    /// The number of its first token.
    token: usize,
    /// Whether nothing else can stand here.
    required: bool,
    index: usize,
    column: isize,
    mark: Mark,
}

/// The longest key, in characters.
const MAX_KEY: usize = 1024;

/// Makes tokens, one at a time.
pub(super) struct Scanner {
    pub(super) cursor: Cursor,
    /// Found, not yet taken.
    tokens: VecDeque<Placed>,
    /// How many were taken.
    taken: usize,
    /// How many brackets are open.
    pub(super) flow: usize,
    /// The column of the innermost block.
    pub(super) indent: isize,
    outer_indents: Vec<isize>,
    /// Whether a key may begin here.
    pub(super) key_allowed: bool,
    /// What may be a key, by how many brackets are open around it.
    candidates: BTreeMap<usize, Candidate>,
    ended: bool,
}

impl Scanner {
    pub(super) fn new(text: &str) -> Self {
        Self {
            cursor: Cursor::new(text),
            tokens: VecDeque::new(),
            taken: 0,
            flow: 0,
            indent: -1,
            outer_indents: Vec::new(),
            key_allowed: true,
            candidates: BTreeMap::new(),
            ended: false,
        }
    }

    /// The next token. After the last one, the last one.
    pub(super) fn peek(&mut self) -> Result<&Placed> {
        while !self.ended && self.needs_more()? {
            self.fetch()?;
        }
        let end = (Token::End, self.cursor.mark());
        if self.tokens.is_empty() {
            self.tokens.push_back(end);
        }
        self.tokens.front().ok_or_else(|| malformed(Mark::default(), "Unexpected end"))
    }

    /// Takes the next token.
    pub(super) fn next(&mut self) -> Result<Placed> {
        let next = self.peek()?.clone();
        self.tokens.pop_front();
        self.taken += 1;
        Ok(next)
    }

    /// Whether the next token could still turn out to be the second one, after a key's.
    fn needs_more(&mut self) -> Result<bool> {
        if self.tokens.is_empty() {
            return Ok(true);
        }
        self.drop_stale()?;
        Ok(self.candidates.values().any(|candidate| candidate.token == self.taken))
    }

    fn push(&mut self, token: Token, mark: Mark) {
        self.tokens.push_back((token, mark));
    }

    /// An indicator of that many characters.
    fn push_indicator(&mut self, token: Token, width: usize) {
        let mark = self.cursor.mark();
        self.cursor.skip(width);
        self.push(token, mark);
    }

    fn fetch(&mut self) -> Result<()> {
        self.skip_space();
        self.drop_stale()?;
        self.unwind(self.cursor.column());
        let after = self.cursor.look(1);
        let Some(c) = self.cursor.peek() else { return self.fetch_end() };
        if c == '%' && self.cursor.column() == 0 {
            return self.fetch_directive();
        }
        if self.cursor.at_document_indicator() {
            let token = if c == '-' { Token::DocumentStart } else { Token::DocumentEnd };
            self.leave_document()?;
            self.push_indicator(token, 3);
            return Ok(());
        }
        let in_flow = self.flow > 0;
        match c {
            '[' => self.fetch_open(Token::FlowSequenceStart),
            '{' => self.fetch_open(Token::FlowMappingStart),
            ']' => self.fetch_close(Token::FlowSequenceEnd),
            '}' => self.fetch_close(Token::FlowMappingEnd),
            ',' if in_flow => self.fetch_flow_entry(),
            '-' if ends_word(after) => self.fetch_block_entry(),
            '?' if in_flow || ends_word(after) => self.fetch_key(),
            ':' if in_flow || ends_word(after) => self.fetch_value(),
            '*' => self.fetch_name(Token::Alias),
            '&' => self.fetch_name(Token::Anchor),
            '!' => self.fetch_tag(),
            '|' | '>' if !in_flow => self.fetch_block_scalar(c == '|'),
            '\'' | '"' => self.fetch_scalar(Self::quoted),
            _ if starts_plain(c, after) => self.fetch_scalar(Self::plain),
            '\t' => Err(malformed(self.cursor.mark(), "Found a tab in the indentation")),
            _ => Err(malformed(self.cursor.mark(), "Found a character that cannot start any token")),
        }
    }

    /// Skips what stands between tokens. A new line in block context may begin with a key.
    fn skip_space(&mut self) {
        loop {
            while match self.cursor.peek() {
                Some(' ') => true,
                Some('\t') => self.flow > 0 || !self.key_allowed,
                Some('\u{feff}') => self.cursor.index() == 0,
                _ => false,
            } {
                self.cursor.take();
            }
            if self.cursor.peek() == Some('#') {
                self.cursor.take_while(|c| !is_break(Some(c)));
            }
            if self.cursor.take_break().is_none() {
                return;
            }
            self.key_allowed |= self.flow == 0;
        }
    }

    /// Forgets what can no longer be a key: keys are short and have their colon on the same line.
    fn drop_stale(&mut self) -> Result<()> {
        let (line, index) = (self.cursor.mark().line, self.cursor.index());
        let is_stale =
            |candidate: &Candidate| candidate.mark.line < line || candidate.index + MAX_KEY < index;
        if let Some(stale) =
            self.candidates.values().find(|candidate| candidate.required && is_stale(candidate))
        {
            return Err(no_colon(stale.mark));
        }
        self.candidates.retain(|_, candidate| !is_stale(candidate));
        Ok(())
    }

    /// What comes now may be a key.
    fn may_be_key(&mut self) -> Result<()> {
        if !self.key_allowed {
            return Ok(());
        }
        let column = self.cursor.column();
        let candidate = Candidate {
            token: self.taken + self.tokens.len(),
            required: self.flow == 0 && self.indent == column,
            index: self.cursor.index(),
            column,
            mark: self.cursor.mark(),
        };
        self.is_no_key()?;
        self.candidates.insert(self.flow, candidate);
        Ok(())
    }

    /// What might have been a key between these brackets was none.
    fn is_no_key(&mut self) -> Result<()> {
        match self.candidates.remove(&self.flow) {
            Some(candidate) if candidate.required => Err(no_colon(candidate.mark)),
            _ => Ok(()),
        }
    }

    /// Ends the blocks that are indented deeper than that column.
    fn unwind(&mut self, column: isize) {
        while self.flow == 0 && self.indent > column {
            self.push(Token::BlockEnd, self.cursor.mark());
            self.indent = self.outer_indents.pop().unwrap_or(-1);
        }
    }

    /// Begins a block if that column is deeper than the present one's.
    fn indent_to(&mut self, column: isize) -> bool {
        let deeper = self.indent < column;
        if deeper {
            self.outer_indents.push(self.indent);
            self.indent = column;
        }
        deeper
    }

    fn leave_document(&mut self) -> Result<()> {
        self.unwind(-1);
        self.is_no_key()?;
        self.key_allowed = false;
        Ok(())
    }

    fn fetch_end(&mut self) -> Result<()> {
        self.leave_document()?;
        self.candidates.clear();
        self.push(Token::End, self.cursor.mark());
        self.ended = true;
        Ok(())
    }

    fn fetch_directive(&mut self) -> Result<()> {
        self.leave_document()?;
        let mark = self.cursor.mark();
        self.cursor.take();
        let line = self.cursor.take_while(|c| !is_break(Some(c)));
        let words = line.split([' ', '\t']).filter(|word| !word.is_empty());
        let words = words.take_while(|word| !word.starts_with('#')).map(str::to_owned).collect();
        self.push(Token::Directive(words), mark);
        Ok(())
    }

    fn fetch_open(&mut self, token: Token) -> Result<()> {
        self.may_be_key()?;
        self.flow += 1;
        self.key_allowed = true;
        self.push_indicator(token, 1);
        Ok(())
    }

    fn fetch_close(&mut self, token: Token) -> Result<()> {
        self.is_no_key()?;
        self.flow = self.flow.saturating_sub(1);
        self.key_allowed = false;
        self.push_indicator(token, 1);
        Ok(())
    }

    fn fetch_flow_entry(&mut self) -> Result<()> {
        self.is_no_key()?;
        self.key_allowed = true;
        self.push_indicator(Token::FlowEntry, 1);
        Ok(())
    }

    /// A block begins here, unless it is the one that is there already.
    fn begin_block(&mut self, token: Token, otherwise: &str) -> Result<()> {
        if self.flow > 0 {
            return Ok(());
        }
        if !self.key_allowed {
            return Err(malformed(self.cursor.mark(), otherwise));
        }
        if self.indent_to(self.cursor.column()) {
            self.push(token, self.cursor.mark());
        }
        Ok(())
    }

    fn fetch_block_entry(&mut self) -> Result<()> {
        self.begin_block(Token::BlockSequenceStart, "Elements of a list are not allowed here")?;
        self.is_no_key()?;
        self.key_allowed = true;
        self.push_indicator(Token::BlockEntry, 1);
        Ok(())
    }

    fn fetch_key(&mut self) -> Result<()> {
        self.begin_block(Token::BlockMappingStart, "Keys are not allowed here")?;
        self.is_no_key()?;
        self.key_allowed = self.flow == 0;
        self.push_indicator(Token::Key, 1);
        Ok(())
    }

    fn fetch_value(&mut self) -> Result<()> {
        if let Some(key) = self.candidates.remove(&self.flow) {
            let place = key.token.saturating_sub(self.taken).min(self.tokens.len());
            self.tokens.insert(place, (Token::Key, key.mark));
            if self.flow == 0 && self.indent_to(key.column) {
                self.tokens.insert(place, (Token::BlockMappingStart, key.mark));
            }
            self.key_allowed = false;
        } else {
            self.begin_block(Token::BlockMappingStart, "Values of keys are not allowed here")?;
            self.key_allowed = self.flow == 0;
        }
        self.push_indicator(Token::Value, 1);
        Ok(())
    }

    fn fetch_name(&mut self, token: Token) -> Result<()> {
        self.may_be_key()?;
        self.key_allowed = false;
        let mark = self.cursor.mark();
        self.cursor.take();
        let name = self.cursor.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        let next = self.cursor.peek();
        if name.is_empty() || !(ends_word(next) || next.is_some_and(|c| "?:,]}%@`".contains(c))) {
            return Err(malformed(mark, "Found an anchor or alias without a name of letters and digits"));
        }
        self.push(token, mark);
        Ok(())
    }

    fn fetch_tag(&mut self) -> Result<()> {
        self.may_be_key()?;
        self.key_allowed = false;
        let mark = self.cursor.mark();
        let (handle, suffix) = self.tag(mark)?;
        self.push(Token::Tag(handle, suffix), mark);
        Ok(())
    }

    fn tag(&mut self, mark: Mark) -> Result<(String, String)> {
        self.cursor.take();
        let mut tag = (String::from("!"), String::new());
        if self.cursor.peek() == Some('<') {
            self.cursor.take();
            let verbatim = self.cursor.take_while(|c| is_uri(c) || matches!(c, ',' | '[' | ']'));
            if self.cursor.take() != Some('>') {
                return Err(malformed(mark, "Found a tag without its closing >"));
            }
            tag = (String::new(), verbatim);
        } else {
            let text = self.cursor.take_while(is_uri);
            tag = match text.split_once('!') {
                Some((handle, suffix)) => (format!("!{handle}!"), suffix.to_owned()),
                None => (tag.0, text),
            };
        }
        let next = self.cursor.peek();
        if ends_word(next) || (self.flow > 0 && next == Some(',')) {
            return Ok(tag);
        }
        Err(malformed(mark, "Found a tag that does not end with a space or a line's end"))
    }

    fn fetch_block_scalar(&mut self, literal: bool) -> Result<()> {
        self.is_no_key()?;
        self.key_allowed = true;
        let mark = self.cursor.mark();
        let text = self.block(literal)?;
        self.push(Token::Scalar(text, false), mark);
        Ok(())
    }

    fn fetch_scalar(&mut self, scan: fn(&mut Self) -> Result<(String, bool)>) -> Result<()> {
        self.may_be_key()?;
        self.key_allowed = false;
        let mark = self.cursor.mark();
        let (text, plain) = scan(self)?;
        self.push(Token::Scalar(text, plain), mark);
        Ok(())
    }
}

fn no_colon(mark: Mark) -> crate::TemplateError {
    malformed(mark, "Could not find the colon that a key needs")
}

fn starts_plain(c: char, after: Option<char>) -> bool {
    let indicator = "-?:,[]{}#&*!|>'\"%@`".contains(c);
    let goes_on = !ends_word(after);
    !(indicator || is_blank(Some(c)) || is_break(Some(c))) || (goes_on && matches!(c, '-' | '?' | ':'))
}

fn is_uri(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-;/?:@&=+$.!~*'()%".contains(c)
}
