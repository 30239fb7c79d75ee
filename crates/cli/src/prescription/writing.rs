//! `thoth note` and `thoth prescription new`: new prescriptions, in files of the project.

use std::path::{Path, PathBuf};

use operations::prescriptions::{self as verbs, LOCAL_FOLDER};
use packaging::{Requirement, Url, Wanted};
use prescriptions::{Kind, Matcher, Note, Tone, Versions, draft};

use super::{NewArgs, NoteArgs, ToneWord};
use crate::{RunError, exit::Exit, settings::Settings};

/// Writes down what the user learned.
pub(crate) fn note(args: &NoteArgs, settings: &Settings) -> Result<Exit, RunError> {
    let wrong = |flag, why: String| RunError::Argument { flag, why };
    if args.text.trim().is_empty() {
        return Err(wrong("TEXT", "it is empty".to_string()));
    }
    let packages = args.package.iter().map(|text| matcher(text)).collect::<Result<Vec<_>, _>>()?;
    let tone = match args.tone {
        Some(ToneWord::Info) => Tone::Info,
        None | Some(ToneWord::Warning) => Tone::Warning,
        Some(ToneWord::Error) => Tone::Error,
    };
    let score = args.score.as_deref().map(str::parse).transpose().map_err(|why| wrong("--score", why))?;
    let mut note = Note::new(&args.text, tone, packages, args.forbid, score);
    if let Some(link) = &args.link {
        let is_web = Url::parse(link).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !is_web {
            return Err(wrong("--link", format!("`{link}` is not an http or https address")));
        }
        note.link = Some(link.clone());
    }
    let folder = args.to.clone().unwrap_or_else(|| PathBuf::from(LOCAL_FOLDER));
    let (path, was_there) = verbs::note(&note, &settings.folder.join(&folder))?;
    let shown = path.strip_prefix(&settings.folder).unwrap_or(&path).display();
    let counts = match args.to {
        None => "`thoth advise` counts it from now on.",
        Some(_) => "`--prescriptions FOLDER` makes it count.",
    };
    crate::say(&match was_there {
        true => format!("{shown} says so already.\n"),
        false => format!("Wrote {shown}; {counts}\n"),
    })
}

fn matcher(text: &str) -> Result<Matcher, RunError> {
    let wrong = |why: &str| RunError::Argument { flag: "--package", why: format!("`{text}` {why}") };
    let requirement: Requirement =
        text.parse().map_err(|_| wrong("is not a package with versions, such as 'numpy>=1.24'"))?;
    let Wanted::Versions(specifiers) = requirement.wanted else { return Err(wrong("names an archive, not versions")) };
    if !requirement.extras.is_empty() || !requirement.marker.is_true() {
        return Err(wrong("has extras or a marker, which a note cannot ask for"));
    }
    let versions = if specifiers.is_empty() { Versions::Any } else { Versions::Within(specifiers) };
    Ok(Matcher { versions, ..Matcher::package(requirement.name) })
}

/// Begins a prescription.
pub(super) fn begin(args: &NewArgs, settings: &Settings) -> Result<Exit, RunError> {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    if args.name.is_empty() || args.name.len() > 100 || !args.name.chars().all(is_letter) {
        let why = format!("`{}` is not a name of letters, digits, `-` and `_`", args.name);
        return Err(RunError::Argument { flag: "NAME", why });
    }
    let kind = Kind::named(&args.kind).unwrap_or(Kind::Step);
    let text = draft::start(&args.name, kind);
    if args.output.as_deref() == Some(Path::new("-")) {
        return crate::say(&text);
    }
    let path = match &args.output {
        Some(path) => settings.folder.join(path),
        None => settings.folder.join(LOCAL_FOLDER).join(format!("{}.yaml", args.name)),
    };
    verbs::write(&path, &text)?;
    let shown = path.strip_prefix(&settings.folder).unwrap_or(&path).display();
    crate::say(&format!("Wrote {shown}: say in it what you know, and `thoth prescription check {shown}` reads it.\n"))
}
