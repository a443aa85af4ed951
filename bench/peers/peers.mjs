// Whole networks side by side: snug's emitted C and ONNX Runtime, in alternating rounds of one run.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readNpy, writeNpy } from './npy.mjs';
import { UserError, count, draw, parsedOptions, requireSnug, run, runMain } from './programs.mjs';
import { csv, milliseconds, range, table } from './report.mjs';
import { geometricMean, largestRelativeDifference, median, randomFloats } from './statistics.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const OUTPUT = 'build/bench';
const PACKAGES = 'build/peers/package.json';
const LAYERS_PROGRAM = 'build/bench_layers';
const NETWORKS =
  'squeezenet1.1,squeezenet1.0,resnet18,resnet50,vgg16,vgg19,googlenet,alexnet,mobilenetv2,mobilenetv1';
const MOST_DIFFERENCE = 1e-4;

const USAGE = `usage: bench/peers/run [OPTION]...
Times snug's emitted C beside ONNX Runtime, one thread each, and compares their outputs; then single layers beside
oneDNN and OpenBLAS, where build/bench_layers is there (cmake -DSNUG_BENCH=ON; scripts/setup --bench for the libraries).

  --networks A,B,...  of snug zoo (default: ${NETWORKS})
  --rounds N          rounds, in each of which both engines run (default: 5)
  --repeat N          runs per engine and round (default: about a second of them, at least 5)
  --snug PROGRAM      (default: build/snug)
  --estimate          compile by estimated layer costs, without measuring layers first
  --only WHAT         networks, or layers (default: both)
  --help

Results: ${OUTPUT}/peers.csv (a line per network and round), peers.json, layers.csv; pictures of both: peers.svg,
layers.svg.
Fails where the outputs differ by more than ${MOST_DIFFERENCE} of the largest one.
`;

function readOptions() {
  const values = parsedOptions({
    networks: { type: 'string', default: NETWORKS },
    rounds: { type: 'string', default: '5' },
    repeat: { type: 'string' },
    snug: { type: 'string', default: 'build/snug' },
    estimate: { type: 'boolean', default: false },
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  }, USAGE);
  if (![undefined, 'networks', 'layers'].includes(values.only)) {
    throw new UserError(`--only: "${values.only}" is neither networks nor layers`);
  }
  return {
    ...values,
    networks: values.networks.split(','),
    rounds: count('rounds', values.rounds),
    repeat: count('repeat', values.repeat),
  };
}

/** The network as an ONNX file, as emitted C, and an input for both engines. */
function prepare(name, options) {
  console.error(`peers: ${name}: writing and compiling it`);
  const files = Object.fromEntries(
    ['onnx', 'input.npy', 'snug.npy', 'ort.npy'].map((end) => [end, join(OUTPUT, `${name}.${end}`)]));
  const folder = join(OUTPUT, name);
  run(options.snug, 'zoo', name, '-o', files.onnx);
  const estimate = options.estimate ? ['--estimate'] : [];
  const plan = JSON.parse(run(options.snug, 'compile', files.onnx, '-o', folder, '--json', ...estimate));
  const { dims } = plan.inputs[0];
  writeNpy(files['input.npy'], { dims, values: randomFloats(dims.reduce((a, b) => a * b, 1), 1) });
  const fromExpected = Math.round(1e9 / plan.expected_ns);
  const repeat = options.repeat ?? Math.min(200, Math.max(5, fromExpected));
  return { name, files, folder, plan, repeat };
}

function runSnug({ files, folder }, repeat, snug) {
  return JSON.parse(run(snug, 'run', folder, '--input', files['input.npy'], '--output', files['snug.npy'],
    '--repeat', String(repeat), '--json')).median_ns;
}

function runOrt({ files }, repeat) {
  return JSON.parse(run(process.execPath, join(HERE, 'ort.mjs'), PACKAGES, files.onnx, files['input.npy'],
    files['ort.npy'], String(repeat))).median_ns;
}

/** Who goes first alternates, so that a machine that slows down or speeds up favours neither. */
function timeRound(network, round, snug) {
  const result = { round };
  const engines = [
    () => (result.snug_ns = runSnug(network, network.repeat, snug)),
    () => (result.ort_ns = runOrt(network, network.repeat)),
  ];
  for (const engine of round % 2 === 1 ? engines : engines.reverse()) engine();
  result.ratio = result.ort_ns / result.snug_ns;
  return result;
}

/** Builds the C, runs both engines once and compares their first outputs. */
function largestDifference(network, snug) {
  runSnug(network, 1, snug);
  runOrt(network, 1);
  const [ours, theirs] = ['snug.npy', 'ort.npy'].map((file) => readNpy(network.files[file]).values);
  const difference = largestRelativeDifference(ours, theirs);
  const agrees = difference <= MOST_DIFFERENCE;  // false for NaN
  if (!agrees) console.error(`peers: ${network.name}: the outputs differ by ${difference} of the largest one`);
  return { difference, agrees };
}

function summary(network, rounds, { difference, agrees }) {
  return {
    network: network.name,
    arena_bytes: network.plan.arena_bytes,
    flash_bytes: network.plan.flash_bytes,
    measured_costs: network.plan.measured,
    expected_ns: network.plan.expected_ns,
    snug_ns: median(rounds.map((round) => round.snug_ns)),
    ort_ns: median(rounds.map((round) => round.ort_ns)),
    ratio: median(rounds.map((round) => round.ratio)),
    largest_relative_difference: difference,
    agrees,
    repeat: network.repeat,
    rounds,
  };
}

function measure(name, options) {
  const network = prepare(name, options);
  const comparison = largestDifference(network, options.snug);
  const rounds = [];
  for (let round = 1; round <= options.rounds; ++round) {
    rounds.push(timeRound(network, round, options.snug));
    const { snug_ns, ort_ns, ratio } = rounds.at(-1);
    console.error(`peers: ${name}: round ${round} of ${options.rounds}: snug ${milliseconds(snug_ns)} ms, ` +
      `ONNX Runtime ${milliseconds(ort_ns)} ms, ratio ${ratio.toFixed(2)}`);
  }
  return summary(network, rounds, comparison);
}

function printTable(results, mean) {
  const rows = results.map((result) => [
    result.network,
    milliseconds(result.snug_ns),
    milliseconds(result.expected_ns),
    `${(100 * (result.expected_ns / result.snug_ns - 1)).toFixed(0)} %`,
    milliseconds(result.ort_ns),
    result.ratio.toFixed(2),
    range(result.rounds.map(({ ratio }) => ratio)),
    result.largest_relative_difference.toExponential(1),
  ]);
  const columns = ['network', 'snug ms', 'expected ms', 'is', 'ORT ms', 'ORT/snug', 'rounds', 'difference'];
  console.log(table(columns, [...rows, ['geometric mean', '', '', '', '', '', mean.toFixed(2), '', '']]));
}

function writeResults(results, mean, options) {
  const rows = results.flatMap((result) => result.rounds.map(({ round, snug_ns, ort_ns, ratio }) => ({
    network: result.network, round, snug_ns,
    expected_ns: result.expected_ns, ort_ns, ratio, largest_relative_difference: result.largest_relative_difference,
  })));
  writeFileSync(join(OUTPUT, 'peers.csv'), csv(rows));
  const engines = JSON.parse(readFileSync(join(HERE, 'package.json'))).dependencies;
  const about = { processor: cpus()[0].model, snug: run(options.snug, '--version').trim(), engines };
  writeFileSync(join(OUTPUT, 'peers.json'),
    JSON.stringify({ ...about, geometric_mean_ratio: mean, networks: results }, null, 2) + '\n');
}

function compareNetworks(options) {
  const results = options.networks.map((name) => measure(name, options));
  const mean = geometricMean(results.map(({ ratio }) => ratio));
  printTable(results, mean);
  writeResults(results, mean, options);
  draw(join(OUTPUT, 'peers.csv'));
  if (!results.every(({ agrees }) => agrees)) process.exitCode = 1;
}

function compareLayers() {
  if (!existsSync(LAYERS_PROGRAM)) {
    console.error(`peers: single layers skipped: ${LAYERS_PROGRAM} is missing; build it with -DSNUG_BENCH=ON`);
    return;
  }
  console.log(run(LAYERS_PROGRAM, '--csv', join(OUTPUT, 'layers.csv')));
  draw(join(OUTPUT, 'layers.csv'));
}

function main() {
  const options = readOptions();
  if (options.help) return void console.log(USAGE);
  requireSnug(options.snug);
  mkdirSync(OUTPUT, { recursive: true });
  if (options.only !== 'layers') compareNetworks(options);
  if (options.only !== 'networks') compareLayers();
}

runMain('peers', main);
