// The contrast of a page's texts, for pages whose elements have plain colours.

import assert from 'node:assert/strict';

// Of WCAG 2.2, 1.4.3.
const ENOUGH = 4.5;

// Fails if a text is hard to read on the page's background, or if that background does not match `scheme`.
export async function assertReadable({ page }, scheme) {
  const { background, texts } = await page.evaluate(colours);
  assert.equal(luminance(background) < 0.18 ? 'dark' : 'light', scheme);
  assert.notEqual(texts.length, 0);
  for (const { text, front, back, opacity } of texts) {
    const seen = front.map((channel, at) => channel * opacity + back[at] * (1 - opacity));
    const [bright, dim] = [luminance(seen), luminance(back)].sort((a, b) => b - a);
    const contrast = (bright + 0.05) / (dim + 0.05);
    assert.ok(contrast >= ENOUGH, `${text}: ${contrast.toFixed(2)}`);
  }
}

// Runs in the page: the colour of its background, and of each of its texts and what is behind the text.
function colours() {
  const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
  const backOf = (element) => {
    if (!element) return [255, 255, 255];
    const [red, green, blue, alpha = 1] = channels(getComputedStyle(element).backgroundColor);
    return alpha === 0 ? backOf(element.parentElement) : [red, green, blue];
  };
  const opacityOf = (element) =>
    element ? Number(getComputedStyle(element).opacity) * opacityOf(element.parentElement) : 1;
  const hasWords = (node) => node.nodeType === Node.TEXT_NODE && node.data.trim();
  const elements = [...document.body.querySelectorAll('*')].filter((element) => [...element.childNodes].some(hasWords));
  const texts = elements.map((element) => {
    const front = channels(getComputedStyle(element).color).slice(0, 3);
    return { text: element.textContent, front, back: backOf(element), opacity: opacityOf(element) };
  });
  return { background: backOf(document.body), texts };
}

// The relative luminance of WCAG 2.2.
function luminance(channels) {
  const [red, green, blue] = channels.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
