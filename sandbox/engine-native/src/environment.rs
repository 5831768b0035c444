//! The environment of a function's programs: what AWS sets, whatever runs the function. Pure.

use std::collections::BTreeMap;

use engine::{Environment, FunctionSpec};

use crate::relay;
use crate::runtimes::Client;

// AWS: where its runtimes look for libraries.
const LIBRARIES: &str = "/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib";

/// What an interpreter needs to start, before it is known what for.
pub(crate) fn waiting(port: u16, path: &str) -> BTreeMap<String, String> {
    let fixed = [
        ("AWS_LAMBDA_RUNTIME_API", format!("127.0.0.1:{port}")),
        ("LAMBDA_RUNTIME_DIR", "/var/runtime".to_owned()),
        ("LAMBDA_TASK_ROOT", "/var/task".to_owned()),
        ("LANG", "en_US.UTF-8".to_owned()),
        ("LD_LIBRARY_PATH", LIBRARIES.to_owned()),
        ("PATH", path.to_owned()),
        ("TZ", ":UTC".to_owned()),
    ];
    fixed.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The whole environment of a function. `path` is in front of AWS's.
pub(crate) fn of(
    function: &FunctionSpec,
    client: Option<Client>,
    path: Option<&str>,
    port: u16,
    proxy: Option<u16>,
) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = Environment::of_version(function)
        .variables()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let own = |name: &str| function.environment.iter().any(|(own, _)| own == name);
    if let Some(path) = path.filter(|_| !own("PATH")) {
        let rest = all.get("PATH").cloned().unwrap_or_default();
        all.insert("PATH".to_owned(), format!("{path}:{rest}"));
    }
    let mut add = |name: &str, value: String| {
        all.entry(name.to_owned()).or_insert(value);
    };
    add("LD_LIBRARY_PATH", LIBRARIES.to_owned());
    // AWS: set whether a function is traced or not.
    add("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR".to_owned());
    add("AWS_XRAY_DAEMON_ADDRESS", "169.254.79.129:2000".to_owned());
    match client {
        Some(Client::Python) => add("PYTHONPATH", "/var/runtime".to_owned()),
        Some(Client::Node) => {
            let version = function.runtime.trim_start_matches("nodejs").trim_end_matches(".x");
            add(
                "NODE_PATH",
                format!(
                    "/opt/nodejs/node{version}/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules"
                ),
            );
        }
        None => {}
    }
    for (name, value) in proxy.into_iter().flat_map(proxied) {
        add(name, value);
    }
    if let (Some(port), Some(Client::Node)) = (proxy, client) {
        add("CUMULO_EGRESS_PROXY", format!("http://127.0.0.1:{port}"));
    }
    all.insert("AWS_LAMBDA_RUNTIME_API".to_owned(), format!("127.0.0.1:{port}"));
    // In the cell the cloud is on its loopback.
    let cloud = function.endpoint_url.as_deref().and_then(relay::address);
    if let Some(cloud) = cloud.filter(|_| !own("AWS_ENDPOINT_URL")) {
        all.insert("AWS_ENDPOINT_URL".to_owned(), format!("http://127.0.0.1:{}", cloud.port()));
    }
    all
}

/// What tells clients of HTTP to go through a proxy on the loopback. The cloud is reached as ever.
// LIMIT: on AWS nothing of this is set, for functions reach the internet by themselves.
fn proxied(port: u16) -> [(&'static str, String); 6] {
    let (proxy, beside) = (format!("http://127.0.0.1:{port}"), "127.0.0.1,localhost".to_owned());
    [
        ("HTTP_PROXY", proxy.clone()),
        ("HTTPS_PROXY", proxy.clone()),
        ("NO_PROXY", beside.clone()),
        ("http_proxy", proxy.clone()),
        ("https_proxy", proxy),
        ("no_proxy", beside),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::tests::function;

    #[track_caller]
    fn check(all: &BTreeMap<String, String>, expected: &[(&str, Option<&str>)]) {
        for (name, value) in expected {
            assert_eq!(all.get(*name).map(String::as_str), *value, "{name}");
        }
    }

    #[test]
    fn a_function_finds_what_aws_sets_and_its_own_wins() {
        let mut spec = function("python3.12");
        spec.endpoint_url = Some("http://0.0.0.0:4566".to_owned());
        spec.environment = vec![("LD_LIBRARY_PATH".to_owned(), "/mine".to_owned())];
        let all = of(&spec, Some(Client::Python), Some("/root/py/bin"), 9001, None);
        check(
            &all,
            &[
                ("AWS_LAMBDA_RUNTIME_API", Some("127.0.0.1:9001")),
                ("AWS_ENDPOINT_URL", Some("http://127.0.0.1:4566")),
                ("LD_LIBRARY_PATH", Some("/mine")),
                ("PATH", Some("/root/py/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin")),
                ("PYTHONPATH", Some("/var/runtime")),
                ("NODE_PATH", None),
                ("HTTPS_PROXY", None),
                ("_HANDLER", Some("index.handler")),
            ],
        );
        let all = of(&function("nodejs22.x"), Some(Client::Node), None, 9002, Some(9011));
        check(
            &all,
            &[
                (
                    "NODE_PATH",
                    Some(
                        "/opt/nodejs/node22/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules",
                    ),
                ),
                ("AWS_ENDPOINT_URL", None),
                ("AWS_LAMBDA_RUNTIME_API", Some("127.0.0.1:9002")),
                ("https_proxy", Some("http://127.0.0.1:9011")),
                ("NO_PROXY", Some("127.0.0.1,localhost")),
            ],
        );
    }
}
