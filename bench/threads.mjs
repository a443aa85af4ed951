// What threads gain: the emitted C for one thread and for several, in alternating rounds of one run.
//
//   node bench/threads.mjs --help
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError, count, draw, parsedOptions, requireSnug, run, runMain } from './peers/programs.mjs';
import { csv, milliseconds, range, table } from './peers/report.mjs';
import { median } from './peers/statistics.mjs';

const OUTPUT = 'build/bench';
const USAGE = `usage: node bench/threads.mjs [OPTION]...
Times snug's emitted C for several threads beside that for one.

  --threads N         (default: 2)
  --networks A,B,...  of snug zoo (default: vgg16,resnet50)
  --rounds N          rounds, in each of which both run (default: 9)
  --repeat N          runs per round (default: 10)
  --snug PROGRAM      (default: build/snug)
  --estimate          compile by estimated layer costs, without measuring layers first
  --help

Results: ${OUTPUT}/threads.csv (a line per network and round), threads.json; a picture: threads.svg.
`;

function readOptions() {
  const values = parsedOptions({
    threads: { type: 'string', default: '2' },
    networks: { type: 'string', default: 'vgg16,resnet50' },
    rounds: { type: 'string', default: '9' },
    repeat: { type: 'string', default: '10' },
    snug: { type: 'string', default: 'build/snug' },
    estimate: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  }, USAGE);
  const threads = count('threads', values.threads);
  if (threads < 2) throw new UserError('--threads: one thread is what the others are compared with; give 2 or more');
  return {
    ...values,
    threads,
    networks: values.networks.split(','),
    rounds: count('rounds', values.rounds),
    repeat: count('repeat', values.repeat),
  };
}

/** The network compiled for so many threads: its plan, and a function that times a round. */
function compiled(name, model, threads, { snug, estimate, repeat }) {
  const folder = join(OUTPUT, `${name}-threads-${threads}`);
  const plan = JSON.parse(run(snug, 'compile', model, '--threads', String(threads), '-o', folder, '--json',
    ...(estimate ? ['--estimate'] : [])));
  const time = (runs = repeat) => JSON.parse(run(snug, 'run', folder, '--repeat', String(runs), '--json')).median_ns;
  time(1);  // builds it
  return { plan, time };
}

function measure(name, options) {
  console.error(`threads: ${name}: writing and compiling it`);
  const model = join(OUTPUT, `${name}.onnx`);
  run(options.snug, 'zoo', name, '-o', model);
  const [alone, together] = [1, options.threads].map((threads) => compiled(name, model, threads, options));
  const rounds = [];
  for (let round = 1; round <= options.rounds; ++round) {
    const alone_ns = alone.time();
    const together_ns = together.time();
    rounds.push({ round, alone_ns, together_ns, gain: alone_ns / together_ns });
    console.error(`threads: ${name}: round ${round} of ${options.rounds}: ${milliseconds(alone_ns)} ms on one, ` +
      `${milliseconds(together_ns)} ms on ${options.threads}, gain ${rounds.at(-1).gain.toFixed(2)}`);
  }
  return {
    network: name,
    alone_ns: median(rounds.map((round) => round.alone_ns)),
    together_ns: median(rounds.map((round) => round.together_ns)),
    gain: median(rounds.map(({ gain }) => gain)),
    expected_alone_ns: alone.plan.expected_ns,
    expected_together_ns: together.plan.expected_ns,
    arena_alone_bytes: alone.plan.arena_bytes,
    arena_together_bytes: together.plan.arena_bytes,
    rounds,
  };
}

function printTable(results, threads) {
  const mebibytes = (bytes) => (bytes / 2 ** 20).toFixed(2);
  const columns = ['network', '1 thread ms', `${threads} threads ms`, 'expected', 'gain', 'rounds', 'arenas MiB'];
  console.log(table(columns, results.map((result) => {
    return [
      result.network,
      milliseconds(result.alone_ns),
      milliseconds(result.together_ns),
      milliseconds(result.expected_together_ns),
      result.gain.toFixed(2),
      range(result.rounds.map(({ gain }) => gain)),
      `${mebibytes(result.arena_alone_bytes)}, ${mebibytes(result.arena_together_bytes)}`,
    ];
  })));
}

function writeResults(results, threads) {
  const rows = results.flatMap(({ network, rounds }) => rounds.map(({ round, alone_ns, together_ns, gain }) => ({
    network, round, '1_thread_ns': alone_ns, [`${threads}_threads_ns`]: together_ns, gain,
  })));
  writeFileSync(join(OUTPUT, 'threads.csv'), csv(rows));
  writeFileSync(join(OUTPUT, 'threads.json'), JSON.stringify({ threads, networks: results }, null, 2) + '\n');
  draw(join(OUTPUT, 'threads.csv'));
}

runMain('threads', () => {
  const options = readOptions();
  if (options.help) return void console.log(USAGE);
  requireSnug(options.snug);
  mkdirSync(OUTPUT, { recursive: true });
  const results = options.networks.map((name) => measure(name, options));
  printTable(results, options.threads);
  writeResults(results, options.threads);
});
