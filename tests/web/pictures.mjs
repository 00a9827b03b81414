// Makes the pictures of the app in docs/pictures: `node pictures.mjs [NAME]`. Each place is shown in a wide window and
// on a phone, in light and dark.

import { mkdir, writeFile } from 'node:fs/promises';

import { person, words } from './helpers/app.mjs';
import { WIDTHS, launchBrowser } from './helpers/browser.mjs';
import { pdf, png } from './helpers/pictures.mjs';
import { startStack } from './helpers/stack.mjs';
import { until } from './helpers/until.mjs';
import { file, openTray, pick } from './helpers/uploads.mjs';
import { User, invoke, staffUser } from './helpers/users.mjs';

const FOLDER = new URL('../../docs/pictures/', import.meta.url);
const QUALITY = 80;
const SHAPES = [[1200, 800], [800, 1200], [1200, 900], [1000, 1000], [1600, 900]];
const DOCUMENTS = ['Travel plan.pdf', 'Packing list.txt', 'Train tickets.pdf', 'Addresses.txt', 'Budget 2027.txt'];

const only = process.argv[2];
const [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
try {
  const { ada, photos, files } = await furnish();
  await mkdir(FOLDER, { recursive: true });
  for (const width of WIDTHS) {
    for (const colorScheme of ['light', 'dark']) {
      for (const [name, { hash, signedOut, open }] of Object.entries(places(photos, files))) {
        if (only && name !== only) continue;
        const who = await person(browser, stack, { width, height: width < 500 ? 844 : 800, colorScheme });
        await who.open();
        if (!signedOut) await who.signIn(ada);
        await who.page.goto(`${stack.api}/${hash}`);
        await open?.(who);
        await settled(who.page);
        await take(who.page, `${name}-${width}-${colorScheme}`);
        await who.context.close();
      }
    }
  }
} finally {
  await browser.close();
  await stack.stop();
}

// What is shown, and how a person comes there.
function places(photos, files) {
  const press = (name) => (who) => who.button(name).first().click();
  return {
    'sign-in': { hash: '#/sign-in', signedOut: true },
    photos: { hash: '#/photos' },
    photo: { hash: `#/photos/${photos[1].id}` },
    files: { hash: '#/files' },
    file: { hash: `#/files/${files[1].id}` },
    uploads: { hash: '#/files', open: upload },
    share: { hash: `#/photos/${photos[1].id}`, open: share },
    everyone: { hash: '#/everyone' },
    account: { hash: '#/account' },
    staff: { hash: '#/staff' },
    tiers: { hash: '#/staff/tiers', open: press(words.staff.changeTierOf('Premium')) },
  };
}

async function upload(who) {
  await pick(who, [file('Menu.txt', 'Soup'), file('Guests.txt', 'Ada, Bob'), file('Empty.txt', '')]);
  await openTray(who);
  await until('the uploads to end', async () => (await who.page.locator('.upload-row[data-status=ready]').count()) === 2);
}

async function share(who) {
  await who.button(words.photos.viewer.share).click();
  await who.button(words.share.create).click();
  await who.page.locator('.share-link').first().waitFor();
}

// An account with photos and files.
async function furnish() {
  const staff = await staffUser(stack);
  const ada = new User(stack, 'ada');
  await ada.signUp();
  await ada.signIn();
  await invoke(stack, 'grant-staff', { username: 'ada', staff: true });
  await staff.call('PATCH', `/api/users/${ada.id}`, { tier: 'premium' });
  await ada.signIn();
  const photos = [];
  for (let at = 0; at < 18; at += 1) {
    const [width, height] = SHAPES[(at * 3) % SHAPES.length];
    photos.push(await ada.uploadImage(`Holiday ${at + 1}.png`, 'image/png', png(width / 2, height / 2, at * 47)));
  }
  const files = [];
  for (const name of DOCUMENTS) {
    const isPdf = name.endsWith('.pdf');
    const content = isPdf ? pdf(name) : Buffer.from(`${name}\n\n- Passport\n- Camera\n- Rain coat\n`);
    files.push(await ada.upload(name, isPdf ? 'application/pdf' : 'text/plain', content));
  }
  for (const { path } of files.slice(3)) await ada.call('PATCH', path, { visibility: 'members' });
  return { ada, photos, files };
}

// Waits until pictures are loaded and nothing moves.
async function settled(page) {
  await page.waitForLoadState('networkidle');
  await page.waitForFunction(() =>
    !document.querySelector('.skeleton') && [...document.images].every(({ complete }) => complete)
    && document.getAnimations().every(({ playState }) => playState !== 'running'));
}

// Writes a picture as WebP, which the browser itself makes.
async function take(page, name) {
  const shot = await page.screenshot();
  const maker = await browser.newPage();
  const text = await maker.evaluate(async ([source, quality]) => {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${source}`)).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext('2d').drawImage(bitmap, 0, 0);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/webp', quality })).arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  }, [shot.toString('base64'), QUALITY / 100]);
  await maker.close();
  await writeFile(new URL(`${name}.webp`, FOLDER), Buffer.from(text, 'base64'));
  console.log(name);
}
