//! The desk, and what refusals say.

mod acts;
mod exchanged;
mod page;
mod printing;
mod register;
mod turn;

use askama::Template;
use axum::Router;
use axum::extract::State as Service;
use axum::response::Html;
use axum::routing::get;

use self::exchanged::MessageLine;
use super::actions::IncomingError;
use super::letters::web::{LetterRow, waiting as letters_waiting};
use super::rules::{Due, ParticularsError, Priority, State, due};
use super::store::Line;
use super::{desk, exchanged as inbox, letters, sent};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::exchange;
use crate::identity::{self, Actor, Chrome, Section};
use crate::lights::{Badge, Light};
use crate::lookout::{self, Unread};
use crate::outgoing::Dispatch;
use crate::papers::web::{paper_refusal, upload_refusal};
use crate::registers::printed;
use crate::web::{self, App, Now};

pub fn router() -> Router<App> {
    Router::new()
        .route("/incoming", get(show))
        .merge(acts::router())
        .merge(exchanged::router())
        .merge(register::router())
        .merge(printing::router())
        .merge(page::router())
        .merge(letters::web::router())
}

impl From<IncomingError> for web::Error {
    fn from(error: IncomingError) -> Self {
        match error {
            IncomingError::NotFound => Self::NotFound,
            IncomingError::NotAClerk => Self::Forbidden("incoming-not-a-clerk".into()),
            IncomingError::NotYours => Self::Forbidden("incoming-not-yours".into()),
            IncomingError::NotNow(state) => Self::Conflict(not_now(state).into()),
            IncomingError::Stale => Self::Conflict("incoming-stale".into()),
            IncomingError::BrokenSignature => Self::Conflict("incoming-broken-signature".into()),
            IncomingError::NotLooked => Self::Invalid("incoming-not-looked".into()),
            IncomingError::Twins(_) => Self::Conflict("incoming-twins".into()),
            IncomingError::Particulars(error) => Self::Invalid(particulars(error).into()),
            IncomingError::Reason => Self::Invalid("incoming-reason".into()),
            IncomingError::Text => Self::Invalid("incoming-text".into()),
            IncomingError::Deadline => Self::Invalid("incoming-deadline-wrong".into()),
            IncomingError::NoLead => Self::Invalid("incoming-no-lead".into()),
            IncomingError::Nobody => Self::Invalid("incoming-nobody".into()),
            IncomingError::Paper(error) => paper_refusal(error),
            IncomingError::Number(error) => error.into(),
            IncomingError::Upload(error) => upload_refusal(error),
            IncomingError::Exchange(error) => error.into(),
            IncomingError::Storage(error) => error.into(),
            IncomingError::Sent(error) => error.into(),
            IncomingError::Print(error) => error.into(),
            IncomingError::Verdict(error) => Self::internal(error),
            IncomingError::Job(error) => error.into(),
            IncomingError::Db(error) => error.into(),
        }
    }
}

fn particulars(error: ParticularsError) -> &'static str {
    match error {
        ParticularsError::Symbol => "incoming-symbol-wrong",
        ParticularsError::Date => "incoming-date-wrong",
        ParticularsError::Sender => "incoming-sender-wrong",
        ParticularsError::Subject => "incoming-subject-wrong",
        ParticularsError::Signer => "incoming-signer-wrong",
        ParticularsError::Priority => "error-form",
    }
}

/// Why nothing more, or not this, can be done in a state.
fn not_now(state: State) -> &'static str {
    match state {
        State::Arrived => "incoming-not-now-arrived",
        State::Verified => "incoming-not-now-verified",
        State::Refused => "incoming-not-now-refused",
        State::Registered => "incoming-not-now-registered",
        State::Presented => "incoming-not-now-presented",
        State::Directed => "incoming-not-now-directed",
        State::Assigned | State::InProgress => "incoming-not-now-at-work",
        State::InfoOnly => "incoming-not-now-info-only",
        State::Completed => "incoming-not-now-completed",
        State::Filed => "incoming-not-now-filed",
        State::Returned => "incoming-not-now-returned",
        State::Recalled => "incoming-not-now-recalled",
    }
}

/// A state, a verdict or a deadline as a badge: shape, word and colour.
#[derive(Clone, Debug)]
struct Sign {
    kind: &'static str,
    icon: &'static str,
    word: String,
}

fn state_sign(chrome: &Chrome, state: State) -> Sign {
    let (kind, icon) = match state {
        State::Arrived | State::Verified => ("now", "inbox"),
        State::Registered => ("now", "register"),
        State::Presented => ("now", "person"),
        State::Directed => ("warn", "people"),
        State::Assigned | State::InProgress => ("", "wait"),
        State::InfoOnly => ("", "eye"),
        State::Completed => ("good", "good"),
        State::Filed => ("good", "archive"),
        State::Refused | State::Returned | State::Recalled => ("bad", "bad"),
    };
    Sign { kind, icon, word: chrome.t(&format!("incoming-state-{}", state.as_str().replace('_', "-"))) }
}

/// A file nobody signed has no light elsewhere; at the door that is worth a word.
fn verdict_sign(chrome: &Chrome, verdict: Light) -> Sign {
    let unsigned = Badge { kind: "", icon: "paper", word: "incoming-unsigned" };
    let badge = verdict.badge().unwrap_or(unsigned);
    Sign { kind: badge.kind, icon: badge.icon, word: chrome.t(badge.word) }
}

fn priority_sign(chrome: &Chrome, priority: Priority) -> Option<Sign> {
    let kind = if priority == Priority::Urgent { "warn" } else { "bad" };
    (priority != Priority::Normal).then(|| Sign { kind, icon: "warn", word: priority_word(chrome, priority) })
}

fn priority_word(chrome: &Chrome, priority: Priority) -> String {
    chrome.t(&format!("incoming-priority-{}", priority.number()))
}

fn due_sign(chrome: &Chrome, deadline: Timestamp, completed_at: Option<Timestamp>, now: Timestamp) -> Sign {
    let (kind, icon, key) = match due(deadline, completed_at, now) {
        Due::Open => ("", "clock", "incoming-due"),
        Due::Soon => ("warn", "clock", "incoming-due-soon"),
        Due::Late => ("bad", "warn", "incoming-due-late"),
        Due::KeptInTime => ("good", "good", "incoming-kept-in-time"),
        Due::KeptLate => ("warn", "clock", "incoming-kept-late"),
    };
    Sign { kind, icon, word: chrome.t1(key, "date", deadline.date()) }
}

/// A document in a list, every word chosen.
struct Row {
    link: String,
    /// Number and symbol, or what arrived when nothing is written down yet.
    title: String,
    more: String,
    number: Option<i64>,
    arrived: String,
    lead: Option<String>,
    state: Sign,
    signs: Vec<Sign>,
}

impl Row {
    fn of(chrome: &Chrome, line: Line, now: Timestamp) -> Self {
        let mut signs: Vec<Sign> = priority_sign(chrome, line.priority).into_iter().collect();
        if matches!(line.state, State::Arrived | State::Verified) {
            signs.extend(line.verdict.map(|verdict| verdict_sign(chrome, verdict)));
        }
        signs.extend(line.deadline.map(|deadline| due_sign(chrome, deadline, line.completed_at, now)));
        let day = line.dated_on.map(|day| day.date());
        let parts = [Some(line.symbol), day, Some(line.sender)].into_iter().flatten();
        Self {
            link: super::urls::document(line.id),
            title: line.subject,
            more: parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
            number: line.arrival_number,
            arrived: line.registered_at.unwrap_or(line.arrived_at).date_time(),
            lead: line.lead_unit,
            state: state_sign(chrome, line.state),
            signs,
        }
    }
}

/// A part of the desk: what waits for one kind of act.
struct Pile {
    id: &'static str,
    title: String,
    icon: &'static str,
    /// Said when it is empty; `None` leaves an empty pile out.
    none: Option<String>,
    rows: Vec<Row>,
}

/// What another organisation of this installation sent.
struct SentRow {
    take: String,
    title: String,
    more: String,
}

impl SentRow {
    fn of(sent: Dispatch) -> Self {
        let symbol = format!("{}/{}", printed(sent.number), sent.symbol);
        Self {
            take: super::urls::take(sent.id),
            title: sent.subject,
            more: [symbol, sent.day.date(), sent.sender_name].join(" · "),
        }
    }
}

#[derive(Template)]
#[template(path = "incoming/desk.html")]
struct DeskPage {
    chrome: Chrome,
    is_clerk: bool,
    /// The register is theirs to read; others search what concerns them.
    reads_register: bool,
    sent: Vec<SentRow>,
    messages: Vec<MessageLine>,
    /// Messages that could not be taken: file and reason.
    rejected: Vec<(String, String)>,
    letters: Vec<LetterRow>,
    /// Letters may come, although none waits.
    has_mailbox: bool,
    /// Where nothing comes from at the moment.
    unread: Vec<String>,
    piles: Vec<Pile>,
}

/// What clerks are told of places that cannot be read, as far as the settings still name them.
async fn unread_places(
    tx: &mut Tx,
    app: &App,
    chrome: &Chrome,
    office: &str,
) -> Result<Vec<String>, web::Error> {
    let mailboxes = app.config.mailboxes.iter().filter(|one| one.organisation == office);
    let mailboxes: Vec<String> = mailboxes.map(|one| one.url.name()).collect();
    let has_exchange = app.config.exchange.iter().any(|one| one.organisation == office);
    let told = |Unread { place, since }| match since.date_time() {
        since if place == exchange::folder::PLACE => {
            has_exchange.then(|| chrome.t1("incoming-unread-exchange", "since", since))
        }
        since => mailboxes
            .contains(&place)
            .then(|| chrome.t2("incoming-unread-mailbox", "name", &place, "since", since)),
    };
    Ok(lookout::unread(tx, office).await?.into_iter().filter_map(told).collect())
}

async fn show(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let desk = desk::desk(&mut tx, &actor).await?;
    let is_clerk = desk.is_clerk;
    let sent = if is_clerk { sent::waiting(&mut tx, &actor).await? } else { Vec::new() };
    let sent: Vec<SentRow> = sent.into_iter().map(SentRow::of).collect();
    let messages = if is_clerk { exchanged::lines(&mut tx, &chrome, &actor).await? } else { Vec::new() };
    let rejected = if is_clerk { inbox::rejected(&mut tx, &actor, now).await? } else { Vec::new() };
    let letters = if is_clerk { letters_waiting(&mut tx, &chrome, &actor).await? } else { Vec::new() };
    let office = identity::store::organisation(&mut tx, actor.organisation).await?;
    let unread =
        if is_clerk { unread_places(&mut tx, &app, &chrome, &office.code).await? } else { Vec::new() };
    let kinds = [
        ("door", "inbox", desk.at_door, is_clerk),
        ("present", "person", desk.to_present, false),
        ("direct", "edit", desk.to_direct, false),
        ("assign", "people", desk.to_assign, false),
        ("work", "tasks", desk.to_do, false),
        ("file", "archive", desk.to_file, false),
        ("way", "wait", desk.under_way, false),
    ];
    let pile = |(id, icon, lines, always): (&'static str, &'static str, Vec<Line>, bool)| Pile {
        id,
        icon,
        title: chrome.t(&format!("incoming-pile-{id}")),
        none: always.then(|| chrome.t("incoming-door-empty")),
        rows: lines.into_iter().map(|line| Row::of(&chrome, line, now)).collect(),
    };
    let piles: Vec<Pile> = kinds.into_iter().map(pile).collect();
    let piles = piles.into_iter().filter(|pile| !pile.rows.is_empty() || pile.none.is_some()).collect();
    web::page(&DeskPage {
        chrome: chrome.at(Section::Incoming),
        is_clerk,
        reads_register: register::READERS.iter().any(|role| actor.is(*role)),
        sent,
        messages,
        rejected,
        letters,
        has_mailbox: is_clerk && app.config.mailboxes.iter().any(|one| one.organisation == office.code),
        unread,
        piles,
    })
}
