// Measures what a first and a second visit of the app load: `node sizes.mjs`. Fails above the limits.
//
// The size of a file is that of its bytes after `brotli -q 5`, as CloudFront compresses them. Responses of the API are
// data: they are listed, and do not count as files.

import { brotliCompressSync, constants } from 'node:zlib';

import { person, words } from './helpers/app.mjs';
import { launchBrowser } from './helpers/browser.mjs';
import { startStack } from './helpers/stack.mjs';
import { newUser } from './helpers/users.mjs';
import { until } from './helpers/until.mjs';

const LIMITS = {
  'signed out': { requests: 5, bytes: 30_000 },
  'usable after sign-in': { requests: 12, bytes: 60_000 },
  'second visit': { requests: 1, bytes: 3_000 },
};

const [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
try {
  const ada = await newUser(stack, 'ada');
  const eve = await person(browser, stack);
  const loads = recordLoads(eve.context);

  await eve.open();
  await eve.isSignedOut();
  await settled(eve.page);
  const signedOut = await loads.all();
  await eve.signIn(ada, { stay: true });
  await eve.heading(words.shell.photos).waitFor();
  await settled(eve.page);
  const usable = await loads.all();

  const again = await eve.newTab();
  await again.isSignedIn();
  await settled(again.page);
  const second = await again.page.evaluate(transferred);

  const passed = [
    report('signed out', signedOut),
    report('usable after sign-in', usable),
    report('second visit', second),
  ];
  if (passed.includes(false)) process.exitCode = 1;
} finally {
  await browser.close();
  await stack.stop();
}

// Waits until no module or stylesheet of the page is being loaded.
async function settled(page) {
  await page.waitForLoadState('networkidle');
  await until('the skeletons to be gone', () => page.evaluate(() => !document.querySelector('.skeleton')));
}

// The responses that a profile of the browser gets, with their sizes.
function recordLoads(context) {
  const responses = [];
  context.on('response', (response) => responses.push(response));
  const load = async (response) => {
    const { pathname } = new URL(response.url());
    const body = await response.body().catch(() => Buffer.alloc(0));
    const isData = pathname.startsWith('/api/');
    return { pathname, method: response.request().method(), isData, size: compressed(body) };
  };
  return {
    // The browser asks for the icon again and again, and has it in its cache.
    all: async () => unique(await Promise.all(responses.map(load))),
  };
}

function unique(loads) {
  const seen = new Set();
  return loads.filter(({ method, pathname }) => !seen.has(method + pathname) && seen.add(method + pathname));
}

// What the page received over the network, not from the cache. Runs in the page.
function transferred() {
  const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  return entries.filter(({ transferSize }) => transferSize > 0).map(({ name, transferSize }) => {
    const { pathname } = new URL(name);
    return { pathname, method: 'GET', isData: pathname.startsWith('/api/'), size: transferSize };
  });
}

function compressed(body) {
  return brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }).length;
}

function report(name, loads) {
  const files = loads.filter(({ isData }) => !isData);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const { requests: mostRequests, bytes: mostBytes } = LIMITS[name];
  const isWithin = files.length <= mostRequests && bytes <= mostBytes;
  const verdict = isWithin ? 'ok' : 'TOO MUCH';
  console.log(`\n${name}: ${files.length} of ${mostRequests} requests, ${bytes} of ${mostBytes} bytes: ${verdict}`);
  for (const { pathname, size } of files) console.log(`  ${String(size).padStart(6)}  ${pathname}`);
  for (const { method, pathname } of loads.filter(({ isData }) => isData)) console.log(`    data  ${method} ${pathname}`);
  return isWithin;
}
