//! Faults of a certificate path in the words of the standard (EN 319 102-1 §5.2.6, Tables 5 and 6) and of people.

use jiff::Timestamp;

use crate::cms::DigestAlgorithm;
use crate::cms::SignatureAlgorithm;
use crate::trust::Certificate;
use crate::trust::{ChainFault, Finding, Path, PathFault, Unusable, digest_is_reliable, weakness};
use crate::verify::messages::Message;
use crate::verify::report::{Indication, SubIndication, local_time};

/// An indication with its reason and its words.
#[derive(Debug, Clone)]
pub(crate) struct Blame {
    pub(crate) indication: Indication,
    pub(crate) reason: SubIndication,
    pub(crate) message: Message,
}

impl Blame {
    pub(crate) fn open(reason: SubIndication, message: Message) -> Blame {
        Blame { indication: Indication::Indeterminate, reason, message }
    }

    pub(crate) fn failed(reason: SubIndication, message: Message) -> Blame {
        Blame { indication: Indication::TotalFailed, reason, message }
    }
}

/// What is proven of the time at which a signature was made.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Made {
    /// It existed at this time.
    pub(crate) by: Option<Timestamp>,
    /// It covers something that is no older than this.
    pub(crate) after: Option<Timestamp>,
}

/// What the gravest fault of a path means for a signature.
///
/// A proven time only says when a signature existed at the latest. That it was made after the expiry or the
/// revocation, which fails it for good, needs a proof from the other side (EN 319 102-1 §5.3.4).
pub(crate) fn blame(path: &Path, made: Made) -> Option<Blame> {
    let fault = path.fault.as_ref()?;
    let link = |index: usize| path.links.get(index);
    let subject = |index| link(index).map(|link| link.certificate.subject()).unwrap_or_default();
    let end = |index| link(index).and_then(|link| link.certificate.validity()).map(|(_, end)| end);
    Some(match fault {
        PathFault::Chain(fault) => chain_fault(*fault),
        PathFault::NotYetValid(0) if made.by.is_some() => {
            Blame::failed(SubIndication::NotYetValid, Message::about("not-yet-valid", &subject(0)))
        }
        PathFault::Expired(0) if made.after.zip(end(0)).is_some_and(|(after, end)| after > end) => {
            Blame::failed(SubIndication::Expired, Message::about("expired-when-signed", &subject(0)))
        }
        PathFault::NotYetValid(index) | PathFault::Expired(index) => {
            Blame::open(SubIndication::OutOfBoundsNoPoe, Message::about("outside-validity", &subject(*index)))
        }
        PathFault::Revoked(index, at, _) => {
            let message = |code| Message::about(code, &format!("{}, {}", subject(*index), local_time(*at)));
            match index {
                0 if made.after.is_some_and(|after| after >= *at) => {
                    Blame::failed(SubIndication::Revoked, message("revoked-when-signed"))
                }
                0 => Blame::open(SubIndication::RevokedNoPoe, message("revoked")),
                _ => Blame::open(SubIndication::RevokedCaNoPoe, message("revoked")),
            }
        }
        PathFault::OnHold(index) => {
            Blame::open(SubIndication::TryLater, Message::about("on-hold", &subject(*index)))
        }
        PathFault::Unknown(index) => Blame::open(SubIndication::TryLater, unknown(path, *index)),
        PathFault::UnknownOutOfBounds(index) => {
            Blame::open(SubIndication::RevocationOutOfBoundsNoPoe, unknown(path, *index))
        }
        PathFault::Weak(index, name) => {
            let message = Message::about("weak-algorithm", &format!("{name}: {}", subject(*index)));
            Blame::open(certificate_weakness(path, *index), message)
        }
    })
}

fn unknown(path: &Path, index: usize) -> Message {
    let link = path.links.get(index);
    let known = link.and_then(|link| Some((link.certificate.subject(), link.finding.as_ref()?)));
    let code = "revocation-unknown";
    known.map_or_else(|| Message::new(code), |(subject, finding)| missing_proof(code, &subject, finding))
}

fn chain_fault(fault: ChainFault) -> Blame {
    let (reason, code) = match fault {
        ChainFault::NoChain => (SubIndication::NoCertificateChainFound, "no-chain"),
        ChainFault::OutOfBounds => (SubIndication::OutOfBoundsNoPoe, "outside-validity"),
        ChainFault::Constraints => (SubIndication::ChainConstraintsFailure, "chain-constraints"),
        ChainFault::General => (SubIndication::CertificateChainGeneralFailure, "chain-failure"),
    };
    Blame::open(reason, Message::new(code))
}

/// Whether a proof of age could still help a certificate that is signed too weakly.
fn certificate_weakness(path: &Path, index: usize) -> SubIndication {
    let pair = path.links.get(index).zip(path.links.get(index + 1));
    let hopeless = pair.is_none_or(|(below, above)| {
        let issued = below.certificate.validity().map_or(Timestamp::MAX, |(begin, _)| begin);
        let algorithm = below.certificate.algorithm();
        algorithm.is_none_or(|algorithm| weakness(algorithm, &above.certificate, issued).is_some())
    });
    no_proof_unless(hopeless)
}

fn no_proof_unless(hopeless: bool) -> SubIndication {
    if hopeless {
        SubIndication::CryptoConstraintsFailure
    } else {
        SubIndication::CryptoConstraintsFailureNoPoe
    }
}

/// The algorithms that bind a document to a key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Strength {
    /// Of the document, of attributes, of imprints.
    pub(crate) digests: Vec<DigestAlgorithm>,
    /// Of the signature.
    pub(crate) algorithm: Option<SignatureAlgorithm>,
}

impl Strength {
    fn weakness(&self, certificate: &Certificate, at: Timestamp) -> Option<&'static str> {
        let digest = self.digests.iter().find(|digest| !digest_is_reliable(**digest, at));
        let signature = self.algorithm.and_then(|algorithm| weakness(algorithm, certificate, at));
        digest.map(|digest| digest.name()).or(signature)
    }

    /// Whether the algorithms were good when the signature is proven to have existed (EN 319 102-1 §5.2.8).
    ///
    /// `made_after` is when the signature was made at the earliest: if they were too weak even then, no proof
    /// of age will help.
    pub(crate) fn blame(
        &self,
        certificate: &Certificate,
        at: Timestamp,
        made_after: Option<Timestamp>,
    ) -> Option<Blame> {
        let name = self.weakness(certificate, at)?;
        let begin = certificate.validity().map_or(Timestamp::MIN, |(begin, _)| begin);
        let earliest = made_after.map_or(begin, |made| made.max(begin));
        let reason = no_proof_unless(self.weakness(certificate, earliest).is_some());
        Some(Blame::open(reason, Message::about("weak-algorithm", name)))
    }
}

/// Which proof is missing for a certificate, in both languages.
pub(crate) fn missing_proof(code: &str, subject: &str, finding: &Finding) -> Message {
    let reasons: Vec<(&str, &str)> = finding.refused.iter().map(|refusal| words(refusal.reason)).collect();
    let nothing = ("không có bằng chứng nào", "there is no evidence");
    let reasons = if reasons.is_empty() { vec![nothing] } else { reasons };
    let (vi, en): (Vec<&str>, Vec<&str>) = reasons.into_iter().unzip();
    let mut message = Message::new(code);
    message.vi = format!("{} ({subject}: {})", message.vi, vi.join("; "));
    message.en = format!("{} ({subject}: {})", message.en, en.join("; "));
    message
}

/// Why a piece of evidence was not used.
fn words(reason: Unusable) -> (&'static str, &'static str) {
    match reason {
        Unusable::Malformed(_) => ("bằng chứng sai cấu trúc", "the evidence is malformed"),
        Unusable::Refused(_) => ("máy chủ OCSP từ chối trả lời", "the OCSP responder refused"),
        Unusable::OtherCertificate | Unusable::OtherIssuer => {
            ("bằng chứng về chứng thư khác", "the evidence is about another certificate")
        }
        Unusable::Scope => {
            ("danh sách không bao gồm chứng thư này", "the list does not cover this certificate")
        }
        Unusable::Delta => ("chỉ là danh sách thay đổi", "it is only a list of changes"),
        Unusable::CriticalExtension => {
            ("bằng chứng có phần mở rộng không rõ", "the evidence has a critical extension that is not known")
        }
        Unusable::Signature => {
            ("chữ ký của bằng chứng không đúng", "the signature of the evidence does not hold")
        }
        Unusable::UnknownAlgorithm => {
            ("thuật toán của bằng chứng không rõ", "the algorithm of the evidence is not known")
        }
        Unusable::Responder => {
            ("người ký bằng chứng không có thẩm quyền", "its signer may not speak for the authority")
        }
        Unusable::Nonce => ("trả lời cho yêu cầu khác", "it answers another request"),
        Unusable::Future => ("bằng chứng đề ngày trong tương lai", "the evidence is dated in the future"),
        Unusable::Stale => ("bằng chứng đã quá cũ", "the evidence is too old"),
        Unusable::AfterExpiry => (
            "bằng chứng lập sau khi chứng thư hết hạn",
            "the evidence was made after the certificate expired",
        ),
        Unusable::Weak => ("bằng chứng dùng thuật toán yếu", "the evidence uses a weak algorithm"),
        Unusable::Unknown => {
            ("máy chủ OCSP không biết chứng thư này", "the responder does not know the certificate")
        }
        Unusable::SignerOutOfBounds | Unusable::SignerRevoked | Unusable::SignerUnknown => {
            signer_words(reason)
        }
    }
}

/// What is wrong with the certificate of who signed the evidence.
fn signer_words(reason: Unusable) -> (&'static str, &'static str) {
    match reason {
        Unusable::SignerOutOfBounds => (
            "chưa chứng minh được bằng chứng có từ khi chứng thư của người ký nó còn hiệu lực",
            "nothing proves that the evidence existed while its signer's certificate was good",
        ),
        Unusable::SignerRevoked => {
            ("chứng thư của người ký bằng chứng đã bị thu hồi", "the certificate of its signer was revoked")
        }
        _ => (
            "chưa biết chứng thư của người ký bằng chứng có bị thu hồi hay không",
            "the revocation status of its signer is not known",
        ),
    }
}
