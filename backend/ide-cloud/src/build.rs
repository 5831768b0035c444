//! From a function's sources to its deployment package.

use std::path::{Path, PathBuf};

use cap_std::{ambient_authority, fs::Dir};
use ide_core::{
    Grant, blocking,
    files::{relative, shown},
};
use protocol::{Said, WorkspacePath};
use serde_json::Value;
use tokio::{process::Command, sync::Mutex};
use tokio_util::sync::CancellationToken;

use crate::{
    archive::Package,
    client::{Aws, LAMBDA, Rest, encode, filled, text},
    dependencies::{Dependencies, Installed, Interpreter},
    error::CloudError,
    process::{OnOutput, Process},
    scratch::Scratch,
    template::{Function, Rust},
    toolchain::{Places, Toolchain},
};

/// The file that makes a package one for the Wasm engine.
const WASM_ENTRY: &str = "bootstrap.wasm";
/// The file that AWS runs, and the engine of programs.
const PROGRAM_ENTRY: &str = "bootstrap";

/// Builds functions, one at a time: a compiler uses all of the machine anyway.
pub(crate) struct Builder {
    root: PathBuf,
    dir: Dir,
    places: Places,
    aws: Aws,
    toolchain: Mutex<Option<Toolchain>>,
    installing: Mutex<()>,
}

/// How the code of a function becomes its package.
#[derive(Debug, PartialEq, Eq)]
enum Method {
    /// It is packed as it is.
    Pack,
    /// A Cargo package is compiled.
    Cargo,
    /// Its makefile fills a folder.
    Make,
    /// What it depends on is installed beside it.
    Install(Dependencies),
}

impl Method {
    /// As the template says, and what lies in the folder.
    fn of(folder: &Dir, function: &Function) -> Result<Self, CloudError> {
        let compiles = function.runtime.starts_with("provided") && folder.exists("Cargo.toml");
        match function.build_method.as_deref() {
            _ if folder.exists(WASM_ENTRY) || folder.exists(PROGRAM_ENTRY) => Ok(Self::Pack),
            _ if compiles => Ok(Self::Cargo),
            // AWS: the makefile has a target build-LOGICALID, and finds where to put what it makes in ARTIFACTS_DIR.
            Some("makefile") => Ok(Self::Make),
            // LIMIT: sam build bundles; what was bundled is deployed by sam deploy.
            Some("esbuild") => Err(CloudError::Template(bundled(&function.logical_id))),
            _ => Ok(Dependencies::of(folder, &function.runtime)?.map_or(Self::Pack, Self::Install)),
        }
    }
}

impl Builder {
    pub(crate) fn new(root: PathBuf, dir: Dir, places: Places, aws: Aws) -> Self {
        Self { root, dir, places, aws, toolchain: Mutex::new(None), installing: Mutex::new(()) }
    }

    /// The package of a function: compiled, made or with what it depends on, else its folder as it is. Tools run code of the
    /// folder: hence the leave, by which they end when that is taken back.
    pub(crate) async fn package(
        &self,
        function: &Function,
        on_output: OnOutput<'_>,
        cancel: &CancellationToken,
        grant: &Grant,
    ) -> Result<Package, CloudError> {
        let Some(code) = &function.code else {
            let name = &function.logical_id;
            let said = Said::new(format!("{name}: CodeUri is no folder of this workspace"));
            return Err(CloudError::Template(said.because("code-elsewhere", &[("function", name)])));
        };
        let folder = self.dir.open_dir(relative(code));
        let folder =
            folder.map_err(|source| CloudError::File { path: shown(code), source: source.into() })?;
        tokio::select! {
            package = self.build(folder, code, function, on_output) => package,
            () = cancel.cancelled() => Err(CloudError::Cancelled),
            () = grant.revoked() => Err(CloudError::Revoked),
        }
    }

    async fn build(
        &self,
        folder: Dir,
        code: &WorkspacePath,
        function: &Function,
        on_output: OnOutput<'_>,
    ) -> Result<Package, CloudError> {
        let (place, name) = (self.root.join(relative(code)), shown(code));
        match Method::of(&folder, function)? {
            Method::Pack => blocking(move || Package::of_folder(&folder, &name)).await,
            Method::Cargo => {
                let compiled = self.compile(&place, function, on_output).await?;
                let entry = if function.rust == Rust::Module { WASM_ENTRY } else { PROGRAM_ENTRY };
                Package::of_file(entry, &compiled)
            }
            Method::Make => self.make(&place, function, on_output).await,
            Method::Install(needed) => {
                let into = needed.place();
                let installed = self.install(&needed, &place, function, on_output).await?;
                blocking(move || {
                    let beside = open(&installed.path().join(into))?;
                    Package::with_installed(&folder, &name, &beside, into)
                })
                .await
            }
        }
    }

    /// Installs what a function's code depends on, for the program that will read it.
    async fn install(
        &self,
        needed: &Dependencies,
        code: &Path,
        function: &Function,
        on_output: OnOutput<'_>,
    ) -> Result<Installed, CloudError> {
        let interpreter = self.interpreter(&function.runtime).await?;
        let _one = self.installing.lock().await;
        needed.install(code, &interpreter, &self.places, on_output).await
    }

    /// The program that reads functions of a runtime here: AWS has no operation for that.
    async fn interpreter(&self, runtime: &str) -> Result<Interpreter, CloudError> {
        let path = format!("/_cumulo/lambda/interpreter?runtime={}", encode(runtime));
        let answer = self.aws.send(Rest::new(LAMBDA, http::Method::GET, path)).await?.json("interpreter")?;
        let (Some(program), version) = (filled(&answer, "program"), text(&answer, "version")) else {
            let said = Said::new(format!(
                "nothing of this machine runs {runtime}: what its code depends on is not installed"
            ));
            return Err(CloudError::Toolchain(said.because("no-interpreter", &[("runtime", &runtime)])));
        };
        Ok(Interpreter { program: program.into(), version })
    }

    /// Has a function's makefile fill a folder, and packs that.
    async fn make(
        &self,
        code: &Path,
        function: &Function,
        on_output: OnOutput<'_>,
    ) -> Result<Package, CloudError> {
        let artifacts = Scratch::new(&self.places.cache.join("artifacts"))?;
        let mut make = Command::new("make");
        make.arg(format!("build-{}", function.logical_id)).current_dir(code);
        make.env("PATH", &self.places.path).env("ARTIFACTS_DIR", artifacts.path());
        Process::start("make", &mut make)?.tell(on_output).await?;
        let name = format!("what make has made of {}", function.logical_id);
        blocking(move || Package::of_folder(&open(artifacts.path())?, &name)).await
    }

    /// Compiles a Cargo package; gives its module or program.
    async fn compile(
        &self,
        folder: &Path,
        function: &Function,
        on_output: OnOutput<'_>,
    ) -> Result<Vec<u8>, CloudError> {
        let mut toolchain = self.toolchain.lock().await;
        let handler = function.handler.as_str();
        let (mut cargo, chosen) = match &function.rust {
            Rust::Program { binary } => {
                (Toolchain::program(folder, &self.places), binary.as_deref().unwrap_or(handler))
            }
            Rust::Module => {
                if toolchain.is_none() {
                    on_output("Looking for the compiler of functions\n".into());
                    *toolchain = Some(Toolchain::find(&self.root, &self.places).await?);
                }
                let Some(found) = &*toolchain else { return Err(CloudError::Cancelled) };
                (found.cargo(folder, &self.places), handler)
            }
        };
        cargo.args(["--message-format", "json-render-diagnostics", "--color", "never"]);
        let artifacts = Process::start("cargo", &mut cargo)?.read(on_output).await?;
        let compiled = binary(&artifacts, chosen)?;
        tokio::fs::read(&compiled)
            .await
            .map_err(|source| CloudError::File { path: compiled, source: source.into() })
    }
}

/// Why code that needs a bundler is not built.
fn bundled(function: &str) -> Said {
    Said::new(format!(
        "{function}: code is not bundled by esbuild here; run `sam build` and `sam deploy` in a terminal, or bundle it \
         into a folder and name that as CodeUri"
    ))
    .because("no-bundler", &[("function", &function)])
}

/// A folder that a tool filled.
fn open(folder: &Path) -> Result<Dir, CloudError> {
    let path = || folder.display().to_string();
    Dir::open_ambient_dir(folder, ambient_authority())
        .map_err(|source| CloudError::File { path: path(), source: source.into() })
}

/// The binary among cargo's artifacts: the one that is named, else the only one.
fn binary(artifacts: &str, name: &str) -> Result<String, CloudError> {
    let messages = artifacts.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let binaries: Vec<(String, String)> = messages
        .filter_map(|message| {
            let executable = message.get("executable")?.as_str()?.to_owned();
            Some((message.pointer("/target/name")?.as_str()?.to_owned(), executable))
        })
        .collect();
    let chosen = binaries.iter().find(|(known, _)| known == name);
    match (chosen, binaries.as_slice()) {
        (Some((_, file)), _) | (None, [(_, file)]) => Ok(file.clone()),
        (None, []) => {
            let said = Said::new("the package has no binary: a function needs a src/main.rs");
            Err(CloudError::Build(said.because("no-binary", &[])))
        }
        (None, several) => {
            let names: Vec<&str> = several.iter().map(|(name, _)| name.as_str()).collect();
            let names = names.join(", ");
            let said = Said::new(format!(
                "the package has the binaries {names}; name one as the function's Handler"
            ));
            Err(CloudError::Build(said.because("binaries", &[("names", &names)])))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artifacts(names: &[&str]) -> String {
        let line = |name: &&str| {
            format!(
                "{{\"reason\":\"compiler-artifact\",\"target\":{{\"name\":\"{name}\"}},\"executable\":\"/t/{name}.wasm\"}}\n"
            )
        };
        let library =
            "{\"reason\":\"compiler-artifact\",\"target\":{\"name\":\"lib\"},\"executable\":null}\nnoise\n";
        names.iter().map(line).collect::<Vec<_>>().concat() + library
    }

    /// A builder of a workspace in that folder, whose cloud does not answer.
    #[allow(clippy::disallowed_methods, reason = "a test's tools are those of whoever runs it")]
    fn builder(root: &Path) -> Builder {
        let tools = Path::new(env!("CARGO")).parent().unwrap();
        let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap());
        let places = Places { path, cache: root.join("cache") };
        let dir = Dir::open_ambient_dir(root, ambient_authority()).unwrap();
        let keys = crate::Keys { access_key_id: "AKIA".into(), secret_access_key: "secret".into() };
        let address =
            crate::CloudAddress { url: "http://127.0.0.1:9".into(), region: "us-east-1".into(), keys };
        Builder::new(
            root.to_owned(),
            dir,
            places,
            Aws::new(address, std::sync::Arc::new(ide_core::SystemClock)),
        )
    }

    /// The function `F` of a template, whose code is in `code`.
    fn function(runtime: &str, metadata: &Value) -> Function {
        let properties = serde_json::json!({ "Runtime": runtime, "CodeUri": "code", "Handler": "bootstrap" });
        let function = serde_json::json!({
            "Type": "AWS::Serverless::Function", "Metadata": metadata, "Properties": properties,
        });
        let template = serde_json::json!({ "Resources": { "F": function } }).to_string();
        let path = WorkspacePath::parse("template.yaml").unwrap();
        crate::template::Template::parse(&path, &template).unwrap().functions().remove(0)
    }

    fn write(root: &Path, files: &[(&str, &str)]) {
        for (name, text) in files {
            let path = root.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
    }

    fn names(package: &Package) -> Vec<String> {
        let archive = zip::ZipArchive::new(std::io::Cursor::new(&package.bytes)).unwrap();
        let mut names: Vec<String> = archive.file_names().map(str::to_owned).collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn a_function_that_is_a_program_is_compiled_for_this_machine() {
        let root = tempfile::tempdir().unwrap();
        let manifest = "[package]\nname = \"api\"\nedition = \"2021\"\n[workspace]\n";
        let main = "fn main() { print!(\"compiled\") }";
        let others = ("code/src/bin/other.rs", "fn main() {}");
        write(root.path(), &[("code/Cargo.toml", manifest), ("code/src/main.rs", main), others]);
        let metadata = serde_json::json!({
            "BuildMethod": "rust-cargolambda", "BuildProperties": { "Binary": "api" },
        });
        let function = function("provided.al2023", &metadata);
        let builder = builder(root.path());
        let compiled = builder.compile(&root.path().join("code"), &function, &|_| ()).await.unwrap();
        let program = root.path().join("program");
        std::fs::write(&program, compiled).unwrap();
        std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let ran = tokio::process::Command::new(program).output().await.unwrap();
        assert_eq!(ran.stdout, b"compiled");
    }

    #[tokio::test]
    async fn a_makefile_fills_the_package() {
        let root = tempfile::tempdir().unwrap();
        let makefile = "build-F:\n\techo making\n\tcp main.sh $(ARTIFACTS_DIR)/bootstrap\n";
        write(root.path(), &[("code/Makefile", makefile), ("code/main.sh", "#!/bin/sh\n")]);
        let function = function("provided.al2023", &serde_json::json!({ "BuildMethod": "makefile" }));
        let (builder, told) = (builder(root.path()), std::sync::Mutex::new(String::new()));
        let folder = builder.dir.open_dir("code").unwrap();
        let code = WorkspacePath::parse("code").unwrap();
        let heard = |line: String| told.lock().unwrap().push_str(&line);
        let package = builder.build(folder, &code, &function, &heard).await.unwrap();
        assert_eq!(names(&package), ["bootstrap"]);
        assert!(told.lock().unwrap().contains("making"), "{told:?}");
        write(root.path(), &[("code/Makefile", "build-F:\n\tfalse\n")]);
        let folder = builder.dir.open_dir("code").unwrap();
        let error = builder.build(folder, &code, &function, &heard).await.unwrap_err();
        assert!(error.to_string().contains("build-F] Error 1"), "{error}");
    }

    /// Writes a wheel of one module.
    fn wheel(folder: &Path, module: &str) {
        std::fs::create_dir_all(folder).unwrap();
        let file = std::fs::File::create(folder.join(format!("{module}-1.0-py3-none-any.whl"))).unwrap();
        let mut archive = zip::ZipWriter::new(file);
        let about = format!("{module}-1.0.dist-info");
        let metadata = format!("Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n");
        for (name, text) in [
            (format!("{module}.py"), "ANSWER = 42\n"),
            (format!("{about}/METADATA"), metadata.as_str()),
            (format!("{about}/WHEEL"), "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
            (format!("{about}/RECORD"), ""),
        ] {
            archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut archive, text.as_bytes()).unwrap();
        }
        archive.finish().unwrap();
    }

    #[tokio::test]
    async fn pip_installs_what_the_code_requires_once() {
        let root = tempfile::tempdir().unwrap();
        let wheels = root.path().join("wheels");
        wheel(&wheels, "tiny");
        let required = format!("--no-index\n--find-links {}\ntiny==1.0\n", wheels.display());
        write(root.path(), &[("code/requirements.txt", &required), ("code/app.py", "import tiny")]);
        let builder = builder(root.path());
        let folder = builder.dir.open_dir("code").unwrap();
        let needed = Dependencies::of(&folder, "python3.13").unwrap().unwrap();
        let python = Interpreter { program: "python3".into(), version: "3".into() };
        let told = std::sync::Mutex::new(String::new());
        let heard = |line: String| told.lock().unwrap().push_str(&line);
        let code = root.path().join("code");
        let installed = needed.install(&code, &python, &builder.places, &heard).await.unwrap();
        let beside = open(installed.path()).unwrap();
        let package = Package::with_installed(&folder, "code", &beside, needed.place()).unwrap();
        let names = names(&package);
        assert!(
            ["app.py", "requirements.txt", "tiny.py"].iter().all(|name| names.contains(&(*name).to_owned()))
        );
        assert!(told.lock().unwrap().contains("tiny-1.0"), "{told:?}");
        // Without pip's help from now on.
        std::fs::remove_dir_all(&wheels).unwrap();
        let again = needed.install(&code, &python, &builder.places, &heard).await.unwrap();
        assert_eq!(again.path(), installed.path());
        write(root.path(), &[("code/requirements.txt", &required.replace("1.0", "2.0"))]);
        let needed = Dependencies::of(&folder, "python3.13").unwrap().unwrap();
        let error = needed.install(&code, &python, &builder.places, &heard).await.map(drop).unwrap_err();
        assert!(error.to_string().contains("tiny==2.0"), "{error}");
    }

    #[test]
    fn the_template_and_the_folder_say_how_code_is_built() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), &[("code/requirements.txt", "tiny"), ("code/Cargo.toml", ""), ("empty/x", "")]);
        let dir = Dir::open_ambient_dir(root.path(), ambient_authority()).unwrap();
        let check = |folder: &str, runtime: &str, method: Value, expected: Method| {
            let function = function(runtime, &serde_json::json!({ "BuildMethod": method }));
            assert_eq!(Method::of(&dir.open_dir(folder).unwrap(), &function).unwrap(), expected, "{runtime}");
        };
        check("code", "provided.al2023", Value::Null, Method::Cargo);
        check("code", "provided.al2023", "makefile".into(), Method::Cargo);
        check("empty", "provided.al2023", "makefile".into(), Method::Make);
        check("empty", "python3.13", Value::Null, Method::Pack);
        let needed = Dependencies::of(&dir.open_dir("code").unwrap(), "python3.13").unwrap().unwrap();
        check("code", "python3.13", Value::Null, Method::Install(needed));
        let bundled = function("nodejs22.x", &serde_json::json!({ "BuildMethod": "esbuild" }));
        let error = Method::of(&dir.open_dir("empty").unwrap(), &bundled).unwrap_err();
        assert!(error.to_string().contains("sam build"), "{error}");
        write(root.path(), &[("code/bootstrap", "")]);
        check("code", "provided.al2023", Value::Null, Method::Pack);
    }

    #[test]
    fn the_handler_chooses_the_binary() {
        assert_eq!(binary(&artifacts(&["hello"]), "bootstrap").unwrap(), "/t/hello.wasm");
        assert_eq!(binary(&artifacts(&["one", "two"]), "two").unwrap(), "/t/two.wasm");
        assert!(
            binary(&artifacts(&["one", "two"]), "bootstrap").unwrap_err().to_string().contains("one, two")
        );
        assert!(binary(&artifacts(&[]), "bootstrap").unwrap_err().to_string().contains("src/main.rs"));
    }
}
