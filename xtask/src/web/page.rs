//! The page: `frontend/index.html` with the built files' names in place of its mark. There is no script in it, only
//! addresses of scripts: the server's content security policy refuses any other.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::bundle::Assets;
use crate::workspace::Workspace;

/// What stands in the source for the lines that this file makes.
const MARK: &str = "<!-- assets -->";

/// Writes the page into `out`.
pub(super) fn write(workspace: &Workspace, assets: &Assets, out: &Path) -> Result<()> {
    let source = workspace.path("frontend/index.html");
    let text = fs::read_to_string(&source).with_context(|| format!("failed to read {}", source.display()))?;
    let page = fill(&text, assets).with_context(|| format!("failed to fill {}", source.display()))?;
    fs::write(out.join("index.html"), page).context("failed to write the page")
}

fn fill(page: &str, assets: &Assets) -> Result<String> {
    if page.matches(MARK).count() != 1 {
        bail!("the page must hold {MARK} exactly once");
    }
    let mut lines = Vec::new();
    for style in &assets.styles {
        lines.push(format!(r#"<link rel="stylesheet" href="/assets/{style}">"#));
    }
    let module = &assets.module;
    lines.push(format!(
        r#"<link rel="preload" href="/assets/{module}" as="fetch" type="application/wasm" crossorigin>"#
    ));
    for script in assets.imports.iter().chain([&assets.boot]) {
        lines.push(format!(r#"<link rel="modulepreload" href="/assets/{script}">"#));
    }
    for script in [&assets.boot].into_iter().chain(&assets.reload) {
        lines.push(format!(r#"<script type="module" src="/assets/{script}"></script>"#));
    }
    let indent = indent_of(page);
    Ok(page.replace(MARK, &lines.join(&format!("\n{indent}"))))
}

/// The white space before the mark.
fn indent_of(page: &str) -> String {
    let line = page.lines().find(|line| line.contains(MARK)).unwrap_or_default();
    line.chars().take_while(|character| character.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_every_file_once_and_holds_no_script() {
        let assets = Assets {
            boot: "boot-A.js".into(),
            reload: Some("reload-F.js".into()),
            imports: BTreeSet::from(["chunk-B.js".into()]),
            styles: BTreeSet::from(["styles-D.css".into()]),
            module: "app_bg-E.wasm".into(),
        };
        let page = fill("<head>\n  <!-- assets -->\n</head>\n", &assets).unwrap();
        let expected = r#"<head>
  <link rel="stylesheet" href="/assets/styles-D.css">
  <link rel="preload" href="/assets/app_bg-E.wasm" as="fetch" type="application/wasm" crossorigin>
  <link rel="modulepreload" href="/assets/chunk-B.js">
  <link rel="modulepreload" href="/assets/boot-A.js">
  <script type="module" src="/assets/boot-A.js"></script>
  <script type="module" src="/assets/reload-F.js"></script>
</head>
"#;
        assert_eq!(page, expected);
    }

    #[test]
    fn a_page_without_the_mark_is_an_error() {
        assert!(fill("<head></head>", &Assets::default()).is_err());
    }
}
