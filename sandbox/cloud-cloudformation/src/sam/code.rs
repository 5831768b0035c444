//! Where a function's code, or an API's definition, is.

use serde_json::{Map, Value, json};

use super::resource::Properties;
use super::{Cause, Outcome};

/// `Code` of the function: from `InlineCode` or `CodeUri`.
pub(super) fn code(properties: &Properties<'_>) -> Outcome<Value> {
    match properties.get("PackageType") {
        None => {}
        Some(Value::String(kind)) if kind == "Zip" => {}
        // LIMIT: there are no containers here.
        Some(Value::String(kind)) if kind == "Image" => {
            return Err(Cause::resource(
                properties.id,
                "PackageType `Image` is not supported by this cloud.",
            ));
        }
        Some(other) => {
            let shown = other.as_str().map_or_else(|| other.to_string(), str::to_owned);
            return Err(Cause::resource(properties.id, format!("invalid 'PackageType' : {shown}")));
        }
    }
    let mut code = if let Some(inline) = properties.get("InlineCode") {
        json!({ "ZipFile": inline })
    } else if let Some(uri) = properties.get("CodeUri") {
        let place = location(properties.id, "CodeUri", uri)?;
        renamed(&place, &[("Bucket", "S3Bucket"), ("Key", "S3Key"), ("Version", "S3ObjectVersion")])
    } else {
        return Err(Cause::resource(properties.id, "Only one of 'InlineCode' or 'CodeUri' can be set."));
    };
    if let (Some(key), Some(members)) = (properties.set("SourceKMSKeyArn"), code.as_object_mut()) {
        members.insert("SourceKMSKeyArn".to_owned(), key.clone());
    }
    Ok(code)
}

/// `BodyS3Location` of an API: from `DefinitionUri`.
pub(super) fn definition(id: &str, uri: &Value) -> Outcome<Value> {
    let place = location(id, "DefinitionUri", uri)?;
    Ok(renamed(&place, &[("Bucket", "Bucket"), ("Key", "Key"), ("Version", "Version")]))
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
            let there = |name: &str| place.get(name).is_some_and(super::resource::is_set);
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
    let (key, query) = rest.split_once('?').unwrap_or((rest, ""));
    if bucket.is_empty() || key.is_empty() {
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
        assert_eq!(parse("s3://b/k?versionId=7"), Some(json!({"Bucket": "b", "Key": "k", "Version": "7"})));
        for bad in [
            "s3://",
            "s3://b",
            "s3:///k",
            "http://169.254.169.254/x",
            "../../../etc",
            "/etc/passwd",
            "file:///x",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
