//! The Bevy console: a virtual MRI scanner that technologists learn on.
//!
//! What is examined, asked and scored lives in the `lesson` crate, without a window. Here it gets one: panels are pure
//! functions of the desk that draw with egui and say what the trainee wishes; Bevy draws the scanner's room and owns the
//! window; acquisitions and the network run on a thread of their own.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`arguments`], [`app`] | the command line; the application put together |
//! | [`desk_plugin`] | wishes in, deliveries in, time; the order of a frame |
//! | [`scanner_thread`] | the scanner room on a thread of its own |
//! | [`panels`], [`screen`], [`present`] | what the window shows, what it remembers, how it is drawn |
//! | [`room`] | the scanner's room in 3-D |
//! | [`script_plugin`] | an examination played from a script |
//! | [`keeper`], [`errands`] | attempts and unfinished lessons on disk; replays, certificates |
//! | [`theme`], [`text`] | colours and words, each in one place |

pub mod app;
pub mod arguments;
pub mod desk_plugin;
pub mod errands;
pub mod keeper;
pub mod panels;
pub mod present;
pub mod room;
pub mod scanner_thread;
pub mod screen;
pub mod script_plugin;
pub mod text;
pub mod theme;
