//! What there is to draw with.

/// A page with marks on it, later ones over earlier ones. Units are pixels of a screen; (0, 0) is at the upper left.
#[derive(Clone, Debug, Default)]
pub struct Drawing {
    /// What it shows, for those who cannot see it.
    pub title: String,
    /// How wide it is.
    pub width: u16,
    /// How high it is.
    pub height: u16,
    /// What is on it.
    pub marks: Vec<Mark>,
}

/// What a mark is drawn in; on a dark page each is another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Letters.
    Ink,
    /// Axes.
    Axis,
    /// Lines across the page.
    Grid,
    /// The first of what is compared.
    Blue,
    /// The second, and what failed.
    Red,
    /// The third, and what went well.
    Green,
    /// The fourth.
    Amber,
}

/// Which end of a text is at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

/// One mark.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// A line through points.
    Line {
        /// The points.
        points: Vec<(f64, f64)>,
        /// How wide it is.
        width: f64,
        /// Whether it has gaps.
        dashed: bool,
        /// Its colour.
        colour: Colour,
    },
    /// A filled circle.
    Dot {
        /// Its middle.
        at: (f64, f64),
        /// Its radius.
        radius: f64,
        /// Its colour.
        colour: Colour,
        /// How much of what is below it it hides: 0 to 1.
        opacity: f64,
    },
    /// A filled rectangle.
    Field {
        /// Its upper left corner.
        at: (f64, f64),
        /// Its width and height.
        size: (f64, f64),
        /// Its colour.
        colour: Colour,
        /// How much of what is below it it hides: 0 to 1.
        opacity: f64,
    },
    /// A line of text.
    Text {
        /// Where its base line begins, has its middle or ends.
        at: (f64, f64),
        /// Which of these it is.
        anchor: Anchor,
        /// Whether it is read from below upwards.
        upwards: bool,
        /// What it says.
        text: String,
    },
}

impl Drawing {
    /// An empty page.
    pub fn new(title: impl Into<String>, width: u16, height: u16) -> Self {
        Self { title: title.into(), width, height, marks: Vec::new() }
    }

    /// Adds a line through points.
    pub fn line(&mut self, points: impl Into<Vec<(f64, f64)>>, width: f64, colour: Colour) {
        self.marks.push(Mark::Line { points: points.into(), width, dashed: false, colour });
    }

    /// Adds a line with gaps.
    pub fn dashes(&mut self, points: impl Into<Vec<(f64, f64)>>, width: f64, colour: Colour) {
        self.marks.push(Mark::Line { points: points.into(), width, dashed: true, colour });
    }

    /// Adds a filled circle through which half of what is below is seen.
    pub fn dot(&mut self, at: (f64, f64), radius: f64, colour: Colour) {
        self.marks.push(Mark::Dot { at, radius, colour, opacity: 0.5 });
    }

    /// Adds a line of text from left to right.
    pub fn text(&mut self, at: (f64, f64), anchor: Anchor, text: impl Into<String>) {
        self.marks.push(Mark::Text { at, anchor, upwards: false, text: text.into() });
    }

    /// Adds a line of text from below upwards.
    pub fn text_upwards(&mut self, at: (f64, f64), anchor: Anchor, text: impl Into<String>) {
        self.marks.push(Mark::Text { at, anchor, upwards: true, text: text.into() });
    }
}
