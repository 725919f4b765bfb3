//! Vietnamese official forms as PDF/A.
