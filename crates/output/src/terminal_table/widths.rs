//! The widths of the columns of a table.

use crate::text_width::display_width;

/// The space between two columns.
pub(super) const GAP: &str = "  ";

/// What a column does if the table is wider than the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Its cells are never shortened: names that are copied.
    Keep,
    /// Its cells are shortened with `…`.
    Shorten,
    /// Its cells continue on the next line; if there is no room for the column, they are below the row.
    Fold,
    /// It is left out, and only very long cells are shortened.
    Omit,
}

/// The smallest width of a column that is folded.
const MIN_FOLDED: usize = 20;

/// The smallest width of a column that is shortened.
const MIN_SHORTENED: usize = 8;

/// The width above which a column that may be left out is shortened.
const MAX_OPTIONAL: usize = 40;

/// The columns of a table, by their index.
pub(super) struct Layout {
    /// The columns that are shown, with their widths.
    pub shown: Vec<(usize, usize)>,
    /// The columns whose cells are below the row.
    pub below: Vec<usize>,
    /// The columns for which the terminal is too narrow.
    pub omitted: Vec<usize>,
}

/// A column that has text.
struct Column {
    index: usize,
    fit: Fit,
    width: usize,
    min: usize,
}

/// Fits the columns into `limit`; `text` returns the text of a row and a column.
///
/// If the columns that must be kept are wider than the limit, the table is wider, too.
pub(super) fn fit<'t>(
    columns: &[(String, Fit)],
    rows: usize,
    text: &dyn Fn(usize, usize) -> &'t str,
    limit: Option<usize>,
) -> Layout {
    let mut shown: Vec<Column> = Vec::new();
    for (index, (title, fit)) in columns.iter().enumerate() {
        let widest = (0..rows).map(|row| display_width(text(row, index))).max().unwrap_or(0);
        if widest == 0 {
            continue;
        }
        let title = display_width(title);
        let width = widest.max(title);
        let min = match fit {
            Fit::Keep => width,
            Fit::Shorten => width.min(MIN_SHORTENED.max(title)),
            Fit::Omit => width.min(MAX_OPTIONAL.max(title)),
            Fit::Fold => width.min(MIN_FOLDED.max(title)),
        };
        shown.push(Column { index, fit: *fit, width, min });
    }
    let (mut below, mut omitted) = (Vec::new(), Vec::new());
    if let Some(limit) = limit {
        remove_wide(&mut shown, limit, Fit::Omit, &mut omitted);
        remove_wide(&mut shown, limit, Fit::Fold, &mut below);
        shrink(&mut shown, limit);
    }
    let shown = shown.into_iter().map(|column| (column.index, column.width)).collect();
    Layout { shown, below, omitted }
}

/// Removes columns of one kind, the last one first, until the others fit.
fn remove_wide(columns: &mut Vec<Column>, limit: usize, fit: Fit, removed: &mut Vec<usize>) {
    while columns.iter().map(|column| column.min).sum::<usize>() + gaps(columns) > limit {
        let Some(last) = columns.iter().rposition(|column| column.fit == fit) else { return };
        removed.insert(0, columns.remove(last).index);
    }
}

fn gaps(columns: &[Column]) -> usize {
    GAP.len() * columns.len().saturating_sub(1)
}

/// Narrows the columns that are the widest until they fit.
fn shrink(columns: &mut [Column], limit: usize) {
    let mut excess =
        (columns.iter().map(|column| column.width).sum::<usize>() + gaps(columns)).saturating_sub(limit);
    while excess > 0 {
        let Some(widest) =
            columns.iter_mut().filter(|column| column.width > column.min).max_by_key(|column| column.width)
        else {
            return;
        };
        widest.width -= 1;
        excess -= 1;
    }
}
