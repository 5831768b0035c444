//! XML by schema: what is written is read again, by ours and by `roxmltree`; what any document holds is what a reader over
//! `roxmltree` finds in it.

use cloud_wire::{Kind, Protocol, Schema, Shape, Value, codec};
use roxmltree::{Document, Node};

use crate::draw::Draw;
use crate::values::{ROOM, THING, Thing, draw, same, weight};

/// As deep as a document may be.
const DEEP: usize = 48;
/// As many attributes as an element may have.
const ATTRIBUTES: usize = 16;

/// Text that may be markup is a document; anything else is what a value is drawn of.
pub(crate) fn run(data: &[u8]) -> bool {
    match data.first() {
        Some(b'<' | b' ') => std::str::from_utf8(data).is_ok_and(differential),
        _ => round_trip(&mut Draw(data)),
    }
}

fn round_trip(from: &mut Draw<'_>) -> bool {
    let thing = plain(draw(from));
    let written = codec::write(Protocol::RestXml, &thing).expect("a drawn value fits its schema");
    let text = std::str::from_utf8(&written).expect("what was written is text");
    let read =
        codec::read::<Thing>(Protocol::RestXml, &written, ROOM).expect("what was written is read").value;
    assert!(same(&read, &thing), "{text}\n{thing:?}\n{read:?}");
    let document = Document::parse(text).expect("what was written is XML");
    let texts = texts(document.root_element(), &THING);
    let ours = Texts::of(&thing);
    assert_eq!(texts, ours, "{text}");
    true
}

/// The thing with what XML cannot hold replaced.
fn plain(thing: Thing) -> Thing {
    let letters = |text: String| -> String {
        let unfit = |c: char| matches!(c, '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}') && !"\t\n\r".contains(c);
        text.chars().map(|c| if unfit(c) { '\u{fffd}' } else { c }).collect()
    };
    let all = |texts: Vec<String>| texts.into_iter().map(letters).collect();
    Thing {
        text: thing.text.map(letters),
        texts: thing.texts.map(all),
        flat: thing.flat.map(all),
        tags: thing.tags.map(|tags| tags.into_iter().map(|(key, value)| (letters(key), value)).collect()),
        kids: thing.kids.map(|kids| kids.into_iter().map(plain).collect()),
        inner: thing.inner.map(|inner| Box::new(plain(*inner))),
        ..thing
    }
}

/// The texts of a document of the schema, by their paths; scalars that are no texts are left out.
#[derive(Debug, Default, PartialEq, Eq)]
struct Texts(Vec<(String, String)>);

impl Texts {
    fn of(thing: &Thing) -> Self {
        let mut texts = Self::default();
        texts.add(thing.value(), &THING, "");
        texts
    }

    fn add(&mut self, value: Value<'_>, schema: &Schema, path: &str) {
        match (value, schema.kind) {
            (Value::String(text), _) => self.0.push((path.to_owned(), text.to_owned())),
            (Value::Structure(_), Kind::Structure(members)) => {
                for (member, value) in members.iter().zip(value.members()) {
                    self.add(value, member.schema, &format!("{path}/{}", member.wire));
                }
            }
            (Value::List(_), Kind::List { element, .. }) => {
                for value in value.elements() {
                    self.add(value, element, path);
                }
            }
            (Value::Map(entries), _) => {
                self.0.extend(entries.all().map(|(key, _)| (path.to_owned(), key.to_owned())));
            }
            _ => {}
        }
    }
}

/// The same, found in a tree that is not ours.
fn texts(node: Node<'_, '_>, schema: &Schema) -> Texts {
    let mut found = Texts::default();
    collect(node, schema, "", &mut found);
    found
}

fn collect(node: Node<'_, '_>, schema: &Schema, path: &str, found: &mut Texts) {
    match schema.kind {
        Kind::Structure(members) => {
            for member in members {
                let path = format!("{path}/{}", member.wire);
                for child in named(node, member.wire) {
                    let schema = match (member.schema.kind, member.flattened) {
                        (Kind::List { element, .. }, true) => element,
                        _ => member.schema,
                    };
                    collect(child, schema, &path, found);
                }
            }
        }
        Kind::List { element, .. } => {
            node.children().filter(Node::is_element).for_each(|child| collect(child, element, path, found));
        }
        Kind::Map { names, .. } => {
            let keys = node.children().filter(Node::is_element).flat_map(|entry| named(entry, names.0));
            found.0.extend(keys.map(|key| (path.to_owned(), content(key))));
        }
        Kind::String(_) => found.0.push((path.to_owned(), content(node))),
        _ => {}
    }
}

fn named<'a, 'i: 'a>(node: Node<'a, 'i>, name: &'a str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.is_element() && child.tag_name().name() == name)
}

/// All text directly within.
fn content(node: Node<'_, '_>) -> String {
    node.children().filter(Node::is_text).filter_map(|text| text.text()).collect()
}

fn differential(text: &str) -> bool {
    let read = codec::read::<Thing>(Protocol::RestXml, text.as_bytes(), ROOM);
    if let Ok(read) = &read {
        assert!(weight(&read.value) as u64 <= read.taken, "{} taken for {text}", read.taken);
    }
    let Ok(document) = Document::parse(text) else { return read.is_ok() };
    let elements = || document.descendants().filter(Node::is_element);
    let is_small = elements().all(|node| {
        node.ancestors().filter(Node::is_element).count() <= DEEP && node.attributes().len() <= ATTRIBUTES
    });
    let root = document.root_element();
    match read {
        Ok(read) if repeats(root) => drop(read),
        Ok(read) => assert_eq!(Texts::of(&read.value), texts(root, &THING), "{text}"),
        // Texts are all that can be read of any element; who has other members may say so.
        Err(error) => assert!(!is_small || !has_texts_alone(root), "{error}: {text}"),
    }
    true
}

/// Whether a member that is one stands several times somewhere: the first counts.
fn repeats(node: Node<'_, '_>) -> bool {
    node.descendants().filter(Node::is_element).any(|node| {
        let mut names: Vec<&str> =
            node.children().filter(Node::is_element).map(|child| child.tag_name().name()).collect();
        names.retain(|name| !matches!(*name, "Flat" | "member" | "entry"));
        names.sort_unstable();
        names.windows(2).any(|pair| pair.first() == pair.last())
    })
}

fn has_texts_alone(node: Node<'_, '_>) -> bool {
    let known = ["Thing", "Text", "Texts", "Flat", "member", "Kids", "Inner"];
    node.descendants().filter(Node::is_element).all(|node| known.contains(&node.tag_name().name()))
}
