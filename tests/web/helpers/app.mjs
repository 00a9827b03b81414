// A person who uses the web app: a browser with scripts, and the person's actions in it.

import assert from 'node:assert/strict';
import axe from 'axe-core';

import words from '../../../web/words/en.js';
import { PATIENCE_MS, WIDTHS } from './browser.mjs';
import { until } from './until.mjs';

export { words };

// The windows in which each place is tested.
export const LOOKS = WIDTHS.flatMap((width) => ['light', 'dark'].map((colorScheme) => ({ width, colorScheme })));

// What the browser reports when a request fails, in addition to what the app says about it.
const FAILED_REQUEST = /^error: Failed to load resource: (.*)$/;

// A person with a new browser profile. `options` are those of Playwright's `newContext`, and `width`.
export async function person(browser, stack, { width = 1280, height = 844, ...options } = {}) {
  const context = await browser.newContext({
    viewport: { width, height },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const observed = new Observed(stack, context);
  return new Person(stack, context, await context.newPage(), observed);
}

// A person who is signed in as `user`.
export async function signedIn(browser, stack, user, options = {}) {
  const who = await person(browser, stack, options);
  await who.open();
  await who.signIn(user, options);
  return who;
}

// What the browser reported and requested, in all tabs of one profile.
class Observed {
  messages = [];
  requests = [];

  constructor(stack, context) {
    this.origins = [stack.api, stack.s3];
    context.on('console', (message) => message.type() !== 'verbose' && this.#note(message));
    context.on('weberror', (error) => this.messages.push(`uncaught: ${error.error().stack ?? error.error()}`));
    context.on('request', (request) => this.requests.push(request));
  }

  #note(message) {
    const { url } = message.location();
    const text = `${message.type()}: ${message.text()}`;
    this.messages.push(FAILED_REQUEST.test(text) ? `${text} ${url}` : text);
  }
}

export class Person {
  #observed;

  constructor(stack, context, page, observed) {
    Object.assign(this, { stack, context, page });
    this.#observed = observed;
  }

  // The same person in a new tab.
  async newTab(hash = '') {
    const tab = new Person(this.stack, this.context, await this.context.newPage(), this.#observed);
    await tab.open(hash);
    return tab;
  }

  // The requests so far whose URL contains `part`.
  requests(part, method) {
    const sent = this.#observed.requests;
    return sent.filter((request) => request.url().includes(part) && (!method || request.method() === method));
  }

  async open(hash = '') {
    await this.page.goto(`${this.stack.api}/${hash}`);
    await this.heading().waitFor();
  }

  // Enters the address of a place, such as `#/files/ID`. A closed dialog is left in the history for a moment, and going
  // back from it would leave the new address.
  async enter(hash) {
    await until('the history to be without dialogs', () => this.page.evaluate(() => !history.state?.dialog));
    await this.page.goto(`${this.stack.api}/${hash}`);
  }

  // The heading of the place.
  heading(name) {
    return this.page.getByRole('main').getByRole('heading', { level: 1, name, exact: true });
  }

  button(name, options) {
    return this.page.getByRole('button', { name, exact: true, ...options });
  }

  field(name) {
    return this.page.getByLabel(name, { exact: true });
  }

  text(text, options) {
    return this.page.getByText(text, options);
  }

  // The open dialog.
  dialog(name) {
    return this.page.getByRole('dialog', { name });
  }

  toast(text) {
    return this.page.locator('.toast').getByText(text);
  }

  async press(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  // Presses Tab until the focus is on `target`.
  async tabTo(target, { most = 60, key = 'Tab' } = {}) {
    for (let pressed = 0; pressed <= most; pressed += 1) {
      if (await target.evaluateAll((found) => found.includes(document.activeElement))) return;
      await this.press(key);
    }
    throw new Error(`Tab does not lead to ${target}`);
  }

  // Presses Tab until the focus is on `target`, and then Enter.
  async tabAndPress(target, options) {
    await this.tabTo(target, options);
    await this.press('Enter');
  }

  async fillSignIn({ username, password }, { stay = false } = {}) {
    await this.field(words.welcome.username).fill(username);
    await this.field(words.welcome.password).fill(password);
    if (stay) await this.field(words.welcome.stay).check();
  }

  // Signs in, and waits until the navigation of the app is there.
  async signIn(user, { stay = false } = {}) {
    await this.fillSignIn(user, { stay });
    await this.button(words.welcome.signIn).click();
    await this.isSignedIn();
  }

  async isSignedIn() {
    await this.navigation().waitFor();
  }

  async isSignedOut() {
    await this.button(words.welcome.signIn).waitFor();
  }

  navigation() {
    return this.page.getByRole('navigation', { name: words.shell.navigation });
  }

  // Goes to a place by its link in the navigation, such as `words.shell.files`.
  async goTo(place) {
    await this.navigation().getByRole('link', { name: place, exact: true }).click();
    await this.heading(place).waitFor();
  }

  async openAccountMenu() {
    await this.page.getByRole('button', { name: /^Account menu of / }).click();
  }

  // Chooses an entry of the open menu.
  async choose(entry) {
    await this.page.getByRole('menuitem', { name: entry, exact: true }).click();
  }

  async signOut() {
    await this.openAccountMenu();
    await this.choose(words.shell.signOut);
    await this.isSignedOut();
  }

  // Fails if the page is wider than the window, or a control is too small for a finger (WCAG 2.2, 2.5.8).
  async assertFits() {
    const { width } = this.page.viewportSize();
    const needed = await this.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(needed <= width, `the page needs ${needed} of ${width} px`);
  }

  // Fails if axe-core finds a violation of any level.
  async assertAccessible() {
    await this.page.evaluate(axe.source);
    const { violations } = await this.page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }));
    const found = violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html, failureSummary }) => [html, failureSummary])]);
    assert.deepEqual(found, []);
  }

  // Fails if the browser reported an error or a violation of the page's policy, if a request went to another host, or
  // told the store where it came from. `expected` are patterns of the failed requests that the test provokes.
  async assertClean(expected = []) {
    const isExpected = (text) => FAILED_REQUEST.test(text) && expected.some((pattern) => pattern.test(text));
    assert.deepEqual(this.#observed.messages.filter((text) => !isExpected(text)), []);
    for (const request of this.#observed.requests) {
      const { origin, protocol } = new URL(request.url());
      // Chromium's viewer of PDF files is an extension, whose files come from the browser itself.
      if (['chrome-extension:', 'chrome:', 'data:'].includes(protocol)) continue;
      assert.ok(this.#observed.origins.includes(origin), request.url());
      assert.ok(origin === this.stack.api || !request.headers().referer, request.url());
    }
  }

  async leave(expected) {
    await this.assertClean(expected);
    await this.context.close();
  }
}

// Waits until `probe` returns a value equal to `wanted`. Fails with the difference.
export async function eventually(probe, wanted) {
  let last;
  const isEqual = async () => {
    last = await probe();
    try {
      assert.deepEqual(last, wanted);
      return true;
    } catch {
      return false;
    }
  };
  await until('a state', isEqual).catch(() => assert.deepEqual(last, wanted));
}
