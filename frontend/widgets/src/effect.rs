//! Effects, compiled once. Yew's own hook is in the program again for each of its uses, a kilobyte every time.

use std::{any::Any, cell::RefCell, rc::Rc};

use yew::{functional::TearDown, prelude::*};

/// What takes an effect back.
type End = Box<dyn FnOnce()>;

/// What is kept of an effect between drawings.
#[derive(Default)]
struct Kept {
    /// What it was last wanted for.
    deps: Option<Rc<dyn Any>>,
    /// How often it was wanted.
    wanted: u32,
    /// It, until it is done.
    effect: Option<Box<dyn FnOnce() -> End>>,
}

/// As Yew's hook of this name: does `effect` after a drawing for which `deps` are others than before; what it gives back
/// is done before the next time, and at the component's end.
#[hook]
pub fn use_effect_with<D, F, T>(deps: D, effect: F)
where
    D: PartialEq + 'static,
    F: FnOnce(&D) -> T + 'static,
    T: TearDown,
{
    let kept = use_mut_ref(Kept::default);
    let same = kept.borrow().deps.as_ref().and_then(|old| old.downcast_ref::<D>()) == Some(&deps);
    if !same {
        let deps = Rc::new(deps);
        let of = Rc::clone(&deps);
        kept.borrow_mut().want(
            deps,
            Box::new(move || {
                let end = effect(&of);
                Box::new(move || end.tear_down())
            }),
        );
    }
    use_kept(kept);
}

impl Kept {
    fn want(&mut self, deps: Rc<dyn Any>, effect: Box<dyn FnOnce() -> End>) {
        self.deps = Some(deps);
        self.wanted += 1;
        self.effect = Some(effect);
    }
}

/// Does what is wanted. Apart, because a closure within a function of types is compiled for each of them.
#[hook]
fn use_kept(kept: Rc<RefCell<Kept>>) {
    let wanted = kept.borrow().wanted;
    yew::functional::use_effect_with(wanted, move |_| {
        let effect = kept.borrow_mut().effect.take();
        effect.map_or_else(|| Box::new(|| ()) as End, |effect| effect())
    });
}
