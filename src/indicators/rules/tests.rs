use super::{
    DoneTask, Figure, Incoming, Indicator, Month, Months, Subject, of_incoming, of_meeting, of_number,
    of_slip, of_task,
};
use crate::clock::Timestamp;
use crate::identity::{PersonId, UnitId};

fn at(text: &str) -> Timestamp {
    Timestamp::from_input(text).unwrap()
}

#[test]
fn a_share_is_rounded_for_the_eye_and_not_for_the_target() {
    assert_eq!(Figure::new(7, 8).permille(), Some(875));
    assert_eq!(Figure::new(2, 3).permille(), Some(667));
    assert_eq!(Figure::new(0, 0).permille(), None);
    let nearly = Figure::new(1_999, 2_500);
    assert_eq!(nearly.permille(), Some(800));
    assert_eq!(nearly.reaches(80), Some(false));
    assert_eq!(Figure::new(4, 5).reaches(80), Some(true));
    assert_eq!(Figure::new(0, 0).reaches(80), None);
}

#[test]
fn a_task_counts_by_its_report_and_in_the_unit_that_leads() {
    let unit = UnitId::new();
    let due_at = at("2026-11-27T17:00");
    let task = DoneTask { person: PersonId::new(), lead_unit: unit, due_at, reported_at: due_at };
    assert_eq!(of_task(&task).figure, Figure::new(1, 1));
    assert_eq!(of_task(&task).unit, Some(unit));
    let late = DoneTask { reported_at: due_at.plus_seconds(1), ..task };
    assert_eq!(of_task(&late).figure, Figure::new(0, 1));
}

#[test]
fn a_letter_that_was_turned_away_is_not_late_at_the_register() {
    let document = Incoming {
        clerk: PersonId::new(),
        arrived_at: at("2026-11-23T23:30"),
        registered_at: Some(at("2026-11-24T00:10")),
        is_turned_away: false,
        lead_unit: None,
        deadline: None,
        completed: None,
    };
    assert_eq!(of_incoming(&document)[0].figure, Figure::new(0, 1), "the day is the office's");
    let same = Incoming { registered_at: Some(at("2026-11-23T23:59")), ..document };
    assert_eq!(of_incoming(&same)[0].figure, Figure::new(1, 1));
    assert_eq!(of_incoming(&Incoming { is_turned_away: true, registered_at: None, ..document }), []);
}

#[test]
fn a_letter_without_a_deadline_is_neither_in_time_nor_late() {
    let done = (at("2026-11-25T10:00"), PersonId::new());
    let document = Incoming {
        clerk: done.1,
        arrived_at: at("2026-11-23T08:00"),
        registered_at: Some(at("2026-11-23T09:00")),
        is_turned_away: false,
        lead_unit: Some(UnitId::new()),
        deadline: None,
        completed: Some(done),
    };
    assert_eq!(of_incoming(&document).len(), 1);
    let with = Incoming { deadline: Some(done.0), ..document };
    assert_eq!(of_incoming(&with)[1].indicator, Indicator::IncomingOnTime);
    assert_eq!(of_incoming(&with)[1].figure, Figure::new(1, 1));
}

#[test]
fn who_never_answers_is_late() {
    let (deadline, closed) = (at("2026-11-25T17:00"), at("2026-11-26T08:00"));
    let slip = |answered| of_slip(PersonId::new(), answered, (deadline, closed)).figure;
    assert_eq!(slip(None), Figure::new(0, 1));
    assert_eq!(slip(Some(deadline)), Figure::new(1, 1));
    assert_eq!(slip(Some(closed)), Figure::new(0, 1));
}

#[test]
fn an_unused_number_is_a_document_on_paper() {
    let (person, day) = (PersonId::new(), at("2026-11-23T00:00"));
    assert_eq!(of_number(person, day, false), []);
    assert_eq!(of_number(person, day, true)[0].figure, Figure::new(0, 1));
}

#[test]
fn a_meeting_without_papers_is_not_called_paperless() {
    let meeting = super::EndedMeeting {
        organiser: PersonId::new(),
        started_at: at("2026-11-23T08:00"),
        papers: 0,
        pages: 0,
    };
    assert_eq!(of_meeting(&meeting)[0].figure, Figure::new(0, 1));
    assert_eq!(of_meeting(&meeting).len(), 1);
    let facts = of_meeting(&super::EndedMeeting { papers: 1, pages: 30, ..meeting });
    assert_eq!((facts[0].figure, facts[1].figure), (Figure::new(1, 1), Figure::new(30, 0)));
}

#[test]
fn months_run_over_the_year_and_have_an_end() {
    let month = |text| Month::read(text).unwrap();
    let months = Months::new(month("2025-11"), month("2026-02")).unwrap().each();
    assert_eq!(
        months.iter().map(|one| one.code()).collect::<Vec<_>>(),
        ["2025-11", "2025-12", "2026-01", "2026-02"]
    );
    assert_eq!(Months::new(month("2026-02"), month("2025-11")), None);
    assert_eq!(Months::new(month("2020-01"), month("2023-01")), None);
    assert!(Months::new(month("2020-01"), month("2022-12")).is_some());
    assert_eq!(Month::of(at("2026-11-30T23:59")).name(), "11/2026");
    assert_eq!(month("2026-11").start().for_input(), "2026-11-01T00:00");
    assert_eq!(Month::read("2026-13"), None);
}

#[test]
fn what_the_log_names_is_read_and_the_rest_left() {
    let id = PersonId::new();
    assert_eq!(Subject::read(&format!("task:{id}")), Some(Subject::Task(id.into())));
    assert_eq!(Subject::read(&format!("person:{id}")), None);
    assert_eq!(Subject::read("task:1"), None);
}
