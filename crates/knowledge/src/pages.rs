//! Index pages, with what is needed to ask an index whether they changed.

use std::sync::Arc;

use packaging::{Digest, PackageName, index::IndexPage};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::{IndexKey, KnowledgeBase, KnowledgeError};

/// The stored form of a page: [`IndexPage::to_bytes`], which marks and checks itself. A page of another format counts as never
/// stored.
const FORMAT: i64 = 2;

/// What an index said about one package, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPage {
    /// The page; none when the index has no such package.
    pub page: Option<Arc<IndexPage>>,
    /// The SHA-256 of the answer's body, where there was one.
    pub digest: Option<Digest>,
    /// When it was last fetched or confirmed, for how long it is fresh, and how to ask again.
    pub freshness: Freshness,
}

/// How old an answer is, and how to ask whether it still holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Freshness {
    /// `ETag`, as the index wrote it.
    pub etag: Option<String>,
    /// `Last-Modified`, as the index wrote it.
    pub last_modified: Option<String>,
    /// When it was fetched or confirmed (304), seconds since the Unix epoch.
    pub fetched_at: i64,
    /// Until when it need not be asked for again, seconds since the Unix epoch.
    pub fresh_until: i64,
}

impl KnowledgeBase {
    /// What is stored of `packages` on `index`, in their order; none where nothing (readable) is.
    ///
    /// Freshness is not looked at: that is the caller's decision.
    ///
    /// # Errors
    /// When the file cannot be read. A single page that cannot be decoded counts as never stored.
    pub fn pages(&self, index: &IndexKey, packages: &[PackageName]) -> Result<Vec<Option<StoredPage>>, KnowledgeError> {
        let mut pages = self.read("read index pages", |connection| {
            let Some(index) = find_index(connection, index)? else { return Ok(Vec::new()) };
            let mut statement = connection.prepare(
                "SELECT present, etag, last_modified, fetched_at, fresh_until, digest, body
                 FROM pages LEFT JOIN page_bodies ON page_id = pages.id AND format = ?3
                 WHERE index_id = ?1 AND package = ?2",
            )?;
            let mut find = |package: &PackageName| {
                let values = params![index, package.as_ref(), FORMAT];
                statement.query_row(values, |row| stored_page(row, package)).optional().map(Option::flatten)
            };
            packages.iter().map(&mut find).collect::<rusqlite::Result<Vec<_>>>()
        })?;
        pages.resize(packages.len(), None);
        Ok(pages)
    }

    /// Keeps what `index` said about each package, in place of what was kept before.
    ///
    /// # Errors
    /// When the file cannot be written; nothing is kept then.
    pub fn keep_pages<'a>(
        &self,
        index: &IndexKey,
        pages: impl IntoIterator<Item = (&'a PackageName, &'a StoredPage)>,
    ) -> Result<(), KnowledgeError> {
        // Encoded before the lock is taken: other processes wait for the writing only.
        let encoded: Vec<_> = pages
            .into_iter()
            .map(|(package, stored)| (package, stored, stored.page.as_ref().map(|page| page.to_bytes())))
            .collect();
        if encoded.is_empty() {
            return Ok(());
        }
        self.write("keep index pages", |connection| {
            let index = intern_index(connection, index)?;
            let mut upsert = connection.prepare(
                "INSERT INTO pages (index_id, package, present, etag, last_modified, fetched_at, fresh_until, digest)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (index_id, package) DO UPDATE SET present = excluded.present, etag = excluded.etag,
                     last_modified = excluded.last_modified, fetched_at = excluded.fetched_at,
                     fresh_until = excluded.fresh_until, digest = excluded.digest
                 RETURNING id",
            )?;
            let mut replace =
                connection.prepare("INSERT OR REPLACE INTO page_bodies (page_id, format, body) VALUES (?1, ?2, ?3)")?;
            let mut remove = connection.prepare("DELETE FROM page_bodies WHERE page_id = ?1")?;
            for (package, stored, body) in &encoded {
                let Freshness { etag, last_modified, fetched_at, fresh_until } = &stored.freshness;
                let digest = stored.digest.as_ref().map(Digest::to_string);
                let values = params![
                    index,
                    package.as_ref(),
                    body.is_some(),
                    etag,
                    last_modified,
                    fetched_at,
                    fresh_until,
                    digest
                ];
                let id: i64 = upsert.query_row(values, |row| row.get(0))?;
                match body {
                    Some(body) => replace.execute(params![id, FORMAT, body])?,
                    None => remove.execute([id])?,
                };
            }
            Ok(())
        })
    }

    /// Notes that `index` confirmed what is stored of these packages (304); an absent `ETag` or `Last-Modified` leaves the stored one.
    /// The page itself is not written again.
    ///
    /// # Errors
    /// When the file cannot be written; nothing is noted then.
    pub fn touch_pages<'a>(
        &self,
        index: &IndexKey,
        confirmed: impl IntoIterator<Item = (&'a PackageName, &'a Freshness)>,
    ) -> Result<(), KnowledgeError> {
        let mut confirmed = confirmed.into_iter().peekable();
        if confirmed.peek().is_none() {
            return Ok(());
        }
        self.write("note that index pages have not changed", |connection| {
            let Some(index) = find_index(connection, index)? else { return Ok(()) };
            let mut update = connection.prepare(
                "UPDATE pages SET etag = coalesce(?3, etag), last_modified = coalesce(?4, last_modified),
                     fetched_at = ?5, fresh_until = ?6
                 WHERE index_id = ?1 AND package = ?2",
            )?;
            for (package, Freshness { etag, last_modified, fetched_at, fresh_until }) in confirmed {
                update.execute(params![index, package.as_ref(), etag, last_modified, fetched_at, fresh_until])?;
            }
            Ok(())
        })
    }
}

/// What a row of `pages` with its body says; none when the body is missing, damaged or about another package.
fn stored_page(row: &Row<'_>, package: &PackageName) -> rusqlite::Result<Option<StoredPage>> {
    let page = if row.get("present")? {
        let page = row.get_ref("body")?.as_blob().ok().and_then(|body| IndexPage::from_bytes(body).ok());
        match page.filter(|page| page.name() == package) {
            Some(page) => Some(Arc::new(page)),
            None => return Ok(None),
        }
    } else {
        None
    };
    let freshness = Freshness {
        etag: row.get("etag")?,
        last_modified: row.get("last_modified")?,
        fetched_at: row.get("fetched_at")?,
        fresh_until: row.get("fresh_until")?,
    };
    let digest = row.get::<_, Option<String>>("digest")?.and_then(|digest| digest.parse().ok());
    Ok(Some(StoredPage { page, digest, freshness }))
}

/// The row of the index, if anything was ever kept of it.
pub(crate) fn find_index(connection: &Connection, index: &IndexKey) -> rusqlite::Result<Option<i64>> {
    connection.query_row("SELECT id FROM indexes WHERE url = ?1", [index.as_str()], |row| row.get(0)).optional()
}

/// The row of the index, made when it is missing.
pub(crate) fn intern_index(connection: &Connection, index: &IndexKey) -> rusqlite::Result<i64> {
    if let Some(id) = find_index(connection, index)? {
        return Ok(id);
    }
    connection.execute("INSERT INTO indexes (url) VALUES (?1)", [index.as_str()])?;
    Ok(connection.last_insert_rowid())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use packaging::index::{FileKind, IndexFile, MetadataHint, PageBuilder, ProjectStatus, Yanked};

    use super::*;
    use crate::Access;

    fn base() -> KnowledgeBase {
        KnowledgeBase::open(Path::new("unused"), Access::Temporary).unwrap()
    }

    fn index() -> IndexKey {
        IndexKey::new(&"https://index.example/simple/".parse().unwrap())
    }

    fn name(text: &str) -> PackageName {
        text.parse().unwrap()
    }

    fn page(package: &str, reason: &str) -> IndexPage {
        let mut page = PageBuilder::new(name(package));
        page.status(ProjectStatus::Deprecated, Some(reason));
        page.file(
            "1.0",
            &IndexFile {
                filename: format!("{package}-1.0.tar.gz"),
                url: format!("https://files.example/{package}-1.0.tar.gz"),
                kind: FileKind::Sdist,
                digests: vec![format!("sha256:{}", "ab".repeat(32)).parse().unwrap()],
                requires_python: Some(">=3.9".into()),
                size: Some(1234),
                upload_time: Some(1_700_000_000_000_000),
                yanked: Yanked::Yes(Some("broken".into())),
                core_metadata: MetadataHint::Available(None),
                provenance: None,
            },
        );
        page.skip("odd.exe", "it is an installer");
        page.finish()
    }

    fn stored(package: &str, at: i64) -> StoredPage {
        StoredPage {
            page: Some(Arc::new(page(package, "use another"))),
            digest: Some(format!("sha256:{}", "cd".repeat(32)).parse().unwrap()),
            freshness: Freshness {
                etag: Some("\"1\"".into()),
                last_modified: Some("Tue, 01 Oct 2024 00:00:00 GMT".into()),
                fetched_at: at,
                fresh_until: at + 600,
            },
        }
    }

    fn absent(at: i64) -> StoredPage {
        let freshness = Freshness { fetched_at: at, fresh_until: at + 600, ..Freshness::default() };
        StoredPage { page: None, digest: None, freshness }
    }

    #[test]
    fn pages_come_back_in_the_order_they_were_asked_for() {
        let base = base();
        let (flask, click, gone) = (name("flask"), name("click"), name("gone"));
        let (flask_page, click_page, gone_page) = (stored("flask", 10), stored("click", 20), absent(30));
        base.keep_pages(&index(), [(&flask, &flask_page), (&click, &click_page), (&gone, &gone_page)]).unwrap();

        let found = base.pages(&index(), &[click, name("never-asked"), gone, flask]).unwrap();
        assert_eq!(found, [Some(click_page), None, Some(gone_page), Some(flask_page)]);
    }

    #[test]
    fn the_same_package_on_another_index_is_another_page() {
        let base = base();
        let flask = name("flask");
        base.keep_pages(&index(), [(&flask, &stored("flask", 10))]).unwrap();
        let other = IndexKey::new(&"https://other.example/simple/".parse().unwrap());
        assert_eq!(base.pages(&other, std::slice::from_ref(&flask)).unwrap(), [None]);
        base.keep_pages(&other, [(&flask, &absent(20))]).unwrap();
        assert_eq!(base.pages(&index(), &[flask]).unwrap(), [Some(stored("flask", 10))]);
    }

    #[test]
    fn a_confirmed_page_is_fresh_again_and_keeps_its_validators() {
        let base = base();
        let flask = name("flask");
        base.keep_pages(&index(), [(&flask, &stored("flask", 10))]).unwrap();
        let confirmed = Freshness { etag: None, last_modified: None, fetched_at: 100, fresh_until: 700 };
        base.touch_pages(&index(), [(&flask, &confirmed), (&name("unknown"), &confirmed)]).unwrap();

        let found = base.pages(&index(), &[flask]).unwrap().remove(0).unwrap();
        assert_eq!(found.freshness, Freshness { fetched_at: 100, fresh_until: 700, ..stored("flask", 10).freshness });
        assert_eq!(found.page, stored("flask", 10).page);
    }

    #[test]
    fn a_package_that_was_removed_from_the_index_leaves_no_page_behind() {
        let base = base();
        let flask = name("flask");
        base.keep_pages(&index(), [(&flask, &stored("flask", 10))]).unwrap();
        base.keep_pages(&index(), [(&flask, &absent(20))]).unwrap();
        assert_eq!(base.pages(&index(), &[flask]).unwrap(), [Some(absent(20))]);
        let bodies: i64 = base.lock().query_row("SELECT count(*) FROM page_bodies", [], |row| row.get(0)).unwrap();
        assert_eq!(bodies, 0);
    }

    #[test]
    fn a_page_that_cannot_be_decoded_counts_as_never_stored() {
        for spoil in [
            "UPDATE page_bodies SET body = substr(body, 1, 20)",
            "UPDATE page_bodies SET body = CAST(body || x'00' AS BLOB)",
            "UPDATE page_bodies SET body = 'text'",
            "UPDATE page_bodies SET body = zeroblob(0)",
            "UPDATE page_bodies SET format = 0",
            "DELETE FROM page_bodies",
            "UPDATE pages SET package = 'flash'",
        ] {
            let base = base();
            base.keep_pages(&index(), [(&name("flask"), &stored("flask", 10))]).unwrap();
            base.lock().execute_batch(spoil).unwrap();
            assert_eq!(base.pages(&index(), &[name("flask"), name("flash")]).unwrap(), [None, None], "{spoil}");
        }
    }

    #[test]
    fn long_pages_come_back_in_order_too() {
        let base = base();
        let mut names: Vec<PackageName> = (0..40).map(|number| name(&format!("package-{number}"))).collect();
        let pages: Vec<StoredPage> = (0_u8..40)
            .map(|number| {
                let mut stored = stored(&format!("package-{number}"), i64::from(number));
                let reason = "x".repeat(if number % 7 == 0 { 400_000 } else { 1000 });
                stored.page = Some(Arc::new(page(&format!("package-{number}"), &reason)));
                stored
            })
            .collect();
        base.keep_pages(&index(), names.iter().zip(&pages)).unwrap();
        names.insert(13, name("unknown"));
        let found = base.pages(&index(), &names).unwrap();
        assert_eq!(found.len(), 41);
        assert_eq!(found[13], None);
        assert!(found.into_iter().flatten().eq(pages));
    }
}
