//! Functions in Python and JavaScript, on the interpreters of this machine: that they start, from a spare and without, and that
//! what runs is said. What their clients do is tested beside them.
//!
//! Where the machine has no such interpreter, or gives no namespaces, none of this runs.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use budget::Budget;
use engine::{Engine, Engines, FunctionKey, FunctionSpec, Invocation, Outcome, Prepared};
use engine_native::{NativeConfig, NativeEngine};
use serde_json::{Value, json};

const PYTHON: &str = "import os
count = 0
def handler(event, context):
    global count
    count += 1
    print('called', event.get('n'))
    if event.get('fail'):
        raise ValueError('no')
    return {'count': count, 'cwd': os.getcwd(), 'name': context.function_name, 'id': context.aws_request_id}
";

const NODE: &str = "let count = 0;
export const handler = async (event, context) => {
  count += 1;
  if (event.fail) throw new RangeError('no');
  return { count, cwd: process.cwd(), name: context.functionName, id: context.awsRequestId };
};
";

struct Rig {
    place: tempfile::TempDir,
    native: Arc<NativeEngine>,
    engines: Engines,
}

impl Rig {
    fn new(path: &str) -> Option<Self> {
        let has_namespaces =
            std::process::Command::new("unshare").args(["-Urmpni", "--fork", "true"]).status();
        if !has_namespaces.is_ok_and(|status| status.success()) {
            return None;
        }
        let place = tempfile::tempdir().expect("a folder");
        let native = Arc::new(NativeEngine::new(NativeConfig {
            program: env!("CARGO_BIN_EXE_native-worker").into(),
            clients: place.path().join("clients"),
            path: path.to_owned(),
            endpoint_url: None,
            memory: Budget::new("tests", 256 << 20),
            now: Arc::new(|| 0),
        }));
        let engines = Engines::new(vec![Arc::clone(&native) as Arc<dyn engine::Engine>]);
        Some(Self { place, native, engines })
    }

    async fn function(&self, runtime: &str, file: &str, text: &str, variables: &[(&str, &str)]) -> Prepared {
        let package = self.place.path().join(format!("package-{}", variables.len()));
        std::fs::create_dir_all(&package).expect("made");
        std::fs::write(package.join(file), text).expect("written");
        let function = spec(runtime, &package, variables);
        self.engines.bind(Arc::new(function)).await.expect("an engine")
    }
}

fn spec(runtime: &str, package: &Path, variables: &[(&str, &str)]) -> FunctionSpec {
    FunctionSpec {
        key: FunctionKey {
            arn: "arn:aws:lambda:us-east-1:123456789012:function:f".into(),
            version: "$LATEST".into(),
            revision: "1".into(),
        },
        name: "f".into(),
        package: package.to_owned().into(),
        layers: Vec::new(),
        runtime: runtime.into(),
        handler: "index.handler".into(),
        environment: variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        memory_mb: 256,
        timeout: Duration::from_secs(20),
        ephemeral_storage_mb: 512,
        log_group: "/aws/lambda/f".into(),
        log_stream: "s".into(),
        region: "us-east-1".into(),
        endpoint_url: None,
        credentials: None,
    }
}

async fn call(function: &Prepared, event: &Value) -> Outcome {
    let invocation = Invocation {
        request_id: "11111111-2222-3333-4444-555555555555".into(),
        payload: event.to_string().into(),
        deadline: jiff::Timestamp::from_millisecond(4_000_000_000_000).expect("in range"),
        trace_id: "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0".into(),
        invoked_arn: "arn:aws:lambda:us-east-1:123456789012:function:f".into(),
        client_context: None,
    };
    function.invoke(invocation).await.expect("tried")
}

/// Calls a function twice, and once so that it fails.
async fn check(function: &Prepared, error_type: &str, runs_on: &str) {
    for count in [1, 2] {
        let outcome = call(function, &json!({ "n": count })).await;
        let log = String::from_utf8_lossy(&outcome.log);
        assert_eq!(outcome.error, None, "{log}");
        let answer: Value = serde_json::from_slice(&outcome.payload).expect("JSON");
        let expected = json!({
            "count": count, "cwd": "/var/task", "name": "f", "id": "11111111-2222-3333-4444-555555555555",
        });
        assert_eq!(answer, expected, "{log}");
        let runtime = outcome.runtime.expect("it is said");
        assert!(runtime.starts_with(runs_on), "{runtime}");
    }
    let error = call(function, &json!({ "fail": true })).await.error.expect("it fails");
    assert_eq!((error.error_type.as_str(), error.error_message.as_str()), (error_type, "no"));
}

#[tokio::test]
async fn python_functions_run_on_what_there_is() {
    let Some(rig) = Rig::new("/usr/local/bin:/usr/bin:/bin") else { return };
    let spare = rig.function("python3.12", "index.py", PYTHON, &[]).await;
    if let Some(reason) = rig.native.refuses("python3.12").await {
        assert!(reason.contains("Install it: "), "{reason}");
        return;
    }
    check(&spare, "ValueError", "Python 3.").await;
    // One that has to be started anew.
    let own = rig.function("python3.12", "index.py", PYTHON, &[("PYTHONHASHSEED", "1")]).await;
    check(&own, "ValueError", "Python 3.").await;
    rig.native.close();
}

#[tokio::test]
async fn node_functions_run_on_what_there_is() {
    let Some(rig) = Rig::new("/usr/local/bin:/usr/bin:/bin") else { return };
    if let Some(reason) = rig.native.refuses("nodejs22.x").await {
        assert!(reason.contains("Install it: "), "{reason}");
        return;
    }
    let spare = rig.function("nodejs22.x", "index.mjs", NODE, &[]).await;
    check(&spare, "RangeError", "Node.js ").await;
    let own = rig.function("nodejs22.x", "index.mjs", NODE, &[("NODE_OPTIONS", "--no-warnings")]).await;
    check(&own, "RangeError", "Node.js ").await;
    rig.native.close();
}

#[tokio::test]
async fn what_the_machine_lacks_is_named_with_what_installs_it() {
    let Some(rig) = Rig::new("/nowhere") else { return };
    for (runtime, expected) in [
        ("python3.12", "python3.12 needs Python 3.8 or newer on the PATH of this machine"),
        ("nodejs22.x", "nodejs22.x needs Node.js 18 or newer on the PATH of this machine"),
        ("java21", "java21 does not run here yet"),
    ] {
        let function = rig.function(runtime, "index.py", "", &[]).await;
        function.prepare().await.expect("told to who invokes it");
        let error = call(&function, &json!({})).await.error.expect("it fails");
        assert_eq!(error.error_type, "Runtime.InvalidEntrypoint");
        assert!(error.error_message.contains(expected), "{}", error.error_message);
        assert!(rig.native.refuses(runtime).await.is_some_and(|reason| reason.starts_with(expected)));
    }
    assert_eq!(rig.native.refuses("provided.al2023").await, None);
}
