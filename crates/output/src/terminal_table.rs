//! azr's own tables for people: they fit into the width of the terminal, and show states in color.
//!
//! The tables of `-o table` are those of az ([`crate::table`]); these are for what az does not have.

mod widths;

use std::borrow::Cow;

use crate::color::{self, Color};
use crate::escape;
use crate::text_width::{fold, pad, shorten};
use widths::GAP;

pub use widths::Fit;

/// What the color of a cell says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Done, or to be created.
    Good,
    /// To be changed, or worth a look.
    Change,
    /// Failed, or to be deleted.
    Bad,
    /// Less important.
    Quiet,
}

impl Tone {
    fn color(self) -> Color {
        match self {
            Self::Good => Color::Success,
            Self::Change => Color::Warning,
            Self::Bad => Color::Error,
            Self::Quiet => Color::Quiet,
        }
    }
}

/// A cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    text: String,
    tone: Option<Tone>,
}

impl Cell {
    /// A cell in the color of `tone`.
    #[must_use]
    pub fn with_tone(text: impl Into<String>, tone: Tone) -> Self {
        Self { text: text.into(), tone: Some(tone) }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self { text: text.into(), tone: None }
    }
}

/// A row, and the lines below it.
#[derive(Debug, Clone, Default)]
struct Row {
    cells: Vec<Cell>,
    lines: Vec<String>,
}

/// A table for people.
#[derive(Debug, Clone, Default)]
pub struct TerminalTable {
    columns: Vec<(String, Fit)>,
    rows: Vec<Row>,
}

impl TerminalTable {
    /// A table without rows.
    #[must_use]
    pub fn new(columns: &[(&str, Fit)]) -> Self {
        let columns = columns.iter().map(|(title, fit)| (one_line(title).into_owned(), *fit)).collect();
        Self { columns, rows: Vec::new() }
    }

    /// Whether the table has no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds a row, with a cell for each column.
    pub fn push(&mut self, cells: Vec<Cell>) {
        self.push_with_lines(cells, Vec::new());
    }

    /// Adds a row, and lines below it that are neither shortened nor folded, such as a command to copy.
    pub fn push_with_lines(&mut self, cells: Vec<Cell>, lines: Vec<String>) {
        self.rows.push(Row { cells, lines });
    }

    /// Renders the table for a terminal of `width` columns, or without a limit; empty if it has no rows.
    ///
    /// Columns without any text are left out.
    #[must_use]
    pub fn render(&self, width: Option<usize>, is_colored: bool) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let rows: Vec<Vec<(Cow<'_, str>, Option<Tone>)>> = self
            .rows
            .iter()
            .map(|row| row.cells.iter().map(|cell| (one_line(&cell.text), cell.tone)).collect())
            .collect();
        let text = |row: usize, column: usize| rows[row].get(column).map_or("", |(text, _)| &**text);
        let layout = widths::fit(&self.columns, rows.len(), &text, width);
        let mut output = String::new();
        let titles: Vec<_> = layout
            .shown
            .iter()
            .map(|(column, width)| (pad(&self.columns[*column].0, *width), None))
            .collect();
        push_line(&mut output, &titles, false);
        let dashes: Vec<_> = layout.shown.iter().map(|(_, width)| ("-".repeat(*width), None)).collect();
        push_line(&mut output, &dashes, false);
        for (row, cells) in self.rows.iter().zip(&rows) {
            let lines: Vec<Vec<Cow<'_, str>>> = layout
                .shown
                .iter()
                .map(|(column, width)| {
                    let text = cells.get(*column).map_or("", |(text, _)| &**text);
                    match self.columns[*column].1 {
                        Fit::Fold => fold(text, *width).into_iter().map(Cow::Borrowed).collect(),
                        _ => vec![shorten(text, *width)],
                    }
                })
                .collect();
            for index in 0..lines.iter().map(Vec::len).max().unwrap_or(0) {
                let line: Vec<(String, Option<Tone>)> = layout
                    .shown
                    .iter()
                    .zip(&lines)
                    .map(|((column, width), lines)| {
                        let text = lines.get(index).map_or("", |line| &**line);
                        (pad(text, *width), cells.get(*column).and_then(|(_, tone)| *tone))
                    })
                    .collect();
                push_line(&mut output, &line, is_colored);
            }
            for column in &layout.below {
                let text = cells.get(*column).map_or("", |(text, _)| &**text);
                if text.is_empty() {
                    continue;
                }
                let text = format!("{}: {text}", self.columns[*column].0);
                let width = width.map_or(usize::MAX, |width| width.saturating_sub(GAP.len()).max(1));
                for line in fold(&text, width) {
                    output.push_str(GAP);
                    output.push_str(line);
                    output.push('\n');
                }
            }
            for line in &row.lines {
                output.push_str(GAP);
                output.push_str(&one_line(line));
                output.push('\n');
            }
        }
        if !layout.omitted.is_empty() {
            let titles: Vec<&str> =
                layout.omitted.iter().map(|column| self.columns[*column].0.as_str()).collect();
            let text = format!("(a wider terminal also shows {})", titles.join(", "));
            color::push_colored(&mut output, is_colored, Color::Quiet, &text);
            output.push('\n');
        }
        output
    }
}

/// A text on one line, escaped.
fn one_line(text: &str) -> Cow<'_, str> {
    match escape::line(text) {
        Cow::Borrowed(line) => escape::cell(line),
        Cow::Owned(line) => Cow::Owned(escape::cell(&line).into_owned()),
    }
}

fn push_line(output: &mut String, cells: &[(String, Option<Tone>)], is_colored: bool) {
    let last = cells.iter().rposition(|(text, _)| !text.trim_end().is_empty());
    for (index, (text, tone)) in cells.iter().enumerate().take(last.map_or(0, |last| last + 1)) {
        let text = if Some(index) == last { text.trim_end() } else { text };
        match tone {
            Some(tone) => {
                let shown = text.trim_end();
                color::push_colored(output, is_colored && !shown.is_empty(), tone.color(), shown);
                output.push_str(&text[shown.len()..]);
            }
            None => output.push_str(text),
        }
        if Some(index) != last {
            output.push_str(GAP);
        }
    }
    output.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> TerminalTable {
        let mut table = TerminalTable::new(&[
            ("Action", Fit::Keep),
            ("API", Fit::Keep),
            ("Title", Fit::Shorten),
            ("Empty", Fit::Shorten),
            ("Note", Fit::Fold),
        ]);
        table.push(vec![
            Cell::with_tone("create", Tone::Good),
            "museum".into(),
            "Redocly Museum".into(),
            Cell::default(),
            "the title was shortened to 50 characters".into(),
        ]);
        table.push(vec![
            Cell::with_tone("delete", Tone::Bad),
            "unicode".into(),
            "Ünïcode — 日本語".into(),
            Cell::default(),
            Cell::default(),
        ]);
        table
    }

    #[test]
    fn cells_are_aligned_by_the_columns_of_the_terminal() {
        assert_eq!(
            plan().render(None, false),
            "Action  API      Title             Note\n\
             ------  -------  ----------------  ----------------------------------------\n\
             create  museum   Redocly Museum    the title was shortened to 50 characters\n\
             delete  unicode  Ünïcode — 日本語\n"
        );
    }

    #[test]
    fn a_table_fits_into_the_terminal() {
        let text = plan().render(Some(50), false);
        assert!(text.lines().all(|line| crate::text_width::display_width(line) <= 50), "{text}");
        assert!(text.contains("unicode"), "names are kept: {text}");
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("shortened") && words.contains("characters"), "notes are folded: {text}");
    }

    #[test]
    fn what_is_folded_is_below_the_row_in_a_narrow_terminal() {
        assert_eq!(
            plan().render(Some(30), false),
            "Action  API      Title\n------  -------  -------------\ncreate  museum   Redocly Muse…\n  \
             Note: the title was\n  shortened to 50 characters\ndelete  unicode  Ünïcode — 日…\n"
        );
    }

    #[test]
    fn states_are_colored_and_padding_is_not() {
        let text = plan().render(None, true);
        assert!(text.contains("\x1b[32mcreate\x1b[39m  museum"), "{text:?}");
        assert!(text.contains("\x1b[31mdelete\x1b[39m  unicode"), "{text:?}");
    }

    #[test]
    fn optional_columns_that_do_not_fit_are_named() {
        let mut table =
            TerminalTable::new(&[("Name", Fit::Keep), ("Revision", Fit::Omit), ("Kind", Fit::Omit)]);
        table.push(vec!["a-long-name-of-an-api".into(), "12".into(), "http".into()]);
        assert_eq!(
            table.render(Some(32), false),
            "Name                   Revision\n---------------------  --------\na-long-name-of-an-api  12\n\
             (a wider terminal also shows Kind)\n"
        );
    }

    #[test]
    fn lines_below_a_row_are_not_folded() {
        let mut table = TerminalTable::new(&[("Check", Fit::Keep)]);
        let command = format!("azr role assignment create --scope {}", "x".repeat(80));
        table.push_with_lines(vec!["identity".into()], vec![command.clone()]);
        assert!(table.render(Some(40), false).contains(&format!("\n  {command}\n")));
    }

    #[test]
    fn untrusted_text_stays_in_its_cell() {
        let mut table = TerminalTable::new(&[("A", Fit::Keep)]);
        table.push(vec!["::error::x\n\x1b[2J##vso[task.x]".into()]);
        assert_eq!(
            table.render(None, true).lines().nth(2),
            Some("\\u{3a}:error::x\\n\\u{1b}[2J\\u{23}#vso[task.x]")
        );
    }
}
