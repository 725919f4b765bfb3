//! SQL on kinds of meeting, and the rules bodies vote and prepare by.

use super::super::rules::{
    BallotOption, Fraction, Meaning, PassBase, PlanningRules, Secrecy, SubstitutesFrom, Tie, VoteTerms,
};
use super::super::{MeetingTypeId, RoomId, TermsId};
use crate::db::{self, Tx};
use crate::identity::OrganisationId;
use crate::sql;

crate::column!(MeetingTypeId as uuid::Uuid);
crate::column!(RoomId as uuid::Uuid);
crate::column!(TermsId as uuid::Uuid);
crate::column!(PassBase as String);
crate::column!(Tie as String);
crate::column!(Meaning as String);
crate::column!(Secrecy as String);
crate::column!(SubstitutesFrom as String);

#[derive(Clone, Debug)]
pub struct MeetingType {
    pub id: MeetingTypeId,
    pub name: String,
    pub body_name: String,
    /// The row its rule is kept in.
    pub terms_id: TermsId,
    pub terms: VoteTerms,
}

#[derive(sqlx::FromRow)]
struct MeetingTypeRow {
    id: MeetingTypeId,
    name: String,
    body_name: String,
    terms_id: TermsId,
}

/// A rule beside one of its options.
#[derive(sqlx::FromRow)]
struct TermsRow {
    quorum_numerator: i64,
    quorum_denominator: i64,
    pass_numerator: i64,
    pass_denominator: i64,
    pass_base: PassBase,
    pass_strict: bool,
    tie: Tie,
    change_allowed: bool,
    secrecy: Secrecy,
    member_proxies: bool,
    substitutes_vote: bool,
    signed_ballots: bool,
    key: String,
    label: String,
    meaning: Meaning,
}

/// Writes a rule down. It is never changed afterwards: another rule is
/// another row.
pub async fn insert_terms(tx: &mut Tx, id: TermsId, terms: &VoteTerms) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO vote_terms (id, quorum_numerator, quorum_denominator, pass_numerator, pass_denominator,
                                 pass_base, pass_strict, tie, change_allowed, secrecy, member_proxies,
                                 substitutes_vote, signed_ballots)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        id, terms.quorum.numerator, terms.quorum.denominator, terms.pass.numerator, terms.pass.denominator,
        terms.base, terms.strict, terms.tie, terms.change_allowed, terms.secrecy, terms.member_proxies,
        terms.substitutes_vote, terms.signed_ballots)?;
    for (position, option) in (0_i64..).zip(&terms.options) {
        sql!(tx => execute
            "INSERT INTO vote_option (terms_id, position, key, label, meaning) VALUES ($1, $2, $3, $4, $5)",
            id, position, option.key.as_str(), option.label.as_str(), option.meaning)?;
    }
    Ok(())
}

pub async fn terms(tx: &mut Tx, id: TermsId) -> Result<VoteTerms, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT vote_terms.quorum_numerator, vote_terms.quorum_denominator, vote_terms.pass_numerator,
                vote_terms.pass_denominator, vote_terms.pass_base, vote_terms.pass_strict, vote_terms.tie,
                vote_terms.change_allowed, vote_terms.secrecy, vote_terms.member_proxies,
                vote_terms.substitutes_vote, vote_terms.signed_ballots, vote_option.key, vote_option.label,
                vote_option.meaning
         FROM vote_terms JOIN vote_option ON vote_option.terms_id = vote_terms.id
         WHERE vote_terms.id = $1 ORDER BY vote_option.position" as TermsRow, id)?;
    let first = rows.first().ok_or(sqlx::Error::RowNotFound)?;
    let option = |row: &TermsRow| BallotOption {
        key: row.key.clone(),
        label: row.label.clone(),
        meaning: row.meaning,
    };
    Ok(VoteTerms {
        options: rows.iter().map(option).collect(),
        quorum: Fraction { numerator: first.quorum_numerator, denominator: first.quorum_denominator },
        pass: Fraction { numerator: first.pass_numerator, denominator: first.pass_denominator },
        base: first.pass_base,
        strict: first.pass_strict,
        tie: first.tie,
        change_allowed: first.change_allowed,
        secrecy: first.secrecy,
        member_proxies: first.member_proxies,
        substitutes_vote: first.substitutes_vote,
        signed_ballots: first.signed_ballots,
    })
}

/// Writes a kind of meeting down, with its rule.
pub async fn insert_type(
    tx: &mut Tx,
    organisation: OrganisationId,
    kind: &MeetingType,
) -> Result<(), db::Error> {
    insert_terms(tx, kind.terms_id, &kind.terms).await?;
    sql!(tx => execute
        "INSERT INTO meeting_type (id, organisation_id, name, body_name, terms_id) VALUES ($1, $2, $3, $4, $5)",
        kind.id, organisation, kind.name.as_str(), kind.body_name.as_str(), kind.terms_id)?;
    Ok(())
}

pub async fn types(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<MeetingType>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT id, name, body_name, terms_id FROM meeting_type WHERE organisation_id = $1
         ORDER BY name" as MeetingTypeRow, organisation)?;
    let mut types = Vec::new();
    for row in rows {
        types.push(with_terms(tx, row).await?);
    }
    Ok(types)
}

pub async fn meeting_type(tx: &mut Tx, id: MeetingTypeId) -> Result<MeetingType, db::Error> {
    let row = sql!(tx => fetch_one
        "SELECT id, name, body_name, terms_id FROM meeting_type WHERE id = $1" as MeetingTypeRow, id)?;
    with_terms(tx, row).await
}

async fn with_terms(tx: &mut Tx, row: MeetingTypeRow) -> Result<MeetingType, db::Error> {
    let terms = terms(tx, row.terms_id).await?;
    Ok(MeetingType { id: row.id, name: row.name, body_name: row.body_name, terms_id: row.terms_id, terms })
}

/// Renames a kind of meeting and gives it the rule that votes are prepared by
/// from now on. False: it is not of this organisation, or `before` is no
/// longer its rule.
pub async fn update_type(
    tx: &mut Tx,
    organisation: OrganisationId,
    kind: &MeetingType,
    before: TermsId,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE meeting_type SET name = $3, body_name = $4, terms_id = $5
         WHERE organisation_id = $1 AND id = $2 AND terms_id = $6",
        organisation, kind.id, kind.name.as_str(), kind.body_name.as_str(), kind.terms_id, before)?;
    Ok(changed == 1)
}

#[derive(sqlx::FromRow)]
struct PlanningRow {
    deadline_days: i64,
    substitutes: SubstitutesFrom,
    speech_minutes: i64,
    opinions_shown: bool,
}

pub async fn planning_rules(tx: &mut Tx, kind: MeetingTypeId) -> Result<PlanningRules, db::Error> {
    let row = sql!(tx => fetch_one
        "SELECT deadline_days, substitutes, speech_minutes, opinions_shown FROM meeting_type WHERE id = $1"
        as PlanningRow, kind)?;
    Ok(PlanningRules {
        deadline_days: row.deadline_days,
        substitutes: row.substitutes,
        speech_minutes: row.speech_minutes,
        opinions_shown: row.opinions_shown,
    })
}

pub async fn set_planning_rules(
    tx: &mut Tx,
    kind: MeetingTypeId,
    rules: PlanningRules,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE meeting_type SET deadline_days = $2, substitutes = $3, speech_minutes = $4, opinions_shown = $5
         WHERE id = $1",
        kind, rules.deadline_days, rules.substitutes, rules.speech_minutes, rules.opinions_shown)?;
    Ok(())
}
