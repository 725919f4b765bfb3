//! What bodies tell each other about a document, and what follows from it.

crate::words! {
    /// What a message wants done with its document (`BussinessDocType`).
    Business {
        New = "new",
        Recall = "recall",
        Update = "update",
        Replace = "replace",
    }

    /// What a receiver tells of a document (QĐ 28/2018/QĐ-TTg; state codes of QCVN 102).
    Report {
        Arrived = "arrived",
        Refused = "refused",
        Accepted = "accepted",
        Assigned = "assigned",
        Processing = "processing",
        Completed = "completed",
        RecallAccepted = "recall_accepted",
        RecallRefused = "recall_refused",
    }

    /// How far a document has come on its way to one body, as its sender knows.
    DeliveryState {
        Queued = "queued",
        /// It lies in the folder of the exchange.
        Sent = "sent",
        Arrived = "arrived",
        Refused = "refused",
        Accepted = "accepted",
        Assigned = "assigned",
        Processing = "processing",
        Completed = "completed",
        /// Its sender took it back; the receiver has not answered yet.
        RecallRequested = "recall_requested",
        Recalled = "recalled",
        RecallRefused = "recall_refused",
        /// Taken back before it left.
        Cancelled = "cancelled",
    }

    /// What became of a message that came.
    MessageState {
        Waiting = "waiting",
        /// It is an incoming document now.
        Taken = "taken",
        Refused = "refused",
        /// Its sender took it back before anybody took it to the door.
        Recalled = "recalled",
    }

    /// What a posting carries.
    PostingKind {
        Document = "document",
        Recall = "recall",
        Status = "status",
    }

    /// How far a posting has come on its way out of the house.
    PostingState {
        Queued = "queued",
        /// Its file is being written; it may lie in the folder already.
        Writing = "writing",
        Sent = "sent",
        Cancelled = "cancelled",
    }
}
crate::column!(Business as String);
crate::column!(Report as String);
crate::column!(DeliveryState as String);
crate::column!(MessageState as String);
crate::column!(PostingKind as String);
crate::column!(PostingState as String);

impl Business {
    pub fn number(self) -> u8 {
        match self {
            Self::New => 0,
            Self::Recall => 1,
            Self::Update => 2,
            Self::Replace => 3,
        }
    }

    /// The business of a number; a message that names none brings something new.
    pub fn of_number(number: &str) -> Option<Self> {
        match number.trim() {
            "" => Some(Self::New),
            number => Self::ALL.iter().copied().find(|one| one.number().to_string() == number),
        }
    }
}

impl Report {
    /// The code in messages: "03".
    pub fn code(self) -> &'static str {
        match self {
            Self::Arrived => "01",
            Self::Refused => "02",
            Self::Accepted => "03",
            Self::Assigned => "04",
            Self::Processing => "05",
            Self::Completed => "06",
            Self::RecallAccepted => "15",
            Self::RecallRefused => "16",
        }
    }

    /// The report of a code, also where the zero in front is left out.
    pub fn of_code(code: &str) -> Option<Self> {
        let code = code.trim();
        Self::ALL
            .iter()
            .copied()
            .find(|report| report.code().trim_start_matches('0') == code.trim_start_matches('0'))
    }
}

/// Where a report leads a delivery; `None`: it changes nothing any more.
///
/// Reports come late and out of order: what was completed does not go back to
/// accepted. What was accepted may still be sent back until somebody works on it.
pub fn after(state: DeliveryState, report: Report) -> Option<DeliveryState> {
    use DeliveryState as D;
    let told = match report {
        Report::RecallAccepted => return (state == D::RecallRequested).then_some(D::Recalled),
        Report::RecallRefused => return (state == D::RecallRequested).then_some(D::RecallRefused),
        Report::Refused => return (rank(state)? < rank(D::Processing)?).then_some(D::Refused),
        Report::Arrived => D::Arrived,
        Report::Accepted => D::Accepted,
        Report::Assigned => D::Assigned,
        Report::Processing => D::Processing,
        Report::Completed => D::Completed,
    };
    (rank(state)? < rank(told)?).then_some(told)
}

/// How far along; `None`: it goes no further.
fn rank(state: DeliveryState) -> Option<u8> {
    use DeliveryState as D;
    match state {
        D::Queued | D::Sent => Some(0),
        D::Arrived => Some(1),
        D::Accepted => Some(2),
        D::Assigned => Some(3),
        D::Processing => Some(4),
        D::Completed => Some(5),
        D::Refused | D::RecallRequested | D::Recalled | D::RecallRefused | D::Cancelled => None,
    }
}

/// Where a recall leads a delivery; `None`: there is nothing to take back.
pub fn recalled(state: DeliveryState) -> Option<DeliveryState> {
    use DeliveryState as D;
    match state {
        D::Queued => Some(D::Cancelled),
        D::Sent | D::Arrived | D::Accepted | D::Assigned | D::Processing | D::Completed => {
            Some(D::RecallRequested)
        }
        D::Refused | D::RecallRequested | D::Recalled | D::RecallRefused | D::Cancelled => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Business, DeliveryState, Report, after, recalled};

    #[test]
    fn reports_lead_on_and_never_back() {
        use DeliveryState as D;
        assert_eq!(after(D::Sent, Report::Arrived), Some(D::Arrived));
        assert_eq!(after(D::Sent, Report::Completed), Some(D::Completed));
        assert_eq!(after(D::Completed, Report::Accepted), None);
        assert_eq!(after(D::Accepted, Report::Accepted), None);
        assert_eq!(after(D::Accepted, Report::Refused), Some(D::Refused));
        assert_eq!(after(D::Processing, Report::Refused), None);
        assert_eq!(after(D::Refused, Report::Accepted), None);
    }

    #[test]
    fn only_a_recall_is_answered_as_one() {
        use DeliveryState as D;
        assert_eq!(recalled(D::Queued), Some(D::Cancelled));
        assert_eq!(recalled(D::Completed), Some(D::RecallRequested));
        assert_eq!(recalled(D::Refused), None);
        assert_eq!(after(D::RecallRequested, Report::RecallAccepted), Some(D::Recalled));
        assert_eq!(after(D::RecallRequested, Report::RecallRefused), Some(D::RecallRefused));
        assert_eq!(after(D::RecallRequested, Report::Completed), None);
        assert_eq!(after(D::Accepted, Report::RecallAccepted), None);
    }

    #[test]
    fn codes_are_read_as_systems_write_them() {
        assert_eq!(Report::of_code("03"), Some(Report::Accepted));
        assert_eq!(Report::of_code(" 3"), Some(Report::Accepted));
        assert_eq!(Report::of_code("15"), Some(Report::RecallAccepted));
        assert_eq!(Report::of_code("13"), None);
        assert_eq!(Report::of_code(""), None);
        assert_eq!(Business::of_number(""), Some(Business::New));
        assert_eq!(Business::of_number("3"), Some(Business::Replace));
        assert_eq!(Business::of_number("9"), None);
    }
}
