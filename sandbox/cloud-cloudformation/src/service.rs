//! CloudFormation as the endpoint sees it.

use std::sync::Arc;

use cloud_core::{Access, Context};
use cloud_wire::access::Asking;
use cloud_wire::service::Asks;
use cloud_wire::{Service, ServiceModel};

use crate::engine::Engine;
use crate::ops;
use crate::resources::{CdkMetadata, WaitConditionHandle};

/// Why the service cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("failed to open the store of stacks")]
pub struct OpenError(#[from] cloud_store::Error);

/// CloudFormation of one cloud.
pub struct CloudFormation {
    engine: Engine,
}

impl CloudFormation {
    /// Opens the stacks of a cloud and registers the types that are CloudFormation's own.
    ///
    /// When all services have registered theirs, call [`CloudFormation::resume`].
    pub async fn open(context: Context) -> Result<Self, OpenError> {
        context.peers().add_provider(Arc::new(WaitConditionHandle));
        context.peers().add_provider(Arc::new(CdkMetadata));
        Ok(Self { engine: Engine::open(context).await? })
    }

    /// Goes on with the operations that were under way when the cloud stopped.
    pub fn resume(&self) {
        self.engine.resume();
    }

    /// Takes no further step, so that what fails while the cloud ends is not taken for a failed deployment.
    pub async fn stop(&self) {
        self.engine.stop().await;
    }

    /// Whether nothing is being done to any stack.
    pub fn is_idle(&self) -> bool {
        self.engine.is_idle()
    }

    /// Closes the store: nothing is changed any more, and another may open it. To be called when it is idle.
    pub async fn close(&self) {
        self.engine.close().await;
    }

    /// The stacks.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }
}

impl Service for CloudFormation {
    fn model(&self) -> &'static ServiceModel {
        &crate::shapes::MODEL
    }

    fn accesses(&self, asking: &Asking<'_>) -> Vec<Access> {
        let mut accesses = asking.by_rule();
        // However a stack is named, leave is asked for its ARN; of one that is not there only the name is known.
        let engine = self.engine();
        // The ARN of a change set says whose it is, whatever stack is named beside it.
        let set = asking.text("ChangeSetName").filter(|name| name.starts_with("arn:"));
        let of_set = set.and_then(|arn| engine.find_change_set(arn, None)).map(|set| set.stack_id.clone());
        let named = of_set.or_else(|| asking.text("StackName").map(str::to_owned));
        if let Some(stack) = named.and_then(|name| engine.find(&name)) {
            for access in accesses.iter_mut().filter(|access| access.resource.contains(":stack/")) {
                access.resource.clone_from(&stack.id);
            }
        }
        accesses
    }

    fn asks<'a>(&'a self, asking: &Asking<'_>) -> Asks<'a> {
        let mut accesses = self.accesses(asking);
        Box::pin(async move {
            for access in &mut accesses {
                let stack = self.engine().find(&access.resource);
                if let Some(id) = stack.and_then(|stack| stack.definition.clone()) {
                    access.tell_tags(self.engine().definition(&id).await?.tags.clone());
                }
            }
            Ok(accesses)
        })
    }

    cloud_wire::dispatch! { crate::shapes;
        CreateChangeSet => ops::create_change_set,
        CreateStack => ops::create_stack,
        DeleteChangeSet => ops::delete_change_set,
        DeleteStack => ops::delete_stack,
        DescribeChangeSet => ops::describe_change_set,
        DescribeEvents => ops::describe_events,
        DescribeStackEvents => ops::describe_stack_events,
        DescribeStackResource => ops::describe_stack_resource,
        DescribeStackResources => ops::describe_stack_resources,
        DescribeStacks => ops::describe_stacks,
        ExecuteChangeSet => ops::execute_change_set,
        GetTemplate => ops::get_template,
        GetTemplateSummary => ops::get_template_summary,
        ListChangeSets => ops::list_change_sets,
        ListExports => ops::list_exports,
        ListImports => ops::list_imports,
        ListStackResources => ops::list_stack_resources,
        ListStacks => ops::list_stacks,
        UpdateStack => ops::update_stack,
        UpdateTerminationProtection => ops::update_termination_protection,
        ValidateTemplate => ops::validate_template,
    }
}
