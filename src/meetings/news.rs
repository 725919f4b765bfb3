//! What people are told about a meeting: invited, changed, called off. Mails
//! carry it for the reader's calendar too.

use super::actions::MeetingError;
use super::calendar::{self, Event, Method};
use super::rules::MeetingRole;
use super::store::{self, Meeting, Participant, Plan};
use super::urls;
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::Actor;
use crate::identity::rules::clean_text;
use crate::notices::{self, Letter, Manner, Tidings};
use crate::web::{Lang, Message};

/// Texts that leave the house are in the office's language.
const LANG: Lang = Lang::Vi;

/// Invites people: what, when, where, and the agenda.
pub(super) async fn invite(
    tx: &mut Tx,
    actor: &Actor,
    meeting: &Meeting,
    people: &[Participant],
    now: Timestamp,
) -> Result<(), MeetingError> {
    let place = place(tx, meeting).await?;
    let items = store::items(tx, meeting.id).await?;
    let agenda: Vec<String> =
        (1..).zip(&items).map(|(number, item)| format!("{number}. {}", item.title)).collect();
    let letter = match super::invitation::signed_code(tx, meeting).await? {
        Some(code) => format!("{{address}}{}\n", crate::signing::urls::public(&code)),
        None => String::new(),
    };
    let body = format!(
        "{}\n{}\n{place}\n{letter}\n{}",
        meeting.title,
        meeting.starts_at.date_time(),
        agenda.join("\n")
    );
    let others = people.iter().filter(|person| person.person_id != actor.person).cloned().collect::<Vec<_>>();
    let news = News {
        subject: Message::with("invitation-notice", "title", &meeting.title).text(LANG),
        body: clean_text(&body),
        method: Method::Request,
    };
    news.tell(tx, meeting, &others, now).await
}

/// Tells everyone who was told of the meeting what is different now.
pub(super) async fn tell_changes(
    tx: &mut Tx,
    actor: &Actor,
    before: (&Meeting, &Plan),
    after: &Meeting,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let plan = store::plan(tx, after.id).await?;
    let lines = [
        changed("meeting-change-title", before.0.title.clone(), after.title.clone()),
        changed("meeting-change-time", span(before.0), span(after)),
        changed(
            "meeting-change-place",
            room_name(tx, before.0).await?.unwrap_or_default(),
            room_name(tx, after).await?.unwrap_or_default(),
        ),
        changed("meeting-change-online", before.1.online_url.clone(), plan.online_url),
    ];
    let mut lines: Vec<String> = lines.into_iter().flatten().collect();
    if before.0.is_at_another_time(after) {
        lines.push(LANG.t("meeting-change-answer"));
    }
    if lines.is_empty() {
        return Ok(());
    }
    store::next_sequence(tx, after.id).await?;
    let people = others(store::participants(tx, after.id).await?, actor);
    let news = News {
        subject: Message::with("meeting-changed-notice", "title", &after.title).text(LANG),
        body: clean_text(&lines.join("\n")),
        method: Method::Request,
    };
    news.tell(tx, after, &people, now).await
}

/// `Thời gian: 08:00 → 09:00`; `None` when nothing changed.
fn changed(key: &'static str, before: String, after: String) -> Option<String> {
    let or_none = |text: String| if text.is_empty() { "–".to_owned() } else { text };
    (before != after).then(|| LANG.t_with(key, &[("old", &or_none(before)), ("new", &or_none(after))]))
}

fn span(meeting: &Meeting) -> String {
    format!("{} – {}", meeting.starts_at.date_time(), meeting.ends_at.date_time())
}

/// Tells people that the meeting is off, or off for them.
pub(super) async fn tell_called_off(
    tx: &mut Tx,
    meeting: &Meeting,
    people: &[Participant],
    key: &'static str,
    now: Timestamp,
) -> Result<(), MeetingError> {
    store::next_sequence(tx, meeting.id).await?;
    let news = News {
        subject: Message::with(key, "title", &meeting.title).text(LANG),
        body: meeting.starts_at.date_time(),
        method: Method::Cancel,
    };
    news.tell(tx, meeting, people, now).await
}

/// Tells people something about the meeting that no calendar needs to know.
pub(super) async fn tell(
    tx: &mut Tx,
    meeting: &Meeting,
    people: &[Participant],
    subject: &str,
    body: &str,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let link = urls::meeting(meeting.id);
    let tidings = Tidings { organisation: meeting.organisation_id, subject, link: &link, body };
    let manner = Manner { calendar: None, is_discreet: store::plan(tx, meeting.id).await?.restricted };
    let letters: Vec<Letter<'_>> = people
        .iter()
        .map(|person| Letter { person: person.person_id, email: &person.email, tidings, manner })
        .collect();
    Ok(notices::actions::tell_all(tx, meeting.organisation_id, &letters, now).await?)
}

fn others(people: Vec<Participant>, actor: &Actor) -> Vec<Participant> {
    people.into_iter().filter(|person| person.person_id != actor.person).collect()
}

struct News {
    subject: String,
    body: String,
    method: Method,
}

impl News {
    async fn tell(
        &self,
        tx: &mut Tx,
        meeting: &Meeting,
        people: &[Participant],
        now: Timestamp,
    ) -> Result<(), MeetingError> {
        let organiser = organiser(tx, meeting).await?;
        let mut event = event(tx, meeting).await?;
        event.is_cancelled = self.method == Method::Cancel;
        let is_discreet = store::plan(tx, meeting.id).await?.restricted;
        let pages: Vec<(String, Option<String>)> = people
            .iter()
            .map(|person| {
                event.between = organiser.clone().map(|from| (from, person.email.clone()));
                let text = || calendar::text(self.method, std::slice::from_ref(&event), now);
                (self.link(meeting, person.role), event.between.is_some().then(text))
            })
            .collect();
        let mut letters = Vec::new();
        for (person, (link, calendar)) in people.iter().zip(&pages) {
            let tidings = Tidings {
                organisation: meeting.organisation_id,
                subject: &self.subject,
                link,
                body: &self.body,
            };
            let manner = Manner { calendar: calendar.as_deref(), is_discreet };
            letters.push(Letter { person: person.person_id, email: &person.email, tidings, manner });
        }
        Ok(notices::actions::tell_all(tx, meeting.organisation_id, &letters, now).await?)
    }
}

impl News {
    /// Two taps from the notice to the answer; chair and secretary are not
    /// asked, and who is no longer invited finds no meeting.
    fn link(&self, meeting: &Meeting, role: MeetingRole) -> String {
        match role {
            _ if self.method == Method::Cancel => urls::list(),
            MeetingRole::Chair | MeetingRole::Secretary => urls::meeting(meeting.id),
            MeetingRole::Delegate | MeetingRole::Guest => urls::answer(meeting.id),
        }
    }
}

/// Whose mail address a calendar shows as the one who invites.
async fn organiser(tx: &mut Tx, meeting: &Meeting) -> Result<Option<String>, db::Error> {
    let people = store::participants(tx, meeting.id).await?;
    let of = |role| people.iter().find(|person| person.role == role && !person.email.is_empty());
    let organiser = of(MeetingRole::Secretary).or_else(|| of(MeetingRole::Chair));
    Ok(organiser.map(|person| person.email.clone()))
}

/// A meeting as calendars show it. They lie on telephones and other people's
/// servers, so a restricted one has no title there.
pub async fn event(tx: &mut Tx, meeting: &Meeting) -> Result<Event, db::Error> {
    let plan = store::plan(tx, meeting.id).await?;
    Ok(Event {
        meeting: meeting.id,
        sequence: plan.sequence,
        starts_at: meeting.starts_at,
        ends_at: meeting.ends_at,
        summary: summary(&meeting.title, plan.restricted),
        place: place(tx, meeting).await?,
        link: None,
        is_cancelled: false,
        between: None,
    })
}

/// The title a calendar may hold.
pub fn summary(title: &str, restricted: bool) -> String {
    if restricted { LANG.t("calendar-restricted") } else { title.to_owned() }
}

async fn place(tx: &mut Tx, meeting: &Meeting) -> Result<String, db::Error> {
    let plan = store::plan(tx, meeting.id).await?;
    let parts = [room_name(tx, meeting).await?.unwrap_or_default(), plan.online_url];
    Ok(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n"))
}

async fn room_name(tx: &mut Tx, meeting: &Meeting) -> Result<Option<String>, db::Error> {
    let rooms = store::rooms(tx, meeting.organisation_id).await?;
    Ok(rooms.into_iter().find(|room| Some(room.id) == meeting.room_id).map(|room| room.name))
}
