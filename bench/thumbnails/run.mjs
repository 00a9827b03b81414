// Compares our thumbnails with sharp's: in turns, each in a process of its own on one core. Prints the median of the
// processor time and the worst peak of memory. Usage: `node run.mjs [turns]`, see README.md.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const turns = Number(process.argv[2] ?? 5);
const rounds = '8';
const peers = {
  ours: [here('../../target/release/examples/thumbnails')],
  sharp: [process.execPath, here('peer.mjs')],
};
const targets = { 'photo.jpg': 0.6, 'photo.progressive.jpg': 0.8, 'photo.png': 0.8 };

if (!existsSync(here('pictures/photo.png'))) execFileSync(process.execPath, [here('pictures.mjs')], { stdio: 'inherit' });

const onOneCore = process.platform === 'linux' ? ['taskset', '-c', '0'] : [];
function measure(command, picture) {
  const [program, ...rest] = [...onOneCore, ...command, here(`pictures/${picture}`), rounds];
  return JSON.parse(execFileSync(program, rest, { encoding: 'utf8' }));
}
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

console.log('picture                  ours ms  sharp ms  ratio  target  ours MiB  sharp MiB');
let missed = false;
for (const [picture, target] of Object.entries(targets)) {
  const results = { ours: [], sharp: [] };
  for (let turn = 0; turn < turns; turn += 1) {
    for (const [name, command] of Object.entries(peers)) results[name].push(measure(command, picture));
  }
  const ms = (name) => median(results[name].map((result) => result.ms));
  const mib = (name) => Math.max(...results[name].map((result) => result.mib));
  const ratio = ms('ours') / ms('sharp');
  missed ||= ratio > target || mib('ours') > mib('sharp');
  const cells = [ms('ours').toFixed(1), ms('sharp').toFixed(1), ratio.toFixed(2), target.toFixed(2), mib('ours').toFixed(0), mib('sharp').toFixed(0)];
  const widths = [9, 10, 7, 8, 10, 11];
  console.log(picture.padEnd(23) + cells.map((cell, at) => cell.padStart(widths[at])).join(''));
}
process.exitCode = missed ? 1 : 0;
