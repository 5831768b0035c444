//! The operations, one file each or one for a small family, as AWS's reference describes them.

mod aliases;
mod concurrency;
mod create_function;
mod delete_function;
mod describe;
mod get_account_settings;
mod get_function;
pub(crate) mod idle;
mod invoke;
mod list;
mod permissions;
mod publish_version;
mod refused;
mod tags;
mod update_function;

pub(crate) use aliases::{create_alias, delete_alias, get_alias, list_aliases, make_alias, update_alias};
pub(crate) use concurrency::set as set_concurrency;
pub(crate) use concurrency::{
    delete_function_concurrency, get_function_concurrency, put_function_concurrency,
};
pub(crate) use create_function::{create, create_function};
pub(crate) use delete_function::delete_function;
pub(crate) use describe::describe;
pub(crate) use get_account_settings::get_account_settings;
pub(crate) use get_function::{get_function, get_function_configuration};
pub(crate) use invoke::{check_payload, invoke};
pub(crate) use list::{list_functions, list_versions_by_function};
pub(crate) use permissions::{add_permission, get_policy, remove_permission};
pub(crate) use publish_version::{publish, publish_version};
pub(crate) use tags::{check_tags, list_tags, replace_tags, tag_resource, untag_resource};
pub(crate) use update_function::{reconfigure, update_function_code, update_function_configuration};

use cloud_core::{AwsError, Maker};

use crate::Lambda;
use crate::names::FunctionName;

/// Who wants a function made or changed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Origin<'a> {
    /// Who signed a request.
    Request,
    /// A step of a template, by its token. Templates that name what only AWS has deploy, and their events say what that
    /// changes.
    Template(&'a str),
}

impl Origin<'_> {
    fn maker(self) -> Maker {
        match self {
            Self::Request => Maker::NOBODY,
            Self::Template(token) => Maker::step(token),
        }
    }
}

/// The function went away while its change was under way.
fn gone(service: &Lambda, name: &str) -> AwsError {
    FunctionName { name: name.to_owned(), qualifier: None }.not_found(service.context())
}

/// How many items a page holds at most.
// AWS: "MaxItems … Lambda returns up to 50 items in each response" unless less is asked for.
const MOST: usize = 50;
