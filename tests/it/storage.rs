//! Files keep their bytes, in a local folder and on an S3 server.

use std::path::Path;

use ecabinet::config::Config;
use ecabinet::storage::{Error, Hash, Storage};
use futures_util::TryStreamExt;

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
