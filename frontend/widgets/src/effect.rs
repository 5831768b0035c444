//! Effects, compiled once. Yew's own hook is in the program again for each of its uses, a kilobyte every time.

use std::{any::Any, rc::Rc};

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
        let mut kept = kept.borrow_mut();
        kept.deps = Some(Rc::clone(&deps) as Rc<dyn Any>);
        kept.wanted += 1;
        kept.effect = Some(Box::new(move || {
            let end = effect(&deps);
            Box::new(move || end.tear_down())
        }));
    }
    let wanted = kept.borrow().wanted;
    yew::functional::use_effect_with(wanted, move |_| {
        let effect = kept.borrow_mut().effect.take();
        effect.map_or_else(|| Box::new(|| ()) as End, |effect| effect())
    });
}
