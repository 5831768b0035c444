//! YAML text to nodes, from the events of `saphyr-parser`. Depth and size are limited; aliases are refused as
//! CloudFormation refuses them, so no text can grow.

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};

use super::node::{Entry, Kind, Mark, Node, Style};
use super::{Result, TemplateError, tags};

/// How deep a template may nest. AWS states no number; it refuses far less deep ones for other reasons.
pub(super) const MAX_DEPTH: usize = 100;

/// Reads one YAML document.
pub(super) fn parse(text: &str) -> Result<Node> {
    Reader { parser: Parser::new_from_str(text) }.document()
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
}

impl<'a> Reader<'a> {
    fn document(mut self) -> Result<Node> {
        let root = loop {
            match self.next()? {
                (Event::StreamStart | Event::DocumentStart(_), _) => {}
                (Event::StreamEnd | Event::DocumentEnd, span) => {
                    return Err(malformed(mark(&span), "The template is empty"));
                }
                (event, span) => break self.node(event, &span, 0)?,
            }
        };
        loop {
            match self.next()? {
                (Event::DocumentEnd, _) => {}
                (Event::StreamEnd, _) => return Ok(root),
                (_, span) => return Err(malformed(mark(&span), "A template is one document")),
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'a>, Span)> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(scan_error(&error)),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn node(&mut self, event: Event<'a>, span: &Span, depth: usize) -> Result<Node> {
        let at = mark(span);
        if depth > MAX_DEPTH {
            let message = format!("Template format error: nested more than {MAX_DEPTH} levels deep");
            return Err(TemplateError::new(message).marked(at));
        }
        let (kind, tag) = match event {
            Event::Scalar(text, style, _, tag) => (scalar(&text, style, tag.as_deref()), tag),
            Event::SequenceStart(_, tag) => (self.sequence(depth)?, tag),
            Event::MappingStart(_, tag) => (self.mapping(depth)?, tag),
            // AWS: the message of CloudFormation for every alias.
            Event::Alias(_) => {
                let message = "Template error: YAML aliases are not allowed in CloudFormation templates";
                return Err(TemplateError::new(message).marked(at));
            }
            _ => return Err(malformed(at, "Unexpected end")),
        };
        tagged(Node { mark: at, kind }, tag.as_deref())
    }

    fn sequence(&mut self, depth: usize) -> Result<Kind> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Kind::Sequence(items)),
                (event, span) => items.push(self.node(event, &span, depth + 1)?),
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Kind> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut keys = std::collections::HashSet::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(Kind::Mapping(entries));
            }
            let mark = mark(&span);
            let key = key(event, mark)?;
            if !keys.insert(key.clone()) {
                return Err(malformed(mark, &format!("Duplicate key [{}]", shorten(&key))));
            }
            let (event, span) = self.next()?;
            entries.push(Entry { mark, key, value: self.node(event, &span, depth + 1)? });
        }
    }
}

fn key(event: Event<'_>, mark: Mark) -> Result<String> {
    match event {
        // LIMIT: merge keys are refused; AWS ignores what they would merge.
        Event::Scalar(text, ScalarStyle::Plain, ..) if text == "<<" => {
            Err(malformed(mark, "Merge keys are not supported"))
        }
        Event::Scalar(text, ..) => Ok(text.into_owned()),
        _ => Err(malformed(mark, "A key must be text")),
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Kind {
    let plain = style == ScalarStyle::Plain && tag.is_none_or(|tag| !is_core(tag, "str"));
    Kind::Scalar(text.to_owned(), if plain { Style::Plain } else { Style::Quoted })
}

fn is_core(tag: &Tag, name: &str) -> bool {
    tag.is_yaml_core_schema() && tag.suffix == name
}

fn tagged(node: Node, tag: Option<&Tag>) -> Result<Node> {
    let Some(tag) = tag else { return Ok(node) };
    if tag.handle == "!" {
        let function = tags::function(&tag.suffix)
            .ok_or_else(|| malformed(node.mark, &format!("Unknown tag !{}", shorten(&tag.suffix))))?;
        return Ok(tags::expand(function, node.mark, node));
    }
    if tag.is_yaml_core_schema() && !matches!(&*tag.suffix, "binary" | "omap" | "pairs" | "set" | "timestamp")
    {
        return Ok(node);
    }
    Err(malformed(node.mark, &format!("Unsupported tag {}{}", tag.handle, shorten(&tag.suffix))))
}

fn mark(span: &Span) -> Mark {
    Mark { line: span.start.line(), column: span.start.col() + 1 }
}

fn scan_error(error: &ScanError) -> TemplateError {
    let mark = Mark { line: error.marker().line(), column: error.marker().col() + 1 };
    malformed(mark, &shorten(error.info()))
}

// AWS: "Template format error: YAML not well-formed. (line 3, column 5)"; the reason in between is ours.
fn malformed(mark: Mark, reason: &str) -> TemplateError {
    TemplateError::new(format!("Template format error: YAML not well-formed. {reason}.")).marked(mark)
}

/// Wrong input is shown back, but not all of it, and nothing that a terminal would obey.
fn shorten(text: &str) -> String {
    text.chars()
        .take(80)
        .flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] })
        .collect()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(text: &str, expected: &Expect) {
        let answer = match parse(text) {
            Ok(node) => node.to_value().to_string(),
            Err(error) => error.to_string(),
        };
        expected.assert_eq(&answer);
    }

    #[test]
    fn short_tags_become_functions() {
        check(
            "a: !Ref B\nc: !GetAtt D.E.F\ng: !Join ['-', [!Sub 'x${y}', 1]]\nh: !Condition C\ni: !If [A, yes, !Ref 'AWS::NoValue']\n",
            &expect![[
                r#"{"a":{"Ref":"B"},"c":{"Fn::GetAtt":["D","E.F"]},"g":{"Fn::Join":["-",[{"Fn::Sub":"x${y}"},1]]},"h":{"Condition":"C"},"i":{"Fn::If":["A",true,{"Ref":"AWS::NoValue"}]}}"#
            ]],
        );
        check("a: !Sub\n  - '${x}'\n  - {x: 1}\n", &expect![[r#"{"a":{"Fn::Sub":["${x}",{"x":1}]}}"#]]);
        check("a: !Base64\n  Fn::Sub: x\n", &expect![[r#"{"a":{"Fn::Base64":{"Fn::Sub":"x"}}}"#]]);
    }

    #[test]
    fn blocks_and_quotes_are_text() {
        check(
            "a: |\n  x\n  y\nb: '10'\nc: \"yes\"\nd: !!str 10\n",
            &expect![[r#"{"a":"x\ny\n","b":"10","c":"yes","d":"10"}"#]],
        );
    }

    #[test]
    fn refusals_name_their_place() {
        check(
            "a: &x 1\nb: *x\n",
            &expect![
                "Template error: YAML aliases are not allowed in CloudFormation templates (line 2, column 4)"
            ],
        );
        check(
            "a: 1\nb: 2\na: 3\n",
            &expect!["Template format error: YAML not well-formed. Duplicate key [a]. (line 3, column 1)"],
        );
        check(
            "a: 1\n---\nb: 2\n",
            &expect![
                "Template format error: YAML not well-formed. A template is one document. (line 2, column 1)"
            ],
        );
        check(
            "a: !Nope 1\n",
            &expect!["Template format error: YAML not well-formed. Unknown tag !Nope. (line 1, column 4)"],
        );
        check(
            "a: !!binary x\n",
            &expect![
                "Template format error: YAML not well-formed. Unsupported tag tag:yaml.org,2002:binary. (line 1, column 4)"
            ],
        );
        check(
            "a:\n\tb: 1\n",
            &expect![
                "Template format error: YAML not well-formed. tabs disallowed within this context (block indentation). (line 2, column 2)"
            ],
        );
        check(
            "",
            &expect![
                "Template format error: YAML not well-formed. The template is empty. (line 1, column 1)"
            ],
        );
        check(
            "<<: {a: 1}\n",
            &expect![
                "Template format error: YAML not well-formed. Merge keys are not supported. (line 1, column 1)"
            ],
        );
    }

    #[test]
    fn depth_is_limited() {
        let blocks = (0..150).map(|depth| " ".repeat(depth) + "a:\n").collect::<Vec<_>>().concat();
        let error = parse(&blocks).unwrap_err().to_string();
        assert!(error.contains("nested more than 100 levels"), "{error}");
        for flow in ["[", "{a: ", "- "] {
            let error = parse(&flow.repeat(100_000)).unwrap_err().to_string();
            assert!(error.contains("nested more than") || error.contains("recursion limit"), "{error}");
        }
    }
}
