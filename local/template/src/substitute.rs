//! Parses the text of `Fn::Sub`.

/// A piece of a `Sub` text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    /// The contents of `${...}`: `Name` or `Resource.Attribute`.
    Variable(&'a str),
}

/// Splits a text into variables (`${Name}`) and the text around them. `${!Literal}` is the text `${Literal}`.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece<'_>>, &'static str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        pieces.push(Piece::Text(&rest[..start]));
        let inside = &rest[start + 2..];
        let end = inside.find('}').ok_or("`${` has no `}`")?;
        match inside[..end].strip_prefix('!') {
            Some(literal) => pieces.extend([Piece::Text("${"), Piece::Text(literal), Piece::Text("}")]),
            None => pieces.push(Piece::Variable(inside[..end].trim())),
        }
        rest = &inside[end + 1..];
    }
    pieces.push(Piece::Text(rest));
    Ok(pieces)
}
