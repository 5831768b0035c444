//! What was found, as a tree: files by their paths, below each its matches. What a person has taken out stays out, and what has
//! the focus keeps it, whatever comes.

use std::{collections::HashSet, rc::Rc};

use protocol::{
    WorkspacePath,
    language::Position,
    search::{FoundFile, FoundLine, FoundMatch, ReplaceIn},
};
use widgets::{Piece, TreeRow, TreeRows};
use yew::AttrValue;

use crate::{
    icons,
    messages::say,
    state::search::found::{shown, visible},
    text::shown_name,
};

/// What stands between the path and the place in a match's key: no path holds it.
const BETWEEN: char = '\0';

/// What was found.
#[derive(Debug, Default)]
pub struct Results {
    /// By their paths.
    files: Vec<File>,
    /// The keys of rows that the person has taken out.
    dismissed: HashSet<String>,
    /// Files whose matches are folded away.
    collapsed: HashSet<WorkspacePath>,
    /// The rows that are shown.
    pub rows: TreeRows,
    /// The row with the focus.
    pub focused: Option<AttrValue>,
    /// Where the focus was last.
    place: usize,
}

/// A file in which something was found.
#[derive(Debug)]
struct File {
    path: WorkspacePath,
    matches: Vec<Match>,
}

/// A match.
#[derive(Debug)]
struct Match {
    start: Position,
    row: TreeRow,
}

/// A row that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    file: usize,
    /// Which of its matches; none for the file itself.
    found: Option<usize>,
}

impl Results {
    /// Takes files in that were found.
    pub fn add(&mut self, found: Vec<FoundFile>) {
        for FoundFile { path, lines } in found {
            let key_is_out = |key: &str| self.dismissed.contains(key);
            if key_is_out(path.as_str()) {
                continue;
            }
            let of_line = |line: &FoundLine| -> Vec<Match> {
                line.matches.iter().map(|found| Match::new(&path, line, found)).collect()
            };
            let mut matches: Vec<_> = lines.iter().flat_map(of_line).collect();
            matches.retain(|found| !key_is_out(&found.row.key));
            match self.files.binary_search_by(|file| file.path.cmp(&path)) {
                Ok(at) => self.files[at].matches.extend(matches),
                Err(_) if matches.is_empty() => {}
                Err(at) => self.files.insert(at, File { path, matches }),
            }
        }
        self.lay_out();
    }

    /// Forgets everything: something else is looked for.
    pub fn clear(&mut self) {
        *self = Self { rows: std::mem::take(&mut self.rows), ..Self::default() };
        self.lay_out();
    }

    /// The same is looked for again: what is found comes anew.
    pub fn begin_again(&mut self) {
        self.files.clear();
    }

    /// These matches are no longer there.
    pub fn remove(&mut self, gone: &[ReplaceIn]) {
        for ReplaceIn { path, matches } in gone {
            if let Ok(at) = self.files.binary_search_by(|file| file.path.cmp(path)) {
                self.files[at].matches.retain(|found| matches.binary_search(&found.start).is_err());
            }
        }
        self.files.retain(|file| !file.matches.is_empty());
        self.settle();
    }

    /// What the person has taken out may come again.
    pub fn forget_dismissed(&mut self) {
        self.dismissed.clear();
    }

    /// Nothing more comes: where the row with the focus is gone, one near it has it.
    pub fn settle(&mut self) {
        self.lay_out();
        if self.focused.as_ref().is_some_and(|key| self.rows.place(key).is_none()) {
            self.focus_at(self.place);
        }
    }

    /// How many matches there are, and in how many files.
    pub fn count(&self) -> (usize, usize) {
        (self.files.iter().map(|file| file.matches.len()).sum(), self.files.len())
    }

    /// Gives a row the focus.
    pub fn focus(&mut self, key: AttrValue) {
        self.place = self.rows.place(&key).unwrap_or(self.place);
        self.focused = Some(key);
    }

    fn focus_at(&mut self, place: usize) {
        let key = {
            let rows = self.rows.read();
            rows.get(place.min(rows.len().saturating_sub(1))).map(|row| row.key.clone())
        };
        self.place = place;
        self.focused = key;
    }

    /// Shows a file's matches, or folds them away.
    pub fn expand(&mut self, key: &str, expanded: bool) {
        let Some(Place { file, .. }) = self.find(key) else { return };
        let path = self.files[file].path.clone();
        if expanded {
            self.collapsed.remove(&path);
        } else {
            self.collapsed.insert(path);
        }
        self.lay_out();
    }

    /// Folds the matches of all files away; where one of them had the focus its file has it.
    pub fn collapse_all(&mut self) {
        self.collapsed = self.files.iter().map(|file| file.path.clone()).collect();
        self.lay_out();
        let focused = self.focused.as_ref().and_then(|key| self.find(key));
        if let Some(Place { file, .. }) = focused {
            self.focus(key_of(&self.files[file].path));
        }
    }

    /// Takes a file or a match out; the row that comes in its place has the focus.
    pub fn dismiss(&mut self, key: &str) {
        let Some(Place { file, found }) = self.find(key) else { return };
        let at = self.rows.place(key).unwrap_or(self.place);
        let matches = &mut self.files[file].matches;
        match found {
            Some(found) if matches.len() > 1 => {
                matches.remove(found);
                self.dismissed.insert(key.to_owned());
            }
            _ => {
                let gone = self.files.remove(file);
                self.dismissed.extend(gone.matches.iter().map(|found| found.row.key.to_string()));
                if found.is_none() {
                    self.dismissed.insert(key.to_owned());
                }
            }
        }
        self.lay_out();
        self.focus_at(at);
    }

    /// Where a match is; none for a file.
    pub fn place_of(&self, key: &str) -> Option<(WorkspacePath, Position)> {
        let Place { file, found } = self.find(key)?;
        let file = self.files.get(file)?;
        Some((file.path.clone(), file.matches.get(found?)?.start))
    }

    /// The file that a row is, or is of.
    pub fn path_of(&self, key: &str) -> Option<WorkspacePath> {
        Some(self.files.get(self.find(key)?.file)?.path.clone())
    }

    /// The match after the row with the focus, or before it, and around the ends. It gets the focus, and is shown.
    pub fn step(&mut self, forwards: bool) -> Option<AttrValue> {
        let here = self.focused.as_ref().and_then(|key| self.find(key));
        let (file, found) = if forwards { self.after(here)? } else { self.before(here)? };
        let file = self.files.get(file)?;
        let key = file.matches.get(found)?.row.key.clone();
        let path = file.path.clone();
        if self.collapsed.remove(&path) {
            self.lay_out();
        }
        self.focus(key.clone());
        Some(key)
    }

    fn after(&self, here: Option<Place>) -> Option<(usize, usize)> {
        let Some(Place { file, found }) = here else { return self.files.first().map(|_| (0, 0)) };
        let next = found.map_or(0, |found| found + 1);
        if next < self.files.get(file)?.matches.len() {
            return Some((file, next));
        }
        Some(((file + 1) % self.files.len(), 0))
    }

    fn before(&self, here: Option<Place>) -> Option<(usize, usize)> {
        let last = |file: usize| Some((file, self.files.get(file)?.matches.len().checked_sub(1)?));
        let end = self.files.len().checked_sub(1)?;
        match here {
            None => last(end),
            Some(Place { file, found: Some(found) }) if found > 0 => Some((file, found - 1)),
            Some(Place { file, .. }) => last(file.checked_sub(1).unwrap_or(end)),
        }
    }

    /// What of a row would be replaced: of all files, where none is given.
    pub fn to_replace(&self, key: Option<&str>) -> Vec<ReplaceIn> {
        let Some(key) = key else { return self.files.iter().map(File::replaced).collect() };
        let Some(Place { file, found }) = self.find(key) else { return Vec::new() };
        let Some(file) = self.files.get(file) else { return Vec::new() };
        match found.and_then(|found| file.matches.get(found)) {
            Some(found) => vec![ReplaceIn { path: file.path.clone(), matches: vec![found.start] }],
            None => vec![file.replaced()],
        }
    }

    fn find(&self, key: &str) -> Option<Place> {
        let path = key.split(BETWEEN).next().unwrap_or_default();
        let file = self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()?;
        if path.len() == key.len() {
            return Some(Place { file, found: None });
        }
        let found = self.files.get(file)?.matches.iter().position(|found| found.row.key == key)?;
        Some(Place { file, found: Some(found) })
    }

    /// Puts the rows where they belong.
    fn lay_out(&mut self) {
        let (files, collapsed) = (&self.files, &self.collapsed);
        self.rows.change(|rows| {
            rows.clear();
            for (index, file) in files.iter().enumerate() {
                let expanded = !collapsed.contains(&file.path);
                rows.push(file.row((index + 1, files.len()), expanded));
                let matches = file.matches.iter().enumerate().filter(|_| expanded);
                rows.extend(matches.map(|(index, found)| TreeRow {
                    position: index + 1,
                    siblings: file.matches.len(),
                    ..found.row.clone()
                }));
            }
            true
        });
        let place = self.focused.as_ref().and_then(|key| self.rows.place(key));
        self.place = place.unwrap_or(self.place);
    }
}

impl File {
    fn row(&self, (position, siblings): (usize, usize), expanded: bool) -> TreeRow {
        let (icon, class) = icons::of_file(self.path.name());
        let folder = self.path.parent().unwrap_or_default();
        TreeRow {
            key: key_of(&self.path),
            label: shown_name(self.path.name()).into(),
            detail: shown_name(folder.as_str()).into(),
            badge: self.matches.len().to_string().into(),
            level: 1,
            expanded: Some(expanded),
            icon: icon.into(),
            class,
            position,
            siblings,
            ..TreeRow::default()
        }
    }

    fn replaced(&self) -> ReplaceIn {
        let matches = self.matches.iter().map(|found| found.start).collect();
        ReplaceIn { path: self.path.clone(), matches }
    }
}

fn key_of(path: &WorkspacePath) -> AttrValue {
    path.to_string().into()
}

impl Match {
    fn new(path: &WorkspacePath, line: &FoundLine, found: &FoundMatch) -> Self {
        let (start, shown) = (found.range.start, shown(line, found));
        let label = format!("{}{}{}", shown.before, shown.met, shown.after);
        let mut pieces = vec![Piece::Plain(shown.before.into())];
        match &found.with {
            None => pieces.push(Piece::Met(shown.met.into())),
            Some(with) => {
                pieces.extend([Piece::Gone(shown.met.into()), Piece::New(visible(with).into())]);
            }
        }
        pieces.push(Piece::Plain(shown.after.into()));
        pieces.retain(|piece| !text_of(piece).is_empty());
        let row = TreeRow {
            key: format!("{path}{BETWEEN}{}:{}", start.line, start.character).into(),
            label: label.into(),
            pieces: Some(Rc::from(pieces)),
            detail: say!("search.line", line = start.line + 1),
            level: 2,
            class: "search-match",
            ..TreeRow::default()
        };
        Self { start, row }
    }
}

/// The text of a piece.
fn text_of(piece: &Piece) -> &AttrValue {
    match piece {
        Piece::Plain(text) | Piece::Met(text) | Piece::Gone(text) | Piece::New(text) => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::search::found::tests::file;

    /// The rows: a file's name and number, a match's line.
    fn rows(results: &Results) -> Vec<String> {
        let row = |row: &TreeRow| match row.level {
            1 => format!("{} {}", row.key, row.badge),
            _ => row.key.replace(BETWEEN, " "),
        };
        results.rows.read().iter().map(row).collect()
    }

    fn check(results: &Results, expected: &[&str]) {
        assert_eq!(rows(results), expected);
        // Places are counted anew, whatever came and went.
        let rows = results.rows.read();
        let of_files: Vec<_> = rows.iter().filter(|row| row.level == 1).collect();
        for (index, row) in of_files.iter().enumerate() {
            assert_eq!((row.position, row.siblings), (index + 1, of_files.len()), "{}", row.key);
        }
    }

    fn found() -> Results {
        let mut results = Results::default();
        results.add(vec![file("src/b.rs", &[(3, 4), (3, 8), (9, 0)])]);
        results.add(vec![file("a.txt", &[(0, 0)]), file("src/z.rs", &[(1, 0)])]);
        results
    }

    #[test]
    fn files_come_in_any_order_and_stand_by_their_paths() {
        let results = found();
        check(
            &results,
            &[
                "a.txt 1",
                "a.txt 0:0",
                "src/b.rs 3",
                "src/b.rs 3:4",
                "src/b.rs 3:8",
                "src/b.rs 9:0",
                "src/z.rs 1",
                "src/z.rs 1:0",
            ],
        );
        assert_eq!(results.count(), (5, 3));
        let row = results.rows.read()[2].clone();
        assert_eq!((row.label.as_str(), row.detail.as_str(), row.expanded), ("b.rs", "src", Some(true)));
    }

    #[test]
    fn what_has_the_focus_keeps_it_as_files_come_before_it() {
        let mut results = Results::default();
        results.add(vec![file("m", &[(5, 0)])]);
        results.focus("m\u{0}5:0".into());
        results.add(vec![file("a", &[(0, 0)]), file("z", &[(0, 0)])]);
        results.settle();
        assert_eq!(results.focused.as_deref(), Some("m\u{0}5:0"));
        assert_eq!(results.rows.place("m\u{0}5:0"), Some(3));
    }

    #[test]
    fn what_is_taken_out_stays_out_while_the_same_is_looked_for() {
        let mut results = found();
        results.dismiss("src/b.rs\u{0}3:8");
        results.dismiss("a.txt");
        check(&results, &["src/b.rs 2", "src/b.rs 3:4", "src/b.rs 9:0", "src/z.rs 1", "src/z.rs 1:0"]);
        assert_eq!(results.focused.as_deref(), Some("src/b.rs"), "what comes in its place");
        results.begin_again();
        results.add(vec![file("a.txt", &[(0, 0), (7, 0)]), file("src/b.rs", &[(3, 4), (3, 8)])]);
        check(&results, &["src/b.rs 1", "src/b.rs 3:4"]);
        results.forget_dismissed();
        results.begin_again();
        results.add(vec![file("a.txt", &[(0, 0)])]);
        check(&results, &["a.txt 1", "a.txt 0:0"]);
        // The last match goes with its file, and comes again with another one beside it.
        results.dismiss("a.txt\u{0}0:0");
        check(&results, &[]);
        assert_eq!(results.focused, None);
        results.begin_again();
        results.add(vec![file("a.txt", &[(0, 0), (4, 0)])]);
        check(&results, &["a.txt 1", "a.txt 4:0"]);
        results.clear();
        results.add(vec![file("a.txt", &[(0, 0)])]);
        check(&results, &["a.txt 1", "a.txt 0:0"]);
    }

    #[test]
    fn what_was_replaced_goes_and_what_comes_in_its_place_has_the_focus() {
        let mut results = found();
        results.focus("src/b.rs\u{0}3:8".into());
        let gone = |path: &str, places: &[(u32, u32)]| ReplaceIn {
            path: WorkspacePath::parse(path).unwrap(),
            matches: places
                .iter()
                .map(|(line, character)| Position { line: *line, character: *character })
                .collect(),
        };
        results.remove(&[gone("src/b.rs", &[(3, 8)]), gone("a.txt", &[(0, 0)]), gone("other", &[(0, 0)])]);
        check(&results, &["src/b.rs 2", "src/b.rs 3:4", "src/b.rs 9:0", "src/z.rs 1", "src/z.rs 1:0"]);
        assert_eq!(results.focused.as_deref(), Some("src/z.rs\u{0}1:0"), "what is in its place");
        results.begin_again();
        results.add(vec![file("src/b.rs", &[(3, 8)])]);
        assert_eq!(results.count(), (1, 1), "it may come again");
    }

    #[test]
    fn files_fold_their_matches_away_and_the_focus_does_not_get_lost() {
        let mut results = found();
        results.focus("src/b.rs\u{0}3:8".into());
        results.collapse_all();
        check(&results, &["a.txt 1", "src/b.rs 3", "src/z.rs 1"]);
        assert_eq!(results.focused.as_deref(), Some("src/b.rs"));
        results.expand("a.txt", true);
        check(&results, &["a.txt 1", "a.txt 0:0", "src/b.rs 3", "src/z.rs 1"]);
        results.expand("a.txt", false);
        results.begin_again();
        results.add(vec![file("a.txt", &[(0, 0)])]);
        results.settle();
        check(&results, &["a.txt 1"]);
        assert_eq!(results.focused.as_deref(), Some("a.txt"), "what is near what is gone");
    }

    #[test]
    fn one_goes_from_match_to_match_and_around() {
        let mut results = found();
        let step = |results: &mut Results, forwards| {
            results.step(forwards).map(|key| key.replace(BETWEEN, " ")).unwrap_or_default()
        };
        results.expand("src/b.rs", false);
        let forwards: Vec<_> = (0..6).map(|_| step(&mut results, true)).collect();
        let expected =
            ["a.txt 0:0", "src/b.rs 3:4", "src/b.rs 3:8", "src/b.rs 9:0", "src/z.rs 1:0", "a.txt 0:0"];
        assert_eq!(forwards, expected);
        assert_eq!(step(&mut results, false), "src/z.rs 1:0");
        assert_eq!(step(&mut results, false), "src/b.rs 9:0");
        results.focus("src/b.rs".into());
        assert_eq!(step(&mut results, false), "a.txt 0:0");
        results.focus("src/b.rs".into());
        assert_eq!(step(&mut results, true), "src/b.rs 3:4");
        assert_eq!(Results::default().step(true), None);
        assert_eq!(Results::default().step(false), None);
    }

    #[test]
    fn what_is_replaced_is_what_is_listed() {
        let mut results = found();
        let said = |results: &Results, key: Option<&str>| -> Vec<String> {
            let place = |place: &Position| format!("{}:{}", place.line, place.character);
            let file = |file: ReplaceIn| {
                format!("{} {}", file.path, file.matches.iter().map(place).collect::<Vec<_>>().join(" "))
            };
            results.to_replace(key).into_iter().map(file).collect()
        };
        assert_eq!(said(&results, Some("src/b.rs\u{0}3:8")), ["src/b.rs 3:8"]);
        assert_eq!(said(&results, Some("src/b.rs")), ["src/b.rs 3:4 3:8 9:0"]);
        results.dismiss("src/b.rs\u{0}3:4");
        results.dismiss("a.txt");
        assert_eq!(said(&results, None), ["src/b.rs 3:8 9:0", "src/z.rs 1:0"]);
        assert!(said(&results, Some("a.txt")).is_empty());
    }

    #[test]
    fn a_match_is_drawn_with_what_comes_in_its_place() {
        let mut one = file("a", &[(0, 4)]);
        one.lines[0].text = "let abc = 1".into();
        let pieces = |file: &FoundFile| {
            let mut results = Results::default();
            results.add(vec![file.clone()]);
            let rows = results.rows.read();
            rows[1].pieces.as_ref().map(|pieces| pieces.to_vec()).unwrap_or_default()
        };
        let plain = |text: &'static str| Piece::Plain(text.into());
        assert_eq!(pieces(&one), [plain("let "), Piece::Met("abc".into()), plain(" = 1")]);
        one.lines[0].matches[0].with = Some("x\ny".into());
        assert_eq!(
            pieces(&one),
            [plain("let "), Piece::Gone("abc".into()), Piece::New("x⏎y".into()), plain(" = 1")]
        );
        one.lines[0].matches[0].with = Some(String::new());
        assert_eq!(pieces(&one), [plain("let "), Piece::Gone("abc".into()), plain(" = 1")]);
    }
}
