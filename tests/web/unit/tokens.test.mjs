// The colours of app.css, of pages.css and of the viewer. Each of these stylesheets is loaded without another one that
// could have them, or has another colour scheme than the page, so that they repeat the values.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (path) => readFileSync(new URL(`../../../web/${path}`, import.meta.url), 'utf8');

/** The custom properties of the first rule after `start`. */
function tokensOf(css, start) {
  const from = css.indexOf(start);
  assert.ok(from >= 0, start);
  const [rule] = css.slice(from + start.length).split('}');
  return Object.fromEntries([...rule.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name, value]));
}

const app = read('app.css');
const pages = read('pages.css');
const DARK = /@media \(prefers-color-scheme: dark\) \{\s*:root \{/;
const light = tokensOf(app, ':root {');
const dark = tokensOf(app, DARK.exec(app)[0]);

/** Those of `all` that `some` has as well. */
const asIn = (some, all) => Object.fromEntries(Object.keys(some).map((name) => [name, all[name]]));

test('pages of functions have the colours of the app, in light and dark', () => {
  const own = { light: tokensOf(pages, ':root {'), dark: tokensOf(pages, DARK.exec(pages)[0]) };
  assert.deepEqual(own.light, asIn(own.light, light));
  assert.deepEqual(own.dark, asIn(own.dark, dark));
  assert.deepEqual(Object.keys(own.dark), Object.keys(own.light));
});

test('the viewer has every dark colour of the app, except for its black ground and its lighter texts', () => {
  const own = tokensOf(read('photos/viewer.css'), '.photo-viewer {');
  const different = Object.keys(dark).filter((name) => own[name] !== dark[name]);
  assert.deepEqual(different, ['--bg', '--surface-2', '--text', '--text-muted']);
  for (const name of different) assert.match(own[name], /^#/, name);
});

test('the colours of the bars of the browser are those of the page', () => {
  const colours = [...read('index.html').matchAll(/name="theme-color" content="(#\w+)"/g)].map(([, colour]) => colour);
  assert.deepEqual(colours, [light['--bg'], dark['--bg']]);
});
