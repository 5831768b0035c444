//! The names under which the module imports what its bindings do. The compiler's say what each is, with a hash behind it: three
//! kilobytes that no compressor takes off, and nobody reads. Here they become numbers, in the module and in the bindings.

use std::{fs, path::Path};

use anyhow::{Context, Result, anyhow, bail};
use wasm_encoder::{
    ImportSection, Module,
    reencode::{self, Reencode},
};
use wasmparser::{Import, ImportSectionReader, Parser};

/// What the bindings call themselves.
const BINDINGS: &str = "./app_bg.js";

/// Gives the imports of a module numbers for names.
pub(super) fn shorten(script: &Path, module: &Path) -> Result<()> {
    let failed = || format!("failed to shorten the names that {} imports", module.display());
    let bindings = fs::read_to_string(script).with_context(failed)?;
    let (short, names) = numbered(&fs::read(module).with_context(failed)?).with_context(failed)?;
    fs::write(script, renamed(&bindings, &names).with_context(failed)?).with_context(failed)?;
    fs::write(module, short).with_context(failed)
}

/// The module with numbers, and the names that were theirs.
fn numbered(module: &[u8]) -> Result<(Vec<u8>, Vec<String>)> {
    let (mut short, mut numbers) = (Module::new(), Numbers(Vec::new()));
    numbers
        .parse_core_module(&mut short, Parser::new(0), module)
        .map_err(|error| anyhow!("it cannot be read: {error}"))?;
    Ok((short.finish(), numbers.0))
}

/// The names so far.
struct Numbers(Vec<String>);

impl Reencode for Numbers {
    type Error = std::convert::Infallible;

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Result<(), reencode::Error<Self::Error>> {
        for import in section.into_imports() {
            let Import { module, name, ty } = import?;
            let ty = self.entity_type(ty)?;
            if module == BINDINGS {
                imports.import(module, &self.number(name), ty);
            } else {
                imports.import(module, name, ty);
            }
        }
        Ok(())
    }
}

impl Numbers {
    fn number(&mut self, name: &str) -> String {
        let known = self.0.iter().position(|known| known == name);
        let number = known.unwrap_or(self.0.len());
        if known.is_none() {
            self.0.push(name.to_owned());
        }
        number.to_string()
    }
}

/// The bindings with the names' numbers: each is a member of what the module is given, and nothing else.
fn renamed(bindings: &str, names: &[String]) -> Result<String> {
    let mut renamed = bindings.to_owned();
    for (number, name) in names.iter().enumerate() {
        let member = format!("\n        {name}: ");
        if renamed.matches(&member).count() != 1 {
            bail!("{name} is to be in the bindings once");
        }
        renamed = renamed.replace(&member, &format!("\n        {number}: "));
    }
    Ok(renamed)
}

#[cfg(test)]
mod tests {
    use wasmparser::{Payload, TypeRef};

    use super::*;

    const MODULE: &str = r#"(module
        (import "./app_bg.js" "__wbg_then_656f" (func))
        (import "./chunks.js" "load" (func))
        (import "./app_bg.js" "__wbg_now_043d" (func (result i32)))
        (func (export "start") call 0)
    )"#;

    #[test]
    fn what_the_bindings_do_is_imported_by_number() {
        let (short, names) = numbered(&wat::parse_str(MODULE).unwrap()).unwrap();
        assert_eq!(names, ["__wbg_then_656f", "__wbg_now_043d"]);
        wasmparser::validate(&short).unwrap();
        let mut imported = Vec::new();
        for payload in Parser::new(0).parse_all(&short) {
            if let Payload::ImportSection(imports) = payload.unwrap() {
                for import in imports.into_imports() {
                    let import = import.unwrap();
                    assert!(matches!(import.ty, TypeRef::Func(_)));
                    imported.push(format!("{} {}", import.module, import.name));
                }
            }
        }
        assert_eq!(imported, ["./app_bg.js 0", "./chunks.js load", "./app_bg.js 1"]);
    }

    #[test]
    fn the_bindings_have_the_same_numbers() {
        let names = ["__wbg_then_656f".to_owned(), "__wbg_now_043d".to_owned()];
        let bindings = "{\n        __wbg_now_043d: f,\n        __wbg_then_656f: g,\n}";
        assert_eq!(renamed(bindings, &names).unwrap(), "{\n        1: f,\n        0: g,\n}");
        assert!(renamed("{}", &names).is_err());
    }
}
