//! Work on many things at once, answered in their order.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, channel, sync_channel};
use std::sync::{Mutex, PoisonError};

/// Things begun and not yet answered, per worker: enough that a large file
/// does not make the others wait, few enough that memory stays flat.
const AHEAD: usize = 4;

/// How many workers keep this machine busy.
pub(super) fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Does `work` on each item, several at a time, and hands the answers to
/// `take` in the order of the items. `work` must not panic.
pub(super) fn each<T: Send, R: Send>(
    items: impl Iterator<Item = T>,
    workers: usize,
    work: impl Fn(T) -> R + Sync,
    mut take: impl FnMut(R),
) {
    let window = workers.saturating_mul(AHEAD).max(1);
    let (give, given) = sync_channel::<(usize, T)>(window);
    let (answer, answers) = channel::<(usize, R)>();
    let given = Mutex::new(given);
    std::thread::scope(|scope| {
        let mut items = items.enumerate();
        let mut hired = 0;
        let mut begun = 0;
        let mut early = BTreeMap::new();
        for next in 0.. {
            while begun < next + window
                && let Some(item) = items.next()
            {
                // No more workers than there is work.
                if hired < workers.max(1) {
                    let answer = answer.clone();
                    let (given, work) = (&given, &work);
                    scope.spawn(move || {
                        while let Some((number, item)) = taken(given) {
                            if answer.send((number, work(item))).is_err() {
                                break;
                            }
                        }
                    });
                    hired += 1;
                }
                begun += 1;
                if give.send(item).is_err() {
                    break;
                }
            }
            if next == begun {
                break;
            }
            while !early.contains_key(&next) {
                let Ok((number, answered)) = answers.recv() else { break };
                early.insert(number, answered);
            }
            if let Some(answered) = early.remove(&next) {
                take(answered);
            }
        }
        // The workers end when nobody gives any more.
        drop(give);
    });
}

fn taken<T>(given: &Mutex<Receiver<T>>) -> Option<T> {
    given.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::each;

    #[test]
    fn answers_come_in_order_and_never_far_ahead() {
        let (begun, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let mut answers = Vec::new();
        let items = (0..1000).inspect(|_| {
            begun.fetch_add(1, Ordering::SeqCst);
        });
        each(
            items,
            3,
            |number| {
                let spin = if number % 7 == 0 { 20_000 } else { 10 };
                (0..spin).fold(number, |sum, one| std::hint::black_box(sum ^ one ^ one))
            },
            |answer| {
                answers.push(answer);
                most.fetch_max(begun.load(Ordering::SeqCst) - answers.len(), Ordering::SeqCst);
            },
        );
        assert_eq!(answers, (0..1000).collect::<Vec<_>>());
        assert!(most.load(Ordering::SeqCst) <= 13, "{most:?} were under way");
    }

    #[test]
    fn nothing_to_do_is_done() {
        each(std::iter::empty::<u8>(), 2, |one| one, |_| unreachable!("there is nothing"));
    }
}
