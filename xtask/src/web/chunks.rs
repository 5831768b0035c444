//! The application's module, taken apart: what is reachable only from functions marked `#[wasm_split(NAME, …)]` goes into a
//! file of its own, the chunk NAME, that loads when such a function is first called. What several chunks share and the
//! rest does not need is a chunk too, and loads with each of them. Of these many are tiny: they come in one file, the pack.
//! Before the bindings are made; knows no browser.

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
/// The file of tiny chunks, one after another.
const PACK: &str = "chunks.pack";
/// How the names of chunks begin that several others share.
const SHARED: &str = "chunk_";
/// What is shared and smaller, in bytes before it is compressed, is not worth a request.
const TINY: usize = 8 * 1024;
/// How the loader has a part of the pack: as an answer with nothing else in it. A pack that did not come is fetched anew.
const PIECE: &str = r#"import packed from "./chunks.pack";
let pack;
function piece(from, to) {
    if (pack === undefined) {
        const fetched = fetch(new URL(packed, import.meta.url)).then((answer) => {
            if (!answer.ok) throw new Error(`a chunk is answered ${answer.status}`);
            return answer.arrayBuffer();
        });
        fetched.catch(() => (pack = undefined));
        pack = fetched;
    }
    const headers = { "content-type": "application/wasm" };
    return pack.then((bytes) => new Response(bytes.slice(from, to), { headers }));
}
"#;

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
    let mut chunks = Vec::new();
    for path in &made.split_modules {
        let name = path.file_name().and_then(|name| name.to_str()).context("failed to name a chunk")?;
        chunks.push((name, fs::read(path).with_context(failed)?));
    }
    chunks.sort_unstable();
    let (script, pack) = bundled(&script, &chunks).with_context(failed)?;
    fs::write(folder.join(PACK), pack).with_context(failed)?;
    fs::write(&loader, script).with_context(failed)?;
    Ok(main)
}

/// The loader with the chunks as imports, whose addresses the bundler makes: it does not look into `new URL`. And the pack.
fn bundled(script: &str, chunks: &[(&str, Vec<u8>)]) -> Result<(String, Vec<u8>)> {
    let (mut imports, mut rest, mut pack) = (PIECE.to_owned(), script.to_owned(), Vec::new());
    for (number, (chunk, code)) in chunks.iter().enumerate() {
        let fetched = format!("fetch(new URL(\"./{chunk}\", import.meta.url))");
        if rest.matches(&fetched).count() != 1 {
            bail!("{chunk} is to be fetched in one place");
        }
        let from = pack.len();
        let now = if chunk.starts_with(SHARED) && code.len() < TINY {
            pack.extend(code);
            format!("piece({from}, {})", pack.len())
        } else {
            writeln!(imports, "import address{number} from \"./{chunk}\";")?;
            format!("fetch(new URL(address{number}, import.meta.url))")
        };
        rest = rest.replace(&fetched, &now);
    }
    Ok((imports + &rest, pack))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The loader of a chunk, with its address and its code.
    fn check(chunk: &str, code: usize, expected: &str, packed: usize) {
        let fetched = format!("load(() => fetch(new URL(\"./{chunk}\", import.meta.url)));");
        let (script, pack) = bundled(&fetched, &[(chunk, vec![0; code])]).unwrap();
        assert_eq!(script.strip_prefix(PIECE), Some(expected));
        assert_eq!(pack.len(), packed);
        assert!(bundled(&fetched, &[("split_other.wasm", Vec::new())]).is_err());
    }

    #[test]
    fn chunks_are_fetched_from_where_the_bundler_puts_them() {
        let fetched = |chunk: &str| {
            format!(
                "import address0 from \"./{chunk}\";\nload(() => fetch(new URL(address0, import.meta.url)));"
            )
        };
        check("split_cloud.wasm", 9, &fetched("split_cloud.wasm"), 0);
        check("chunk_7.wasm", TINY, &fetched("chunk_7.wasm"), 0);
    }

    #[test]
    fn what_is_tiny_and_shared_is_a_piece_of_the_pack() {
        check("chunk_7.wasm", 9, "load(() => piece(0, 9));", 9);
        let fetched = |chunk: &str| format!("fetch(new URL(\"./{chunk}\", import.meta.url));");
        let chunks = [("chunk_1.wasm", vec![1; 3]), ("chunk_2.wasm", vec![2; 2])];
        let (script, pack) = bundled(&(fetched(chunks[0].0) + &fetched(chunks[1].0)), &chunks).unwrap();
        assert!(script.ends_with("piece(0, 3);piece(3, 5);"), "{script}");
        assert_eq!(pack, [1, 1, 1, 2, 2]);
    }
}
