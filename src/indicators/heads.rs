//! Figures counted by head: who was active, and who of those that must sign has
//! a certificate to sign with. Months do not add up to the whole time.
//!
//! Certificates are a state and no sum: they are counted on the last day of the
//! time that was asked for, or now. Which certificate signed for whom, and from
//! when to when, `signing` keeps for good, so a month that is over can be told
//! later; only who left the office since is counted in none.

use std::collections::{BTreeMap, BTreeSet};

use super::rules::{By, Figure, Figures, Indicator, Month, Months};
use super::store::{self, Cut, Head, LineKey};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::PersonId;
use crate::signing::certificates::{self, Held};

/// Whoever was asked to sign within so many months, the last one counted, must
/// have a certificate.
const ASKED_WITHIN: i32 = 12;

/// The people of one line.
#[derive(Debug, Default)]
struct Heads {
    accounts: Vec<Head>,
    present: Vec<Head>,
    asked: Vec<Head>,
    /// The office itself is among them, since it is here: it must have a
    /// certificate for its seal.
    seals_since: Option<Timestamp>,
}

/// Everyone a question is about.
#[derive(Debug)]
pub(super) struct ByHead {
    all: Heads,
    /// By holder; `None` is the office itself.
    held: BTreeMap<Option<PersonId>, Vec<Held>>,
    now: Timestamp,
}

/// Who must have a certificate, and until when theirs signs.
#[derive(Clone, Copy, Debug)]
pub struct Holder {
    /// `None`: the office itself, for its seal.
    pub person: Option<PersonId>,
    /// `None`: there is none that signs.
    pub until: Option<Timestamp>,
}

impl ByHead {
    pub async fn load(tx: &mut Tx, cut: Cut, now: Timestamp) -> Result<Self, db::Error> {
        let since = cut.months.first.plus(1 - ASKED_WITHIN).start();
        let is_whole = cut.unit.is_none() && cut.person.is_none();
        let all = Heads {
            accounts: store::accounts(tx, cut).await?,
            present: store::presence(tx, cut).await?,
            asked: store::asked(tx, cut, since).await?,
            seals_since: if is_whole { Some(store::here_since(tx, cut.organisation).await?) } else { None },
        };
        let mut held: BTreeMap<_, Vec<Held>> = BTreeMap::new();
        for one in certificates::held(tx, cut.organisation).await? {
            held.entry(one.person).or_default().push(one);
        }
        Ok(Self { all, held, now })
    }

    /// The figures of everyone in these months.
    pub fn total(&self, months: Months) -> Figures {
        self.figures(&self.all, months)
    }

    /// The figures of each line.
    pub fn lines(&self, cut: Cut, by: By) -> BTreeMap<LineKey, Figures> {
        let whole = || (LineKey::Organisation(cut.organisation), self.total(cut.months));
        let month =
            |month: Month| (LineKey::Month(month.start()), self.total(Months { first: month, last: month }));
        match by {
            By::Month => cut.months.each().into_iter().map(month).collect(),
            By::Unit => self.split(cut.months, |head| LineKey::Unit(head.unit_id)),
            By::Person => self.split(cut.months, |head| LineKey::Person(head.person_id)),
            By::Organisation => BTreeMap::from([whole()]),
        }
    }

    fn split(&self, months: Months, line: impl Fn(&Head) -> LineKey) -> BTreeMap<LineKey, Figures> {
        let mut parts: BTreeMap<LineKey, Heads> = BTreeMap::new();
        for head in &self.all.accounts {
            parts.entry(line(head)).or_default().accounts.push(*head);
        }
        for head in &self.all.present {
            parts.entry(line(head)).or_default().present.push(*head);
        }
        for head in &self.all.asked {
            parts.entry(line(head)).or_default().asked.push(*head);
        }
        parts.into_iter().map(|(line, heads)| (line, self.figures(&heads, months))).collect()
    }

    fn figures(&self, heads: &Heads, months: Months) -> Figures {
        let mut figures = Figures::default();
        figures.add(Indicator::UsersActive, heads.active(months));
        let must = heads.must_sign(months, self.now);
        let have = must.iter().filter(|holder| self.until(**holder, months).is_some()).count();
        figures.add(Indicator::CertBound, Figure::new(count(have), count(must.len())));
        figures
    }

    /// Until when the certificate signs that a holder had on the day that counts.
    fn until(&self, holder: Option<PersonId>, months: Months) -> Option<Timestamp> {
        let day = months.counted_on(self.now)?;
        self.held.get(&holder)?.iter().filter(|one| one.signs_on(day)).map(|one| one.until).max()
    }

    /// Who is behind the figure of certificates, those without one first.
    pub fn holders(&self, months: Months) -> Vec<Holder> {
        let must = self.all.must_sign(months, self.now);
        let mut holders: Vec<Holder> =
            must.into_iter().map(|person| Holder { person, until: self.until(person, months) }).collect();
        holders.sort_by_key(|one| (one.until, one.person));
        holders
    }
}

impl Heads {
    /// Who acted in these months, of those who had an account then or acted
    /// nevertheless.
    fn active(&self, months: Months) -> Figure {
        let (from, to) = (months.first.start(), months.last.plus(1).start());
        let acted = self.present.iter().filter(|head| head.at >= from && head.at < to);
        let active: BTreeSet<PersonId> = acted.map(|head| head.person_id).collect();
        let had = self.accounts.iter().filter(|head| head.at < to).map(|head| head.person_id);
        let known: BTreeSet<PersonId> = had.chain(active.iter().copied()).collect();
        Figure::new(count(active.len()), count(known.len()))
    }

    /// Who must have a certificate on the day that counts.
    fn must_sign(&self, months: Months, now: Timestamp) -> BTreeSet<Option<PersonId>> {
        let Some(day) = months.counted_on(now) else { return BTreeSet::new() };
        let since = Month::of(day).plus(1 - ASKED_WITHIN).start();
        let asked = self.asked.iter().filter(|head| head.at >= since && head.at <= day);
        let seal = self.seals_since.filter(|since| *since <= day).map(|_| None);
        asked.map(|head| Some(head.person_id)).chain(seal).collect()
    }
}

fn count(heads: usize) -> i64 {
    i64::try_from(heads).unwrap_or(i64::MAX)
}
