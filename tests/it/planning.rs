//! Before the meeting: bodies, rooms, answers, units, papers on their way, the
//! office's week and people's calendars.

mod answers;
mod bodies;
mod calendar;
mod documents;
mod letters;
mod rooms;
mod schedule;
mod series;
mod units;
