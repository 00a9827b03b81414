// Photos: the grid, the viewer, and what a person does with them.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually, signedIn, words } from '../helpers/app.mjs';
import { WIDTHS } from '../helpers/browser.mjs';
import { png } from '../helpers/pictures.mjs';
import { stackAndBrowser } from '../helpers/setting.mjs';
import { newUser, userOfTier } from '../helpers/users.mjs';

const { photos } = words;
const { viewer } = photos;

const { stack, browser } = await stackAndBrowser();

// A user of the tier Premium with pictures of these names, of which the last one is the newest.
async function userWith(...names) {
  const user = await userOfTier(stack, 'ada', 'premium');
  const images = [];
  for (const [at, name] of names.entries()) {
    images.push(await user.uploadImage(name, 'image/png', png(320 - 40 * (at % 3), 240 + 40 * (at % 2), at * 50)));
  }
  return { user, images };
}

const grid = (who) => who.page.getByRole('grid', { name: photos.grid });
const tile = (who, name) => grid(who).getByRole('link', { name: new RegExp(`^${name}`) });
const tiles = (who) => grid(who).getByRole('link').evaluateAll((links) => links.map((link) => link.title).sort());

// The large picture of the viewer, once it is loaded.
async function seen(who, name) {
  await who.dialog(name).waitFor();
  await eventually(() => who.dialog(name).locator('img').evaluateAll((images) =>
    images.some((image) => image.complete && image.naturalWidth > 0)), true);
}

for (const width of WIDTHS) {
  test(`the viewer covers the whole window, and the grid below it keeps its place, at ${width} px`, async () => {
    const { user } = await userWith(...Array.from({ length: 14 }, (_, at) => `${at}.png`));
    const ada = await signedIn(browser, stack, user, { width, height: 500 });
    await tile(ada, '0.png').evaluate((link) => link.scrollIntoView({ block: 'center' }));
    const place = () => tile(ada, '0.png').boundingBox();
    const before = await place();
    await tile(ada, '0.png').click();
    await seen(ada, '0.png');
    assert.deepEqual(await ada.dialog('0.png').boundingBox(), { x: 0, y: 0, width, height: 500 });
    await ada.page.mouse.wheel(0, -200);
    await ada.press('Escape');
    await ada.dialog('0.png').waitFor({ state: 'detached' });
    await eventually(place, before);
    await ada.leave();
  });

  test(`by keyboard, a person opens photos, steps through them and returns, at ${width} px`, async () => {
    const { user } = await userWith('one.png', 'two.png', 'three.png');
    const ada = await signedIn(browser, stack, user, { width });
    await ada.tabTo(tile(ada, 'three.png'));
    await ada.press('Enter');
    await seen(ada, 'three.png');
    await ada.press('ArrowRight');
    await seen(ada, 'two.png');
    await ada.press('ArrowRight');
    await seen(ada, 'one.png');
    await ada.press('ArrowLeft');
    await seen(ada, 'two.png');
    await ada.assertFits();
    await ada.press('Escape');
    await ada.dialog('two.png').waitFor({ state: 'detached' });
    assert.equal(new URL(ada.page.url()).hash, '#/photos');
    // The focus returns to the photo that was shown last.
    await eventually(() => ada.page.evaluate(() => document.activeElement.title), 'two.png');
    await ada.leave();
  });

  test(`the back button closes the viewer, at ${width} px`, async () => {
    const { user } = await userWith('one.png', 'two.png');
    const ada = await signedIn(browser, stack, user, { width });
    await tile(ada, 'two.png').click();
    await seen(ada, 'two.png');
    await ada.button(viewer.next).click();
    await seen(ada, 'one.png');
    await ada.page.goBack();
    await ada.dialog('one.png').waitFor({ state: 'detached' });
    await tile(ada, 'two.png').waitFor();
    await ada.goTo(words.shell.files);
    await ada.page.goBack();
    await tile(ada, 'two.png').waitFor();
    await ada.leave();
  });

  test(`a photo gets a title, and is deleted and brought back, at ${width} px`, async () => {
    const { user, images: [, image] } = await userWith('one.png', 'two.png');
    const ada = await signedIn(browser, stack, user, { width });
    await tile(ada, 'two.png').click();
    await seen(ada, 'two.png');
    await ada.press('i');
    await ada.field(viewer.titleLabel).fill('A walk in <b>May</b>');
    await ada.button(viewer.save).dblclick();
    await ada.dialog('A walk in <b>May</b>').waitFor();
    assert.equal((await user.call('GET', image.path)).title, 'A walk in <b>May</b>');
    assert.equal(ada.requests(image.path, 'PATCH').length, 1);
    await ada.assertFits();
    await ada.button(viewer.info).click();
    await ada.button(viewer.remove).click();
    await seen(ada, 'one.png');
    await ada.button(words.ui.undo).click();
    await ada.press('Escape');
    await eventually(() => tiles(ada), ['A walk in <b>May</b>', 'one.png']);
    assert.equal(ada.requests(image.path, 'DELETE').length, 0);
    await ada.leave();
  });
}

test('by keyboard, a person selects photos and deletes them together', async () => {
  const { user } = await userWith('one.png', 'two.png', 'three.png', 'four.png');
  const ada = await signedIn(browser, stack, user);
  await ada.tabTo(tile(ada, 'four.png'));
  await ada.press(' ', 'Shift+ArrowRight');
  await ada.text(photos.selected(2)).waitFor();
  await ada.press('Delete');
  await ada.toast(photos.deleted(2)).waitFor();
  await eventually(() => tiles(ada), ['one.png', 'two.png']);
  await ada.page.goto('about:blank');
  await eventually(async () => (await user.call('GET', '/api/images')).results.length, 2);
  await ada.leave();
});

test('the original is shown large and downloads under its name where the tier has it', async () => {
  const { user } = await userWith('Übersicht 🎉.png');
  const ada = await signedIn(browser, stack, user);
  await tile(ada, 'Übersicht').click();
  await seen(ada, 'Übersicht 🎉.png');
  const download = ada.page.waitForEvent('download');
  await ada.button(viewer.download).click();
  assert.equal((await download).suggestedFilename(), 'Übersicht 🎉.png');
  await ada.press('z');
  await ada.button(viewer.unzoom).waitFor();
  await ada.leave();
});

test('a photo that was deleted elsewhere is said to be gone', async () => {
  const { user, images: [image] } = await userWith('one.png');
  await user.call('DELETE', image.path);
  const ada = await signedIn(browser, stack, user);
  await ada.enter(`#/photos/${image.id}`);
  await ada.text(viewer.gone).waitFor();
  await ada.button(viewer.back).first().click();
  await ada.text(photos.emptyTitle).waitFor();
  await ada.leave([/404/]);
});

test('without photos, the place invites to upload some', async () => {
  const ada = await signedIn(browser, stack, await newUser(stack, 'ada'));
  await ada.text(photos.emptyTitle).waitFor();
  await ada.leave();
});

test('a form tells when the app itself fails, and reports it', async () => {
  const { user } = await userWith('one.png');
  const ada = await signedIn(browser, stack, user);
  await ada.page.route('**/api/images/*', (route) =>
    (route.request().method() === 'PATCH' ? route.fulfill({ json: null }) : route.continue()));
  await tile(ada, 'one.png').click();
  await seen(ada, 'one.png');
  await ada.press('i');
  await ada.field(viewer.titleLabel).fill('another');
  const reported = ada.context.waitForEvent('weberror');
  await ada.button(viewer.save).click();
  await ada.page.getByRole('alert').getByText(words.failures.other).waitFor();
  assert.match(String((await reported).error()), /TypeError/);
  await ada.context.close();
});
