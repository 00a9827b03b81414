// The inbox of the local stack, which shows the mails that would have been sent.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { WIDTHS, launchBrowser, visitor } from './helpers/browser.mjs';
import { mailedLink } from './helpers/mail.mjs';
import { startStack } from './helpers/stack.mjs';
import { User } from './helpers/users.mjs';

let stack, browser, ada, link;

before(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
  ada = new User(stack, 'ada', 'ada@example.com');
  await ada.signUp();
  link = await mailedLink(stack, ada.email, '/api/verify-email/');
});

after(async () => {
  await browser?.close();
  await stack?.stop();
});

for (const width of WIDTHS) {
  test(`the inbox shows a mail with its link, at ${width} px`, async () => {
    const reader = await visitor(browser, stack, { width });
    assert.equal(await reader.open(`${stack.api}/_local/mail`), 200);
    await reader.assertFits();
    await reader.page.getByText('Verify your e-mail address').first().waitFor();
    assert.equal(await reader.page.locator(`a[href="${link}"]`).count(), 1);
    await reader.leave();
  });
}

test('the link in the HTML of a mail opens the page in a tab of its own', async () => {
  const reader = await visitor(browser, stack);
  await reader.open(`${stack.api}/_local/mail/0/html`);
  const opened = reader.context.waitForEvent('page');
  await reader.page.getByRole('link').click();
  const page = await opened;
  await page.getByRole('button', { name: 'Verify my address' }).waitFor();
  assert.equal(page.url(), link);
  await reader.leave();
});
