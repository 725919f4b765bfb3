//! Where the format check is.

pub fn check() -> String {
    "/format-check".to_owned()
}
