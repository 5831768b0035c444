//! A function's published versions, and its aliases with their weights.

use std::rc::Rc;

use protocol::version::{
    Alias, DeleteAlias, DeleteVersion, ListVersions, PublishVersion, PutAlias, Version, Versions,
};
use web_sys::{HtmlInputElement, SubmitEvent};
use widgets::{IconButton, use_effect_with};
use yew::prelude::*;

use crate::{
    desk::{Desk, use_desk},
    messages::say,
    panels::function::{
        asked::{Said, act, arrived, change, choice, field, told, use_asked},
        model::AliasDraft,
        overview::OfProps,
    },
    state::notices,
    text::bytes,
};

/// The versions.
#[component]
pub fn VersionList(props: &OfProps) -> Html {
    let desk = use_desk();
    let name = props.name.clone();
    let (seen, look) = use_asked(props.shown, move || ListVersions { name: name.to_string() });
    let said = use_state_eq(|| Said::None);
    let listed = match arrived(seen, &look) {
        Ok(listed) => listed,
        Err(nothing) => return nothing,
    };
    let delete = |version: &Version| {
        let (name, version) = (props.name.clone(), version.version.clone());
        let (desk, said, look) = (desk.clone(), said.clone(), look.clone());
        Callback::from(move |_: MouseEvent| {
            let title = say!("function.delete-version", version = version);
            let (said, look, name, version) = (said.clone(), look.clone(), name.clone(), version.clone());
            let (body, button) = (say!("function.delete-version-body"), say!("button.delete"));
            notices::confirm(&desk, title, body, button, move |desk| {
                let call = DeleteVersion { name: name.to_string(), version: version.clone() };
                act(desk, call, &said, |()| say!("function.version-deleted").into(), &look);
            });
        })
    };
    html! {
        <>
            <Publish name={props.name.clone()} published={look.clone()} />
            <section aria-label={say!("function.published")}>
                <h3>{ say!("function.published") }</h3>
                if listed.versions.is_empty() {
                    <p class="empty">{ say!("function.no-version") }</p>
                } else {
                    <ul class="rows">
                        { for listed.versions.iter().map(|version| html! {
                            <li key={version.version.clone()}>
                                <span class="badge">{ &version.version }</span>
                                <span class="grow">{ &version.description }</span>
                                <span class="row-detail">{ format!("{}, {}", short_time(&version.last_modified), bytes(version.code_size)) }</span>
                                <IconButton icon="trash-2" label={say!("function.delete-version", version = version.version)} onclick={delete(version)} />
                            </li>
                        }) }
                    </ul>
                }
                { told(&said) }
            </section>
            <section aria-label={say!("function.aliases")}>
                <h3>{ say!("function.aliases") }</h3>
                { for listed.aliases.iter().map(|alias| html! {
                    <AliasForm key={alias.name.clone()} name={props.name.clone()} alias={Some(alias.clone())}
                        listed={Rc::clone(&listed)} changed={look.clone()} />
                }) }
                if !listed.versions.is_empty() {
                    <AliasForm key="+" name={props.name.clone()} listed={Rc::clone(&listed)} changed={look.clone()} />
                }
            </section>
        </>
    }
}

/// A time as AWS writes it, without what is below a minute.
fn short_time(time: &str) -> String {
    time.get(..16).unwrap_or(time).replace('T', " ")
}

#[derive(Properties, PartialEq)]
struct PublishProps {
    name: AttrValue,
    published: Callback<()>,
}

/// Publishes what `$LATEST` is.
#[component]
fn Publish(props: &PublishProps) -> Html {
    let desk = use_desk();
    let description = use_state_eq(String::new);
    let said = use_state_eq(|| Said::None);
    let onsubmit = {
        let (description, said) = (description.clone(), said.clone());
        let (name, published) = (props.name.clone(), props.published.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let call = PublishVersion { name: name.to_string(), description: (*description).clone() };
            let done = |answer: protocol::version::Published| {
                say!("function.version-published", version = answer.version)
            };
            act(&desk, call, &said, done, &published);
        })
    };
    html! {
        <form aria-label={say!("function.publish")} {onsubmit}>
            <div class="tools">
                { field(say!("function.version-description"), &description, &change(&description, |held, text| *held = text)) }
                <button type="submit" class="primary">{ say!("function.publish") }</button>
            </div>
            { told(&said) }
        </form>
    }
}

#[derive(Properties, PartialEq)]
struct AliasProps {
    /// The function's name.
    name: AttrValue,
    /// The alias; none for one that is to be made.
    #[prop_or_default]
    alias: Option<Alias>,
    listed: Rc<Versions>,
    changed: Callback<()>,
}

/// An alias: the version it names, and the share of a second one.
#[component]
fn AliasForm(props: &AliasProps) -> Html {
    let desk = use_desk();
    let draft = {
        let (alias, listed) = (props.alias.clone(), Rc::clone(&props.listed));
        use_state_eq(move || AliasDraft::of(alias.as_ref(), &listed))
    };
    let said = use_state_eq(|| Said::None);
    {
        let (draft, listed) = (draft.clone(), Rc::clone(&props.listed));
        use_effect_with(props.alias.clone(), move |alias| {
            if alias.is_some() {
                draft.set(AliasDraft::of(alias.as_ref(), &listed));
            }
        });
    }
    let (label, heading, button) = if props.alias.is_none() {
        (say!("function.new-alias").into(), say!("function.new-alias").into(), say!("function.make-alias"))
    } else {
        (say!("function.alias-of", name = draft.name), draft.name.clone(), say!("button.save"))
    };
    let onsubmit = saving(props, &desk, &draft, &said);
    html! {
        <form class="alias" aria-label={label} {onsubmit}>
            <div class="tools">
                <h4>{ heading }</h4>
                { for props.alias.as_ref().map(|alias| deletion(props, alias, &desk, &said)) }
            </div>
            { fields(props, &draft) }
            if !draft.second.is_empty() {
                <Weight {draft} />
            }
            <div class="tools">
                <button type="submit">{ button }</button>
            </div>
            { told(&said) }
        </form>
    }
}

/// Puts the alias as the draft has it. The form of a new one is empty afterwards.
fn saving(
    props: &AliasProps,
    desk: &Desk,
    draft: &UseStateHandle<AliasDraft>,
    said: &UseStateHandle<Said>,
) -> Callback<SubmitEvent> {
    let is_new = props.alias.is_none();
    let (desk, draft, said) = (desk.clone(), draft.clone(), said.clone());
    let (name, changed, listed) = (props.name.clone(), props.changed.clone(), Rc::clone(&props.listed));
    Callback::from(move |event: SubmitEvent| {
        event.prevent_default();
        let alias = draft.alias();
        let call = PutAlias { name: name.to_string(), is_new, alias: alias.clone() };
        let (draft, empty) = (draft.clone(), AliasDraft::of(None, &listed));
        let done = move |()| {
            if is_new {
                draft.set(empty);
            }
            say!("function.alias-saved", name = alias.name)
        };
        act(&desk, call, &said, done, &changed);
    })
}

/// What deletes the alias, once that is confirmed.
fn deletion(props: &AliasProps, alias: &Alias, desk: &Desk, said: &UseStateHandle<Said>) -> Html {
    let label = say!("function.delete-alias", name = alias.name);
    let (desk, said, title) = (desk.clone(), said.clone(), label.clone());
    let (name, alias, changed) = (props.name.clone(), alias.name.clone(), props.changed.clone());
    let onclick = Callback::from(move |_: MouseEvent| {
        let (said, name, alias, changed) = (said.clone(), name.clone(), alias.clone(), changed.clone());
        let (body, button) = (say!("function.delete-alias-body"), say!("button.delete"));
        notices::confirm(&desk, title.clone(), body, button, move |desk| {
            let call = DeleteAlias { name: name.to_string(), alias: alias.clone() };
            act(desk, call, &said, |()| AttrValue::default(), &changed);
        });
    });
    html! { <IconButton icon="trash-2" {label} {onclick} /> }
}

/// Its name while it has none, and its versions.
fn fields(props: &AliasProps, draft: &UseStateHandle<AliasDraft>) -> Html {
    let of = |of: fn(&mut AliasDraft) -> &mut String| {
        change(draft, move |draft: &mut AliasDraft, text: String| *of(draft) = text)
    };
    let published = props.listed.versions.iter().map(|one| AttrValue::from(one.version.clone()));
    let mut second: Vec<(AttrValue, AttrValue)> = published.map(|one| (one.clone(), one)).collect();
    // AWS: an alias may name what is not published, but not divide then.
    let mut first = second.clone();
    first.push(("$LATEST".into(), "$LATEST".into()));
    second.insert(0, (AttrValue::default(), say!("function.no-second").into()));
    html! {
        <div class="tools wrap">
            if props.alias.is_none() {
                { field(say!("function.alias-name"), &draft.name, &of(|draft| &mut draft.name)) }
            }
            { choice(say!("function.alias-version"), &first, &draft.version, &of(|draft| &mut draft.version)) }
            { choice(say!("function.second"), &second, &draft.second, &of(|draft| &mut draft.second)) }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct WeightProps {
    draft: UseStateHandle<AliasDraft>,
}

/// How many of the calls go to the second version.
#[component]
fn Weight(props: &WeightProps) -> Html {
    let draft = &props.draft;
    let oninput = change(draft, |draft: &mut AliasDraft, event: InputEvent| {
        let value = event.target_unchecked_into::<HtmlInputElement>().value();
        draft.percent = value.parse().unwrap_or(draft.percent);
    });
    html! {
        <label class="field">
            <span>{ say!("function.weight", percent = draft.percent, version = draft.second, rest = 100 - draft.percent, first = draft.version) }</span>
            <input type="range" min="0" max="100" step="1" value={draft.percent.to_string()} {oninput} />
        </label>
    }
}
