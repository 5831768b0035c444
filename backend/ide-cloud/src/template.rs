//! What the IDE must know of a SAM template: its functions, their code, their triggers, its parameters.

use cap_std::fs::Dir;
use folders::{Entry, Kind, Limits, Trail, Visitor};
use ide_core::files::{self, shown};
use protocol::{Said, WorkspacePath, deploy::Parameter, language::Position};
use serde_json::{Map, Value};
use template_text::{Document, MAX_OBJECT_BYTES};

use crate::error::CloudError;

/// Names under which templates are found.
const NAMES: [&str; 5] = ["template.yaml", "template.yml", "template.json", "sam.yaml", "sam.yml"];
/// Folders that hold copies and dependencies, not sources.
const SKIPPED: [&str; 4] = ["target", "node_modules", "cdk.out", "__pycache__"];
/// How deep templates are looked for.
const MAX_DEPTH: usize = 4;
/// Templates shown.
const MAX_TEMPLATES: usize = 100;

/// A template of the workspace.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    pub(crate) path: WorkspacePath,
    document: Document,
}

/// A function of a template.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Function {
    pub(crate) logical_id: String,
    pub(crate) position: Position,
    /// Where its code is; none where that is no folder of the workspace.
    pub(crate) code: Option<WorkspacePath>,
    pub(crate) runtime: String,
    pub(crate) handler: String,
    pub(crate) memory_mb: u64,
    pub(crate) timeout_seconds: u64,
    /// Environment variables as the template writes them: texts, or functions such as `Ref`.
    pub(crate) environment: Map<String, Value>,
    pub(crate) triggers: Vec<String>,
    pub(crate) rust: Rust,
    /// How `sam build` is told to build it.
    pub(crate) build_method: Option<String>,
}

/// What a function in Rust is compiled to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rust {
    /// A WebAssembly module.
    Module,
    /// A program with AWS's own runtime for Rust in it. So SAM's starters say it: by the build method of cargo-lambda.
    Program {
        /// The one of several binaries.
        binary: Option<String>,
    },
}

impl Rust {
    // AWS: "BuildMethod: rust-cargolambda" and "BuildProperties: Binary".
    fn read(resource: &Value) -> Self {
        let text = |place: &str| resource.pointer(place).and_then(Value::as_str);
        if text("/Metadata/BuildMethod") != Some("rust-cargolambda") {
            return Self::Module;
        }
        Self::Program { binary: text("/Metadata/BuildProperties/Binary").map(str::to_owned) }
    }
}

/// Whether a text is a template, by its file's name or by what it says of itself.
pub(crate) fn is_template(path: &WorkspacePath, text: &str) -> bool {
    const MARKS: [&str; 2] = ["AWSTemplateFormatVersion", "AWS::Serverless-2016-10-31"];
    let name = path.name();
    let may_be = [".yaml", ".yml", ".json", ".template"].iter().any(|ending| name.ends_with(ending));
    NAMES.contains(&name) || may_be && MARKS.iter().any(|mark| text.contains(mark))
}

/// The templates of a workspace, by path.
pub(crate) fn find(root: &Dir) -> Vec<WorkspacePath> {
    let mut search = Search { found: Vec::new(), here: WorkspacePath::root() };
    if let Err(error) = folders::walk(root, Limits::WORK, &mut search) {
        tracing::info!(%error, "not all templates are found");
    }
    search.found.sort();
    search.found
}

/// Looks for templates, not in hidden folders.
struct Search {
    found: Vec<WorkspacePath>,
    here: WorkspacePath,
}

impl Visitor for Search {
    fn visit(&mut self, entry: &Entry<'_>) -> Result<(), folders::Error> {
        let name = entry.name().to_str().filter(|name| NAMES.contains(name));
        if let (Kind::File, Some(name)) = (entry.kind(), name) {
            if self.found.len() >= MAX_TEMPLATES {
                return Err(folders::Error::TooMany { limit: MAX_TEMPLATES as u64 });
            }
            self.found.push(self.here.join(name));
        }
        Ok(())
    }

    fn wants(&mut self, folder: &Entry<'_>) -> Result<bool, folders::Error> {
        let name = folder.name().to_string_lossy();
        let skipped = name.starts_with('.') || SKIPPED.contains(&&*name);
        Ok(folder.trail().depth() < MAX_DEPTH && !skipped)
    }

    fn enter(&mut self, folder: &Trail) -> Result<bool, folders::Error> {
        if let Some(name) = folder.name() {
            self.here = self.here.join(&WorkspacePath::name_from_bytes(name.as_encoded_bytes()));
        }
        Ok(true)
    }

    fn leave(&mut self, _folder: &Trail) -> Result<(), folders::Error> {
        self.here = self.here.parent().unwrap_or_default();
        Ok(())
    }

    fn failed(&mut self, _error: folders::Error) -> Result<(), folders::Error> {
        Ok(())
    }
}

fn not_utf8(path: &WorkspacePath) -> Said {
    let path = shown(path);
    Said::new(format!("{path}: the template is not UTF-8")).because("template-not-utf8", &[("path", &path)])
}

/// The words are those that CloudFormation would have for it.
fn unread(path: &WorkspacePath, error: &dyn std::fmt::Display) -> Said {
    let path = shown(path);
    Said::new(format!("{path}: {error}")).because("template-unread", &[("path", &path), ("reason", error)])
}

impl Template {
    /// Reads a template of the workspace.
    pub(crate) fn read(root: &Dir, path: &WorkspacePath) -> Result<Self, CloudError> {
        let failed = |source| CloudError::File { path: shown(path), source };
        let (bytes, _) = files::read(root, path, MAX_OBJECT_BYTES as u64).map_err(failed)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| CloudError::Template(not_utf8(path)))?;
        Self::parse(path, text)
    }

    pub(crate) fn parse(path: &WorkspacePath, text: &str) -> Result<Self, CloudError> {
        let document = Document::parse(text).map_err(|error| CloudError::Template(unread(path, &error)))?;
        Ok(Self::of(path, document))
    }

    /// A template whose text is read.
    pub(crate) fn of(path: &WorkspacePath, document: Document) -> Self {
        Self { path: path.clone(), document }
    }

    /// Its folder.
    pub(crate) fn folder(&self) -> WorkspacePath {
        self.path.parent().unwrap_or_default()
    }

    /// The template as a value, functions in their long form.
    pub(crate) fn value(&self) -> &Value {
        self.document.value()
    }

    /// Where a resource stands.
    pub(crate) fn resource_position(&self, logical_id: &str) -> Option<Position> {
        self.value().get("Resources")?.get(logical_id)?;
        Some(self.position(&["Resources", logical_id]))
    }

    /// What the cloud says of the template without the place it names, and that place in this text: the cloud saw
    /// the template with the code's addresses in it, written anew.
    pub(crate) fn place(&self, message: &str) -> (String, Option<Position>) {
        let split = || {
            let (text, place) = message.strip_suffix(')')?.rsplit_once(" (/")?;
            let (pointer, _) = place.split_once(", line ")?;
            Some((text.to_owned(), Some(self.position_of(pointer))))
        };
        split().unwrap_or_else(|| (message.to_owned(), None))
    }

    /// Where that is to which a JSON pointer leads, or leads nearest.
    pub(crate) fn position_of(&self, pointer: &str) -> Position {
        let steps = pointer.trim_start_matches('/').split('/');
        let steps: Vec<String> = steps.map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
        let mut here = Some(self.value());
        let there = steps.iter().take_while(|step| {
            here = here.and_then(|value| match value {
                Value::Array(items) => items.get(step.parse::<usize>().ok()?),
                value => value.get(step.as_str()),
            });
            here.is_some()
        });
        self.position(&there.map(String::as_str).collect::<Vec<_>>())
    }

    fn position(&self, steps: &[&str]) -> Position {
        let steps: Vec<String> = steps.iter().map(|&step| step.to_owned()).collect();
        let mark = self.document.locate(&steps);
        let from_zero = |number: usize| number.saturating_sub(1) as u32;
        Position { line: from_zero(mark.line), character: from_zero(mark.column) }
    }

    /// Its functions, in the order of the text.
    pub(crate) fn functions(&self) -> Vec<Function> {
        let resources = self.value().get("Resources").and_then(Value::as_object);
        let resources = resources.into_iter().flatten();
        resources.filter_map(|(id, resource)| self.function(id, resource)).collect()
    }

    fn function(&self, logical_id: &str, resource: &Value) -> Option<Function> {
        if resource.get("Type")? != "AWS::Serverless::Function" {
            return None;
        }
        let globals = self.value().pointer("/Globals/Function");
        let own = resource.get("Properties");
        let property = |name: &str| own.and_then(|own| own.get(name)).or_else(|| globals?.get(name));
        let text = |name: &str| property(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let variables = |from: Option<&Value>| {
            from.and_then(|from| from.pointer("/Environment/Variables")?.as_object().cloned())
                .unwrap_or_default()
        };
        let mut environment = variables(globals);
        environment.extend(variables(own));
        let code = match property("CodeUri") {
            None => self.inside("."),
            Some(uri) => uri.as_str().and_then(|uri| self.inside(uri)),
        };
        Some(Function {
            logical_id: logical_id.to_owned(),
            position: self.position(&["Resources", logical_id]),
            code,
            runtime: text("Runtime"),
            handler: text("Handler"),
            // AWS: Lambda's defaults, 128 MB and 3 seconds.
            memory_mb: property("MemorySize").and_then(Value::as_u64).unwrap_or(128),
            timeout_seconds: property("Timeout").and_then(Value::as_u64).unwrap_or(3),
            environment,
            triggers: triggers(own),
            rust: Rust::read(resource),
            build_method: resource
                .pointer("/Metadata/BuildMethod")
                .and_then(Value::as_str)
                .map(str::to_owned),
        })
    }

    /// A path of the template, which is relative to it, as one of the workspace; none where it leads out.
    fn inside(&self, uri: &str) -> Option<WorkspacePath> {
        if uri.contains("://") || uri.starts_with('/') {
            return None;
        }
        let mut path = self.folder();
        for name in uri.split('/') {
            path = match name {
                "" | "." => path,
                ".." => path.parent()?,
                name => path.join(name),
            };
        }
        WorkspacePath::parse(path.as_str()).ok()
    }

    /// Its parameters, in the order of the text.
    pub(crate) fn parameters(&self) -> Vec<Parameter> {
        let parameters = self.value().get("Parameters").and_then(Value::as_object);
        let describe = |(name, parameter): (&String, &Value)| Parameter {
            name: name.clone(),
            description: parameter.get("Description").and_then(Value::as_str).map(str::to_owned),
            default: parameter.get("Default").map(scalar),
            no_echo: parameter.get("NoEcho").is_some_and(|echo| scalar(echo) == "true"),
        };
        parameters.into_iter().flatten().map(describe).collect()
    }

    /// The template with the code of some functions replaced by where it was uploaded to.
    pub(crate) fn with_code(&self, uploaded: &[(String, String)]) -> Value {
        let mut template = self.value().clone();
        for (logical_id, uri) in uploaded {
            let resource = template.get_mut("Resources").and_then(|resources| resources.get_mut(logical_id));
            if let Some(Value::Object(resource)) = resource {
                let properties = resource.entry("Properties").or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(properties) = properties {
                    properties.insert("CodeUri".to_owned(), Value::String(uri.clone()));
                }
            }
        }
        template
    }
}

fn triggers(properties: Option<&Value>) -> Vec<String> {
    let events = properties.and_then(|properties| properties.get("Events")?.as_object());
    let kinds =
        events.into_iter().flatten().filter_map(|(_, event)| Some(event.get("Type")?.as_str()?.to_owned()));
    let mut kinds: Vec<String> = kinds.collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

/// A scalar as text.
pub(crate) fn scalar(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "
Transform: AWS::Serverless-2016-10-31
Parameters:
  Word: {Type: String, Default: Hi, NoEcho: true}
Globals:
  Function:
    Runtime: provided.al2023
    Environment: {Variables: {A: global, B: global}}
Resources:
  First:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code/
      Handler: bootstrap
      Environment: {Variables: {B: !Ref Word}}
      Events: {R: {Type: HttpApi}, S: {Type: HttpApi}, T: {Type: Api}}
  Out:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: ../../../etc}
  Table: {Type: AWS::DynamoDB::Table}
";

    fn template(path: &str) -> Template {
        Template::parse(&WorkspacePath::parse(path).unwrap(), TEMPLATE).unwrap()
    }

    #[test]
    fn functions_take_what_globals_say_first() {
        let functions = template("app/template.yaml").functions();
        assert_eq!(functions.len(), 2);
        let first = &functions[0];
        assert_eq!(first.code.as_ref().map(WorkspacePath::as_str), Some("app/code"));
        assert_eq!(
            (first.runtime.as_str(), first.memory_mb, first.timeout_seconds),
            ("provided.al2023", 128, 3)
        );
        assert_eq!(first.environment["A"], "global");
        assert_eq!(first.environment["B"], serde_json::json!({"Ref": "Word"}));
        assert_eq!(first.triggers, ["Api", "HttpApi"]);
        assert_eq!(first.position, Position { line: 9, character: 2 });
    }

    #[test]
    fn a_function_in_rust_says_what_it_is_compiled_to() {
        let check = |metadata: serde_json::Value, expected: Rust| {
            assert_eq!(Rust::read(&serde_json::json!({ "Metadata": metadata })), expected, "{metadata}");
        };
        check(serde_json::json!({}), Rust::Module);
        check(serde_json::json!({ "BuildMethod": "makefile" }), Rust::Module);
        check(serde_json::json!({ "BuildMethod": "rust-cargolambda" }), Rust::Program { binary: None });
        let named =
            serde_json::json!({ "BuildMethod": "rust-cargolambda", "BuildProperties": { "Binary": "api" } });
        check(named, Rust::Program { binary: Some("api".to_owned()) });
    }

    #[test]
    fn code_outside_of_the_workspace_is_nobodys() {
        assert_eq!(template("app/template.yaml").functions()[1].code, None);
        let root = template("template.yaml");
        for uri in ["/etc", "s3://bucket/key", "http://169.254.169.254/", "..", "a/../../b"] {
            assert_eq!(root.inside(uri), None, "{uri}");
        }
        assert_eq!(root.inside("a/../b").as_ref().map(WorkspacePath::as_str), Some("b"));
    }

    #[test]
    fn the_clouds_complaints_are_placed_in_the_text() {
        let place = |message: &str| template("template.yaml").place(message);
        let (text, position) = place("It is wrong. (/Resources/First/Type, line 1, column 343)");
        assert_eq!((text.as_str(), position), ("It is wrong.", Some(Position { line: 10, character: 4 })));
        assert_eq!(place("It is full (again)"), ("It is full (again)".to_owned(), None));
    }

    #[test]
    fn parameters_and_replaced_code() {
        let template = template("template.yaml");
        let parameter = &template.parameters()[0];
        assert_eq!(
            (parameter.name.as_str(), parameter.default.as_deref(), parameter.no_echo),
            ("Word", Some("Hi"), true)
        );
        let packaged = template.with_code(&[("First".into(), "s3://b/k".into())]);
        assert_eq!(packaged["Resources"]["First"]["Properties"]["CodeUri"], "s3://b/k");
    }
}
