//! The official form of the minutes, filled with what happened.

use typeset::{
    AgendaItem, Attendance as AttendanceForm, Letterhead, Minutes as MinutesForm, NumberLine, Paper,
    PlaceLine, Present, Proceeding, Substitute, Vote as VoteForm, VoteOption,
};

use super::actions::CONCLUSION;
use super::correction;
use super::record::{self, Notes};
use super::store::{self, Minutes};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::store::Organisation;
use crate::identity::{self, PersonId};
use crate::meetings;
use crate::meetings::rules::{Attendance, MeetingRole, Presence};
use crate::meetings::store::{AgendaPaper, Item, Meeting, MeetingType, Participant};
use crate::signing;
use crate::voting;
use crate::voting::rules::{Count, VoteKind};
use crate::voting::store::{Vote, VoteResult};
use crate::voting::web::result::{choice_label, decided_by_key, outcome_key, rule_text};
use crate::web::{App, Lang};

/// Documents are in Vietnamese, whatever language the secretary reads in.
const LANG: Lang = Lang::Vi;

/// Fills the form. `code` is the one the QR leads to, once there is one.
pub(super) async fn minutes(
    tx: &mut Tx,
    app: &App,
    meeting: &Meeting,
    minutes: &Minutes,
    code: Option<&str>,
) -> Result<MinutesForm, db::Error> {
    let organisation = identity::store::organisation(tx, meeting.organisation_id).await?;
    let kind = meetings::store::meeting_type(tx, meeting.type_id).await?;
    let people = meetings::store::participants(tx, meeting.id).await?;
    let items = meetings::store::items(tx, meeting.id).await?;
    let papers = meetings::store::agenda_papers(tx, meeting.id, PersonId::default()).await?;
    let texts = store::texts(tx, minutes.id).await?;
    let record = record::read(tx, meeting).await?;
    let text_of = |part: &str| texts.iter().find(|text| text.part == part).map(|text| paragraphs(&text.text));
    let rooms = meetings::store::rooms(tx, meeting.organisation_id).await?;
    let room = rooms.into_iter().find(|room| Some(room.id) == meeting.room_id).map(|room| room.name);
    let proceeding = |item: &Item| {
        let text = text_of(&item.id.to_string()).unwrap_or_default();
        proceeding(item, &papers, record.of(item.id), text)
    };
    let started_at = meeting.started_at.unwrap_or(meeting.starts_at);
    let ended_at = meeting.ended_at.unwrap_or(meeting.ends_at);
    Ok(MinutesForm {
        banner: app.config.test_authority.then(|| LANG.t("banner-test-office")),
        letterhead: letterhead(organisation.clone(), &kind, ended_at),
        subject: meeting.title.clone(),
        correction: correction::sentence(tx, minutes).await?,
        started_at: started_at.in_office().datetime(),
        ended_at: ended_at.in_office().datetime(),
        venue: room.unwrap_or_else(|| organisation.name.clone()),
        attendance: attendance(&people, &kind, started_at),
        agenda: items.iter().map(agenda_item).collect(),
        course: record.course.clone(),
        proceedings: items.iter().map(proceeding).collect(),
        votes: votes(tx, meeting).await?,
        conclusions: text_of(CONCLUSION).unwrap_or_default(),
        recipients: vec!["Thành viên dự họp".to_owned(), "Lưu: VT".to_owned()],
        verify_url: code.map(|code| format!("{}{}", app.config.public_url(), signing::urls::public(code))),
    })
}

/// The upper part of page one; room is left for a number, should the office give one.
fn letterhead(organisation: Organisation, kind: &MeetingType, ended_at: Timestamp) -> Letterhead {
    Letterhead {
        parent_body: Some(organisation.parent_name),
        issuing_body: kind.body_name.clone(),
        number_line: Some(NumberLine { number: None, symbol: format!("BB-{}", symbol(&kind.body_name)) }),
        place_line: Some(PlaceLine { place: organisation.place, date: Some(ended_at.in_office().date()) }),
    }
}

/// The letters of a body in document symbols: `UBND` for "Ủy ban nhân dân …".
fn symbol(body_name: &str) -> &'static str {
    let folded = identity::rules::fold(body_name);
    if folded.starts_with("hoi dong nhan dan") || folded.starts_with("hdnd") {
        "HĐND"
    } else if folded.starts_with("dang uy") {
        "ĐU"
    } else {
        "UBND"
    }
}

/// Paragraphs as typed; an empty line only divides.
fn paragraphs(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn attendance(people: &[Participant], kind: &MeetingType, started_at: Timestamp) -> AttendanceForm {
    let presence = Presence::count(people.iter().map(|one| (one.role, one.member, &one.attendance)));
    let with_role = |role: MeetingRole| people.iter().filter(move |one| one.role == role);
    let nobody = || typeset::Person { name: String::new(), position: String::new() };
    let members = || people.iter().filter(|one| one.member);
    let quorum = if kind.terms.quorum.is_reached(presence.present_members, presence.total_members) {
        format!("Đủ số thành viên theo quy định (từ {} tổng số thành viên).", kind.terms.quorum)
    } else {
        format!("Không đủ số thành viên theo quy định (từ {} tổng số thành viên).", kind.terms.quorum)
    };
    AttendanceForm {
        members_total: count(presence.total_members),
        chair: with_role(MeetingRole::Chair).next().map_or_else(nobody, person),
        secretary: with_role(MeetingRole::Secretary).next().map_or_else(nobody, person),
        present: members().filter(|one| was_there(one)).map(|one| present(one, started_at)).collect(),
        absent: members().filter(|one| !was_there(one)).map(absent).collect(),
        substitutes: people.iter().filter_map(|one| substitute(one, people)).collect(),
        guests: with_role(MeetingRole::Guest).filter(|one| was_there(one)).map(person).collect(),
        quorum: Some(quorum),
    }
}

fn was_there(one: &Participant) -> bool {
    one.attendance.is_there() || one.attendance == Attendance::LeftEarly
}

fn person(one: &Participant) -> typeset::Person {
    typeset::Person { name: one.full_name.clone(), position: one.position.clone() }
}

fn present(one: &Participant, started_at: Timestamp) -> Present {
    let is_late = one.checked_in_at.is_some_and(|at| at > started_at);
    let left = one.left_at.filter(|_| one.attendance == Attendance::LeftEarly);
    let remarks = [
        (one.attendance == Attendance::Online).then(|| "trực tuyến".to_owned()),
        is_late.then(|| "đến muộn".to_owned()),
        left.map(|at| format!("về lúc {}", at.time())),
    ];
    let remark = remarks.into_iter().flatten().collect::<Vec<_>>().join(", ");
    Present {
        person: person(one),
        checked_in: one.checked_in_at.map(time),
        remark: (!remark.is_empty()).then_some(remark),
    }
}

fn absent(one: &Participant) -> typeset::Absent {
    let reason = match one.attendance {
        Attendance::AbsentExcused if one.absence_reason.is_empty() => Some("có lý do".to_owned()),
        Attendance::AbsentExcused => Some(one.absence_reason.clone()),
        _ => None,
    };
    typeset::Absent { person: person(one), reason }
}

fn substitute(one: &Participant, people: &[Participant]) -> Option<Substitute> {
    let member = people.iter().find(|member| Some(member.person_id) == one.substitute_for)?;
    Some(Substitute { person: person(one), instead_of: member.full_name.clone() })
}

fn agenda_item(item: &Item) -> AgendaItem {
    AgendaItem { title: item.title.clone(), presenter: presenter(item) }
}

fn presenter(item: &Item) -> Option<String> {
    (!item.presenter.is_empty()).then(|| item.presenter.clone())
}

fn proceeding(item: &Item, papers: &[AgendaPaper], notes: Notes, text: Vec<String>) -> Proceeding {
    let of_item = papers.iter().filter(|paper| paper.item_id == item.id);
    Proceeding {
        title: item.title.clone(),
        presenter: presenter(item),
        from: item.started_at.map(time),
        to: item.ended_at.map(time),
        papers: of_item
            .map(|paper| Paper { title: paper.title.clone(), sha256: paper.sha256.clone() })
            .collect(),
        opinions: notes.opinions,
        speeches: notes.speeches,
        questions: notes.questions,
        text,
    }
}

fn time(at: Timestamp) -> jiff::civil::Time {
    at.in_office().time()
}

async fn votes(tx: &mut Tx, meeting: &Meeting) -> Result<Vec<VoteForm>, db::Error> {
    let votes = voting::store::votes_of(tx, meeting.id).await?;
    let results = voting::store::results_of(tx, meeting.id).await?;
    let forms = votes.iter().filter_map(|vote| {
        let (_, result) = results.iter().find(|(of, _)| *of == vote.id)?;
        Some(vote_form(vote, result))
    });
    Ok(forms.collect())
}

fn vote_form(vote: &Vote, result: &VoteResult) -> VoteForm {
    let tally = &result.tally;
    let option = |ballots: &Count| VoteOption {
        label: choice_label(LANG, vote, &ballots.choice),
        count: count(ballots.ballots),
    };
    let outcome = LANG.t(outcome_key(result.outcome));
    VoteForm {
        subject: vote.question.clone(),
        method: LANG.t(method_key(vote.kind)),
        eligible: count(tally.total_members),
        present: count(tally.present),
        proxies: count(tally.proxies),
        invalid: count(tally.invalid),
        voted: count(tally.voted),
        not_voting: count(tally.not_voting),
        options: tally.counts.iter().map(option).collect(),
        rule: rule_text(LANG, vote),
        outcome: match decided_by_key(result.decided_by) {
            Some(why) => format!("{outcome}. {}", LANG.t(why)),
            None => outcome,
        },
    }
}

fn method_key(kind: VoteKind) -> &'static str {
    match kind {
        VoteKind::Open => "method-open",
        VoteKind::Secret => "method-secret",
    }
}

/// Counts of people are small and never negative.
fn count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or_default()
}
