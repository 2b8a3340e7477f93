//! The trainee's side of the console, without a window: the exercise, the session that plays it, the score that
//! explains itself, and the record that stays.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`exercise`], [`ordered_scans`], [`worklist`], [`exercise_builder`] | what is to be examined: a scenario's case with its rules; what is to be scanned; today's patients; building one |
//! | [`intent`], [`journal`] | everything a trainee can ask for, and lines of it |
//! | [`desk`], [`session`] | the state machines that do it |
//! | [`registration_form`], [`safety`] | who the patient is, and whether they may enter the scanner |
//! | [`table`] | the patient's position, coils, laser, landmark, the way into the bore |
//! | [`assist`] | how the AI behaves: honest, silent, or wrong on purpose |
//! | [`score`] | what the attempt was worth, item by item |
//! | [`script`], [`reference_operator`] | plays a journal; one who does everything right |
//! | [`record`], [`history`], [`certificate`] | what stays of an attempt |

pub mod assist;
pub mod certificate;
pub mod desk;
pub mod exercise;
pub mod exercise_builder;
pub mod history;
pub mod intent;
pub mod journal;
pub mod ordered_scans;
pub mod record;
pub mod reference_operator;
pub mod registration_form;
pub mod safety;
pub mod score;
pub mod script;
pub mod session;
pub mod table;
pub mod worklist;
