//! Tables for spreadsheets: CSV in UTF-8, without a cell that would be run as a formula.

use std::borrow::Cow;

use csv::{Terminator, Writer, WriterBuilder};

/// Spreadsheets take a file for UTF-8 when it begins so.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
const IN_MEMORY: &str = "writing to memory does not fail, and rows may differ in length";

/// A table in the making (RFC 4180), or a part of one, held in memory.
pub struct Table(Box<Writer<Vec<u8>>>);

impl Table {
    /// The beginning of a table: the headings.
    pub fn headed<'a>(headings: impl IntoIterator<Item = &'a str>) -> Self {
        let mut table = Self::after(BYTE_ORDER_MARK.to_vec());
        table.add(headings);
        table
    }

    /// A part of a table that follows others.
    pub fn continued() -> Self {
        Self::after(Vec::new())
    }

    fn after(bytes: Vec<u8>) -> Self {
        let mut table = WriterBuilder::new();
        table.terminator(Terminator::CRLF).flexible(true);
        Self(Box::new(table.from_writer(bytes)))
    }

    /// Adds a row.
    pub fn add<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        let cells = cells.into_iter().map(|cell| neutral(cell).into_owned());
        self.0.write_record(cells).expect(IN_MEMORY);
    }

    /// How many bytes there are, or a few less.
    pub fn bytes(&self) -> usize {
        self.0.get_ref().len()
    }

    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0.into_inner().expect(IN_MEMORY)
    }
}

/// A cell that no spreadsheet takes for a formula: where it begins like one, an apostrophe is put
/// before it.
fn neutral(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        return Cow::Owned(format!("'{cell}"));
    }
    Cow::Borrowed(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1+1", "+1", "-2", "@sum", "\t=1", "\r=1"] {
            assert_eq!(neutral(formula), format!("'{formula}"));
        }
        for harmless in ["", "a=1", "'=1", "1-2", " =1"] {
            assert_eq!(neutral(harmless), harmless);
        }
    }

    #[test]
    fn parts_make_a_table() {
        let mut first = Table::headed(["a", "b"]);
        first.add(["1", "x, \"y\""]);
        let mut second = Table::continued();
        second.add(["2", ""]);
        let bytes = [first.into_bytes(), second.into_bytes()].concat();
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "\u{feff}a,b\r\n1,\"x, \"\"y\"\"\"\r\n2,\r\n"
        );
    }
}
