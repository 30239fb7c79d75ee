//! The members of a JSON page, taken from whatever types they have.
//!
//! What they mean together is decided in [`super`].

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::digests;
use crate::index::{
    MetadataHint, ProjectStatus,
    html::metadata_hint,
    listing::{MAX_FILES, status},
};

#[derive(Default)]
pub(super) struct Page<'a> {
    pub(super) meta: Meta<'a>,
    pub(super) status: Option<Stated>,
    pub(super) files: Option<Files<'a>>,
}

#[derive(Default)]
pub(super) struct Meta<'a> {
    pub(super) version: Scalar<'a>,
    pub(super) status: Option<Stated>,
}

#[derive(Default)]
pub(super) struct Stated {
    pub(super) status: ProjectStatus,
    pub(super) reason: Option<String>,
}

#[derive(Default)]
pub(super) struct Files<'a> {
    pub(super) list: Vec<File<'a>>,
    pub(super) too_many: bool,
}

#[derive(Default)]
pub(super) struct File<'a> {
    pub(super) filename: Scalar<'a>,
    pub(super) url: Scalar<'a>,
    pub(super) hashes: Scalar<'a>,
    pub(super) requires_python: Scalar<'a>,
    pub(super) size: Scalar<'a>,
    pub(super) upload_time: Scalar<'a>,
    pub(super) yanked: Scalar<'a>,
    pub(super) provenance: Scalar<'a>,
    pub(super) core_metadata: Option<MetadataHint>,
    pub(super) dist_info: Option<MetadataHint>,
    pub(super) data_dist_info: Option<MetadataHint>,
    pub(super) strange: bool,
}

/// Any JSON value, as far as a page has a use for it.
#[derive(Default)]
pub(super) enum Scalar<'a> {
    /// Not there, or `null`.
    #[default]
    Absent,
    Text(Cow<'a, str>),
    Bool(bool),
    Number(u64),
    /// An object's members that are texts.
    Hashes(Vec<(Cow<'a, str>, Cow<'a, str>)>),
    Other,
}

impl Scalar<'_> {
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn number(&self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// PEP 714: a boolean, or the hashes of the metadata file. `None` where nothing is said.
    fn metadata(self) -> Option<MetadataHint> {
        match self {
            Self::Absent | Self::Other | Self::Number(_) => None,
            Self::Bool(false) => Some(MetadataHint::Unavailable),
            Self::Bool(true) => Some(MetadataHint::Available(None)),
            Self::Text(text) => metadata_hint(&text),
            hashes @ Self::Hashes(_) => {
                Some(MetadataHint::Available(digests(&hashes).unwrap_or_default().into_iter().max()))
            }
        }
    }

    fn status(self) -> Option<Stated> {
        match self {
            Self::Text(text) => Some(Stated { status: status(&text), reason: None }),
            Self::Hashes(members) => {
                let member = |name: &str| members.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_ref());
                let stated = member("status").or_else(|| member("state"))?;
                let reason = member("reason").filter(|reason| !reason.is_empty()).map(shortened_reason);
                Some(Stated { status: status(stated), reason })
            }
            _ => None,
        }
    }
}

fn shortened_reason(reason: &str) -> String {
    reason.chars().take(2_000).collect()
}

/// The members of a page; an unknown one is skipped, also when it is nested.
#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "kebab-case")]
enum PageKey {
    Meta,
    ProjectStatus,
    Files,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "kebab-case")]
enum MetaKey {
    ApiVersion,
    ProjectStatus,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "kebab-case")]
enum FileKey {
    Filename,
    Url,
    Hashes,
    RequiresPython,
    Size,
    UploadTime,
    Yanked,
    Provenance,
    CoreMetadata,
    DistInfoMetadata,
    DataDistInfoMetadata,
    #[serde(other)]
    Other,
}

/// Gives a visitor every JSON value it has no use for, as its default.
macro_rules! anything_else_is_default {
    () => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("any JSON value")
        }

        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok(Self::other())
        }

        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok(Self::other())
        }

        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok(Self::other())
        }

        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok(Self::other())
        }

        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            Ok(Self::other())
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Self::other())
        }
    };
}

/// Reads and forgets what is left of an array.
fn drain<'de, A: SeqAccess<'de>>(mut items: A) -> Result<(), A::Error> {
    while items.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

/// Reads and forgets what is left of an object.
fn drain_map<'de, A: MapAccess<'de>>(mut members: A) -> Result<(), A::Error> {
    while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

impl<'de: 'a, 'a> Deserialize<'de> for Page<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PageVisitor;

        impl PageVisitor {
            fn other<'a>() -> Page<'a> {
                Page::default()
            }
        }

        impl<'de> Visitor<'de> for PageVisitor {
            type Value = Page<'de>;

            anything_else_is_default!();

            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
                drain(items).map(|()| Page::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
                let mut page = Page::default();
                while let Some(key) = members.next_key()? {
                    match key {
                        PageKey::Meta => page.meta = members.next_value()?,
                        PageKey::ProjectStatus => page.status = members.next_value::<Scalar<'_>>()?.status(),
                        PageKey::Files => page.files = members.next_value::<MaybeFiles<'_>>()?.0,
                        PageKey::Other => drop(members.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(page)
            }
        }

        deserializer.deserialize_any(PageVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Meta<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MetaVisitor;

        impl MetaVisitor {
            fn other<'a>() -> Meta<'a> {
                Meta::default()
            }
        }

        impl<'de> Visitor<'de> for MetaVisitor {
            type Value = Meta<'de>;

            anything_else_is_default!();

            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
                drain(items).map(|()| Meta::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
                let mut meta = Meta::default();
                while let Some(key) = members.next_key()? {
                    match key {
                        MetaKey::ApiVersion => meta.version = members.next_value()?,
                        MetaKey::ProjectStatus => meta.status = members.next_value::<Scalar<'_>>()?.status(),
                        MetaKey::Other => drop(members.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(meta)
            }
        }

        deserializer.deserialize_any(MetaVisitor)
    }
}

/// The list of files, if it is a list.
struct MaybeFiles<'a>(Option<Files<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for MaybeFiles<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FilesVisitor;

        impl FilesVisitor {
            fn other<'a>() -> MaybeFiles<'a> {
                MaybeFiles(None)
            }
        }

        impl<'de> Visitor<'de> for FilesVisitor {
            type Value = MaybeFiles<'de>;

            anything_else_is_default!();

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
                drain_map(members).map(|()| MaybeFiles(None))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
                let mut files = Files::default();
                while let Some(file) = items.next_element()? {
                    if files.list.len() >= MAX_FILES {
                        drain(items)?;
                        return Ok(MaybeFiles(Some(Files { list: Vec::new(), too_many: true })));
                    }
                    files.list.push(file);
                }
                Ok(MaybeFiles(Some(files)))
            }
        }

        deserializer.deserialize_any(FilesVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for File<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FileVisitor;

        impl FileVisitor {
            fn other<'a>() -> File<'a> {
                File { strange: true, ..File::default() }
            }
        }

        impl<'de> Visitor<'de> for FileVisitor {
            type Value = File<'de>;

            anything_else_is_default!();

            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
                drain(items).map(|()| Self::other())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
                let mut file = File::default();
                while let Some(key) = members.next_key()? {
                    match key {
                        FileKey::Filename => file.filename = members.next_value()?,
                        FileKey::Url => file.url = members.next_value()?,
                        FileKey::Hashes => file.hashes = members.next_value()?,
                        FileKey::RequiresPython => file.requires_python = members.next_value()?,
                        FileKey::Size => file.size = members.next_value()?,
                        FileKey::UploadTime => file.upload_time = members.next_value()?,
                        FileKey::Yanked => file.yanked = members.next_value()?,
                        FileKey::Provenance => file.provenance = members.next_value()?,
                        FileKey::CoreMetadata => file.core_metadata = members.next_value::<Scalar<'_>>()?.metadata(),
                        FileKey::DistInfoMetadata => file.dist_info = members.next_value::<Scalar<'_>>()?.metadata(),
                        FileKey::DataDistInfoMetadata => {
                            file.data_dist_info = members.next_value::<Scalar<'_>>()?.metadata();
                        }
                        FileKey::Other => drop(members.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(file)
            }
        }

        deserializer.deserialize_any(FileVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ScalarVisitor;

        impl<'de> Visitor<'de> for ScalarVisitor {
            type Value = Scalar<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any JSON value")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Scalar::Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Scalar::Text(Cow::Owned(text.to_string())))
            }

            fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
                Ok(Scalar::Bool(value))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
                Ok(Scalar::Number(value))
            }

            fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
                Ok(Scalar::Other)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                Ok(Scalar::Other)
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Scalar::Absent)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
                drain(items).map(|()| Scalar::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
                let mut hashes = Vec::new();
                while let Some(Key(key)) = members.next_key()? {
                    if let Scalar::Text(value) = members.next_value()?
                        && hashes.len() < 64
                    {
                        hashes.push((key, value));
                    }
                }
                Ok(Scalar::Hashes(hashes))
            }
        }

        deserializer.deserialize_any(ScalarVisitor)
    }
}

/// A member's name; serde borrows a bare `Cow` only where it is told to.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);
