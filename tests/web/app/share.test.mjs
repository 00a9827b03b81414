// Sharing: from a file or a photo to a link that a stranger opens.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { LOOKS, eventually, signedIn, words } from '../helpers/app.mjs';
import { WIDTHS, visitor } from '../helpers/browser.mjs';
import { png } from '../helpers/pictures.mjs';
import { stackAndBrowser } from '../helpers/setting.mjs';
import { file, pick, uploadRow, openTray } from '../helpers/uploads.mjs';
import { newUser } from '../helpers/users.mjs';

const { share } = words;

const { stack, browser } = await stackAndBrowser();

async function userWithFile() {
  const user = await newUser(stack, 'ada');
  return { user, shared: await user.upload('plan.txt', 'text/plain', Buffer.from('The plan.')) };
}

async function openedDialog(user, options) {
  const ada = await signedIn(browser, stack, user, options);
  await ada.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await ada.goTo(words.shell.files);
  await ada.page.getByRole('row').getByRole('link', { name: 'plan.txt' }).waitFor();
  await ada.press('ArrowDown', 's');
  await ada.dialog(share.title('plan.txt')).waitFor();
  await ada.button(share.create).waitFor();
  return ada;
}

const copied = (who) => who.page.evaluate(() => navigator.clipboard.readText());

async function assertOpens(url) {
  const guest = await visitor(browser, stack);
  assert.equal(await guest.open(url), 200);
  assert.equal(await guest.heading(), 'plan.txt');
  await guest.leave();
}

for (const width of WIDTHS) {
  test(`by keyboard, two actions lead from a file to a copied link that a stranger opens without script, at ${width} px`, async () => {
    const { user } = await userWithFile();
    const ada = await openedDialog(user, { width });
    await ada.tabAndPress(ada.button(share.create));
    await ada.text(share.copied).first().waitFor();
    const url = await copied(ada);
    assert.match(url, /\/s\/[\w-]{43}$/);
    await assertOpens(url);
    await ada.assertFits();
    await ada.press('Escape');
    await ada.dialog(share.title('plan.txt')).waitFor({ state: 'detached' });
    await ada.leave();
  });

  test(`a link has a password, a limit and an expiry, and is changed and revoked, at ${width} px`, async () => {
    const { user, shared } = await userWithFile();
    const ada = await openedDialog(user, { width });
    await ada.field(share.expiry).selectOption({ label: '1 hour' });
    await ada.text(share.more).click();
    await ada.field(share.askPassword).check();
    await ada.field(share.limit).fill('nothing');
    await ada.button(share.create).click();
    await ada.text(share.problems.limit).waitFor();
    await ada.field(share.limit).fill('3');
    await ada.field(share.password).fill('open sesame');
    await ada.button(share.create).dblclick();
    await ada.text(share.copied).first().waitFor();
    const { results: [link, ...others] } = await user.call('GET', `${shared.path}/links`);
    assert.equal(others.length, 0);
    assert.deepEqual([link.has_password, link.max_downloads], [true, 3]);
    assert.ok(Math.abs(Date.parse(link.expires_at) - Date.now() - 3_600_000) < 120_000);
    await ada.assertFits();

    await ada.page.getByRole('button', { name: /^Change the link/ }).click();
    await ada.page.getByRole('listitem').getByLabel(share.limit, { exact: true }).fill('5');
    await ada.button(share.save).click();
    await eventually(async () => (await user.call('GET', `${shared.path}/links/${link.id}`)).max_downloads, 5);

    await ada.page.getByRole('button', { name: /^Revoke the link/ }).click();
    await ada.button(share.revoke).click();
    await eventually(async () => (await user.call('GET', `${shared.path}/links`)).results.length, 0);
    await ada.dialog(share.title('plan.txt')).waitFor();
    await ada.leave();
  });
}

test('the back button closes the dialog, and the place behind it stays', async () => {
  const { user } = await userWithFile();
  const ada = await openedDialog(user);
  await ada.page.goBack();
  await ada.dialog(share.title('plan.txt')).waitFor({ state: 'detached' });
  await ada.heading(words.shell.files).waitFor();
  assert.equal(new URL(ada.page.url()).hash, '#/files');
  await ada.leave();
});

test('where the browser forbids the clipboard, the link is selected', async () => {
  const { user } = await userWithFile();
  const ada = await openedDialog(user);
  await ada.page.evaluate(() => {
    Object.defineProperty(navigator, 'clipboard', { value: undefined });
    document.execCommand = () => false;
  });
  await ada.button(share.create).click();
  await ada.text(share.selected).waitFor();
  assert.match(await ada.page.evaluate(() => {
    const { value, selectionStart, selectionEnd } = document.activeElement;
    return value.slice(selectionStart, selectionEnd);
  }), /\/s\/[\w-]{43}$/);
  await ada.leave();
});

test('a photo is shared from the viewer, and an upload from the tray', async () => {
  const user = await newUser(stack, 'ada');
  const image = await user.uploadImage('sky.png', 'image/png', png(64, 48));
  const ada = await signedIn(browser, stack, user);
  await ada.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await ada.enter(`#/photos/${image.id}`);
  await ada.button(words.photos.viewer.share).click();
  await ada.dialog(share.title('sky.png')).waitFor();
  await ada.button(share.create).click();
  await ada.text(share.copied).first().waitFor();
  await ada.press('Escape');
  await ada.dialog(share.title('sky.png')).waitFor({ state: 'detached' });
  await ada.dialog('sky.png').waitFor();
  await ada.press('Escape');
  await pick(ada, [file('notes.txt', 'Notes')]);
  await openTray(ada);
  await uploadRow(ada, 'notes.txt').getByRole('button', { name: /^Share/ }).click();
  await ada.dialog(share.title('notes.txt')).waitFor();
  await ada.button(share.create).click();
  await ada.text(share.copied).first().waitFor();
  await ada.leave();
});

for (const look of LOOKS) {
  test(`the dialog is accessible and fits, at ${look.width} px, ${look.colorScheme}`, async () => {
    const { user } = await userWithFile();
    const ada = await openedDialog(user, look);
    await ada.assertFits();
    await ada.assertAccessible();
    await ada.text(share.more).click();
    await ada.field(share.askPassword).check();
    await ada.assertAccessible();
    await ada.field(share.askPassword).uncheck();
    await ada.button(share.create).click();
    await ada.text(share.copied).first().waitFor();
    await ada.assertFits();
    await ada.assertAccessible();
    await ada.leave();
  });
}
