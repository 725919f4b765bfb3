//! PAdES signatures in PDF bytes.
