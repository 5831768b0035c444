//! What of the program loads when it is first shown.
//!
//! A function marked `#[wasm_split(NAME, fallible)]` is the door to the chunk NAME: whatever only such functions reach,
//! the build puts into a file of its own. Views stand behind such doors ([`View::later`]): until theirs is loaded, or where
//! it cannot be, something stands in their place. What nobody has shown yet loads when the page has come to rest, so that
//! a connection lost later takes no view away.

use std::pin::Pin;

use gloo_timers::callback::Timeout;
use wasm_split_helpers::SplitLoaderError;
use widgets::{Trouble, use_effect_with};
use yew::prelude::*;

use crate::{
    desk::{Desk, Perform, use_desk, use_state_of},
    messages::say,
    state::{
        Model,
        notices::{self, Notices},
    },
    views::{self, Drawing, View},
};

/// Draws a view.
pub type Draw = fn(&Drawing) -> Html;

/// What draws a view, once it is loaded.
pub type Loaded = Result<Draw, SplitLoaderError>;

/// Work, once what does it is loaded.
pub type Work = Result<Pin<Box<dyn Future<Output = ()>>>, SplitLoaderError>;

/// Loads what draws a view.
pub type Load = fn() -> Pin<Box<dyn Future<Output = Loaded>>>;

/// How long the page has to be open before what nobody has shown is loaded, in milliseconds.
const REST_MS: u32 = 4_000;

/// Where a view's code is.
#[derive(Clone, Copy)]
pub enum State {
    /// On its way.
    Loading,
    /// It could not be had.
    Failed,
    /// Here: what draws the view.
    Here(Draw),
}

/// The views that load when they are first shown, by their ids: a few.
#[derive(Default)]
pub struct Chunks(Vec<(&'static str, State)>);

/// What happens.
pub enum Message {
    /// A view is wanted.
    Want(&'static View),
    /// The page has come to rest, so a view may be fetched that nobody has wanted.
    Rest(&'static View),
    /// What draws it is here, or cannot be had.
    Loaded(&'static View, Option<Draw>),
}

/// What is to be done.
pub enum Effect {
    /// Load a view.
    Load(&'static View, Load),
}

impl Model for Chunks {
    type Message = Message;
    type Effect = Effect;

    fn update(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Want(view) if matches!(self.state(view), None | Some(State::Failed)) => self.load(view),
            // One that failed waits for the person who was told so.
            Message::Rest(view) if self.state(view).is_none() => self.load(view),
            Message::Want(_) | Message::Rest(_) => Vec::new(),
            Message::Loaded(view, draw) => {
                self.put(view, draw.map_or(State::Failed, State::Here));
                Vec::new()
            }
        }
    }
}

impl Chunks {
    /// Where a view's code is; none before anybody asked.
    fn state(&self, view: &View) -> Option<State> {
        self.0.iter().find(|(id, _)| *id == view.id).map(|(_, state)| *state)
    }

    fn put(&mut self, view: &View, state: State) {
        self.0.retain(|(id, _)| *id != view.id);
        self.0.push((view.id, state));
    }

    fn load(&mut self, view: &'static View) -> Vec<Effect> {
        let Some(load) = view.later else { return Vec::new() };
        self.put(view, State::Loading);
        vec![Effect::Load(view, load)]
    }
}

impl Perform for Chunks {
    fn perform(desk: &Desk, effect: Effect) {
        let Effect::Load(view, load) = effect;
        desk.spawn(|desk| async move {
            let draw = load().await.ok();
            desk.tell::<Self>(Message::Loaded(view, draw));
        });
    }
}

/// Loads what nobody has shown, once the page has come to rest.
pub fn start(desk: &Desk) {
    let desk = desk.clone();
    let load = move || {
        for view in views::all().chain(views::besides()) {
            desk.tell::<Chunks>(Message::Rest(view));
        }
    };
    Timeout::new(REST_MS, load).forget();
}

/// Does work that loads first; `trouble` says what does not happen where it cannot be loaded.
pub fn work(desk: &Desk, trouble: &'static str, load: impl Future<Output = Work> + 'static) {
    desk.spawn(|desk| async move {
        match load.await {
            Ok(work) => work.await,
            Err(_) => desk.tell::<Notices>(notices::Message::failed(say!("chunk.work", trouble = trouble))),
        }
    });
}

/// Which view, and how it is drawn.
#[derive(Properties, PartialEq)]
pub struct LaterProps {
    /// The view.
    pub view: &'static View,
    /// How it is drawn.
    pub drawing: Drawing,
}

/// Where the code of a view is that is drawn here, and what has it loaded again. It is wanted as soon as `wanted` holds.
#[hook]
pub fn use_code(view: &'static View, wanted: bool) -> (State, Callback<()>) {
    let desk = use_desk();
    // Draws again when it is here, and when it failed.
    use_state_of::<Chunks, _, _>(move |chunks| {
        chunks.state(view).map(|state| std::mem::discriminant(&state))
    });
    let want = desk.teller::<Chunks, ()>(move |()| Message::Want(view));
    {
        let want = want.clone();
        use_effect_with((view, wanted), move |(_, wanted)| {
            if *wanted {
                want.emit(());
            }
        });
    }
    (desk.read(|chunks: &Chunks| chunks.state(view)).unwrap_or(State::Loading), want)
}

/// A view that loads when it is first shown.
#[component]
pub fn Later(props: &LaterProps) -> Html {
    let view = props.view;
    // One that stays in the page is drawn before it is shown.
    let (code, want) = use_code(view, props.drawing.shown || !view.keep);
    drawn(view, code, &want, &props.drawing)
}

/// A view, or what stands in its place.
fn drawn(view: &View, code: State, want: &Callback<()>, drawing: &Drawing) -> Html {
    match code {
        State::Here(draw) => draw(drawing),
        State::Failed => html! {
            <Trouble reason={say!("chunk.failed", view = view.title.said())}
                on_retry={want.reform(|_| ())} />
        },
        State::Loading => {
            html! { <p class="empty" role="status">{ say!("chunk.loading", view = view.title.said()) }</p> }
        }
    }
}

/// Which view lies over the window, and what puts it away where it cannot be loaded.
#[derive(Properties, PartialEq)]
pub struct OverProps {
    /// The view.
    pub view: &'static View,
    /// Puts it away.
    pub on_close: Callback<()>,
}

/// A view that lies over the window, while it is open, and loads when it is first opened.
#[component]
pub fn Over(props: &OverProps) -> Html {
    let (code, want) = use_code(props.view, true);
    let drawing = Drawing { shown: true, ..Drawing::default() };
    let drawn = drawn(props.view, code, &want, &drawing);
    if matches!(code, State::Here(_)) {
        return drawn;
    }
    html! {
        <div class="later-over">
            { drawn }
            <button type="button" onclick={props.on_close.reform(|_: MouseEvent| ())}>{ say!("button.close") }</button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static VIEW: View = View { id: "v", later: Some(|| Box::pin(draw())), ..View::BLANK };
    static READY: View = View { id: "r", ..View::BLANK };

    async fn draw() -> Loaded {
        Ok(|_| Html::default())
    }

    fn loads(chunks: &mut Chunks, view: &'static View) -> bool {
        matches!(&chunks.update(Message::Want(view))[..], [Effect::Load(wanted, _)] if *wanted == view)
    }

    #[test]
    fn a_view_is_loaded_once() {
        let mut chunks = Chunks::default();
        assert!(loads(&mut chunks, &VIEW));
        assert!(!loads(&mut chunks, &VIEW), "it is on its way");
        chunks.update(Message::Loaded(&VIEW, Some(|_| Html::default())));
        assert!(!loads(&mut chunks, &VIEW), "it is here");
        assert!(!loads(&mut chunks, &READY), "it was never away");
    }

    #[test]
    fn what_could_not_be_loaded_is_loaded_when_it_is_wanted_again() {
        let mut chunks = Chunks::default();
        loads(&mut chunks, &VIEW);
        chunks.update(Message::Loaded(&VIEW, None));
        assert!(
            chunks.update(Message::Rest(&VIEW)).is_empty(),
            "the page's rest changes nothing that a person reads"
        );
        assert!(loads(&mut chunks, &VIEW));
    }
}
