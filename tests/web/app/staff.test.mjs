// The pages for staff: accounts and tiers.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually, signedIn, words } from '../helpers/app.mjs';
import { WIDTHS } from '../helpers/browser.mjs';
import { stackAndBrowser } from '../helpers/setting.mjs';
import { newUser, staffUser, verifiedUser } from '../helpers/users.mjs';

const { staff } = words;

const { stack, browser } = await stackAndBrowser();
const chief = await staffUser(stack);

async function opened(options) {
  const who = await signedIn(browser, stack, chief, options);
  await who.goTo(words.shell.staff);
  return who;
}

const accountLink = (who, name) => who.page.getByRole('main').getByRole('link', { name, exact: true });

async function find(who, text) {
  await who.page.getByRole('searchbox').fill(text);
  await who.press('Enter');
}

for (const width of WIDTHS) {
  test(`an account is found, gets another tier, and is closed and reopened, at ${width} px`, async () => {
    const user = await newUser(stack, 'kim');
    const who = await opened({ width });
    await find(who, user.username.slice(0, 8));
    await accountLink(who, user.username).click();
    await who.field(staff.tierOf(user.username)).selectOption({ label: 'Premium' });
    await who.button(staff.changeTier).dblclick();
    await who.toast(staff.tierChanged(user.username, 'Premium')).waitFor();
    assert.equal((await user.call('GET', '/api/users/me')).tier, 'Premium');
    await who.assertFits();

    await who.button(staff.closeAction).click();
    await who.dialog(staff.closeTitle(user.username)).getByRole('button', { name: staff.closeAction }).dblclick();
    await who.toast(staff.hasClosed(user.username)).waitFor();
    await assert.rejects(user.call('GET', '/api/users/me'), /401/);
    await who.button(staff.reopenAction).click();
    await who.dialog(staff.reopenTitle(user.username)).getByRole('button', { name: staff.reopenAction }).click();
    await who.toast(staff.reopened(user.username)).waitFor();
    await user.signIn();
    await who.leave();
  });

  test(`an account is found by its address, at ${width} px`, async () => {
    const user = await verifiedUser(stack, 'lea');
    const who = await opened({ width });
    await who.page.getByRole('radio', { name: staff.byAddress }).click();
    await find(who, user.email);
    await accountLink(who, user.username).waitFor();
    await find(who, 'nobody@example.com');
    await who.text(staff.nobody).waitFor();
    await who.assertFits();
    await who.leave();
  });

  test(`a tier is created, changed and deleted, at ${width} px`, async () => {
    const name = `Tier ${width}`;
    const who = await opened({ width });
    await who.page.getByRole('link', { name: staff.tiers }).click();
    await who.button(staff.newTier).click();
    await who.field(staff.tierName).fill(name);
    await who.field(staff.totalSpace).fill('a lot');
    await who.button(staff.createTier).click();
    await who.page.locator('[aria-invalid=true]').waitFor();
    await who.field(staff.totalSpace).fill('5');
    await who.button(staff.createTier).dblclick();
    await who.toast(staff.tierCreated(name)).waitFor();
    await who.button(staff.changeTierOf(name)).click();
    await who.assertFits();
    await who.field(staff.links).selectOption({ label: staff.linksNone });
    await who.button(staff.saveTier).click();
    await who.toast(staff.tierSaved(name)).waitFor();
    const tiers = await chief.call('GET', '/api/account-tiers');
    const [made, ...others] = tiers.filter((tier) => tier.name === name);
    assert.equal(others.length, 0);
    assert.equal(made.expiring_links, false);
    await who.button(staff.deleteTierOf(name)).click();
    await who.button(staff.deleteTierAction).click();
    await who.toast(staff.tierDeleted(name)).waitFor();
    await who.leave();
  });
}

test('a tier in use is not deleted, and the page says why', async () => {
  const user = await newUser(stack, 'max');
  const tier = await chief.call('POST', '/api/account-tiers', {
    name: 'In use', thumbnail_sizes: [200], link_to_original: false, expiring_links: false,
    max_link_seconds: null, max_file_bytes: 1000, max_total_bytes: 10_000,
  });
  await chief.call('PATCH', `/api/users/${user.id}`, { tier: tier.id });
  const who = await opened();
  await who.page.getByRole('link', { name: staff.tiers }).click();
  await who.button(staff.deleteTierOf('In use')).click();
  await who.button(staff.deleteTierAction).click();
  await who.text(staff.tierInUse('In use')).waitFor();
  await who.leave([/409/]);
});

test('a file of an account is deleted by staff', async () => {
  const user = await newUser(stack, 'mia');
  await user.upload('<b>bad<b>.txt', 'text/plain', Buffer.from('x'));
  const who = await opened();
  await who.enter(`#/staff/${user.id}`);
  await who.button(staff.deleteItem('<b>bad<b>.txt')).click();
  await who.dialog(staff.deleteTitle('<b>bad<b>.txt')).getByRole('button', { name: staff.deleteAction }).click();
  await who.toast(staff.deleted('<b>bad<b>.txt')).waitFor();
  await eventually(async () => (await user.call('GET', '/api/files')).results.length, 0);
  await who.leave();
});

test('who is not staff sees nothing of these pages', async () => {
  const ada = await signedIn(browser, stack, await newUser(stack, 'ada'));
  assert.equal(await ada.navigation().getByRole('link', { name: words.shell.staff }).count(), 0);
  await ada.enter('#/staff');
  await ada.heading(words.app.unknownPlace).waitFor();
  await ada.leave();
});
