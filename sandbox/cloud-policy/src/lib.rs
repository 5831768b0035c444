//! Policies of AWS: what a document says ([`Policy`]), what is asked ([`Request`]), and what all policies that are about
//! it decide ([`decide`]); and the facts about every service's actions ([`actions`]).
//!
//! Pure: no store, no clock, no errors of AWS. Who keeps which policy, and what a request's keys are, others know. Whether
//! a document is one that IAM would take is not said here either: what cannot be read is an error, all else is evaluated.

pub mod actions;
mod compare;
mod condition;
mod decision;
mod document;
mod documents;
mod keys;
mod pattern;
mod principal;

pub use condition::Operator;
pub use decision::{Decision, Kind, Matched, Policies, Request, Source, Verdict, decide, lets_in};
pub use document::{MAX_DOCUMENT, ParseError, Place, Policy, Statement};
pub use documents::Documents;
pub use keys::Keys;
pub use pattern::Steps;
pub use principal::Principal;
