//! Files and folders on disk.

use serde::{Deserialize, Serialize};

use crate::{ChannelId, PersonId, Reasons, WorkspacePath, requests};

requests! {
    Files Read "file.list" = ListFolder -> FolderPage;
    Files Read "file.find" = FindFiles -> Vec<FoundFile>;
    Files Read "file.watch" = WatchFolders -> ();
    Files Read "file.download" = DownloadFile -> Download;
    Files Read "file.cancel" = CancelTransfer -> ();
    Files Write "file.create" = CreateFile -> ();
    Files Write "file.create-folder" = CreateFolder -> ();
    Files Write "file.rename" = RenameFile -> ();
    Files Write "file.copy" = CopyFile -> ();
    Files Write "file.delete" = DeleteFiles -> Deleted;
    Files Write "file.upload" = UploadFile -> ();
    Files Read "file.trash" = ListTrash -> TrashPage;
    Files Write "file.set-aside" = SetAsideText -> TrashId;
    Files Write "file.restore" = RestoreFile -> WorkspacePath;
    Files Write "file.purge" = PurgeTrash -> ();
}

/// Entries in one page of a folder at most.
pub const MAX_PAGE: usize = 1000;
/// Folders one tab may watch.
pub const MAX_WATCHED: usize = 1000;
/// The largest file that may be uploaded, in bytes.
pub const MAX_UPLOAD: u64 = 1 << 30;
/// The largest file that may be downloaded, and the largest archive of a folder, in bytes.
pub const MAX_DOWNLOAD: u64 = 1 << 30;

/// Keeps text in the trash that was typed in a file and cannot be brought into its document: a person decides later.
/// LIMIT: a call holds 1 MiB; longer text stays in the page alone.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetAsideText {
    /// The file.
    pub path: WorkspacePath,
    /// All of its text, as the person saw it.
    pub text: String,
}

/// Asks for a folder's entries: folders first, then by name.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListFolder {
    /// Which folder.
    pub path: WorkspacePath,
    /// The entry after which to go on: `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
}

/// A page of a folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FolderPage {
    /// At most [`MAX_PAGE`] entries.
    pub entries: Vec<Entry>,
    /// Where to go on; none at the end.
    pub next: Option<String>,
    /// How many entries the folder has in all.
    pub total: usize,
}

/// An entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name, in a path's form ([`WorkspacePath`]).
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Bytes of a file.
    pub size: u64,
    /// Last change, in milliseconds since 1970.
    pub modified_ms: i64,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A folder.
    Folder,
    /// A regular file.
    File,
    /// A folder at which another file system is mounted: what is in it can be opened, and is neither found by name nor
    /// copied, packed or deleted from above.
    Mount,
    /// A symbolic link to a folder inside the workspace.
    FolderLink,
    /// A symbolic link to anything else, or to nothing.
    Link,
    /// A socket, FIFO or device: shown, never opened.
    Other,
}

/// Asks for the files that fit a query best, ignored files left out.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindFiles {
    /// Letters that the path holds in this order; empty lists files as they come.
    pub query: String,
    /// How many at most, up to 200.
    pub limit: usize,
}

/// A file that fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundFile {
    /// Its path.
    pub path: WorkspacePath,
    /// Which characters of the path the query met, by index.
    pub matched: Vec<u32>,
}

/// Replaces the set of folders whose changes this session is told.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WatchFolders {
    /// At most [`MAX_WATCHED`] folders.
    pub folders: Vec<WorkspacePath>,
}

/// Makes an empty file; folders on its way are made too.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateFile {
    /// Must not exist.
    pub path: WorkspacePath,
}

/// Makes a folder; folders on its way are made too.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateFolder {
    /// Must not exist.
    pub path: WorkspacePath,
}

/// Moves a file or folder; open documents move with it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RenameFile {
    /// What.
    pub from: WorkspacePath,
    /// Where to.
    pub to: WorkspacePath,
    /// Whether a file there may be replaced.
    #[serde(default)]
    pub overwrite: bool,
}

/// Copies a file or folder.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopyFile {
    /// What.
    pub from: WorkspacePath,
    /// Where to; must not exist.
    pub to: WorkspacePath,
}

/// Moves files and folders to the workspace's trash, with the unsaved text of documents in them. It ends at the first
/// that cannot be deleted; an error says that nothing was.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeleteFiles {
    /// What.
    pub paths: Vec<WorkspacePath>,
}

/// What was deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    /// What lies in the trash now, in the order of the paths.
    pub trashed: Vec<TrashId>,
    /// Why the next one could not be deleted, where not all could.
    pub stopped: Option<String>,
    /// What of it a page says in another language.
    #[serde(skip_deserializing, skip_serializing_if = "Reasons::is_empty")]
    pub reasons: Reasons,
}

/// How many days the trash keeps things.
pub const KEEP_DAYS: u32 = 30;
/// Things that the trash keeps at most; beyond, the oldest go.
pub const MAX_TRASHED: usize = 10_000;

/// A thing in the trash.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TrashId(String);

impl TrashId {
    /// Of when something was deleted, and a number that makes it the only one.
    pub fn new(deleted_ms: i64, number: u64) -> Self {
        Self(format!("{deleted_ms}-{number}"))
    }

    /// Reads one.
    pub fn parse(text: &str) -> Option<Self> {
        let (time, number) = text.split_once('-')?;
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let fits = time.parse::<i64>().is_ok() && number.parse::<u64>().is_ok();
        (digits(time) && digits(number) && fits).then(|| Self(text.to_owned()))
    }

    /// When it was deleted, in milliseconds since 1970.
    pub fn deleted_ms(&self) -> i64 {
        self.order().0
    }

    /// The order in which things were deleted.
    pub fn order(&self) -> (i64, u64) {
        let (time, number) = self.0.split_once('-').unwrap_or_default();
        (time.parse().unwrap_or_default(), number.parse().unwrap_or_default())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for TrashId {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("this is no id of a thing in the trash")
    }
}

impl From<TrashId> for String {
    fn from(id: TrashId) -> Self {
        id.0
    }
}

/// Asks for what is in the trash.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListTrash {}

/// What is in the trash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrashPage {
    /// The newest first, at most [`MAX_PAGE`].
    pub entries: Vec<Trashed>,
    /// How many there are in all.
    pub total: usize,
}

/// Something in the trash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trashed {
    /// Which.
    pub id: TrashId,
    /// Where it was.
    pub path: WorkspacePath,
    /// When it was deleted, in milliseconds since 1970.
    pub deleted_ms: i64,
    /// Who deleted or replaced it; none where that was not kept.
    #[serde(default)]
    pub by: Option<PersonId>,
    /// What it is.
    pub kind: Kind,
    /// Bytes of a file.
    pub size: u64,
    /// Whether unsaved text was deleted with it.
    pub unsaved: bool,
}

/// Brings something back from the trash, its unsaved text too. The reply says where it is now.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RestoreFile {
    /// What.
    pub id: TrashId,
    /// Where to; without it, where it was. Nothing may be there.
    #[serde(default)]
    pub to: Option<WorkspacePath>,
}

/// Deletes things in the trash for good.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurgeTrash {
    /// Which; without it, all.
    #[serde(default)]
    pub ids: Option<Vec<TrashId>>,
}

/// Writes a file from the bytes that the browser sends on a channel. The reply says that all of it is on disk.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UploadFile {
    /// Where to; folders on its way are made.
    pub path: WorkspacePath,
    /// Carries exactly `size` bytes, then is done.
    pub channel: ChannelId,
    /// At most [`MAX_UPLOAD`].
    pub size: u64,
    /// Whether a file there may be replaced.
    #[serde(default)]
    pub overwrite: bool,
}

/// Sends a file's bytes on a channel; a folder comes as a zip archive.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DownloadFile {
    /// What.
    pub path: WorkspacePath,
    /// Carries exactly [`Download::size`] bytes.
    pub channel: ChannelId,
}

/// Gives up an upload, of which nothing stays then, or a download.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelTransfer {
    /// The channel it goes over.
    pub channel: ChannelId,
}

/// A download that begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Download {
    /// A name for the file on the person's machine.
    pub name: String,
    /// Bytes that follow on the channel.
    pub size: u64,
    /// Links and special files of a folder that are not in its archive.
    #[serde(default)]
    pub left_out: u64,
}

/// What happens to files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// Entries of these folders came, went or changed.
    Changed {
        /// The folders, watched by somebody.
        folders: Vec<WorkspacePath>,
    },
    /// Something came into the trash or left it.
    TrashChanged,
    /// The bytes of a download end early. Told to the tab that downloads.
    DownloadFailed {
        /// The channel it comes on.
        channel: ChannelId,
        /// Why, and what to do.
        reason: String,
        /// What of it a page says in another language.
        #[serde(skip_deserializing, skip_serializing_if = "Reasons::is_empty")]
        reasons: Reasons,
    },
    /// Changes are no longer seen as they happen; folders are looked at from time to time instead.
    WatchingDegraded {
        /// Why, and what would help.
        reason: String,
        /// What of it a page says in another language.
        #[serde(skip_deserializing, skip_serializing_if = "Reasons::is_empty")]
        reasons: Reasons,
    },
}
