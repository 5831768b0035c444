//! YAML text to nodes: YAML 1.1 as CloudFormation reads it, which is how `libyaml` and PyYAML do.

mod composer;
mod cursor;
mod scalars;
mod scanner;
mod token;

use super::node::{Mark, Node};
use super::{Result, TemplateError};

pub(super) use composer::MAX_DEPTH;

/// Reads one YAML document.
pub(super) fn parse(text: &str) -> Result<Node> {
    if let Some(at) = text.find(|c| !is_printable(c)) {
        let before = text.get(..at).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = before.matches('\n').count() + 1;
        let column = before.get(start..).unwrap_or_default().chars().count() + 1;
        return Err(malformed(Mark { line, column }, "Control characters are not allowed"));
    }
    composer::Composer::new(text).document()
}

/// What YAML 1.1 calls printable.
fn is_printable(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..)
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
                "Template format error: YAML not well-formed. Found a tab in the indentation. (line 2, column 1)"
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
    fn control_characters_are_refused_where_they_are() {
        check(
            "a: x\nb: y\u{1}\n",
            &expect![
                "Template format error: YAML not well-formed. Control characters are not allowed. (line 2, column 5)"
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
            assert!(error.contains("nested more than"), "{error}");
        }
    }
}
