//! Whose each function URL is. What is found is kept for as long as no function has changed.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use crate::names::FunctionName;
use crate::records::Records;
use crate::state::{Function, Url};

/// A function URL with what it is of.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) name: FunctionName,
    pub(crate) url: Arc<Url>,
}

type ById = HashMap<String, Arc<Found>>;

/// All of them, by their ids.
pub(crate) struct Ids {
    records: Records,
    kept: RwLock<Kept>,
}

/// What was found while so many changes had been made.
#[derive(Default)]
struct Kept {
    changes: Option<u64>,
    by_id: Arc<ById>,
}

impl Ids {
    pub(crate) fn new(records: Records) -> Self {
        Self { records, kept: RwLock::default() }
    }

    /// The function URL of that id.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<Found>> {
        self.all().get(id).cloned()
    }

    /// The ids of all.
    pub(crate) fn ids(&self) -> HashSet<String> {
        self.all().keys().cloned().collect()
    }

    fn all(&self) -> Arc<ById> {
        // Read before anything is looked up, so that what changes meanwhile is looked up again.
        let changes = Some(self.records.changes());
        {
            let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
            if kept.changes == changes {
                return Arc::clone(&kept.by_id);
            }
        }
        let by_id = Arc::new(self.look_up());
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) =
            Kept { changes, by_id: Arc::clone(&by_id) };
        by_id
    }

    fn look_up(&self) -> ById {
        let view = self.records.view();
        let of = |function: &Arc<Function>| {
            let found = function.urls.iter().map(|(qualifier, url)| {
                let qualifier = Some(qualifier).filter(|qualifier| !qualifier.is_empty()).cloned();
                let name = FunctionName { name: function.name.clone(), qualifier };
                let found = Found { name, url: Arc::clone(url) };
                (url.id.clone(), Arc::new(found))
            });
            found.collect::<Vec<_>>()
        };
        view.values().flat_map(of).collect()
    }
}
