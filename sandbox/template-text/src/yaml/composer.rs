//! Tokens to nodes. Depth is limited and aliases are refused as CloudFormation refuses them, so no text can grow.

use std::collections::HashMap;

use super::malformed;
use super::scanner::Scanner;
use super::token::Token;
use crate::node::{Entries, Entry, Kind, Mark, Node, Style};
use crate::{Result, TemplateError, tags};

/// How deep a template may nest. AWS states no number; it refuses far less deep ones for other reasons.
pub(crate) const MAX_DEPTH: usize = 100;

/// The handle of the tags of YAML itself.
const CORE: &str = "tag:yaml.org,2002:";

/// Makes nodes of a scanner's tokens.
pub(super) struct Composer {
    scanner: Scanner,
    /// The prefixes that directives give to the handles of tags.
    handles: HashMap<String, String>,
}

impl Composer {
    pub(super) fn new(text: &str) -> Self {
        Self { scanner: Scanner::new(text), handles: HashMap::new() }
    }

    /// The one document of the text.
    pub(super) fn document(mut self) -> Result<Node> {
        let directed = self.directives()?;
        let mark = self.scanner.peek()?.1;
        if !self.takes(&Token::DocumentStart)? && directed {
            return Err(malformed(mark, "Expected --- behind the directives"));
        }
        let root = match self.peek()? {
            Token::End | Token::DocumentStart | Token::DocumentEnd => {
                return Err(malformed(mark, "The template is empty"));
            }
            _ => self.node(0, true, false)?,
        };
        while *self.peek()? == Token::DocumentEnd {
            self.scanner.next()?;
        }
        match self.scanner.next()? {
            (Token::End, _) => Ok(root),
            (Token::DocumentStart | Token::Directive(_), mark) => {
                Err(malformed(mark, "A template is one document"))
            }
            (_, mark) => Err(malformed(mark, "Expected the end of the document")),
        }
    }

    fn peek(&mut self) -> Result<&Token> {
        self.scanner.peek().map(|(token, _)| token)
    }

    fn takes(&mut self, token: &Token) -> Result<bool> {
        let found = self.peek()? == token;
        if found {
            self.scanner.next()?;
        }
        Ok(found)
    }

    /// Whether there are directives.
    fn directives(&mut self) -> Result<bool> {
        let mut found = false;
        while let (Token::Directive(words), mark) = self.scanner.peek()?.clone() {
            found = true;
            self.scanner.next()?;
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            match words.as_slice() {
                ["YAML", version] if version.starts_with("1.") => {}
                ["YAML", ..] => return Err(malformed(mark, "Only YAML of a version 1 is read")),
                ["TAG", handle, prefix] => {
                    self.handles.insert((*handle).to_owned(), (*prefix).to_owned());
                }
                ["TAG", ..] => return Err(malformed(mark, "Found a %TAG without a handle and a prefix")),
                _ => {}
            }
        }
        Ok(found)
    }

    /// A node; in block context it may be a block, below a key also a list that is not indented.
    fn node(&mut self, depth: usize, block: bool, below_key: bool) -> Result<Node> {
        let mark = self.scanner.peek()?.1;
        if depth > MAX_DEPTH {
            let message = format!("Template format error: nested more than {MAX_DEPTH} levels deep");
            return Err(TemplateError::new(message).marked(mark));
        }
        let (tag, is_anchored) = self.properties()?;
        let kind = match self.peek()? {
            Token::BlockEntry if below_key => self.flat_sequence(depth)?,
            Token::Scalar(..) => self.scalar(tag.as_deref())?,
            Token::FlowSequenceStart => self.flow_sequence(depth)?,
            Token::FlowMappingStart => self.flow_mapping(depth)?,
            Token::BlockSequenceStart if block => self.block_sequence(depth)?,
            Token::BlockMappingStart if block => self.block_mapping(depth)?,
            // AWS: the message of CloudFormation for every alias.
            Token::Alias => {
                let message = "Template error: YAML aliases are not allowed in CloudFormation templates";
                return Err(TemplateError::new(message).marked(mark));
            }
            _ if tag.is_some() || is_anchored => Kind::Scalar(String::new(), Style::Plain),
            _ => return Err(malformed(mark, "Expected a value")),
        };
        tagged(Node { mark, kind }, tag.as_deref())
    }

    /// The tag and whether there is an anchor, in either order.
    fn properties(&mut self) -> Result<(Option<String>, bool)> {
        let (mut tag, mut anchored) = (None, false);
        loop {
            match self.scanner.peek()?.clone() {
                (Token::Anchor, _) if !anchored => anchored = true,
                (Token::Tag(handle, suffix), mark) if tag.is_none() => {
                    tag = Some(self.resolve(&handle, &suffix, mark)?);
                }
                _ => return Ok((tag, anchored)),
            }
            self.scanner.next()?;
        }
    }

    fn resolve(&self, handle: &str, suffix: &str, mark: Mark) -> Result<String> {
        let prefix = self.handles.get(handle).map(String::as_str);
        match (prefix, handle) {
            (Some(prefix), _) => Ok(format!("{prefix}{suffix}")),
            (None, "!!") => Ok(format!("{CORE}{suffix}")),
            (None, "" | "!") => Ok(format!("{handle}{suffix}")),
            _ => Err(malformed(mark, &format!("Unknown handle of a tag: {}", super::shorten(handle)))),
        }
    }

    fn scalar(&mut self, tag: Option<&str>) -> Result<Kind> {
        let (Token::Scalar(text, plain), _) = self.scanner.next()? else {
            return Ok(Kind::Scalar(String::new(), Style::Plain));
        };
        // A lone `!` and the tags of numbers make text in quotes plain again, the tag of text makes plain text quoted.
        let core = tag.and_then(|tag| tag.strip_prefix(CORE));
        let is_plain = core.map_or(plain || tag == Some("!"), |core| core != "str");
        let style = if is_plain { Style::Plain } else { Style::Quoted };
        Ok(Kind::Scalar(text, style))
    }

    fn nothing(&mut self) -> Result<Node> {
        Ok(Node { mark: self.scanner.peek()?.1, kind: Kind::Scalar(String::new(), Style::Plain) })
    }

    fn block_sequence(&mut self, depth: usize) -> Result<Kind> {
        self.scanner.next()?;
        let mut items = Vec::new();
        while self.takes(&Token::BlockEntry)? {
            let empty = matches!(self.peek()?, Token::BlockEntry | Token::BlockEnd);
            items.push(if empty { self.nothing()? } else { self.node(depth + 1, true, false)? });
        }
        self.expect(&Token::BlockEnd, "Expected - and the next element of the list")?;
        Ok(Kind::Sequence(items))
    }

    /// A list whose dashes stand below their key.
    fn flat_sequence(&mut self, depth: usize) -> Result<Kind> {
        let mut items = Vec::new();
        while self.takes(&Token::BlockEntry)? {
            let empty =
                matches!(self.peek()?, Token::BlockEntry | Token::Key | Token::Value | Token::BlockEnd);
            items.push(if empty { self.nothing()? } else { self.node(depth + 1, true, false)? });
        }
        Ok(Kind::Sequence(items))
    }

    fn block_mapping(&mut self, depth: usize) -> Result<Kind> {
        self.scanner.next()?;
        let mut entries = Entries::default();
        let ends = |token: &Token| matches!(token, Token::Key | Token::Value | Token::BlockEnd);
        while self.takes(&Token::Key)? {
            let empty = ends(self.peek()?);
            let key = if empty { self.nothing()? } else { self.node(depth + 1, true, true)? };
            let empty = !self.takes(&Token::Value)? || ends(self.peek()?);
            let value = if empty { self.nothing()? } else { self.node(depth + 1, true, true)? };
            entries.add(entry(key, value)?);
        }
        self.expect(&Token::BlockEnd, "Expected the next key")?;
        Ok(entries.finish())
    }

    fn expect(&mut self, token: &Token, otherwise: &str) -> Result<()> {
        let mark = self.scanner.peek()?.1;
        if self.takes(token)? { Ok(()) } else { Err(malformed(mark, otherwise)) }
    }

    fn flow_sequence(&mut self, depth: usize) -> Result<Kind> {
        self.scanner.next()?;
        let mut items = Vec::new();
        while !self.takes(&Token::FlowSequenceEnd)? {
            if !items.is_empty() {
                self.expect(&Token::FlowEntry, "Expected a comma or ]")?;
                if self.takes(&Token::FlowSequenceEnd)? {
                    break;
                }
            }
            let mark = self.scanner.peek()?.1;
            items.push(if self.takes(&Token::Key)? {
                let mut entries = Entries::default();
                self.flow_entry(depth + 1, &mut entries)?;
                Node { mark, kind: entries.finish() }
            } else {
                self.node(depth + 1, false, false)?
            });
        }
        Ok(Kind::Sequence(items))
    }

    fn flow_mapping(&mut self, depth: usize) -> Result<Kind> {
        self.scanner.next()?;
        let mut entries = Entries::default();
        while !self.takes(&Token::FlowMappingEnd)? {
            if !entries.is_empty() {
                self.expect(&Token::FlowEntry, "Expected a comma or }")?;
                if self.takes(&Token::FlowMappingEnd)? {
                    break;
                }
            }
            if self.takes(&Token::Key)? {
                self.flow_entry(depth, &mut entries)?;
            } else {
                let key = self.node(depth + 1, false, false)?;
                let value = self.nothing()?;
                entries.add(entry(key, value)?);
            }
        }
        Ok(entries.finish())
    }

    /// A key, taken to be one already, and its value.
    fn flow_entry(&mut self, depth: usize, entries: &mut Entries) -> Result<()> {
        let ends = |token: &Token| {
            matches!(token, Token::FlowEntry | Token::FlowMappingEnd | Token::FlowSequenceEnd)
        };
        let empty = ends(self.peek()?) || *self.peek()? == Token::Value;
        let key = if empty { self.nothing()? } else { self.node(depth + 1, false, false)? };
        let empty = !self.takes(&Token::Value)? || ends(self.peek()?);
        let value = if empty { self.nothing()? } else { self.node(depth + 1, false, false)? };
        entries.add(entry(key, value)?);
        Ok(())
    }
}

/// A member whose key is text.
fn entry(key: Node, value: Node) -> Result<Entry> {
    let mark = key.mark;
    match key.kind {
        // LIMIT: merge keys are refused; AWS refuses the aliases that they are of use with.
        Kind::Scalar(text, Style::Plain) if text == "<<" => {
            Err(malformed(mark, "Merge keys are not supported"))
        }
        Kind::Scalar(key, style) if !key.is_empty() || style == Style::Quoted => {
            Ok(Entry { mark, key, value })
        }
        _ => Err(malformed(mark, "A key must be text")),
    }
}

fn tagged(node: Node, tag: Option<&str>) -> Result<Node> {
    let Some(tag) = tag.filter(|tag| *tag != "!") else { return Ok(node) };
    if let Some(name) = tag.strip_prefix('!') {
        let unknown = || malformed(node.mark, &format!("Unknown tag !{}", super::shorten(name)));
        let function = tags::function(name).ok_or_else(unknown)?;
        return Ok(tags::expand(function, node.mark, node));
    }
    // AWS: "Template formats": YAML 1.1 without binary, omap, pairs, set and timestamp.
    match tag.strip_prefix(CORE) {
        Some("str" | "int" | "float" | "bool" | "null" | "seq" | "map") => Ok(node),
        _ => Err(malformed(node.mark, &format!("Unsupported tag {}", super::shorten(tag)))),
    }
}
