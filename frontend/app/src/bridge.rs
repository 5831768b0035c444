//! The JavaScript islands: editors, terminals and small JSON editors, as `frontend/bridge` offers them.
//!
//! Every name here is an export of `bridge.ts`; a missing one fails the build. Islands speak to the agent by
//! themselves; what they tell this program is read through [`Told`].

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use js_sys::{Function, Object, Promise, Reflect, Uint8Array};
use protocol::WorkspacePath;
use serde::Deserialize;
use wasm_bindgen::{JsCast, JsValue, prelude::*};
use wasm_bindgen_futures::spawn_local;
use web_sys::{DataTransfer, Element};
use widgets::use_effect_with;
use yew::prelude::*;

use crate::json;

#[wasm_bindgen(module = "ide-bridge")]
extern "C" {
    /// A mounted island. Which methods it has depends on what was mounted.
    #[derive(Clone, Debug, PartialEq)]
    pub type Island;

    #[wasm_bindgen(catch, js_name = mountEditor)]
    async fn mount_editor(parent: &Element, options: &JsValue, on: &Function) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = mountTerminal)]
    async fn mount_terminal(parent: &Element, options: &JsValue, on: &Function) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = mountJson)]
    async fn mount_json(parent: &Element, options: &JsValue, on: &Function) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = mountSource)]
    async fn mount_source(parent: &Element, options: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = textVector)]
    async fn vector_of(link: &JsValue, path: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = findSymbols)]
    async fn find_symbols(link: &JsValue, path: &str, query: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = copyText)]
    async fn copy(text: &str) -> Result<JsValue, JsValue>;
    /// Adds the icons' symbols to the page. To be called once.
    #[wasm_bindgen(js_name = addSprite)]
    pub fn add_sprite(markup: &str);
    #[wasm_bindgen(catch, js_name = loadMessages)]
    async fn load_messages(locale: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = formatDocument)]
    async fn format_document(path: &str) -> Result<JsValue, JsValue>;
    /// Has islands follow the settings that are in force, as JSON.
    pub fn configure(settings: &str);
    /// Runs a command of the editor; whether there was something to do.
    #[wasm_bindgen(js_name = runEditor)]
    pub fn run_editor(id: &str) -> bool;
    /// What is the case in the editor that has the focus, or with `anywhere` in the one in front: names, separated by spaces.
    #[wasm_bindgen(js_name = editorContext)]
    pub fn editor_context(anywhere: bool) -> String;
    /// What is selected in the editor with the focus, else in the one in front; empty where that is more than a line.
    #[wasm_bindgen(js_name = selectedLine)]
    pub fn selected_line() -> String;
    /// How many things the person has done until now.
    pub fn acts() -> u32;
    /// Says that this program cannot go on, and offers to load the page again.
    pub fn crashed(message: &str);

    #[wasm_bindgen(catch, js_name = followFile)]
    async fn follow(link: &JsValue, from: &str, to: &str) -> Result<JsValue, JsValue>;
    /// What a drop holds, as an array of `{ path, file }`; within its event.
    #[wasm_bindgen(js_name = droppedFiles)]
    pub fn dropped_files(data: &DataTransfer) -> Promise;
    /// Hears of what is dropped on the page, but on the tree of files: the same array, promised.
    #[wasm_bindgen(js_name = watchDrops)]
    pub fn watch_drops(on: &Function);

    /// Editor: puts unsent text in place of the document's, or drops it.
    #[wasm_bindgen(method)]
    pub fn decide(this: &Island, mine: bool);
    /// Gives the island the focus.
    #[wasm_bindgen(method)]
    pub fn focus(this: &Island);
    #[wasm_bindgen(method)]
    fn destroy(this: &Island);
    /// Changes the theme.
    #[wasm_bindgen(method, js_name = setTheme)]
    pub fn set_theme(this: &Island, name: &str);
    /// Editor, source: goes to a line and column, from 1.
    #[wasm_bindgen(method, js_name = goTo)]
    pub fn go_to(this: &Island, line: u32, column: u32);
    /// Editor: shows above the function's handler what invokes it; an empty title for none.
    #[wasm_bindgen(method, js_name = setLens)]
    pub fn set_lens(this: &Island, title: &str);
    /// Editor: shows problems, as JSON.
    #[wasm_bindgen(method, js_name = setProblems)]
    pub fn set_problems(this: &Island, json: &str);
    /// Terminal: looks for a text, forwards or backwards.
    #[wasm_bindgen(method)]
    pub fn search(this: &Island, text: &str, backwards: bool) -> bool;
    /// Terminal: no longer marks what was looked for.
    #[wasm_bindgen(method, js_name = clearSearch)]
    pub fn clear_search(this: &Island);
    /// Terminal: types a text as pasted.
    #[wasm_bindgen(method)]
    pub fn paste(this: &Island, text: &str);
    /// Terminal: whether keys are taken.
    #[wasm_bindgen(method, js_name = setInput)]
    pub fn set_input(this: &Island, on: bool);
    /// JSON: replaces the text.
    #[wasm_bindgen(method, js_name = setText)]
    pub fn set_text(this: &Island, text: &str);
}

/// Which island to mount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The editor of a document.
    Editor,
    /// A terminal.
    Terminal,
    /// A small JSON editor.
    Json,
    /// A text to read.
    Source,
}

impl Kind {
    async fn mount(self, parent: &Element, options: &JsValue, on: &Function) -> Result<Island, JsValue> {
        let island = match self {
            Self::Editor => mount_editor(parent, options, on).await,
            Self::Terminal => mount_terminal(parent, options, on).await,
            Self::Json => mount_json(parent, options, on).await,
            Self::Source => mount_source(parent, options).await,
        };
        Ok(island?.unchecked_into())
    }
}

/// What an island tells: `kind`, and members that depend on it.
pub struct Told(JsValue);

impl Told {
    /// A member that is a text; empty where it is none.
    pub fn text(&self, member: &str) -> String {
        self.get(member).as_string().unwrap_or_default()
    }

    /// A member that is a count; zero where it is none.
    pub fn number(&self, member: &str) -> u32 {
        self.get(member).as_f64().unwrap_or_default() as u32
    }

    /// A member that is yes or no.
    pub fn flag(&self, member: &str) -> bool {
        self.get(member).is_truthy()
    }

    fn get(&self, member: &str) -> JsValue {
        Reflect::get(&self.0, &member.into()).unwrap_or(JsValue::UNDEFINED)
    }
}

/// An object of options for an island.
pub fn options(members: &[(&str, JsValue)]) -> JsValue {
    let options = Object::new();
    for (name, value) in members {
        // Setting a property of a plain object cannot fail.
        let _ = Reflect::set(&options, &JsValue::from_str(name), value);
    }
    options.into()
}

/// The page's nonce for style elements; empty where the page has none.
pub fn nonce() -> String {
    let page = web_sys::window().and_then(|window| window.document());
    let meta = page.and_then(|page| page.query_selector("meta[name=csp-nonce]").ok().flatten());
    meta.and_then(|meta| meta.get_attribute("content")).unwrap_or_default()
}

/// Copies a text to the clipboard; whether it worked. Within a gesture of the person.
pub async fn copy_text(text: &str) -> bool {
    copy(text).await.is_ok_and(|done| done.is_truthy())
}

/// A name that a language server knows, and where it is. Line and column count from 1.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Symbol {
    /// The name.
    pub name: String,
    /// What it is inside of.
    pub container: String,
    /// `SymbolKind` of the Language Server Protocol.
    pub kind: u32,
    /// Its file; empty where that is outside of the workspace.
    pub path: String,
    /// Where it is outside of the workspace.
    pub uri: String,
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

/// The names that an open document defines, or those of the workspace that fit a query. None where no server knows.
pub async fn symbols(link: &JsValue, path: Option<&WorkspacePath>, query: &str) -> Vec<Symbol> {
    let path = path.map(WorkspacePath::as_str).unwrap_or_default();
    let found = find_symbols(link, path, query).await.ok().and_then(|found| found.as_string());
    found.and_then(|found| json::read(&found).ok()).unwrap_or_default()
}

/// The state vector of a document as this tab's editors show it; empty where none does.
pub async fn text_vector(link: &JsValue, path: &WorkspacePath) -> Vec<u8> {
    let vector = vector_of(link, path.as_str()).await;
    vector.map(|vector| Uint8Array::new(&vector).to_vec()).unwrap_or_default()
}

/// The messages of a language; none where they cannot be had now, empty where there are none.
pub async fn messages(locale: &str) -> Option<String> {
    load_messages(locale).await.ok().and_then(|text| text.as_string())
}

/// Has an open document formatted, where its language server can; why not, where that fails.
pub async fn format(path: &WorkspacePath) -> Option<String> {
    let outcome = format_document(path.as_str()).await.ok().and_then(|reason| reason.as_string());
    outcome.filter(|reason| !reason.is_empty())
}

/// Lets this tab's documents follow a file that was moved: before their editors do, so that what can be undone stays.
pub async fn follow_file(link: &JsValue, from: &WorkspacePath, to: &WorkspacePath) {
    if let Err(error) = follow(link, from.as_str(), to.as_str()).await {
        web_sys::console::error_1(&error);
    }
}

type Slot = Rc<RefCell<Option<Island>>>;

/// Mounts an island in `node` for as long as the component lives; anew when `key` changes.
///
/// Gives the island once it is there. `on` hears what it tells; the newest `on` does.
#[hook]
pub fn use_island<K: PartialEq + 'static>(
    kind: Kind,
    key: K,
    node: &NodeRef,
    make_options: impl FnOnce() -> JsValue + 'static,
    on: Callback<Told>,
) -> Option<Island> {
    let island = use_state_eq(|| None::<Island>);
    let listener = use_mut_ref(Callback::<Told>::noop);
    *listener.borrow_mut() = on;
    let (node, shown) = (node.clone(), island.clone());
    use_effect_with(key, move |_| {
        let (heard, heard_last) = (Rc::clone(&listener), Rc::clone(&listener));
        let deaf = Rc::new(Cell::new(false));
        let stopped = Rc::clone(&deaf);
        let closure = Closure::<dyn Fn(JsValue)>::new(move |event| {
            let on = heard.borrow().clone();
            if !stopped.get() {
                on.emit(Told(event));
            }
        });
        let (alive, slot) = (Rc::new(Cell::new(true)), Slot::default());
        if let Some(parent) = node.cast::<Element>() {
            let on: Function = closure.as_ref().unchecked_ref::<Function>().clone();
            let options = make_options();
            let (slot, alive, shown) = (Rc::clone(&slot), Rc::clone(&alive), shown.clone());
            spawn_local(async move {
                let mounted = kind.mount(&parent, &options, &on).await;
                settle(mounted, alive.get(), &slot, move |island| shown.set(Some(island)));
            });
        }
        move || {
            alive.set(false);
            if let Some(island) = slot.borrow_mut().take() {
                island.destroy();
            }
            shown.set(None);
            // What listened holds the component, and with it the page's elements: it goes with them.
            *heard_last.borrow_mut() = Callback::noop();
            // What the island still says (an answer that was on its way) reaches nobody, but must find a closure.
            deaf.set(true);
            closure.forget();
        }
    });
    (*island).clone()
}

/// Keeps a mounted island, or destroys it where its component died meanwhile.
fn settle(mounted: Result<Island, JsValue>, alive: bool, slot: &Slot, show: impl FnOnce(Island)) {
    match mounted {
        Ok(island) if alive => {
            *slot.borrow_mut() = Some(island.clone());
            show(island);
        }
        Ok(island) => island.destroy(),
        Err(error) => web_sys::console::error_1(&error),
    }
}
