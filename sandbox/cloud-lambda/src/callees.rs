//! Functions as they are called: found once by a name, with what their policy says and what runs of them.
//!
//! What is found is kept for as long as nothing has changed of all that it was found in, by counts of the changes: one that
//! was acknowledged is seen by the next call. Not here: what runs, which is `ready_versions`'.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock, Weak};

use cloud_core::budget::Source;
use cloud_core::{AwsError, ConditionKeys, Context};
use jiff::Timestamp;

use crate::names::{FunctionName, function_arn};
use crate::ready_versions::{Ready, ReadyVersions};
use crate::records::Records;
use crate::state::{Function, Policy, Sender};

/// How many are kept: beyond them all are found anew.
const MOST: usize = 1024;

/// A function by one of its names.
pub(crate) struct Callee {
    pub(crate) name: FunctionName,
    pub(crate) function: Arc<Function>,
    /// With the qualifier, if there is one.
    pub(crate) arn: String,
    pub(crate) function_arn: String,
    /// Who pays for what its events take.
    pub(crate) source: Source,
    /// Whether it cannot be called yet.
    pub(crate) is_creating: bool,
    policy: OnceLock<Policy>,
    /// What runs, once it was run, where the name means one version.
    ready: OnceLock<Weak<Ready>>,
}

impl Callee {
    /// Whether the policy lets somebody else than the account invoke it by this name.
    // AWS: a permission on the function does not cover its aliases and versions; each has a policy of its own.
    pub(crate) fn allows(&self, sender: Sender<'_>) -> bool {
        self.policy().allows(sender)
    }

    /// Whether the policy lets anybody do that with it by this name, under conditions with these keys.
    pub(crate) fn allows_anybody(&self, action: &str, keys: ConditionKeys) -> bool {
        self.policy().allows_anybody(action, keys)
    }

    fn policy(&self) -> &Policy {
        self.policy.get_or_init(|| {
            let qualifier = self.name.qualifier.as_deref().unwrap_or_default();
            let statements = self.function.policies.get(qualifier).map(|statements| statements.as_slice());
            Policy::of(statements.unwrap_or_default(), &self.arn)
        })
    }
}

/// Those that were called.
pub(crate) struct Callees {
    context: Context,
    records: Records,
    versions: Arc<ReadyVersions>,
    kept: RwLock<Kept>,
}

/// What was found while so many changes had been made.
#[derive(Default)]
struct Kept {
    changes: (u64, u64),
    by_name: HashMap<FunctionName, Arc<Callee>>,
}

impl Callees {
    pub(crate) fn new(context: Context, records: Records, versions: Arc<ReadyVersions>) -> Self {
        Self { context, records, versions, kept: RwLock::default() }
    }

    /// The function of that name as it is now.
    pub(crate) fn find(&self, name: &FunctionName) -> Result<Arc<Callee>, AwsError> {
        // Read before all else: should something change meanwhile, the next call finds it.
        let changes = (self.records.changes(), self.versions.changes());
        {
            let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
            if kept.changes == changes
                && let Some(callee) = kept.by_name.get(name)
            {
                return Ok(Arc::clone(callee));
            }
        }
        let callee = Arc::new(self.look_up(name)?);
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.changes != changes || kept.by_name.len() >= MOST {
            *kept = Kept { changes, by_name: HashMap::new() };
        }
        kept.by_name.insert(name.clone(), Arc::clone(&callee));
        Ok(callee)
    }

    /// Fails while what is called is not made yet.
    pub(crate) fn expect_made(&self, callee: &Callee) -> Result<(), AwsError> {
        let version = callee.function.resolve(callee.name.qualifier(), 0.0).map(|(version, _)| version);
        self.versions.expect_made(&callee.name.name, version.unwrap_or_default())
    }

    fn look_up(&self, name: &FunctionName) -> Result<Callee, AwsError> {
        let not_found = || name.not_found(&self.context);
        let function = self.records.get(&name.name).ok_or_else(not_found)?;
        let (version, _) = function.resolve(name.qualifier(), 0.0).ok_or_else(not_found)?;
        let is_creating = self.versions.expect_made(&name.name, version).is_err();
        Ok(Callee {
            name: name.clone(),
            arn: name.arn(&self.context),
            function_arn: function_arn(&self.context, &name.name).to_string(),
            source: Source::named("function", name.name.as_str()),
            is_creating,
            function,
            policy: OnceLock::new(),
            ready: OnceLock::new(),
        })
    }

    /// The version that an invocation by this name runs. An alias with weights divides by what `chance` gives, which is in
    /// 0..1.
    pub(crate) async fn ready(
        &self,
        callee: &Callee,
        now: Timestamp,
        chance: impl FnOnce() -> f64,
    ) -> Result<Arc<Ready>, AwsError> {
        if let Some(ready) = callee.ready.get().and_then(Weak::upgrade)
            && ready.has_good_keys(now)
        {
            self.versions.note_use(&ready);
            return Ok(ready);
        }
        let (function, qualifier) = (&callee.function, callee.name.qualifier());
        let is_divided = function.aliases.get(qualifier).is_some_and(|alias| !alias.weights.is_empty());
        let chance = if is_divided { chance() } else { 0.0 };
        let (version, found) =
            function.resolve(qualifier, chance).ok_or_else(|| callee.name.not_found(&self.context))?;
        // Its state is large, and would be every call's.
        let ready = Box::pin(self.versions.ready(function, version, found)).await?;
        if !is_divided {
            // The first stays: where it is no longer what runs, neither is this callee.
            callee.ready.get_or_init(|| Arc::downgrade(&ready));
        }
        Ok(ready)
    }
}
