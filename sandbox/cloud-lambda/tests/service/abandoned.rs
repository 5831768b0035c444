//! Requests whose caller goes away wherever they wait: what is decided is kept in memory and on disk, and nobody else
//! fails.

use std::pin::Pin;

use cloud_core::interrupt::drop_at;

use super::*;

type Doing<'a> = Pin<Box<dyn Future<Output = Result<(), AwsError>> + 'a>>;

/// What is asked, with a number that no other attempt has.
type Step = for<'a> fn(&'a Rig, usize) -> Doing<'a>;

/// A call as a step: the operation and its input.
macro_rules! step {
    ($rig:ident, $number:ident => $($operation:ident ( $input:expr )),+) => {{
        fn step(rig: &Rig, number: usize) -> Doing<'_> {
            Box::pin(async move {
                let ($rig, $number) = (rig, number);
                $( $rig.call::<operation::$operation>(stringify!($operation), $input).await?; )+
                let _ = $number;
                Ok(())
            })
        }
        (stringify!($($operation),+), step as Step)
    }};
}

const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";

fn steps() -> Vec<(&'static str, Step)> {
    vec![
        step!(rig, n => CreateFunction(CreateFunctionRequest { publish: Some(true), ..wanted(&format!("made-{n}")) })),
        step!(rig, n => CreateFunction(wanted(&format!("gone-{n}"))), DeleteFunction(DeleteFunctionRequest {
            function_name: format!("gone-{n}"), qualifier: None
        })),
        step!(rig, n => UpdateFunctionConfiguration(UpdateFunctionConfigurationRequest {
            function_name: "f".into(), description: Some(n.to_string()), ..Default::default()
        })),
        step!(rig, n => UpdateFunctionCode(UpdateFunctionCodeRequest {
            function_name: "f".into(), zip_file: Some(zip(n.to_string().as_bytes())), publish: Some(true),
            ..Default::default()
        })),
        step!(rig, n => PublishVersion(PublishVersionRequest {
            function_name: "f".into(), description: Some(n.to_string()), ..Default::default()
        })),
        step!(rig, n => CreateAlias(CreateAliasRequest {
            function_name: "f".into(), name: format!("a{n}"), function_version: "1".into(), ..Default::default()
        }), UpdateAlias(UpdateAliasRequest {
            function_name: "f".into(), name: format!("a{n}"), description: Some("d".into()), ..Default::default()
        }), DeleteAlias(DeleteAliasRequest { function_name: "f".into(), name: format!("a{n}") })),
        step!(rig, n => AddPermission(AddPermissionRequest {
            function_name: "f".into(), statement_id: format!("s{n}"), action: "lambda:InvokeFunction".into(),
            principal: "s3.amazonaws.com".into(), ..Default::default()
        }), RemovePermission(RemovePermissionRequest {
            function_name: "f".into(), statement_id: format!("s{n}"), ..Default::default()
        })),
        step!(rig, n => TagResource(TagResourceRequest {
            resource: ARN.into(), tags: BTreeMap::from([("n".to_owned(), n.to_string())])
        }), UntagResource(UntagResourceRequest { resource: ARN.into(), tag_keys: vec!["n".into()] })),
        step!(rig, n => PutFunctionConcurrency(PutFunctionConcurrencyRequest {
            function_name: "f".into(), reserved_concurrent_executions: 1 + i32::try_from(n % 2).unwrap()
        }), DeleteFunctionConcurrency(DeleteFunctionConcurrencyRequest { function_name: "f".into() })),
        step!(rig, n => Invoke(InvocationRequest {
            function_name: "f".into(), payload: Some(n.to_string().into()), ..Default::default()
        })),
        step!(rig, n => Invoke(InvocationRequest {
            function_name: "f".into(), payload: Some(n.to_string().into()),
            invocation_type: Some(InvocationType::Event), ..Default::default()
        })),
    ]
}

impl Rig {
    /// All that the service says it has.
    async fn everything(&self) -> Vec<String> {
        let all = ListFunctionsRequest { function_version: Some(FunctionVersion::All), ..Default::default() };
        let all = self.call::<operation::ListFunctions>("ListFunctions", all).await.unwrap();
        let mut told: Vec<String> =
            all.functions.unwrap().into_iter().map(|function| format!("{function:?}")).collect();
        let input = ListAliasesRequest { function_name: "f".into(), ..Default::default() };
        told.push(format!("{:?}", self.call::<operation::ListAliases>("ListAliases", input).await.unwrap()));
        let input = GetPolicyRequest { function_name: "f".into(), qualifier: None };
        let policy = self.call::<operation::GetPolicy>("GetPolicy", input).await;
        told.push(format!("{:?}", policy.map_err(|error| error.to_string())));
        let input = ListTagsRequest { resource: ARN.into() };
        told.push(format!("{:?}", self.call::<operation::ListTags>("ListTags", input).await.unwrap()));
        let input = GetFunctionConcurrencyRequest { function_name: "f".into() };
        let name = "GetFunctionConcurrency";
        told.push(format!(
            "{:?}",
            self.call::<operation::GetFunctionConcurrency>(name, input).await.unwrap()
        ));
        told
    }

    /// Waits until nothing is being changed any more.
    async fn quiet(&self, number: usize) {
        // Changes take turns: behind this one all before it are done.
        let tags = BTreeMap::from([("turn".to_owned(), number.to_string())]);
        let resource = "arn:aws:lambda:us-east-1:000000000000:function:neighbour".to_owned();
        let input = TagResourceRequest { resource, tags };
        self.call::<operation::TagResource>("TagResource", input).await.unwrap();
        let all = ListFunctionsRequest::default();
        let all = self.call::<operation::ListFunctions>("ListFunctions", all).await.unwrap();
        for function in all.functions.unwrap() {
            self.settled(&function.function_name.unwrap()).await;
        }
    }
}

#[tokio::test]
async fn who_goes_away_leaves_memory_as_disk_and_neighbours_alone() {
    const ENOUGH: usize = 200;
    let mut rig = Rig::new().await;
    for name in ["f", "neighbour"] {
        rig.create(name).await;
    }
    let publish = PublishVersionRequest { function_name: "f".into(), ..Default::default() };
    rig.call::<operation::PublishVersion>("PublishVersion", publish).await.unwrap();
    let mut number = 0;
    for (name, step) in steps() {
        for waits in 1.. {
            assert!(waits < ENOUGH, "{name} never ends");
            number += 1;
            let neighbour = rig.invoke("neighbour", InvocationType::RequestResponse, "1");
            let (done, neighbour) = tokio::join!(drop_at(step(&rig, number), waits), neighbour);
            neighbour.unwrap_or_else(|error| panic!("{name} dropped at {waits}: {error}"));
            rig.quiet(number).await;
            if let Some(done) = done {
                done.unwrap_or_else(|error| panic!("{name}: {error}"));
                break;
            }
        }
        let before = rig.everything().await;
        rig = rig.again().await;
        assert_eq!(before, rig.everything().await, "{name}");
        rig.invoke("f", InvocationType::RequestResponse, "1").await.unwrap();
    }
}
