//! Who sits where.

/// Gives each person without a seat the next free one. `seats` and `people`
/// are in the order they are to be filled in.
pub fn fill<P: Copy>(seats: &[String], taken: &[&str], people: &[P]) -> Vec<(P, String)> {
    let free = seats.iter().filter(|seat| !taken.contains(&seat.as_str()));
    people.iter().copied().zip(free.cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_free_seats_are_filled_in_order_and_nobody_moves() {
        let seats = ["A1", "A2", "A3"].map(str::to_owned);
        assert_eq!(fill(&seats, &["A2"], &[7, 8, 9]), [(7, "A1".to_owned()), (8, "A3".to_owned())]);
    }
}
