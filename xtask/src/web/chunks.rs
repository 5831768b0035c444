//! The application's module, taken apart: what is reachable only from functions marked `#[wasm_split(NAME, …)]` goes into a
//! file of its own, the chunk NAME, that loads when such a function is first called. What several chunks share and the
//! rest does not need is a chunk too, and loads with each of them. Before the bindings are made; knows no browser.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use wasm_split_cli_support::{Options, transform};

use super::arrange::arrange;

/// For the compiler: the splitter follows relocations from function to function.
pub(super) const LINKER_FLAG: &str = "-Clink-arg=--emit-relocs";
/// The script that loads chunks. The module imports it, it imports the module's bindings.
const LOADER: &str = "chunks.js";

/// Writes the module without its chunks, the chunks and their loader into `folder`; says where the module is.
pub(super) fn split(module: &Path, folder: &Path) -> Result<PathBuf> {
    let bytes = fs::read(module).with_context(|| format!("failed to read {}", module.display()))?;
    let main = folder.join("main.wasm");
    let link_name = format!("./{LOADER}");
    let mut options = Options::new(&bytes);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.main_module = "./app.js";
    options.link_name = &link_name;
    let made = transform(options)
        .map_err(|error| anyhow!("{error:#}"))
        .with_context(|| format!("failed to split {}", module.display()))?;
    for chunk in &made.split_modules {
        arrange(chunk)?;
    }
    let loader = folder.join(LOADER);
    let failed = || format!("failed to give {} its addresses", loader.display());
    let script = fs::read_to_string(&loader).with_context(failed)?;
    let mut names: Vec<_> = made.split_modules.iter().filter_map(|path| path.file_name()?.to_str()).collect();
    names.sort_unstable();
    fs::write(&loader, bundled(&script, &names).with_context(failed)?).with_context(failed)?;
    Ok(main)
}

/// The loader with the chunks as imports, whose addresses the bundler makes: it does not look into `new URL`.
fn bundled(script: &str, chunks: &[&str]) -> Result<String> {
    let (mut imports, mut rest) = (String::new(), script.to_owned());
    for (number, chunk) in chunks.iter().enumerate() {
        let address = format!("\"./{chunk}\"");
        if rest.matches(&address).count() != 1 {
            bail!("{chunk} is to be fetched in one place");
        }
        rest = rest.replace(&address, &format!("address{number}"));
        writeln!(imports, "import address{number} from {address};")?;
    }
    Ok(imports + &rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_fetched_from_where_the_bundler_puts_them() {
        let script = r#"const load = () => fetch(new URL("./split_cloud.wasm", import.meta.url));"#;
        let expected = "import address0 from \"./split_cloud.wasm\";\n\
                        const load = () => fetch(new URL(address0, import.meta.url));";
        assert_eq!(bundled(script, &["split_cloud.wasm"]).unwrap(), expected);
        assert!(bundled(script, &["split_other.wasm"]).is_err());
    }
}
