//! Texts from outside, made fit to store and to show.

/// One line of at most `limit` characters: control and direction-changing characters become blanks, runs of blanks one.
///
/// Texts of advisories and prescriptions end up on terminals and in reports, where an escape sequence would act.
pub fn one_line(text: &str, limit: usize) -> String {
    let mut line = String::new();
    let mut length = 0;
    let mut gap = false;
    for character in text.chars() {
        if character.is_whitespace() || is_active(character) {
            gap = length > 0;
            continue;
        }
        if length + usize::from(gap) >= limit {
            line.push('…');
            break;
        }
        if gap {
            line.push(' ');
            length += 1;
            gap = false;
        }
        line.push(character);
        length += 1;
    }
    line
}

/// Whether a character does something other than being seen: moves the cursor, hides, turns the direction around.
pub fn is_active(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_sequence_does_not_reach_the_terminal() {
        assert_eq!(one_line("a\u{1b}[31mred\r\n  \u{202e}b", 80), "a [31mred b");
        assert_eq!(one_line("0123456789", 5), "01234…");
        assert_eq!(one_line("  ", 5), "");
    }
}
