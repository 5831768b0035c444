//! The Security Token Service.

pub mod shapes;
