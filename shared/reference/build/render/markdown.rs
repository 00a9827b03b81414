//! Renders the descriptions of `openapi.yaml`: the part of Markdown that they use.
//!
//! Blocks are paragraphs, lists (whose continuation lines are indented), and headings with `##`. Inside a block there
//! are `code`, **strong** words and [links](https://example.com). Other Markdown is an error, so that no
//! description is shown differently here and in other tools.

use super::html::{Html, element, text};

/// Renders blocks. A heading gets the element `heading`.
///
/// # Errors
/// The line that this module does not support.
pub fn blocks(markdown: &str, heading: &'static str) -> Result<Html, String> {
    let mut html = Vec::new();
    let mut lines = markdown.lines().peekable();
    while let Some(line) = lines.next() {
        if line.trim().is_empty() {
            continue;
        }
        let kind = Kind::of(line)?;
        let mut items = Vec::new();
        let mut item = kind.content(line).to_owned();
        while let Some(next) = lines.next_if(|next| kind.goes_on(next)) {
            if kind.begins_item(next) {
                items.push(std::mem::take(&mut item));
            } else {
                item.push('\n');
            }
            item += kind.content(next);
        }
        items.push(item);
        let contents: Vec<_> = items.iter().map(|item| inlines(item)).collect();
        let list_items = || contents.iter().cloned().map(|item| element("li").with(item));
        html.push(Html::from(match kind {
            Kind::Paragraph => element("p").with_all(contents),
            Kind::Heading => element(heading).with_all(contents),
            Kind::Bullets => element("ul").with_all(list_items()),
            Kind::Numbers => element("ol").with_all(list_items()),
        }));
    }
    Ok(html.into_iter().collect())
}

/// Renders the inside of one block.
pub fn inlines(markdown: &str) -> Html {
    let mut html = Vec::new();
    let mut rest = markdown;
    while let Some(start) = rest.find(['`', '*', '[']) {
        let (before, marked) = rest.split_at(start);
        let Some((inline, after)) = code(marked).or_else(|| strong(marked)).or_else(|| link(marked)) else {
            html.push(text(&rest[..=start]));
            rest = &rest[start + 1..];
            continue;
        };
        html.extend([text(before), inline]);
        rest = after;
    }
    html.push(text(rest));
    html.into_iter().collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Paragraph,
    Heading,
    Bullets,
    Numbers,
}

impl Kind {
    fn of(line: &str) -> Result<Self, String> {
        let is_number = |line: &str| {
            line.split_once(". ").is_some_and(|(number, _)| number.bytes().all(|byte| byte.is_ascii_digit()))
        };
        match line {
            line if line.starts_with("## ") => Ok(Self::Heading),
            line if line.starts_with("- ") => Ok(Self::Bullets),
            line if is_number(line) => Ok(Self::Numbers),
            line if line.starts_with(['#', '>', '|', '~', '+', ' ', '<', '\t'])
                || line.starts_with("```") =>
            {
                Err(format!("`{line}`: build/markdown.rs does not support this Markdown"))
            }
            _ => Ok(Self::Paragraph),
        }
    }

    /// Whether `next` belongs to the block of the line before it.
    fn goes_on(self, next: &str) -> bool {
        match self {
            Self::Heading => false,
            Self::Paragraph => !next.trim().is_empty() && Self::of(next) == Ok(Self::Paragraph),
            Self::Bullets | Self::Numbers => next.starts_with("  ") || self.begins_item(next),
        }
    }

    fn begins_item(self, line: &str) -> bool {
        self != Self::Paragraph && Self::of(line) == Ok(self)
    }

    fn content(self, line: &str) -> &str {
        match self {
            Self::Heading => line.trim_start_matches("## ").trim(),
            Self::Bullets | Self::Numbers if self.begins_item(line) => {
                line.split_once(' ').map_or(line, |(_, item)| item.trim())
            }
            Self::Paragraph | Self::Bullets | Self::Numbers => line.trim(),
        }
    }
}

/// The inline at the start of a text, and what follows it.
type Inline<'a> = Option<(Html, &'a str)>;

fn code(marked: &str) -> Inline<'_> {
    let (code, after) = marked.strip_prefix('`')?.split_once('`')?;
    Some((element("code").text(code).into(), after))
}

fn strong(marked: &str) -> Inline<'_> {
    let (words, after) = marked.strip_prefix("**")?.split_once("**")?;
    Some((element("strong").with(inlines(words)).into(), after))
}

fn link(marked: &str) -> Inline<'_> {
    let (words, rest) = marked.strip_prefix('[')?.split_once("](")?;
    let (target, after) = rest.split_once(')')?;
    let is_known = ["https://", "#", "/"].iter().any(|start| target.starts_with(start));
    (is_known && !words.contains(']'))
        .then(|| (element("a").attribute("href", target).with(inlines(words)).into(), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(markdown: &str) -> String {
        blocks(markdown, "h2").unwrap().as_str().to_owned()
    }

    #[test]
    fn paragraphs_headings_and_lists_are_blocks() {
        let markdown = "## Steps\n\nOne\nparagraph.\n\n- a\n  and b\n- c\n\n1. d\n2. e\n";
        let expected = "<h2>Steps</h2><p>One\nparagraph.</p><ul><li>a\nand b</li><li>c</li></ul>\
                        <ol><li>d</li><li>e</li></ol>";
        assert_eq!(rendered(markdown), expected);
        assert_eq!(rendered("Words:\n- a\n"), "<p>Words:</p><ul><li>a</li></ul>");
    }

    #[test]
    fn code_strong_words_and_links_are_inlines() {
        assert_eq!(rendered("`a < b` and **c**"), "<p><code>a &lt; b</code> and <strong>c</strong></p>");
        assert_eq!(rendered("[the `x`](#x)"), "<p><a href=\"#x\">the <code>x</code></a></p>");
    }

    #[test]
    fn a_mark_without_its_end_and_a_script_are_text() {
        for words in ["2 * 3", "a ` b", "[a]", "[a](javascript:b)"] {
            assert_eq!(rendered(words), format!("<p>{words}</p>"));
        }
    }

    #[test]
    fn other_markdown_is_an_error() {
        for markdown in ["# a", "| a |", "> a", "```\na\n```", "    a", "<b>a</b>"] {
            assert!(blocks(markdown, "h2").is_err(), "{markdown}");
        }
    }
}
