//! What screens are told.

use std::collections::HashSet;
use std::fmt::Write;
use std::sync::Arc;

use bytes::Bytes;

use super::moment::Moment;
use crate::identity::PersonId;
use crate::web::Lang;

/// Milliseconds that each further screen adds to the time over which all of
/// them ask again: with these, asking takes less than half of two cores.
const PAGE_COST: f64 = 2.0;

/// Who looks at the screen.
#[derive(Clone, Copy, Debug)]
pub struct Viewer {
    pub person: PersonId,
    pub lang: Lang,
    /// The page holds the elements that are drawn once for all.
    pub takes_pieces: bool,
}

/// An element of a page, drawn once for everyone who sees the same. Of one
/// element there may be several, for audiences that do not overlap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The element's id in the page.
    pub id: String,
    pub vi: Arc<str>,
    pub en: Arc<str>,
    pub audience: Audience,
    /// What the pages of those outside the audience show in its place, in any
    /// words that change when they do.
    pub others: String,
}

/// Whose page shows exactly this. Everyone else asks for their own page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// All who may see the page at all.
    All,
    Only(Arc<HashSet<PersonId>>),
    AllBut(Arc<HashSet<PersonId>>),
}

impl Audience {
    fn holds(&self, person: PersonId) -> bool {
        match self {
            Self::All => true,
            Self::Only(people) => people.contains(&person),
            Self::AllBut(people) => !people.contains(&person),
        }
    }
}

impl Drawn {
    fn text(&self, lang: Lang) -> Bytes {
        match lang {
            Lang::Vi => self.vi.clone(),
            Lang::En => self.en.clone(),
        }
    }
}

impl Piece {
    fn text(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }

    /// True when both show the same, to whomever.
    pub(super) fn looks_like(&self, other: &Self) -> bool {
        (&self.id, &self.vi, &self.en, &self.others) == (&other.id, &other.vi, &other.en, &other.others)
    }
}

/// What happened to a topic.
#[derive(Clone, Debug)]
pub(super) enum What {
    /// Anything may have changed: ask for the page again.
    Changed,
    /// These elements changed, and nothing else on the pages that hold them.
    Pieces(Vec<Piece>),
    /// Who may listen changed. Streams ask whether they may go on; screens are
    /// not told.
    Rights,
}

/// Something that happened, with its words for screens made once.
#[derive(Debug)]
pub(super) struct Event {
    pub number: u64,
    pub what: What,
    /// Milliseconds over which screens spread their asking.
    pub within: u64,
    signal: Bytes,
    /// What is told to those who see each piece for some, and the pieces for
    /// all with it; one entry if all are for all.
    drawn: Vec<Drawn>,
}

#[derive(Debug)]
struct Drawn {
    audience: Audience,
    vi: Bytes,
    en: Bytes,
}

impl Event {
    pub fn new(moment: Moment, what: What, listeners: usize) -> Self {
        let within = window(listeners);
        let signal = frame(moment, "changed", &within.to_string());
        let drawn = if let What::Pieces(pieces) = &what { draw(moment, pieces) } else { Vec::new() };
        Self { number: moment.number, within, signal, drawn, what }
    }

    /// What this viewer's screen is told, if anything. Pieces go to those only
    /// whose page would show them; the others learn no more than that
    /// something changed.
    pub fn frame_for(&self, viewer: &Viewer) -> Option<Bytes> {
        match &self.what {
            What::Pieces(pieces) if viewer.takes_pieces && pieces.is_empty() => None,
            What::Pieces(_) if viewer.takes_pieces => {
                let drawn = self.drawn.iter().find(|drawn| drawn.audience.holds(viewer.person));
                drawn.map(|drawn| drawn.text(viewer.lang)).or_else(|| self.signal())
            }
            What::Changed | What::Pieces(_) | What::Rights => self.signal(),
        }
    }

    /// That something changed, and no more. `None`: only streams care.
    pub fn signal(&self) -> Option<Bytes> {
        (!matches!(self.what, What::Rights)).then(|| self.signal.clone())
    }
}

/// The milliseconds over which so many screens spread their asking: all at
/// once they would make each other wait.
pub(super) fn window(listeners: usize) -> u64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few thousand screens"
    )]
    let window = (listeners as f64 * PAGE_COST) as u64;
    window
}

/// One event in the format of a stream. `data` is of one line.
pub(super) fn frame(moment: Moment, name: &str, data: &str) -> Bytes {
    format!("id: {moment}\nevent: {name}\ndata: {data}\n\n").into()
}

/// One text for each audience: the pieces for all, and the one for them. The
/// pieces for some must all stand for one element.
fn draw(moment: Moment, pieces: &[Piece]) -> Vec<Drawn> {
    let (for_all, for_some): (Vec<&Piece>, Vec<&Piece>) =
        pieces.iter().partition(|piece| matches!(piece.audience, Audience::All));
    let drawn = |audience: &Audience, own: Option<&Piece>| {
        let text = |lang| pieces_frame(moment, for_all.iter().copied().chain(own), lang);
        Drawn { audience: audience.clone(), vi: text(Lang::Vi), en: text(Lang::En) }
    };
    if for_some.is_empty() {
        return vec![drawn(&Audience::All, None)];
    }
    for_some.into_iter().map(|own| drawn(&own.audience, Some(own))).collect()
}

fn pieces_frame<'a>(moment: Moment, pieces: impl Iterator<Item = &'a Piece>, lang: Lang) -> Bytes {
    let mut text = format!("id: {moment}\nevent: pieces\n");
    let lines = pieces.flat_map(|piece| piece.text(lang).split(['\n', '\r']));
    for line in lines.filter(|line| !line.trim().is_empty()) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "data: {line}");
    }
    text.push('\n');
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Moment = Moment { node: 0xa, number: 7 };

    fn piece(audience: Audience) -> Piece {
        Piece {
            id: "slot".into(),
            vi: "<p>một\n\rhai</p>".into(),
            en: "<p>one</p>".into(),
            audience,
            others: String::new(),
        }
    }

    fn viewer(person: PersonId) -> Viewer {
        Viewer { person, lang: Lang::Vi, takes_pieces: true }
    }

    fn told(event: &Event, viewer: &Viewer) -> String {
        String::from_utf8(event.frame_for(viewer).unwrap().to_vec()).unwrap()
    }

    #[test]
    fn a_piece_is_told_in_the_viewers_language_and_only_to_its_audience() {
        let (member, guest) = (PersonId::new(), PersonId::new());
        let audience = Audience::Only(Arc::new(HashSet::from([member])));
        let event = Event::new(HERE, What::Pieces(vec![piece(Audience::All), piece(audience)]), 100);
        assert!(told(&event, &viewer(member)).contains("data: <p>một\ndata: hai</p>\n"));
        assert!(told(&event, &Viewer { lang: Lang::En, ..viewer(member) }).contains("data: <p>one</p>"));
        let signal = "id: a-7\nevent: changed\ndata: 200\n\n";
        assert_eq!(told(&event, &viewer(guest)), signal, "of two pieces one is not for them");
        let audience = |people: [PersonId; 1]| Arc::new(HashSet::from(people));
        let own = piece(Audience::Only(audience([member])));
        let others = Piece { vi: "<i></i>".into(), ..piece(Audience::AllBut(audience([member]))) };
        let both = Event::new(HERE, What::Pieces(vec![own, others]), 100);
        assert!(told(&both, &viewer(guest)).ends_with("event: pieces\ndata: <i></i>\n\n"));
        assert!(!told(&both, &viewer(member)).contains("<i>"));
        assert_eq!(told(&event, &Viewer { takes_pieces: false, ..viewer(member) }), signal);
    }

    #[test]
    fn pieces_that_look_as_before_are_no_news_to_pages_that_hold_them() {
        let event = Event::new(HERE, What::Pieces(Vec::new()), 1);
        let viewer = viewer(PersonId::new());
        assert_eq!(event.frame_for(&viewer), None);
        assert!(told(&event, &Viewer { takes_pieces: false, ..viewer }).contains("event: changed"));
    }

    #[test]
    fn no_text_can_end_its_event_and_begin_another() {
        let hostile = Piece { vi: "a\n\nevent: over\r\rdata: b".into(), ..piece(Audience::All) };
        let event = Event::new(HERE, What::Pieces(vec![hostile]), 1);
        let text = told(&event, &viewer(PersonId::new()));
        assert_eq!(text, "id: a-7\nevent: pieces\ndata: a\ndata: event: over\ndata: data: b\n\n");
    }

    #[test]
    fn the_window_grows_with_the_listeners() {
        assert_eq!((window(1), window(30), window(2_000)), (2, 60, 4_000));
    }
}
