use phantom::findings::{Fusion, Prosthesis};
use phantom::{Population, SpineParameters};
use randomness::Stream;

use super::*;

fn patient() -> SpineParameters {
    Population::adult_lumbar().sample(&Stream::from_seed(4))
}

fn lines(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

fn mark(screening: &Screening, question: Question) -> Mark {
    screening.marks().into_iter().find(|mark| mark.question == question).expect("a mark for every question")
}

#[test]
fn the_patient_discloses_the_screws_of_the_phantom() {
    use geometry::{Disc, Vertebra};
    let mut operated = patient();
    operated.findings.fusions = vec![Fusion { from: Vertebra::L4, to: Vertebra::S1, cage: true }];
    operated.findings.prostheses = vec![Prosthesis { disc: Disc::between(Vertebra::L3, Vertebra::L4) }];
    let mut screening = Screening::for_patient(&operated, &[]).expect("no lines, no mistake");
    assert_eq!(screening.reply(Question::OtherImplant), None, "not before it is asked");
    let words = screening.ask(Question::OtherImplant).expect("asked").to_owned();
    assert!(words.contains("L4–S1, titanium, cages") && words.contains("prosthesis L3/L4"), "{words}");
    assert!(screening.problems().iter().any(|problem| problem.severity == Severity::Error));
    screening.decide(Question::OtherImplant, Decision::ConditionsChecked).expect("asked");
    assert!(screening.card(Question::OtherImplant).expect("looked at").starts_with("MR conditional"));
    assert!(mark(&screening, Question::OtherImplant).ok);
    screening.decide(Question::OtherImplant, Decision::Proceed).expect("asked");
    let skipped = mark(&screening, Question::OtherImplant);
    assert!(!skipped.ok && !skipped.grave, "{skipped:?}");
}

#[test]
fn an_unsafe_device_is_grave_unless_the_radiologist_decides() {
    let disclosed = lines(&["cardiac-device: pacemaker since 2009 [unsafe]", "neurostimulator: a pump, I think"]);
    let fresh = || Screening::for_patient(&patient(), &disclosed).expect("readable");
    assert!(mark(&fresh(), Question::CardiacDevice).grave, "it was not even asked");
    for (question, words, answer) in [
        (Question::CardiacDevice, "pacemaker since 2009", "called off"),
        (Question::Neurostimulator, "a pump, I think", "put off"),
    ] {
        let mut screening = fresh();
        assert_eq!(screening.ask(question), Some(words));
        for decision in [Decision::Proceed, Decision::ConditionsChecked, Decision::Removed] {
            screening.decide(question, decision).expect("asked");
            assert!(mark(&screening, question).grave, "{question:?} {decision:?}");
            assert!(!screening.is_called_off());
        }
        screening.decide(question, Decision::CallRadiologist).expect("asked");
        assert!(mark(&screening, question).ok && screening.is_called_off());
        assert!(screening.radiologist(question).expect("called").contains(answer));
        assert!(screening.problems().iter().any(|problem| problem.severity == Severity::Error));
    }
}

#[test]
fn a_careful_screening_of_a_healthy_patient_is_all_right_and_a_careless_one_warns() {
    let disclosed = lines(&["worn-metal: wedding ring", "claustrophobia: a little"]);
    let mut screening = Screening::for_patient(&patient(), &disclosed).expect("readable");
    let questions: Vec<Question> = screening.questions().collect();
    assert_eq!(screening.problems().len(), questions.len());
    assert!(screening.problems().iter().all(|problem| problem.severity == Severity::Warning));
    assert!(screening.marks().iter().all(|mark| !mark.ok));
    for &question in &questions {
        screening.ask(question);
    }
    let left: Vec<Question> = screening.problems().into_iter().map(|problem| problem.question).collect();
    assert_eq!(left, [Question::WornMetal]);
    assert!(mark(&screening, Question::WornMetal).grave);
    screening.decide(Question::WornMetal, Decision::Removed).expect("asked");
    assert_eq!(screening.problems(), []);
    assert!(screening.marks().iter().all(|mark| mark.ok), "{:?}", screening.marks());
}

#[test]
fn nothing_is_decided_before_it_is_asked() {
    let mut screening = Screening::for_patient(&patient(), &[]).expect("no lines, no mistake");
    assert_eq!(screening.decide(Question::AneurysmClip, Decision::Proceed), Err(NotAsked(Question::AneurysmClip)));
}

#[test]
fn only_those_are_asked_for_pregnancy_who_may_be() {
    let asked = |parameters: &SpineParameters, texts: &[&str]| {
        let screening = Screening::for_patient(parameters, &lines(texts)).expect("readable");
        screening.questions().any(|question| question == Question::Pregnancy)
    };
    let mut person = patient();
    (person.person.sex, person.person.age_years) = (Sex::Female, 30.0);
    assert!(asked(&person, &[]));
    person.person.age_years = 70.0;
    assert!(!asked(&person, &[]));
    person.person.sex = Sex::Male;
    assert!(!asked(&person, &[]));
}

#[test]
fn a_pregnancy_that_nobody_acts_upon_is_grave() {
    let disclosed = lines(&["pregnancy: twelfth week"]);
    let mut screening = Screening::for_patient(&patient(), &disclosed).expect("readable");
    assert!(mark(&screening, Question::Pregnancy).grave, "it was not even asked");
    screening.ask(Question::Pregnancy);
    assert!(mark(&screening, Question::Pregnancy).grave, "nothing followed");
    screening.decide(Question::Pregnancy, Decision::Proceed).expect("asked");
    assert!(mark(&screening, Question::Pregnancy).grave, "the radiologist has to decide");
    screening.decide(Question::Pregnancy, Decision::CallRadiologist).expect("asked");
    assert!(mark(&screening, Question::Pregnancy).ok);
}

#[test]
fn a_line_that_is_no_answer_is_named() {
    let refused = |line: &str| Screening::for_patient(&patient(), &lines(&[line])).expect_err("no answer").to_string();
    assert!(refused("pacemaker: yes").contains("cardiac-device"), "{}", refused("pacemaker: yes"));
    assert!(refused("cardiac-device: yes [perhaps]").contains("[conditional]"));
    assert!(refused("pacemaker").contains("QUESTION: words"));
}

#[test]
fn keys_are_what_serde_writes() {
    for question in Question::ALL {
        assert_eq!(serde_json::to_string(&question).expect("serialises"), format!("\"{}\"", question.key()));
    }
}
