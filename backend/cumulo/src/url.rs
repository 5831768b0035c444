//! `cumulo url`: another one-time address of a server that runs. The code reaches it through its accounts.

use anyhow::{Result, bail};
use server::{Accounts, Site};

use crate::cli::Which;
use crate::data::DataDir;
use crate::run::{ServerFile, new_code};
use crate::say;

/// The command.
pub(crate) async fn url(which: Which) -> Result<()> {
    let data = DataDir::find(which.data.as_deref())?;
    if data.running_server().is_none() {
        bail!("no server runs on {}: start it with `cumulo run`", data.path().display());
    }
    let site = Site::public(&ServerFile::read(&data)?.origin)?;
    let accounts = Accounts::open_with(&data.file("server.db"), data.room())?;
    say(&site.sign_in_address(&new_code(&accounts).await?));
    Ok(())
}
