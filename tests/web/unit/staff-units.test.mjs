// Sizes and times of account tiers, as people enter them.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SIZE_UNITS, TIME_UNITS, numbersIn, quantityOf, valueOf } from '../../../web/staff/units.js';

const sizes = [
  [104857600, '100', 'MiB'], [1073741824, '1', 'GiB'], [1099511627776, '1', 'TiB'], [10_000_000, '10', 'MB'],
  [1_500_000_000, '1.5', 'GB'], [500_000_000, '500', 'MB'], [5497558138880, '5', 'TiB'], [1, '0.000001', 'MB'],
];
for (const [bytes, amount, unit] of sizes) {
  test(`${bytes} bytes are ${amount} ${unit}, and the reverse`, () => {
    assert.deepEqual(quantityOf(bytes, SIZE_UNITS), { amount, unit });
    assert.equal(valueOf({ amount, unit }, SIZE_UNITS), bytes);
  });
}

for (const [seconds, amount, unit] of [[604800, '7', 'days'], [7776000, '90', 'days'], [300, '5', 'minutes'], [3600, '1', 'hours']]) {
  test(`${seconds} s are ${amount} ${unit}, and the reverse`, () => {
    assert.deepEqual(quantityOf(seconds, TIME_UNITS), { amount, unit });
    assert.equal(valueOf({ amount, unit }, TIME_UNITS), seconds);
  });
}

test('every number of bytes survives being shown and read', () => {
  for (let bytes = 1; bytes < 2 ** 50; bytes = bytes * 7 + 3) {
    assert.equal(valueOf(quantityOf(bytes, SIZE_UNITS), SIZE_UNITS), bytes);
  }
});

test('an amount may have a comma, and must be a positive number', () => {
  assert.equal(valueOf({ amount: ' 1,5 ', unit: 'GB' }, SIZE_UNITS), 1_500_000_000);
  for (const amount of ['', '0', '-1', 'x', '1,000.5', '1e3', '1 2', '.']) {
    assert.equal(valueOf({ amount, unit: 'GB' }, SIZE_UNITS), null, amount);
  }
});

test('a list of numbers is separated by commas, semicolons or spaces', () => {
  assert.deepEqual(numbersIn(' 200, 400;800 1000 '), [200, 400, 800, 1000]);
  for (const text of ['', ' , ', '200 px', '1.5', '-1']) assert.equal(numbersIn(text), null, text);
});
