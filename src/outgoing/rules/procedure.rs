//! Was a document handled by the correct procedure (ký số đúng quy trình)?

use jiff::civil::Weekday;

use crate::clock::Timestamp;
use crate::lights::Light;

crate::words! {
    /// One way in which a document left the procedure.
    Deviation {
        NoContentApproval = "no_content_approval",
        NoFormatCheck = "no_format_check",
        NoPersonalSig = "no_personal_sig",
        NumberOutOfOrder = "number_out_of_order",
        NoOrgSig = "no_org_sig",
        OrgBeforePersonal = "org_before_personal",
        AttachmentUnsigned = "attachment_unsigned",
        SigInvalid = "sig_invalid",
        SigUnverifiable = "sig_unverifiable",
        LateIssue = "late_issue",
        NotFiled = "not_filed",
    }
}

/// What is on record about an issued document.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    pub content_approved: bool,
    pub format_approved: bool,
    pub signed_at: Option<Timestamp>,
    pub numbered_at: Option<Timestamp>,
    pub sealed_at: Option<Timestamp>,
    pub issued_at: Option<Timestamp>,
    pub filed_at: Option<Timestamp>,
    pub unsealed_attachments: usize,
    /// What the signatures of the issued bytes came to; `None`: not judged yet.
    pub light: Option<Light>,
}

/// Everything that differs from the procedure; empty: `procedure_ok`.
pub fn deviations(facts: &Facts) -> Vec<Deviation> {
    let is_before = |one: Option<Timestamp>, other: Option<Timestamp>| {
        one.zip(other).is_some_and(|(one, other)| one < other)
    };
    let is_late = facts.signed_at.zip(facts.issued_at).is_some_and(|(signed, issued)| {
        // Same day, at latest the next working day (NĐ 30, Điều 18).
        issued > working_day_after(signed)
    });
    let checks = [
        (!facts.content_approved, Deviation::NoContentApproval),
        (!facts.format_approved, Deviation::NoFormatCheck),
        (facts.signed_at.is_none(), Deviation::NoPersonalSig),
        (is_before(facts.numbered_at, facts.signed_at), Deviation::NumberOutOfOrder),
        (facts.sealed_at.is_none(), Deviation::NoOrgSig),
        (is_before(facts.sealed_at, facts.signed_at), Deviation::OrgBeforePersonal),
        (facts.unsealed_attachments > 0, Deviation::AttachmentUnsigned),
        (facts.light == Some(Light::Invalid), Deviation::SigInvalid),
        (
            matches!(facts.light, None | Some(Light::Indeterminate | Light::Unreadable | Light::Unsigned)),
            Deviation::SigUnverifiable,
        ),
        (is_late, Deviation::LateIssue),
        (facts.filed_at.is_none(), Deviation::NotFiled),
    ];
    checks.into_iter().filter(|(holds, _)| *holds).map(|(_, deviation)| deviation).collect()
}

/// The last moment of the working day after the one `at` lies in. Holidays are
/// not known here; weekends are.
pub fn working_day_after(at: Timestamp) -> Timestamp {
    let mut end = at.day().1;
    loop {
        let (start, next) = end.day();
        end = next;
        if !matches!(start.in_office().weekday(), Weekday::Saturday | Weekday::Sunday) {
            return end.plus_seconds(-1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Deviation, Facts, deviations, working_day_after};
    use crate::clock::Timestamp;
    use crate::lights::Light;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_input(text).unwrap()
    }

    fn right() -> Facts {
        Facts {
            content_approved: true,
            format_approved: true,
            signed_at: Some(at("2026-11-23T09:00")),
            numbered_at: Some(at("2026-11-23T10:00")),
            sealed_at: Some(at("2026-11-23T10:05")),
            issued_at: Some(at("2026-11-24T16:00")),
            filed_at: Some(at("2026-11-25T08:00")),
            unsealed_attachments: 0,
            light: Some(Light::Valid),
        }
    }

    #[test]
    fn the_right_way_has_no_deviation_and_each_fault_has_its_own() {
        assert_eq!(deviations(&right()), []);
        let early = Some(at("2026-11-22T09:00"));
        let faults = [
            (Facts { content_approved: false, ..right() }, Deviation::NoContentApproval),
            (Facts { format_approved: false, ..right() }, Deviation::NoFormatCheck),
            (Facts { signed_at: None, ..right() }, Deviation::NoPersonalSig),
            (Facts { numbered_at: early, ..right() }, Deviation::NumberOutOfOrder),
            (Facts { sealed_at: None, ..right() }, Deviation::NoOrgSig),
            (Facts { sealed_at: early, ..right() }, Deviation::OrgBeforePersonal),
            (Facts { unsealed_attachments: 1, ..right() }, Deviation::AttachmentUnsigned),
            (Facts { light: Some(Light::Invalid), ..right() }, Deviation::SigInvalid),
            (Facts { light: None, ..right() }, Deviation::SigUnverifiable),
            (Facts { issued_at: Some(at("2026-11-25T00:00")), ..right() }, Deviation::LateIssue),
            (Facts { filed_at: None, ..right() }, Deviation::NotFiled),
        ];
        assert_eq!(faults.len(), Deviation::ALL.len());
        for (facts, deviation) in faults {
            assert_eq!(deviations(&facts), [deviation]);
        }
    }

    #[test]
    fn after_friday_comes_monday() {
        assert_eq!(working_day_after(at("2026-11-27T16:00")).date_time(), "23:59, 30/11/2026");
        assert_eq!(working_day_after(at("2026-11-23T08:00")).date_time(), "23:59, 24/11/2026");
    }
}
