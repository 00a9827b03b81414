// A real browser, by default without scripts, and the checks that every visit must pass.

import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ARGUMENTS = ['--no-sandbox', '--disable-background-networking', '--disable-component-update'];
export const PATIENCE_MS = 30_000;

// The widths of a phone and of a desktop window.
export const WIDTHS = [390, 1280];

export function launchBrowser(options) {
  return chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS, ...options });
}

// A visitor of `stack` with a new browser profile. It records all requests and all messages of the browser.
export async function visitor(browser, stack, { width = 1280, javaScriptEnabled = false, colorScheme = 'light' } = {}) {
  const viewport = { width, height: 844 };
  const context = await browser.newContext({ javaScriptEnabled, colorScheme, viewport });
  context.setDefaultTimeout(PATIENCE_MS);
  return new Visitor(stack, context, await context.newPage());
}

class Visitor {
  #origins;
  #messages = [];
  #requests = [];

  constructor(stack, context, page) {
    Object.assign(this, { context, page });
    this.#origins = [stack.api, stack.s3];
    context.on('console', (message) => this.#note(message));
    context.on('weberror', (error) => this.#messages.push(String(error.error())));
    context.on('request', (request) => this.#requests.push(request));
  }

  // Ignores Chromium's advice for authors, which is marked as verbose, and its failed request for a favicon of S3.
  #note(message) {
    const isIcon = message.location().url === `${this.#origins[1]}/favicon.ico`;
    if (message.type() !== 'verbose' && !isIcon) this.#messages.push(`${message.type()}: ${message.text()}`);
  }

  // Opens `url` and returns the status.
  async open(url) {
    return (await this.page.goto(url)).status();
  }

  // Presses the page's only button and returns the status of the next page.
  async press() {
    const posted = this.page.waitForResponse((response) => response.request().method() === 'POST');
    const status = (await this.pressAndAwait(posted)).status();
    await this.page.waitForLoadState();
    return status;
  }

  // Presses the page's only button and waits for the result. Without a result, fails with the browser's messages.
  async pressAndAwait(result) {
    try {
      return (await Promise.all([result, this.page.getByRole('button').click()]))[0];
    } catch (error) {
      throw new Error([error.message, ...this.#messages].join('\n'), { cause: error });
    }
  }

  heading() {
    return this.page.getByRole('heading', { level: 1 }).innerText();
  }

  alert() {
    return this.page.getByRole('alert').innerText();
  }

  // All words of the page.
  text() {
    return this.page.locator('body').innerText();
  }

  // The entries of the page's description lists, such as `{Size: '5.2 MB'}`.
  async description() {
    const [terms, details] = await Promise.all(['dt', 'dd'].map((tag) => this.page.locator(tag).allInnerTexts()));
    return Object.fromEntries(terms.map((term, at) => [term, details[at]]));
  }

  // Fails if the page is wider than the window, or a control is too small for a finger (WCAG 2.2, 2.5.8).
  async assertFits() {
    const { width } = this.page.viewportSize();
    const needed = await this.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(needed <= width, `the page needs ${needed} of ${width} px`);
    for (const control of await this.page.locator('button:visible, input:visible').all()) {
      const box = await control.boundingBox();
      assert.ok(box.width >= 24 && box.height >= 24, JSON.stringify(box));
      assert.ok(box.x >= 0 && box.x + box.width <= width, JSON.stringify(box));
    }
  }

  // Fails if the browser reported an error, sent a request to a host other than the stack, or sent a Referer. The
  // browser also reports pages with an error status: `errors` is the expected number of these.
  async assertClean({ errors = 0 } = {}) {
    const isErrorPage = (text) => /Failed to load resource: the server responded with a status of 4\d\d/.test(text);
    assert.deepEqual(this.#messages.filter((text) => !isErrorPage(text)), []);
    assert.equal(this.#messages.filter(isErrorPage).length, errors);
    // Chromium's viewer of PDF files is an extension, whose files come from the browser itself.
    const sent = this.#requests.filter((request) => !/^chrome(-extension)?:/.test(request.url()));
    assert.notEqual(sent.length, 0);
    for (const request of sent) {
      assert.ok(this.#origins.includes(new URL(request.url()).origin), request.url());
      // It is empty for a file from the browser's cache, for which nothing is sent.
      assert.ok(!(await request.allHeaders()).referer, request.url());
    }
  }

  async leave(expected) {
    await this.assertClean(expected);
    await this.context.close();
  }
}
