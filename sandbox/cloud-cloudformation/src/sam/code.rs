//! Where a function's code, a layer's content or a definition is.

use serde_json::{Map, Value, json};

use super::python::shown;
use super::resource::{Properties, is_set};
use super::{Cause, Outcome};

/// Whether the function is a container image.
fn is_image(properties: &Properties<'_>) -> bool {
    properties.get("PackageType").is_some_and(|kind| kind == "Image")
}

/// `Code` of the function: from `InlineCode`, `CodeUri` or `ImageUri`.
pub(super) fn code(properties: &Properties<'_>) -> Outcome<Value> {
    let id = properties.id;
    if let Some(other) = properties.set("PackageType").filter(|kind| *kind != "Zip" && *kind != "Image") {
        return Err(Cause::resource(id, format!("invalid 'PackageType' : {}", shown(other))));
    }
    if is_image(properties) {
        let image = properties.get("ImageUri");
        let image = image.ok_or_else(|| Cause::resource(id, "'ImageUri' must be set."))?;
        if !is_set(image) {
            let reason = "'ImageUri' requires that a image hosted at a registry be specified.";
            return Err(Cause::resource(id, reason));
        }
        return Ok(json!({ "ImageUri": image }));
    }
    let mut code = if let Some(inline) = properties.get("InlineCode") {
        json!({ "ZipFile": inline })
    } else if let Some(uri) = properties.get("CodeUri") {
        content(id, "CodeUri", uri)?
    } else {
        return Err(Cause::resource(id, "Only one of 'InlineCode' or 'CodeUri' can be set."));
    };
    if let (Some(key), Some(members)) = (properties.set("SourceKMSKeyArn"), code.as_object_mut()) {
        members.insert("SourceKMSKeyArn".to_owned(), key.clone());
    }
    Ok(code)
}

/// Checks that the function has what its kind of package needs, and nothing of the other kind.
pub(super) fn check_package(properties: &Properties<'_>) -> Outcome<()> {
    let has = |name: &str| properties.set(name).is_some();
    let wrong = |reason: &str| Err(Cause::resource(properties.id, reason));
    if is_image(properties) {
        if ["Handler", "Runtime", "Layers"].into_iter().any(has) {
            return wrong("Runtime, Handler, Layers cannot be present when PackageType is of type `Image`");
        }
    } else if !has("Runtime") || !has("Handler") {
        return wrong("Runtime and Handler needs to be present when PackageType is of type `Zip`");
    } else if has("ImageConfig") {
        return wrong("ImageUri or ImageConfig cannot be present when PackageType is of type `Zip`");
    }
    Ok(())
}

/// The place of a function's code or a layer's content.
pub(super) fn content(id: &str, property: &str, uri: &Value) -> Outcome<Value> {
    match uri {
        Value::String(uri) if names_a_secret_path(uri) => {
            let reason = format!(
                "Unsupported dynamic reference detected in '{property}'. Please consider using alternative \
                 'FunctionCode' object format."
            );
            return Err(Cause::resource(id, reason));
        }
        Value::String(_) | Value::Object(_) => {}
        _ => return Err(Cause::resource(id, format!("'{property}' must be of type dict or string."))),
    }
    let names = [
        ("Bucket", "S3Bucket"),
        ("Key", "S3Key"),
        ("Version", "S3ObjectVersion"),
        ("StorageMode", "S3ObjectStorageMode"),
    ];
    Ok(renamed(&location(id, property, uri)?, &names))
}

/// The place of an API's or a state machine's definition.
pub(super) fn definition(id: &str, uri: &Value) -> Outcome<Value> {
    let place = location(id, "DefinitionUri", uri)?;
    Ok(renamed(&place, &[("Bucket", "Bucket"), ("Key", "Key"), ("Version", "Version")]))
}

/// AWS: dynamic references whose names are paths cannot be told from places.
fn names_a_secret_path(uri: &str) -> bool {
    uri.split("{{resolve:").skip(1).any(|reference| {
        let Some((reference, _)) = reference.split_once("}}") else { return false };
        let Some((service, name)) = reference.split_once(':') else { return false };
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | ':');
        matches!(service, "ssm" | "ssm-secure" | "secretsmanager")
            && name.contains('/')
            && name.chars().all(plain)
    })
}

fn renamed(place: &Map<String, Value>, names: &[(&str, &str)]) -> Value {
    let members = names.iter().filter_map(|(from, to)| {
        Some(((*to).to_owned(), place.get(*from).filter(|value| !value.is_null())?.clone()))
    });
    Value::Object(members.collect())
}

/// `Bucket`, `Key` and perhaps `Version` of a place in S3, however it is written. Nothing else is a place (K6).
fn location(id: &str, property: &str, uri: &Value) -> Outcome<Map<String, Value>> {
    match uri {
        Value::Object(place) => {
            let there = |name: &str| place.get(name).is_some_and(is_set);
            if there("Bucket") && there("Key") {
                return Ok(place.clone());
            }
            let reason = format!("'{property}' requires Bucket and Key properties to be specified.");
            Err(Cause::resource(id, reason))
        }
        other => other.as_str().and_then(parse_uri).ok_or_else(|| {
            let reason = format!(
                "'{property}' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter."
            );
            Cause::resource(id, reason)
        }),
    }
}

fn parse_uri(uri: &str) -> Option<Map<String, Value>> {
    let (bucket, rest) = uri.strip_prefix("s3://")?.split_once('/')?;
    let (rest, _) = rest.split_once('#').unwrap_or((rest, ""));
    let (key, query) = rest.split_once('?').unwrap_or((rest, ""));
    let key = key.trim_start_matches('/');
    // A bucket in brackets is a token that nobody has put a name in place of.
    if bucket.is_empty() || key.is_empty() || bucket.contains(['[', ']', '?', '#']) {
        return None;
    }
    let mut place =
        Map::from_iter([("Bucket".to_owned(), bucket.into()), ("Key".to_owned(), Value::from(key))]);
    if let Some(version) = query.split('&').find_map(|pair| pair.strip_prefix("versionId=")) {
        place.insert("Version".to_owned(), version.into());
    }
    Some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris() {
        let parse = |uri| parse_uri(uri).map(Value::Object);
        assert_eq!(parse("s3://b/k/x.zip"), Some(json!({"Bucket": "b", "Key": "k/x.zip"})));
        assert_eq!(parse("s3://b//k#x"), Some(json!({"Bucket": "b", "Key": "k"})));
        assert_eq!(parse("s3://b/k?versionId=7"), Some(json!({"Bucket": "b", "Key": "k", "Version": "7"})));
        for bad in [
            "s3://",
            "s3://b",
            "s3:///k",
            "s3://[TOKEN.25]/k",
            "http://169.254.169.254/x",
            "../../../etc",
            "/etc/passwd",
            "file:///x",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn dynamic_references() {
        for (uri, expected) in [
            ("s3://b/{{resolve:ssm:/a/b}}", true),
            ("s3://b/{{resolve:ssm:/a/b:1}}", true),
            ("s3://b/{{resolve:ssm:a}}", false),
            ("s3://b/{{resolve:other:/a/b}}", false),
            ("s3://b/k", false),
        ] {
            assert_eq!(names_a_secret_path(uri), expected, "{uri}");
        }
    }
}
