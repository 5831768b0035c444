//! The short forms of functions in YAML: `!Ref x` is `{"Ref": x}`, `!Sub x` is `{"Fn::Sub": x}`.

use super::node::{Entry, Kind, Mark, Node, Style};

/// The function that a tag stands for.
pub(super) fn function(tag: &str) -> Option<&'static str> {
    Some(match tag {
        "Ref" => "Ref",
        "Condition" => "Condition",
        "And" => "Fn::And",
        "Base64" => "Fn::Base64",
        "Cidr" => "Fn::Cidr",
        "Equals" => "Fn::Equals",
        "FindInMap" => "Fn::FindInMap",
        "ForEach" => "Fn::ForEach",
        "GetAZs" => "Fn::GetAZs",
        "GetAtt" => "Fn::GetAtt",
        "If" => "Fn::If",
        "ImportValue" => "Fn::ImportValue",
        "Join" => "Fn::Join",
        "Length" => "Fn::Length",
        "Not" => "Fn::Not",
        "Or" => "Fn::Or",
        "Select" => "Fn::Select",
        "Split" => "Fn::Split",
        "Sub" => "Fn::Sub",
        "ToJsonString" => "Fn::ToJsonString",
        "Transform" => "Fn::Transform",
        _ => return None,
    })
}

/// The long form of a tagged node.
pub(super) fn expand(function: &str, mark: Mark, argument: Node) -> Node {
    let argument = if function == "Fn::GetAtt" { split_attribute(argument) } else { argument };
    let entry = Entry { mark, key: function.to_owned(), value: argument };
    Node { mark, kind: Kind::Mapping(vec![entry]) }
}

/// `!GetAtt A.B.C` names the attribute `B.C` of `A`.
fn split_attribute(argument: Node) -> Node {
    let Kind::Scalar(text, _) = &argument.kind else { return argument };
    let Some((resource, attribute)) = text.split_once('.') else { return argument };
    let part = |text: &str| Node { mark: argument.mark, kind: Kind::Scalar(text.to_owned(), Style::Quoted) };
    Node { mark: argument.mark, kind: Kind::Sequence(vec![part(resource), part(attribute)]) }
}
