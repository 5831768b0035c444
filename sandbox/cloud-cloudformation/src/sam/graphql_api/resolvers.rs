//! `Functions` and `Resolvers` of a GraphQL API: what is asked for a field, one function after the other.

use serde_json::{Value, json};

use super::{Api, member, without_nothing};
use crate::sam::resource::{Made, Plain, get_att, is_set};
use crate::sam::{Cause, Outcome};

/// The code of a resolver that has none: it only passes on.
// AWS: "Pipeline resolvers": the default code of the transform.
const PASSING: &str = "
export function request(ctx) {
    return {};
}

export function response(ctx) {
    return ctx.prev.result;
}
";

fn set<'v>(given: &'v Value, name: &str) -> Option<&'v Value> {
    given.get(name).filter(|value| is_set(value))
}

/// AWS: mistakes of functions and resolvers are reported under their own names.
fn wrong(name: &str, reason: impl std::fmt::Display) -> Cause {
    Cause::resource(name, reason)
}

fn both_codes(name: &str, given: &Value) -> Outcome<()> {
    if set(given, "InlineCode").is_some() && set(given, "CodeUri").is_some() {
        return Err(wrong(name, "Both 'InlineCode' and 'CodeUri' cannot be defined at the same time."));
    }
    Ok(())
}

fn runtime(name: &str, given: &Value) -> Outcome<Value> {
    let runtime = set(given, "Runtime")
        .ok_or_else(|| wrong(name, format!("'Runtime' must be defined as a property in {name}.")))?;
    Ok(json!({ "Name": runtime.get("Name"), "RuntimeVersion": runtime.get("Version") }))
}

impl Api<'_> {
    /// The functions that are not made elsewhere.
    pub(super) fn functions(&mut self) -> Outcome<Vec<Made>> {
        let mut made = Vec::new();
        for (name, given) in self.members("Functions") {
            let id = if let Some(id) = set(given, "Id") {
                let there = given.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
                if there.count() != 1 {
                    return Err(wrong(name, "'Id' cannot be defined with other properties in Function."));
                }
                id.clone()
            } else {
                let id = format!("{}{name}", self.id);
                let function = self.function(name, given)?;
                made.push((id.clone(), function));
                get_att(&id, "FunctionId")
            };
            self.functions.insert(name.clone(), id);
        }
        Ok(made)
    }

    fn function(&mut self, name: &str, given: &Value) -> Outcome<Value> {
        both_codes(name, given)?;
        let code = self.plain("AWS::AppSync::FunctionConfiguration").with("ApiId", self.api_id());
        let code = match (set(given, "InlineCode"), set(given, "CodeUri")) {
            (Some(inline), _) => code.with("Code", inline.clone()),
            (None, Some(uri)) => code.with("CodeS3Location", uri.clone()),
            (None, None) => return Err(wrong(name, "One of 'InlineCode' or 'CodeUri' must be set.")),
        };
        let source = self.source_name(name, given)?;
        let sync = set(given, "Sync").and_then(Value::as_object).map(without_nothing);
        Ok(code
            .with("Name", set(given, "Name").cloned().unwrap_or_else(|| json!(name)))
            .with("DataSourceName", source)
            .copy_as("MaxBatchSize", member(given, "MaxBatchSize"))
            .copy_as("Description", member(given, "Description"))
            .with("Runtime", runtime(name, given)?)
            .maybe("SyncConfig", sync)
            .build())
    }

    /// The source that the function asks: one of the API's, one from elsewhere, or none at all.
    fn source_name(&mut self, name: &str, given: &Value) -> Outcome<Value> {
        let source = set(given, "DataSource").ok_or_else(|| wrong(name, "'DataSource' must be set."))?;
        let Some(text) = source.as_str() else { return Ok(source.clone()) };
        if text.eq_ignore_ascii_case("none") {
            self.asks_none = true;
            return Ok(get_att(&self.none_id(), "Name"));
        }
        self.sources.get(text).cloned().ok_or_else(|| {
            wrong(name, format!("Either define DataSource '{text}' in 'DataSources' or use intrinsic function like GetAtt, ImportValue, Sub or another one to reference a DataSource defined outside of this GraphQLApi resource."))
        })
    }

    /// The resolvers, by the type and the name of the field.
    pub(super) fn resolvers(&self) -> Outcome<Vec<Made>> {
        let mut made = Vec::new();
        for (kind, fields) in self.members("Resolvers") {
            for (name, given) in fields.as_object().into_iter().flatten() {
                made.push((format!("{}{kind}{name}", self.id), self.resolver(kind, name, given)?));
            }
        }
        Ok(made)
    }

    fn resolver(&self, kind: &str, name: &str, given: &Value) -> Outcome<Value> {
        both_codes(name, given)?;
        let resolver = Plain::attributed("AWS::AppSync::Resolver", self.source)
            .attribute("DependsOn", json!([self.schema_id()]))
            .with("ApiId", self.api_id())
            .with("FieldName", set(given, "FieldName").cloned().unwrap_or_else(|| json!(name)))
            .with("TypeName", kind);
        let own = set(given, "InlineCode").is_some() || set(given, "CodeUri").is_some();
        let resolver = if own {
            resolver
                .copy_as("Code", member(given, "InlineCode"))
                .copy_as("CodeS3Location", member(given, "CodeUri"))
                .with("Runtime", runtime(name, given)?)
        } else {
            let runtime = json!({ "Name": "APPSYNC_JS", "RuntimeVersion": "1.0.0" });
            resolver.with("Code", PASSING).with("Runtime", runtime)
        };
        let pipeline = set(given, "Pipeline").and_then(Value::as_array).ok_or_else(|| {
            wrong(name, format!("Resolver '{name}' must have Pipeline defined. Unit resolvers are not supported. If you need a Unit resolver you can use AppSync resource."))
        })?;
        let ids = pipeline.iter().map(|function| {
            let function = function.as_str().unwrap_or_default();
            let known = self.functions.get(function).cloned();
            known.ok_or_else(|| wrong(name, format!("Function '{function}' does not exist.")))
        });
        let ids: Vec<Value> = ids.collect::<Outcome<_>>()?;
        let caching = set(given, "Caching").and_then(Value::as_object).map(without_nothing);
        Ok(resolver
            .with("Kind", "PIPELINE")
            .with("PipelineConfig", json!({ "Functions": ids }))
            .maybe("CachingConfig", caching)
            .copy_as("MaxBatchSize", set(given, "MaxBatchSize"))
            .build())
    }
}
