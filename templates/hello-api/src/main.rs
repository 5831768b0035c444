//! An HTTP API that greets. Press *Invoke* to run it once, *Deploy* to put it behind its own address.

use std::env;

use function::{Context, Error, run};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What API Gateway sends for a request; payload format 2.0 has much more, take what you need.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    #[serde(default)]
    path_parameters: PathParameters,
}

#[derive(Deserialize, Default)]
struct PathParameters {
    name: Option<String>,
}

#[derive(Serialize)]
struct Greeting {
    message: String,
}

fn main() {
    run(handler);
}

fn handler(request: Request, context: Context) -> Result<Value, Error> {
    let name = request.path_parameters.name.as_deref().unwrap_or("world");
    eprintln!("{}: greeting {name}", context.request_id);

    let greeting = greet(name);
    Ok(json!({
        "statusCode": 200,
        "headers": { "content-type": "application/json" },
        "body": serde_json::to_string(&greeting)?,
    }))
}

fn greet(name: &str) -> Greeting {
    let word = env::var("GREETING").unwrap_or_else(|_| "Hello".to_owned());
    Greeting { message: format!("{word}, {name}!") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greets_by_name() {
        assert_eq!(greet("Ada").message, "Hello, Ada!");
    }
}
