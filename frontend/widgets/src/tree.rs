//! A tree of any size: only the rows in view are drawn. Which rows there are is its owner's business.

use std::{collections::HashSet, rc::Rc};

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement};
use yew::prelude::*;

use crate::{
    Icon, Word,
    effect::use_effect_with,
    lowercase, row_height,
    rows::{Piece, TreeRow, TreeRows},
    use_lengths,
    window::{scroll_to, use_window},
    words::say,
};

/// What a person does to a tree.
#[derive(Clone, Debug, PartialEq)]
pub enum TreeEvent {
    /// Moves to a row.
    Focus(AttrValue),
    /// Opens a row, to go on there: Enter, or a double click.
    Open(AttrValue),
    /// Looks at a row: a click. The keyboard stays in the tree.
    Look(AttrValue),
    /// Expands a row.
    Expand(AttrValue),
    /// Collapses a row.
    Collapse(AttrValue),
    /// Adds a row to the selection, or takes it out.
    Toggle(AttrValue),
    /// Selects everything between where the selection began and this row.
    Extend(AttrValue),
    /// Begins to drag a row.
    Dragged(AttrValue, DragEvent),
    /// Asks for the menu of a row, or of the tree, at a place in the window.
    Menu(Option<AttrValue>, i32, i32),
    /// Presses a key that means nothing to the tree itself.
    Key(KeyboardEvent),
    /// Finishes editing with this text.
    Edited(String),
    /// Gives editing up.
    EditingCancelled,
    /// Drops something onto a row or the tree.
    Dropped(Option<AttrValue>, DragEvent),
}

/// What a tree is.
#[derive(Properties, PartialEq)]
pub struct TreeProps {
    /// Its accessible name.
    pub label: AttrValue,
    /// Its id, and the prefix of those of its rows; unique in the page.
    pub id: AttrValue,
    /// All rows that are not hidden in a collapsed one.
    pub rows: TreeRows,
    /// The row with the focus.
    #[prop_or_default]
    pub focused: Option<AttrValue>,
    /// The rows that are selected beside the one with the focus; none in trees where one row is chosen at a time.
    #[prop_or_default]
    pub selected: Option<Rc<HashSet<AttrValue>>>,
    /// The row that is being edited.
    #[prop_or_default]
    pub edited: Option<AttrValue>,
    /// The class of a row by its key, in place of its own; asked of those that are drawn.
    #[prop_or_default]
    pub mark: Option<Callback<AttrValue, Option<&'static str>>>,
    /// The buttons of a row by its key, seen while it is pointed at; asked of those that are drawn. The keyboard has the same
    /// in the row's menu.
    #[prop_or_default]
    pub tools: Option<Callback<AttrValue, Html>>,
    /// Whether the row with the focus stays where it is seen when rows come or go before it.
    #[prop_or_default]
    pub holds: bool,
    /// What a person does.
    pub on: Callback<TreeEvent>,
}

impl TreeProps {
    /// The place of the row with the focus.
    fn focused(&self) -> Option<usize> {
        self.rows.place(self.focused.as_ref().filter(|key| !key.is_empty())?)
    }

    /// A row as it is drawn.
    fn drawn(&self, row: &TreeRow) -> TreeRow {
        let mark = self.mark.as_ref().and_then(|mark| mark.emit(row.key.clone()));
        TreeRow { class: mark.unwrap_or(row.class), ..row.clone() }
    }
}

/// A tree.
#[component]
pub fn Tree(props: &TreeProps) -> Html {
    let node = use_node_ref();
    let (above, below) = (use_node_ref(), use_node_ref());
    let window = use_window(&node, props.rows.read().len(), row_height());
    use_lengths(&above, vec![("height", window.above)]);
    use_lengths(&below, vec![("height", window.below)]);
    let focused = props.focused();
    let edited = props.edited.as_ref().and_then(|key| props.rows.place(key));
    let pointed = match edited {
        Some(_) => Some(AttrValue::Static("/edited")),
        None => props.focused.clone(),
    };
    let let_go = use_reveal(&node, pointed, edited.or(focused));
    use_hold(&node, props.focused.clone().filter(|_| props.holds), focused);
    let onkeydown = use_keys(props);
    let oncontextmenu = menu_of_tree(props);
    let ondrop = {
        let on = props.on.clone();
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            on.emit(TreeEvent::Dropped(None, event));
        })
    };
    let active = focused.filter(|index| window.rows.contains(index));
    html! {
        <div
            ref={node}
            id={props.id.clone()}
            class="tree"
            role="tree"
            aria-label={props.label.clone()}
            tabindex="0"
            aria-multiselectable={props.selected.is_some().then_some("true")}
            aria-activedescendant={active.map(|index| format!("{}-{index}", props.id))}
            onscroll={window.on_scroll}
            onwheel={let_go.reform(|_: WheelEvent| ())}
            onpointerdown={let_go.reform(|_: PointerEvent| ())}
            {onkeydown}
            {oncontextmenu}
            {ondrop}
            ondragover={Callback::from(|event: DragEvent| event.prevent_default())}
        >
            <div key="/above" ref={above} role="presentation"></div>
            { for props.rows.read().get(window.rows.clone()).unwrap_or_default().iter().zip(window.rows).map(
                |(row, index)| html! {
                    <Row
                        key={row.key.to_string()}
                        id={format!("{}-{index}", props.id)}
                        row={props.drawn(row)}
                        focused={focused == Some(index)}
                        selected={props.selected.as_ref().map(|selected| selected.contains(&row.key))}
                        tools={props.tools.clone()}
                        on={props.on.clone()}
                    />
                }
            ) }
            <div key="/below" ref={below} role="presentation"></div>
        </div>
    }
}

/// What the keyboard does in a tree.
#[hook]
fn use_keys(props: &TreeProps) -> Callback<KeyboardEvent> {
    let (rows, key, typed) = (props.rows.clone(), props.focused.clone(), use_mut_ref(Typed::default));
    let (on, several, menu) = (props.on.clone(), props.selected.is_some(), menu_of_row(props));
    Callback::from(move |event: KeyboardEvent| {
        if event.key() == "ContextMenu" || (event.key() == "F10" && event.shift_key()) {
            event.prevent_default();
            return menu();
        }
        // As they are now, and given back before anybody is told: who is may change them.
        let focused = key.as_ref().and_then(|key| rows.place(key));
        let meant = press(&rows.read(), focused, several, &mut typed.borrow_mut(), &event);
        if meant.is_some() {
            event.prevent_default();
        }
        on.emit(meant.unwrap_or(TreeEvent::Key(event)));
    })
}

/// Asks for the menu of the tree, or, where the keyboard asked, of the row with the focus.
fn menu_of_tree(props: &TreeProps) -> Callback<MouseEvent> {
    let (on, menu) = (props.on.clone(), menu_of_row(props));
    Callback::from(move |event: MouseEvent| {
        event.prevent_default();
        // Some browsers send this for the menu's key: it asks for the row with the focus, wherever the pointer is.
        if is_of_keyboard(&event) {
            return menu();
        }
        on.emit(TreeEvent::Menu(None, event.client_x(), event.client_y()));
    })
}

#[derive(Properties, PartialEq)]
struct RowProps {
    id: String,
    row: TreeRow,
    focused: bool,
    /// Whether it is selected; none where rows are not.
    selected: Option<bool>,
    tools: Option<Callback<AttrValue, Html>>,
    on: Callback<TreeEvent>,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let row = &props.row;
    let several = props.selected.is_some();
    let drag = use_drag(&row.key, several, &props.on);
    let oncontextmenu = {
        let (on, key) = (props.on.clone(), row.key.clone());
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            event.stop_propagation();
            on.emit(TreeEvent::Menu(Some(key.clone()), event.client_x(), event.client_y()));
        })
    };
    let (on, key) = (props.on.clone(), row.key.clone());
    let ondblclick = row
        .expanded
        .is_none()
        .then(|| Callback::from(move |_: MouseEvent| on.emit(TreeEvent::Open(key.clone()))));
    if let Some(text) = &row.editing {
        return html! { <EditedRow row={row.clone()} text={text.clone()} on={props.on.clone()} /> };
    }
    html! {
        <div
            id={props.id.clone()}
            class={classes!(
                "tree-row",
                row.class,
                props.focused.then_some("focused"),
                (props.selected == Some(true)).then_some("selected"),
                drag.over.then_some("drop-target"),
            )}
            role="treeitem"
            aria-label={row.label.clone()}
            aria-description={described(row)}
            aria-level={row.level.to_string()}
            aria-posinset={row.position.to_string()}
            aria-setsize={row.siblings.to_string()}
            aria-expanded={row.expanded.map(|expanded| expanded.to_string())}
            aria-selected={(props.selected == Some(true) || props.focused).to_string()}
            draggable={several.then_some("true")}
            onclick={clicked(props)}
            {ondblclick}
            {oncontextmenu}
            ondragstart={drag.start}
            ondragenter={drag.enter}
            ondragleave={drag.leave}
            ondrop={drag.end}
        >
            <Twisty expanded={row.expanded} />
            if !row.icon.is_empty() {
                <Icon name={row.icon.clone()} />
            }
            <bdi class="tree-label">{ label(row) }</bdi>
            if !row.detail.is_empty() {
                <span class="tree-detail" data-text={row.detail.clone()}></span>
            }
            if !row.badge.is_empty() {
                <span class="badge tree-badge">{ &row.badge }</span>
            }
            { props.tools.as_ref().map(|tools| drawn_tools(tools.emit(row.key.clone()))) }
        </div>
    }
}

/// The label of a row, in its pieces where it has such.
fn label(row: &TreeRow) -> Html {
    let Some(pieces) = &row.pieces else { return html! { { &row.label } } };
    let piece = |piece: &Piece| match piece {
        Piece::Plain(text) => html! { { text } },
        Piece::Met(text) => html! { <mark>{ text }</mark> },
        Piece::Gone(text) => html! { <del>{ text }</del> },
        Piece::New(text) => html! { <ins>{ text }</ins> },
    };
    pieces.iter().map(piece).collect()
}

/// Buttons within a row: a press of theirs is none of the row's, and the keyboard stays where it was.
fn drawn_tools(tools: Html) -> Html {
    let stop = Callback::from(|event: MouseEvent| event.stop_propagation());
    let stay = Callback::from(|event: MouseEvent| event.prevent_default());
    html! { <span class="tree-tools" onclick={stop.clone()} ondblclick={stop} onmousedown={stay}>{ tools }</span> }
}

/// A click looks at a row, opens or closes it; with a modifier it selects, where rows can be.
fn clicked(props: &RowProps) -> Callback<MouseEvent> {
    let (on, key, several) = (props.on.clone(), props.row.key.clone(), props.selected.is_some());
    let expanded = props.row.expanded;
    Callback::from(move |event: MouseEvent| {
        event.stop_propagation();
        let held = (event.shift_key(), event.ctrl_key() || event.meta_key());
        on.emit(meant_by_click(expanded, held, several)(key.clone()));
    })
}

/// What a click means, with Shift and with Ctrl, on a row that is open, closed or neither.
fn meant_by_click(expanded: Option<bool>, held: (bool, bool), several: bool) -> fn(AttrValue) -> TreeEvent {
    match (several, held, expanded) {
        (true, (_, true), _) => TreeEvent::Toggle,
        (true, (true, _), _) => TreeEvent::Extend,
        (_, _, Some(true)) => TreeEvent::Collapse,
        (_, _, Some(false)) => TreeEvent::Expand,
        (_, _, None) => TreeEvent::Look,
    }
}

/// What a row does while something is dragged.
struct Drag {
    /// Whether it would be dropped here.
    over: bool,
    start: Callback<DragEvent>,
    enter: Callback<DragEvent>,
    leave: Callback<DragEvent>,
    end: Callback<DragEvent>,
}

#[hook]
fn use_drag(key: &AttrValue, movable: bool, on: &Callback<TreeEvent>) -> Drag {
    let over = use_state_eq(|| false);
    let start = {
        let (on, key) = (on.clone(), key.clone());
        Callback::from(move |event: DragEvent| {
            event.stop_propagation();
            // Without data, some browsers drag nothing.
            if let Some(data) = event.data_transfer().filter(|_| movable) {
                let _ = data.set_data("text/plain", &key);
                on.emit(TreeEvent::Dragged(key.clone(), event));
            }
        })
    };
    let mark = |shown: bool| {
        let over = over.clone();
        Callback::from(move |_: DragEvent| over.set(shown))
    };
    let end = {
        let (on, key, over) = (on.clone(), key.clone(), over.clone());
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            event.stop_propagation();
            over.set(false);
            on.emit(TreeEvent::Dropped(Some(key.clone()), event));
        })
    };
    Drag { over: *over, start, enter: mark(true), leave: mark(false), end }
}

/// What is said after the name.
fn described(row: &TreeRow) -> Option<AttrValue> {
    match (row.detail.is_empty(), row.badge.is_empty()) {
        (true, true) => None,
        (false, true) => Some(row.detail.clone()),
        (true, false) => Some(row.badge.clone()),
        (false, false) => Some(format!("{}, {}", row.detail, row.badge).into()),
    }
}

#[derive(Properties, PartialEq)]
struct TwistyProps {
    expanded: Option<bool>,
}

#[component]
fn Twisty(props: &TwistyProps) -> Html {
    match props.expanded {
        Some(expanded) => html! {
            <Icon name="chevron-right" class={classes!("twisty", expanded.then_some("open"))} />
        },
        None => html! { <span class="twisty" /> },
    }
}

#[derive(Properties, PartialEq)]
struct EditedRowProps {
    row: TreeRow,
    text: AttrValue,
    on: Callback<TreeEvent>,
}

#[component]
fn EditedRow(props: &EditedRowProps) -> Html {
    let node = use_node_ref();
    let done = use_mut_ref(|| false);
    {
        let (node, value) = (node.clone(), props.text.clone());
        use_effect_with((), move |()| {
            if let Some(input) = node.cast::<HtmlInputElement>() {
                // Set once, here: what is typed is the person's, however often the row is drawn again.
                input.set_value(&value);
                let _ = input.focus();
                let _ = input.set_selection_range(0, stem_length(&value));
            }
        });
    }
    let finish = {
        let (on, node) = (props.on.clone(), node.clone());
        move |keep: bool| {
            if std::mem::replace(&mut *done.borrow_mut(), true) {
                return;
            }
            let text = node.cast::<HtmlInputElement>().map(|input| input.value()).unwrap_or_default();
            on.emit(if keep { TreeEvent::Edited(text) } else { TreeEvent::EditingCancelled });
        }
    };
    let onkeydown = {
        let (finish, node) = (finish.clone(), node.clone());
        Callback::from(move |event: KeyboardEvent| {
            event.stop_propagation();
            let keep = match event.key().as_str() {
                "Enter" => true,
                "Escape" => false,
                _ => return,
            };
            finish(keep);
            focus_tree_around(&node);
        })
    };
    html! {
        <div class="tree-row editing" role="treeitem" aria-level={props.row.level.to_string()} aria-selected="true">
            <Twisty expanded={props.row.expanded} />
            <Icon name={props.row.icon.clone()} />
            <input
                ref={node}
                class="tree-input"
                aria-label={say(Word::Name)}
                spellcheck="false"
                autocomplete="off"
                {onkeydown}
                onblur={Callback::from(move |_| finish(true))}
            />
        </div>
    }
}

/// How long a name is before its ending, as browsers count: what is selected first when it is edited.
fn stem_length(name: &str) -> u32 {
    let stem = name.rfind('.').filter(|at| *at > 0).map_or(name, |at| &name[..at]);
    stem.encode_utf16().count() as u32
}

/// Gives the keyboard back to the tree whose row was edited.
fn focus_tree_around(input: &NodeRef) {
    let tree = input.cast::<Element>().and_then(|input| input.closest("[role=tree]").ok().flatten());
    if let Some(tree) = tree.and_then(|tree| tree.dyn_into::<HtmlElement>().ok()) {
        let _ = tree.focus();
    }
}

/// Asks for the menu of the row with the focus, or of the tree where no row has it.
fn menu_of_row(props: &TreeProps) -> impl Fn() + 'static {
    let (on, id, rows, key) = (props.on.clone(), props.id.clone(), props.rows.clone(), props.focused.clone());
    move || {
        let place = key.as_ref().and_then(|key| rows.place(key));
        let (x, y) = place.and_then(|index| place_of(&format!("{id}-{index}"))).unwrap_or((64, 64));
        on.emit(TreeEvent::Menu(key.clone().filter(|_| place.is_some()), x, y));
    }
}

/// Whether a menu was asked for by a key: then no button and no finger did.
fn is_of_keyboard(event: &MouseEvent) -> bool {
    let touched = event.dyn_ref::<PointerEvent>().is_some_and(|event| !event.pointer_type().is_empty());
    event.button() != 2 && !touched
}

/// A place in the row with this id, for its menu.
fn place_of(id: &str) -> Option<(i32, i32)> {
    let row = web_sys::window()?.document()?.get_element_by_id(id)?;
    let place = row.get_bounding_client_rect();
    Some((place.left() as i32 + 24, place.bottom() as i32))
}

/// Scrolls the row that is pointed at into view when another one is pointed at; where that row is still to come, as soon as
/// it is there. What comes back is to be called when the person scrolls or points: then nothing is scrolled any more.
#[hook]
fn use_reveal(node: &NodeRef, pointed: Option<AttrValue>, row: Option<usize>) -> Callback<()> {
    let (node, reveal) = (node.clone(), use_mut_ref(Reveal::default));
    let left = Rc::clone(&reveal);
    use_effect_with((pointed, row), move |(pointed, row)| {
        let element = node.cast::<HtmlElement>();
        let row = element.as_ref().and(*row);
        if let (Some(index), Some(element)) = (reveal.borrow_mut().next(pointed.as_ref(), row), element) {
            scroll_to(&element, index, row_height());
        }
    });
    Callback::from(move |()| left.borrow_mut().awaited = false)
}

/// Keeps the row that is pointed at where it is seen: as rows come or go before it, the tree is scrolled by as many.
#[hook]
fn use_hold(node: &NodeRef, pointed: Option<AttrValue>, row: Option<usize>) {
    let (node, last) = (node.clone(), use_mut_ref(|| None::<(AttrValue, usize)>));
    use_effect_with((pointed, row), move |(pointed, row)| {
        let now = pointed.clone().zip(*row);
        let before = std::mem::replace(&mut *last.borrow_mut(), now.clone());
        let (Some(now), Some(before), Some(element)) = (now, before, node.cast::<HtmlElement>()) else {
            return;
        };
        let (top, shown) = (f64::from(element.scroll_top()), f64::from(element.client_height()));
        if let Some(top) = held(&before, &now, (top, shown), row_height()) {
            element.set_scroll_top(top);
        }
    });
}

/// How far a tree is to be scrolled, of which so many pixels are above and in view, where the row that was seen is another one
/// by its place now.
fn held(
    before: &(AttrValue, usize),
    now: &(AttrValue, usize),
    (top, shown): (f64, f64),
    height: f64,
) -> Option<i32> {
    let was = before.1 as f64 * height;
    let is_seen = was + height > top && was < top + shown;
    let moved = (now.1 as f64 - before.1 as f64) * height;
    (before.0 == now.0 && moved != 0.0 && is_seen).then(|| (top + moved).max(0.0) as i32)
}

/// Which row is still to be scrolled into view.
#[derive(Default)]
struct Reveal {
    /// What was pointed at last.
    pointed: Option<AttrValue>,
    awaited: bool,
}

impl Reveal {
    /// The row to scroll to now, where what is pointed at is in this one, if it is there yet.
    fn next(&mut self, pointed: Option<&AttrValue>, row: Option<usize>) -> Option<usize> {
        if self.pointed.as_ref() != pointed {
            self.awaited = pointed.is_some();
            self.pointed = pointed.cloned();
        }
        let row = row?;
        std::mem::take(&mut self.awaited).then_some(row)
    }
}

/// The beginning of a name that a person types.
#[derive(Default)]
struct Typed {
    text: String,
    at: f64,
}

/// Milliseconds after which a letter begins another name.
const PAUSE_MS: f64 = 800.0;

impl Typed {
    /// What is typed with one more letter.
    fn with(&mut self, letter: &str, now: f64) -> &str {
        if now - self.at > PAUSE_MS {
            self.text.clear();
        }
        self.at = now;
        self.text += &lowercase(letter);
        &self.text
    }
}

/// What a key means: where rows can be selected together, also to the selection.
fn press(
    rows: &[TreeRow],
    focused: Option<usize>,
    several: bool,
    typed: &mut Typed,
    event: &KeyboardEvent,
) -> Option<TreeEvent> {
    let (key, held) = (event.key(), (event.shift_key(), event.ctrl_key() || event.meta_key()));
    if let Some(selected) = extension(rows, focused, &key, held).filter(|_| several) {
        return Some(selected);
    }
    if held.1 || event.alt_key() {
        return None;
    }
    let moved = step(rows, focused, &key);
    if moved.is_none() && key.chars().count() == 1 && key != " " {
        let text = typed.with(&key, event.time_stamp());
        return typed_to(rows, focused, text).map(TreeEvent::Focus);
    }
    moved
}

/// What a key does to the selection, with Shift and with Ctrl: Shift and an arrow extend it, Ctrl+Space toggles a row.
fn extension(rows: &[TreeRow], focused: Option<usize>, key: &str, held: (bool, bool)) -> Option<TreeEvent> {
    let index = focused?;
    let key_of = |index: usize| rows.get(index).map(|row| row.key.clone());
    match (key, held.0, held.1) {
        ("ArrowDown", true, false) => key_of(index + 1).map(TreeEvent::Extend),
        ("ArrowUp", true, false) => key_of(index.checked_sub(1)?).map(TreeEvent::Extend),
        (" ", false, true) => key_of(index).map(TreeEvent::Toggle),
        _ => None,
    }
}

/// What a key of the tree pattern does.
fn step(rows: &[TreeRow], focused: Option<usize>, key: &str) -> Option<TreeEvent> {
    let focus = |index: usize| rows.get(index).map(|row| TreeEvent::Focus(row.key.clone()));
    let last = rows.len().checked_sub(1)?;
    let current = focused.and_then(|index| rows.get(index));
    match key {
        "ArrowDown" => focus(focused.map_or(0, |index| (index + 1).min(last))),
        "ArrowUp" => focus(focused.map_or(last, |index| index.saturating_sub(1))),
        "Home" => focus(0),
        "End" => focus(last),
        "PageDown" => focus(focused.map_or(0, |index| (index + 20).min(last))),
        "PageUp" => focus(focused.unwrap_or(0).saturating_sub(20)),
        "Enter" | " " => current.map(|row| match row.expanded {
            Some(true) => TreeEvent::Collapse(row.key.clone()),
            Some(false) => TreeEvent::Expand(row.key.clone()),
            None => TreeEvent::Open(row.key.clone()),
        }),
        "ArrowRight" => match current?.expanded {
            Some(false) => Some(TreeEvent::Expand(current?.key.clone())),
            Some(true) => focus(focused? + 1),
            None => None,
        },
        "ArrowLeft" if current?.expanded == Some(true) => Some(TreeEvent::Collapse(current?.key.clone())),
        "ArrowLeft" => {
            let level = current?.level;
            focus(rows.get(..focused?)?.iter().rposition(|row| row.level < level)?)
        }
        _ => None,
    }
}

/// The next row whose label starts with what was typed.
fn typed_to(rows: &[TreeRow], focused: Option<usize>, typed: &str) -> Option<AttrValue> {
    let start = focused.map_or(0, |index| if typed.chars().count() > 1 { index } else { index + 1 });
    let (before, after) = rows.split_at(start.min(rows.len()));
    let found = after.iter().chain(before).find(|row| lowercase(&row.label).starts_with(typed));
    found.map(|row| row.key.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<TreeRow> {
        let row = |key: &'static str, level, expanded| TreeRow {
            key: key.into(),
            label: key.into(),
            level,
            expanded,
            ..TreeRow::default()
        };
        vec![
            row("src", 1, Some(true)),
            row("main.rs", 2, None),
            row("module", 2, Some(false)),
            row("zebra", 1, None),
        ]
    }

    fn check(focused: usize, key: &str, expected: impl Into<Option<TreeEvent>>) {
        assert_eq!(step(&rows(), Some(focused), key), expected.into(), "{key} on row {focused}");
    }

    #[test]
    fn keys_follow_the_tree_pattern() {
        let focus = |key: &'static str| Some(TreeEvent::Focus(key.into()));
        check(0, "ArrowDown", focus("main.rs"));
        check(3, "ArrowDown", focus("zebra"));
        check(0, "ArrowUp", focus("src"));
        check(0, "ArrowRight", focus("main.rs"));
        check(1, "ArrowRight", None);
        check(2, "ArrowRight", Some(TreeEvent::Expand("module".into())));
        check(0, "ArrowLeft", Some(TreeEvent::Collapse("src".into())));
        check(2, "ArrowLeft", focus("src"));
        check(3, "ArrowLeft", None);
        check(1, "Enter", Some(TreeEvent::Open("main.rs".into())));
        check(0, "End", focus("zebra"));
        check(3, "F2", None);
        assert_eq!(step(&[], None, "ArrowDown"), None);
    }

    #[test]
    fn typing_finds_the_next_row() {
        assert_eq!(typed_to(&rows(), Some(0), "m"), Some("main.rs".into()));
        assert_eq!(typed_to(&rows(), Some(1), "m"), Some("module".into()));
        assert_eq!(typed_to(&rows(), Some(1), "ma"), Some("main.rs".into()));
        assert_eq!(typed_to(&rows(), Some(3), "s"), Some("src".into()));
        assert_eq!(typed_to(&rows(), Some(3), "q"), None);
    }

    #[test]
    fn a_name_that_is_typed_grows_until_a_pause() {
        let mut typed = Typed::default();
        assert_eq!(typed.with("M", 1000.0), "m");
        assert_eq!(typed.with("Ä", 1800.0), "mä");
        assert_eq!(typed.with("z", 2600.5), "z");
    }

    fn check_extension(
        focused: Option<usize>,
        key: &str,
        held: (bool, bool),
        expected: impl Into<Option<TreeEvent>>,
    ) {
        assert_eq!(
            extension(&rows(), focused, key, held),
            expected.into(),
            "{key} with {held:?} on {focused:?}"
        );
    }

    #[test]
    fn shift_extends_a_selection_and_ctrl_toggles_a_row() {
        let (shift, ctrl) = ((true, false), (false, true));
        check_extension(Some(0), "ArrowDown", shift, TreeEvent::Extend("main.rs".into()));
        check_extension(Some(3), "ArrowUp", shift, TreeEvent::Extend("module".into()));
        check_extension(Some(1), " ", ctrl, TreeEvent::Toggle("main.rs".into()));
        check_extension(Some(0), "ArrowUp", shift, None);
        check_extension(Some(3), "ArrowDown", shift, None);
        check_extension(Some(1), "ArrowDown", (false, false), None);
        check_extension(Some(1), "ArrowDown", (true, true), None);
        check_extension(None, " ", ctrl, None);
    }

    #[test]
    fn a_click_opens_or_selects() {
        let check = |expanded, held, several, expected: fn(AttrValue) -> TreeEvent| {
            let key = || AttrValue::from("a");
            assert_eq!(meant_by_click(expanded, held, several)(key()), expected(key()));
        };
        let (plain, shift, ctrl) = ((false, false), (true, false), (false, true));
        check(None, plain, true, TreeEvent::Look);
        check(Some(false), plain, true, TreeEvent::Expand);
        check(Some(true), plain, false, TreeEvent::Collapse);
        check(Some(true), ctrl, true, TreeEvent::Toggle);
        check(None, shift, true, TreeEvent::Extend);
        // One row at a time: there is nothing to select.
        check(None, shift, false, TreeEvent::Look);
        check(Some(false), ctrl, false, TreeEvent::Expand);
    }

    #[test]
    fn the_row_that_is_pointed_at_stays_where_it_is_seen() {
        let check = |was: usize, is: usize, top: f64, expected: Option<i32>| {
            let row = |place: usize| (AttrValue::from("a"), place);
            assert_eq!(held(&row(was), &row(is), (top, 100.0), 20.0), expected, "{was} to {is} at {top}");
        };
        check(3, 5, 0.0, Some(40));
        check(30, 5, 580.0, Some(80));
        check(3, 3, 0.0, None);
        check(1, 0, 0.0, Some(0));
        // The person looks at something else.
        check(3, 5, 400.0, None);
        check(30, 31, 0.0, None);
        assert_eq!(held(&("a".into(), 1), &("b".into(), 2), (0.0, 100.0), 20.0), None, "it is another row");
    }

    #[test]
    fn what_is_said_after_a_name_has_the_number_at_the_end() {
        let check = |detail: &'static str, badge: &'static str, expected: Option<&str>| {
            let row = TreeRow { detail: detail.into(), badge: badge.into(), ..TreeRow::default() };
            assert_eq!(described(&row).as_deref(), expected);
        };
        check("", "", None);
        check("src", "", Some("src"));
        check("", "3", Some("3"));
        check("src", "3", Some("src, 3"));
    }

    #[test]
    fn the_ending_of_a_name_is_not_selected_to_be_edited() {
        let check = |name, expected| assert_eq!(stem_length(name), expected, "{name}");
        check("main.rs", 4);
        check("archive.tar.gz", 11);
        check(".gitignore", 10);
        check("Makefile", 8);
        check("🎉.md", 2);
        check("", 0);
    }

    #[test]
    fn what_is_pointed_at_is_scrolled_to_once_and_as_soon_as_it_is_there() {
        let (a, b) = (AttrValue::from("a"), AttrValue::from("b"));
        let mut reveal = Reveal::default();
        assert_eq!(reveal.next(Some(&a), None), None, "it is still to come");
        assert_eq!(reveal.next(Some(&a), Some(7)), Some(7));
        assert_eq!(reveal.next(Some(&a), Some(8)), None, "rows came before it: the person's place stays");
        assert_eq!(reveal.next(Some(&b), Some(2)), Some(2));
        assert_eq!(reveal.next(None, None), None);
        assert_eq!(reveal.next(Some(&a), None), None);
        // The person scrolls.
        reveal.awaited = false;
        assert_eq!(reveal.next(Some(&a), Some(7)), None);
    }
}
