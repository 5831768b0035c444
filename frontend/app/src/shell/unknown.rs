//! What stands for a view that this version does not have: another one kept it, and will find it as it was.

use crate::messages::say;

use yew::prelude::*;

/// Which one.
#[derive(Properties, PartialEq)]
pub struct UnknownProps {
    /// Its id.
    pub id: AttrValue,
    /// Closes it.
    pub on_close: Callback<()>,
}

/// A view that is not known.
#[component]
pub fn Unknown(props: &UnknownProps) -> Html {
    let onclick = props.on_close.reform(|_: MouseEvent| ());
    html! {
        <div class="empty unknown">
            <p>
                { say!("view.not-known", id = props.id) }
            </p>
            <button type="button" {onclick}>{ say!("button.close") }</button>
        </div>
    }
}
