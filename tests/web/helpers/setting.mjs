// The stack and the browser that the tests of one file share. They end after its last test.

import { after } from 'node:test';

import { launchBrowser } from './browser.mjs';
import { startStack } from './stack.mjs';

// A stack with these parameters, and a browser.
export async function stackAndBrowser(parameters) {
  const [stack, browser] = await Promise.all([startStack(parameters), launchBrowser()]);
  after(async () => {
    await browser.close();
    await stack.stop();
  });
  return { stack, browser };
}

// A browser for tests with a server of their own.
export async function onlyBrowser() {
  const browser = await launchBrowser();
  after(() => browser.close());
  return browser;
}
