//! E-cabinet: paperless meetings and signed official documents.
//!
//! The features come first, in the order in which they may call each other:
//! each knows only those above it. `tests/it/architecture.rs` holds the order.

// What people are told, in the application and by mail.
pub mod notices;
// Organisations, people, roles, sign-in; gives everyone else the `Actor`.
pub mod identity;
// What the signatures of each stored file came to, for the lists.
pub mod lights;
// Stored PDFs: versions, permissions, reading.
pub mod papers;
// What a person draws, highlights and writes on a paper, for themselves.
pub mod annotations;
// Who signs what, in which order, and how.
pub mod signing;
// The verdict on signatures, for anyone.
pub mod verify;
// How official documents are laid out, and where one is not.
pub mod layout;
// Before the meeting, and the state it is in.
pub mod meetings;
// The office's week, and each person's own calendar.
pub mod schedule;
// Who asks to speak, who has the floor, questionings.
pub mod speaking;
// What participants say on papers, and what is answered.
pub mod opinions;
// Votes, ballots, outcomes.
pub mod voting;
// The meeting under way, as its people see it.
pub mod room;
// What a device may keep, to read without a network.
pub mod offline;
// Sentences an office writes again and again.
pub mod phrases;
// What is left of a meeting: drafted, written, locked, signed.
pub mod minutes;
// The draft of the minutes before the members, for their comments.
pub mod circulation;
// What was concluded, told to those who carry it out.
pub mod conclusions;
// Number series and registers: each number once, in order, for good.
pub mod registers;
// Documents and word of them, to and from bodies outside the installation.
pub mod exchange;
// Outgoing documents: from the draft to the file.
pub mod outgoing;
// What comes in: judged at the door, registered, directed, worked on, filed.
pub mod incoming;
// Copies of documents: asked for, signed for, numbered, sealed.
pub mod copies;
// Hồ sơ: the yearly list, and which document lies in which file.
pub mod files;
// Who does what until when: given, reminded of, reported, accepted.
pub mod tasks;
// What members are asked in writing, between meetings.
pub mod slips;
// Who was there, spoke, voted and read, counted.
pub mod statistics;
// The figures leaders trust, from the log of acts.
pub mod indicators;
// Every official document, found by any of its words.
pub mod search;
// What a person sees first.
pub mod home;

// The sample office.
pub mod demo;
// The figures of the README.
pub mod bench;

// The program on an official's PC that lends the token to the page.
pub mod agent;

// The hash-chained log of every act.
pub mod audit;
// One SQL text on two databases.
pub mod db;
// Alive, and able to work.
pub mod health;
// Work to be done after a transaction, surely.
pub mod jobs;
// Places outside that are looked into, and which cannot be read.
pub mod lookout;
// Timestamps, revocation answers and certificates from the network.
pub mod remote;
// Files under the hash of their bytes.
pub mod storage;
// HTTP plumbing.
pub mod web;

// The one place that names every feature.
pub mod app;
// The commands of the one binary.
pub mod cli;
// Time: read in one place.
pub mod clock;
// Settings.
pub mod config;
// Ids and closed lists of words.
pub mod vocabulary;
// XML, written.
pub mod xml;
