//! How commands print. Whoever reads may stop reading (`nestor … | head`): the rest is dropped, and the command ends as it
//! would have ended.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};

/// Prints a line on standard output.
macro_rules! say {
    ($($text:tt)*) => { $crate::cli::printing::on_output(format_args!($($text)*)) };
}

/// Prints a line on standard error: what is not the result.
macro_rules! aside {
    ($($text:tt)*) => { $crate::cli::printing::on_error(format_args!($($text)*)) };
}

pub(super) use {aside, say};

pub(super) fn on_output(line: Arguments<'_>) {
    let written = line_to(&mut io::stdout().lock(), line);
    if let Err(error) = written {
        // What was done is done, but a script must not take half of an answer for all of it.
        on_error(format_args!("nestor: the output cannot be written: {error}"));
        std::process::exit(2);
    }
}

pub(super) fn on_error(line: Arguments<'_>) {
    // There is no other place to say that it cannot be said.
    drop(line_to(&mut io::stderr().lock(), line));
}

/// Writes a text to standard output as it is.
pub(super) fn text_to_output(text: &str) -> io::Result<()> {
    unless_closed(io::stdout().lock().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()))
}

fn line_to(out: &mut impl Write, line: Arguments<'_>) -> io::Result<()> {
    unless_closed(writeln!(out, "{}", plain(&line.to_string())).and_then(|()| out.flush()))
}

/// A text without what would steer the terminal: names and notes come from servers and from people.
pub(super) fn plain(text: &str) -> String {
    let steers = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t');
    let show = |letter: char| if steers(letter) { letter.escape_unicode().to_string() } else { letter.to_string() };
    if text.contains(steers) { text.chars().map(show).collect() } else { text.to_owned() }
}

fn unless_closed(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn what_steers_the_terminal_is_shown_instead() {
        assert_eq!(plain("grün\n\ta\u{1b}[2Jb\u{9b}c\r"), "grün\n\ta\\u{1b}[2Jb\\u{9b}c\\u{d}");
    }
}
