//! Opening a log: what its store and its witness know of it is compared with its files before anything is changed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::catalog::{Catalog, Identity, Segment};
use super::files::{self, Folder};
use super::frame::Seed;
use super::segment::{self, HEAD, Head, Scanned};
use super::tail::Tail;
use super::writer::{Active, Writer, position};
use super::{Shared, failed};
use crate::reserve::Reserve;
use crate::witness::{self, Held, Testimony, Witness};
use crate::{Error, Store, Table, Transaction, private};

/// Segments' rows that are read at once.
const ROWS: usize = 10_000;

/// Opens a log and makes its writer.
pub(crate) async fn open(
    store: &Store,
    table: Table,
    folder: Folder,
) -> Result<(Arc<Shared>, Writer), Error> {
    let catalog = Catalog(table);
    let identity = identity(store, catalog).await?;
    let sealed = sealed(store, catalog).await?;
    let name = folder.path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.path.with_file_name(format!("{name}-segments"));
    let found = Opening {
        folder,
        witness: private::beside(&beside, "witness"),
        reserve: Reserve::at(private::beside(&beside, "reserve")),
        identity,
        sealed,
    };
    let of = store.clone();
    let (shared, writer, missing) = super::blocking(move || found.open(of, catalog)).await?;
    for number in missing {
        let forget = move |transaction: &mut Transaction<'_>| catalog.drop_segment(transaction, number);
        store.free::<_, Error, _>(forget).await?;
    }
    Ok((shared, writer))
}

async fn identity(store: &Store, catalog: Catalog) -> Result<Identity, Error> {
    if let Some(identity) = store.read(move |reader| catalog.identity(reader)).await? {
        return Ok(identity);
    }
    // A full disk must not keep a start from going on.
    store
        .free(move |transaction| {
            let sql = "SELECT lower(hex(randomblob(16)))";
            let id = transaction.connection.query_row(sql, [], |row| row.get(0))?;
            let identity = Identity { id, sealed: 0, next: 1, ids: 1 };
            catalog.set_identity(transaction, &identity)?;
            Ok(identity)
        })
        .await
}

async fn sealed(store: &Store, catalog: Catalog) -> Result<BTreeMap<u32, Segment>, Error> {
    let mut all = BTreeMap::new();
    loop {
        let after = all.last_key_value().map_or(0, |(number, _)| *number);
        let rows = store.read(move |reader| catalog.segments(reader, after, ROWS)).await?;
        let ended = rows.len() < ROWS;
        all.extend(rows);
        if ended {
            return Ok(all);
        }
    }
}

/// What is known of a log before its files were looked at.
struct Opening {
    folder: Folder,
    witness: PathBuf,
    reserve: Reserve,
    identity: Identity,
    sealed: BTreeMap<u32, Segment>,
}

/// What its files are.
struct Seen {
    /// The segments whose index is not in the store, in order.
    scanned: Vec<(u32, Scanned)>,
    /// Segments whose files are lost, where no witness insists on them.
    missing: Vec<u32>,
}

impl Opening {
    fn lost(&self, file: PathBuf, what: impl Into<String>) -> Error {
        Error::Lost { file, what: what.into(), witness: self.witness.clone() }
    }

    fn seed(&self, segment: u32) -> Seed {
        Seed { log: self.identity.id.clone(), segment }
    }

    fn open(mut self, store: Store, catalog: Catalog) -> Result<(Arc<Shared>, Writer, Vec<u32>), Error> {
        self.folder.files.make_folder(&self.folder.path).map_err(failed(self.folder.path.clone()))?;
        let flushed = self.flushed()?;
        let mut seen = self.look(flushed)?;
        self.reserve.open();
        let missing = std::mem::take(&mut seen.missing);
        let tail = Tail::default();
        let mut next = self.identity.next;
        for (number, scanned) in &seen.scanned {
            tail.segments().insert(*number, scanned.open.clone());
            next = next.max(scanned.open.next);
        }
        let active = self.active(seen, next)?;
        tail.segments().entry(active.seed.segment).or_default().length = active.end;
        let id = std::mem::take(&mut self.identity.id);
        let held = Held { id: id.clone(), generation: position(active.seed.segment, active.end) };
        let witness = Witness::create(&self.witness, held).map_err(failed(self.witness.clone()))?;
        self.reserve.keep();
        let reserve = self.reserve;
        let shared = Arc::new(Shared::new(store, catalog, id, self.folder, tail, reserve.clone()));
        let writer = Writer { shared: Arc::clone(&shared), active, next, witness, reserve, sound: true };
        Ok((shared, writer, missing))
    }

    /// The segment that was flushed last, as far as its witness knows, and how many bytes of it.
    fn flushed(&self) -> Result<Option<(u32, u32)>, Error> {
        match witness::read(&self.witness).map_err(failed(self.witness.clone()))? {
            Testimony::Held(held) if held.id != self.identity.id => {
                Err(self.lost(self.folder.path.clone(), "it is another log's folder"))
            }
            Testimony::Held(held) => Ok(Some(((held.generation >> 32) as u32, held.generation as u32))),
            Testimony::Illegible => {
                let file = self.witness.display();
                tracing::warn!(%file, "the witness of a log is damaged and is written anew");
                Ok(None)
            }
            Testimony::None => Ok(None),
        }
    }

    /// Reads what is not in the store, and makes sure of the rest.
    fn look(&self, flushed: Option<(u32, u32)>) -> Result<Seen, Error> {
        let mut open = Vec::new();
        let mut there = BTreeMap::new();
        for (name, length) in
            self.folder.files.list(&self.folder.path).map_err(failed(self.folder.path.clone()))?
        {
            match files::parse(&name) {
                Some((number, 0)) if number > self.identity.sealed => open.push(number),
                Some(file) => drop(there.insert(file, length)),
                None => {}
            }
        }
        let mut missing = Vec::new();
        for (number, segment) in &self.sealed {
            let file = (*number, segment.revision);
            if there.get(&file).is_none_or(|length| *length < segment.length) {
                self.miss(*number, segment.revision, flushed.is_some())?;
                missing.push(*number);
            }
        }
        open.sort_unstable();
        let last = flushed.map_or(0, |(segment, _)| segment).max(open.last().copied().unwrap_or(0));
        let mut scanned: Vec<(u32, Scanned)> = Vec::new();
        for number in self.identity.sealed + 1..=last {
            if open.binary_search(&number).is_err() {
                self.miss(number, 0, flushed.is_some())?;
                continue;
            }
            let flushed = flushed.filter(|(segment, _)| *segment == number).map_or(0, |(_, bytes)| bytes);
            if let Some((_, before)) = scanned.last_mut() {
                // It was flushed as a whole before the one behind it was begun.
                before.unflushed = Default::default();
            }
            scanned.push((number, self.scan(number, flushed)?));
        }
        if flushed.is_some() {
            self.check_ends(&scanned)?;
        }
        Ok(Seen { scanned, missing })
    }

    /// A file is missing or cut off: that is a loss, unless it was said to go on with what is there.
    fn miss(&self, number: u32, revision: u32, is_known: bool) -> Result<(), Error> {
        let path = self.folder.file(number, revision);
        if is_known {
            return Err(self.lost(path, "the file is missing or cut off"));
        }
        tracing::error!(file = %path.display(), "a log goes on without a file that is missing or cut off");
        Ok(())
    }

    fn scan(&self, number: u32, flushed: u32) -> Result<Scanned, Error> {
        let path = self.folder.file(number, 0);
        let read = || segment::contents(&*self.folder.files.read(&path)?);
        let bytes = read().map_err(failed(path.clone()))?;
        if (bytes.len() as u64) < u64::from(flushed) {
            let missing = u64::from(flushed) - bytes.len() as u64;
            return Err(self.lost(path, format!("its last {missing} bytes are missing")));
        }
        segment::scan(&path, &self.seed(number), &bytes, flushed)
    }

    /// Each segment ends where the one behind it says.
    fn check_ends(&self, scanned: &[(u32, Scanned)]) -> Result<(), Error> {
        for pair in scanned.windows(2) {
            let [(number, this), (_, behind)] = pair else { continue };
            // The one behind may have been about to be made; this one was whole before that was begun.
            let ended = behind.head.map(|head| head.previous);
            if this.torn || this.head.is_none() || ended.is_some_and(|ended| ended != this.open.length) {
                return Err(self.lost(self.folder.file(*number, 0), "it does not end as it did"));
            }
        }
        Ok(())
    }

    /// The segment to go on with: the last one, without what is torn; or a new one.
    fn active(&self, mut of: Seen, next: u64) -> Result<Active, Error> {
        let last = of.scanned.pop();
        let previous = of.scanned.last().map_or(0, |(_, scanned)| scanned.open.length);
        let number = last.as_ref().map_or(self.identity.sealed + 1, |(number, _)| *number);
        let seed = self.seed(number);
        let path = self.folder.file(number, 0);
        let Some((_, scanned)) = last.filter(|(_, scanned)| scanned.head.is_some()) else {
            let head = Head { previous, next };
            let file = segment::create(&self.folder, &seed, 0, head);
            let file = file.map_err(|not_made| failed(path)(not_made.error))?;
            return Ok(Active { seed, file, end: HEAD });
        };
        let open = || {
            let file = self.folder.files.open(&path)?;
            if scanned.torn {
                file.cut(u64::from(scanned.open.length))?;
            }
            // What was read may not have been flushed before, and after a flush that failed it is in memory alone, where the
            // next flush does not look for it.
            let (from, bytes) = &scanned.unflushed;
            file.write_at(bytes, u64::from(*from))?;
            file.sync()?;
            self.folder.sync()?;
            Ok(file)
        };
        let file = open().map_err(failed(path.clone()))?;
        Ok(Active { seed, file, end: scanned.open.length })
    }
}
