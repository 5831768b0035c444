//! A store's file: looked at before it is touched, then made ready.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use serde::{Deserialize, Serialize};

use crate::store::Layout;
use crate::witness::{self, Held, Testimony, Witness};
use crate::{Error, Table, Transaction, private, vacuum};

/// Marks a SQLite file as ours: "CUMU".
const APPLICATION_ID: i32 = 0x4355_4d55;

/// What a store says of itself.
pub(crate) const STORE: Table = Table("_store");
const IDENTITY: &str = "identity";
const GENERATION: &str = "generation";

/// Files up to this size are read through before they are used; larger ones beside their use.
pub(crate) const CHECKED_FIRST: u64 = 128 << 20;

/// How much of the log's file stays after its contents went into the database.
const LOG_KEPT: u32 = 16 << 20;

/// Who a store is, kept in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Identity {
    id: String,
    /// The tables that were made: one that is gone is a loss, not an empty one.
    tables: Vec<String>,
}

/// Looks at a file without changing it, and compares it with its witness. True if it is new.
pub(crate) fn inspect(file: &Path, known: u32, testimony: &Testimony) -> Result<bool, Error> {
    let lost = |what: &str| Error::Lost {
        file: file.to_owned(),
        what: what.to_owned(),
        witness: witness::path(file),
    };
    if !std::fs::metadata(file).is_ok_and(|metadata| metadata.len() > 0) {
        return match testimony {
            Testimony::Held(_) => Err(lost("the file is missing or empty")),
            Testimony::None | Testimony::Illegible => Ok(true),
        };
    }
    let connection = look(file)?;
    let made = check_marks(&connection, file, known)?;
    check_pages(&connection, file)?;
    match (identity(&connection)?, testimony) {
        (None, Testimony::Held(_)) => Err(lost("it is empty")),
        // A file of the time before stores knew who they are, or one whose making was cut off.
        (None, Testimony::None | Testimony::Illegible) => Ok(!made),
        (Some((identity, generation)), testimony) => {
            check_tables(&connection, &identity)?;
            match testimony {
                Testimony::Held(held) if held.id != identity.id => Err(lost("it is another store's file")),
                Testimony::Held(held) if held.generation > generation => {
                    let missing = held.generation - generation;
                    Err(lost(&format!(
                        "its last {missing} flushes are missing, as if its -wal file were gone or cut off"
                    )))
                }
                Testimony::Illegible => {
                    tracing::warn!(file = %file.display(), "the witness of a store is damaged and is written anew");
                    Ok(false)
                }
                Testimony::Held(_) | Testimony::None => Ok(false),
            }
        }
    }
}

/// A connection that changes nothing that was ever promised, not even when it is closed: what is damaged stays as it is found.
fn look(file: &Path) -> Result<Connection, Error> {
    let failed = Error::of(file);
    // A journal of this kind is there only where the making of a file was cut off: what SQLite then undoes was promised to
    // nobody, and it must be undone before anything can be read.
    let is_half_made = private::with_suffix(file, "-journal").exists();
    let flags =
        if is_half_made { OpenFlags::SQLITE_OPEN_READ_WRITE } else { OpenFlags::SQLITE_OPEN_READ_ONLY };
    let connection = Connection::open_with_flags(file, flags).map_err(&failed)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(&failed)?;
    connection.busy_timeout(Duration::from_secs(10)).map_err(&failed)?;
    Ok(connection)
}

/// Whose file it is, and of which version. True if anybody made it.
fn check_marks(connection: &Connection, file: &Path, known: u32) -> Result<bool, Error> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let foreign = |error: rusqlite::Error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => Error::Foreign { file: file.to_owned() },
        _ => Error::of(file)(error),
    };
    let id = pragma("application_id").map_err(foreign)?;
    let found = u32::try_from(pragma("user_version").map_err(Error::of(file))?).unwrap_or(u32::MAX);
    if id != APPLICATION_ID && !(id == 0 && found == 0) {
        return Err(Error::Foreign { file: file.to_owned() });
    }
    if found > known {
        return Err(Error::Newer { file: file.to_owned(), found, known });
    }
    Ok(id == APPLICATION_ID)
}

/// Reads a small file through; what does not fit together is damage.
fn check_pages(connection: &Connection, file: &Path) -> Result<(), Error> {
    let size = std::fs::metadata(file).map_or(0, |metadata| metadata.len());
    if size > CHECKED_FIRST {
        return Ok(());
    }
    match quick_check(connection)? {
        Some(what) => Err(Error::damaged(file, what)),
        None => Ok(()),
    }
}

/// The first thing that SQLite's check of all pages finds wrong.
pub(crate) fn quick_check(connection: &Connection) -> Result<Option<String>, Error> {
    let found = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    let line = found.map_err(Error::within(connection))?;
    Ok(Some(line).filter(|line| line != "ok"))
}

fn tables(connection: &Connection) -> Result<Vec<String>, Error> {
    let failed = Error::within(connection);
    let mut statement =
        connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").map_err(&failed)?;
    let names = statement.query_map([], |row| row.get(0)).map_err(&failed)?;
    names.collect::<Result<_, _>>().map_err(&failed)
}

fn check_tables(connection: &Connection, identity: &Identity) -> Result<(), Error> {
    let there = tables(connection)?;
    match identity.tables.iter().find(|table| !there.contains(table)) {
        Some(gone) => {
            let file = Path::new(connection.path().unwrap_or_default());
            Err(Error::damaged(file, format!("its table {gone} is gone")))
        }
        None => Ok(()),
    }
}

fn identity(connection: &Connection) -> Result<Option<(Identity, u64)>, Error> {
    if !tables(connection)?.iter().any(|table| table == STORE.0) {
        return Ok(None);
    }
    let transaction = Transaction::on(connection);
    let gone =
        || Error::damaged(Path::new(connection.path().unwrap_or_default()), "it does not say who it is");
    let identity = transaction.get_json(STORE, IDENTITY)?.ok_or_else(gone)?;
    Ok(Some((identity, transaction.get_json(STORE, GENERATION)?.ok_or_else(gone)?)))
}

/// Counts a group of commits, within it.
pub(crate) fn set_generation(connection: &Connection, generation: u64) -> Result<(), Error> {
    Transaction::on(connection).put_json(STORE, GENERATION, &generation)
}

/// A connection to a file that was looked at.
pub(crate) fn connect(file: &Path) -> Result<Connection, Error> {
    connect_with(file, |_| Ok(()))
}

/// The connection that writes: the file is made so that it can shrink.
pub(crate) fn connect_writer(file: &Path, is_new: bool) -> Result<Connection, Error> {
    let connection = connect_with(file, if is_new { vacuum::enable } else { |_| Ok(()) })?;
    vacuum::settle(&connection, file).map_err(Error::of(file))?;
    Ok(connection)
}

fn connect_with(file: &Path, first: fn(&Connection) -> rusqlite::Result<()>) -> Result<Connection, Error> {
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open(file)?;
        connection.busy_timeout(Duration::from_secs(10))?;
        first(&connection)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // NORMAL loses acknowledged commits when the power fails.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "OFF")?;
        // Sorting and savepoints take no room on a disk that may be full.
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        // What a large transaction made of the log is not kept for ever.
        connection.pragma_update(None, "journal_size_limit", LOG_KEPT)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(connection)
    };
    open().map_err(Error::of(file))
}

/// Makes missing tables and runs the migrations, all in one transaction; then makes sure of the witness. A store that is
/// as it should be is not written to: it can be opened on a full disk.
pub(crate) fn prepare(
    connection: &mut Connection,
    file: &Path,
    layout: Layout,
) -> Result<(u64, Witness), Error> {
    let (identity, generation) = match settled(connection, layout)? {
        Some(settled) => settled,
        None => upgrade(connection, layout)?,
    };
    // A store that a power failure left ahead of its witness, or whose witness is gone, gets a new one.
    let witness = Witness::create(&witness::path(file), Held { id: identity.id, generation });
    let witness = witness.map_err(|source| Error::Folder { file: file.to_owned(), source })?;
    Ok((generation, witness))
}

/// Who the store is, if nothing is to be made or changed.
fn settled(connection: &Connection, layout: Layout) -> Result<Option<(Identity, u64)>, Error> {
    let version: u32 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(Error::within(connection))?;
    let has_all =
        |identity: &Identity| layout.names().all(|name| identity.tables.iter().any(|table| table == name));
    Ok(identity(connection)?.filter(|(identity, _)| version == layout.version() && has_all(identity)))
}

fn upgrade(connection: &mut Connection, layout: Layout) -> Result<(Identity, u64), Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = transaction.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0))?;
    for table in layout.names().chain([STORE.0]) {
        transaction.execute_batch(&format!(
            "CREATE TABLE IF NOT EXISTS \"{table}\"(key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID"
        ))?;
    }
    if found > 0 {
        for migrate in layout.migrations.iter().skip(found as usize - 1) {
            migrate(&mut Transaction::on(&transaction))?;
        }
    }
    let (id, generation) = match Transaction::on(&transaction).get_json::<Identity>(STORE, IDENTITY)? {
        Some(identity) => {
            (identity.id, Transaction::on(&transaction).get_json(STORE, GENERATION)?.unwrap_or(0))
        }
        None => (transaction.query_row("SELECT lower(hex(randomblob(16)))", [], |row| row.get(0))?, 0),
    };
    let identity = Identity { id, tables: layout.names().map(str::to_owned).collect() };
    Transaction::on(&transaction).put_json(STORE, IDENTITY, &identity)?;
    set_generation(&transaction, generation + 1)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", layout.version())?;
    transaction.commit()?;
    Ok((identity, generation + 1))
}
