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
    for part in ["Criteria", "Three arms", "Figures", "Cases", "Methods and limits", "Provenance", "<svg"] {
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
    let explained = results::metrics::all().iter().all(|metric| page.contains(metric.name));
    assert!(explained, "every metric is explained");
    for target in page.split("href=\"#").skip(1).filter_map(|rest| rest.split_once('"')) {
        assert!(page.contains(&format!("id=\"{}\"", target.0)), "#{} leads nowhere", target.0);
    }
    let empty = Run { cases: Vec::new(), ..run };
    assert!(html(&empty, &figures::all(&empty)).contains("Criteria"));
}
