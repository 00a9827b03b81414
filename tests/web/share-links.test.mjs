// Share links, opened without an account.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { after, before, test } from 'node:test';

import { WIDTHS, launchBrowser, visitor } from './helpers/browser.mjs';
import { startStack } from './helpers/stack.mjs';
import { verifiedUser } from './helpers/users.mjs';

const LINK_PASSWORD = 'Öffne dich, Sesam 🔑';
const BYTES = randomBytes(5 * 1024 * 1024 + 7);
const TEXT = 'The quick brown fox.\n'.repeat(1000);

let stack, browser, ada, file;

before(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
  ada = await verifiedUser(stack, 'ada');
  file = await ada.upload('backup.bin', 'application/octet-stream', BYTES);
});

after(async () => {
  await browser?.close();
  await stack?.stop();
});

async function sha256(stream) {
  const hash = createHash('sha256');
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest('hex');
}

// Presses the button and compares the downloaded bytes with the uploaded ones.
async function assertDownloads(guest) {
  const download = await guest.pressAndAwait(guest.page.waitForEvent('download'));
  assert.equal(download.suggestedFilename(), 'backup.bin');
  assert.equal(await sha256(createReadStream(await download.path())), await sha256([BYTES]));
}

for (const width of WIDTHS) {
  test(`a stranger downloads the complete file through a link without password and limit, at ${width} px`, async () => {
    const link = await ada.share(file);
    const guest = await visitor(browser, stack, { width });
    assert.equal(await guest.open(link.url), 200);
    await guest.assertFits();
    await assertDownloads(guest);
    assert.equal(await ada.openings(link), 1);
    await guest.leave();
  });

  test(`a stranger downloads the complete file through a link with a password, at ${width} px`, async () => {
    const { url } = await ada.share(file, { password: LINK_PASSWORD });
    const guest = await visitor(browser, stack, { width });
    assert.equal(await guest.open(url), 200);
    await guest.assertFits();
    await guest.page.getByLabel('Password').fill(LINK_PASSWORD);
    await assertDownloads(guest);
    await guest.leave();
  });

  test(`a stranger downloads the complete file through a link with a limit, at ${width} px`, async () => {
    const { url } = await ada.share(file, { max_downloads: 1 });
    const guest = await visitor(browser, stack, { width });
    assert.equal(await guest.open(url), 200);
    await guest.assertFits();
    await assertDownloads(guest);
    await guest.leave();
  });

  test(`a wrong password is refused on the page, which then takes the right one, at ${width} px`, async () => {
    const { url } = await ada.share(file, { password: LINK_PASSWORD });
    const guest = await visitor(browser, stack, { width });
    await guest.open(url);
    await guest.page.getByLabel('Password').fill('open sesame');
    assert.equal(await guest.press(), 401);
    assert.equal(await guest.alert(), 'This is not the password.');
    await guest.assertFits();
    await guest.page.getByLabel('Password').fill(LINK_PASSWORD);
    await assertDownloads(guest);
    await guest.leave({ errors: 1 });
  });

  test(`a used-up link says that it does not work, at ${width} px`, async () => {
    const { url } = await ada.share(file, { max_downloads: 1 });
    const [first, second, third] = await Promise.all([1, 2, 3].map(() => visitor(browser, stack, { width })));
    // Both load the page before either opens the link.
    assert.deepEqual(await Promise.all([first.open(url), second.open(url)]), [200, 200]);
    await assertDownloads(first);
    assert.equal(await second.press(), 404);
    assert.equal(await third.open(url), 404);
    for (const refused of [second, third]) {
      assert.equal(await refused.heading(), 'This link does not work');
      await refused.assertFits();
      await refused.leave({ errors: 1 });
    }
    await first.leave();
  });
}

test('a file that browsers can show opens in the tab', async () => {
  const text = await ada.upload('fox.txt', 'text/plain', Buffer.from(TEXT));
  const { url } = await ada.share(text, { password: LINK_PASSWORD, max_downloads: 1 });
  const guest = await visitor(browser, stack);
  await guest.open(url);
  await guest.page.getByLabel('Password').fill(LINK_PASSWORD);
  const shown = guest.page.waitForResponse((response) => response.url().startsWith(stack.s3));
  assert.equal((await guest.pressAndAwait(shown)).status(), 200);
  assert.equal(await guest.page.locator('body').innerText(), TEXT);
  await guest.leave();
});

test('a password over the maximum length is refused and not truncated', async () => {
  const { url } = await ada.share(file, { password: 'x'.repeat(128) });
  const guest = await visitor(browser, stack);
  await guest.open(url);
  await guest.page.getByLabel('Password').fill('x'.repeat(129));
  assert.equal(await guest.press(), 401);
  await guest.page.getByLabel('Password').fill('x'.repeat(128));
  await assertDownloads(guest);
  await guest.leave({ errors: 1 });
});

test('after too many wrong passwords the page says when to try again', async () => {
  const { url } = await ada.share(file, { password: LINK_PASSWORD });
  const guest = await visitor(browser, stack);
  await guest.open(url);
  for (const status of [401, 401, 401, 401, 401, 429]) {
    await guest.page.getByLabel('Password').fill('open sesame');
    assert.equal(await guest.press(), status);
  }
  assert.match(await guest.alert(), /^There were too many attempts\. Try again in \d+ \w+\.$/);
  assert.ok(await guest.page.getByLabel('Password').isVisible());
  await guest.leave({ errors: 6 });
});
