// Draws the CSV files of the benchmarks: FILE.csv → FILE.svg.
//
//   node bench/plot.mjs build/bench/primitives.csv build/bench/layers.csv build/bench/peers.csv
//   node bench/plot.mjs build/bench/threads.csv
import { readFileSync, writeFileSync } from 'node:fs';
import { barChart, dotChart } from './peers/svg.mjs';
import { median } from './peers/statistics.mjs';

/** Lines of a CSV with a line of titles, as objects; what looks like a number is one. */
function readCsv(file) {
  const [titles, ...lines] = readFileSync(file, 'utf8').trim().split('\n').map((line) => line.split(','));
  const value = (cell) => (cell !== '' && !Number.isNaN(Number(cell)) ? Number(cell) : cell);
  return lines.map((cells) => Object.fromEntries(titles.map((title, i) => [title, value(cells[i])])));
}

/** Rows with the same key, in the order in which the keys appear. */
function grouped(rows, key) {
  const groups = new Map();
  for (const row of rows) groups.set(row[key], [...(groups.get(row[key]) ?? []), row]);
  return [...groups];
}

/** "64x56x56 → 128, 3x3 / 2" for a layer's text. */
function shortLayer(layer) {
  const f = Object.fromEntries([...layer.matchAll(/([a-z]+)([-\d.e]+)/g)].map(([, key, n]) => [key, Number(n)]));
  const stride = f.sy > 1 ? ` / ${f.sy}` : '';
  const groups = f.g > 1 ? `, ${f.g} groups` : '';
  return `${f.ic}x${f.ih}x${f.iw} → ${f.oc}, ${f.kh}x${f.kw}${stride}${groups}`;
}

function plotPrimitives(rows) {
  return dotChart({
    title: 'Every primitive on every layer; operations of a direct convolution',
    unit: '% of the peak of fused multiply-adds',
    rows: grouped(rows, 'layer').map(([layer, results]) => ({
      name: shortLayer(layer),
      dots: results.map(({ primitive, family, block, percent_of_peak: value, ms }) => ({
        name: family, value, label: `${primitive}${block ? ` (${block})` : ''} ${ms.toFixed(2)} ms`,
      })),
    })),
  });
}

function plotLayers(rows) {
  return barChart({
    title: 'Single layers, one thread; operations of a direct convolution',
    unit: 'GFLOP/s',
    rows: grouped(rows, 'layer').map(([layer, results]) => ({
      name: shortLayer(layer),
      bars: results.map(({ library, implementation, gflops: value, ms }) => ({
        name: library, value, label: `${value.toFixed(0)}, ${ms.toFixed(3)} ms: ${implementation}`,
      })),
    })),
  });
}

/** Columns other than these that end in _ns are engines or numbers of threads; the first is the measure of the others. */
function plotNetworks(rows) {
  const engines = Object.keys(rows[0]).filter((title) => title.endsWith('_ns') && title !== 'expected_ns');
  const name = (title) => title.replace(/_ns$/, '').replace('_', ' ');
  return barChart({
    title: `Whole networks: median time over that of ${name(engines[0])}`,
    unit: `times ${name(engines[0])}`,
    rows: grouped(rows, 'network').map(([network, rounds]) => {
      const ms = (title) => median(rounds.map((round) => round[title])) / 1e6;
      return {
        name: network,
        bars: engines.map((title) => ({
          name: name(title), value: ms(title) / ms(engines[0]), label: `${ms(title).toFixed(2)} ms`,
        })),
      };
    }),
  });
}

for (const file of process.argv.slice(2)) {
  const rows = readCsv(file);
  if (rows.length === 0) throw new Error(`${file}: holds no results`);
  const plot = 'network' in rows[0] ? plotNetworks : 'library' in rows[0] ? plotLayers : plotPrimitives;
  const picture = file.replace(/\.csv$/, '') + '.svg';
  writeFileSync(picture, plot(rows));
  console.error(`plot: ${picture}`);
}
