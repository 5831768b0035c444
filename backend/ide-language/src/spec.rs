//! Which language servers there are: those known out of the box, and others by configuration.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

/// A language server as it is started. The configuration file of the machine may add some; a workspace may not,
/// because opening a folder must run nothing of its choosing.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ServerSpec {
    /// The languages it serves; the first names it.
    pub languages: Vec<String>,
    /// Programs to try, each with its arguments; the first that is there is used.
    pub commands: Vec<Vec<String>>,
    /// What to do where none is there, for people.
    #[serde(default)]
    pub install: String,
    /// Its `initializationOptions`.
    #[serde(default)]
    pub options: Value,
    /// What it is told when it asks for its configuration, by section.
    #[serde(default)]
    pub settings: Value,
}

impl ServerSpec {
    /// The language that names it.
    pub fn language(&self) -> &str {
        self.languages.first().map_or("", String::as_str)
    }

    /// The name of the program that is tried first.
    pub fn name(&self) -> &str {
        let program = self.commands.first().and_then(|command| command.first()).map_or("", String::as_str);
        program.rsplit('/').next().unwrap_or_default()
    }

    /// Whether it serves `language`.
    pub fn serves(&self, language: &str) -> bool {
        self.languages.iter().any(|served| served == language)
    }
}

/// How long things take.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// From the last keystroke to a question for diagnostics.
    pub settle: Duration,
    /// Before a question that the server put off is asked again.
    pub retry: Duration,
    /// Without a document, before a server is stopped.
    pub idle: Duration,
    /// For the answer to `initialize`.
    pub start: Duration,
    /// For a server to end by itself when asked to.
    pub stop: Duration,
    /// Between two looks at the memory that a server holds.
    pub look: Duration,
    /// Before the first restart; doubled for each that follows.
    pub restart: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            settle: Duration::from_millis(200),
            retry: Duration::from_millis(500),
            idle: Duration::from_mins(10),
            start: Duration::from_mins(2),
            stop: Duration::from_secs(2),
            look: Duration::from_secs(5),
            restart: Duration::from_secs(1),
        }
    }
}

/// The servers known out of the box.
pub fn known() -> Vec<ServerSpec> {
    vec![rust(), python(), typescript()]
}

fn rust() -> ServerSpec {
    let options = json!({
        // Its own target folder: a check must neither wait for the terminal's build nor make it start over.
        "cargo": { "targetDir": true, "buildScripts": { "enable": true } },
        "procMacro": { "enable": true },
        "checkOnSave": true,
        "completion": { "autoimport": { "enable": true }, "callable": { "snippets": "fill_arguments" } },
        "files": { "watcher": "server" },
        "notifications": { "cargoTomlNotFound": false },
    });
    ServerSpec {
        languages: vec!["rust".into()],
        commands: commands(&[&["rust-analyzer"], &["/usr/bin/rust-analyzer"]]),
        install:
            "install it with `rustup component add rust-analyzer rust-src`, or Debian's rust-web-analyzer \
                  and rust-web-src"
                .into(),
        settings: json!({ "rust-analyzer": options.clone() }),
        options,
    }
}

fn python() -> ServerSpec {
    ServerSpec {
        languages: vec!["python".into()],
        commands: commands(&[
            &["basedpyright-langserver", "--stdio"],
            &["pyright-langserver", "--stdio"],
            &["pylsp"],
        ]),
        install: "install it with `pip install basedpyright`".into(),
        options: Value::Null,
        settings: json!({ "python": {}, "basedpyright": { "analysis": { "typeCheckingMode": "standard" } } }),
    }
}

fn typescript() -> ServerSpec {
    ServerSpec {
        languages: ["typescript", "typescriptreact", "javascript", "javascriptreact"].map(Into::into).into(),
        commands: commands(&[&["typescript-language-server", "--stdio"]]),
        install: "install it with `npm install -g typescript typescript-language-server`".into(),
        options: Value::Null,
        settings: json!({}),
    }
}

fn commands(commands: &[&[&str]]) -> Vec<Vec<String>> {
    commands.iter().map(|command| command.iter().map(ToString::to_string).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configured_server_reads_as_documented() {
        let spec: ServerSpec = serde_json::from_value(
            json!({ "languages": ["go"], "commands": [["/opt/go/bin/gopls", "serve"]] }),
        )
        .unwrap();
        assert_eq!((spec.language(), spec.name()), ("go", "gopls"));
        assert!(spec.serves("go") && !spec.serves("rust"));
    }

    #[test]
    fn known_servers_are_named_by_their_language() {
        let names: Vec<_> =
            known().iter().map(|spec| format!("{} {}", spec.language(), spec.name())).collect();
        assert_eq!(
            names,
            ["rust rust-analyzer", "python basedpyright-langserver", "typescript typescript-language-server"]
        );
    }
}
