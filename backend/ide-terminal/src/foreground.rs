//! Which program is in the foreground of a terminal, and what it calls itself.

use protocol::terminal::MAX_TITLE;

/// The foreground, as it was last looked at.
#[derive(Debug, Default)]
pub(crate) struct Foreground {
    /// The shell's name, `bash`.
    shell: String,
    program: Option<Program>,
    /// The last title set, and the process group that was in front then: it goes with that one.
    title: Option<(i32, String)>,
}

/// The leader of the process group that has the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Program {
    /// Its process group.
    pub(crate) group: i32,
    /// Its name, as the kernel knows it.
    pub(crate) name: String,
    /// Whether it is the process that the terminal was started with.
    pub(crate) is_first: bool,
}

impl Foreground {
    pub(crate) fn of_shell(shell: &str) -> Self {
        Self { shell: shell.to_owned(), ..Self::default() }
    }

    /// Looked again; none where the terminal has no program any more.
    pub(crate) fn look(&mut self, program: Option<Program>) {
        self.program = program;
    }

    /// A program set a title; an empty one takes it back.
    pub(crate) fn titled(&mut self, group: Option<i32>, title: &str) {
        self.title = group.zip(Some(clean(title)).filter(|title| !title.is_empty()));
    }

    /// The program that runs, where it is not the shell.
    pub(crate) fn running(&self) -> Option<&str> {
        let program = self.program.as_ref()?;
        // A shell that was replaced by `exec` is a program, too.
        let is_shell = program.is_first && program.name == self.shell;
        (!is_shell).then_some(&program.name)
    }

    /// What is going on, in a few words; none where nothing but the shell is there and says nothing.
    pub(crate) fn title(&self) -> Option<&str> {
        let program = self.program.as_ref()?;
        let own = self.title.as_ref().filter(|(group, _)| *group == program.group);
        own.map(|(_, title)| title.as_str()).or_else(|| self.running())
    }
}

/// A title as it may be shown: without control characters, and without the `user@host:` that shells put before the folder.
fn clean(title: &str) -> String {
    let plain: String = title.chars().filter(|c| !c.is_control()).take(MAX_TITLE).collect();
    let folder = plain.split_once(':').filter(|(place, _)| is_place(place)).map(|(_, folder)| folder.trim());
    folder.filter(|folder| !folder.is_empty()).unwrap_or_else(|| plain.trim()).to_owned()
}

/// Whether a text is `user@host`.
fn is_place(text: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
    };
    text.split_once('@').is_some_and(|(user, host)| is_name(user) && is_name(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHELL: i32 = 10;

    fn program(group: i32, name: &str) -> Program {
        Program { group, name: name.into(), is_first: group == SHELL }
    }

    /// Titles set by groups, then who is in front: the title and the running program.
    fn check(titles: &[(i32, &str)], front: Program, title: Option<&str>, running: Option<&str>) {
        let mut state = Foreground::of_shell("bash");
        for (group, title) in titles {
            state.titled(Some(*group), title);
        }
        state.look(Some(front));
        assert_eq!((state.title(), state.running()), (title, running), "{titles:?}");
    }

    #[test]
    fn the_program_in_front_is_shown() {
        let shell = || program(SHELL, "bash");
        check(&[], shell(), None, None);
        check(&[], program(11, "top"), Some("top"), Some("top"));
        check(&[], program(SHELL, "top"), Some("top"), Some("top"));
        check(&[(SHELL, "notes")], shell(), Some("notes"), None);
        check(&[(SHELL, "notes")], program(11, "top"), Some("top"), Some("top"));
        check(&[(11, "a.txt - VIM")], program(11, "vim"), Some("a.txt - VIM"), Some("vim"));
        check(&[(11, "a.txt - VIM")], shell(), None, None);
        check(&[(11, "x"), (11, "")], program(11, "vim"), Some("vim"), Some("vim"));
        let mut gone = Foreground::of_shell("bash");
        gone.titled(None, "late");
        assert_eq!((gone.title(), gone.running()), (None, None));
    }

    #[test]
    fn titles_are_cleaned() {
        for (title, shown) in [
            ("plain", "plain"),
            ("  ", ""),
            ("a\u{7}b\u{1b}[31mc\u{9b}", "ab[31mc"),
            ("ada@host: ~/work", "~/work"),
            ("ada@host:/w", "/w"),
            ("ada@host:", "ada@host:"),
            ("mail to ada@host: x", "mail to ada@host: x"),
            ("C: drive", "C: drive"),
        ] {
            assert_eq!(clean(title), shown);
        }
        assert_eq!(clean(&"ü".repeat(9000)).chars().count(), MAX_TITLE);
    }
}
