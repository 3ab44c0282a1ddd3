//! Takes out of the browser half what leptos compiles in and never calls.
//!
//! Every view of leptos 0.8 carries a second way of hydration (`hydrate_lazy`), which waits in the middle for what is not
//! loaded yet. The console loads first and is hydrated the other way (`hydrate_body`), but as views are boxed the compiler
//! cannot see that it is never called. The bodies of its functions become a trap, and the linker's notes on what
//! they refer to are dropped, so that what only they need is in no piece. If one were called after all, every page would
//! fail in the browser tests.

use std::collections::HashMap;
use std::error::Error;
use std::ops::Range;

use wasm_encoder::{CustomSection, Encode as _, Section as _};
use wasmparser::{CustomSectionReader, KnownCustom, Name, Parser, Payload, TypeRef};

/// Shorter functions stay, in octets: the compiler keeps functions of the same body once, under any of their names, and a
/// short one may be needed elsewhere under another. A long one has the hydration of its view in it.
const SHORTEST: usize = 250;

/// The custom section in which the linker notes what functions refer to.
const REFERENCES: &str = "reloc.CODE";

/// Where things are in a program.
#[derive(Default)]
struct Program<'a> {
    imported: u32,
    code: usize,
    bodies: Vec<Range<usize>>,
    names: HashMap<u32, &'a str>,
    references: Option<(Range<usize>, CustomSectionReader<'a>)>,
}

/// The program without the functions that are never called.
pub(crate) fn asynchronous_hydration(wasm: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let program = Program::read(wasm)?;
    let snipped: Vec<Range<usize>> = (program.imported..)
        .zip(&program.bodies)
        .filter(|(id, body)| {
            body.len() >= SHORTEST && program.names.get(id).is_some_and(|name| name.contains("hydrate_async"))
        })
        .map(|(_, body)| body.clone())
        .collect();
    if snipped.is_empty() {
        return Err(
            "the browser half has nothing of asynchronous hydration: delete this step, or build with names".into()
        );
    }
    let (section, references) = program.references.ok_or("the browser half was not linked with --emit-relocs")?;
    let mut rest = wasm[..section.start].to_vec();
    for body in &snipped {
        trap(&mut rest[body.clone()]);
    }
    let data = without(&references, &snipped, program.code)?;
    let kept = CustomSection { name: REFERENCES.into(), data: data.into() };
    rest.push(kept.id());
    kept.encode(&mut rest);
    rest.extend_from_slice(&wasm[section.end..]);
    Ok(rest)
}

impl<'a> Program<'a> {
    fn read(wasm: &'a [u8]) -> Result<Self, Box<dyn Error>> {
        let mut program = Self::default();
        let mut end = 0;
        for payload in Parser::new(0).parse_all(wasm) {
            let payload = payload?;
            match &payload {
                Payload::ImportSection(imports) => {
                    for import in imports.clone().into_imports() {
                        program.imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionStart { range, .. } => program.code = place(range)?.start,
                Payload::CodeSectionEntry(body) => program.bodies.push(place(&body.range())?),
                Payload::CustomSection(section) => program.note(section, end)?,
                _ => {}
            }
            if let Some((_, range)) = payload.as_section() {
                end = place(&range)?.end;
            }
        }
        Ok(program)
    }

    /// Takes notice of a custom section, with its head at this place.
    fn note(&mut self, section: &CustomSectionReader<'a>, head: usize) -> Result<(), Box<dyn Error>> {
        if section.name() == REFERENCES {
            self.references = Some((head..place(&section.range())?.end, section.clone()));
        }
        let KnownCustom::Name(names) = section.as_known() else { return Ok(()) };
        for names in names {
            let Name::Function(functions) = names? else { continue };
            for function in functions {
                let function = function?;
                self.names.insert(function.index, function.name);
            }
        }
        Ok(())
    }
}

/// The linker's notes without those of these functions. Notes count from the beginning of the code.
fn without(
    references: &CustomSectionReader<'_>,
    functions: &[Range<usize>],
    code: usize,
) -> Result<Vec<u8>, Box<dyn Error>> {
    let KnownCustom::Reloc(notes) = references.as_known() else { return Err("unreadable notes of the linker".into()) };
    let start = place(&(references.data_offset()..references.data_offset()))?.start;
    let notes_of = |offset: u32| {
        let at = code + offset as usize;
        let next = functions.partition_point(|body| body.end <= at);
        functions.get(next).is_some_and(|body| body.contains(&at))
    };
    let mut count = 0_u32;
    let mut kept = Vec::new();
    let mut notes_with_places = notes.entries().into_iter_with_offsets().peekable();
    while let Some(note) = notes_with_places.next() {
        let (from, note) = note?;
        let end = match notes_with_places.peek() {
            Some(Ok((next, _))) => place(&(from..*next))?.end - start,
            _ => references.data().len(),
        };
        if !notes_of(note.offset) {
            count += 1;
            kept.extend_from_slice(&references.data()[place(&(from..from))?.start - start..end]);
        }
    }
    let mut data = Vec::new();
    notes.section_index().encode(&mut data);
    count.encode(&mut data);
    data.extend(kept);
    Ok(data)
}

/// Fills the body of a function: no locals, a trap, nothing more.
fn trap(body: &mut [u8]) {
    const UNREACHABLE: u8 = 0x00;
    const NOP: u8 = 0x01;
    const END: u8 = 0x0b;
    body.fill(NOP);
    body[0] = 0;
    body[1] = UNREACHABLE;
    if let Some(last) = body.last_mut() {
        *last = END;
    }
}

fn place(range: &Range<u64>) -> Result<Range<usize>, std::num::TryFromIntError> {
    Ok(usize::try_from(range.start)?..usize::try_from(range.end)?)
}
