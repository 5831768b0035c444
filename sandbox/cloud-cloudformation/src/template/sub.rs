//! The text of `Fn::Sub`, taken apart: literal text and `${names}`; `${!x}` is the literal `${x}`.

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// Itself.
    Text(&'a str),
    /// `${name}`.
    Name(&'a str),
    /// `${!name}`, which means `${name}`.
    Literal(&'a str),
}

/// The parts of a text, or the name that may not be one.
pub(super) fn parts(text: &str) -> Result<Vec<Part<'_>>, &str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, tail)) = after.split_once('}') else { break };
        if !before.is_empty() {
            parts.push(Part::Text(before));
        }
        parts.push(match name.strip_prefix('!') {
            Some(literal) => Part::Literal(literal),
            None => Part::Name(checked(name.trim())?),
        });
        rest = tail;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    Ok(parts)
}

// AWS: "variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons".
fn checked(name: &str) -> Result<&str, &str> {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':');
    if !name.is_empty() && name.chars().all(good) { Ok(name) } else { Err(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_literals() {
        let answer = parts("a${B}${!c}${ D.E }$x}${AWS::Region}");
        let expected = vec![
            Part::Text("a"),
            Part::Name("B"),
            Part::Literal("c"),
            Part::Name("D.E"),
            Part::Text("$x}"),
            Part::Name("AWS::Region"),
        ];
        assert_eq!(answer, Ok(expected));
        assert_eq!(parts("${open"), Ok(vec![Part::Text("${open")]));
        assert_eq!(parts("${a b}"), Err("a b"));
        assert_eq!(parts("${}"), Err(""));
    }
}
