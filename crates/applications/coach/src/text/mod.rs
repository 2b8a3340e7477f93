//! What a trainee reads, by where it stands: a translation is another folder like this one. The refusals and notices of a
//! session stand beside the commands that they answer, and errors beside their causes.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `certificate` | the certificate |
//! | `registration` | the registration form and what is wrong with it |
//! | `safety` | the safety screening: questions, decisions, answers, marks |
//! | `score` | the marks of a plan: what was found, what would have been right, where to look |

pub(crate) mod certificate;
pub(crate) mod registration;
pub(crate) mod safety;
pub(crate) mod score;
