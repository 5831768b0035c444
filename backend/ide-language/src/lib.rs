//! ide-language
