//! Code signing configurations, and the functions that have them.

use std::sync::Arc;

use cloud_core::AwsError;
use cloud_store::{Error, Index, Key, Resident, Store, Table, Transaction};

use super::Records;
use crate::shapes::Code;
use crate::state::{CodeSigning, Function};

/// By their ids.
pub(super) const CONFIGURATIONS: Table = Table("code_signing_configs");
pub(super) const BY_CONFIGURATION: Table = Table("functions_by_code_signing_config");

/// The functions that have a configuration, by its ARN.
pub(super) const FUNCTIONS: Index<Function> = Index {
    table: BY_CONFIGURATION,
    version: 1,
    keys: |function| function.code_signing.iter().map(|arn| Key::text(arn)).collect(),
};

/// The kept configurations.
#[derive(Clone)]
pub(super) struct CodeSignings(Resident<String, CodeSigning>);

impl CodeSignings {
    pub(super) async fn open(store: &Store) -> Result<Self, Error> {
        Ok(Self(Resident::open(store, CONFIGURATIONS, &[]).await?.0))
    }

    /// Fails where a function is to have a configuration that is not there.
    pub(super) fn expect(
        &self,
        transaction: &mut Transaction<'_>,
        old: Option<&Function>,
        new: Option<&Function>,
    ) -> Result<(), AwsError> {
        let before = old.and_then(|old| old.code_signing.as_ref());
        let wanted = new.and_then(|new| new.code_signing.as_ref()).filter(|wanted| Some(*wanted) != before);
        let Some(arn) = wanted else { return Ok(()) };
        match self.0.within(transaction).get(&id_in(arn).to_owned())? {
            Some(_) => Ok(()),
            None => Err(no_configuration(arn)),
        }
    }
}

/// That a function cannot have a configuration that is not there.
pub(crate) fn no_configuration(arn: &str) -> AwsError {
    Code::CodeSigningConfigNotFoundException.error(format!(
        "The code signing configuration cannot be found. Check that the provided configuration is not deleted: {arn}."
    ))
}

/// `csc-…` of a configuration's ARN.
pub(crate) fn id_in(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or_default()
}

impl Records {
    /// A code signing configuration, by its id.
    pub(crate) fn code_signing(&self, id: &str) -> Option<Arc<CodeSigning>> {
        self.code_signings.0.get(&id.to_owned())
    }

    /// So many configurations behind an id, in order.
    pub(crate) fn code_signings_behind(&self, id: &str, most: usize) -> Vec<(String, Arc<CodeSigning>)> {
        let view = self.code_signings.0.view();
        let behind = (std::ops::Bound::Excluded(id.to_owned()), std::ops::Bound::Unbounded);
        view.range(behind).take(most).map(|(id, kept)| (id.clone(), Arc::clone(kept))).collect()
    }

    /// Makes or changes a configuration.
    pub(crate) async fn change_code_signing<T: Send + 'static>(
        &self,
        id: &str,
        change: impl FnOnce(Option<&CodeSigning>) -> Result<(CodeSigning, T), AwsError> + Send + 'static,
    ) -> Result<T, AwsError> {
        let change = |present: Option<&CodeSigning>| {
            let (new, answer) = change(present)?;
            Ok((Some(new), answer))
        };
        self.code_signings.0.change(id.to_owned(), change).await
    }

    /// Removes a configuration that no function has. False if it was not there.
    pub(crate) async fn remove_code_signing(
        &self,
        id: &str,
        arn: &str,
        in_use: impl FnOnce() -> AwsError + Send + 'static,
    ) -> Result<bool, AwsError> {
        let (records, id, by) = (self.clone(), id.to_owned(), Key::text(arn));
        let remove = move |transaction: &mut Transaction<'_>| {
            if !records.functions.within(transaction).find(&FUNCTIONS, &by, None, 1)?.is_empty() {
                return Err(in_use());
            }
            Ok(records.code_signings.0.within(transaction).remove(&id)?)
        };
        self.store.free(remove).await
    }

    /// The names of functions that have a configuration, in order, from behind one of them on.
    pub(crate) async fn functions_with(
        &self,
        arn: &str,
        behind: Option<&str>,
        most: usize,
    ) -> Result<Vec<String>, AwsError> {
        Ok(self.functions.find(FUNCTIONS, Key::text(arn), behind.map(str::to_owned), most).await?)
    }
}
