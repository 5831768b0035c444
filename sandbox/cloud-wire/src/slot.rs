//! Where what is read goes: a place within a typed value, which its reader knows by the schema alone.

use std::cell::RefCell;

use budget::Exhausted;
use cloud_core::AwsError;

use crate::misfit::{Misfit, Misfits, Step};
use crate::room::Room;
use crate::schema::{Kind, Member};
use crate::shape::{Given, Shape, Unfit};

/// What all parts of a value that is being read have in common.
#[derive(Debug)]
pub(crate) struct Reading<'r> {
    room: &'r Room,
    misfits: RefCell<Misfits>,
}

impl<'r> Reading<'r> {
    pub(crate) fn new(room: &'r Room) -> Self {
        Self { room, misfits: RefCell::default() }
    }

    /// The whole of the value.
    pub(crate) fn slot<'s>(&'s self, shape: &'s mut dyn Shape) -> Slot<'s> {
        Slot { shape, variant: None, at: At { above: None, by: By::Whole }, reading: self }
    }

    /// What of all that was read does not fit.
    pub(crate) fn misfits(self) -> Misfits {
        self.misfits.into_inner().sorted()
    }
}

/// A place to be filled.
pub(crate) struct Slot<'s> {
    shape: &'s mut dyn Shape,
    /// The union's member that comes to be there with its value.
    variant: Option<usize>,
    at: At<'s>,
    reading: &'s Reading<'s>,
}

/// How a place is reached. A chain of what lies on the stack anyway, so that it costs nothing unless it is told.
#[derive(Clone, Copy)]
struct At<'s> {
    above: Option<&'s At<'s>>,
    by: By<'s>,
}

#[derive(Clone, Copy)]
enum By<'s> {
    Whole,
    Part(usize),
    Entry(&'s str),
}

impl At<'_> {
    fn steps(&self) -> Vec<Step> {
        let mut steps = self.above.map_or_else(Vec::new, At::steps);
        match self.by {
            By::Whole => {}
            By::Part(place) => steps.push(Step::Part(place)),
            By::Entry(key) => steps.push(Step::Entry(key.to_owned())),
        }
        steps
    }
}

impl<'s> Slot<'s> {
    /// Asks for memory before it is allocated.
    pub(crate) fn take(&self, bytes: usize) -> Result<(), Exhausted> {
        self.reading.room.take(bytes)
    }

    pub(crate) fn room(&self) -> &'s Room {
        self.reading.room
    }

    /// Its value is this.
    pub(crate) fn set(self, given: Given<'_>) -> Result<(), Unfit> {
        let number = if let Given::Integer(number) = given { Some(number) } else { None };
        let Slot { shape, at, reading, .. } = self.open()?;
        match (shape.set(given), number) {
            (Err(unfit), Some(number)) => {
                let mut misfits = reading.misfits.borrow_mut();
                misfits.add(at.steps(), Misfit::Number(number, unfit));
                Ok(())
            }
            (set, _) => set,
        }
    }

    /// Its value has parts, which are filled next.
    pub(crate) fn begin(self) -> Result<Self, Unfit> {
        let slot = self.open()?;
        slot.shape.begin();
        Ok(slot)
    }

    /// As far as a union's member is only announced, it is there now.
    fn open(self) -> Result<Self, Unfit> {
        let Slot { shape, variant, at, reading } = self;
        let shape = match variant {
            Some(place) => shape.variant(place).ok_or(Unfit("a union"))?,
            None => shape,
        };
        Ok(Self { shape, variant: None, at, reading })
    }

    /// The same place, to be filled by one of several.
    pub(crate) fn again(&mut self) -> Slot<'_> {
        Slot { shape: &mut *self.shape, variant: self.variant, at: self.at, reading: self.reading }
    }

    /// A structure's member.
    pub(crate) fn member(&mut self, place: usize) -> Result<Slot<'_>, Unfit> {
        let shape = self.shape.member(place).ok_or(Unfit("a structure"))?;
        let at = At { above: Some(&self.at), by: By::Part(place) };
        Ok(Slot { shape, variant: None, at, reading: self.reading })
    }

    /// A structure's member, of which something was said before that does not count any more.
    pub(crate) fn clear(&mut self, place: usize) {
        if let Some(member) = self.shape.member(place) {
            member.clear();
        }
        let at = At { above: Some(&self.at), by: By::Part(place) };
        self.reading.misfits.borrow_mut().forget(&at.steps());
    }

    /// A union's member. Until something is there, none is.
    pub(crate) fn variant(&mut self, place: usize) -> Slot<'_> {
        let at = At { above: Some(&self.at), by: By::Part(place) };
        Slot { shape: &mut *self.shape, variant: Some(place), at, reading: self.reading }
    }

    /// A list's next element, which has that place. What it takes is asked for before.
    pub(crate) fn element(&mut self, place: usize) -> Result<Slot<'_>, AwsError> {
        self.take(self.shape.growth())?;
        let shape = self.shape.element().ok_or(Unfit("a list"))?;
        let at = At { above: Some(&self.at), by: By::Part(place) };
        Ok(Slot { shape, variant: None, at, reading: self.reading })
    }

    /// A map's entry. What it takes is asked for before, but for its key.
    pub(crate) fn entry<'t>(&'t mut self, key: &'t str) -> Result<Slot<'t>, AwsError> {
        self.take(self.shape.growth())?;
        let shape = self.shape.entry(key.to_owned()).ok_or(Unfit("a map"))?;
        let at = At { above: Some(&self.at), by: By::Entry(key) };
        Ok(Slot { shape, variant: None, at, reading: self.reading })
    }

    /// Of a list's element or a map's entry nothing is said.
    pub(crate) fn lacks_element(&self, place: usize) {
        self.lacks(By::Part(place));
    }

    /// The same of a map's entry.
    pub(crate) fn lacks_entry(&self, key: &str) {
        self.lacks(By::Entry(key));
    }

    /// Of the members of a structure that belong here these are there: what is required of the others is missed.
    pub(crate) fn lacks_members(
        &self,
        members: &[Member],
        present: &Places,
        belongs: impl Fn(&Member) -> bool,
    ) {
        for (place, member) in members.iter().enumerate() {
            // A stream is always there, if only an empty one.
            let is_missed = member.required
                && !present.has(place)
                && belongs(member)
                && !matches!(member.schema.kind, Kind::Events { .. });
            if is_missed {
                self.lacks(By::Part(place));
            }
        }
    }

    fn lacks(&self, by: By<'_>) {
        let steps = At { above: Some(&self.at), by }.steps();
        self.reading.misfits.borrow_mut().add(steps, Misfit::Absent);
    }
}

/// Which members of a structure were there.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Places([u64; Self::MOST / 64]);

impl Places {
    /// As many members as a structure may have.
    pub(crate) const MOST: usize = 256;

    pub(crate) fn has(&self, place: usize) -> bool {
        self.0.get(place / 64).is_some_and(|places| places >> (place % 64) & 1 == 1)
    }

    pub(crate) fn mark(&mut self, place: usize, there: bool) {
        if let Some(places) = self.0.get_mut(place / 64) {
            *places = *places & !(1 << (place % 64)) | u64::from(there) << (place % 64);
        }
    }
}
