//! `--plot`: the run of a predictor as a picture.

use std::path::{Path, PathBuf};

use operations::{Advice, files};
use report::plot::{Drawing, Picture, walks};
use resolution::outcome::Verdict;

use crate::{RunError, settings::Settings, terminal::Terminal};

const FLAG: &str = "--plot";

/// Where a run is to be drawn, and how.
#[derive(Debug)]
pub(crate) struct Plot {
    path: PathBuf,
    form: Picture,
}

impl Plot {
    /// What the settings say of it, if anything.
    ///
    /// # Errors
    /// When no picture can be made of it; said before the run, which may take long.
    pub(crate) fn wanted(settings: &Settings) -> Result<Option<Self>, RunError> {
        let Some(said) = &settings.plot else { return Ok(None) };
        let path = settings.folder.join(&said.value);
        let wrong = |why: String| RunError::Argument { flag: FLAG, why };
        let Some(form) = Picture::of(&path) else {
            let why = format!("{} is no name for a picture: it has to end in .svg or .png", said.value.display());
            return Err(wrong(why));
        };
        if path.is_dir() {
            return Err(wrong(format!("{} is a folder", said.value.display())));
        }
        files::has_folder(&path, &settings.folder)?;
        Ok(Some(Self { path, form }))
    }

    /// The same for a run that only the settings say how to search for.
    ///
    /// # Errors
    /// When no predictor walks, either.
    pub(crate) fn of_walk(settings: &Settings) -> Result<Option<Self>, RunError> {
        if settings.plot.is_some() && settings.walk.as_ref().is_none_or(|walk| walk.value.is_none()) {
            let why = "only the run of a predictor can be drawn; name one, such as `--predictor annealing`";
            return Err(RunError::Argument { flag: FLAG, why: why.to_string() });
        }
        Self::wanted(settings)
    }

    /// Draws the run of an answer; where no predictor found a stack, nothing is drawn, and that is said.
    ///
    /// # Errors
    /// When the picture cannot be written.
    pub(crate) fn draw(&self, advice: &Advice, folder: &Path, terminal: &Terminal) -> Result<(), RunError> {
        let heuristic = match &advice.outcome.verdict {
            Verdict::Stack(decision) => decision.certificate.heuristic.as_ref(),
            Verdict::Impossible(_) => None,
        };
        let Some(walked) = heuristic else {
            if terminal.verbosity.quiet < 2 {
                let label = crate::label("warning", terminal.colour_talk);
                crate::complain(&label, "nothing is drawn: no predictor found a stack");
            }
            return Ok(());
        };
        self.put(&walks(walked), folder)
    }

    /// Writes a drawing.
    ///
    /// # Errors
    /// When the picture cannot be written.
    pub(crate) fn put(&self, drawing: &Drawing, folder: &Path) -> Result<(), RunError> {
        Ok(files::write(&self.path, &self.form.bytes(drawing), folder)?)
    }
}
