//! The whole window on a virtual display with a software driver: an examination by script, with every screen compared
//! with its golden picture; and a real mouse.
//!
//! Without Xvfb, a Vulkan driver or xdotool these tests say that they were skipped, and why. When the pictures are
//! meant to change, `GOLDEN=write cargo test --release -p plumbline-console --test window` writes them anew: look at them!

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Golden pictures are this much smaller than the window: what a frame's antialiasing does is no difference.
const SHRINK: usize = 4;
/// A pixel differs if a channel does by more than this.
const LEVELS: i32 = 28;
/// So many pixels may differ: texts with times in them, the driver's edges.
const PART: f64 = 0.02;

/// A virtual display of its own.
struct Display {
    server: Child,
    name: String,
}

impl Display {
    /// A display of a number that no other test uses; the reason if there is none.
    fn open(number: u32) -> Result<Self, String> {
        if !Path::new("/usr/share/vulkan/icd.d").is_dir() {
            return Err("there is no Vulkan driver (Debian: mesa-vulkan-drivers)".into());
        }
        let name = format!(":{number}");
        let mut server = Command::new("Xvfb")
            .args([&name, "-screen", "0", "1280x800x24", "-nolisten", "tcp"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("Xvfb: {error} (Debian: xvfb)"))?;
        let socket = PathBuf::from(format!("/tmp/.X11-unix/X{number}"));
        let begin = Instant::now();
        while !socket.exists() {
            if server.try_wait().is_ok_and(|ended| ended.is_some()) || begin.elapsed() > Duration::from_secs(30) {
                return Err(format!("Xvfb does not open display {name}"));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        std::thread::sleep(Duration::from_millis(300));
        Ok(Self { server, name })
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env("DISPLAY", &self.name).env_remove("WAYLAND_DISPLAY").env("WGPU_BACKEND", "vulkan");
        let software = Path::new("/usr/share/vulkan/icd.d/lvp_icd.x86_64.json");
        if software.is_file() {
            command.env("VK_DRIVER_FILES", software);
        }
        command
    }

    fn console(&self, folder: &Path) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_plumbline-console"));
        command.current_dir(root()).args(["--trainee", "Tess"]).arg("--database").arg(folder.join("attempts.sqlite"));
        command
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn display_or_skip(number: u32) -> Option<Display> {
    Display::open(number).inspect_err(|reason| eprintln!("skipped: {reason}")).ok()
}

/// A picture as rows of RGB, made smaller.
struct Picture {
    width: usize,
    rgb: Vec<[i32; 3]>,
}

impl Picture {
    fn read(path: &Path, shrink: usize) -> Self {
        let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut reader = png::Decoder::new(BufReader::new(file)).read_info().expect("a PNG");
        let mut bytes = vec![0; reader.output_buffer_size().expect("it fits")];
        let info = reader.next_frame(&mut bytes).expect("a picture");
        let channels = info.color_type.samples();
        let (width, height) = (info.width as usize / shrink, info.height as usize / shrink);
        let value = |x: usize, y: usize, channel: usize| {
            let sum: i32 = (0..shrink * shrink)
                .map(|n| {
                    let (x, y) = (x * shrink + n % shrink, y * shrink + n / shrink);
                    i32::from(bytes[(y * info.width as usize + x) * channels + channel])
                })
                .sum();
            sum / (shrink * shrink) as i32
        };
        let rgb = (0..width * height).map(|n| [0, 1, 2].map(|c| value(n % width, n / width, c))).collect();
        Self { width, rgb }
    }

    fn write(&self, path: &Path) {
        let height = self.rgb.len() / self.width;
        let file = File::create(path).expect("the golden folder can be written");
        let mut encoder = png::Encoder::new(file, self.width as u32, height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let bytes: Vec<u8> = self.rgb.iter().flatten().map(|value| *value as u8).collect();
        encoder.write_header().expect("a header").write_image_data(&bytes).expect("pixels");
    }

    /// Part of the pixels that differ.
    fn difference(&self, other: &Self) -> f64 {
        assert_eq!((self.width, self.rgb.len()), (other.width, other.rgb.len()), "the same size");
        let differs = |(a, b): (&[i32; 3], &[i32; 3])| (0..3).any(|c| (a[c] - b[c]).abs() > LEVELS);
        self.rgb.iter().zip(&other.rgb).filter(|pair| differs(*pair)).count() as f64 / self.rgb.len() as f64
    }
}

#[test]
fn a_whole_examination_by_script_looks_as_it_should() {
    let Some(display) = display_or_skip(91) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let status = display
        .console(folder.path())
        .args(["--script", "scenarios/lessons/first-examination.jsonl", "--screenshot-dir"])
        .arg(folder.path())
        .status()
        .expect("it starts");
    assert!(status.success(), "{status}");

    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let write = std::env::var_os("GOLDEN").is_some_and(|value| value == "write");
    let mut pictures = 0;
    for entry in std::fs::read_dir(folder.path()).expect("a folder").flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|end| end != "png") {
            continue;
        }
        pictures += 1;
        let seen = Picture::read(&path, SHRINK);
        let expected = golden.join(entry.file_name());
        if write {
            seen.write(&expected);
            continue;
        }
        let differs = seen.difference(&Picture::read(&expected, 1));
        assert!(differs <= PART, "{}: {:.1} % of the pixels differ", expected.display(), differs * 100.0);
    }
    assert_eq!(pictures, 8, "every screen was photographed");

    let history = coach::history::History::open(&folder.path().join("attempts.sqlite")).expect("a history").history;
    let attempts = history.attempts(&coach::history::Filter::trainee("Tess")).expect("readable");
    assert_eq!(attempts.len(), 1);
    assert!(attempts[0].total > 80.0, "an honest AI on an ordinary back: {}", attempts[0].total);

    // What the export hands to `plumbline run --attempts` scores as it did at the console.
    let lines = folder.path().join("class.jsonl");
    let exported = Command::new(env!("CARGO_BIN_EXE_plumbline-console"))
        .arg("--database")
        .arg(folder.path().join("attempts.sqlite"))
        .arg("--export-attempts")
        .arg(&lines)
        .env_remove("DISPLAY")
        .status()
        .expect("it starts");
    assert!(exported.success());
    let line = std::fs::read_to_string(&lines).expect("written");
    let attempt: assessment::RecordedAttempt = serde_json::from_str(line.trim()).expect("one attempt");
    let file = root().join("scenarios/lessons/first-examination.toml");
    let setup = scenario::ScenarioSetup::load(&file).expect("the scenario");
    let plan = scenario::attempts::scored(&setup, &attempt).result.plan;
    let score = history.attempt(attempts[0].id).expect("kept").score;
    for item in score.items.iter().filter(|item| item.subject == coach::score::Subject::Angle) {
        let angle_deg = match item.disc {
            Some(disc) => plan.discs.iter().find(|result| result.disc == disc).expect("scored").angle_deg,
            None => plan.sagittal_stack.angle_deg,
        };
        assert_eq!(angle_deg, item.measured, "{:?}", item.disc);
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn a_real_mouse_turns_a_real_group_and_closing_in_between_loses_nothing() {
    let Some(display) = display_or_skip(92) else { return };
    if Command::new("xdotool").arg("version").output().is_err() {
        eprintln!("skipped: xdotool is not there (Debian: xdotool)");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("until-planning.jsonl");
    let whole = std::fs::read_to_string(root().join("scenarios/lessons/first-examination.jsonl")).expect("a script");
    let mut lines: Vec<&str> = whole.lines().take_while(|line| !line.contains("ask-ai")).collect();
    lines.retain(|line| !line.contains("picture"));
    let group = r#"{"do": {"draw": {"add-group": {"target": {"disc": "L4/L5"}, "centre": [0, 0, -20]}}}}"#;
    lines.extend([group, r#"{"picture": "ready"}"#]);
    std::fs::write(&script, lines.join("\n")).expect("written");

    let mut console = display
        .console(folder.path())
        .arg("--script")
        .arg(&script)
        .arg("--screenshot-dir")
        .arg(folder.path())
        .args(["--stay", "--layout-to"])
        .arg(folder.path().join("layout.json"))
        .spawn()
        .expect("it starts");
    let layout = wait_for(&folder.path().join("layout.json"), &mut console);
    let layout: serde_json::Value = serde_json::from_str(&layout).expect("JSON");
    let at = |name: &str| [0, 1].map(|axis| layout[name][axis].as_f64().expect("a place").round().to_string());

    let mouse = |words: &[&str]| {
        let status = display.command("xdotool").args(words).status().expect("xdotool runs");
        assert!(status.success(), "{words:?}");
        std::thread::sleep(Duration::from_millis(350));
    };
    let [x, y] = at("rotate");
    mouse(&["mousemove", &x, &y]);
    mouse(&["mousedown", "1"]);
    let y = y.parse::<i64>().expect("a number");
    for step in 1..=4 {
        mouse(&["mousemove", &x, &(y + step * 10).to_string()]);
    }
    mouse(&["mouseup", "1"]);
    // Longer than drafts wait to be written; then the power goes.
    std::thread::sleep(Duration::from_secs(4));
    console.kill().expect("it was running");
    let _ = console.wait();

    let history = coach::history::History::open(&folder.path().join("attempts.sqlite")).expect("a history").history;
    let draft = history.draft("Tess").expect("readable").expect("an unfinished lesson");
    let drags: Vec<&String> = draft.journal.iter().filter(|line| line.contains("\"replace\"")).collect();
    assert_eq!(drags.len(), 1, "one drag, of which only the end is kept: {:#?}", draft.journal);
    let line = coach::journal::read(drags[0]).expect("a line of a script").remove(0);
    let Some(coach::intent::Intent::Draw(slice_editor::Edit::Replace(group))) = line.intent else {
        panic!("{line:?}");
    };
    let tilt = group.normal().y.atan2(group.normal().z).to_degrees();
    assert!(tilt.abs() > 3.0, "the group was turned, by {tilt}°");
}

#[cfg(all(unix, not(target_os = "macos")))]
#[test]
fn without_a_display_it_says_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    for display in [None, Some(":4242")] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plumbline-console"));
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").current_dir(root());
        command.arg("--database").arg(folder.path().join("attempts.sqlite"));
        if let Some(display) = display {
            command.env("DISPLAY", display);
        }
        let output = command.output().expect("it starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        // A machine without a driver says that first.
        assert!(said.contains("xvfb") || said.contains("mesa-vulkan-drivers"), "{said}");
        assert!(said.contains("plumbline run"), "{said}");
    }
}

/// A file's text, once it is there.
fn wait_for(path: &Path, console: &mut Child) -> String {
    let begin = Instant::now();
    loop {
        if let Ok(text) = std::fs::read_to_string(path)
            && !text.is_empty()
        {
            return text;
        }
        assert!(console.try_wait().expect("it can be asked").is_none(), "the console ended early");
        assert!(begin.elapsed() < Duration::from_secs(300), "{} does not appear", path.display());
        std::thread::sleep(Duration::from_millis(200));
    }
}
