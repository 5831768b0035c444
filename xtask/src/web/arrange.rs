//! A module as it is sent: each function once, alike ones side by side, no custom sections. That changes nothing of what it
//! does and takes a twentieth off its bytes: many functions that differ in their types alone are the same code by now, and a
//! compressor looks for what it knows near by. Knows nothing of the application.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, anyhow};
use wasm_encoder::{
    CodeSection, Function, FunctionSection, Module,
    reencode::{self, Reencode},
};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, FunctionBody, FunctionSectionReader, Parser, Payload, TypeRef,
};

/// Arranges a module in its place.
pub(super) fn arrange(file: &Path) -> Result<()> {
    let failed = || format!("failed to arrange {}", file.display());
    let module = fs::read(file).with_context(failed)?;
    fs::write(file, arranged(&module).with_context(failed)?).with_context(failed)
}

/// The module, arranged.
fn arranged(module: &[u8]) -> Result<Vec<u8>> {
    let functions = Functions::read(module)?;
    let mut arranging = functions.merged()?;
    arranging.close_up(functions.imported)?;
    let mut arranged = Module::new();
    arranging.parse_core_module(&mut arranged, Parser::new(0), module).map_err(failed)?;
    Ok(arranged.finish())
}

/// The functions of a module.
struct Functions<'a> {
    /// How many are imported; they have the first indices.
    imported: usize,
    /// The others: the index of its type, and its code.
    own: Vec<(u32, FunctionBody<'a>)>,
}

impl<'a> Functions<'a> {
    fn read(module: &'a [u8]) -> Result<Self> {
        let (mut imported, mut types, mut bodies) = (0, Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        imported += usize::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::FunctionSection(section) => types = section.into_iter().collect::<Result<_, _>>()?,
                Payload::CodeSectionEntry(body) => bodies.push(body),
                _ => {}
            }
        }
        Ok(Self { imported, own: types.into_iter().zip(bodies).collect() })
    }

    /// Gives functions that are the same one index. Then those that call them may be the same, too: it looks until no more are.
    fn merged(&self) -> Result<Arranging> {
        let count = self.imported + self.own.len();
        let mut blind = Arranging { indices: vec![0; count], kept: BTreeMap::new() };
        let shapes = self.own.iter().map(|(_, body)| blind.code(body)).collect::<Result<Vec<_>>>()?;
        let mut arranging = Arranging { indices: (0..count as u32).collect(), kept: BTreeMap::new() };
        loop {
            let (mut indices, mut kept) = (arranging.indices.clone(), BTreeMap::new());
            for ((index, (of_type, body)), shape) in (self.imported..).zip(&self.own).zip(&shapes) {
                let own = Own { of_type: *of_type, shape: shape.clone(), code: arranging.code(body)? };
                indices[index] = *kept.entry(own).or_insert(index as u32);
            }
            let done = indices == arranging.indices;
            arranging = Arranging { indices, kept };
            if done {
                return Ok(arranging);
            }
        }
    }
}

/// What a function is, in the order in which functions are sent.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Own {
    of_type: u32,
    /// Its code but for whom it calls.
    shape: Vec<u8>,
    code: Vec<u8>,
}

/// A module while it is written anew.
struct Arranging {
    /// Of each function, by its index until now, the index that it is called by.
    indices: Vec<u32>,
    /// The functions that are left, with their indices until now.
    kept: BTreeMap<Own, u32>,
}

impl Arranging {
    /// Numbers the functions that are left one after another.
    fn close_up(&mut self, imported: usize) -> Result<()> {
        let mut places: Vec<u32> = (0..self.indices.len() as u32).collect();
        for (place, index) in (imported as u32..).zip(self.kept.values()) {
            places[*index as usize] = place;
        }
        for index in &mut self.indices {
            *index = *places.get(*index as usize).context("there is no such function")?;
        }
        Ok(())
    }

    fn code(&mut self, body: &FunctionBody<'_>) -> Result<Vec<u8>> {
        Ok(self.function(body).map_err(failed)?.into_raw_body())
    }

    /// A function that calls others by their indices from now on.
    fn function(&mut self, body: &FunctionBody<'_>) -> Result<Function, reencode::Error<anyhow::Error>> {
        let mut function = self.new_function_with_parsed_locals(body)?;
        let mut instructions = body.get_operators_reader()?;
        while !instructions.eof() {
            function.instruction(&self.parse_instruction(&mut instructions)?);
        }
        Ok(function)
    }
}

impl Reencode for Arranging {
    type Error = anyhow::Error;

    fn function_index(&mut self, index: u32) -> Result<u32, reencode::Error<anyhow::Error>> {
        let known = self.indices.get(index as usize).copied();
        known.ok_or_else(|| reencode::Error::UserError(anyhow!("there is no function {index}")))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        _: FunctionSectionReader<'_>,
    ) -> Result<(), reencode::Error<anyhow::Error>> {
        for own in self.kept.keys() {
            functions.function(own.of_type);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), reencode::Error<anyhow::Error>> {
        let bodies = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        let imported = self.indices.len() - bodies.len();
        let order: Vec<_> = self.kept.values().map(|index| *index as usize - imported).collect();
        for place in order {
            code.function(&self.function(&bodies[place])?);
        }
        Ok(())
    }

    /// Names, and what only tools need.
    fn parse_custom_section(
        &mut self,
        _: &mut Module,
        _: CustomSectionReader<'_>,
    ) -> Result<(), reencode::Error<anyhow::Error>> {
        Ok(())
    }
}

/// The parser's errors hide their reasons behind them.
fn failed(error: reencode::Error<anyhow::Error>) -> anyhow::Error {
    match error {
        reencode::Error::ParseError(error) => error.into(),
        reencode::Error::UserError(error) => error,
        other => anyhow!("{other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The functions that a module has after it was arranged, and which of them its exports are.
    fn check(text: &str, count: usize, exported: &[(&str, u32)]) {
        let arranged = arranged(&wat::parse_str(text).unwrap()).unwrap();
        wasmparser::validate(&arranged).unwrap();
        assert_eq!(Functions::read(&arranged).unwrap().own.len(), count);
        let mut exports = Vec::new();
        for payload in Parser::new(0).parse_all(&arranged) {
            match payload.unwrap() {
                Payload::ExportSection(section) => {
                    exports = section.into_iter().map(|export| export.unwrap()).collect();
                }
                Payload::CustomSection(section) => panic!("{} is sent", section.name()),
                _ => {}
            }
        }
        let exports: Vec<_> = exports.iter().map(|export| (export.name, export.index)).collect();
        assert_eq!(exports, exported);
        assert_eq!(super::arranged(&arranged).unwrap(), arranged, "there is nothing left to do");
    }

    #[test]
    fn the_same_function_is_there_once() {
        let text = r#"(module
            (func $one (export "one") (result i32) i32.const 1)
            (func $two (export "two") (result i32) i32.const 2)
            (func $again (export "again") (result i32) i32.const 1)
        )"#;
        check(text, 2, &[("one", 0), ("two", 1), ("again", 0)]);
    }

    #[test]
    fn functions_of_other_types_are_not_the_same() {
        let text = r#"(module
            (func (export "a") (param i32) (result i32) i32.const 1)
            (func (export "b") (result i32) i32.const 1)
        )"#;
        check(text, 2, &[("a", 0), ("b", 1)]);
    }

    #[test]
    fn those_that_call_the_same_are_the_same() {
        let text = r#"(module
            (import "m" "imported" (func $imported))
            (func $a call $imported)
            (func $b call $imported)
            (func (export "x") call $a)
            (func (export "y") call $b)
            (func (export "z") call $imported call $b)
        )"#;
        check(text, 3, &[("x", 2), ("y", 2), ("z", 3)]);
    }

    #[test]
    fn tables_and_the_start_name_functions_by_their_new_indices() {
        let text = r#"(module
            (type $t (func (result i32)))
            (table 3 funcref)
            (elem (i32.const 0) $c $b $a)
            (func $c (type $t) i32.const 3)
            (func $b (type $t) i32.const 2)
            (func $a (type $t) i32.const 2)
            (func $start (export "start"))
            (func (export "call") (param i32) (result i32) local.get 0 call_indirect (type $t))
            (start $start)
        )"#;
        check(text, 4, &[("start", 2), ("call", 3)]);
        let arranged = super::arranged(&wat::parse_str(text).unwrap()).unwrap();
        let printed = format!("{arranged:?}");
        assert!(printed.contains("11, 3, 1, 0, 0"), "{printed}");
    }
}
