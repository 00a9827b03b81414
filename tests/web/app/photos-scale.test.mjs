// An account with 10,000 photos: the number of elements and the memory stay small, and URLs that have expired are
// replaced.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { signedIn } from '../helpers/app.mjs';
import { servePhotos } from '../helpers/photo-server.mjs';
import { onlyBrowser } from '../helpers/setting.mjs';
import { until } from '../helpers/until.mjs';

const MOST_ELEMENTS = 300;
const MOST_HEAP = 150_000_000;

// The height of the grid, and so the time of the test, grows with the number of photos and with the narrowness of the
// window; the number of elements does not.
const SCENES = [{ width: 1280, count: 10_000 }, { width: 390, count: 2000 }];
const ADA = { username: 'ada', password: 'correct horse battery' };

const browser = await onlyBrowser();

// A signed-in person with `count` photos, and the server of these.
async function withPhotos(t, count, options) {
  const photos = await servePhotos(count);
  t.after(() => photos.stop());
  const ada = await signedIn(browser, photos, ADA, options);
  await allShown(ada.page);
  return { ada, photos };
}

// Scrolls for at most `seconds`: by steps in which pictures load, and to the end of what was read so far. Returns the
// highest number of elements that the grid had, and whether the end is reached.
function scroll(page, seconds) {
  return page.evaluate(async (deadline) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const grid = document.querySelector('photo-grid');
    const start = performance.now();
    let most = 0;
    for (let step = 0; ; step += 1) {
      scrollBy(0, step % 4 === 3 ? Number.MAX_SAFE_INTEGER : innerHeight * 0.4);
      await frame();
      most = Math.max(most, grid.querySelectorAll('*').length);
      const atEnd = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
      const complete = grid.querySelector('.end-of-list') !== null;
      if ((atEnd && complete) || performance.now() - start > deadline) return { most, ended: atEnd && complete };
    }
  }, seconds * 1000);
}

async function heapAfterCollection(cdp) {
  await cdp.send('HeapProfiler.collectGarbage');
  return (await cdp.send('Runtime.getHeapUsage')).usedSize;
}

const shown = (page) => page.evaluate(() => {
  const visible = [...document.querySelectorAll('.photo-grid-cell[data-id]')].filter((cell) => {
    const { top, bottom } = cell.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  });
  return { visible: visible.length, loaded: visible.filter((cell) => /loaded|cached/.test(cell.dataset.state)).length };
});

const allShown = (page) => until('all pictures in view', async () => {
  const { visible, loaded } = await shown(page);
  return visible > 5 && visible === loaded;
});

for (const { width, count } of SCENES) {
  test(`${count} photos scrolled to the end keep few elements and little memory, at ${width} px`, async (t) => {
    const { ada } = await withPhotos(t, count, { width });
    const cdp = await ada.context.newCDPSession(ada.page);
    let [elements, heap] = [0, 0];
    for (let ended = false; !ended; ) {
      const part = await scroll(ada.page, 5);
      elements = Math.max(elements, part.most);
      heap = Math.max(heap, await heapAfterCollection(cdp));
      ended = part.ended;
    }
    await allShown(ada.page);
    const rows = await ada.page.evaluate(() => Number(document.querySelector('[role=grid]').getAttribute('aria-rowcount')));
    t.diagnostic(`${elements} elements, ${(heap / 1e6).toFixed(1)} MB of heap, ${rows} rows`);
    assert.ok(elements <= MOST_ELEMENTS, `${elements} elements`);
    assert.ok(heap < MOST_HEAP, `${heap} bytes`);

    // The last photo of the account is there, and the first one again.
    await ada.page.locator('[role=grid] a[tabindex="0"]').focus();
    await ada.press('Control+End');
    await ada.page.getByRole('link', { name: new RegExp(`^Photo ${count - 1},`) }).waitFor();
    await ada.press('Control+Home');
    await ada.page.getByRole('link', { name: /^Photo 0,/ }).waitFor();
    await allShown(ada.page);
    await ada.assertClean();
    await ada.context.close();
  });
}

test('thumbnails whose URLs have expired are loaded with new ones', async (t) => {
  const { ada, photos } = await withPhotos(t, 300);
  await ada.page.evaluate(() => {
    const now = Date.now;
    globalThis.later = 0;
    Date.now = () => now() + globalThis.later;
  });
  await scroll(ada.page, 1);
  photos.expire();
  photos.requests = [];
  // The page of the first photos is read once, not once for each photo.
  await ada.page.evaluate(() => {
    globalThis.later = 16 * 60_000;
    scrollTo(0, 0);
  });
  await allShown(ada.page);
  const reads = photos.requests.filter((path) => path.startsWith('/api/images'));
  assert.ok(reads.length >= 1 && reads.length <= 3, String(reads));
  await ada.context.close();
});
