// What the pages of share links show, and what they keep to themselves.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { WIDTHS, launchBrowser, visitor } from './helpers/browser.mjs';
import { assertReadable } from './helpers/contrast.mjs';
import { recordingProxy } from './helpers/proxy.mjs';
import { startStack } from './helpers/stack.mjs';
import { verifiedUser } from './helpers/users.mjs';

const LINK_PASSWORD = 'open sesame please';
const LOOKS = WIDTHS.flatMap((width) => ['light', 'dark'].map((colorScheme) => ({ width, colorScheme })));
// Names that break a page which does not escape them, or which cannot wrap them.
const NAMES = ['"Größe" & \'Maß\' 🎉<img src=x onerror=alert(1)>.bin', `${'ünbroken'.repeat(27)}.bin`, 'شهادة.bin'];
// The programs that look at a link when somebody pastes it into a chat.
const PREVIEWS = [
  'TelegramBot (like TwitterBot)',
  'WhatsApp/2.23.20.0',
  'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
  'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
];

let stack, browser, ada, picture, file;

before(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
  ada = await verifiedUser(stack, 'ada');
  picture = await ada.uploadImage('Zürich.png', 'image/png', await screenshot());
  file = await ada.upload('backup.bin', 'application/octet-stream', Buffer.alloc(5_200_000, 1));
});

after(async () => {
  await browser?.close();
  await stack?.stop();
});

// A picture with more pixels than a thumbnail has.
async function screenshot() {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  await page.setContent('<body style="background:conic-gradient(from 45deg,teal,gold,crimson,teal)">');
  const bytes = await page.screenshot();
  await page.context().close();
  return bytes;
}

async function opened(link, options) {
  const guest = await visitor(browser, stack, options);
  assert.equal(await guest.open(link.url), 200);
  return guest;
}

// Whether `response` is the file itself, which the browser shows in place of the page.
function isFromStore(response) {
  return response.url().startsWith(stack.s3) && response.request().isNavigationRequest();
}

async function assertLooksRight(guest, { colorScheme }) {
  await guest.assertFits();
  await assertReadable(guest, colorScheme);
}

for (const look of LOOKS) {
  const where = `at ${look.width} px, ${look.colorScheme}`;

  test(`a stranger sees what an image is, who shares it, and its thumbnail, ${where}`, async () => {
    const guest = await opened(await ada.share(picture), look);
    assert.equal(await guest.heading(), 'Zürich.png');
    assert.equal(await guest.page.title(), 'Zürich.png');
    assert.ok((await guest.text()).includes(`${ada.username} shares this file with you.`));
    const { Type: type, Size: size } = await guest.description();
    assert.equal(type, 'image/png');
    assert.match(size, /^\d+(\.\d)? kB$/);
    const { loaded, box } = await guest.page.getByRole('img').evaluate((image) => ({
      loaded: image.complete && [image.naturalWidth, image.naturalHeight],
      box: image.getBoundingClientRect(),
    }));
    // The tier Basic has thumbnails of 200 px, and the picture is 4 to 3.
    assert.deepEqual(loaded, [200, 150]);
    assert.ok(box.x >= 0 && box.right <= look.width && box.width > 0, JSON.stringify(box));
    await assertLooksRight(guest, look);
    await guest.leave();
  });

  test(`a page that asks for a password shows nothing but the form, ${where}`, async () => {
    const link = await ada.share(picture, { password: LINK_PASSWORD, max_downloads: 7 });
    const guest = await opened(link, look);
    await assertAsksOnly(guest);
    await assertLooksRight(guest, look);
    await guest.page.getByLabel('Password').fill('open sesame');
    assert.equal(await guest.press(), 401);
    await assertAsksOnly(guest);
    await assertLooksRight(guest, look);
    await guest.leave({ errors: 1 });
  });

  test(`names of any length and with any characters stay text, ${where}`, async () => {
    for (const name of NAMES) {
      const named = await ada.upload(name, 'application/octet-stream', Buffer.from('x'));
      const guest = await opened(await ada.share(named), look);
      assert.equal(await guest.heading(), name);
      assert.equal(await guest.page.title(), name);
      assert.equal(await guest.page.locator('img').count(), 0);
      await assertLooksRight(guest, look);
      await guest.leave();
    }
  });

  test(`a revoked link, a link to a deleted file and an unknown link say that they do not work, ${where}`, async () => {
    const gone = await ada.upload('gone.bin', 'application/octet-stream', Buffer.from('x'));
    const [revoked, orphan] = [await ada.share(file), await ada.share(gone)];
    await ada.call('DELETE', revoked.path);
    await ada.call('DELETE', gone.path);
    const texts = [];
    for (const url of [revoked.url, orphan.url, `${stack.api}/s/${'A'.repeat(43)}`]) {
      const guest = await visitor(browser, stack, look);
      assert.equal(await guest.open(url), 404);
      assert.equal(await guest.heading(), 'This link does not work');
      assert.equal(await guest.page.getByRole('button').count(), 0);
      texts.push(await guest.text());
      await assertLooksRight(guest, look);
      await guest.leave({ errors: 1 });
    }
    // The page does not say which of them it is.
    assert.equal(new Set(texts).size, 1);
  });
}

// Fails if the page shows more than the field for the password and the button.
async function assertAsksOnly(guest) {
  assert.equal(await guest.heading(), 'A shared file');
  assert.ok(await guest.page.getByLabel('Password').isVisible());
  assert.equal(await guest.page.locator('img, dl').count(), 0);
  const source = await guest.page.content();
  for (const secret of ['Zürich', 'image/png', ada.username]) assert.ok(!source.includes(secret), source);
  // Neither the size nor the number of openings.
  assert.doesNotMatch(await guest.text(), /\d/);
}

test('a page of a link with a limit shows how often it still opens, and no thumbnail', async () => {
  const link = await ada.share(picture, { max_downloads: 3 });
  for (const [words, openings] of [['The link opens 3 more times.', 0], ['The link opens once more.', 2]]) {
    for (let more = openings; more > 0; more -= 1) {
      assert.equal((await fetch(link.url, { method: 'POST', redirect: 'manual' })).status, 303);
    }
    const guest = await opened(link);
    assert.ok((await guest.text()).includes(words), await guest.text());
    assert.equal(await guest.heading(), 'Zürich.png');
    assert.equal(await guest.page.locator('img').count(), 0);
    await guest.leave();
  }
});

test('loading a page again never counts, and its button does', async () => {
  for (const options of [{}, { max_downloads: 2 }, { password: LINK_PASSWORD }]) {
    const link = await ada.share(file, options);
    const guest = await opened(link);
    for (let again = 0; again < 3; again += 1) assert.equal((await guest.page.reload()).status(), 200);
    assert.equal(await ada.openings(link), 0);
    if (options.password) await guest.page.getByLabel('Password').fill(LINK_PASSWORD);
    await guest.pressAndAwait(guest.page.waitForEvent('download'));
    assert.equal(await ada.openings(link), 1);
    await guest.leave();
  }
});

test('previews in chats get the page of a link with a password or a limit, and count nothing', async () => {
  for (const options of [{ max_downloads: 1 }, { password: LINK_PASSWORD }]) {
    const link = await ada.share(file, options);
    for (const agent of PREVIEWS) {
      for (const method of ['HEAD', 'GET']) {
        const headers = { accept: '*/*', 'user-agent': agent };
        const answer = await fetch(link.url, { method, headers, redirect: 'manual' });
        assert.equal(answer.status, 200, agent);
        assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8');
        const page = await answer.text();
        assert.equal(page.includes('<form method="post">'), method === 'GET', page);
      }
    }
    assert.equal(await ada.openings(link), 0);
    await (await opened(link)).leave();
  }
});

test('the store receives neither a Referer nor the token', async (t) => {
  const proxy = await recordingProxy();
  t.after(proxy.stop);
  const proxied = await launchBrowser({ proxy: { server: proxy.server } });
  t.after(() => proxied.close());
  const link = await ada.share(picture);
  const guest = await visitor(proxied, stack);
  assert.equal(await guest.open(link.url), 200);
  const original = guest.page.waitForResponse(isFromStore);
  assert.equal((await guest.pressAndAwait(original)).status(), 200);
  await guest.leave();
  const token = new URL(link.url).pathname.split('/').at(-1);
  // The store's own page of the picture asks it for a favicon.
  const atStore = proxy.received.filter(({ url }) => url.startsWith(stack.s3) && !url.endsWith('/favicon.ico'));
  // The thumbnail and the file.
  assert.equal(new Set(atStore.map(({ url }) => new URL(url).pathname)).size, 2);
  for (const { url, headers } of atStore) {
    assert.ok(!(url + JSON.stringify(headers)).includes(token), url);
    assert.ok(!('referer' in headers), JSON.stringify(headers));
  }
});

test('a download has the name that its owner sees', async () => {
  const name = 'Übersicht 🎉.bin';
  const named = await ada.upload(name, 'application/octet-stream', Buffer.from('x'));
  const guest = await opened(await ada.share(named));
  const download = await guest.pressAndAwait(guest.page.waitForEvent('download'));
  assert.equal(download.suggestedFilename(), name);
  await guest.leave();
});

test('a document that opens in the tab has the name that its owner sees', async () => {
  const name = 'Übersicht 🎉.pdf';
  const document = await ada.upload(name, 'application/pdf', Buffer.from('%PDF-1.4\n%%EOF\n'));
  const guest = await opened(await ada.share(document));
  const shown = await guest.pressAndAwait(guest.page.waitForResponse(isFromStore));
  const disposition = await shown.headerValue('content-disposition');
  // RFC 8187, section 3.2.
  const [, type, encoded] = /^(\w+);.*; filename\*=UTF-8''([^;]+)$/.exec(disposition);
  assert.deepEqual([type, decodeURIComponent(encoded)], ['inline', name]);
  await guest.leave();
});
