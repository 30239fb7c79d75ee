//! The feeds of a run: documents that are read before, and services that are asked about what it meets.
//!
//! A service is told names of packages that the public index serves, and of repositories that their releases name: nothing else.
//! What it answers is kept, so that it is asked again a day later at the earliest, and offline not at all.

use std::{collections::BTreeSet, io::Write as _, path::Path};

use evidence::health::{Document, Records, Repository};
use futures::{StreamExt as _, stream};
use knowledge::Answer;
use packaging::{
    PackageName, Url, Version,
    requirement::{redacted, without_credentials},
};
use sources::http::{FetchError, Request as HttpRequest, Validators};

use super::Release;
use crate::{
    error::AdviseError,
    records::{self, Place, Unread, broken_entries},
    request::HealthSource,
    world::World,
};

/// For how long an answer is taken as it is, seconds: scorecards are made once a week.
const FRESH: i64 = 86_400;
/// The most questions of one run.
const MOST_ASKED: usize = 2000;
/// How many questions are under way at once.
const AT_ONCE: usize = 8;
/// The most bytes of an answer of a service.
const LARGEST_ANSWER: u64 = 16 << 20;
/// The most bytes of a document or archive on a server.
const LARGEST_FILE: u64 = 64 << 20;
/// The most bytes of a kept answer, decompressed.
const LARGEST_KEPT: usize = 64 << 20;
/// How hard answers are compressed.
const COMPRESSION: i32 = 3;
/// How many documents that cannot be used are named.
const MOST_NAMED: usize = 3;

/// Where the health of projects is known from.
#[derive(Debug, Default)]
pub(crate) struct Feeds {
    pub(crate) records: Records,
    names: Vec<String>,
    services: Vec<Service>,
    /// The addresses that were asked in this run.
    asked: BTreeSet<String>,
}

/// A service that is asked.
#[derive(Clone, Debug)]
enum Service {
    DepsDev(Url),
    Scorecard(Url),
}

/// What a service is asked about.
#[derive(Clone, Debug)]
enum About {
    Release(PackageName, Version),
    Repository(Repository),
}

struct Question {
    name: String,
    url: Url,
    about: About,
}

impl Feeds {
    /// Reads the documents of all sources, and notes which services there are.
    ///
    /// # Errors
    /// When a source cannot be read.
    pub(crate) async fn load(
        list: &[HealthSource],
        folder: &Path,
        world: &World<'_>,
        notes: &mut Vec<String>,
    ) -> Result<Self, AdviseError> {
        let mut feeds = Self { names: list.iter().map(ToString::to_string).collect(), ..Self::default() };
        let mut places = Vec::new();
        for source in list {
            match source {
                HealthSource::Index => {}
                HealthSource::DepsDev(url) => feeds.services.push(Service::DepsDev(url.clone())),
                HealthSource::Scorecard(url) => feeds.services.push(Service::Scorecard(url.clone())),
                HealthSource::Path(path) => places.push((source.to_string(), Place::Path(folder.join(path)))),
                HealthSource::Url(url) => feeds.fetch(source, url, &mut places, world).await?,
            }
        }
        let reading = tokio::task::spawn_blocking(move || read(&places));
        let (read, broken) =
            reading.await.map_err(|error| AdviseError::Bug(format!("the reader of health died: {error}")))??;
        // What was fetched by itself was read already, and comes after in the list: its date decides.
        feeds.records.absorb(read);
        notes.extend(broken);
        let (rejected, count) = feeds.records.rejected();
        let named = rejected.iter().take(MOST_NAMED);
        notes.extend(named.map(|(source, error)| format!("Of {source} a document is not used: {error}.")));
        if let Some(more) = count.checked_sub(MOST_NAMED).filter(|more| *more > 0) {
            notes.push(format!("{more} more documents about the health of projects are not used."));
        }
        Ok(feeds)
    }

    /// The sources, without credentials.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Takes in a document or an archive of them on a server.
    async fn fetch(
        &mut self,
        source: &HealthSource,
        url: &Url,
        places: &mut Vec<(String, Place)>,
        world: &World<'_>,
    ) -> Result<(), AdviseError> {
        let name = source.to_string();
        let failed = |why: String| AdviseError::NoHealth { origin: name.clone(), why };
        let (body, kept) = answer(url, LARGEST_FILE, world).await.map_err(failed)?;
        let body = body.ok_or_else(|| failed("the server has no such file".to_string()))?;
        keep(kept.as_slice(), world);
        if body.trim_ascii_start().starts_with(b"{") {
            self.records.add(&name, &redacted(url), &body);
            return Ok(());
        }
        let place = temporary(&body).map_err(|error| failed(error.to_string()))?;
        places.push((name, Place::Temporary(place)));
        Ok(())
    }

    /// Asks the services about releases, as far as they are public, and then about the repositories that they lead to. `now` is in
    /// seconds since the Unix epoch.
    pub(crate) async fn ask(&mut self, releases: &[Release], now: i64, world: &World<'_>, notes: &mut Vec<String>) {
        let public = || releases.iter().filter(|release| release.is_public);
        let unknown = public().filter(|release| !self.records.knows(&release.package, &release.version));
        let about: Vec<About> =
            unknown.map(|release| About::Release(release.package.clone(), release.version.clone())).collect();
        self.pose(about, world, notes).await;
        let located = public().filter_map(|release| {
            let located = self.records.located(&release.subject(now));
            Some(located.present()?.value.repository.clone())
        });
        let repositories: BTreeSet<Repository> =
            located.filter(|repository| !self.records.knows_scorecard(repository)).collect();
        self.pose(repositories.into_iter().map(About::Repository).collect(), world, notes).await;
    }

    /// Asks every service that may know.
    async fn pose(&mut self, about: Vec<About>, world: &World<'_>, notes: &mut Vec<String>) {
        let mut questions = Vec::new();
        for (about, service) in about.iter().flat_map(|about| self.services.iter().map(move |service| (about, service)))
        {
            let Some(url) = service.address(about) else { continue };
            if self.asked.contains(url.as_str()) {
                continue;
            }
            if self.asked.len() >= MOST_ASKED {
                notes.push(format!(
                    "Services were asked {MOST_ASKED} questions about the health of projects, and no more."
                ));
                break;
            }
            self.asked.insert(url.to_string());
            questions.push(Question { name: service.name(), url, about: about.clone() });
        }
        let total = questions.len() as u64;
        let answers = stream::iter(&questions).map(|one| answer(&one.url, LARGEST_ANSWER, world)).buffered(AT_ONCE);
        let told = answers.enumerate().inspect(|(at, _)| world.progress.count(*at as u64 + 1, Some(total)));
        let answers: Vec<_> = told.map(|(_, answer)| answer).collect().await;
        let (mut kept, mut failed) = (Vec::new(), Vec::new());
        for (question, answer) in questions.iter().zip(answers) {
            match answer {
                Ok((body, new)) => {
                    self.take(question, body.as_deref());
                    kept.extend(new);
                }
                Err(why) => failed.push(format!("{}: {why}", question.name)),
            }
        }
        keep(&kept, world);
        if let Some(first) = failed.first() {
            let count = failed.len();
            notes.push(format!(
                "{count} of {total} questions about the health of projects have no answer; the first, of {first}."
            ));
        }
    }

    /// Takes an answer in: it is about what was asked, whatever the service calls that by now.
    fn take(&mut self, question: &Question, body: Option<&[u8]>) {
        let Some(body) = body else {
            if let About::Repository(repository) = &question.about {
                self.records.lacks_scorecard(repository.clone(), &question.name);
            }
            return;
        };
        let document = match (Document::parse(&redacted(&question.url), body), &question.about) {
            (Ok(Document::Project { stars, scorecard, .. }), About::Repository(repository)) => {
                Document::Project { repository: repository.clone(), stars, scorecard }
            }
            (Ok(Document::Release { claims, at, .. }), About::Release(package, version)) => {
                Document::Release { package: package.clone(), version: version.clone(), claims, at }
            }
            (Ok(_), _) => return tracing::warn!("{} answers something else", redacted(&question.url)),
            (Err(error), _) => return tracing::warn!("{error}"),
        };
        self.records.take(&question.name, document);
    }
}

impl Service {
    /// The address of a question; `None` where the service is not asked that.
    fn address(&self, about: &About) -> Option<Url> {
        let (base, path): (&Url, Vec<String>) = match (self, about) {
            (Self::DepsDev(base), About::Release(package, version)) => {
                let path = ["v3", "systems", "pypi", "packages", package.as_ref(), "versions"].map(str::to_string);
                (base, path.into_iter().chain([version.to_string()]).collect())
            }
            (Self::DepsDev(base), About::Repository(repository)) => {
                (base, vec!["v3".to_string(), "projects".to_string(), repository.to_string()])
            }
            (Self::Scorecard(base), About::Repository(repository)) => {
                let parts = repository.to_string();
                (base, std::iter::once("projects").chain(parts.split('/')).map(str::to_string).collect())
            }
            (Self::Scorecard(_), About::Release(..)) => return None,
        };
        let mut url = base.clone();
        url.path_segments_mut().ok()?.pop_if_empty().extend(path);
        Some(url)
    }

    fn name(&self) -> String {
        match self {
            Self::DepsDev(url) => format!("deps.dev ({})", redacted(url)),
            Self::Scorecard(url) => format!("Scorecard ({})", redacted(url)),
        }
    }
}

/// An archive that was fetched, as a file that goes with the value.
fn temporary(body: &[u8]) -> std::io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(body)?;
    Ok(file)
}

/// Reads the documents of all places; what of them could not be read, as notes.
fn read(places: &[(String, Place)]) -> Result<(Records, Vec<String>), AdviseError> {
    let mut broken = Vec::new();
    let parts =
        records::read(places, &mut |name, walked| broken_entries(name, walked, &mut broken), &|source, files| {
            let mut part = Records::default();
            files.iter().for_each(|(file, bytes)| part.add(source, file, bytes));
            part
        });
    let mut whole = Records::default();
    parts.map_err(unread)?.into_iter().for_each(|part| whole.absorb(part));
    Ok((whole, broken))
}

fn unread(Unread { origin, cause, broken }: Unread) -> AdviseError {
    match cause {
        Some(source) => AdviseError::HealthSource { origin, source },
        None => {
            let why = broken.unwrap_or_else(|| "there is no document in it".to_string());
            AdviseError::NoHealth { origin, why }
        }
    }
}

/// An answer that is to be kept, with its address.
type New = (String, Answer);

/// What is answered under an address, stored or fetched; `None` where there is no such thing. Where it cannot be asked for again, what is
/// stored will do.
async fn answer(url: &Url, most: u64, world: &World<'_>) -> Result<(Option<Vec<u8>>, Option<New>), String> {
    let address = without_credentials(url).to_string();
    let stored = world.knowledge.answer(&address).unwrap_or_else(|error| {
        tracing::warn!("what was answered before is not known: {error}");
        None
    });
    let recall = |stored: Answer| -> Result<Option<Vec<u8>>, String> {
        let unpack = |body: Vec<u8>| zstd::bulk::decompress(&body, LARGEST_KEPT);
        stored.body.map(unpack).transpose().map_err(|error| format!("what is kept of it is damaged: {error}"))
    };
    let is_fresh = |stored: &Answer| !world.refresh && world.seconds() - stored.checked_at < FRESH;
    match stored {
        Some(stored) if world.http.is_offline() || is_fresh(&stored) => Ok((recall(stored)?, None)),
        None if world.http.is_offline() => Err(format!("{} is not stored, and this run is offline", redacted(url))),
        stored => match fetch(url, most, stored.as_ref(), world).await {
            Ok(Fetched::Same) => {
                let stored = Answer { checked_at: world.seconds(), ..stored.unwrap_or_default() };
                Ok((recall(stored.clone())?, Some((address, stored))))
            }
            Ok(Fetched::New(body, new)) => Ok((body, new.map(|new| (address, new)))),
            Err(error) => match stored {
                Some(stored) => {
                    tracing::warn!("{error}; what was answered before is used");
                    Ok((recall(stored)?, None))
                }
                None => Err(error.to_string()),
            },
        },
    }
}

enum Fetched {
    Same,
    New(Option<Vec<u8>>, Option<Answer>),
}

async fn fetch(url: &Url, most: u64, stored: Option<&Answer>, world: &World<'_>) -> Result<Fetched, FetchError> {
    let validators = stored
        .filter(|stored| stored.body.is_some())
        .map(|stored| Validators { etag: stored.etag.clone(), last_modified: stored.last_modified.clone() });
    let validators = validators.filter(|known| known.etag.is_some() || known.last_modified.is_some());
    let asked = validators.is_some();
    let request = HttpRequest { validators, compressed: true, ..HttpRequest::new(url.clone(), most) };
    let response = world.http.get(&request).await?;
    if response.head.status == 304 && asked {
        return Ok(Fetched::Same);
    }
    let Validators { etag, last_modified } = response.head.validators.clone();
    let checked_at = world.seconds();
    if !response.head.is_whole() {
        return match response.head.status {
            404 | 410 => Ok(Fetched::New(None, Some(Answer { checked_at, ..Answer::default() }))),
            status => Err(FetchError::Status { url: sources::http::shown(url), status }),
        };
    }
    let body = zstd::bulk::compress(&response.body, COMPRESSION).ok();
    let new = body.map(|body| Answer { checked_at, etag, last_modified, body: Some(body) });
    Ok(Fetched::New(Some(response.body), new))
}

/// Keeps answers. What cannot be kept is asked for again next time: no reason to fail.
fn keep(new: &[New], world: &World<'_>) {
    if new.is_empty() {
        return;
    }
    let answers = new.iter().map(|(address, answer)| (address.as_str(), answer));
    if let Err(error) = world.knowledge.keep_answers(answers) {
        tracing::warn!("what was answered is not kept: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_go_to_the_addresses_that_the_services_document() {
        let release = About::Release("Demo.Web".parse().unwrap(), "1.0+local".parse().unwrap());
        let repository = About::Repository(Repository::of("https://github.com/demo/web").unwrap());
        let address = |service: &Service, about: &About| service.address(about).map(String::from);
        let base = "https://api.example/sub/".parse::<Url>().unwrap();
        let deps_dev = Service::DepsDev(base.clone());
        let expected = "https://api.example/sub/v3/systems/pypi/packages/demo-web/versions/1.0+local";
        assert_eq!(address(&deps_dev, &release).as_deref(), Some(expected));
        let expected = "https://api.example/sub/v3/projects/github.com%2Fdemo%2Fweb";
        assert_eq!(address(&deps_dev, &repository).as_deref(), Some(expected));
        let scorecard = Service::Scorecard(base);
        let expected = "https://api.example/sub/projects/github.com/demo/web";
        assert_eq!(address(&scorecard, &repository).as_deref(), Some(expected));
        assert_eq!(address(&scorecard, &release), None);
    }
}
