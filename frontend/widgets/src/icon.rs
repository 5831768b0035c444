//! Icons, and the buttons that show nothing else.

use yew::prelude::*;

/// What an icon is.
#[derive(Properties, PartialEq)]
pub struct IconProps {
    /// The name of a symbol in the page's sprite, less its `i-`.
    pub name: AttrValue,
    /// More classes.
    #[prop_or_default]
    pub class: Classes,
}

/// A picture that says nothing by itself: screen readers pass it over.
#[component]
pub fn Icon(props: &IconProps) -> Html {
    html! {
        <svg class={classes!("icon", props.class.clone())} aria-hidden="true" focusable="false">
            <use href={format!("#i-{}", props.name)} />
        </svg>
    }
}

/// What a button with an icon is.
#[derive(Properties, PartialEq)]
pub struct IconButtonProps {
    /// The icon.
    pub icon: AttrValue,
    /// Its name, also shown as a tip.
    pub label: AttrValue,
    /// What follows the name in the tip: a shortcut.
    #[prop_or_default]
    pub hint: AttrValue,
    /// Whether it is pressed, for buttons that stay so.
    #[prop_or_default]
    pub pressed: Option<bool>,
    /// Whether it can be used.
    #[prop_or_default]
    pub disabled: bool,
    /// More classes.
    #[prop_or_default]
    pub class: Classes,
    /// It was clicked.
    pub onclick: Callback<MouseEvent>,
}

/// A button that shows an icon only.
#[component]
pub fn IconButton(props: &IconButtonProps) -> Html {
    let title = if props.hint.is_empty() {
        props.label.clone()
    } else {
        AttrValue::from(format!("{} ({})", props.label, props.hint))
    };
    html! {
        <button
            type="button"
            class={classes!("icon-button", props.class.clone())}
            aria-label={props.label.clone()}
            aria-pressed={props.pressed.map(|pressed| pressed.to_string())}
            {title}
            disabled={props.disabled}
            onclick={props.onclick.clone()}
        >
            <Icon name={props.icon.clone()} />
        </button>
    }
}
