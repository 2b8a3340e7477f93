use super::*;
use results::compare::{Margins, compare};
use results::{CaseResult, fixture};
use run_store::files::sheet_path;

/// Two runs of 12 patients, of whom the candidate has one 9° off, with pictures of both.
fn runs(folder: &Path) -> [Run; 2] {
    [1.0, 9.0].map(|angle_deg| {
        let name = if angle_deg > 1.0 { "candidate" } else { "baseline" };
        let run = fixture::run(&folder.join(name));
        let cases: Vec<CaseResult> = (0..12).map(|n| fixture::case(n, if n == 5 { angle_deg } else { 1.0 })).collect();
        let picture = sheet_path(&run.folder, "s", 5);
        fs::create_dir_all(picture.parent().expect("a folder")).expect("made");
        fs::write(picture, name).expect("written");
        Run { cases, ..run }
    })
}

#[test]
fn the_page_shows_the_worst_patient_of_both_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let [baseline, mut candidate] = runs(folder.path());
    let command = "<script>alert(1)</script>".to_owned();
    candidate.manifest.provenance.identity.planners =
        vec![results::PlannerIdentity::Command { command, files: Vec::new() }];
    let comparison = compare(&baseline, &candidate, &Margins::default()).expect("comparable");
    let path = write(&comparison, &baseline, &candidate, &folder.path().join("out")).expect("written");
    let page = fs::read_to_string(path).expect("a page");
    assert!(page.contains("s · case 5") && page.contains(&comparison.verdict()));
    for name in ["baseline", "candidate"] {
        assert!(page.contains(&crate::text::base64(name.as_bytes())), "the picture of the {name}");
    }
    assert!(!page.contains("<script>"), "names are escaped");
    assert!(!page.contains("src=\"http"), "nothing is fetched from elsewhere");
}

#[test]
fn markdown_names_what_decides_and_who_fared_worse() {
    let folder = tempfile::tempdir().expect("a folder");
    let [baseline, mut candidate] = runs(folder.path());
    let identity = &mut candidate.manifest.provenance.identity;
    identity.fault = Some("tilted:8".into());
    identity.scenarios[0].noise_seed = Some(3);
    let comparison = compare(&baseline, &candidate, &Margins::default()).expect("comparable");
    let text = markdown(&comparison, &baseline, &candidate);
    assert!(text.starts_with(&format!("### Plumbline: {}\n", comparison.verdict())), "{text}");
    assert!(text.contains("- s case 5: plan.disc_angle_deg@"), "{text}");
    assert!(text.contains("Candidate: cmd:made-up, planted fault tilted:8, noise seed 3."), "{text}");
    let columns = text.lines().filter(|line| line.starts_with('|')).map(|line| line.matches('|').count());
    assert!(columns.clone().count() > 10 && columns.clone().all(|bars| bars == 8), "{text}");

    let same = compare(&baseline, &baseline, &Margins::default()).expect("comparable");
    assert!(!markdown(&same, &baseline, &baseline).contains("fared worse"));
}
