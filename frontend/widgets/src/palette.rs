//! A palette: a search box over a list of what fits. What fits is its owner's business.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

use crate::{
    Icon, Word,
    borrowed::use_borrowed_focus,
    effect::use_effect_with,
    use_lengths,
    window::{scroll_to, use_window},
    words::say,
};

/// The height of a row in pixels.
const HEIGHT: f64 = 28.0;

/// A row of a palette.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PaletteRow {
    /// Its text, in pieces: each with whether it was met by the query.
    pub label: Vec<(AttrValue, bool)>,
    /// What is less important, shown after it.
    pub detail: AttrValue,
    /// Its icon; none if empty.
    pub icon: AttrValue,
    /// Its shortcut, for people.
    pub shortcut: AttrValue,
    /// Whether choosing it only writes something else into the palette, which stays.
    pub writes: bool,
}

/// What a palette is.
#[derive(Properties, PartialEq)]
pub struct PaletteProps {
    /// Its accessible name.
    pub label: AttrValue,
    /// What is written in it.
    pub query: AttrValue,
    /// What fits.
    pub rows: Rc<Vec<PaletteRow>>,
    /// Whether they are what fits now; otherwise an answer is on its way, and Enter waits for it.
    #[prop_or(true)]
    pub settled: bool,
    /// What to say when nothing fits.
    pub empty: AttrValue,
    /// Something else was written.
    pub on_query: Callback<String>,
    /// A row was chosen.
    pub on_choose: Callback<usize>,
    /// It wants to be gone.
    pub on_close: Callback<()>,
}

type Chosen = UseStateHandle<Option<(usize, PaletteRow)>>;
type Entered = Rc<RefCell<bool>>;

/// A palette.
#[component]
pub fn Palette(props: &PaletteProps) -> Html {
    let node = use_node_ref();
    // The place that the person went to, and the row that was there: rows that come late do not change what is meant.
    let chosen = use_state_eq(|| None::<(usize, PaletteRow)>);
    let borrowed = use_borrowed_focus(&node, (), write_at_the_end);
    let on_choose = {
        let (rows, on_choose) = (Rc::clone(&props.rows), props.on_choose.clone());
        Callback::from(move |index: usize| {
            if !rows.get(index).is_some_and(|row| row.writes) {
                borrowed.give_back();
            }
            on_choose.emit(index);
        })
    };
    let count = props.rows.len();
    let at = place_of(chosen.as_ref(), &props.rows).min(count.saturating_sub(1));
    let (list, above, below) = (use_node_ref(), use_node_ref(), use_node_ref());
    let window = use_window(&list, count, HEIGHT);
    use_lengths(&above, vec![("height", window.above)]);
    use_lengths(&below, vec![("height", window.below)]);
    use_shown(&list, at);
    let entered = use_entered(props, at, &on_choose);
    let onkeydown = on_key(props, at, &chosen, (&entered, &on_choose));
    let oninput = {
        let on_query = props.on_query.clone();
        Callback::from(move |event: InputEvent| {
            chosen.set(None);
            *entered.borrow_mut() = false;
            on_query.emit(event.target_unchecked_into::<HtmlInputElement>().value());
        })
    };
    let close = props.on_close.reform(|_: MouseEvent| ());
    let rows = window.rows.filter_map(|index| {
        let row = draw(props.rows.get(index)?, (index, count), index == at, &on_choose);
        Some(html! { <key={index.to_string()}>{ row }</> })
    });
    html! {
        <>
            <div class="palette-backdrop" onclick={close} />
            <div class="palette" role="search">
                <input
                    ref={node}
                    class="palette-input"
                    role="combobox"
                    aria-label={props.label.clone()}
                    aria-expanded={(count > 0).to_string()}
                    aria-controls="palette-rows"
                    aria-autocomplete="list"
                    aria-activedescendant={(count > 0).then(|| format!("palette-{at}"))}
                    placeholder={props.label.clone()}
                    value={props.query.clone()}
                    autocomplete="off"
                    spellcheck="false"
                    {oninput}
                    {onkeydown}
                />
                <div ref={list} id="palette-rows" class="palette-rows" role="listbox" aria-label={say(Word::Results)}
                    onscroll={window.on_scroll}>
                    <div key="above" ref={above} role="presentation"></div>
                    { for rows }
                    <div key="below" ref={below} role="presentation"></div>
                </div>
                if count == 0 {
                    <p class="palette-empty" role="status">{ &props.empty }</p>
                }
            </div>
        </>
    }
}

/// Whether Enter was pressed while an answer was on its way: it chooses when that has come.
#[hook]
fn use_entered(props: &PaletteProps, at: usize, choose: &Callback<usize>) -> Entered {
    let entered = use_mut_ref(|| false);
    let (pressed, choose, count) = (Rc::clone(&entered), choose.clone(), props.rows.len());
    use_effect_with((props.settled, Rc::clone(&props.rows)), move |(settled, _)| {
        if *settled && std::mem::take(&mut *pressed.borrow_mut()) && count > 0 {
            choose.emit(at);
        }
    });
    entered
}

fn on_key(
    props: &PaletteProps,
    at: usize,
    chosen: &Chosen,
    (entered, choose): (&Entered, &Callback<usize>),
) -> Callback<KeyboardEvent> {
    let (chosen, rows, settled) = (chosen.clone(), Rc::clone(&props.rows), props.settled);
    let (choose, close, entered) = (choose.clone(), props.on_close.clone(), Rc::clone(entered));
    Callback::from(move |event: KeyboardEvent| {
        event.stop_propagation();
        let key = event.key();
        match (step(&key, at, rows.len()), key.as_str()) {
            (Some(index), _) => chosen.set(rows.get(index).map(|row| (index, row.clone()))),
            (_, "Enter") if !settled => *entered.borrow_mut() = true,
            (_, "Enter") if !rows.is_empty() => choose.emit(at),
            (_, "Escape" | "Tab") => close.emit(()),
            _ => return,
        }
        event.prevent_default();
    })
}

/// The row that a key leads to.
fn step(key: &str, at: usize, count: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    match key {
        "ArrowDown" => Some((at + 1) % count),
        "ArrowUp" => Some((at + last) % count),
        "PageDown" => Some((at + 10).min(last)),
        "PageUp" => Some(at.saturating_sub(10)),
        _ => None,
    }
}

/// Scrolls to the row that is meant.
#[hook]
fn use_shown(list: &NodeRef, at: usize) {
    let list = list.clone();
    use_effect_with(at, move |at| {
        if let Some(list) = list.cast::<HtmlElement>() {
            scroll_to(&list, *at, HEIGHT);
        }
    });
}

/// Where the row is that the person went to: it may have moved. The first one, until then or when it is gone.
fn place_of(chosen: Option<&(usize, PaletteRow)>, rows: &[PaletteRow]) -> usize {
    let same =
        |row: &PaletteRow, other: &PaletteRow| (text_of(row), &row.detail) == (text_of(other), &other.detail);
    let Some((index, row)) = chosen else { return 0 };
    let stayed = rows.get(*index).is_some_and(|now| same(now, row));
    if stayed { *index } else { rows.iter().position(|now| same(now, row)).unwrap_or_default() }
}

fn text_of(row: &PaletteRow) -> String {
    row.label.iter().map(|(piece, _)| piece.as_str()).collect()
}

/// Takes the keyboard to the input, at the end of what is written there.
fn write_at_the_end(input: &HtmlElement) {
    let _ = input.focus();
    let Some(input) = input.dyn_ref::<HtmlInputElement>() else { return };
    let end = input.value().encode_utf16().count() as u32;
    let _ = input.set_selection_range(end, end);
}

fn draw(row: &PaletteRow, (index, count): (usize, usize), current: bool, choose: &Callback<usize>) -> Html {
    let choose = choose.clone();
    html! {
        <div
            id={format!("palette-{index}")}
            aria-posinset={(index + 1).to_string()}
            aria-setsize={count.to_string()}
            class={classes!("palette-row", current.then_some("current"))}
            role="option"
            aria-selected={current.to_string()}
            onclick={Callback::from(move |_: MouseEvent| choose.emit(index))}
        >
            if !row.icon.is_empty() {
                <Icon name={row.icon.clone()} />
            }
            <bdi class="palette-label">
                { for row.label.iter().map(|(text, met)| {
                    if *met { html! { <mark>{ text }</mark> } } else { html! { { text } } }
                }) }
            </bdi>
            <span class="palette-detail">{ &row.detail }</span>
            if !row.shortcut.is_empty() {
                <kbd>{ &row.shortcut }</kbd>
            }
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(text: &'static str) -> PaletteRow {
        PaletteRow { label: vec![(text.into(), false)], ..PaletteRow::default() }
    }

    fn check(chosen: Option<(usize, &'static str)>, rows: &[&'static str], expected: usize) {
        let chosen = chosen.map(|(index, text)| (index, row(text)));
        let rows: Vec<_> = rows.iter().copied().map(row).collect();
        assert_eq!(place_of(chosen.as_ref(), &rows), expected);
    }

    #[test]
    fn rows_that_come_late_do_not_change_what_is_meant() {
        check(None, &["a", "b"], 0);
        check(Some((1, "b")), &["a", "b", "b"], 1);
        check(Some((1, "b")), &["new", "a", "b"], 2);
        check(Some((1, "b")), &["new"], 0);
    }

    fn check_key(key: &str, at: usize, expected: Option<usize>) {
        assert_eq!(step(key, at, 30), expected, "{key} on {at}");
    }

    #[test]
    fn arrows_go_around_and_pages_do_not() {
        check_key("ArrowDown", 0, Some(1));
        check_key("ArrowDown", 29, Some(0));
        check_key("ArrowUp", 0, Some(29));
        check_key("PageDown", 15, Some(25));
        check_key("PageDown", 25, Some(29));
        check_key("PageUp", 25, Some(15));
        check_key("PageUp", 5, Some(0));
        check_key("End", 5, None);
        assert_eq!(step("ArrowDown", 0, 0), None);
    }

    #[test]
    fn a_row_is_known_by_its_text_and_its_detail_and_not_by_what_was_met() {
        let row = |pieces: &[(&'static str, bool)], detail: &'static str| PaletteRow {
            label: pieces.iter().map(|(piece, met)| ((*piece).into(), *met)).collect(),
            detail: detail.into(),
            ..PaletteRow::default()
        };
        let chosen = (1, row(&[("main.rs", false)], "src"));
        let rows = [
            row(&[("main.rs", false)], "tests"),
            row(&[("x", false)], ""),
            row(&[("ma", true), ("in.rs", false)], "src"),
        ];
        assert_eq!(place_of(Some(&chosen), &rows), 2);
    }
}
