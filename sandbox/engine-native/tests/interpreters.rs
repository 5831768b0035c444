//! Functions in Python and JavaScript, on the interpreters of this machine: that they start, from a spare and without, and that
//! what runs is said. What their clients do is tested beside them.
//!
//! Where the machine has no such interpreter, or gives no namespaces, none of this runs.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use budget::Budget;
use engine::{Engine, Engines, FunctionKey, FunctionSpec, Invocation, Outcome, Prepared};
use engine_native::{Egress, NativeConfig, NativeEngine, Pattern};
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
    egress: Egress,
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
        let egress = Egress::default();
        let native = Arc::new(NativeEngine::new(NativeConfig {
            program: env!("CARGO_BIN_EXE_native-worker").into(),
            clients: place.path().join("clients"),
            path: path.to_owned(),
            endpoint_url: None,
            egress: egress.clone(),
            memory: Budget::new("tests", 256 << 20),
            now: Arc::new(|| 0),
        }));
        let engines = Engines::new(vec![Arc::clone(&native) as Arc<dyn engine::Engine>]);
        Some(Self { place, native, egress, engines })
    }

    async fn function(&self, runtime: &str, file: &str, text: &str, variables: &[(&str, &str)]) -> Prepared {
        self.layered(runtime, (file, text), &[], variables).await
    }

    /// A function of one file over layers of one file each.
    async fn layered(
        &self,
        runtime: &str,
        (file, text): (&str, &str),
        layers: &[(&str, &str)],
        variables: &[(&str, &str)],
    ) -> Prepared {
        let written = |name: String, file: &str, text: &str| {
            let folder = self.place.path().join(name);
            let file = folder.join(file);
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
            std::fs::write(file, text).expect("written");
            folder
        };
        let package = written(format!("package-{}-{}", layers.len(), variables.len()), file, text);
        let layers = layers.iter().enumerate();
        let layers =
            layers.map(|(number, (file, text))| written(format!("layer-{number}"), file, text).into());
        let function = FunctionSpec { layers: layers.collect(), ..spec(runtime, &package, variables) };
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

/// From a spare, and started anew.
async fn check_layers(
    rig: &Rig,
    runtime: &str,
    own: (&str, &str),
    layers: &[(&str, &str)],
    fresh: (&str, &str),
) {
    for variables in [&[][..], &[fresh]] {
        let function = rig.layered(runtime, own, layers, variables).await;
        let outcome = call(&function, &json!({})).await;
        assert_eq!(outcome.error, None, "{}", String::from_utf8_lossy(&outcome.log));
        let answer: Value = serde_json::from_slice(&outcome.payload).expect("JSON");
        assert_eq!(answer, json!(["first", "second"]), "{variables:?}");
    }
}

#[tokio::test]
async fn python_functions_import_from_layers() {
    let Some(rig) = Rig::new("/usr/local/bin:/usr/bin:/bin") else { return };
    if rig.native.refuses("python3.12").await.is_some() {
        return;
    }
    let own = "import first, second\ndef handler(event, context):\n    return [first.SAID, second.SAID]\n";
    let layers =
        [("python/first.py", "SAID = 'first'\n"), ("python/second/__init__.py", "SAID = 'second'\n")];
    check_layers(&rig, "python3.12", ("index.py", own), &layers, ("PYTHONHASHSEED", "1")).await;
    rig.native.close();
}

#[tokio::test]
async fn node_functions_import_from_layers() {
    let Some(rig) = Rig::new("/usr/local/bin:/usr/bin:/bin") else { return };
    if rig.native.refuses("nodejs22.x").await.is_some() {
        return;
    }
    let own = "exports.handler = async () => [require('first'), require('second')];\n";
    let layers = [
        ("nodejs/node_modules/first/index.js", "module.exports = 'first';\n"),
        ("nodejs/node_modules/second.js", "module.exports = 'second';\n"),
    ];
    check_layers(&rig, "nodejs22.x", ("index.js", own), &layers, ("NODE_OPTIONS", "--no-warnings")).await;
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

/// Answers `GET` with what was asked for, until the test is over.
async fn host() -> std::net::SocketAddr {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    // Another address than that of a cell's own loopback: clients ask their proxy for it.
    let listener = tokio::net::TcpListener::bind("127.0.0.2:0").await.expect("bound");
    let at = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut heard = [0; 2048];
            let count = stream.read(&mut heard).await.unwrap_or_default();
            let heard = String::from_utf8_lossy(&heard[..count]);
            let path = heard.split(' ').nth(1).unwrap_or_default();
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{path}",
                path.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    at
}

const PYTHON_ASKS: &str = "
import os, urllib.error, urllib.request


def handler(event, context):
    try:
        answer = urllib.request.urlopen(event['url'], timeout=5).read().decode()
    except urllib.error.HTTPError as error:
        answer = error.read().decode()
    except OSError as error:
        answer = f'no way: {error}'
    return [answer, 'HTTPS_PROXY' in os.environ]
";

const NODE_ASKS: &str = "
export const handler = async (event) => {
  const answer = await fetch(event.url).then((it) => it.text(), (error) => `no way: ${error.cause?.message ?? error}`);
  return [answer, 'HTTPS_PROXY' in process.env];
};
";

/// What a function is answered by a host that is not named, and by one that is.
async fn check_egress(runtime: &str, file: &str, text: &str) {
    let Some(rig) = Rig::new("/usr/local/bin:/usr/bin:/bin") else { return };
    if rig.native.refuses(runtime).await.is_some() {
        return;
    }
    let url = format!("http://{}/found", host().await);
    let ask = async |variables: &[(&str, &str)]| {
        let function = rig.function(runtime, file, text, variables).await;
        let outcome = call(&function, &json!({ "url": url })).await;
        assert_eq!(outcome.error, None, "{}", String::from_utf8_lossy(&outcome.log));
        let (answer, proxied): (String, bool) = serde_json::from_slice(&outcome.payload).expect("JSON");
        (answer, proxied)
    };
    let (answer, proxied) = ask(&[]).await;
    assert!(answer.starts_with("no way: ") && !proxied, "{answer}");
    rig.egress.set(Pattern::list("example.com").expect("hosts"));
    let (answer, proxied) = ask(&[("A", "1")]).await;
    assert!(answer.contains("in the workspace's setting cloud.egress") && proxied, "{answer}");
    rig.egress.set(Pattern::list(&url[7..url.len() - "/found".len()]).expect("hosts"));
    assert_eq!(ask(&[("A", "1"), ("B", "2")]).await, ("/found".to_owned(), true));
    rig.native.close();
}

#[tokio::test]
async fn functions_in_python_reach_the_hosts_that_are_named() {
    check_egress("python3.12", "index.py", PYTHON_ASKS).await;
}

#[tokio::test]
async fn functions_in_javascript_reach_the_hosts_that_are_named() {
    check_egress("nodejs22.x", "index.mjs", NODE_ASKS).await;
}
