//! A dialog over everything: the browser's own `dialog` element keeps the focus inside and closes on Escape.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

use crate::effect::use_effect_with;

/// What a dialog is.
#[derive(Properties, PartialEq)]
pub struct DialogProps {
    /// Its title and accessible name.
    pub title: AttrValue,
    /// More classes.
    #[prop_or_default]
    pub class: Classes,
    /// It wants to be gone.
    pub on_close: Callback<()>,
    /// What is in it, buttons included.
    pub children: Html,
}

/// A dialog.
#[component]
pub fn Dialog(props: &DialogProps) -> Html {
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with((), move |()| {
            let dialog = node.cast::<HtmlDialogElement>();
            if let Some(dialog) = &dialog {
                let _ = dialog.show_modal();
            }
            move || dialog.iter().for_each(HtmlDialogElement::close)
        });
    }
    let oncancel = {
        let close = props.on_close.clone();
        Callback::from(move |event: Event| {
            event.prevent_default();
            close.emit(());
        })
    };
    html! {
        <dialog ref={node} class={classes!("dialog", props.class.clone())} aria-label={props.title.clone()} {oncancel}>
            <h2 class="dialog-title">{ &props.title }</h2>
            { props.children.clone() }
        </dialog>
    }
}
