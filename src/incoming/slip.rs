//! The routing slip on paper (phiếu giải quyết văn bản đến): annex IV of decree
//! 30/2020/NĐ-CP, filled with what was said and done in the system.

use jiff::civil::Date;
use typeset::{Letterhead, PlaceLine, RoutingSlip, SlipLine, SlipRemark, SlipSection};

use super::IncomingId;
use super::actions::{IncomingError, find};
use super::rules::Act;
use super::store::{self, CourseLine, Document};
use crate::clock::Timestamp;
use crate::identity::{self, Actor};
use crate::registers::printing::{PrintError, banner, making, mark};
use crate::web::{App, Lang};

/// What stands under each heading of the annex.
const SECTIONS: [(&str, &[Act]); 3] = [
    ("incoming-slip-leader", &[Act::Direct, Act::Inform, Act::Reopen]),
    ("incoming-slip-unit", &[Act::Assign]),
    ("incoming-slip-work", &[Act::Report, Act::Help, Act::Answer, Act::Complete]),
];

/// The slip of a registered document as PDF/A, for those it concerns.
pub(super) async fn print(
    app: &App,
    actor: &Actor,
    id: IncomingId,
    now: Timestamp,
) -> Result<Vec<u8>, IncomingError> {
    let mut tx = app.db.read().await?;
    let document = find(&mut tx, actor, id).await?.document;
    let day = document.registered_at.ok_or(IncomingError::NotNow(document.state))?.in_office().date();
    let office = identity::store::organisation(&mut tx, actor.organisation).await?;
    let course = store::course(&mut tx, id).await?;
    drop(tx);
    let form = RoutingSlip {
        banner: banner(app),
        letterhead: letterhead(&office, day),
        title: Lang::Vi.t("incoming-slip"),
        about: about(&document),
        sections: SECTIONS.iter().map(|(title, acts)| section(title, acts, &course)).collect(),
        mark: mark(&actor.full_name, now),
    };
    let making = making(&office, ("incoming slip", &id.to_string()), now);
    let typesetter = app.typesetter.clone();
    let set = tokio::task::spawn_blocking(move || typesetter.routing_slip(&form, &making));
    Ok(set.await.map_err(PrintError::from)?.map_err(PrintError::from)?.pdf)
}

fn letterhead(office: &identity::store::Organisation, day: Date) -> Letterhead {
    Letterhead {
        parent_body: Some(office.parent_name.clone()).filter(|name| !name.is_empty()),
        issuing_body: office.name.clone(),
        number_line: None,
        place_line: Some(PlaceLine { place: office.place.clone(), date: Some(day) }),
    }
}

/// What the slip is about: the document, and under which number it arrived.
fn about(document: &Document) -> Vec<SlipLine> {
    let dated = document.dated_on.map(Timestamp::date).unwrap_or_default();
    let number = document.arrival_number.map(|number| number.to_string()).unwrap_or_default();
    let arrived = document.registered_at.map(Timestamp::date).unwrap_or_default();
    let line = |label: &str, value: String| SlipLine { label: Lang::Vi.t(label), value };
    let mut lines = vec![
        line("incoming-book-symbol", document.symbol.clone()),
        line("incoming-book-dated", dated),
        line("incoming-book-sender", document.sender.clone()),
        line("incoming-subject", document.subject.clone()),
        line("incoming-book-number", number),
        line("incoming-book-arrived", arrived),
    ];
    if let Some(deadline) = document.deadline {
        lines.push(line("incoming-deadline", deadline.date()));
    }
    lines
}

fn section(title: &str, acts: &[Act], course: &[CourseLine]) -> SlipSection {
    let said = course.iter().filter(|line| acts.contains(&line.act));
    SlipSection { title: Lang::Vi.t(title), remarks: said.map(remark).collect() }
}

fn remark(line: &CourseLine) -> SlipRemark {
    let who = [line.full_name.as_str(), &line.position];
    let who: Vec<&str> = who.into_iter().filter(|part| !part.is_empty()).collect();
    SlipRemark {
        what: Lang::Vi.t(&format!("incoming-act-{}", line.act.as_str())),
        lines: line.note.lines().map(str::to_owned).collect(),
        by: format!("{}, {}", who.join(", "), line.done_at.date_time()),
    }
}
