//! An XML answer as a tree of names and texts.

use quick_xml::{Reader, events::Event};

/// Elements deeper than this are nobody's answer.
const MAX_DEPTH: usize = 64;

/// An element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// Reads a document; none where it is malformed.
    pub(crate) fn parse(xml: &[u8]) -> Option<Self> {
        let mut reader = Reader::from_reader(xml);
        let mut open: Vec<Self> = vec![Self::default()];
        loop {
            match reader.read_event().ok()? {
                Event::Start(start) if open.len() < MAX_DEPTH => {
                    open.push(named(start.local_name().as_ref()));
                }
                Event::Start(_) | Event::DocType(_) => return None,
                Event::Empty(start) => open.last_mut()?.children.push(named(start.local_name().as_ref())),
                Event::Text(text) => open.last_mut()?.text.push_str(&text),
                Event::CData(text) => open.last_mut()?.text.push_str(&text),
                Event::GeneralRef(reference) => {
                    let character = match reference.resolve_char_ref().ok()? {
                        Some(character) => character.to_string(),
                        None => quick_xml::escape::resolve_xml_entity(&reference)?.to_owned(),
                    };
                    open.last_mut()?.text.push_str(&character);
                }
                Event::End(_) => {
                    let closed = open.pop()?;
                    open.last_mut()?.children.push(closed);
                }
                Event::Eof => break,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
        let mut root = open.pop().filter(|_| open.is_empty())?;
        root.children.pop()
    }

    /// The first element of that name, at any depth.
    pub(crate) fn find(&self, name: &str) -> Option<&Self> {
        self.children.iter().find_map(|child| if child.name == name { Some(child) } else { child.find(name) })
    }

    /// The members of the list of that name, at any depth.
    pub(crate) fn members(&self, list: &str) -> impl Iterator<Item = &Self> {
        self.find(list).into_iter().flat_map(|list| &list.children)
    }

    /// The text of a direct child.
    pub(crate) fn text_of(&self, name: &str) -> Option<String> {
        self.children.iter().find(|child| child.name == name).map(|child| child.text.clone())
    }
}

fn named(name: &str) -> Element {
    Element { name: name.to_owned(), ..Element::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_lists_texts_and_entities() {
        let xml = br#"<?xml version="1.0"?><R xmlns="x"><L><member><K>a &amp; b&#33;</K></member><member/></L></R>"#;
        let root = Element::parse(xml).unwrap();
        assert_eq!(root.name, "R");
        assert_eq!(root.members("L").count(), 2);
        assert_eq!(root.members("L").next().unwrap().text_of("K").as_deref(), Some("a & b!"));
    }

    #[test]
    fn refuses_what_is_no_answer() {
        for xml in [
            &b"<a><b></a>"[..],
            b"not xml",
            b"<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>",
            b"<a>&e;</a>",
            b"",
        ] {
            assert_eq!(Element::parse(xml), None, "{}", String::from_utf8_lossy(xml));
        }
        assert_eq!(Element::parse("<a>".repeat(1000).as_bytes()), None);
    }
}
