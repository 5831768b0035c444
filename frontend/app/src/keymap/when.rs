//! When a key runs its command: names of what is the case, with `!`, `&&`, `||` and parentheses. What is the case is
//! not known here.

/// Longest condition that is read.
const LONGEST: usize = 500;

/// Whether a condition holds, by what `is` says of each name; none where it cannot be read. An empty one holds.
pub fn holds(condition: &str, is: &dyn Fn(&str) -> bool) -> Option<bool> {
    if condition.trim().is_empty() {
        return Some(true);
    }
    let mut reader = Reader { rest: condition, is };
    let held = reader.any().filter(|_| condition.len() <= LONGEST);
    held.filter(|_| reader.rest.trim().is_empty())
}

struct Reader<'a> {
    rest: &'a str,
    is: &'a dyn Fn(&str) -> bool,
}

impl Reader<'_> {
    fn takes(&mut self, sign: &str) -> bool {
        let after = self.rest.trim_start().strip_prefix(sign);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn any(&mut self) -> Option<bool> {
        let mut held = self.all()?;
        while self.takes("||") {
            held |= self.all()?;
        }
        Some(held)
    }

    fn all(&mut self) -> Option<bool> {
        let mut held = self.one()?;
        while self.takes("&&") {
            held &= self.one()?;
        }
        Some(held)
    }

    fn one(&mut self) -> Option<bool> {
        if self.rest.len() > LONGEST {
            return None;
        }
        if self.takes("!") {
            return self.one().map(|held| !held);
        }
        if self.takes("(") {
            let held = self.any()?;
            return self.takes(")").then_some(held);
        }
        let rest = self.rest.trim_start();
        let end =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c))).unwrap_or(rest.len());
        let (name, rest) = rest.split_at(end);
        self.rest = rest;
        (!name.is_empty()).then(|| (self.is)(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `a` and `editorFocus` are the case, nothing else is.
    fn check(condition: &str, expected: Option<bool>) {
        let held = holds(condition, &|name| ["a", "editorFocus"].contains(&name));
        assert_eq!(held, expected, "{condition}");
    }

    #[test]
    fn conditions_are_read_as_people_write_them() {
        check("", Some(true));
        check("a", Some(true));
        check("b", Some(false));
        check("!b", Some(true));
        check("!!a", Some(true));
        check("a && b", Some(false));
        check("a&&!b", Some(true));
        check("b || editorFocus", Some(true));
        check("b && a || a", Some(true));
        check("b && (a || a)", Some(false));
        check(" ( a ) ", Some(true));
    }

    #[test]
    fn what_is_no_condition_is_none() {
        for text in ["a b", "a &&", "&& a", "(a", "a)", "!", "a | b", "a == b", "()"] {
            check(text, None);
        }
        check(&"!".repeat(100_000), None);
        check(&"(".repeat(100_000), None);
    }
}
