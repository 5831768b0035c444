//! What a person writes to search: what is looked for, where, and the searches before.

use protocol::{WorkspacePath, search::Query};

/// Earlier searches that are kept.
const MAX_HISTORY: usize = 100;

/// A switch of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// Capitals differ from small letters.
    Case,
    /// Words are met whole.
    Word,
    /// What is looked for is an expression.
    Regex,
    /// Files that `.gitignore` leaves out are searched, too.
    Ignored,
    /// Only files that are open here.
    Open,
    /// The fields of globs are seen.
    Details,
    /// The field of what comes in place is seen.
    Replace,
}

/// What is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// What is looked for.
    pub pattern: String,
    /// What comes in its place.
    pub replacement: String,
    /// Globs of files to include.
    pub include: String,
    /// Globs of files to exclude.
    pub exclude: String,
    /// The switches that are on.
    on: Vec<Switch>,
}

/// What a search was begun with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What, and where; without the files, where it is about open ones: these are known as it begins.
    pub query: Query,
    /// What would come in its place.
    pub replacement: Option<String>,
    /// Whether only open files are searched.
    pub open: bool,
}

impl Form {
    /// Whether a switch is on.
    pub fn is(&self, switch: Switch) -> bool {
        self.on.contains(&switch)
    }

    /// Turns a switch.
    pub fn turn(&mut self, switch: Switch, on: bool) {
        self.on.retain(|known| *known != switch);
        if on {
            self.on.push(switch);
        }
    }

    /// What is searched for as it is written now; none where nothing is.
    pub fn asked(&self) -> Option<Asked> {
        let query = Query {
            pattern: self.pattern.clone(),
            regex: self.is(Switch::Regex),
            case: self.is(Switch::Case),
            word: self.is(Switch::Word),
            include: globs(&self.include),
            exclude: globs(&self.exclude),
            ignored: self.is(Switch::Ignored),
            files: None,
        };
        let replacement = self.is(Switch::Replace).then(|| self.replacement.clone());
        (!self.pattern.is_empty()).then_some(Asked { query, replacement, open: self.is(Switch::Open) })
    }

    /// Writes a text that is looked for as it stands.
    pub fn write(&mut self, text: &str) {
        self.pattern = if self.is(Switch::Regex) { escaped(text, SIGNS) } else { text.to_owned() };
    }

    /// Looks in a folder alone.
    pub fn look_in(&mut self, folder: &WorkspacePath) {
        self.include = if folder.is_root() {
            String::new()
        } else {
            format!("/{}/**", escaped(folder.as_str(), GLOB_SIGNS))
        };
        self.turn(Switch::Details, true);
    }
}

/// What means something in an expression.
const SIGNS: &str = r"\.+*?()|[]{}^$#&-~";
/// What means something in a glob, or between two.
const GLOB_SIGNS: &str = r"\*?[]{},!";

/// A text with a backslash before each of these signs.
fn escaped(text: &str, signs: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for letter in text.chars() {
        if signs.contains(letter) {
            written.push('\\');
        }
        written.push(letter);
    }
    written
}

/// Globs with commas between them; one in braces or after a backslash is a part of its glob.
pub fn globs(written: &str) -> Vec<String> {
    let (mut globs, mut glob, mut depth, mut escaped) = (Vec::new(), String::new(), 0_usize, false);
    for letter in written.chars() {
        if letter == ',' && depth == 0 && !escaped {
            globs.push(std::mem::take(&mut glob));
            continue;
        }
        match letter {
            '{' if !escaped => depth += 1,
            '}' if !escaped => depth = depth.saturating_sub(1),
            _ => {}
        }
        escaped = letter == '\\' && !escaped;
        glob.push(letter);
    }
    globs.push(glob);
    globs.iter().map(|glob| glob.trim()).filter(|glob| !glob.is_empty()).map(ToOwned::to_owned).collect()
}

/// Earlier searches, for as long as the page lives.
#[derive(Debug, Default)]
pub struct History {
    /// What was looked for, the last one at the end.
    earlier: Vec<String>,
    /// The one that is shown.
    at: Option<usize>,
    /// What was written before any was shown.
    draft: String,
}

impl History {
    /// Keeps a search, as the last one.
    pub fn keep(&mut self, pattern: &str) {
        self.at = None;
        if pattern.is_empty() {
            return;
        }
        self.earlier.retain(|known| known != pattern);
        self.earlier.push(pattern.to_owned());
        let surplus = self.earlier.len().saturating_sub(MAX_HISTORY);
        self.earlier.drain(..surplus);
    }

    /// Something is written: from here one goes back.
    pub fn leave(&mut self) {
        self.at = None;
    }

    /// The search before the one that is shown, where there is one; `written`: what stands there now.
    pub fn back(&mut self, written: &str) -> Option<String> {
        if self.at.is_none() {
            written.clone_into(&mut self.draft);
        }
        let mut before = self.earlier.get(..self.at.unwrap_or(self.earlier.len()))?.iter();
        // What stands there already is no other search.
        let found = before.rposition(|known| known != written)?;
        self.at = Some(found);
        self.earlier.get(found).cloned()
    }

    /// The search after it; at last what was written before.
    pub fn forth(&mut self) -> Option<String> {
        let next = self.at? + 1;
        let found = self.earlier.get(next).cloned();
        self.at = found.is_some().then_some(next);
        Some(found.unwrap_or_else(|| std::mem::take(&mut self.draft)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_are_separated_by_commas_of_their_own() {
        let check = |written: &str, expected: &[&str]| assert_eq!(globs(written), expected, "{written}");
        check("", &[]);
        check(" , ,", &[]);
        check("*.rs", &["*.rs"]);
        check("src/**, *.toml ,!x", &["src/**", "*.toml", "!x"]);
        check("*.{ts,js},b", &["*.{ts,js}", "b"]);
        check("{a,{b,c}},d", &["{a,{b,c}}", "d"]);
        check(r"a\,b,c", &[r"a\,b", "c"]);
        check(r"a\\,b", &[r"a\\", "b"]);
        check(r"\{a,b", &[r"\{a", "b"]);
        check("a},b", &["a}", "b"]);
    }

    #[test]
    fn a_folder_is_a_glob_of_what_is_in_it() {
        let check = |folder: &str, expected: &str| {
            let mut form = Form::default();
            form.look_in(&WorkspacePath::parse(folder).unwrap());
            assert_eq!(form.include, expected);
            assert!(form.is(Switch::Details), "it is seen");
            assert_eq!(globs(&form.include).len(), usize::from(!expected.is_empty()), "one glob");
        };
        check("src/panels", "/src/panels/**");
        check("", "");
        check("a,b [1]", r"/a\,b \[1\]/**");
    }

    #[test]
    fn a_text_that_is_taken_over_is_met_as_it_stands() {
        let mut form = Form::default();
        form.write("a.b(c)");
        assert_eq!(form.pattern, "a.b(c)");
        form.turn(Switch::Regex, true);
        form.write("a.b(c)");
        assert_eq!(form.pattern, r"a\.b\(c\)");
    }

    #[test]
    fn what_is_asked_is_what_is_written() {
        let mut form = Form { include: "*.rs".into(), replacement: "y".into(), ..Form::default() };
        assert_eq!(form.asked(), None, "nothing is looked for");
        form.pattern = "x".into();
        form.turn(Switch::Word, true);
        let asked = form.asked().unwrap();
        assert_eq!((asked.replacement, asked.open), (None, false), "it is folded away");
        assert!(asked.query.word && !asked.query.case && asked.query.include == ["*.rs"]);
        form.turn(Switch::Replace, true);
        form.turn(Switch::Word, false);
        let asked = form.asked().unwrap();
        assert_eq!((asked.replacement.as_deref(), asked.query.word), (Some("y"), false));
    }

    #[test]
    fn earlier_searches_are_walked_and_what_was_written_comes_back() {
        let mut history = History::default();
        assert_eq!((history.back("new"), history.forth()), (None, None));
        for pattern in ["a", "b", "", "a", "c"] {
            history.keep(pattern);
        }
        assert_eq!(history.back("new").as_deref(), Some("c"));
        assert_eq!(history.back("c").as_deref(), Some("a"));
        assert_eq!(history.back("a").as_deref(), Some("b"));
        assert_eq!(history.back("b"), None);
        assert_eq!(history.forth().as_deref(), Some("a"));
        assert_eq!(history.forth().as_deref(), Some("c"));
        assert_eq!(history.forth().as_deref(), Some("new"));
        assert_eq!(history.forth(), None);
        assert_eq!(history.back("c").as_deref(), Some("a"), "what stands there is passed over");
        history.leave();
        assert_eq!(history.back("d").as_deref(), Some("c"));
        for number in 0..200 {
            history.keep(&number.to_string());
        }
        assert_eq!(history.earlier.len(), MAX_HISTORY);
    }
}
