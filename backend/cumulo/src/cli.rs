//! The command line: what may be said, with its help. What is done about it is in the commands' own files.

use std::net::SocketAddr;
use std::path::PathBuf;

use agent::{HostPattern, Permissions};
use clap::{Args, Parser, Subcommand, ValueEnum};

/// A cloud IDE with a serverless cloud inside.
#[derive(Debug, Parser)]
#[command(name = "cumulo", version, about, long_about = None, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) log: Log,
}

/// What goes to standard error.
#[derive(Clone, Debug, Args)]
pub(crate) struct Log {
    /// What is logged: a level, or `target=level` pairs separated by commas.
    #[arg(
        long,
        global = true,
        env = "CUMULO_LOG",
        default_value = "info",
        value_name = "FILTER",
        help_heading = "Log"
    )]
    pub(crate) log: String,
    /// How it is written.
    #[arg(
        long,
        global = true,
        env = "CUMULO_LOG_FORMAT",
        default_value = "text",
        value_enum,
        help_heading = "Log"
    )]
    pub(crate) log_format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl LogFormat {
    /// As it is written on a command line.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve a folder: the IDE in a browser, and its serverless cloud.
    ///
    /// Prints the address to open. Ctrl-C stops everything. SIGTERM (and a closed terminal) finishes the requests
    /// under way and stops the server alone: terminals, programs and deployed functions go on in the workspace's
    /// agent, and the next `cumulo run` on the same folder finds them. `cumulo stop` stops those too.
    #[command(args_override_self = true)]
    Run(Run),
    /// Print a fresh address with a new one-time code, for another browser.
    Url(Which),
    /// Stop everything of a data directory: the server, the agent, terminals, programs, functions.
    Stop(Which),
    /// Serve the cloud alone, without an IDE, for a test suite or a build server.
    ///
    /// Its first key pair is taken from CUMULO_ROOT_ACCESS_KEY_ID and CUMULO_ROOT_SECRET_ACCESS_KEY where both are
    /// set, else generated. SIGTERM and Ctrl-C finish the requests under way and stop it with everything it runs.
    #[command(args_override_self = true)]
    Cloud(Cloud),
    /// One workspace's processes; started by `run`.
    #[command(hide = true)]
    Agent(Agent),
    /// Runs functions; started by an agent.
    #[command(hide = true, disable_help_flag = true)]
    Worker {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

/// What `run` takes.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The folder to work in. A missing or empty one is filled from the template; one with files in it is never
    /// written to by this. [default: ~/cumulo/TEMPLATE]
    pub(crate) folder: Option<PathBuf>,
    /// Where the IDE listens; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:9000", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// Where the cloud listens; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:4566", value_name = "ADDRESS")]
    pub(crate) cloud_listen: SocketAddr,
    /// The address by which browsers reach the IDE where it is not the one it listens on, for instance
    /// `https://ide.example` behind a proxy that ends TLS.
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// The template for a missing or empty folder.
    #[arg(long, default_value = "hello-api", value_name = "NAME")]
    pub(crate) template: String,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// What `cloud` takes.
#[derive(Debug, Args)]
pub(crate) struct Cloud {
    /// Where the cloud listens; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:4566", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// Accept every access key and check no signature, for test suites: twelve digits as a key's id choose the account, any
    /// other key is the account's own.
    #[arg(long)]
    pub(crate) any_key: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// What `run` and `cloud` share.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// Where all state is kept; one server at a time. [default: a directory of its own for each folder in
    /// $XDG_DATA_HOME/cumulo, else ~/.local/share/cumulo]
    #[arg(long, env = "CUMULO_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// A file to write when everything serves: JSON with addresses and keys, readable by its owner alone.
    #[arg(long, value_name = "FILE")]
    pub(crate) ready_file: Option<PathBuf>,
    /// Listen on addresses that other machines can reach.
    #[arg(long)]
    pub(crate) allow_remote: bool,
    /// The cloud's region by default. Clients may name any other of AWS's.
    #[arg(long, default_value = "us-east-1", value_name = "REGION")]
    pub(crate) region: String,
    /// The cloud's account by default, which the first key pair belongs to.
    #[arg(long, default_value = "000000000000", value_name = "DIGITS", value_parser = account)]
    pub(crate) account_id: String,
    /// What becomes of calls that IAM's policies do not allow: `enforce` refuses them, `report` lets them pass and says
    /// so in the log and in the answer's header x-cumulo-permissions, `off` looks at no policy. [default: what the
    /// workspace's setting cloud.permissions says, else report]
    #[arg(long, value_name = "MODE", value_parser = permissions)]
    pub(crate) permissions: Option<Permissions>,
    /// Hosts that native functions may reach beside the cloud, through an HTTP proxy: `api.example.com, *.example.org`, or `*`
    /// for all that is public. What is in this machine's network is named with its port: `10.0.0.5:5432`. [default: what
    /// the workspace's setting cloud.egress says, else none]
    #[arg(long, value_name = "HOSTS", value_parser = hosts)]
    pub(crate) egress: Option<Hosts>,
}

/// Hosts, as one argument.
#[derive(Debug, Clone)]
pub(crate) struct Hosts(pub(crate) Vec<HostPattern>);

fn hosts(text: &str) -> Result<Hosts, String> {
    HostPattern::list(text).map(Hosts)
}

/// Which running Cumulo is meant.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Its data directory. [default: that of the only one running]
    #[arg(long, env = "CUMULO_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

/// What `run` tells the agent it starts.
#[derive(Debug, Args)]
pub(crate) struct Agent {
    #[arg(long)]
    pub(crate) data: PathBuf,
    #[arg(long)]
    pub(crate) workspace: PathBuf,
    #[arg(long)]
    pub(crate) workspace_id: String,
    #[arg(long)]
    pub(crate) socket: PathBuf,
    #[arg(long)]
    pub(crate) cloud_listen: SocketAddr,
    #[arg(long)]
    pub(crate) region: String,
    #[arg(long)]
    pub(crate) account_id: String,
    #[arg(long, value_parser = permissions)]
    pub(crate) permissions: Option<Permissions>,
    #[arg(long, value_parser = hosts)]
    pub(crate) egress: Option<Hosts>,
}

fn permissions(text: &str) -> Result<Permissions, &'static str> {
    text.parse()
}

/// AWS: an account's id is twelve digits.
fn account(text: &str) -> Result<String, String> {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err("an account's id is twelve digits".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn accounts_are_twelve_digits() {
        assert!(account("000000000000").is_ok());
        for bad in ["", "12345678901", "1234567890123", "12345678901a", "١٢٣٤٥٦٧٨٩٠١٢"] {
            assert!(account(bad).is_err(), "{bad}");
        }
    }
}
