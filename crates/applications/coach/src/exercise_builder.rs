//! The exercise builder: an instructor's choices, written as a scenario file that the console and `plumbline run` both
//! read.

use std::path::{Path, PathBuf};

use geometry::{Disc, PatientPosition, Vertebra};
use phantom::positioning::{TruncatedNormal, WeightedPosition};
use scanner::Faults;
use scenario::Scenario;
use scenario::ScenarioSetup;
use scenario::lesson::{Assist, AssistKind, Lesson, LessonMode, LessonOrder};
use scenario::library::Library;

use crate::exercise::Exercise;

/// What an instructor decides.
#[derive(Clone, Debug, PartialEq)]
pub struct ExerciseBuilder {
    /// Short name; the file's, too.
    pub name: String,
    /// One line for the worklist.
    pub title: String,
    /// Who built it.
    pub instructor: String,
    /// A population or a named phantom.
    pub phantom: String,
    /// Root of every draw: another number is another patient.
    pub seed: u64,
    /// Why the examination is asked for.
    pub indication: String,
    /// The position that is asked for.
    pub position: PatientPosition,
    /// How the patient settles, whoever lays them down: roll, pitch, yaw, degrees.
    pub turned_deg: [f64; 3],
    /// And how far to their left, mm.
    pub aside_mm: f64,
    /// The patient moves during scans.
    pub restless: bool,
    /// Noise beside the machine's own, as a part of it.
    pub excess_noise: f64,
    /// Part of the signal in the ghost.
    pub ghost: f64,
    /// How the AI behaves.
    pub assist: AssistKind,
    /// At which disc.
    pub level: Disc,
    /// By how many degrees or mm.
    pub amount: f64,
    /// Without hints.
    pub exam: bool,
    /// Time for planning, min.
    pub minutes: f64,
    /// What the patient says of implants, a line each.
    pub implants: String,
    /// Levels that are ordered; none stands for all.
    pub levels: Vec<Disc>,
    /// Whether the T1-weighted sagittal series is ordered, too.
    pub with_t1: bool,
    /// Whether the saturation band is ordered.
    pub saturation_band: bool,
    /// Points from which the exercise is passed.
    pub pass_mark: f64,
}

impl Default for ExerciseBuilder {
    fn default() -> Self {
        Self {
            name: "my-exercise".into(),
            title: "My exercise".into(),
            instructor: String::new(),
            phantom: "adult-lumbar".into(),
            seed: 1,
            indication: crate::registration_form::text::USUAL_INDICATION.into(),
            position: PatientPosition::HeadFirstSupine,
            turned_deg: [0.0; 3],
            aside_mm: 0.0,
            restless: false,
            excess_noise: 0.0,
            ghost: 0.0,
            assist: AssistKind::Honest,
            level: Disc::between(Vertebra::L4, Vertebra::L5),
            amount: 10.0,
            exam: false,
            minutes: 10.0,
            implants: String::new(),
            levels: Vec::new(),
            with_t1: true,
            saturation_band: true,
            pass_mark: Lesson::default().pass_mark,
        }
    }
}

/// Why an exercise cannot be saved.
#[derive(Debug, thiserror::Error)]
pub enum ExerciseBuilderError {
    /// Something in it is wrong.
    #[error("{0}")]
    Wrong(String),
    /// Another exercise has that name.
    #[error("{} is there already: choose another name", .0.display())]
    Taken(PathBuf),
    /// The file.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

impl ExerciseBuilder {
    /// The scenario's text.
    ///
    /// # Errors
    /// [`ExerciseBuilderError::Wrong`] if a number cannot be written.
    fn to_toml(&self) -> Result<String, ExerciseBuilderError> {
        let base = "format-version = 1\nname = \"x\"\nseed = 0\ncases = 1\n[patients]\npopulation = \"x\"\n";
        let wrong = |error: &dyn std::fmt::Display| ExerciseBuilderError::Wrong(error.to_string());
        let mut scenario: Scenario = toml::from_str(base).map_err(|error| wrong(&error))?;
        scenario.name.clone_from(&self.name);
        scenario.title.clone_from(&self.title);
        scenario.seed = self.seed;
        scenario.patients.population.clone_from(&self.phantom);
        let set = |value: f64| TruncatedNormal { mean: value, sd: 0.0, limit: None };
        let lying = &mut scenario.patients.positioning;
        lying.positions = vec![WeightedPosition { position: self.position, weight: 1.0 }];
        [lying.roll_deg, lying.pitch_deg, lying.yaw_deg] = self.turned_deg.map(set);
        lying.offset_left_mm = set(self.aside_mm);
        [lying.offset_posterior_mm, lying.offset_head_mm, lying.landmark_error_mm] = [set(0.0); 3];
        lying.knee_cushion_probability = 1.0;
        if self.restless {
            lying.motion = restless();
        }
        if self.excess_noise > 0.0 || self.ghost > 0.0 {
            scenario.scanner.faults =
                Some(Faults { excess_noise: self.excess_noise, ghost: self.ghost, ..Faults::default() });
        }
        let wrong_somewhere = matches!(self.assist, AssistKind::Tilted | AssistKind::Shifted);
        scenario.lesson = Some(Lesson {
            mode: if self.exam { LessonMode::Exam } else { LessonMode::Practice },
            indication: self.indication.clone(),
            time_limit_s: Some(self.minutes * 60.0),
            position: self.position,
            assist: Assist {
                kind: self.assist,
                level: wrong_somewhere.then_some(self.level),
                amount: wrong_somewhere.then_some(self.amount),
            },
            case: 0,
            implants: self.implants.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect(),
            instructor: self.instructor.clone(),
            order: self.order(),
            pass_mark: self.pass_mark,
        });
        let text = toml::to_string_pretty(&scenario).map_err(|error| wrong(&error))?;
        Ok(format!("# Built with the console's exercise builder.\n{text}"))
    }

    /// The order, by the names of the protocol that exercises are scanned with.
    fn order(&self) -> LessonOrder {
        let names = ["T2 TSE sagittal", "T1 TSE sagittal", "T2 TSE axial"].into_iter();
        let series = names.filter(|name| self.with_t1 || !name.starts_with("T1")).map(str::to_owned).collect();
        LessonOrder { levels: self.levels.clone(), series, saturation_band: self.saturation_band }
    }

    /// Writes the exercise into a folder and reads it back, as the worklist will; a file that is there is left alone.
    ///
    /// # Errors
    /// [`ExerciseBuilderError`]; nothing is written then.
    pub fn save(&self, folder: &Path) -> Result<(PathBuf, Exercise), ExerciseBuilderError> {
        let path = folder.join(format!("{}.toml", self.name));
        let text = self.to_toml()?;
        let setup = ScenarioSetup::from_text(&path, &text, &Library::near(folder))
            .map_err(|error| ExerciseBuilderError::Wrong(error.to_string()))?;
        let exercise = Exercise::of(setup).map_err(ExerciseBuilderError::Wrong)?;
        let write = |source| ExerciseBuilderError::Write { path: path.clone(), source };
        std::fs::create_dir_all(folder).map_err(write)?;
        // The whole file or none, and never over another's.
        let partial = folder.join(format!(".{}.partial", self.name));
        std::fs::write(&partial, text).map_err(write)?;
        let linked = std::fs::hard_link(&partial, &path);
        let _ = std::fs::remove_file(&partial);
        match linked {
            Ok(()) => Ok((path, exercise)),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(ExerciseBuilderError::Taken(path)),
            Err(source) => Err(ExerciseBuilderError::Write { path, source }),
        }
    }
}

/// A patient who breathes, pulsates and now and then moves.
fn restless() -> phantom::Motion {
    phantom::Motion { bulk_mm: 3.0, bulk_deg: 1.5, bulk_probability: 0.4, breathing_mm: 8.0, pulsation: 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_is_what_the_worklist_reads() {
        let folder = tempfile::tempdir().expect("a folder");
        let builder = ExerciseBuilder {
            turned_deg: [8.0, 0.0, -4.0],
            assist: AssistKind::Tilted,
            amount: 12.0,
            restless: true,
            ghost: 0.03,
            exam: true,
            levels: vec![Disc::between(Vertebra::L5, Vertebra::S1)],
            with_t1: false,
            pass_mark: 80.0,
            ..ExerciseBuilder::default()
        };
        // Nothing is near a temporary folder: what is built in must do, and the built-in planner's model is not there.
        let text = builder.to_toml().expect("it can be written");
        let scenario: Scenario = toml::from_str(&text).expect("it can be read");
        assert_eq!(scenario.patients.positioning.roll_deg.mean, 8.0);
        assert_eq!(scenario.scanner.faults.as_ref().map(|faults| faults.ghost), Some(0.03));
        let lesson = scenario.lesson.expect("it is an exercise");
        assert_eq!(
            (lesson.mode, lesson.assist.kind, lesson.assist.amount),
            (LessonMode::Exam, AssistKind::Tilted, Some(12.0))
        );
        assert_eq!((lesson.pass_mark, lesson.order.levels.len(), lesson.order.series.len()), (80.0, 1, 2));
        let unwritten = builder.save(folder.path()).expect_err("there is no model here").to_string();
        assert!(unwritten.contains("model"), "{unwritten}");
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "nothing half-written");
    }
}
