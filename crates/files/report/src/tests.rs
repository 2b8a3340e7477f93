use super::*;
use results::{PlannerIdentity, fixture};

#[test]
fn the_page_has_every_part_and_keeps_hostile_names_harmless() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut run = fixture::run(folder.path());
    let command = "<script>alert(1)</script>".into();
    run.manifest.provenance.identity.planners = vec![PlannerIdentity::Command { command, files: Vec::new() }];
    let path = write(&run).expect("written");
    let page = fs::read_to_string(path).expect("a page");
    for part in ["Criteria", "Two arms", "Figures", "Cases", "Methods and limits", "Provenance", "<svg"] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("<script>"), "names are escaped");
    assert!(!page.contains("src=\"http") && !page.contains("href=\"http"), "nothing is fetched from elsewhere");
    assert!(folder.path().join("figures/disc-angle.svg").exists());
}

#[test]
fn the_same_results_give_the_same_page_and_none_give_a_page_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = fixture::run(folder.path());
    assert!(html(&run, &figures::all(&run)) == html(&run, &figures::all(&run)));
    let page = html(&run, &[]);
    assert!(page.contains("agreement.angle_sd_deg@L5/S1"), "agreement is shown at each level");
    let explained = results::metrics::all().iter().all(|metric| page.contains(metric.name));
    assert!(explained, "every metric is explained");
    for target in page.split("href=\"#").skip(1).filter_map(|rest| rest.split_once('"')) {
        assert!(page.contains(&format!("id=\"{}\"", target.0)), "#{} leads nowhere", target.0);
    }
    let empty = Run { cases: Vec::new(), ..run };
    assert!(html(&empty, &figures::all(&empty)).contains("Criteria"));
}

#[test]
fn the_head_says_which_planner_and_when_and_one_arm_is_called_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut run = fixture::run(folder.path());
    let page = html(&run, &[]);
    assert!(page.contains("<title>Plumbline: s, cmd:made-up, 2026-03-01</title>"));
    assert!(page.contains("Two arms") && !page.contains("Three arms"));
    run.manifest.by_arm.retain(|arm, _| arm == "automated");
    assert!(html(&run, &[]).contains("<h2>The automated arm</h2>"));
}

#[test]
fn a_planner_without_segmentation_has_a_short_mark_and_a_note() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut run = fixture::run(folder.path());
    run.manifest.scenarios[0].criteria[0].not_applicable = true;
    let page = html(&run, &[]);
    assert!(page.contains("<td class=\"mark\">n/a</td>"));
    assert!(page.contains("answers with a plan and no segmentation"));
}

/// Half a megabyte each, as the pictures of real cases.
#[test]
fn a_large_cohort_stays_below_30_megabytes_and_no_case_is_out_of_reach() {
    const CASES: u64 = 1522;
    let folder = tempfile::tempdir().expect("a folder");
    let mut run = fixture::run(folder.path());
    run.cases = (0..CASES).map(|number| fixture::case(number, 1.0)).collect();
    let first = run_store::files::sheet_path(folder.path(), "s", 0);
    fs::create_dir_all(first.parent().expect("a folder")).expect("made");
    fs::write(&first, vec![7; 540_000]).expect("written");
    for number in 1..CASES {
        fs::hard_link(&first, run_store::files::sheet_path(folder.path(), "s", number)).expect("a picture");
    }
    let page = fs::read_to_string(write(&run).expect("written")).expect("a page");
    assert!(page.len() < 30_000_000, "{} bytes", page.len());
    assert_eq!(page.matches("data:image/png").count(), 24);
    for number in 0..CASES {
        assert!(page.contains(&format!("href=\"pictures/s/case-{number:06}.png\"")), "case {number}");
    }
}
