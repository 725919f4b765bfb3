//! Files keep their bytes, in a local folder and on an S3 server.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ecabinet::config::Config;
use ecabinet::storage::{Error, Hash, Storage};
use futures_util::TryStreamExt;
use pades::pdf::Source;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

use crate::harness::s3;

const LIMIT: u64 = 64 << 20;

/// A storage of its own and where its objects lie, if in a folder.
struct Place {
    storage: Storage,
    folder: tempfile::TempDir,
}

async fn local() -> Option<Place> {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let settings = [
        ("ECABINET_STORAGE_URL".to_owned(), format!("file:{}", path("objects"))),
        ("ECABINET_SCRATCH".to_owned(), path("incoming")),
    ];
    let config = Config::from_parts(toml::Table::new(), settings.into_iter()).unwrap();
    Some(Place { storage: Storage::open(&config).await.unwrap(), folder })
}

async fn on_s3() -> Option<Place> {
    let folder = tempfile::tempdir().unwrap();
    let config = s3::settings(folder.path().join("incoming")).await?;
    Some(Place { storage: Storage::open(&config).await.unwrap(), folder })
}

/// Runs each test once on a local folder and once on S3.
macro_rules! on_both_storages {
    ($(async fn $name:ident($place:ident) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn claim($place: Place) $body

            #[tokio::test]
            async fn folder() {
                claim(local().await.unwrap()).await;
            }

            #[tokio::test]
            async fn s3() {
                if let Some(place) = on_s3().await {
                    claim(place).await;
                }
            }
        }
    )+};
}

async fn streamed(storage: &Storage, hash: Hash) -> Vec<u8> {
    let chunks: Vec<bytes::Bytes> = storage.stream(hash).await.unwrap().try_collect().await.unwrap();
    chunks.concat()
}

/// Bytes that do not repeat at the size of a part.
fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8 ^ (at / 65_521) as u8).collect()
}

/// Stores bytes as an upload does, in parts.
async fn kept(storage: &Storage, bytes: &[u8]) -> Hash {
    let mut incoming = storage.incoming(LIMIT).await.unwrap();
    incoming.write(bytes).await.unwrap();
    incoming.finish().await.unwrap();
    storage.keep(&incoming).await.unwrap()
}

fn files_in(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

on_both_storages! {
    async fn what_is_put_is_read_and_streamed(place) {
        let hash = place.storage.put("Tờ trình".as_bytes()).await.unwrap();
        assert_eq!(place.storage.put("Tờ trình".as_bytes()).await.unwrap(), hash);
        assert_eq!(place.storage.read(hash).await.unwrap(), "Tờ trình".as_bytes());
        assert_eq!(streamed(&place.storage, hash).await, "Tờ trình".as_bytes());
    }

    async fn twenty_megabytes_come_back_as_they_went(place) {
        let sent = bytes(20 << 20);
        let mut incoming = place.storage.incoming(LIMIT).await.unwrap();
        for chunk in sent.chunks(70_001) {
            incoming.write(chunk).await.unwrap();
        }
        incoming.finish().await.unwrap();
        let hash = place.storage.keep(&incoming).await.unwrap();
        assert_eq!(hash, Hash::of(&sent));
        assert_eq!(place.storage.keep(&incoming).await.unwrap(), hash);
        drop(incoming);
        assert!(streamed(&place.storage, hash).await == sent);
        let copy = place.storage.copy_to_scratch(hash).await.unwrap();
        assert_eq!((copy.hash(), copy.size()), (hash, 20 << 20));
        drop(copy);
        assert_eq!(files_in(&place.folder.path().join("incoming")), 0);
    }

    async fn what_is_appended_gets_a_hash_of_its_own(place) {
        for length in [0, 1 << 20, (16 << 20) - 1, 16 << 20, (24 << 20) + 7] {
            let (before, new) = (bytes(length), bytes(70_001));
            let base = kept(&place.storage, &before).await;
            for _ in 0..2 {
                let stored = place.storage.source(base).await.unwrap();
                assert_eq!((stored.hash(), stored.length()), (base, length));
                let hash = place.storage.append(stored, new.clone().into()).await.unwrap();
                let whole = [&before[..], &new].concat();
                assert_eq!(hash, Hash::of(&whole), "{length}");
                assert!(place.storage.read(hash).await.unwrap() == whole, "{length}");
            }
            assert!(place.storage.read(base).await.unwrap() == before, "{length}");
        }
    }

    async fn a_long_file_reads_anywhere_and_grows(place) {
        let before = bytes((24 << 20) + 7);
        let base = kept(&place.storage, &before).await;
        let stored = place.storage.source(base).await.unwrap();
        assert!(stored.whole().is_none());
        let reading = move || {
            // As a signature reads: tables at the end, objects anywhere, then all for the digest.
            let length = before.len();
            let near = [(length - 40, 40), (0, 9), ((5 << 20) - 3, 8), (17 << 20, 3 << 20), (1, 1)];
            let pieces = (0..length).step_by(256 << 10).map(|at| (at, (256 << 10).min(length - at)));
            for (at, count) in near.into_iter().chain(pieces) {
                let mut found = vec![0; count];
                stored.read_at(at, &mut found).unwrap();
                assert!(found == before[at..at + count], "{at}");
            }
            assert!(stored.read_at(length - 3, &mut [0; 4]).is_err());
            stored
        };
        let stored = tokio::task::spawn_blocking(reading).await.unwrap();
        let grown = place.storage.append(stored, "the end".into()).await.unwrap();
        assert_eq!(place.storage.read(grown).await.unwrap().len(), (24 << 20) + 14);
    }

    async fn what_is_derived_lies_beside(place) {
        let hash = place.storage.put("a paper to derive from".as_bytes()).await.unwrap();
        assert_eq!(place.storage.read_derived(hash, "page-1").await.unwrap(), None);
        place.storage.put_derived(hash, "page-1", "first".into()).await.unwrap();
        place.storage.put_derived(hash, "page-1", "again".into()).await.unwrap();
        assert_eq!(place.storage.read_derived(hash, "page-1").await.unwrap().unwrap(), "first".as_bytes());
        assert_eq!(place.storage.read(hash).await.unwrap(), "a paper to derive from".as_bytes());
    }

    async fn what_was_never_put_is_not_there(place) {
        let hash = Hash::of(b"never put");
        assert!(matches!(place.storage.read(hash).await, Err(Error::Store(_))));
        assert!(place.storage.stream(hash).await.is_err());
    }

    async fn a_file_over_the_limit_is_refused(place) {
        let mut incoming = place.storage.incoming(10).await.unwrap();
        incoming.write(b"0123456789").await.unwrap();
        assert!(matches!(incoming.write(b"x").await, Err(Error::TooLarge { limit: 10 })));
    }
}

/// A way to the S3 server that counts the bytes to it and from it.
async fn counting_way(endpoint: &str) -> (String, Arc<[AtomicU64; 2]>) {
    let server = endpoint.trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let counts: Arc<[AtomicU64; 2]> = Arc::default();
    let counted = counts.clone();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = TcpStream::connect(&server).await.unwrap().into_split();
            tokio::spawn(pass_on(from_client, to_server, counted.clone(), 0));
            tokio::spawn(pass_on(from_server, to_client, counted.clone(), 1));
        }
    });
    (address, counts)
}

async fn pass_on(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, counts: Arc<[AtomicU64; 2]>, way: usize) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        counts[way].fetch_add(count as u64, Ordering::SeqCst);
        if to.write_all(&buffer[..count]).await.is_err() {
            break;
        }
    }
}

#[tokio::test]
async fn to_s3_only_what_is_new_is_sent_and_the_base_is_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mut config) = s3::settings(folder.path().join("incoming")).await else { return };
    let direct = Storage::open(&config).await.unwrap();
    let (length, mut before) = (30 << 20, bytes(30 << 20));
    before[7] ^= 0x55;
    let base = kept(&direct, &before).await;
    let (endpoint, counts) = counting_way(&config.s3_endpoint).await;
    config.s3_endpoint = endpoint;
    let storage = Storage::open(&config).await.unwrap();
    let stored = storage.source(base).await.unwrap();
    let reading = move || {
        let mut piece = vec![0; 256 << 10];
        (0..length / piece.len()).for_each(|at| stored.read_at(at * piece.len(), &mut piece).unwrap());
        stored
    };
    let stored = tokio::task::spawn_blocking(reading).await.unwrap();
    let grown = storage.append(stored, bytes(100_000).into()).await.unwrap();
    let [sent, received] = [0, 1].map(|way| counts[way].load(Ordering::SeqCst));
    assert!((100_000..300_000).contains(&sent), "{sent} bytes sent");
    assert!(received < (length as u64) + (4 << 20), "{received} bytes received");
    assert!(direct.read(grown).await.unwrap() == [before, bytes(100_000)].concat());
}

#[tokio::test]
async fn nothing_is_appended_to_altered_bytes() {
    let place = local().await.unwrap();
    let hash = kept(&place.storage, &bytes(20 << 20)).await;
    let name = hash.to_string();
    let path = place.folder.path().join("objects/objects").join(&name[..2]).join(&name);
    let mut altered = tokio::fs::read(&path).await.unwrap();
    altered[11_000_000] ^= 1;
    tokio::fs::write(&path, altered).await.unwrap();
    let stored = place.storage.source(hash).await.unwrap();
    let appended = place.storage.append(stored, "the end".into()).await;
    assert!(matches!(appended, Err(Error::Altered(found)) if found == hash), "{appended:?}");
}

#[tokio::test]
async fn a_grown_file_is_as_readable_as_its_base_and_leaves_nothing_beside() {
    use std::os::unix::fs::PermissionsExt;
    let place = local().await.unwrap();
    let base = kept(&place.storage, &bytes(20 << 20)).await;
    let stored = place.storage.source(base).await.unwrap();
    let grown = place.storage.append(stored, "the end".into()).await.unwrap();
    let mode = |hash: Hash| {
        let name = hash.to_string();
        let folder = place.folder.path().join("objects/objects").join(&name[..2]);
        let names = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name());
        assert!(names.into_iter().all(|name| name.len() == 64));
        std::fs::metadata(folder.join(name)).unwrap().permissions().mode()
    };
    assert_eq!(mode(grown), mode(base));
}

#[tokio::test]
async fn altered_bytes_are_not_handed_out() {
    let place = local().await.unwrap();
    let hash = place.storage.put(bytes(3 << 20)).await.unwrap();
    let name = hash.to_string();
    let path = place.folder.path().join("objects/objects").join(&name[..2]).join(&name);
    let mut altered = tokio::fs::read(&path).await.unwrap();
    altered[1_000_000] ^= 1;
    tokio::fs::write(&path, altered).await.unwrap();
    assert!(matches!(place.storage.read(hash).await, Err(Error::Altered(found)) if found == hash));
    let chunks: Result<Vec<bytes::Bytes>, Error> =
        place.storage.stream(hash).await.unwrap().try_collect().await;
    assert!(matches!(chunks, Err(Error::Altered(_))), "a reader must see a broken transfer");
    assert!(place.storage.copy_to_scratch(hash).await.is_err());
}
