//! An operation's input between its reading and its handler, for who looks at it without knowing its type.

use cloud_core::AwsError;

use crate::misfit::{Misfits, Step, Within};
use crate::schema::Schema;
use crate::shape::{Given, Shape, known};
use crate::value::Value;

/// What a request says.
pub struct Input {
    shape: Box<dyn Shape>,
    misfits: Misfits,
}

impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Input({:?})", self.shape.value())
    }
}

impl Input {
    /// A typed value as an input.
    pub fn new(shape: impl Shape) -> Self {
        Self { shape: Box::new(shape), misfits: Misfits::default() }
    }

    pub(crate) fn read(shape: Box<dyn Shape>, misfits: Misfits) -> Self {
        Self { shape, misfits }
    }

    /// The members in the order of the schema, as the request says them.
    pub fn members(&self) -> impl Iterator<Item = Value<'_>> {
        let within = self.within();
        self.value().members().enumerate().map(move |(place, value)| within.part(place).said(value))
    }

    /// Its value but for what its type cannot hold.
    pub(crate) fn value(&self) -> Value<'_> {
        self.shape.value()
    }

    pub(crate) fn within(&self) -> Within<'_> {
        self.misfits.all()
    }

    /// Says a member's text.
    pub fn say(&mut self, place: usize, text: String) {
        if let Some(member) = self.shape.member(place)
            && member.set(Given::Text(text.into())).is_ok()
        {
            self.misfits.forget(&[Step::Part(place)]);
        }
    }

    /// Takes a member away.
    pub(crate) fn clear(&mut self, place: usize) {
        if let Some(member) = self.shape.member(place) {
            member.clear();
        }
    }

    /// A member's own shape.
    pub(crate) fn member(&mut self, place: usize) -> Option<&mut dyn Shape> {
        self.shape.member(place)
    }

    /// The typed input, of an operation that takes that.
    pub fn typed<T: Shape>(self, schema: &'static Schema) -> Result<T, AwsError> {
        self.misfits.refuse(schema)?;
        known(self.shape)
    }
}
