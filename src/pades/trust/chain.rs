use jiff::Timestamp;
use openssl::error::ErrorStack;
use openssl::stack::Stack;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParam};
use openssl::x509::{X509, X509PurposeId, X509StoreContext, X509VerifyResult};

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

/// Builds and checks the chain of a certificate at a time; gives the chain, signer first.
///
/// A trusted intermediate ends the chain as a root does. Revocation is no part of this: openssl's CRL checks
/// ask about now, and a signature asks about then.
pub(crate) fn chain(
    certificate: &X509,
    others: &[X509],
    anchors: &Anchors,
    at: Timestamp,
    purpose: Purpose,
) -> Result<Vec<X509>, ChainFault> {
    if anchors.is_empty() {
        return Err(ChainFault::NoChain);
    }
    let result = run(certificate, others, anchors, at, purpose).map_err(|_| ChainFault::General)?;
    result.map_err(fault)
}

type Outcome = Result<Vec<X509>, X509VerifyResult>;

fn run(
    certificate: &X509,
    others: &[X509],
    anchors: &Anchors,
    at: Timestamp,
    purpose: Purpose,
) -> Result<Outcome, ErrorStack> {
    let mut untrusted = Stack::new()?;
    others.iter().try_for_each(|other| untrusted.push(other.clone()))?;
    let store = store(anchors, at, purpose)?;
    let mut context = X509StoreContext::new()?;
    context.init(&store, certificate, &untrusted, |context| {
        let trusted = context.verify_cert()?;
        let chain = context.chain().map(|chain| chain.iter().map(|c| c.to_owned()).collect());
        Ok(match chain {
            Some(chain) if trusted => Ok(chain),
            _ => Err(context.error()),
        })
    })
}

fn store(anchors: &Anchors, at: Timestamp, purpose: Purpose) -> Result<X509Store, ErrorStack> {
    let mut builder = X509StoreBuilder::new()?;
    for anchor in anchors.certificates() {
        builder.add_cert(anchor.clone())?;
    }
    let mut parameters = X509VerifyParam::new()?;
    parameters.set_time(at.as_second());
    parameters.set_flags(X509VerifyFlags::PARTIAL_CHAIN)?;
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
        // invalid CA, path length, purpose, rejected, key usage for certificate signing, name constraints
        24 | 25 | 26 | 28 | 32 | 34 | 37 | 47..=50 | 79..=94 => ChainFault::Constraints,
        _ => ChainFault::General,
    }
}
