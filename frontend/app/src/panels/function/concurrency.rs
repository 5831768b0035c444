//! How many of a function run at once: reserved of the account's, and kept booted.

use std::rc::Rc;

use protocol::{
    concurrency::{Concurrency, DescribeConcurrency, Provision, Provisioned, Reserve},
    version::ListVersions,
};
use web_sys::SubmitEvent;
use widgets::IconButton;
use yew::prelude::*;

use crate::{
    desk::use_desk,
    messages::say,
    panels::function::{
        asked::{Said, act, arrived, change, choice, field, told, use_asked},
        model::{qualifiers, whole},
        overview::OfProps,
    },
};

/// The concurrency.
#[component]
pub fn ConcurrencyPage(props: &OfProps) -> Html {
    let name = props.name.clone();
    let (seen, look) = use_asked(props.shown, move || DescribeConcurrency { name: name.to_string() });
    let seen = match arrived(seen, &look) {
        Ok(seen) => seen,
        Err(nothing) => return nothing,
    };
    let reserved =
        seen.reserved.map_or_else(|| say!("function.none").to_owned(), |number| number.to_string());
    let counts = [
        (say!("function.account"), seen.account.to_string()),
        (say!("function.unreserved"), seen.unreserved.to_string()),
        (say!("function.reserved"), reserved),
    ];
    html! {
        <>
            { widgets::counts(counts) }
            <ReserveForm name={props.name.clone()} seen={Rc::clone(&seen)} changed={look.clone()} />
            <ProvisionForm name={props.name.clone()} shown={props.shown} {seen} changed={look} />
        </>
    }
}

#[derive(Properties, PartialEq)]
struct ReserveProps {
    name: AttrValue,
    seen: Rc<Concurrency>,
    changed: Callback<()>,
}

/// Reserves.
#[component]
fn ReserveForm(props: &ReserveProps) -> Html {
    let desk = use_desk();
    let present = props.seen.reserved.map(|number| number.to_string()).unwrap_or_default();
    let wanted = use_state_eq(move || present);
    let said = use_state_eq(|| Said::None);
    let reserve = {
        let (desk, said, name, changed) = (desk, said.clone(), props.name.clone(), props.changed.clone());
        Callback::from(move |reserved: Option<i32>| {
            let call = Reserve { name: name.to_string(), reserved };
            act(&desk, call, &said, |()| say!("function.saved").into(), &changed);
        })
    };
    let onsubmit = {
        let (wanted, said, reserve) = (wanted.clone(), said.clone(), reserve.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            match whole(&wanted, say!("function.reserved")) {
                Ok(number) => reserve.emit(Some(number)),
                Err(wrong) => said.set(Some(Err(wrong))),
            }
        })
    };
    let give_back = props.seen.reserved.map(|_| {
        let (wanted, reserve) = (wanted.clone(), reserve.clone());
        Callback::from(move |_: MouseEvent| {
            wanted.set(String::new());
            reserve.emit(None);
        })
    });
    html! {
        <form aria-label={say!("function.reserved")} {onsubmit}>
            <div class="tools wrap">
                { field(say!("function.reserved"), &wanted, &change(&wanted, |held, text| *held = text)) }
                <button type="submit" class="primary">{ say!("function.reserve") }</button>
                if let Some(onclick) = give_back {
                    <button type="button" {onclick}>{ say!("function.unreserve") }</button>
                }
            </div>
            <small>{ say!("function.reserve-note") }</small>
            { told(&said) }
        </form>
    }
}

#[derive(Properties, PartialEq)]
struct ProvisionProps {
    name: AttrValue,
    shown: bool,
    seen: Rc<Concurrency>,
    changed: Callback<()>,
}

/// Provisions.
#[component]
fn ProvisionForm(props: &ProvisionProps) -> Html {
    let desk = use_desk();
    let name = props.name.clone();
    let (versions, _) = use_asked(props.shown, move || ListVersions { name: name.to_string() });
    let options = versions.and_then(Result::ok).map(|listed| qualifiers(&listed)).unwrap_or_default();
    // Which one, and how many.
    let draft = use_state_eq(<(String, String)>::default);
    let said = use_state_eq(|| Said::None);
    let first = options.first().map(|(value, _)| value.to_string()).unwrap_or_default();
    let chosen = if draft.0.is_empty() { first } else { draft.0.clone() };
    let provision = {
        let (desk, said, name, changed) = (desk, said.clone(), props.name.clone(), props.changed.clone());
        Callback::from(move |(qualifier, wanted): (String, Option<i32>)| {
            let call = Provision { name: name.to_string(), qualifier, wanted };
            act(&desk, call, &said, |()| say!("function.saved").into(), &changed);
        })
    };
    let onsubmit = {
        let (draft, said, provision, chosen) =
            (draft.clone(), said.clone(), provision.clone(), chosen.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            match whole(&draft.1, say!("function.environments")) {
                Ok(number) => provision.emit((chosen.clone(), Some(number))),
                Err(wrong) => said.set(Some(Err(wrong))),
            }
        })
    };
    let row = |one: &Provisioned| {
        let remove = {
            let (provision, qualifier) = (provision.clone(), one.qualifier.clone());
            Callback::from(move |_: MouseEvent| provision.emit((qualifier.clone(), None)))
        };
        html! {
            <li key={one.qualifier.clone()}>
                <span class="badge">{ &one.qualifier }</span>
                <span class="grow">{ say!("function.provisioned-of", available = one.available, wanted = one.wanted) }</span>
                <span class="row-detail" title={one.reason.clone()}>{ &one.status }</span>
                <IconButton icon="trash-2" label={say!("function.remove", name = one.qualifier)} onclick={remove} />
            </li>
        }
    };
    html! {
        <section aria-label={say!("function.provisioned")}>
            <h3>{ say!("function.provisioned") }</h3>
            <ul class="rows">{ for props.seen.provisioned.iter().map(row) }</ul>
            if options.is_empty() {
                <p class="empty">{ say!("function.nothing-to-provision") }</p>
            } else {
                <form aria-label={say!("function.provisioned")} {onsubmit}>
                    <div class="tools wrap">
                        { choice(say!("function.qualifier"), &options, &chosen, &change(&draft, |draft, text| draft.0 = text)) }
                        { field(say!("function.environments"), &draft.1, &change(&draft, |draft, text| draft.1 = text)) }
                        <button type="submit" class="primary">{ say!("function.provision") }</button>
                    </div>
                </form>
            }
            { told(&said) }
        </section>
    }
}
