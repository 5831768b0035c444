//! Writes the Rust of one model.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::{Result, bail};

use super::model::{Model, Namespace, Reference, Shape};
use super::names;
use super::{Quirks, ServiceListing};

/// The text of a `shapes.rs`.
pub(crate) fn emit(model: &Model, listing: &ServiceListing) -> Result<String> {
    let names_forms = model.metadata.protocol == "json" && listing.also.iter().any(|name| name == "query");
    let mut writer = Writer { model, names_forms, reached: BTreeMap::new(), names: BTreeMap::new() };
    let mut operations: Vec<&String> = listing.operations.iter().collect();
    operations.sort();
    operations.dedup();
    for name in &operations {
        let operation = model.operation(name)?;
        for reference in operation.input.iter().chain(&operation.output) {
            writer.reach(&reference.shape)?;
        }
    }
    writer.name();
    let parts = [
        writer.head(&listing.model),
        writer.scalars()?,
        writer.enumerations(),
        writer.unions()?,
        writer.structures()?,
        writer.errors(&operations, listing)?,
        writer.operations(&operations, listing)?,
        writer.model(listing)?,
    ];
    Ok(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n"))
}

struct Writer<'a> {
    model: &'a Model,
    /// Whether names of members on the wire are those of forms alone.
    names_forms: bool,
    /// The shapes that are written, by name.
    reached: BTreeMap<String, Shape>,
    /// Their names as types and as constants; models have shapes that differ only in case or underscores.
    names: BTreeMap<String, (String, String)>,
}

impl Writer<'_> {
    fn reach(&mut self, name: &str) -> Result<()> {
        if self.reached.contains_key(name) {
            return Ok(());
        }
        let shape = self.model.shape(name)?;
        let mut next: Vec<String> = Vec::new();
        for (_, member) in shape.members()? {
            // An error that ends a stream is none of its events.
            if !(shape.eventstream && self.model.shape(&member.shape)?.exception) {
                next.push(member.shape);
            }
        }
        next.extend(
            [&shape.member, &shape.key, &shape.value].into_iter().flatten().map(|part| part.shape.clone()),
        );
        self.reached.insert(name.to_owned(), shape);
        next.iter().try_for_each(|name| self.reach(name))
    }

    fn name(&mut self) {
        let mut types = BTreeSet::new();
        let mut constants = BTreeSet::from(["ERRORS", "MODEL", "OPERATIONS"].map(str::to_owned));
        for name in self.reached.keys() {
            let type_name = unique(names::type_name(name), &mut types);
            let constant = unique(names::constant(name), &mut constants);
            self.names.insert(name.clone(), (type_name, constant));
        }
    }

    fn type_name(&self, shape: &str) -> &str {
        self.names.get(shape).map_or("", |(name, _)| name)
    }

    fn constant(&self, shape: &str) -> &str {
        self.names.get(shape).map_or("", |(_, name)| name)
    }

    fn head(&self, id: &str) -> String {
        let mut text = format!(
            "//! Shapes of the model `{id}` ({}). Written by `cargo xtask shapes` from `shapes.toml`; do not edit.\n\
             #![allow(\n    missing_docs, unreachable_pub, dead_code, clippy::all, clippy::pedantic,\n    \
             reason = \"generated from the model, whose documentation is AWS's\"\n)]\n\n",
            self.model.metadata.api_version
        );
        if self.kinds("map") {
            text.push_str("use std::collections::BTreeMap;\n\n");
        }
        text.push_str("use cloud_wire::{Member, Schema, ServiceModel};\n");
        text
    }

    fn kinds(&self, kind: &str) -> bool {
        self.reached.values().any(|shape| shape.r#type == kind)
    }

    /// Strings, numbers, lists, maps: only schemas.
    fn scalars(&self) -> Result<String> {
        let mut text = String::new();
        for (name, shape) in &self.reached {
            let quoted = format!("{name:?}");
            let made = match shape.r#type.as_str() {
                "structure" if shape.document && shape.members.is_empty() => format!("document({quoted})"),
                "string" | "character" if shape.r#enum.is_empty() => format!("string({quoted})"),
                // Those are written as structures, unions and enumerations.
                "structure" | "string" => continue,
                "integer" | "long" | "short" | "byte" => format!("integer({quoted})"),
                "float" | "double" => format!("float({quoted})"),
                "boolean" => format!("boolean({quoted})"),
                "blob" => format!("blob({quoted})"),
                "timestamp" => {
                    format!("timestamp({quoted}){}", format_call(shape.timestamp_format.as_deref())?)
                }
                "list" => self.list(shape, &quoted),
                "map" => self.map(shape, &quoted),
                other => bail!("shape {name} is a {other}"),
            };
            let limits = limits(shape);
            writeln!(text, "pub static {}: Schema = Schema::{made}{limits};", self.constant(name))?;
        }
        Ok(text)
    }

    fn list(&self, shape: &Shape, quoted: &str) -> String {
        let Some(element) = &shape.member else { return format!("document({quoted})") };
        let mut text = format!("list({quoted}, &{})", self.constant(&element.shape));
        if let Some(name) = &element.location_name {
            let _ = write!(text, ".element_name({name:?})");
        }
        if shape.flattened {
            text.push_str(".flattened()");
        }
        text
    }

    fn map(&self, shape: &Shape, quoted: &str) -> String {
        let (Some(key), Some(value)) = (&shape.key, &shape.value) else {
            return format!("document({quoted})");
        };
        let mut text =
            format!("map({quoted}, &{}, &{})", self.constant(&key.shape), self.constant(&value.shape));
        let key_name = key.location_name.as_deref().unwrap_or("key");
        let value_name = value.location_name.as_deref().unwrap_or("value");
        if (key_name, value_name) != ("key", "value") {
            let _ = write!(text, ".entry_names({key_name:?}, {value_name:?})");
        }
        if shape.flattened {
            text.push_str(".flattened()");
        }
        text
    }

    fn enumerations(&self) -> String {
        let mut text = String::new();
        for (name, shape) in self.reached.iter().filter(|(_, shape)| !shape.r#enum.is_empty()) {
            let (type_name, constant) = (self.type_name(name), self.constant(name));
            let how = if shape.unchecked { ".unchecked()" } else { "" };
            let _ = writeln!(text, "    pub enum {type_name} as {constant}{how} {{");
            let mut seen = BTreeSet::new();
            for value in &shape.r#enum {
                let variant = unique(names::variant(value), &mut seen);
                let _ = writeln!(text, "        {variant} = {value:?},");
            }
            text.push_str("    }\n");
        }
        wrap("cloud_wire::enumeration!", &text)
    }

    fn structures(&self) -> Result<String> {
        let (mut plain, mut streaming) = (String::new(), String::new());
        for (name, shape) in self.reached.iter().filter(|(_, shape)| is_plain(shape)) {
            let streams = shape.members()?.iter().any(|(_, member)| {
                self.streams(member) || self.reached.get(&member.shape).is_some_and(|shape| shape.eventstream)
            });
            let text = if streams { &mut streaming } else { &mut plain };
            writeln!(text, "    pub struct {} as {} {{", self.type_name(name), self.constant(name))?;
            for (member_name, member) in shape.members()? {
                self.member(text, name, shape, member_name, &member)?;
            }
            text.push_str("    }\n");
        }
        let parts =
            [wrap("cloud_wire::structure!", &plain), wrap("cloud_wire::streaming_structure!", &streaming)];
        Ok(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n"))
    }

    /// What there is exactly one of: unions, and the events of streams with the errors that may end them.
    fn unions(&self) -> Result<String> {
        let (mut unions, mut events) = (String::new(), String::new());
        for (name, shape) in self.reached.iter().filter(|(_, shape)| shape.union || shape.eventstream) {
            let text = if shape.eventstream { &mut events } else { &mut unions };
            write!(text, "    pub enum {} as {}", self.type_name(name), self.constant(name))?;
            let (mut variants, mut exceptions) = (String::new(), Vec::new());
            for (member_name, member) in shape.members()? {
                if shape.eventstream && self.model.shape(&member.shape)?.exception {
                    exceptions.push(member_name.to_owned());
                    continue;
                }
                let mut rust = self.rust_type(&member.shape)?;
                if self.contains(&member.shape, name, &mut BTreeSet::new())? {
                    rust = format!("Box<{rust}>");
                }
                let facts = self.facts(shape, member_name, &member)?;
                let (variant, constant) = (names::type_name(member_name), self.constant(&member.shape));
                writeln!(
                    variants,
                    "        {variant}({rust}) = Member::new({member_name:?}, &{constant}){facts},"
                )?;
            }
            if shape.eventstream {
                write!(text, " throws {exceptions:?}")?;
            }
            writeln!(text, " {{\n{variants}    }}")?;
        }
        let parts = [wrap("cloud_wire::union!", &unions), wrap("cloud_wire::events!", &events)];
        Ok(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n"))
    }

    fn streams(&self, member: &Reference) -> bool {
        member.streaming || self.reached.get(&member.shape).is_some_and(|shape| shape.streaming)
    }

    fn member(
        &self,
        text: &mut String,
        owner: &str,
        shape: &Shape,
        name: &str,
        member: &Reference,
    ) -> Result<()> {
        let required = shape.required.iter().any(|required| required == name);
        let streaming = self.streams(member);
        let mut rust = if streaming { "cloud_wire::Body".to_owned() } else { self.rust_type(&member.shape)? };
        let is_events = self.reached.get(&member.shape).is_some_and(|shape| shape.eventstream);
        if !streaming && !is_events {
            if self.contains(&member.shape, owner, &mut BTreeSet::new())? {
                rust = format!("Box<{rust}>");
            }
            if !required {
                rust = format!("Option<{rust}>");
            }
        }
        let facts = self.facts(shape, name, member)?;
        let constant = self.constant(&member.shape);
        writeln!(
            text,
            "        {}: {rust} = Member::new({name:?}, &{constant}){facts},",
            names::field(name)
        )?;
        Ok(())
    }

    /// What is said of a member besides its name and shape.
    fn facts(&self, shape: &Shape, name: &str, member: &Reference) -> Result<String> {
        let mut facts = match &member.location_name {
            Some(called) if self.names_forms => format!(".in_query({called:?})"),
            _ => place(shape, name, member)?,
        };
        if shape.required.iter().any(|required| required == name) && !shape.eventstream {
            facts.push_str(".required()");
        }
        if member.idempotency_token {
            facts.push_str(".idempotency()");
        }
        if member.flattened {
            facts.push_str(".flattened()");
        }
        if self.streams(member) {
            facts.push_str(".streaming()");
        }
        if member.xml_attribute {
            facts.push_str(".attribute()");
        }
        let namespace = member.xml_namespace.as_ref();
        let of_shape = self.reached.get(&member.shape).and_then(|shape| shape.xml_namespace.as_ref());
        if let Some((prefix, uri)) = namespace.or(of_shape).map(Namespace::parts) {
            write!(facts, ".namespace({prefix:?}, {uri:?})")?;
        }
        facts.push_str(&format_call(member.timestamp_format.as_deref())?);
        Ok(facts)
    }

    /// Whether a structure contains another without a list or map between, so that it needs a box.
    fn contains(&self, shape: &str, wanted: &str, seen: &mut BTreeSet<String>) -> Result<bool> {
        if shape == wanted {
            return Ok(true);
        }
        let Some(found) = self.reached.get(shape).filter(|found| found.r#type == "structure") else {
            return Ok(false);
        };
        if !seen.insert(shape.to_owned()) {
            return Ok(false);
        }
        for (_, member) in found.members()? {
            if self.contains(&member.shape, wanted, seen)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn rust_type(&self, name: &str) -> Result<String> {
        let Some(shape) = self.reached.get(name) else { bail!("shape {name} was not reached") };
        let part = |part: &Option<Reference>| match part {
            Some(part) => self.rust_type(&part.shape),
            None => bail!("shape {name} lacks a part"),
        };
        Ok(match shape.r#type.as_str() {
            "structure" if shape.document && shape.members.is_empty() => "serde_json::Value".into(),
            "structure" if shape.eventstream => format!("cloud_wire::EventStream<{}>", self.type_name(name)),
            "structure" => self.type_name(name).to_owned(),
            "string" if !shape.r#enum.is_empty() => self.type_name(name).to_owned(),
            "string" | "character" => "String".into(),
            "integer" | "short" | "byte" => "i32".into(),
            "long" => "i64".into(),
            "float" | "double" => "f64".into(),
            "boolean" => "bool".into(),
            "blob" => "bytes::Bytes".into(),
            "timestamp" => "jiff::Timestamp".into(),
            "list" => format!("Vec<{}>", part(&shape.member)?),
            "map" => format!("BTreeMap<String, {}>", part(&shape.value)?),
            other => bail!("shape {name} is a {other}"),
        })
    }

    fn errors(&self, operations: &[&String], listing: &ServiceListing) -> Result<String> {
        let mut text = String::new();
        let mut seen = BTreeSet::new();
        let mut shapes = BTreeSet::new();
        for name in operations {
            shapes.extend(self.model.operation(name)?.errors.into_iter().map(|error| error.shape));
        }
        for name in shapes {
            let shape = self.model.shape(&name)?;
            let spelled = shape.error.as_ref().and_then(|error| error.code.as_deref());
            // Only these protocols write the error's code; the others write the shape's name, and the code beside it for
            // clients that knew the service by the query protocol.
            let code = spelled.filter(|_| self.model.metadata.protocol == "query").unwrap_or(&name);
            let is_compatible = self.model.metadata.aws_query_compatible.is_some();
            let in_query = spelled.filter(|spelled| is_compatible && *spelled != code);
            let in_query = in_query.map(|spelled| format!(" as {spelled:?}")).unwrap_or_default();
            if !seen.insert(code.to_owned()) {
                continue;
            }
            let usual = if shape.fault { 500 } else { 400 };
            let status = shape.error.as_ref().and_then(|error| error.http_status_code).unwrap_or(usual);
            let message = message_member(&shape)?;
            // AWS: Lambda's errors say in a member whose fault they are.
            let whose =
                if shape.members.contains_key("Type") && status < 500 { ", \"Type\": \"User\"" } else { "" };
            writeln!(
                text,
                "    {} = ({code:?}, {status}, {message:?}{in_query}{whose}),",
                names::type_name(&name)
            )?;
        }
        for (code, (status, in_query)) in &listing.errors {
            writeln!(
                text,
                "    {} = ({code:?}, {status}, \"message\" as {in_query:?}),",
                names::type_name(code)
            )?;
        }
        Ok(format!("cloud_wire::errors! {{\n{text}}}\n"))
    }

    fn operations(&self, operations: &[&String], listing: &ServiceListing) -> Result<String> {
        let mut text = String::new();
        for name in operations {
            let operation = self.model.operation(name)?;
            let (input, input_schema) = self.root(operation.input.as_ref());
            let (output, output_schema) = self.root(operation.output.as_ref());
            let (method, uri) = (&operation.http.method, &operation.http.request_uri);
            let status = operation.http.response_code.unwrap_or(200);
            let facts = self.operation_facts(name, listing)?;
            let facts = if facts.is_empty() { facts } else { format!(", {facts}") };
            writeln!(
                text,
                "    {name}({input}) -> {output} = {method:?} {uri:?} {status}, {input_schema}, {output_schema}{facts};"
            )?;
        }
        Ok(format!("cloud_wire::operations! {{\n{text}}}\n"))
    }

    /// What is said of an operation besides its path and shapes.
    fn operation_facts(&self, name: &str, listing: &ServiceListing) -> Result<String> {
        let mut text = String::new();
        let quirks = listing.quirks.get(name);
        if let Some((input, output, limit)) = self.paging(name, quirks)? {
            let mut apart: Vec<&str> = limit.into_iter().collect();
            apart.extend(quirks.iter().flat_map(|quirks| &quirks.apart).map(String::as_str));
            write!(text, ".pages({input:?}, {output:?}, &{apart:?})")?;
        }
        if let Some(endpoint) = self.model.operation(name)?.endpoint {
            // What a member fills in is in front; the rest is the same in every request.
            let prefix =
                endpoint.host_prefix.rsplit_once('}').map_or(endpoint.host_prefix.as_str(), |(_, rest)| rest);
            write!(text, ".host_prefix({prefix:?})")?;
        }
        let Some(quirks) = quirks else { return Ok(text) };
        if let Some(root) = &quirks.root {
            write!(text, ".root({root:?})")?;
        }
        if let Some(media_type) = &quirks.media_type {
            write!(text, ".media_type({media_type:?})")?;
        }
        if let Some(bytes) = quirks.body_limit {
            write!(text, ".body_limit({bytes})")?;
        }
        if let Some((code, status)) = &quirks.too_large {
            write!(text, ".too_large({code:?}, {status})")?;
        }
        if let Some(action) = &quirks.action {
            write!(text, ".action({action:?})")?;
        }
        Ok(text)
    }

    /// Token in, token out and size of an operation whose pages go on by one text.
    fn paging<'a>(
        &'a self,
        name: &str,
        quirks: Option<&'a Quirks>,
    ) -> Result<Option<(&'a str, &'a str, Option<&'a str>)>> {
        if let Some(token) = quirks.and_then(|quirks| quirks.token.as_deref()) {
            return Ok(Some((token, token, None)));
        }
        if quirks.is_some_and(|quirks| quirks.plain) {
            return Ok(None);
        }
        let Some(paging) = self.model.pagination.get(name) else { return Ok(None) };
        let (Some(input), Some(output)) = (paging.input_token.as_str(), paging.output_token.as_str()) else {
            return Ok(None);
        };
        let operation = self.model.operation(name)?;
        let is_text = |of: &Option<Reference>, member: &str| -> Result<bool> {
            let Some(of) = of else { return Ok(false) };
            let shape = self.model.shape(&of.shape)?;
            let found = shape.members()?.into_iter().find(|(present, _)| *present == member);
            found.map_or(Ok(false), |(_, found)| Ok(self.model.shape(&found.shape)?.r#type == "string"))
        };
        let fits = is_text(&operation.input, input)? && is_text(&operation.output, output)?;
        Ok(fits.then_some((input, output, paging.limit_key.as_deref())))
    }

    /// The type and the schema of an operation's input or output, as seen from the module `operation`.
    fn root(&self, reference: Option<&Reference>) -> (String, String) {
        match reference {
            Some(Reference { shape, .. }) => {
                (format!("super::{}", self.type_name(shape)), format!("super::{}", self.constant(shape)))
            }
            None => ("()".into(), "cloud_wire::shape::UNIT".into()),
        }
    }

    fn model(&self, listing: &ServiceListing) -> Result<String> {
        let metadata = &self.model.metadata;
        let protocol = |name: &str| {
            Ok(match (name, metadata.json_version.as_str()) {
                ("json", "1.0") => "Json10",
                ("json", _) => "Json11",
                ("query", _) => "Query",
                ("rest-json", _) => "RestJson",
                ("rest-xml", _) => "RestXml",
                ("smithy-rpc-v2-cbor", _) => "Cbor",
                (other, _) => bail!("protocol {other}"),
            })
        };
        let also = metadata.protocols.iter().chain(&listing.also).filter(|name| **name != metadata.protocol);
        let also = also.map(|name| Ok(format!("cloud_wire::Protocol::{}", protocol(name)?)));
        let also = also.collect::<Result<Vec<_>>>()?.join(", ");
        let usual_code = match metadata.protocol.as_str() {
            "query" => "ValidationError",
            "rest-xml" => "InvalidArgument",
            _ => "ValidationException",
        };
        let protocol = protocol(&metadata.protocol)?;
        let refusal =
            |(code, text): &(String, String)| format!("cloud_wire::Refusal({code:?}, 400, {text:?})");
        let wrong_token = listing.wrong_token.as_ref().map(refusal);
        let wrong_union = listing
            .wrong_union
            .as_ref()
            .map(|[none, several]| format!("({}, {})", refusal(none), refusal(several)));
        let signing_name = metadata.signing_name.as_ref().unwrap_or(&metadata.endpoint_prefix);
        let mut selectors = BTreeSet::new();
        if metadata.protocol == "rest-xml" {
            for name in self.model.operations.keys() {
                let uri = self.model.operation(name)?.http.request_uri;
                let query = uri.split_once('?').map_or("", |(_, query)| query);
                selectors.extend(
                    query
                        .split('&')
                        .filter(|part| !part.is_empty() && !part.contains('='))
                        .map(str::to_owned),
                );
            }
        }
        let selectors: Vec<_> = selectors.into_iter().collect();
        Ok(format!(
            "pub static MODEL: ServiceModel = ServiceModel {{\n    id: {:?},\n    signing_name: {signing_name:?},\n    \
             endpoint_prefix: {:?},\n    protocol: cloud_wire::Protocol::{protocol},\n    also: &[{also}],\n    query_compatible: {:?},\n    target_prefix: {:?},\n    \
             api_version: {:?},\n    xml_namespace: {:?},\n    validation_code: {:?},\n    names_input: {:?},\n    operations: OPERATIONS,\n    \
             errors: ERRORS,\n    selectors: &{selectors:?},\n    wrong_token: {},\n    wrong_union: {},\n}};\n",
            listing.model,
            metadata.endpoint_prefix,
            metadata.aws_query_compatible.is_some(),
            metadata.target_prefix,
            metadata.api_version,
            listing.namespace.as_deref().unwrap_or(&metadata.xml_namespace),
            listing.validation_code.as_deref().unwrap_or(usual_code),
            listing.names_input,
            wrong_token.as_deref().unwrap_or("ServiceModel::WRONG_TOKEN"),
            wrong_union.as_deref().unwrap_or("ServiceModel::WRONG_UNION"),
        ))
    }
}

/// Whether it is written as a plain structure.
fn is_plain(shape: &Shape) -> bool {
    shape.r#type == "structure" && !shape.document && !shape.union && !shape.eventstream
}

/// The name, with as many underscores as make it new.
fn unique(mut name: String, seen: &mut BTreeSet<String>) -> String {
    while !seen.insert(name.clone()) {
        name.push('_');
    }
    name
}

fn wrap(macro_name: &str, body: &str) -> String {
    if body.is_empty() { String::new() } else { format!("{macro_name} {{\n{body}}}\n") }
}

fn limits(shape: &Shape) -> String {
    let mut text = String::new();
    if shape.unchecked {
        return text;
    }
    if let Some(min) = shape.min {
        let _ = write!(text, ".min({})", min as i64);
    }
    if let Some(max) = shape.max {
        let _ = write!(text, ".max({})", max as i64);
    }
    if let Some(pattern) = &shape.pattern {
        let _ = write!(text, ".pattern({pattern:?})");
    }
    text
}

fn place(shape: &Shape, name: &str, member: &Reference) -> Result<String> {
    let wire = member.location_name.as_deref().unwrap_or(name);
    let mut text = match member.location.as_deref() {
        None if member.eventheader => ".event_header()".into(),
        None if member.eventpayload => ".event_payload()".into(),
        None if wire == name => String::new(),
        None => format!(".wire({wire:?})"),
        Some("header") => format!(".header({wire:?})"),
        Some("headers") => format!(".headers({wire:?})"),
        Some("uri") => format!(".uri({wire:?})"),
        Some("querystring") => format!(".query({wire:?})"),
        Some("statusCode") => ".status()".into(),
        Some(other) => bail!("member {name} travels in {other}"),
    };
    if shape.payload.as_deref() == Some(name) {
        text.push_str(".payload()");
    }
    Ok(text)
}

fn format_call(format: Option<&str>) -> Result<String> {
    Ok(match format {
        None => String::new(),
        Some("iso8601") => ".format(cloud_wire::TimestampFormat::Iso8601)".into(),
        Some("rfc822") => ".format(cloud_wire::TimestampFormat::Rfc822)".into(),
        Some("unixTimestamp") => ".format(cloud_wire::TimestampFormat::Unix)".into(),
        Some(other) => bail!("timestamp format {other}"),
    })
}

fn message_member(shape: &Shape) -> Result<String> {
    for (name, member) in shape.members()? {
        if name.eq_ignore_ascii_case("message") {
            return Ok(member.location_name.unwrap_or_else(|| name.to_owned()));
        }
    }
    Ok("message".into())
}
