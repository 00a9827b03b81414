//! Writes HTML in which every text and attribute is escaped.

/// A piece of HTML. Only this module can make one, so that no text reaches the page unescaped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html(String);

/// An element that takes attributes and children until it is turned into [`Html`].
pub struct Element {
    name: &'static str,
    attributes: String,
    children: String,
}

/// Elements without content and end tag that the page uses.
const VOID: [&str; 3] = ["br", "meta", "wbr"];

/// `text` as HTML.
pub fn text(text: &str) -> Html {
    Html(escape(text))
}

/// The start of an element.
pub fn element(name: &'static str) -> Element {
    Element { name, attributes: String::new(), children: String::new() }
}

/// `style` or `script` with `content`, which HTML does not escape.
///
/// # Panics
/// If `content` could end the element.
pub fn inline(element: Element, content: &str) -> Html {
    assert!(["style", "script"].contains(&element.name) && !content.contains("</"));
    let Element { name, attributes, .. } = element;
    Html(format!("<{name}{attributes}>{content}</{name}>"))
}

impl Html {
    /// The HTML as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Element {
    /// Adds an attribute.
    pub fn attribute(mut self, name: &'static str, value: &str) -> Self {
        self.attributes.extend([" ", name, "=\"", &escape(value), "\""]);
        self
    }

    /// Adds `class`.
    pub fn class(self, names: &str) -> Self {
        self.attribute("class", names)
    }

    /// Adds `id`.
    pub fn id(self, id: &str) -> Self {
        self.attribute("id", id)
    }

    /// Adds a text.
    pub fn text(mut self, text: &str) -> Self {
        self.children += &escape(text);
        self
    }

    /// Adds a child.
    pub fn with(mut self, child: impl Into<Html>) -> Self {
        self.children += &child.into().0;
        self
    }

    /// Adds children.
    pub fn with_all<T: Into<Html>>(self, children: impl IntoIterator<Item = T>) -> Self {
        children.into_iter().fold(self, Self::with)
    }
}

impl From<Element> for Html {
    fn from(Element { name, attributes, children }: Element) -> Self {
        let end = if VOID.contains(&name) { String::new() } else { format!("</{name}>") };
        Self(format!("<{name}{attributes}>{children}{end}"))
    }
}

impl FromIterator<Html> for Html {
    fn from_iter<T: IntoIterator<Item = Html>>(parts: T) -> Self {
        Self(parts.into_iter().map(|part| part.0).collect())
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_attributes_are_escaped() {
        let html =
            Html::from(element("p").class("a\"b").text("<&>").with(element("br")).with_all([text("\"")]));
        assert_eq!(html.as_str(), "<p class=\"a&quot;b\">&lt;&amp;&gt;<br>&quot;</p>");
    }

    #[test]
    fn a_style_keeps_its_text() {
        let html = inline(element("style"), "a > b { content: \"&\" }");
        assert_eq!(html.as_str(), "<style>a > b { content: \"&\" }</style>");
    }

    #[test]
    #[should_panic(expected = "assertion failed")]
    fn a_script_cannot_end_its_element() {
        inline(element("script"), "'</script>'");
    }
}
