use jiff::Timestamp;
use openssl::error::ErrorStack;
use openssl::stack::Stack;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParam};
use openssl::x509::{X509, X509PurposeId, X509StoreContext, X509VerifyResult};

use crate::cms::x509::Certificate;
use crate::trust::Anchors;

/// What the certificate at the end of the chain is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Signing documents; its key usage is checked by the caller.
    Signing,
    /// Stamping time.
    Timestamping,
}

/// Why there is no chain, in the words of EN 319 102-1 §5.2.6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChainFault {
    /// No way from the certificate to an anchor.
    NoChain,
    /// A certificate of the chain was not valid at that time.
    OutOfBounds,
    /// A certificate may not do what it does in this chain.
    Constraints,
    /// Anything else, such as a bad signature on a certificate.
    General,
}

/// The time at which a chain must be valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// At a time.
    At(Timestamp),
    /// At no time in particular: only to learn which certificates there are.
    Any,
}

/// Builds and checks the chain of a certificate at a time; gives the chain, signer first and anchor last.
///
/// A trusted intermediate ends the chain as a root does. Name constraints, path lengths and policies are
/// openssl's (RFC 5280 §6.1). Revocation is no part of this: openssl's CRL checks ask about now, and a
/// signature asks about then.
pub(crate) fn chain(
    certificate: &Certificate,
    others: &[Certificate],
    anchors: &Anchors,
    moment: Moment,
    purpose: Purpose,
) -> Result<Vec<Certificate>, ChainFault> {
    if anchors.is_empty() {
        return Err(ChainFault::NoChain);
    }
    let found = run(certificate, others, anchors, moment, purpose).map_err(|_| ChainFault::General)?;
    let above: Vec<_> = found.map_err(fault)?.iter().skip(1).filter_map(Certificate::from_x509).collect();
    let chain: Vec<_> = std::iter::once(certificate.clone()).chain(above).collect();
    // openssl takes a key usage for the word that a certificate is an authority's; RFC 5280 §6.1.4 k does not.
    let between = chain.get(1..chain.len().saturating_sub(1)).unwrap_or_default();
    if between.iter().all(Certificate::is_authority) { Ok(chain) } else { Err(ChainFault::Constraints) }
}

type Outcome = Result<Vec<X509>, X509VerifyResult>;

fn run(
    certificate: &Certificate,
    others: &[Certificate],
    anchors: &Anchors,
    moment: Moment,
    purpose: Purpose,
) -> Result<Outcome, ErrorStack> {
    let mut untrusted = Stack::new()?;
    others.iter().try_for_each(|other| untrusted.push(other.x509().clone()))?;
    let store = store(anchors, moment, purpose)?;
    let mut context = X509StoreContext::new()?;
    context.init(&store, certificate.x509(), &untrusted, |context| {
        let trusted = context.verify_cert()?;
        let chain = context.chain().map(|chain| chain.iter().map(|c| c.to_owned()).collect());
        Ok(match chain {
            Some(chain) if trusted => Ok(chain),
            _ => Err(context.error()),
        })
    })
}

fn store(anchors: &Anchors, moment: Moment, purpose: Purpose) -> Result<X509Store, ErrorStack> {
    let mut builder = X509StoreBuilder::new()?;
    for anchor in anchors.certificates() {
        builder.add_cert(anchor.clone())?;
    }
    let mut parameters = X509VerifyParam::new()?;
    let mut flags = X509VerifyFlags::PARTIAL_CHAIN | X509VerifyFlags::POLICY_CHECK;
    match moment {
        Moment::At(time) => parameters.set_time(time.as_second()),
        Moment::Any => flags |= X509VerifyFlags::NO_CHECK_TIME,
    }
    parameters.set_flags(flags)?;
    // Which keys were long enough depends on the time, and is asked of our own table.
    parameters.set_auth_level(0);
    let purpose = match purpose {
        Purpose::Signing => X509PurposeId::ANY,
        Purpose::Timestamping => X509PurposeId::TIMESTAMP_SIGN,
    };
    parameters.set_purpose(purpose)?;
    builder.set_param(&parameters)?;
    Ok(builder.build())
}

/// The codes of openssl's `x509_vfy.h`, sorted into the standard's reasons.
fn fault(result: X509VerifyResult) -> ChainFault {
    match result.as_raw() {
        // unable to get issuer, depth zero self signed, self signed in chain, unable to verify leaf, untrusted
        2 | 18 | 19 | 20 | 21 | 27 => ChainFault::NoChain,
        // not yet valid, has expired
        9 | 10 => ChainFault::OutOfBounds,
        // path length, purpose, rejected, key usage, policy, name constraints, strictness
        24 | 25 | 26 | 28 | 32 | 34 | 37 | 42 | 43 | 47..=53 | 79..=94 => ChainFault::Constraints,
        _ => ChainFault::General,
    }
}
