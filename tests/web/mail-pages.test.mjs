// The pages that mailed links open.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { WIDTHS, launchBrowser, visitor } from './helpers/browser.mjs';
import { mailedLink, requestedLink } from './helpers/mail.mjs';
import { startStack } from './helpers/stack.mjs';
import { User, verifiedUser } from './helpers/users.mjs';

const VERIFY = '/api/verify-email/';
const RESET = '/api/user/password-reset/';
const NEW_PASSWORD = 'Größenwahn 🐎 staple';

let stack, browser;
let users = 0;

before(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
});

after(async () => {
  await browser?.close();
  await stack?.stop();
});

async function signedUp(name) {
  const username = `${name}${(users += 1)}`;
  const user = new User(stack, username, `${username}@example.com`);
  await user.signUp();
  return user;
}

function resetLink(user) {
  const ask = () => user.call('POST', '/api/user/password-reset', { email: user.email });
  return requestedLink(stack, user.email, RESET, ask);
}

async function assertLeadsToSignIn(reader) {
  const link = reader.page.getByRole('link', { name: 'You can sign in now.' });
  assert.equal(await link.getAttribute('href'), '/#/sign-in');
}

for (const width of WIDTHS) {
  test(`a new user verifies the address with the button, at ${width} px`, async () => {
    const ada = await signedUp('ada');
    const link = await mailedLink(stack, ada.email, VERIFY);
    const reader = await visitor(browser, stack, { width });
    assert.equal(await reader.open(link), 200);
    await reader.assertFits();
    await assert.rejects(ada.signIn(), /401/);
    assert.equal(await reader.press(), 200);
    assert.equal(await reader.heading(), 'Address verified');
    await assertLeadsToSignIn(reader);
    await reader.assertFits();
    await ada.signIn();
    assert.equal((await ada.call('GET', '/api/users/me')).email_verified, true);
    await reader.leave();
  });

  test(`an unknown link says that it does not work, at ${width} px`, async () => {
    const reader = await visitor(browser, stack, { width });
    assert.equal(await reader.open(`${stack.api}${VERIFY}${'x'.repeat(43)}`), 200);
    assert.equal(await reader.press(), 404);
    assert.equal(await reader.heading(), 'This link does not work');
    await reader.assertFits();
    await reader.leave({ errors: 1 });
  });

  test(`a forgotten password is replaced, and the new one signs in, at ${width} px`, async () => {
    const ada = await verifiedUser(stack, 'ada');
    const link = await resetLink(ada);
    const reader = await visitor(browser, stack, { width });
    assert.equal(await reader.open(link), 200);
    await reader.assertFits();

    const field = reader.page.getByLabel('New password');
    await field.fill('password123');
    assert.equal(await reader.press(), 400);
    assert.equal(await reader.alert(), 'This password is too common.');
    await reader.assertFits();

    await field.fill('x'.repeat(129));
    assert.equal(await reader.press(), 400);
    assert.equal(await reader.alert(), 'Ensure this field has no more than 128 characters.');

    await field.fill(NEW_PASSWORD);
    assert.equal(await reader.press(), 200);
    assert.equal(await reader.heading(), 'Password changed');
    await assertLeadsToSignIn(reader);
    await reader.assertFits();
    await ada.signIn(NEW_PASSWORD);
    assert.equal((await ada.call('GET', '/api/users/me')).username, ada.username);

    assert.equal(await reader.open(link), 200);
    await field.fill('another horse battery');
    assert.equal(await reader.press(), 404);
    assert.equal(await reader.heading(), 'This link does not work');
    await ada.signIn(NEW_PASSWORD);
    await reader.leave({ errors: 3 });
  });

  test(`a new address replaces the old one with the button, at ${width} px`, async () => {
    const ada = await verifiedUser(stack, 'ada');
    const email = `new-${ada.email}`;
    await ada.call('PATCH', '/api/users/me', { email, current_password: ada.password });
    const reader = await visitor(browser, stack, { width });
    await reader.open(await mailedLink(stack, email, VERIFY));
    await reader.assertFits();
    assert.equal((await ada.call('GET', '/api/users/me')).email, ada.email);
    assert.equal(await reader.press(), 200);
    assert.equal(await reader.heading(), 'Address verified');
    assert.equal((await ada.call('GET', '/api/users/me')).email, email);
    await reader.leave();
  });
}

test('the browser refuses to send a password that is too short', async () => {
  const reader = await visitor(browser, stack);
  await reader.open(`${stack.api}${RESET}${'x'.repeat(43)}`);
  const field = reader.page.getByLabel('New password');
  // Typed, because browsers check the length only of text that a person enters.
  await field.pressSequentially('short');
  await reader.page.getByRole('button').click();
  assert.equal(await reader.page.locator('input:invalid').count(), 1);
  assert.equal(await field.evaluate((input) => input === document.activeElement), true);
  assert.equal(await reader.heading(), 'Set a new password');
  await reader.leave();
});

test('a double click on the button of a verification page verifies the address', async () => {
  const ada = await signedUp('ada');
  const reader = await visitor(browser, stack);
  await reader.open(await mailedLink(stack, ada.email, VERIFY));
  await reader.page.getByRole('button').dblclick();
  await reader.page.getByRole('heading', { name: 'Address verified' }).waitFor();
  await ada.signIn();
  await reader.leave();
});
