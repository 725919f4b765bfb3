//! Years of outgoing and incoming documents, written down at once, as their
//! acts and the index of words would have left them.

use uuid::Uuid;

use super::{CLERK, EXPERT, RECIPIENTS};
use crate::bench::BenchError;
use crate::bench::office::{CHAIR, Office, SECRETARY};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::rules::fold;
use crate::identity::{OrgRole, PersonId};
use crate::incoming::IncomingId;
use crate::outgoing::OutgoingId;
use crate::papers::{PaperId, VersionId};
use crate::registers::NumberId;
use crate::search::rules::{Facet, Register, Words};
use crate::search::store::{self as index, Entry};
use crate::signing::DocumentId;
use crate::sql;
use crate::storage::Hash;
use crate::web::App;

/// What was promised; a debug build makes less, to see that it works.
pub(super) const SIZE: usize = if cfg!(debug_assertions) { 4_000 } else { 1_000_000 };
pub(super) const YEARS: usize = 5;
/// Written in one transaction; even.
const BATCH: usize = 1_000;
const DAY: i64 = 86_400;
/// Words in the text of one document.
const TEXT: usize = 80;

const SUBJECTS: [&str; 8] = [
    "chỉnh trang đô thị",
    "phòng, chống thiên tai",
    "dự toán ngân sách",
    "cải cách hành chính",
    "đất đai và môi trường",
    "giáo dục mầm non",
    "quốc phòng, an ninh",
    "an toàn thực phẩm",
];
const HEADS: [&str; 20] = [
    "b", "c", "ch", "d", "g", "h", "kh", "l", "m", "n", "ng", "nh", "ph", "qu", "r", "s", "t", "th", "tr",
    "v",
];
const TAILS: [&str; 30] = [
    "a", "ai", "am", "an", "ang", "anh", "ao", "at", "au", "ay", "e", "en", "eo", "i", "ien", "im", "inh",
    "o", "oa", "oan", "oi", "om", "on", "ong", "u", "ua", "uan", "ung", "uoi", "y",
];

pub(super) struct Archive<'a> {
    pub office: &'a Office,
    pub file: Hash,
    pub now: Timestamp,
}

/// One document of either register: an even place in the row of all goes out,
/// an odd one came in.
struct Planned {
    place: usize,
    id: Uuid,
    paper: PaperId,
    version: VersionId,
    signing: DocumentId,
    number: NumberId,
    /// In its series and year, from 1.
    counted: i64,
    year: usize,
    at: Timestamp,
    subject: String,
}

impl Archive<'_> {
    /// Fills the registers; gives the one document that is sealed and not issued yet.
    pub async fn fill(&self, app: &App) -> Result<OutgoingId, BenchError> {
        let series = self.put_series(app).await?;
        for start in (0..SIZE).step_by(BATCH) {
            let mut tx = app.db.write().await?;
            let planned: Vec<Planned> = (start..start + BATCH).map(|place| self.plan(place)).collect();
            self.put_files(&mut tx, &planned, &series).await?;
            self.put_outgoing(&mut tx, &planned).await?;
            self.put_incoming(&mut tx, &planned).await?;
            self.put_index(&mut tx, &planned).await?;
            tx.commit().await?;
            if start % 100_000 == 0 {
                tracing::info!(documents = start, "Filling the registers");
            }
        }
        self.put_sealed(app, &series).await
    }

    /// The symbol of a document as a search names it, and its year.
    pub fn symbol_and_year(&self, place: usize) -> (String, i16) {
        let planned = self.plan(place);
        (format!("{}%20qd%20ubnd", planned.counted), planned.at.in_office().year())
    }

    fn plan(&self, place: usize) -> Planned {
        let a_year = SIZE / YEARS;
        let back = i64::try_from(SIZE - place).unwrap_or_default() * 365 * DAY * 5
            / 1_000
            / i64::try_from(SIZE / 1_000).unwrap_or(1);
        let about =
            SUBJECTS.get(place % 7 + usize::from(place.is_multiple_of(11))).copied().unwrap_or_default();
        Planned {
            place,
            id: Uuid::now_v7(),
            paper: PaperId::new(),
            version: VersionId::new(),
            signing: DocumentId::new(),
            number: NumberId::new(),
            counted: i64::try_from(place % a_year / 2).unwrap_or_default() + 1,
            year: place / a_year,
            at: self.now.plus_seconds(-back),
            subject: format!("Kế hoạch về {about}, {}", text(place, 6)),
        }
    }

    /// A series for each register and year: of outgoing documents, then of incoming.
    async fn put_series(&self, app: &App) -> Result<Vec<Uuid>, BenchError> {
        let mut tx = app.db.write().await?;
        let mut series = Vec::new();
        for kind in ["outgoing", "incoming"] {
            for year in 0..YEARS {
                let (id, last) = (Uuid::now_v7(), i64::try_from(SIZE / YEARS / 2)? + 1);
                let back = i64::try_from(YEARS - year)? - 1;
                let named = i64::from(self.now.in_office().year()) - back;
                sql!(tx => execute
                    "INSERT INTO number_series (id, organisation_id, kind, code, year, last_number, last_day)
                     VALUES ($1, $2, $3, '', $4, $5, $6)", id, self.office.id, kind, named, last, self.now)?;
                series.push(id);
            }
        }
        tx.commit().await?;
        Ok(series)
    }

    /// Papers, their versions and the numbers they bear.
    async fn put_files(&self, tx: &mut Tx, planned: &[Planned], series: &[Uuid]) -> Result<(), BenchError> {
        let (organisation, by) = (self.office.id, self.office.person(CLERK)?);
        sql!(tx => insert "INSERT INTO paper (id, organisation_id, title, created_by, created_at) " of planned,
            |one| one.paper, organisation, one.subject.as_str(), by, one.at)?;
        sql!(tx => insert "INSERT INTO paper_version (id, paper_id, number, sha256, size, file_name, state, pages, \
                           uploaded_by, uploaded_at) " of planned,
            |one| one.version, one.paper, 1_i64, self.file, 1_000_i64, "cong-van.pdf", "ready", 1_i64, by, one.at)?;
        let of = |one: &Planned| series.get(one.year + YEARS * (one.place % 2)).copied().unwrap_or_default();
        sql!(tx => insert "INSERT INTO register_number (id, series_id, number, state, day, holder, subject, link, \
                           reason, taken_by, taken_at) " of planned,
            |one| one.number, of(one), one.counted, "held", one.at.day().0, one.id.to_string(),
            one.subject.as_str(), "/", "", by, one.at)?;
        Ok(())
    }

    async fn put_outgoing(&self, tx: &mut Tx, planned: &[Planned]) -> Result<(), BenchError> {
        let outgoing: Vec<&Planned> = planned.iter().filter(|one| is_outgoing(one.place)).collect();
        let (organisation, signer) = (self.office.id, self.office.person(CHAIR)?);
        sql!(tx => insert "INSERT INTO signing_document (id, organisation_id, title, code, original_sha256, sha256, \
                           size, state, link, created_at, completed_at) " of outgoing,
            |one| one.signing, organisation, one.subject.as_str(), one.signing.to_string(), self.file, self.file,
            1_000_i64, "complete", "/outgoing", one.at, one.at)?;
        let drafter = self.office.person(SECRETARY)?;
        let checker = self.office.person(CLERK)?;
        sql!(tx => insert "INSERT INTO outgoing_document (id, organisation_id, state, kind, subject, folded, priority, \
                           drafter_id, checker_id, signer_id, capacity, symbol, copies, others, paper_id, edition, \
                           document_id, number_id, sealed_at, issued_at, filed_in, version, created_at) " of outgoing,
            |one| one.id, organisation, "issued", "decision", one.subject.as_str(), "", "normal", drafter, checker,
            signer, "tm", "QĐ-UBND", 1_i64, "", one.paper, 1_i64, one.signing, one.number, one.at, one.at, "", 1_i64,
            one.at)?;
        Ok(())
    }

    async fn put_incoming(&self, tx: &mut Tx, planned: &[Planned]) -> Result<(), BenchError> {
        let incoming: Vec<&Planned> = planned.iter().filter(|one| !is_outgoing(one.place)).collect();
        let (organisation, clerk) = (self.office.id, self.office.person(CLERK)?);
        let first = i64::from(self.now.in_office().year()) - i64::try_from(YEARS)? + 1;
        let year = |one: &Planned| first + i64::try_from(one.year).unwrap_or_default();
        sql!(tx => insert "INSERT INTO incoming_document (id, organisation_id, origin, paper_id, version_id, sha256, \
                           state, version, brought_by, arrived_at, symbol, folded_symbol, sender, folded_sender, \
                           subject, folded_text, priority, arrival_year, arrival_number, number_id, registered_at, \
                           registered_by, direction, filed_at, file_code) " of incoming,
            |one| one.id, organisation, "upload", one.paper, one.version, self.file, "filed", 1_i64, clerk, one.at,
            format!("{}/UBND-VX", one.place), format!("{} ubnd vx", one.place), "UBND thành phố Đà Nẵng",
            "ubnd thanh pho da nang", one.subject.as_str(), "", 0_i64, year(one), one.counted, one.number, one.at,
            clerk, "", one.at, "01.2026/VP")?;
        Ok(())
    }

    async fn put_index(&self, tx: &mut Tx, planned: &[Planned]) -> Result<(), BenchError> {
        let mut words = Vec::new();
        for one in planned {
            let entry = entry(one);
            let place = index::put(tx, self.office.id, &entry).await?;
            let fields = [entry.number.as_str(), &entry.title, &entry.origin];
            let text = fold(&text(one.place, TEXT));
            words.push((place, Words::new(self.facets(one)?, &fields, &[text])));
        }
        Ok(index::set_words(tx, &words).await?)
    }

    fn facets(&self, one: &Planned) -> Result<Vec<Facet>, BenchError> {
        let register = entry(one).register;
        let mut facets =
            vec![Facet::organisation(self.office.id), Facet::register(register), Facet::month(one.at)];
        match register {
            Register::Outgoing => {
                let hands: [PersonId; 3] =
                    [self.office.person(SECRETARY)?, self.office.person(CLERK)?, self.office.person(CHAIR)?];
                facets.extend(crate::outgoing::actions::READERS.iter().map(|role| Facet::role(*role)));
                facets.extend(hands.map(Facet::person));
                facets.push(Facet::everybody());
            }
            Register::Incoming => {
                facets.extend([OrgRole::Clerk, OrgRole::Auditor].map(Facet::role));
                let worker = EXPERT + one.place % (self.office.people.len() - EXPERT);
                facets.push(Facet::person(self.office.person(worker)?));
            }
        }
        Ok(facets)
    }

    /// A document that waits to be issued to many.
    async fn put_sealed(&self, app: &App, series: &[Uuid]) -> Result<OutgoingId, BenchError> {
        let mut one = self.plan(SIZE - 2);
        one.counted += 1;
        let id = OutgoingId::from(one.id);
        let planned = [one];
        let mut tx = app.db.write().await?;
        self.put_files(&mut tx, &planned, series).await?;
        self.put_outgoing(&mut tx, &planned).await?;
        sql!(tx => execute
            "UPDATE outgoing_document SET state = 'sealed', issued_at = NULL WHERE id = $1", id)?;
        for number in 0..RECIPIENTS {
            sql!(tx => execute
                "INSERT INTO outgoing_recipient (id, outgoing_id, organisation_id, address) VALUES ($1, $2, NULL, $3)",
                Uuid::now_v7(), id, format!("van-thu-{number}@co-quan.example"))?;
        }
        tx.commit().await?;
        Ok(id)
    }
}

fn is_outgoing(place: usize) -> bool {
    place.is_multiple_of(2)
}

fn entry(one: &Planned) -> Entry {
    let (register, state, number, origin) = if is_outgoing(one.place) {
        (Register::Outgoing, "issued", format!("{}/QĐ-UBND", one.counted), "Nguyễn Thị Ánh")
    } else {
        (Register::Incoming, "filed", format!("{}/UBND-VX", one.place), "UBND thành phố Đà Nẵng")
    };
    let subject_id = match register {
        Register::Outgoing => OutgoingId::from(one.id).into(),
        Register::Incoming => IncomingId::from(one.id).into(),
    };
    Entry {
        register,
        subject_id,
        state: state.to_owned(),
        number,
        arrival_number: (register == Register::Incoming).then_some(one.counted),
        day: one.at.day().0,
        title: one.subject.clone(),
        origin: origin.to_owned(),
        version_id: one.version,
        awaits_text: false,
    }
}

/// Syllables as in a text: few that stand everywhere, many that are rare. The
/// same place gives the same text.
fn text(place: usize, length: usize) -> String {
    let mut state = place as u64 ^ 0x9e37_79b9_7f4a_7c15;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or_default() % below
    };
    let mut words = Vec::with_capacity(length);
    for _ in 0..length {
        // The smaller of two: the first syllables of the lists come often.
        let head = next(HEADS.len()).min(next(HEADS.len()));
        let tail = next(TAILS.len()).min(next(TAILS.len()));
        let part = |list: &[&'static str], at: usize| list.get(at).copied().unwrap_or_default();
        words.push(format!("{}{}", part(&HEADS, head), part(&TAILS, tail)));
    }
    words.join(" ")
}
