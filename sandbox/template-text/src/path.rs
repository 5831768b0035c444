//! Where in a template something is: `/Resources/Api/Properties/Body`. A chain on the stack, so that walking costs nothing.

use std::fmt;

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// A member of a map.
    Key(&'a str),
    /// An element of a list.
    Index(usize),
}

/// A place in a template, as seen from its top.
#[derive(Clone, Copy, Debug, Default)]
pub struct Path<'a> {
    parent: Option<(&'a Path<'a>, Step<'a>)>,
}

impl<'a> Path<'a> {
    /// The template itself.
    pub const TOP: Path<'static> = Path { parent: None };

    /// A member of the map at this place.
    #[must_use]
    pub fn key(&'a self, name: &'a str) -> Path<'a> {
        Path { parent: Some((self, Step::Key(name))) }
    }

    /// An element of the list at this place.
    #[must_use]
    pub fn index(&'a self, index: usize) -> Path<'a> {
        Path { parent: Some((self, Step::Index(index))) }
    }

    /// The steps from the top to here.
    pub fn steps(&self) -> Vec<String> {
        let mut steps = Vec::new();
        let mut place = self;
        while let Some((parent, step)) = place.parent {
            steps.push(match step {
                Step::Key(name) => name.to_owned(),
                Step::Index(index) => index.to_string(),
            });
            place = parent;
        }
        steps.reverse();
        steps
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", self.steps().join("/"))
    }
}
