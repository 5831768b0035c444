//! Layouts: what each person has open where, kept whole as the browser gave it. It looks inside none.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use ide_core::{Router, blocking};
use protocol::{
    CallError, Capability, ErrorCode, PersonId, Principal,
    layout::{Layout, LoadLayout, MAX_LAYOUT, SaveLayout},
};
use sha2::{Digest, Sha256};

use crate::error::{Context, Result};

/// All layouts of a workspace; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Layouts {
    folder: PathBuf,
    /// One at a time: the last one asked to be kept stays, and who asks for it waits while it is written.
    writing: Arc<Mutex<()>>,
}

impl Layouts {
    /// Opens the folder, making it where it is missing.
    pub(crate) fn open(state: &Path) -> io::Result<Self> {
        let folder = state.join("layouts");
        folders::make_private(&folder)?;
        Ok(Self { folder, writing: Arc::default() })
    }

    /// Answers the calls of `protocol::layout`.
    pub(crate) fn register(&self, router: &mut Router) {
        router
            .with(self)
            .on(|layouts, context, _: LoadLayout| async move {
                Ok(blocking(move || layouts.load(&context.principal)).await?)
            })
            .on(|layouts, context, call: SaveLayout| async move {
                let text = to_text(&call.layout)?;
                Ok(blocking(move || layouts.save(context.person(), &text)).await?)
            });
    }

    fn place(&self, person: &PersonId) -> PathBuf {
        self.folder.join(format!("{}.json", hex::encode(Sha256::digest(&person.0))))
    }

    pub(crate) fn load(&self, principal: &Principal) -> Result<Option<Layout>> {
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let read = |person| match fs::read(self.place(person)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            text => text.map(Some).records("read"),
        };
        let mut text = read(&principal.person.id)?;
        if text.is_none() && principal.grants.may(Capability::Workspace.own()) {
            // Before persons had ids, the one that there was had this.
            text = read(&PersonId("owner".into()))?;
        }
        let Some(text) = text else { return Ok(None) };
        // A layout that cannot be read is worth less than an IDE that opens.
        Ok(serde_json::from_slice(&text)
            .inspect_err(|error| tracing::warn!(%error, "a layout is damaged"))
            .ok())
    }

    pub(crate) fn save(&self, person: &PersonId, text: &[u8]) -> Result<()> {
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let place = self.place(person);
        write(&place, text).and_then(|()| File::open(&self.folder)?.sync_all()).records("write")
    }
}

/// Writes a file whole or not at all.
pub(crate) fn write(place: &Path, text: &[u8]) -> io::Result<()> {
    let part = place.with_extension("part");
    let mut file = File::create(&part)?;
    file.write_all(text)?;
    file.sync_all()?;
    fs::rename(part, place)
}

fn to_text(layout: &Layout) -> Result<Vec<u8>, CallError> {
    let invalid = |error| {
        CallError::new(ErrorCode::Invalid, format!("Cannot keep the layout: {error}."))
            .because("layout-invalid", &[("reason", &error)])
    };
    let text = serde_json::to_vec(layout).map_err(invalid)?;
    if text.len() > MAX_LAYOUT {
        let most = MAX_LAYOUT / 1024;
        let message = format!("Cannot keep the layout: it is larger than {most} KiB.");
        return Err(CallError::new(ErrorCode::Limit, message).because("layout-large", &[("most", &most)]));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use protocol::{Grants, Person, WorkspaceId};
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_owner_finds_what_was_kept_before_persons_had_ids() {
        let folder = tempfile::tempdir().unwrap();
        let layouts = Layouts::open(folder.path()).unwrap();
        save(&layouts, "owner", json!("old"));
        assert_eq!(load(&layouts, "ann", Grants::owner()), Some(json!("old")));
        assert_eq!(load(&layouts, "bob", Grants::writer()), None, "it is not theirs");
        save(&layouts, "ann", json!("new"));
        assert_eq!(load(&layouts, "ann", Grants::owner()), Some(json!("new")));
    }

    fn id(id: &str) -> PersonId {
        PersonId(id.into())
    }

    fn load(layouts: &Layouts, person: &str, grants: Grants) -> Option<Value> {
        let person = Person { id: id(person), name: "x".into() };
        let principal = Principal { workspace: WorkspaceId("w".into()), person, grants };
        layouts.load(&principal).unwrap().map(|layout| layout.0)
    }

    fn save(layouts: &Layouts, person: &str, value: Value) {
        layouts.save(&id(person), &to_text(&Layout(value)).unwrap()).unwrap();
    }

    #[test]
    fn everybody_has_a_layout_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let layouts = Layouts::open(folder.path()).unwrap();
        assert_eq!(load(&layouts, "ann", Grants::owner()), None);
        for (person, value) in
            [("ann", json!({"tabs": [1]})), ("../bob", json!([])), ("ann", json!({"tabs": [2]}))]
        {
            save(&layouts, person, value);
        }
        let again = Layouts::open(folder.path()).unwrap();
        assert_eq!(load(&again, "ann", Grants::reader()), Some(json!({"tabs": [2]})));
        assert_eq!(load(&again, "../bob", Grants::writer()), Some(json!([])));
        fs::write(again.place(&id("ann")), "{").unwrap();
        assert_eq!(load(&again, "ann", Grants::owner()), None);
        let large = Layout(json!("x".repeat(MAX_LAYOUT)));
        assert_eq!(to_text(&large).unwrap_err().code, ErrorCode::Limit);
    }
}
