//! Splits a pattern or an expression into words and signs.

/// The words and signs of `text`: names, numbers, texts in quotes, and operators of one or two characters.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    let is_word = |c: char| c.is_alphanumeric() || "_$.*".contains(c);
    let characters: Vec<char> = text.chars().collect();
    let (mut tokens, mut place) = (Vec::new(), 0);
    while let Some(first) = characters.get(place).copied() {
        let start = place;
        place += 1;
        if first.is_whitespace() {
            continue;
        }
        let rest = || characters.get(start + 1..).unwrap_or_default().iter();
        if first == '"' {
            place += rest().take_while(|c| **c != '"').count() + 1;
        } else if is_word(first) {
            place += rest().take_while(|c| is_word(**c)).count();
        } else if let Some(second) = characters.get(place)
            && ["&&", "||", "!=", ">=", "<="].contains(&[first, *second].iter().collect::<String>().as_str())
        {
            place += 1;
        }
        tokens.push(characters.iter().take(place).skip(start).collect());
    }
    tokens
}
