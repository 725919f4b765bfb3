//! Whom the system sends a document to, by name.

use super::{OutgoingId, store};
use crate::db::{self, Tx};
use crate::identity;

/// An organisation, a body outside, or an address.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// Its code; empty: an address has none.
    pub code: String,
    pub name: String,
}

/// Everyone the system sends a document to; others are words on the document.
pub async fn recipients_of(tx: &mut Tx, id: OutgoingId) -> Result<Vec<Recipient>, db::Error> {
    let mut all = Vec::new();
    for (organisation, address) in store::recipients(tx, id).await? {
        all.push(match organisation {
            Some(id) => {
                let office = identity::store::organisation(tx, id).await?;
                Recipient { code: office.code, name: office.name }
            }
            None => Recipient { code: String::new(), name: address },
        });
    }
    let bodies = store::bodies_of(tx, id).await?;
    all.extend(bodies.into_iter().map(|body| Recipient { code: body.code, name: body.name }));
    Ok(all)
}
