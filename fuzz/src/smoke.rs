//! The short run that is part of the tests: the seeds as they are, then mutations of them, the same ones every time.

use std::fs;
use std::path::{Path, PathBuf};

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use crate::{TARGETS, Target};

/// Mutations that each target runs.
const MUTATIONS: usize = 1000;
/// The longest input.
const LONGEST: usize = 4096;
/// One input of so many must be more than noise to its target.
const NOISE: usize = 20;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Runs a target's seeds and mutations. A seed that fails is named; so is the input of a mutation that does.
pub(crate) fn check(target: Target) {
    let folder = folder().join(target.name);
    let seeds: Vec<Vec<u8>> =
        names(&folder).iter().map(|name| fs::read(folder.join(name)).unwrap()).collect();
    let mut random = StdRng::seed_from_u64(7);
    let mut corpus = seeds.clone();
    let (mut ran, mut taken) = (0, 0);
    for index in 0..seeds.len() + MUTATIONS {
        let input = seeds.get(index).cloned().unwrap_or_else(|| mutated(&corpus, &mut random));
        let outcome = std::panic::catch_unwind(|| (target.run)(&input));
        let Ok(is_taken) = outcome else { panic!("{}: {:?}", target.name, input.escape_ascii().to_string()) };
        ran += 1;
        taken += usize::from(is_taken);
        // Mutations of mutations lead further from the seeds; every tenth goes on.
        if is_taken && index % 10 == 0 && index >= seeds.len() {
            corpus.push(input);
        }
    }
    println!("{}: {} seeds, {ran} inputs, {taken} more than noise", target.name, seeds.len());
    assert!(!seeds.is_empty() && taken * NOISE >= ran, "{}: nearly all of its inputs are noise", target.name);
}

/// One of the corpus with one to four changes.
fn mutated(corpus: &[Vec<u8>], random: &mut StdRng) -> Vec<u8> {
    let mut input = corpus.choose(random).cloned().unwrap_or_default();
    for _ in 0..random.random_range(1..=4) {
        change(&mut input, corpus, random);
    }
    input.truncate(LONGEST);
    input
}

fn change(input: &mut Vec<u8>, corpus: &[Vec<u8>], random: &mut StdRng) {
    const TELLING: [u8; 16] = *b"\0\xff\x7f\x80\r\n \t\"%*?{:0-";
    let at = random.random_range(0..=input.len());
    let end = random.random_range(at..=input.len().min(at + 16));
    match random.random_range(0..7) {
        0 => input.insert(at, random.random()),
        1 => input.insert(at, *TELLING.choose(random).unwrap()),
        2 => drop(input.drain(at..end)),
        3 => {
            if let Some(byte) = input.get_mut(at) {
                *byte ^= 1 << random.random_range(0..8);
            }
        }
        4 => {
            if let Some(byte) = input.get_mut(at) {
                *byte = *TELLING.choose(random).unwrap();
            }
        }
        5 => {
            let piece = input[at..end].to_vec();
            let place = random.random_range(0..=input.len());
            input.splice(place..place, piece);
        }
        _ => {
            let other = corpus.choose(random).cloned().unwrap_or_default();
            let from = random.random_range(0..=other.len());
            let to = random.random_range(from..=other.len().min(from + 64));
            input.splice(at..end, other[from..to].iter().copied());
        }
    }
}

#[test]
fn every_file_is_a_target_and_every_target_has_seeds() {
    let listed: Vec<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    let files = names(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/targets"));
    let files: Vec<String> = files.iter().map(|file| file.trim_end_matches(".rs").to_owned()).collect();
    assert_eq!(listed, files, "a file in src/targets without its name in src/targets.rs");
    assert_eq!(listed, names(&folder()), "a folder in seeds without a target, or the reverse");
}
