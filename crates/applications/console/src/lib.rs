//! The Bevy console: a virtual MRI scanner that technologists learn on.
//!
//! What is examined, asked and scored lives in the `coach` crate, without a window. Here it gets one: panels are pure
//! functions of the desk that draw with egui and return what the trainee asks for; Bevy draws the scanner room and owns
//! the window; the examination's jobs run on a thread of their own.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`arguments`], [`app`] | the command line; the application put together |
//! | [`desk_plugin`] | what the user asks for, ends of jobs, time; the order of a frame |
//! | [`job_thread`] | runs the examination's jobs |
//! | [`panels`], [`screen`], [`present`] | what the window shows, what it remembers, how it is drawn |
//! | [`room`] | the scanner's room in 3-D |
//! | [`script_plugin`] | an examination played from a script |
//! | [`history_plugin`], [`history_tasks`] | attempts and unfinished lessons on disk; replays, certificates |
//! | [`theme`], [`text`] | colours and words, each in one place |

pub mod app;
pub mod arguments;
pub mod desk_plugin;
pub mod history_plugin;
pub mod history_tasks;
pub mod job_thread;
pub mod panels;
pub mod present;
pub mod room;
pub mod screen;
pub mod script_plugin;
pub mod text;
pub mod theme;
