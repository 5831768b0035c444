//! The rows of a tree: shared by whoever keeps them and whoever draws them, changed in their place, and found from where one
//! was found before. Which rows there are is their owner's business.

use std::{
    cell::{Cell, Ref, RefCell},
    rc::Rc,
};

use yew::AttrValue;

/// A part of a row's text.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// As it is.
    Plain(AttrValue),
    /// What was looked for.
    Met(AttrValue),
    /// What would go.
    Gone(AttrValue),
    /// What would come.
    New(AttrValue),
}

/// A row of a tree.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TreeRow {
    /// Its identity.
    pub key: AttrValue,
    /// Its text and accessible name.
    pub label: AttrValue,
    /// The label as it is drawn, where it is in pieces.
    pub pieces: Option<Rc<[Piece]>>,
    /// Text after the label that is less important.
    pub detail: AttrValue,
    /// A number at its end; none if empty.
    pub badge: AttrValue,
    /// Its depth, from 1.
    pub level: u32,
    /// Whether it is open; none where it has nothing below it.
    pub expanded: Option<bool>,
    /// Its icon.
    pub icon: AttrValue,
    /// More classes.
    pub class: &'static str,
    /// Its place among its siblings, from 1.
    pub position: usize,
    /// How many siblings there are, itself included.
    pub siblings: usize,
    /// The text being edited in place of the label.
    pub editing: Option<AttrValue>,
}

/// Rows of a tree. Clones are the same rows, as they are now, and equal to what they were cloned from until it changes them.
#[derive(Clone, Debug, Default)]
pub struct TreeRows {
    rows: Rc<RefCell<Vec<TreeRow>>>,
    /// Grows with every change.
    version: u64,
    /// Where a row was found last: the next one that is looked for is mostly near it.
    found: Rc<Cell<usize>>,
}

impl PartialEq for TreeRows {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.rows, &other.rows) && self.version == other.version
    }
}

impl From<Vec<TreeRow>> for TreeRows {
    fn from(rows: Vec<TreeRow>) -> Self {
        Self { rows: Rc::new(RefCell::new(rows)), ..Self::default() }
    }
}

impl TreeRows {
    /// The rows, to look at. Nobody may be told anything meanwhile that could change them.
    pub fn read(&self) -> Ref<'_, Vec<TreeRow>> {
        self.rows.borrow()
    }

    /// Changes them; `change` says whether anything is different now.
    pub fn change(&mut self, change: impl FnOnce(&mut Vec<TreeRow>) -> bool) {
        let changed = change(&mut self.rows.borrow_mut());
        self.version += u64::from(changed);
    }

    /// The place of a row: as many rows are looked at as lie between it and the one that was found last.
    pub fn place(&self, key: &str) -> Option<usize> {
        let rows = self.rows.borrow();
        let is = |index: usize| rows.get(index).is_some_and(|row| row.key == key);
        let found = near(self.found.get(), rows.len(), is)?;
        self.found.set(found);
        Some(found)
    }

    /// Where a row was found last.
    pub fn found(&self) -> usize {
        self.found.get()
    }
}

/// The place in so many rows that is meant, looked for from a place on, in both directions. The first and the last come before
/// those: keys lead there from anywhere.
pub fn near(from: usize, count: usize, mut is: impl FnMut(usize) -> bool) -> Option<usize> {
    let last = count.checked_sub(1)?;
    let from = from.min(last);
    if let Some(at) = [from, 0, last].into_iter().find(|at| is(*at)) {
        return Some(at);
    }
    for far in 1..count {
        if far <= from && is(from - far) {
            return Some(from - far);
        }
        if from + far <= last && is(from + far) {
            return Some(from + far);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many rows are looked at to find one.
    fn check(from: usize, wanted: usize, expected: usize) {
        let mut seen = 0;
        let found = near(from, 6000, |index| {
            seen += 1;
            index == wanted
        });
        assert_eq!((found, seen), (Some(wanted), expected), "from {from} to {wanted}");
    }

    #[test]
    fn a_row_is_found_by_looking_at_those_between() {
        check(3000, 3000, 1);
        check(3000, 2999, 4);
        check(3000, 3001, 5);
        check(3000, 3020, 43);
        check(3000, 0, 2);
        check(10, 5999, 3);
        assert_eq!(near(7, 0, |_| true), None);
        assert_eq!(near(7, 3, |index| index == 1), Some(1), "there were more before");
        assert_eq!(near(1, 3, |_| false), None);
    }

    #[test]
    fn rows_are_others_once_they_changed_and_not_before() {
        let row = |key: &'static str| TreeRow { key: key.into(), ..TreeRow::default() };
        let mut rows = TreeRows::from(vec![row("a"), row("b")]);
        let drawn = rows.clone();
        rows.change(|_| false);
        assert_eq!(rows, drawn);
        rows.change(|rows| {
            rows.insert(0, row("new"));
            true
        });
        assert_ne!(rows, drawn);
        assert_eq!((rows.place("b"), drawn.found(), drawn.read().len()), (Some(2), 2, 3));
        assert_eq!((rows.place("gone"), rows.found()), (None, 2));
        assert_ne!(TreeRows::from(Vec::new()), TreeRows::from(Vec::new()));
    }
}
