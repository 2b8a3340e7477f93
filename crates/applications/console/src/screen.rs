//! What the window remembers between frames and no examination needs to know.

use std::collections::HashMap;

use coach::history::{AttemptId, Summary};
use egui::{Rect, TextureId};
use slice_editor::ViewPlane;
use slice_editor::parameters::Tab;

use crate::panels::tile::Tile;

/// The window's own state.
#[derive(Default)]
pub struct Screen {
    /// What is searched for in the worklist.
    pub search: String,
    /// The series whose parameters are shown.
    pub series: Option<exam::SeriesId>,
    /// The tab of parameters.
    pub tab: Option<Tab>,
    /// The AI's segmentation lies over the localizer.
    pub overlay: bool,
    /// Which tool the pointer holds in the viewer.
    pub tool: Tool,
    /// Points of the measurement being made, with its view.
    pub measuring: Option<(usize, Vec<[f64; 2]>)>,
    /// The truth is drawn in the review.
    pub truth_hidden: bool,
    /// What each view showed in the last frame, and where.
    pub shown: HashMap<usize, (Rect, ViewPlane)>,
    /// Pictures of slices by view.
    pub tiles: HashMap<usize, Tile>,
    /// The picture of the room, and where it is shown.
    pub room: Option<TextureId>,
    /// Where the room was drawn in the last frame.
    pub room_rect: Option<Rect>,
    /// How far the room was dragged in the last frame, points, and the wheel over it.
    pub room_drag: (egui::Vec2, f32),
    /// Why the last user command was refused.
    pub refusal: Option<String>,
    /// What went well, in words.
    pub confirmation: Option<String>,
    /// What is to be done with kept attempts.
    pub task: Option<HistoryTask>,
    /// An earlier attempt is shown.
    pub replay: bool,
    /// What this trainee has done so far.
    pub past: Option<Past>,
    /// The instructor's form, while it is open.
    pub instructor: Option<crate::panels::instructor::InstructorForm>,
    /// Exercises built since the start, for the worklist.
    pub built: Vec<(std::path::PathBuf, coach::exercise::Exercise)>,
    /// The window with the class, while it is open.
    pub class_open: bool,
    /// The step of the tutorial, while it runs.
    pub tutorial: Option<usize>,
}

/// What is to be done with kept attempts; the answer stands in [`Screen::refusal`] or [`Screen::confirmation`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HistoryTask {
    /// Go on with the lesson that was left unfinished.
    Resume,
    /// Play an attempt again.
    Replay(AttemptId),
    /// Write the finished attempt: certificate as HTML and PDF, and the observers' line.
    Export,
}

/// What is known of earlier attempts.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// This trainee's, the latest first.
    pub attempts: Vec<Summary>,
    /// Everybody's, a line each.
    pub class: Vec<coach::history::TraineeOverview>,
    /// The lesson that this trainee left unfinished, line by line.
    pub draft: Option<Vec<String>>,
}

/// What the pointer does in a view of the viewer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    /// Grey values by dragging.
    #[default]
    Window,
    /// Moves the picture.
    Pan,
    /// Two points.
    Distance,
    /// Three points.
    Angle,
    /// Four points or more, closed by a double click.
    Area,
}
