//! Number series and registers: each number once, in order, for good.
//!
//! A series belongs to an organisation, a kind, a code and a year. Its row is
//! locked by the statement that takes the next number, so two clerks never get
//! the same one; a transaction that is rolled back gives its number back, so
//! there is no gap. Every number is a row of its own that names what holds it.
//!
//! How a feature uses it: in the transaction that changes its own document,
//! call [`take`] (or [`take_reserved`]) with a [`Wanted`] that names the
//! document, keep [`Issued::id`] in the document's row, and commit both. After
//! any error drop the transaction. [`void`] ends a number whose document will
//! not go out; its row stays as "cancelled" and nobody gets that number again.

pub mod actions;
mod part;
pub mod printing;
mod rules;
pub mod store;
pub mod urls;
pub mod web;

pub use self::actions::{
    Issued, RegisterError, Wanted, reserve, reserved, series_code, take, take_reserved, void,
};
pub use self::part::{Part, PartQuery};
pub use self::rules::{NumberState, SeriesKind, printed};

crate::id! {
    /// A series of numbers of one year.
    SeriesId;
    /// One number of a series.
    NumberId;
}
crate::column!(SeriesId as uuid::Uuid);
crate::column!(NumberId as uuid::Uuid);
