//! Locks for the tests of the formats.

use proptest::prelude::*;

use super::{Lock, LockedFile, LockedPackage, LockedSource};
use crate::{Algorithm, Digest, Url, index::FileKind};

/// A SHA-256 of one repeated byte.
pub(super) fn sha256(byte: u8) -> Digest {
    Digest::new(Algorithm::Sha256, &format!("{byte:02x}").repeat(32)).unwrap()
}

pub(super) fn file(filename: &str, byte: u8) -> LockedFile {
    LockedFile {
        filename: filename.to_string(),
        url: Some(Url::parse(&format!("https://files.example/{filename}")).unwrap()),
        kind: Some(if filename.ends_with(".whl") { FileKind::Wheel } else { FileKind::Sdist }),
        size: Some(1_000 + u64::from(byte)),
        upload_time: Some(1_712_517_968_000_000),
        digests: vec![sha256(byte)],
    }
}

pub(super) fn package(name: &str, version: &str, files: Vec<LockedFile>) -> LockedPackage {
    LockedPackage {
        name: name.parse().unwrap(),
        version: Some(version.parse().unwrap()),
        source: LockedSource::Index(Some(Url::parse("https://index.example/simple/").unwrap())),
        files,
        marker: None,
        requires_python: None,
        dependencies: Vec::new(),
        via: Vec::new(),
        extras: Vec::new(),
    }
}

/// A small application: a package of an index with a dependency, one under a marker, one from a URL.
pub(super) fn application() -> Lock {
    let mut flask =
        package("flask", "3.0.3", vec![file("flask-3.0.3-py3-none-any.whl", 1), file("flask-3.0.3.tar.gz", 2)]);
    flask.requires_python = Some(">=3.8".parse().unwrap());
    flask.dependencies = vec!["click".parse().unwrap(), "colorama".parse().unwrap()];
    flask.via = vec!["-r requirements.in".to_string()];
    let mut click = package("click", "8.1.7", vec![file("click-8.1.7-py3-none-any.whl", 3)]);
    click.via = vec!["-r requirements.in".to_string(), "flask".to_string()];
    let mut colorama = package("colorama", "0.4.6", vec![file("colorama-0.4.6-py2.py3-none-any.whl", 4)]);
    colorama.marker = Some("sys_platform == 'win32' or os_name == 'nt'".parse().unwrap());
    colorama.requires_python = Some(">=2.7,!=3.0.*".parse().unwrap());
    colorama.via = vec!["flask".to_string()];
    let mut tool = package("tool", "1.2", vec![file("tool-1.2-py3-none-any.whl", 5)]);
    tool.source = LockedSource::Archive(Url::parse("https://files.example/tool-1.2-py3-none-any.whl").unwrap());
    tool.extras = vec!["fast".parse().unwrap()];
    tool.via = vec!["-r requirements.in".to_string()];
    Lock { packages: vec![click, colorama, flask, tool], ..Lock::default() }
}

/// The same application behind URLs that carry the word `secret` wherever a credential can stand.
pub(super) fn with_credentials() -> Lock {
    let mut lock = application();
    for (position, package) in lock.packages.iter_mut().enumerate() {
        let user = if position % 2 == 0 { "user:secret" } else { "secret" };
        let private = |url: &mut Url| {
            let text = url.as_str().replace("https://", &format!("https://{user}@"));
            *url = Url::parse(&format!("{text}?X-Amz-Signature=secret#token=secret")).unwrap();
        };
        match &mut package.source {
            LockedSource::Index(Some(url)) | LockedSource::Archive(url) => private(url),
            LockedSource::Index(None) => {}
        }
        package.files.iter_mut().filter_map(|file| file.url.as_mut()).for_each(private);
        package.via.push(format!("--index-url https://{user}@index.example/simple"));
    }
    lock.thoth.insert("command".to_string(), "thoth lock -i https://user:secret@index.example/".into());
    lock.thoth.insert("indexes".to_string(), vec!["https://secret@index.example/simple"].into());
    lock
}

/// Any lock that can be written in every format.
pub(super) fn any_lock() -> impl Strategy<Value = Lock> {
    let packages = prop::collection::btree_map("[a-z][a-z0-9]{0,6}", any_package(), 0..8);
    packages.prop_map(|packages| {
        let named = packages.into_iter().map(|(name, make)| {
            let mut package = package(&name, &make.version, Vec::new());
            let stem = format!("{name}-{}", package.version.as_ref().unwrap());
            for (position, byte) in make.bytes.iter().enumerate() {
                package.files.push(file(&format!("{stem}-{position}-py3-none-any.whl"), *byte));
            }
            package.marker = make.marker.map(|marker| marker.parse().unwrap());
            if make.archive {
                package.files.truncate(1);
                package.source = LockedSource::Archive(package.files[0].url.clone().unwrap());
            } else if let Some(byte) = make.sdist {
                package.files.push(file(&format!("{stem}.tar.gz"), byte));
            }
            for file in &mut package.files {
                file.size = make.size;
                file.upload_time = make.time;
            }
            package
        });
        let mut packages: Vec<LockedPackage> = named.collect();
        let names: Vec<crate::PackageName> = packages.iter().map(|package| package.name.clone()).collect();
        if let Some(first) = packages.first_mut() {
            first.dependencies = names;
        }
        super::reading::derive_via(&mut packages);
        Lock { packages, ..Lock::default() }
    })
}

#[derive(Clone, Debug)]
struct Made {
    version: String,
    bytes: Vec<u8>,
    sdist: Option<u8>,
    archive: bool,
    marker: Option<&'static str>,
    size: Option<u64>,
    time: Option<i64>,
}

fn any_package() -> impl Strategy<Value = Made> {
    let markers = [
        "sys_platform == 'win32'",
        "python_version >= '3.9' and platform_machine == 'x86_64'",
        "(os_name == 'nt' or sys_platform == 'linux') and implementation_name != 'pypy'",
    ];
    (
        "(1!)?[0-9]{1,3}(\\.[0-9]{1,3}){0,3}(a1|b2|rc3)?(\\.post4)?(\\.dev5)?(\\+local\\.1)?",
        prop::collection::btree_set(any::<u8>(), 1..4),
        prop::option::of(any::<u8>()),
        any::<bool>(),
        prop::option::of(prop::sample::select(markers.to_vec())),
        prop::option::of(0..u64::MAX / 2),
        prop::option::of(-62_135_596_800_000_000_i64..=253_402_300_799_999_999),
    )
        .prop_map(|(version, bytes, sdist, archive, marker, size, time)| Made {
            version,
            bytes: bytes.into_iter().collect(),
            sdist,
            archive,
            marker,
            size,
            time,
        })
}

/// What every format keeps: name, version, hashes.
pub(super) fn essence(lock: &Lock) -> Vec<(String, String, Vec<String>)> {
    lock.packages
        .iter()
        .map(|package| {
            let mut hashes: Vec<String> =
                package.files.iter().flat_map(|file| &file.digests).map(ToString::to_string).collect();
            hashes.sort();
            hashes.dedup();
            let version = package.version.as_ref().map(ToString::to_string).unwrap_or_default();
            (package.name.to_string(), version, hashes)
        })
        .collect()
}
