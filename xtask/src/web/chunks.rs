//! The application's module, taken apart: what is reachable only from functions marked `#[wasm_split(NAME, …)]` goes into a
//! file of its own, the chunk NAME, that loads when such a function is first called. What several chunks share and the
//! rest does not need is a chunk too, and loads with each of them. Before the bindings are made; knows no browser.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use wasm_split_cli_support::{Options, transform};

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
        let failed = || format!("failed to shrink {}", chunk.display());
        let bare = without_custom_sections(&fs::read(chunk).with_context(failed)?).with_context(failed)?;
        fs::write(chunk, bare).with_context(failed)?;
    }
    let loader = folder.join(LOADER);
    let failed = || format!("failed to give {} its addresses", loader.display());
    let script = fs::read_to_string(&loader).with_context(failed)?;
    let mut names: Vec<_> = made.split_modules.iter().filter_map(|path| path.file_name()?.to_str()).collect();
    names.sort_unstable();
    fs::write(&loader, bundled(&script, &names).with_context(failed)?).with_context(failed)?;
    Ok(main)
}

/// A module without its custom sections: names, and what only the splitter needs. The bindings' maker does so with the main
/// module. None where the bytes are no module.
fn without_custom_sections(module: &[u8]) -> Option<Vec<u8>> {
    const HEAD: usize = 8;
    let (head, mut rest) = module.split_at_checked(HEAD)?;
    let mut kept = head.to_vec();
    while let Some((id, sized)) = rest.split_first() {
        // The section's length, in groups of seven bits; a bit more says that another one follows.
        let width = sized.iter().position(|byte| byte & 0x80 == 0)? + 1;
        let groups = sized.iter().take(width).rev();
        let length = groups.fold(0, |length, byte| (length << 7) | usize::from(byte & 0x7f));
        let (section, after) = rest.split_at_checked(1 + width + length)?;
        if *id != 0 {
            kept.extend_from_slice(section);
        }
        rest = after;
    }
    Some(kept)
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
    fn only_custom_sections_are_left_out() {
        let long = [&[0, 0x80, 0x01][..], &[7; 128]].concat();
        let head = &b"\0asm\x01\0\0\0"[..];
        let module = [head, &[1, 1, 0], &long[..], &[0, 0], &[3, 0x82, 0, 9, 9]].concat();
        let expected = [head, &[1, 1, 0, 3, 0x82, 0, 9, 9]].concat();
        assert_eq!(without_custom_sections(&module), Some(expected));
        assert_eq!(without_custom_sections(&module[..module.len() - 1]), None);
    }

    #[test]
    fn chunks_are_fetched_from_where_the_bundler_puts_them() {
        let script = r#"const load = () => fetch(new URL("./split_cloud.wasm", import.meta.url));"#;
        let expected = "import address0 from \"./split_cloud.wasm\";\n\
                        const load = () => fetch(new URL(address0, import.meta.url));";
        assert_eq!(bundled(script, &["split_cloud.wasm"]).unwrap(), expected);
        assert!(bundled(script, &["split_other.wasm"]).is_err());
    }
}
