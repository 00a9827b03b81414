// The same work by sharp. `node peer.mjs <image> [rounds] [folder for the thumbnails]` prints one JSON line, as the
// example program does.
import { readFileSync, writeFileSync } from 'node:fs';
import sharp from 'sharp';

sharp.concurrency(1);
sharp.cache(false);

const [path, rounds = '1', folder] = process.argv.slice(2);
const bytes = readFileSync(path);

/**
 * Upright thumbnails of 400 and 200 px, as JPEG of quality 80. As in sharp's documentation, there is one pipeline per
 * size from one input. They run in sequence, because sharp then needs less memory.
 */
async function thumbnails() {
  const input = sharp(bytes).autoOrient();
  const files = [];
  for (const size of [400, 200]) {
    files.push(await input.clone().resize(size, size, { fit: 'inside' }).jpeg({ quality: 80 }).toBuffer());
  }
  return files;
}

const [large, small] = await thumbnails();
if (folder) {
  writeFileSync(`${folder}/400.jpg`, large);
  writeFileSync(`${folder}/200.jpg`, small);
}
const before = process.cpuUsage();
for (let round = 0; round < Number(rounds); round += 1) await thumbnails();
const { user, system } = process.cpuUsage(before);
const ms = (user + system) / 1000 / Number(rounds);
const mib = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ ms: Number(ms.toFixed(2)), mib: Number(mib.toFixed(1)) }));
