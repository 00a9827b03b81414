// The texts of the app: every language has all of them, and the code uses no others.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const ROOT = new URL('../../../web/', import.meta.url);

const languages = readdirSync(new URL('words/', ROOT)).map((file) => file.replace('.js', ''));
const tables = await Promise.all(languages.map(async (code) => [code, await table(code)]));
const { en } = Object.fromEntries(tables);
const all = entriesOf(en);

async function table(code) {
  return (await import(new URL(`words/${code}.js`, ROOT))).default;
}

// The texts below `node`, by their dotted paths.
function entriesOf(node, path = '') {
  return Object.entries(node).flatMap(([name, value]) => {
    const own = path ? `${path}.${name}` : name;
    return typeof value === 'object' ? entriesOf(value, own) : [[own, value]];
  });
}

const shape = (value) => (typeof value === 'function' ? `function of ${value.length}` : typeof value);
const shapes = (words) => Object.fromEntries(entriesOf(words).map(([path, value]) => [path, shape(value)]));

test('the page lists the languages that have texts', () => {
  const [, listed] = /data-languages="([^"]+)"/.exec(readFileSync(new URL('index.html', ROOT), 'utf8'));
  assert.deepEqual(listed.split(' ').sort(), languages.sort());
});

for (const [code, words] of tables) {
  test(`the texts in ${code} have the same keys, kinds and numbers of parameters`, () => {
    const [own, expected] = [shapes(words), shapes(en)];
    const different = Object.keys({ ...own, ...expected }).filter((path) => own[path] !== expected[path]);
    assert.deepEqual(different.map((path) => `${path}: ${own[path]}, in English ${expected[path]}`), []);
  });

  test(`no text in ${code} is empty, and none has spaces at its ends`, () => {
    for (const [path, value] of entriesOf(words)) {
      if (typeof value === 'string') assert.match(value, /^\S(.*\S)?$/s, path);
    }
  });
}

test('a text that the translation leaves as it is in English is a name or an international word', () => {
  const same = /^(app\.name|account\.languages\.|staff\.units\.|.*(ok|OK)$)/;
  const { de } = Object.fromEntries(tables);
  const german = Object.fromEntries(entriesOf(de));
  const unchanged = all.filter(([path, value]) => typeof value === 'string' && value === german[path] && !same.test(path));
  const international = new Set(['Details', 'ID', 'Links', 'Name', 'OK', 'Text']);
  assert.deepEqual(unchanged.filter(([, value]) => !international.has(value)), []);
});

// Code names texts as `words.section.name` or, in the page, as `data-word="section.name"`. A section may also be taken
// apart (`const { name } = words.section`), or be kept (`const text = words.section`).
test('every text that the code names exists', () => {
  const missing = sources().flatMap(([file, source]) =>
    [...named(source)].filter((path) => !exists(path)).map((path) => `${file}: ${path}`));
  assert.deepEqual(missing, []);
});

test('every section is used', () => {
  const used = new Set(sources().flatMap(([, source]) => [...named(source)].map((path) => path.split('.')[0])));
  assert.deepEqual(Object.keys(en).filter((section) => !used.has(section)), []);
});

function sources() {
  const files = readdirSync(ROOT, { recursive: true }).filter((file) => /\.(js|html)$/.test(file) && !file.startsWith('words/'));
  return files.map((file) => [file, readFileSync(new URL(file, ROOT), 'utf8')]);
}

function* named(source) {
  const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  for (const [, path] of code.matchAll(/(?<![\w./'])words\.([a-zA-Z]+(?:\.[a-zA-Z]+)*)/g)) yield path;
  for (const [, path] of code.matchAll(/(?<![\w./])w\.([a-zA-Z]+\.[a-zA-Z]+)/g)) yield path;
  for (const [, path] of code.matchAll(/data-(?:word|label)="([^"]+)"/g)) yield path;
  for (const [, path] of code.matchAll(/\bt\('([a-zA-Z.]+)'/g)) yield path;
  for (const [, names, path] of code.matchAll(/\{([^{}]*)\}\s*=\s*words\.([a-zA-Z.]+)/g)) {
    for (const name of names.split(',')) {
      const [key] = name.trim().split(/[:=\s]/);
      if (key && !key.startsWith('...')) yield `${path}.${key}`;
    }
  }
  for (const [, alias, path] of code.matchAll(/\bconst (\w+) = words\.([a-zA-Z.]+);/g)) {
    for (const [, name] of code.matchAll(new RegExp(`(?<![\\w.'])${alias}\\.([a-zA-Z]+)`, 'g'))) yield `${path}.${name}`;
  }
}

// Whether `path` leads to a text, a section, or something that a text or a section has, such as its length.
function exists(path) {
  let found = en;
  for (const name of path.split('.')) {
    if (typeof found !== 'object') return found?.[name] !== undefined;
    found = found[name];
    if (found === undefined) return false;
  }
  return true;
}
