//! Callbacks that are told something, until they are dropped.

use std::{cell::RefCell, rc::Rc};

type Callback<T> = Rc<dyn Fn(&T)>;
type List<T> = Rc<RefCell<Vec<(u64, Callback<T>)>>>;

/// Those who listen.
pub struct Listeners<T>(List<T>);

impl<T> Default for Listeners<T> {
    fn default() -> Self {
        Self(Rc::default())
    }
}

impl<T> Listeners<T> {
    /// Adds a listener; dropping what comes back removes it.
    pub fn add(&self, callback: impl Fn(&T) + 'static) -> Listening<T> {
        let mut list = self.0.borrow_mut();
        let id = list.last().map_or(0, |(id, _)| id + 1);
        list.push((id, Rc::new(callback)));
        Listening { id, list: Rc::clone(&self.0) }
    }

    /// Tells all; a listener may add and remove listeners meanwhile.
    pub fn tell(&self, value: &T) {
        let callbacks: Vec<_> = self.0.borrow().iter().map(|(_, callback)| Rc::clone(callback)).collect();
        for callback in &callbacks {
            callback(value);
        }
    }
}

/// Keeps a listener; dropping it ends the listening.
pub struct Listening<T> {
    id: u64,
    list: List<T>,
}

impl<T> Listening<T> {
    /// Listens for as long as the page lives.
    pub fn forever(self) {
        std::mem::forget(self);
    }
}

impl<T> Drop for Listening<T> {
    fn drop(&mut self) {
        self.list.borrow_mut().retain(|(id, _)| *id != self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn tells_until_dropped() {
        let (heard, listeners) = (Rc::new(Cell::new(0)), Listeners::default());
        let add = |amount| {
            let heard = Rc::clone(&heard);
            listeners.add(move |value: &i32| heard.set(heard.get() + value * amount))
        };
        let (one, ten) = (add(1), add(10));
        listeners.tell(&1);
        drop(one);
        listeners.tell(&1);
        ten.forever();
        listeners.tell(&1);
        assert_eq!(heard.get(), 31);
    }
}
