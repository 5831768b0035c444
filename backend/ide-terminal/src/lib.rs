//! ide-terminal
