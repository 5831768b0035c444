//! The bars above an editor: its file was changed or deleted on the disk, or text typed here is not in the document. Who has
//! unsent text may have no connection, so that bar is there from the beginning; what compares loads when it is first asked for.

use protocol::{
    WorkspacePath,
    document::{CompareDocument, Disk},
};
use serde_json::Value;
use yew::prelude::*;

use crate::{
    chunks::Later,
    desk::{use_desk, use_state_of},
    messages::say,
    panels::editor::{BOTH, DISK},
    state::documents::Documents,
    views::Drawing,
};

/// Which file.
#[derive(Properties, PartialEq)]
pub struct FileProps {
    /// Which file.
    pub path: WorkspacePath,
}

/// The bar that says that a file was changed or deleted under its editor, where it was.
#[component]
pub fn DiskBar(props: &FileProps) -> Html {
    let path = props.path.clone();
    let same = use_state_of::<Documents, _, _>(move |documents| {
        documents.get(&path).and_then(|document| document.disk).is_none_or(|disk| disk == Disk::Same)
    });
    if same {
        return Html::default();
    }
    html! { <Later view={&DISK} drawing={drawing(props.path.as_str().into())} /> }
}

fn drawing(args: Value) -> Drawing {
    Drawing { args, shown: true, ..Drawing::default() }
}

/// What a bar about unsent text is.
#[derive(Properties, PartialEq)]
pub struct UnsentProps {
    /// Which file.
    pub path: WorkspacePath,
    /// Whether what was typed here takes the text's place.
    pub decide: Callback<bool>,
}

/// The bar that says that text typed here is not in the document, which others changed meanwhile; both are shown.
#[component]
pub fn UnsentBar(props: &UnsentProps) -> Html {
    let desk = use_desk();
    let path = props.path.clone();
    let unsent = use_state_of::<Documents, _, _>(move |documents| {
        documents.get(&path).and_then(|document| document.unsent.clone())
    });
    let shown = use_state_eq(|| None::<String>);
    let Some(mine) = unsent else { return Html::default() };
    let decide = |keep: bool| props.decide.reform(move |_: MouseEvent| keep);
    let compare_them = {
        let (path, shown) = (props.path.clone(), shown.clone());
        Callback::from(move |_: MouseEvent| {
            let shown = shown.clone();
            desk.ask(CompareDocument { path: path.clone() }, move |desk, outcome| match outcome {
                Ok(comparison) => shown.set(Some(comparison.document)),
                Err(error) => desk.complain(say!("compare.failed"), &error),
            });
        })
    };
    html! {
        <>
            <div class="bar warning" role="alert">
                <p>{ say!("compare.unsent") }</p>
                <button type="button" onclick={compare_them}>{ say!("view.compare") }</button>
                <button type="button" onclick={decide(true)}>{ say!("compare.keep") }</button>
                <button type="button" onclick={decide(false)}>{ say!("compare.theirs") }</button>
            </div>
            if let Some(theirs) = &*shown {
                <Later view={&BOTH} drawing={drawing(Value::Array(vec![theirs.as_str().into(), mine.as_str().into()]))} />
            }
        </>
    }
}
