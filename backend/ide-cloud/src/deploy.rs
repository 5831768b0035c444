//! Deploys a template as `aws cloudformation package` and `deploy` do: upload what it names, make a change set, execute
//! it, follow the stack's events.

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
    time::Duration,
};

use http::Method;
use ide_core::Grant;
use protocol::{
    CallError, ErrorCode, Event, PersonId, Said,
    cloud::Output,
    deploy::{self as calls, Deployment, Phase, StartDeploy},
};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::{
    client::{CLOUDFORMATION, Element, MAX_PAGES, Rest, S3, encode},
    cloud::function_among,
    deployment::{self, StackEvent},
    error::CloudError,
    template::Template,
    uploads,
    workspace::CloudPanels,
};

/// How often CloudFormation is asked how far it is.
const POLL: Duration = Duration::from_millis(150);
/// Deployments remembered.
const MAX_DEPLOYMENTS: usize = 50;
// AWS: 128 characters; letters, digits and hyphens, a letter first.
const MAX_STACK_NAME: usize = 128;

impl CloudPanels {
    /// Starts a deployment and answers at once.
    pub(crate) async fn start_deploy(
        self: &Arc<Self>,
        by: &PersonId,
        call: StartDeploy,
    ) -> Result<Deployment, CallError> {
        check_stack_name(&call.stack)?;
        let grant = self.trust().grant("Deploy")?;
        let template = self.template(call.template.clone()).await?;
        let id = uuid::Uuid::now_v7().simple().to_string();
        let running = self.begin(&id)?;
        let deployment = deployment::begin(id.clone(), by, &call);
        {
            let mut all = self.deployments();
            if all.iter().any(|other| other.stack == call.stack && other.is_running()) {
                let message = format!("the stack {} is being deployed; wait until that is done", call.stack);
                let error = CallError::new(ErrorCode::Conflict, message);
                return Err(error.because("deploying", &[("stack", &call.stack)]));
            }
            all.insert(0, deployment.clone());
            all.truncate(MAX_DEPLOYMENTS);
        }
        let this = Arc::clone(self);
        let parameters = call.parameters;
        tokio::spawn(async move {
            let run =
                Run { panels: &this, id: &id, template: &template, cancel: running.token(), grant: &grant };
            if let Err(error) = run.deploy(&parameters).await {
                run.fail(error);
            }
        });
        Ok(deployment)
    }

    /// Changes a deployment and tells everybody.
    fn update(&self, id: &str, change: impl FnOnce(&mut Deployment)) {
        let changed = {
            let mut all = self.deployments();
            let Some(deployment) = all.iter_mut().find(|deployment| deployment.id == id) else { return };
            change(deployment);
            deployment.clone()
        };
        let by = changed.by.clone();
        self.events().publish(by.as_ref(), Event::Deploy(calls::Event::Changed(changed)));
    }
}

fn check_stack_name(name: &str) -> Result<(), CallError> {
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic());
    if !starts || name.len() > MAX_STACK_NAME || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    {
        let message = "a stack's name begins with a letter and has at most 128 letters, digits and hyphens";
        return Err(CallError::new(ErrorCode::Invalid, message).because("stack-name", &[]));
    }
    Ok(())
}

/// A function's package that was uploaded.
struct Uploaded {
    /// The function's name in the template.
    function: String,
    key: String,
    hash: String,
}

/// One running deployment.
struct Run<'a> {
    panels: &'a Arc<CloudPanels>,
    id: &'a str,
    template: &'a Template,
    cancel: &'a CancellationToken,
    grant: &'a Grant,
}

impl Run<'_> {
    async fn deploy(&self, parameters: &[(String, String)]) -> Result<(), CloudError> {
        let packages = self.build_and_upload().await?;
        let bucket = self.panels.bucket();
        let address =
            |package: &Uploaded| (package.function.clone(), format!("s3://{bucket}/{}", package.key));
        let uploaded: Vec<_> = packages.iter().map(address).collect();
        let template = self.upload_template(&self.template.with_code(&uploaded).to_string()).await?;
        let url = format!("{}/{bucket}/{template}", self.panels.aws().url());
        let Some(mut changed) = self.bring_about(&url, parameters).await? else { return Ok(()) };
        changed |= self.undo_reloads(&packages).await?;
        let kept: BTreeSet<String> =
            packages.into_iter().map(|package| package.key).chain([template]).collect();
        // Before it is done: then another one may upload.
        if let Err(error) = self.panels.forget_uploads(&self.stack(), &kept).await {
            tracing::warn!(%error, "what earlier deployments uploaded stays until the next one");
        }
        self.finish(changed).await
    }

    /// Makes the stack what an uploaded template says. Whether that changed it; none if it failed.
    async fn bring_about(
        &self,
        url: &str,
        parameters: &[(String, String)],
    ) -> Result<Option<bool>, CloudError> {
        self.enter(Phase::Deploying);
        let exists = self.stack_exists().await?;
        let change_set = self.create_change_set(exists, url, parameters).await?;
        let Some(change_set) = change_set else { return Ok(Some(false)) };
        let earlier = self.events(&HashSet::new(), 1).await.unwrap_or_default();
        let earlier = earlier.into_iter().map(|event| event.id).collect();
        let execute = [("ChangeSetName".to_owned(), change_set)];
        self.panels.aws().query(CLOUDFORMATION, "ExecuteChangeSet", &execute).await?;
        Ok(self.follow(earlier).await?.then_some(true))
    }

    /// Gives functions the code that was uploaded where they have another: CloudFormation compares templates, and does not
    /// see what a reload put there meanwhile. Whether there was any.
    async fn undo_reloads(&self, packages: &[Uploaded]) -> Result<bool, CloudError> {
        if packages.is_empty() {
            return Ok(false);
        }
        let (resources, bucket) = (self.panels.resources(&self.stack()).await?, self.panels.bucket());
        let mut changed = false;
        for Uploaded { function, key, hash } in packages {
            let Some(deployed) = function_among(&resources, function) else { continue };
            let code = || json!({ "S3Bucket": bucket, "S3Key": key });
            if self.panels.put_code(&deployed.physical_id, hash, code).await? {
                self.log(&format!("{function} has the deployed code again"));
                changed = true;
            }
        }
        Ok(changed)
    }

    fn enter(&self, phase: Phase) {
        self.panels.update(self.id, |deployment| deployment.phase = phase);
    }

    fn log(&self, text: &str) {
        self.panels.update(self.id, |deployment| deployment::log(deployment, text));
    }

    fn fail(&self, error: CloudError) {
        let said = CallError::from(error).said();
        let (message, position) = self.template.place(&said.message);
        let said = Said { message, ..said };
        self.panels.update(self.id, |deployment| deployment::fail(deployment, said, position));
    }

    fn stack(&self) -> String {
        let all = self.panels.deployments();
        all.iter().find(|deployment| deployment.id == self.id).map(|d| d.stack.clone()).unwrap_or_default()
    }

    fn stack_parameter(&self) -> (String, String) {
        ("StackName".to_owned(), self.stack())
    }

    fn check_cancelled(&self) -> Result<(), CloudError> {
        if self.cancel.is_cancelled() { Err(CloudError::Cancelled) } else { Ok(()) }
    }

    /// Uploads packages of all functions whose code is in the workspace.
    async fn build_and_upload(&self) -> Result<Vec<Uploaded>, CloudError> {
        let mut uploaded = Vec::new();
        for function in self.template.functions() {
            if function.code.is_none() {
                continue;
            }
            self.log(&format!("Building {}", function.logical_id));
            let on_output = |text: String| self.log(&text);
            let package =
                self.panels.builder().package(&function, &on_output, self.cancel, self.grant).await?;
            self.enter(Phase::Uploading);
            let key = uploads::key(&self.stack(), &package.hash, "zip");
            self.upload(&key, package.bytes).await?;
            uploaded.push(Uploaded { function: function.logical_id, key, hash: package.hash });
            self.enter(Phase::Building);
        }
        self.enter(Phase::Uploading);
        Ok(uploaded)
    }

    async fn upload_template(&self, template: &str) -> Result<String, CloudError> {
        use sha2::{Digest, Sha256};
        let key = uploads::key(&self.stack(), &hex::encode(Sha256::digest(template)), "template");
        self.upload(&key, template.as_bytes().to_vec()).await?;
        Ok(key)
    }

    /// Puts an object whose key names its content; one that is there already is left.
    async fn upload(&self, key: &str, content: Vec<u8>) -> Result<(), CloudError> {
        self.check_cancelled()?;
        let bucket = format!("/{}", self.panels.bucket());
        let path = format!("{bucket}/{}", encode(key));
        let aws = self.panels.aws();
        if aws.send(Rest::new(S3, Method::HEAD, path.clone())).await.is_ok() {
            return Ok(());
        }
        self.log(&format!("Uploading {key} ({} bytes)", content.len()));
        match aws.send(Rest::new(S3, Method::PUT, bucket)).await {
            Ok(_) => {}
            Err(error) if error.is("BucketAlreadyOwnedByYou") => {}
            Err(error) => return Err(error),
        }
        aws.send(Rest::new(S3, Method::PUT, path).body(content)).await.map(drop)
    }

    async fn stack_exists(&self) -> Result<bool, CloudError> {
        let described =
            self.panels.aws().query(CLOUDFORMATION, "DescribeStacks", &[self.stack_parameter()]).await;
        match described {
            // A stack that was only reviewed has no resources yet: its change set must still create it.
            Ok(stacks) => {
                Ok(stacks.find("StackStatus").is_some_and(|status| status.text != "REVIEW_IN_PROGRESS"))
            }
            Err(CloudError::Service { message, .. }) if message.contains("does not exist") => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Makes a change set; none where nothing would change.
    async fn create_change_set(
        &self,
        exists: bool,
        url: &str,
        parameters: &[(String, String)],
    ) -> Result<Option<String>, CloudError> {
        let mut form = vec![
            self.stack_parameter(),
            ("ChangeSetName".into(), format!("cumulo-{}", self.id)),
            ("ChangeSetType".into(), if exists { "UPDATE" } else { "CREATE" }.into()),
            ("TemplateURL".into(), url.to_owned()),
        ];
        for (index, capability) in ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"].iter().enumerate() {
            form.push((format!("Capabilities.member.{}", index + 1), (*capability).into()));
        }
        for (index, (name, value)) in parameters.iter().enumerate() {
            form.push((format!("Parameters.member.{}.ParameterKey", index + 1), name.clone()));
            form.push((format!("Parameters.member.{}.ParameterValue", index + 1), value.clone()));
        }
        let created = self.panels.aws().query(CLOUDFORMATION, "CreateChangeSet", &form).await?;
        let id = created.find("Id").map(|id| id.text.clone()).ok_or(CloudError::Answer("CreateChangeSet"))?;
        let name = [("ChangeSetName".to_owned(), id.clone())];
        loop {
            let set = self.panels.aws().query(CLOUDFORMATION, "DescribeChangeSet", &name).await?;
            let text = |name: &str| set.find(name).map(|element| element.text.clone()).unwrap_or_default();
            match text("Status").as_str() {
                "CREATE_COMPLETE" => return Ok(Some(id)),
                "FAILED" if says_nothing_changes(&text("StatusReason")) => {
                    self.panels.aws().query(CLOUDFORMATION, "DeleteChangeSet", &name).await?;
                    return Ok(None);
                }
                "FAILED" => return Err(CloudError::Template(Said::verbatim(text("StatusReason")))),
                "CREATE_PENDING" | "CREATE_IN_PROGRESS" => tokio::time::sleep(POLL).await,
                "" => return Err(CloudError::Answer("DescribeChangeSet")),
                other => {
                    let said = Said::new(format!("the change set is {other}"));
                    return Err(CloudError::Template(said.because("change-set", &[("status", &other)])));
                }
            }
        }
    }

    /// The stack's events that were not seen, oldest first. They come newest first, in pages, of which so many are read.
    async fn events(&self, seen: &HashSet<String>, pages: usize) -> Result<Vec<StackEvent>, CloudError> {
        let mut asked = vec![self.stack_parameter()];
        let mut events = Vec::new();
        for _ in 0..pages {
            let page = self.panels.aws().query(CLOUDFORMATION, "DescribeStackEvents", &asked).await?;
            let listed: Vec<StackEvent> = page.members("StackEvents").filter_map(StackEvent::read).collect();
            let expected = events.len() + listed.len();
            events.extend(listed.into_iter().take_while(|event| !seen.contains(&event.id)));
            let next = page.find("NextToken").filter(|next| !next.text.is_empty());
            let Some(next) = next.filter(|_| events.len() == expected) else { break };
            asked.truncate(1);
            asked.push(("NextToken".to_owned(), next.text.clone()));
        }
        events.reverse();
        Ok(events)
    }

    /// Tells what happens until the stack stands still. Whether it is as it was asked to be.
    async fn follow(&self, mut seen: HashSet<String>) -> Result<bool, CloudError> {
        let mut all = Vec::new();
        loop {
            let status = self.status().await?;
            let news = self.events(&seen, MAX_PAGES).await?;
            seen.extend(news.iter().map(|event| event.id.clone()));
            if !news.is_empty() {
                self.panels.update(self.id, |deployment| {
                    for event in &news {
                        deployment::note(deployment, event);
                    }
                });
                all.extend(news);
            }
            if !status.ends_with("_IN_PROGRESS") {
                let succeeded = matches!(status.as_str(), "CREATE_COMPLETE" | "UPDATE_COMPLETE");
                if !succeeded {
                    self.finish_failed(&status, &all);
                }
                return Ok(succeeded);
            }
            tokio::time::sleep(POLL).await;
        }
    }

    async fn status(&self) -> Result<String, CloudError> {
        let stack = [self.stack_parameter()];
        let described = self.panels.aws().query(CLOUDFORMATION, "DescribeStacks", &stack).await?;
        let status = described.find("StackStatus").map(|status| status.text.clone());
        status.ok_or(CloudError::Answer("DescribeStacks"))
    }

    fn finish_failed(&self, status: &str, events: &[StackEvent]) {
        let cause = deployment::failure(events);
        let said = cause.map_or_else(
            || Said::new(format!("the stack is {status}")).because("stack-ended", &[("status", &status)]),
            |event| failed(event, status),
        );
        let position = cause.and_then(|event| self.template.resource_position(&event.logical_id));
        self.panels.update(self.id, |deployment| deployment::fail(deployment, said, position));
    }

    async fn finish(&self, changed: bool) -> Result<(), CloudError> {
        let stack = [self.stack_parameter()];
        let described = self.panels.aws().query(CLOUDFORMATION, "DescribeStacks", &stack).await?;
        let mut outputs = outputs(&described);
        let api_urls = self.panels.reach(&self.stack(), &mut outputs).await?;
        self.panels.update(self.id, |deployment| {
            let text =
                if changed { "Deployed" } else { "Nothing to change: everything is as the template says" };
            deployment::log(deployment, text);
            deployment.outputs = outputs;
            deployment.api_urls = api_urls;
            deployment.phase = Phase::Done { changed };
        });
        Ok(())
    }
}

/// What a resource that failed made of the stack.
fn failed(event: &StackEvent, status: &str) -> Said {
    let resource = &event.logical_id;
    let reason = event.reason.as_deref().unwrap_or("no reason was given");
    let said = Said::new(format!("{resource} failed: {reason} (the stack is {status})"));
    match &event.reason {
        Some(reason) => {
            said.because("stack-failed", &[("resource", resource), ("reason", reason), ("status", &status)])
        }
        None => said.because("stack-failed-silently", &[("resource", resource), ("status", &status)]),
    }
}

// AWS: the two reasons of a change set that has nothing to do.
fn says_nothing_changes(reason: &str) -> bool {
    reason.contains("didn't contain changes") || reason.contains("No updates are to be performed")
}

/// The outputs in a description of stacks.
pub(crate) fn outputs(described: &Element) -> Vec<Output> {
    let read = |output: &Element| {
        Some(Output {
            key: output.text_of("OutputKey")?,
            value: output.text_of("OutputValue")?,
            description: output.text_of("Description"),
            local: None,
        })
    };
    described.members("Outputs").filter_map(read).collect()
}
