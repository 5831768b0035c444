//! The focus, borrowed by what lies over the page for a moment, and given back to where the person was.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use crate::effect::use_effect_with;

/// Where the focus was before it was borrowed.
#[derive(Clone, Default)]
pub(crate) struct Borrowed(Rc<RefCell<Option<Lender>>>);

struct Lender {
    before: HtmlElement,
    /// What has borrowed it.
    borrower: Option<HtmlElement>,
}

impl Borrowed {
    /// Gives the focus back, once, unless something else took it. What was chosen is done after that: it may want the
    /// focus for itself, or bring something else to the front.
    pub(crate) fn give_back(&self) {
        let Some(Lender { before, borrower }) = self.0.take() else { return };
        let left = focused_element().is_none_or(|now| {
            now.tag_name() == "BODY" || borrower.is_some_and(|borrower| borrower.contains(Some(&now)))
        });
        if left {
            let _ = before.focus();
        }
    }
}

/// Borrows the focus for an element each time `deps` are others, by what takes it there; gives it back at the end.
#[hook]
pub(crate) fn use_borrowed_focus<D: PartialEq + 'static>(
    node: &NodeRef,
    deps: D,
    take: impl FnOnce(&HtmlElement) + 'static,
) -> Borrowed {
    let borrowed = use_memo((), |()| Borrowed::default());
    let (node, lent) = (node.clone(), Borrowed::clone(&borrowed));
    use_effect_with(deps, move |_| {
        let borrower = node.cast::<HtmlElement>();
        let before = focused_element();
        *lent.0.borrow_mut() = before.map(|before| Lender { before, borrower: borrower.clone() });
        if let Some(borrower) = borrower {
            take(&borrower);
        }
        move || lent.give_back()
    });
    Borrowed::clone(&borrowed)
}

/// What has the focus.
pub(crate) fn focused_element() -> Option<HtmlElement> {
    let element: Element = web_sys::window()?.document()?.active_element()?;
    element.dyn_into().ok()
}
