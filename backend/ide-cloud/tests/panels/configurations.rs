//! A function's configuration, its figures, its versions and its concurrency.

use protocol::ErrorCode;
use protocol::concurrency::{DescribeConcurrency, Provision, Provisioned, Reserve};
use protocol::configuration::{ChangeConfiguration, DescribeConfiguration, Logging, ReadFigures};
use protocol::version::{Alias, DeleteAlias, DeleteVersion, ListVersions, PublishVersion, PutAlias, Share};
use serde_json::{Value, json};

use crate::bench::{Bench, NOW};
use crate::stand_in::{json, json_error, with};

const FUNCTION: &str = "/2015-03-31/functions/hello";

#[tokio::test]
async fn a_configuration_is_described_with_the_engine_that_runs_it() {
    let bench = Bench::new().await;
    bench.cloud.on(&format!("GET {FUNCTION}/configuration"), |_| {
        json(json!({
            "FunctionArn": "arn", "Runtime": "python3.13", "Handler": "main.handle", "MemorySize": 256, "Timeout": 9,
            "Architectures": ["x86_64"], "EphemeralStorage": { "Size": 512 }, "State": "Active",
            "Environment": { "Variables": { "A": "1" } }, "Layers": [{ "Arn": "layer", "CodeSize": 1 }],
            "LoggingConfig": { "LogFormat": "JSON", "ApplicationLogLevel": "INFO", "LogGroup": "/own" },
            "RuntimeVersionConfig": { "RuntimeVersionArn": "runtime" }, "CodeSize": 7, "LastUpdateStatus": "Successful",
        }))
    });
    bench.cloud.on("GET /_cumulo/lambda/engine", |asked| {
        assert_eq!(asked.target, "/_cumulo/lambda/engine?function=hello");
        json(json!({ "engine": "native" }))
    });
    let described = bench.call(DescribeConfiguration { name: "hello".into() }).await.unwrap();
    assert_eq!((described.memory_mb, described.timeout_seconds, described.ephemeral_mb), (256, 9, 512));
    assert_eq!(described.environment, [("A".to_owned(), "1".to_owned())]);
    assert_eq!((described.log_format.as_str(), described.log_group.as_str()), ("JSON", "/own"));
    assert_eq!(described.application_level.as_deref(), Some("INFO"));
    assert_eq!((described.layers, described.code_size), (vec!["layer".to_owned()], 7));
    assert_eq!(described.runtime_version.as_deref(), Some("runtime"));
    assert_eq!((described.engine.as_deref(), described.description.as_str()), (Some("native"), ""));
    // One that was not made ready yet.
    bench.cloud.on("GET /_cumulo/lambda/engine", |_| json(json!({ "engine": null })));
    assert_eq!(bench.call(DescribeConfiguration { name: "hello".into() }).await.unwrap().engine, None);
    let (code, _) = bench.refused(DescribeConfiguration { name: "gone".into() }).await;
    assert_eq!(code, ErrorCode::NotFound);
}

#[tokio::test]
async fn what_is_given_of_a_configuration_is_changed_and_the_service_says_what_is_wrong() {
    let bench = Bench::new().await;
    let put = format!("PUT {FUNCTION}/configuration");
    let check = async |call: ChangeConfiguration, expected: Value| {
        bench.cloud.on(&put, move |asked| {
            assert_eq!(asked.json(), expected);
            json(json!({}))
        });
        bench.call(call).await.unwrap();
    };
    let of = || ChangeConfiguration { name: "hello".into(), ..ChangeConfiguration::default() };
    check(ChangeConfiguration { memory_mb: Some(512), ..of() }, json!({ "MemorySize": 512 })).await;
    let all = ChangeConfiguration {
        description: Some(String::new()),
        handler: Some("a.b".into()),
        timeout_seconds: Some(5),
        ephemeral_mb: Some(1024),
        environment: Some(vec![("A".into(), "1".into())]),
        logging: Some(Logging {
            format: "JSON".into(),
            application_level: Some("WARN".into()),
            system_level: None,
        }),
        ..of()
    };
    let expected = json!({
        "Description": "", "Handler": "a.b", "Timeout": 5, "EphemeralStorage": { "Size": 1024 },
        "Environment": { "Variables": { "A": "1" } },
        "LoggingConfig": { "LogFormat": "JSON", "ApplicationLogLevel": "WARN" },
    });
    check(all, expected).await;
    let message =
        "'MemorySize' value failed to satisfy constraint: Member must have value less than or equal to 10240";
    bench.cloud.on(&put, move |_| json_error(400, "InvalidParameterValueException", message));
    let refused = bench.refused(ChangeConfiguration { memory_mb: Some(20_000), ..of() }).await;
    assert_eq!(refused, (ErrorCode::Invalid, format!("InvalidParameterValueException: {message}")));
}

#[tokio::test]
async fn invocations_are_counted_as_the_cloud_tells_of_them() {
    let bench = Bench::new().await;
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:hello";
    let told = |arn: &str, error: Value| {
        let event = json!({ "type": "function-invoked", "functionArn": arn, "functionError": error, "durationMs": 20.0 });
        format!("data:{event}\n\n")
    };
    let stream = told(&format!("{arn}:7"), Value::Null) + &told(arn, json!("Unhandled")) + "data:{}\n\n";
    bench.cloud.on("GET /_cumulo/events", move |_| with(200, &[], &stream));
    let figures = crate::bench::soon("two invocations", async {
        loop {
            let figures = bench.call(ReadFigures { name: "hello:live".into() }).await.unwrap();
            if figures.all.calls >= 2 {
                return figures;
            }
        }
    })
    .await;
    assert_eq!(figures.since_ms, NOW);
    assert!(figures.all.errors * 2 == figures.all.calls, "{figures:?}");
    assert!(figures.all.p95_ms.is_some_and(|p95| (20.0..21.0).contains(&p95)), "{figures:?}");
    let other = bench.call(ReadFigures { name: "other".into() }).await.unwrap();
    assert_eq!((other.all.calls, other.minutes.len()), (0, protocol::configuration::MINUTES));
}

fn of_versions(bench: &Bench) {
    bench.cloud.on(&format!("GET {FUNCTION}/versions"), |_| {
        let version = |version: &str| json!({ "Version": version, "Description": "d", "CodeSize": 1, "LastModified": "then" });
        json(json!({ "Versions": [version("$LATEST"), version("2"), version("10")] }))
    });
    bench.cloud.on(&format!("GET {FUNCTION}/aliases"), |_| {
        let routing = json!({ "AdditionalVersionWeights": { "10": 0.25 } });
        json(json!({ "Aliases": [
            { "Name": "live", "FunctionVersion": "2", "Description": "d", "RoutingConfig": routing },
            { "Name": "next", "FunctionVersion": "10" },
        ] }))
    });
}

#[tokio::test]
async fn versions_are_listed_newest_first_and_published() {
    let bench = Bench::new().await;
    of_versions(&bench);
    let listed = bench.call(ListVersions { name: "hello".into() }).await.unwrap();
    let numbers: Vec<_> = listed.versions.iter().map(|version| version.version.as_str()).collect();
    assert_eq!(numbers, ["10", "2"], "$LATEST is not published");
    let share = Share { version: "10".into(), weight: 0.25 };
    assert_eq!((&listed.aliases[0].second, &listed.aliases[1].second), (&Some(share), &None));
    bench.cloud.on(&format!("POST {FUNCTION}/versions"), |asked| {
        assert_eq!(asked.json(), json!({ "Description": "first" }));
        json(json!({ "Version": "11" }))
    });
    let publish = PublishVersion { name: "hello".into(), description: "first".into() };
    assert_eq!(bench.call(publish).await.unwrap().version, "11");
    bench.cloud.on(&format!("DELETE {FUNCTION}"), |asked| {
        assert_eq!(asked.target, format!("{FUNCTION}?Qualifier=2"));
        with(204, &[], "")
    });
    let delete = |version: &str| DeleteVersion { name: "hello".into(), version: version.into() };
    bench.call(delete("2")).await.unwrap();
    bench.cloud.asked();
    for version in ["", "$LATEST", "2&x"] {
        assert_eq!(bench.refused(delete(version)).await.0, ErrorCode::Invalid);
    }
    assert_eq!(bench.cloud.operations(), [""; 0], "a function is not deleted by mistake");
}

#[tokio::test]
async fn an_alias_is_made_changed_and_deleted() {
    let bench = Bench::new().await;
    let alias = |second: Option<Share>| Alias {
        name: "live".into(),
        description: String::new(),
        version: "1".into(),
        second,
    };
    bench.cloud.on(&format!("POST {FUNCTION}/aliases"), |asked| {
        let routing = json!({ "AdditionalVersionWeights": {} });
        let wanted =
            json!({ "Name": "live", "FunctionVersion": "1", "Description": "", "RoutingConfig": routing });
        assert_eq!(asked.json(), wanted);
        json(json!({}))
    });
    bench.call(PutAlias { name: "hello".into(), is_new: true, alias: alias(None) }).await.unwrap();
    bench.cloud.on(&format!("PUT {FUNCTION}/aliases/live"), |asked| {
        let routing = json!({ "AdditionalVersionWeights": { "2": 0.1 } });
        assert_eq!(
            asked.json(),
            json!({ "FunctionVersion": "1", "Description": "", "RoutingConfig": routing })
        );
        json(json!({}))
    });
    let second = Some(Share { version: "2".into(), weight: 0.1 });
    bench.call(PutAlias { name: "hello".into(), is_new: false, alias: alias(second) }).await.unwrap();
    bench.cloud.on(&format!("DELETE {FUNCTION}/aliases/live"), |_| with(204, &[], ""));
    bench.call(DeleteAlias { name: "hello".into(), alias: "live".into() }).await.unwrap();
}

#[tokio::test]
async fn concurrency_is_described_reserved_and_provisioned() {
    let bench = Bench::new().await;
    let (reserved, provisioned) =
        ("/2019-09-30/functions/hello/concurrency", "/2019-09-30/functions/hello/provisioned-concurrency");
    bench.cloud.on(&format!("GET {reserved}"), |_| json(json!({ "ReservedConcurrentExecutions": 5 })));
    bench.cloud.on("GET /2016-08-19/account-settings", |_| {
        json(json!({ "AccountLimit": { "ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 995 } }))
    });
    bench.cloud.on(&format!("GET {provisioned}"), |asked| {
        assert_eq!(asked.target, format!("{}?List=ALL", asked.target.split('?').next().unwrap()));
        json(json!({ "ProvisionedConcurrencyConfigs": [{
            "FunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:hello:live", "Status": "READY",
            "RequestedProvisionedConcurrentExecutions": 2, "AvailableProvisionedConcurrentExecutions": 1,
        }] }))
    });
    let seen = bench.call(DescribeConcurrency { name: "hello".into() }).await.unwrap();
    assert_eq!((seen.account, seen.unreserved, seen.reserved), (1000, 995, Some(5)));
    let live = Provisioned {
        qualifier: "live".into(),
        wanted: 2,
        available: 1,
        status: "READY".into(),
        reason: None,
    };
    assert_eq!(seen.provisioned, [live]);
    let own = "/2017-10-31/functions/hello/concurrency";
    bench.cloud.on(&format!("PUT {own}"), |asked| {
        assert_eq!(asked.json(), json!({ "ReservedConcurrentExecutions": 0 }));
        json(json!({}))
    });
    bench.call(Reserve { name: "hello".into(), reserved: Some(0) }).await.unwrap();
    bench.cloud.on(&format!("DELETE {own}"), |_| with(204, &[], ""));
    bench.call(Reserve { name: "hello".into(), reserved: None }).await.unwrap();
    bench.cloud.on(&format!("PUT {provisioned}"), |asked| {
        assert!(asked.target.ends_with("?Qualifier=live"));
        assert_eq!(asked.json(), json!({ "ProvisionedConcurrentExecutions": 3 }));
        with(202, &[], "{}")
    });
    let provision = |wanted| Provision { name: "hello".into(), qualifier: "live".into(), wanted };
    bench.call(provision(Some(3))).await.unwrap();
    bench.cloud.on(&format!("DELETE {provisioned}"), |_| with(204, &[], ""));
    bench.call(provision(None)).await.unwrap();
}
